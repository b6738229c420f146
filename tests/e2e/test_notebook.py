"""What a notebook shows of a scan: one output that changes in place, and no flood of lines."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from e2e.notebooks import NEEDED, Shown, run_cells

SETUP = """
import asyncio
import os
import signal

from inspect_ai.model import ChatMessageUser
from inspect_scout import Result, Transcript, aio, scan, scanner, start_scan, transcripts_from

talks = transcripts_from([
    Transcript(transcript_id=f"t{n}", source_type="test", messages=[ChatMessageUser(content="Hello")]) for n in range(30)
])


@scanner(messages="all")
def slow(mark: str = ""):
    async def look(transcript):
        await asyncio.sleep(0.05)
        if transcript.transcript_id == mark:
            raise ValueError("<b>no idea</b>")
        return Result(value=True)
    return look


@scanner(messages="all")
def interrupts():
    async def look(transcript):
        if transcript.transcript_id == "t3":
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(1)
        return Result(value=True)
    return look
"""

CELLS = {
    "setup": SETUP,
    "sync": "status = scan([slow()], talks, scans='scans', max_transcripts=1)",
    "again": "for _ in range(2):\n    scan([slow()], talks, scans='scans', limit=3)",
    "failing": "status = scan([slow('t3')], talks, scans='scans')",
    "async": "status = await aio.scan_async([slow()], talks, scans='scans', display='rich')",
    "quiet": "status = await aio.scan_async([slow()], talks, scans='scans')",
    "followed": "with start_scan([slow()], talks, scans='scans') as run:\n    states = list(run.states())",
    "followed async": """
async with start_scan([slow()], talks, scans='scans') as run:
    states = [state async for state in run.states()]
print(states[-1].done)
""",
    "dry": "status = scan([slow()], talks, scans='scans', dry_run=True)",
    "plain": "status = scan([slow()], talks, scans='scans', display='plain')",
    "refused": "where = 'nowhere'\nscan([slow()], where)",
    "interrupted": "scan([interrupts()], talks, scans='interrupted', max_transcripts=1)",
}

Outputs = list[dict[str, Any]]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shown]:
    """Run all cells, and give what each of them shows."""
    return run_cells(CELLS, tmp_path_factory.mktemp("notebook"), allow_errors=True)


@pytest.fixture(scope="module")
def outputs(shown: dict[str, Shown]) -> dict[str, Outputs]:
    return {name: cell.outputs for name, cell in shown.items()}


def pages(outputs: Outputs) -> list[str]:
    """HTML of the displays; there is nothing else among the outputs."""
    assert [output["output_type"] for output in outputs] == ["display_data"] * len(outputs), outputs
    return [output["data"]["text/html"] for output in outputs]


pytestmark = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in NEEDED), reason="needs nbclient and ipykernel"
)


def test_a_scan_is_one_output_that_ends_in_its_summary(outputs: dict[str, Outputs]) -> None:
    assert outputs["setup"] == []
    for cell in ("sync", "async"):
        (page,) = pages(outputs[cell])
        assert "scan complete: " in page
        assert ">slow</td>" in page
        assert "progressbar" not in page
        assert "scan complete: " in outputs[cell][0]["data"]["text/plain"]


def test_the_output_changes_in_place_while_the_scan_runs(shown: dict[str, Shown]) -> None:
    pictures = [picture["text/html"] for picture in shown["sync"].pictures]
    assert len(pictures) >= 4
    assert all("progressbar" in picture for picture in pictures[:-1])
    assert pictures[-1] == shown["sync"].outputs[0]["data"]["text/html"]


def test_each_scan_of_a_cell_has_its_output(outputs: dict[str, Outputs]) -> None:
    assert ["scan complete: " in page for page in pages(outputs["again"])] == [True, True]


def test_errors_are_in_the_summary_as_text(outputs: dict[str, Outputs]) -> None:
    (page,) = pages(outputs["failing"])
    assert "1 scan error occurred!" in page
    assert "&lt;b&gt;no idea&lt;/b&gt;" in page


def test_programs_that_follow_a_scan_show_it_themselves(outputs: dict[str, Outputs]) -> None:
    assert outputs["quiet"] == outputs["followed"] == []
    assert [output["text"] for output in outputs["followed async"]] == ["30\n"]


def test_a_dry_run_shows_its_counts(outputs: dict[str, Outputs]) -> None:
    (page,) = pages(outputs["dry"])
    assert "Dry run" in page
    assert ">30</td>" in page


def test_lines_are_shown_where_they_are_asked_for(outputs: dict[str, Outputs]) -> None:
    assert {output["name"] for output in outputs["plain"]} == {"stderr", "stdout"}


def test_a_refusal_is_its_message_and_the_line_of_the_cell(outputs: dict[str, Outputs]) -> None:
    (error,) = outputs["refused"]
    message, line = error["traceback"]
    assert message.startswith("LocationError: No transcripts at ")
    assert line == "  line 2: scan([slow()], where)"


def test_an_interrupted_scan_says_so(outputs: dict[str, Outputs]) -> None:
    *shown, error = outputs["interrupted"]
    (page,) = pages(shown)
    assert "scan interrupted" in page
    assert error["ename"] == "KeyboardInterrupt"
