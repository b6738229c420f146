"""The live picture."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from inspect_scout._display.layout import cell_width
from inspect_scout._display.live import RichDisplay, ScanPicture
from inspect_scout._display.wording import SCANNER_HEADERS
from inspect_scout._types import ScannerState, WorkerState
from support.clocks import JumpingClock
from support.states import scan_state

FACTS = {"name": "examples/scanners.py", "transcripts": 218, "options": {"limit": 3}}
PLANNED = scan_state(1302, 100, phase="planned", facts=FACTS)
SCANNERS = {
    "refusal": ScannerState(scans=224, results=12, tokens=123_456),
    "a_very_long_scanner_name_indeed_longer_than_forty": ScannerState(
        scans=224, results=12_000, errors=3, tokens=1_234_567_890
    ),
}


def console(width: int, height: int = 24) -> Console:
    return Console(file=io.StringIO(), width=width, height=height, markup=False, highlight=False)


def text(of: Console) -> str:
    assert isinstance(of.file, io.StringIO)
    return of.file.getvalue()


@pytest.mark.parametrize("width", [40, 80, 160])
def test_the_picture_fits_and_headers_stand_apart(width: int) -> None:
    screen, clock = console(width), JumpingClock()
    picture = ScanPicture(PLANNED, screen, clock)
    clock.seconds = 75
    doing = WorkerState(slots=30, reading=2, scanning=25, buffered=4, memory_bytes=1_200_000_000)
    picture.update(scan_state(1302, 100, doing=doing, scanners=SCANNERS, facts=FACTS))
    screen.print(picture.render())
    lines = text(screen).splitlines()
    assert max(map(cell_width, lines)) <= width
    expected = SCANNER_HEADERS if width >= 60 else SCANNER_HEADERS[:4]
    assert any(line.split() == list(expected) for line in lines)
    assert any("548/1,302" in line and "42%" in line for line in lines)
    if width >= 80:
        assert any("1:15, 2:06 left" in line for line in lines)


def test_more_scanners_than_fit_are_counted() -> None:
    screen = console(80, height=12)
    picture = ScanPicture(PLANNED, screen, JumpingClock())
    picture.update(scan_state(10, scanners={f"s{i}": ScannerState() for i in range(50)}))
    screen.print(picture.render())
    assert len(text(screen).splitlines()) <= 12
    assert "and 46 more scanners" in text(screen)


def test_the_outcome_leaves_commands_whole_on_narrow_terminals() -> None:
    output = console(40)
    location = "./scans/" + "x" * 100
    outcome = scan_state(1, phase="errors", scanners=SCANNERS, facts={"location": location})
    RichDisplay(output=output).outcome(outcome)
    assert f"scout scan resume {location}\n" in text(output)


def test_the_picture_goes_and_messages_stay() -> None:
    screen = Console(file=io.StringIO(), width=80, height=24, force_terminal=True, color_system=None)
    display = RichDisplay(output=screen, screen=screen)
    with display.scan(PLANNED) as update:
        update(scan_state(3, 1))
        display.print("a message")
    assert "a message" in text(screen)
    assert text(screen).rstrip().endswith("\x1b[2K"), "the last thing drawn is the erasing of the picture"


def test_what_scanners_print_stays_on_standard_output_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Console(file=io.StringIO(), width=80, height=24, force_terminal=True, color_system=None)
    display = RichDisplay(screen=screen)
    with display.scan(PLANNED) as update:
        update(scan_state(3, 1))
        print("of a scanner")
    display.outcome(scan_state(3, 3, phase="complete", facts={"location": "./scans/" + "x" * 100}))
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "of a scanner"
    assert "x" * 100 in said.out
    assert "of a scanner" not in text(screen)
    assert "\x1b" not in said.out
