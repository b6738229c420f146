"""An engineer who embeds Scout: types the program of the manual and one that is cut short, then looks at what they left."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.pages import ROOT, blocks, make_clone
from support.terminals.walk import WIDTHS, Walk, Width

SLOW = """
import asyncio
import sys

from inspect_scout import Result, Scanner, Transcript, scanner, start_scan


@scanner(messages="all")
def slow() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        await asyncio.sleep(0.2)
        return Result(value=len(transcript.messages) > 9, explanation="a long run")

    return scan


async def main(scans: str, display: str) -> None:
    told = []
    async with start_scan(
        [slow()], "logs", scans=scans, max_transcripts=1, display=display, on_progress=told.append
    ) as run:
        async for state in run.states():
            if state.done >= 2:
                run.cancel()
        status = await run.status()
    print("complete", status.complete, "and cut short", 0 < state.done < state.due == 12)
    print("told of as much", told[-1].done == run.state.done, "in", status.location == run.location)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
"""
SAID = ["complete False and cut short True", "told of as much True in True"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples, with what the program of the manual left: five scans; and with a program that cuts a scan short."""
    folder = make_clone(tmp_path_factory.mktemp("embedding"))
    found = blocks(ROOT / "docs" / "embed.md")
    (folder / "program.py").write_text("\n".join(block.code for block in found if block.kind == "python"))
    (folder / "slow.py").write_text(SLOW)
    ran = Walk("pipe", folder).type("SCOUT_DISPLAY=none python program.py")
    said = "".join(block.code for block in found if block.kind == "text")
    assert (ran.shown.strip(), ran.remarks) == (said.strip(), "")
    return folder


@pytest.mark.parametrize("width", WIDTHS)
def test_an_engineer_looks_at_what_the_program_of_the_manual_left(width: Width, project: Path) -> None:
    walk = Walk(width, project)
    listed = walk.type("scout scan list").shown.splitlines()
    assert [line.split()[2] for line in listed if line] == ["state", *["complete"] * 5]
    assert "edits_tests 1 of 12 transcripts 8% (1-35)" in walk.type("scout scan results").words()
    (evidence,) = walk.paste_offered()
    assert evidence.startswith("scout show ")


@pytest.mark.parametrize("width", [50, 80, 160])
def test_an_engineer_watches_a_program_cut_its_scan_short(width: int, project: Path) -> None:
    walk, scans = Walk(width, project), f"cut-{width}"
    shown = walk.type(f"python slow.py {scans} rich").shown
    assert "scan: examples (12 transcripts)" in shown
    assert set(SAID) < set(shown.splitlines())
    stands = walk.type(f"scout scan status --scans {scans}")
    assert "scan interrupted: " in stands.shown
    assert [line.split()[2] for line in stands.offered()] == ["resume", "results"]


def test_an_engineer_goes_on_with_a_scan_cut_short(project: Path) -> None:
    walk = Walk("pipe", project)
    ran = walk.type("python slow.py cut plain")
    assert ran.shown.splitlines() == SAID
    assert "scanning: " in ran.remarks
    resume, results = walk.type("scout scan status --scans cut").offered()
    assert "scan complete" in walk.type(resume).shown
    assert "slow 3 of 12 transcripts" in walk.type(results).words()
