"""The committed notebook, run by a real kernel: what Scout's objects show in it."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Mapping

import pytest

import inspect_scout
from e2e.notebooks import NEEDED, NOTEBOOK, Shown, notebook_cells, run_cells

MORE = {
    "hostile": "Result(value='<b>bold</b>', explanation='<script>alert(1)</script>')",
    "quiet": "with start_scan([refusals()], logs, scans='scans') as run:\n    run.status()",
    "run": "run",
}
"""What the notebook does not show, for it would not help its readers."""

TABLES: Mapping[str, str] = {
    "Status": "status",
    "ScanResultsDF": "results",
    "ScanResultsArrow": "arrow",
    "ResultsPage": "page",
    "Transcripts": "selection",
    "TranscriptInfo": "info",
    "Transcript": "transcript",
    "Result": "result",
}
"""Cells that end in an object of ours, by its class."""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Shown]:
    for name in NEEDED:
        pytest.importorskip(name)
    folder = tmp_path_factory.mktemp("notebook") / "examples"
    shutil.copytree(NOTEBOOK.parent, folder)
    more = {"more": "from inspect_scout import start_scan", **MORE}
    return run_cells({**notebook_cells(), **more}, folder)


def test_the_notebook_is_committed_without_what_it_shows() -> None:
    cells = [cell for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert len(cells) > 15
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)


def test_every_class_with_a_table_of_its_own_is_in_the_notebook() -> None:
    public = (getattr(inspect_scout, name) for name in inspect_scout.__all__)
    ours = {kind.__name__ for kind in public if isinstance(kind, type) and hasattr(kind, "_repr_html_")}
    assert ours == TABLES.keys()


@pytest.mark.parametrize("kind", TABLES)
def test_an_object_is_one_table_and_for_consoles_one_line(kind: str, shown: Mapping[str, Shown]) -> None:
    (output,) = shown[TABLES[kind]].outputs
    assert ET.fromstring(output["data"]["text/html"]).tag == "table"
    assert len(output["data"]["text/plain"].splitlines()) == 1
    assert output["data"]["text/plain"].startswith(f"{kind}(")


def test_text_of_a_transcript_is_shown_as_text(shown: Mapping[str, Shown]) -> None:
    (output,) = shown["hostile"].outputs
    assert "&lt;b&gt;bold" in output["data"]["text/html"]
    assert "<script" not in output["data"]["text/html"]


@pytest.mark.parametrize("cell", ["scan", "again"])
def test_a_scan_is_one_output_and_its_summary(cell: str, shown: Mapping[str, Shown]) -> None:
    (output,) = shown[cell].outputs
    assert output["output_type"] == "display_data"
    assert "scan complete: " in output["data"]["text/html"]
    assert "scan complete: " in output["data"]["text/plain"]


def test_a_dry_run_is_not_a_scan_that_is_complete(shown: Mapping[str, Shown]) -> None:
    (status,) = shown["dry-run"].outputs
    assert status["data"]["text/plain"] == "Status(dry run, 2 scanners, 12 transcripts)"
    assert ">dry run: nothing was scanned<" in status["data"]["text/html"]
    assert ">refusals</th>" in status["data"]["text/html"]


def test_statuses_in_a_list_are_lines(shown: Mapping[str, Shown]) -> None:
    (output,) = shown["scans"].outputs
    assert output["data"]["text/plain"].startswith("[Status(complete, 4 scanners, 12 transcripts, ")


@pytest.mark.parametrize("cell", ["table-of-transcripts", "wide", "validation", "rates"])
def test_frames_show_themselves(cell: str, shown: Mapping[str, Shown]) -> None:
    assert "<table" in shown[cell].outputs[-1]["data"]["text/html"]


@pytest.mark.parametrize(
    ("cell", "said"), [("verdict", "[M9] assistant - cited"), ("diff", "edits_tests: 6 compared, 6 only in A")]
)
def test_commands_print_in_a_cell(cell: str, said: str, shown: Mapping[str, Shown]) -> None:
    assert said in "".join(output["text"] for output in shown[cell].outputs)


def test_the_figure_is_a_picture(shown: Mapping[str, Shown]) -> None:
    (output,) = shown["figure"].outputs
    assert ET.fromstring(output["data"]["image/svg+xml"]).tag.endswith("svg")


def test_a_run_says_what_it_runs(shown: Mapping[str, Shown]) -> None:
    assert shown["quiet"].outputs == []
    (output,) = shown["run"].outputs
    assert output["data"]["text/plain"].startswith("ScanRun(ScanState(complete, 12 of 12, location=")
