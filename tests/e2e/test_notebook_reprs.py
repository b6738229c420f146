"""What a notebook shows of Scout's objects, run by a real kernel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import inspect_scout

SETUP = """
import json, os
from inspect_scout import Result, scan_list, scan_results_arrow, scan_results_df, scan_results_query, transcripts_from
scan, logs = json.loads(os.environ["SCOUT_TEST_PLACES"])
status = scan_list(scan)[0]
transcripts = transcripts_from(logs).where("score = 'I'")
"""
CELLS: Mapping[str, str] = {
    "Status": "status",
    "ScanResultsDF": "scan_results_df(status)",
    "ScanResultsArrow": "scan_results_arrow(status)",
    "ResultsPage": "scan_results_query(status, limit=3, columns=['task_id', 'value', 'explanation'])",
    "Transcripts": "transcripts",
    "TranscriptInfo": "next(iter(transcripts))",
    "Transcript": "transcripts.read(next(iter(transcripts)).transcript_id)",
    "Result": "Result(value='<b>bold</b>', explanation='It edits the tests [M9].')",
}
"""Cells, by what each shows."""

NOTEBOOK = """
import json, sys

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in json.loads(sys.argv[1])])
local = Config(AsyncKernelManager={"transport": "ipc"})  # the kernel warns of ports
NotebookClient(notebook, config=local, timeout=60).execute()
print(json.dumps([[output["data"] for output in cell.outputs] for cell in notebook.cells]))
"""


@pytest.fixture(scope="module")
def shown(
    example_scan: Path, example_logs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, list[dict[str, Any]]]:
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    places = json.dumps([str(example_scan), str(example_logs)])
    source = str(Path(inspect_scout.__file__).parents[1])
    ran = subprocess.run(
        [sys.executable, "-c", NOTEBOOK, json.dumps([SETUP, *CELLS.values()])],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path_factory.mktemp("notebook"),
        env=os.environ | {"PYTHONPATH": source, "SCOUT_TEST_PLACES": places},
    )
    assert ran.returncode == 0, ran.stderr
    first, *others = json.loads(ran.stdout.splitlines()[-1])
    assert first == []
    return dict(zip(CELLS, others, strict=True))


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_shows_one_table_and_for_consoles_one_line(name: str, shown: Mapping[str, list[dict[str, Any]]]) -> None:
    (output,) = shown[name]
    assert ET.fromstring(output["text/html"]).tag == "table"
    assert len(output["text/plain"].splitlines()) == 1
    assert output["text/plain"].startswith(f"{name}(")
