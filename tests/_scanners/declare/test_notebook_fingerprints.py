"""Fingerprints of scanners that are declared in a notebook, whose cells are not files and refer to each other."""

from __future__ import annotations

import linecache
from typing import Any

import pytest

from inspect_scout._scanners import ScannerConfig, scanner_config

HEAD = "from inspect_scout import Result, Transcript, generate_answer, scanner"
CELLS = (
    HEAD,
    "LIMITS = [1, 2]\nWORDS = 'So?'",
    "class Counter:\n    def of(self, transcript):\n        return len(transcript.messages)",
    "def count(transcript):\n    return Counter().of(transcript) > max(LIMITS)",
    """
@scanner(messages="all")
def judge():
    async def scan(transcript: Transcript) -> Result:
        asked = await generate_answer(f"{WORDS} {count(transcript)}", "boolean")
        return Result(value=asked.value)
    return scan
""",
)


def in_notebook(*cells: str, first: int = 1) -> ScannerConfig:
    """Declare a scanner in the cells of a notebook, whose sources are in no file."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, text in enumerate(cells, first):
        file = f"/nowhere/ipykernel_{first}/{number}.py"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        exec(compile(text, file, "exec"), names)
    return scanner_config(names["judge"]())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMITS = [1, 2]", "LIMITS = [1, 3]"),
        ("'So?'", "'Well?'"),
        ("transcript.messages", "transcript.events"),
        ("> max", ">= max"),
    ],
)
def test_what_other_cells_of_a_notebook_declare_counts(old: str, new: str) -> None:
    changed = [cell.replace(old, new) for cell in CELLS]
    assert in_notebook(*CELLS).code != in_notebook(*changed, first=11).code


def test_where_cells_are_and_what_else_they_declare_does_not_count() -> None:
    others = ["OTHER = 1", CELLS[0], "# Words.\n\n" + CELLS[1], *CELLS[2:4], "def unused():\n    return 1", CELLS[4]]
    one, other = in_notebook(*CELLS), in_notebook(*others, first=21)
    assert one.code == other.code
    assert one.asked == other.asked
    assert one.asked is not None
    assert "So?" in str(one.asked.question)
