"""Runs cells in a kernel, as a notebook does, and keeps what they showed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import inspect_scout

NOTEBOOK = Path(__file__).parents[2] / "examples" / "logs_to_figure.ipynb"
"""What a person does who works in notebooks."""

NEEDED = ("nbclient", "ipykernel")
"""Packages that running cells needs."""

PROGRAM = """
import json
import sys

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

given = json.load(sys.stdin)
pictures = [[] for _ in given["cells"]]


class Client(NotebookClient):
    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] in ("display_data", "update_display_data"):
            pictures[cell_index].append(msg["content"]["data"])
        return super().process_message(msg, cell, cell_index)


cells = [nbformat.v4.new_code_cell(source) for source in given["cells"]]
notebook = nbformat.v4.new_notebook(cells=cells)
local = Config(AsyncKernelManager={"transport": "ipc"})  # the kernel warns of ports
Client(notebook, config=local, timeout=100, allow_errors=given["allow_errors"]).execute()
print(json.dumps([[cell.outputs, shown] for cell, shown in zip(cells, pictures)]))
"""


@dataclass(frozen=True)
class Shown:
    """What a cell showed.

    Args:
        source: Its code.
        outputs: Its outputs, as the notebook holds them in the end.
        pictures: All that its displays showed one after the other, by type.
    """

    source: str
    outputs: list[dict[str, Any]]
    pictures: list[dict[str, Any]]


def notebook_cells() -> dict[str, str]:
    """Read the code cells of the committed notebook, by id."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}


def run_cells(cells: Mapping[str, str], folder: Path, *, allow_errors: bool = False) -> dict[str, Shown]:
    """Run cells one after the other in a kernel that begins in a folder.

    Args:
        cells: Code, by name.
        folder: Working directory of the kernel.
        allow_errors: Whether to go on after a cell that raises.
    """
    environment = {name: value for name, value in os.environ.items() if name != "SCOUT_DISPLAY"}
    environment["PYTHONPATH"] = str(Path(inspect_scout.__file__).parents[1])
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"  # for lines with !
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps({"cells": [*cells.values()], "allow_errors": allow_errors}),
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        timeout=110,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    shown = json.loads(ran.stdout.splitlines()[-1])
    return {name: Shown(source, *found) for (name, source), found in zip(cells.items(), shown, strict=True)}
