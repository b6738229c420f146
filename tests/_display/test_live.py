"""The live picture."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from inspect_scout._display.contract import ScanOutcome, ScanTitle
from inspect_scout._display.layout import cells
from inspect_scout._display.live import RichDisplay, ScanPicture
from inspect_scout._display.wording import SCANNER_HEADERS
from inspect_scout._engine import Progress
from inspect_scout._types import ScannerCounts
from support.clocks import JumpingClock

TITLE = ScanTitle("examples/scanners.py", 218, {"limit": 3}, "./scans/scan_id=L3aavDT5nsTHpoaVBfah7J", 1302, 100)
SCANNERS = {
    "refusal": ScannerCounts(548, 12, 0, 123_456),
    "a_very_long_scanner_name_indeed_longer_than_forty": ScannerCounts(548, 12_000, 3, 1_234_567_890),
}


def console(width: int, height: int = 24) -> Console:
    return Console(file=io.StringIO(), width=width, height=height, markup=False, highlight=False)


def text(of: Console) -> str:
    assert isinstance(of.file, io.StringIO)
    return of.file.getvalue()


@pytest.mark.parametrize("width", [40, 80, 160])
def test_the_picture_fits_and_headers_stand_apart(width: int) -> None:
    screen, clock = console(width), JumpingClock()
    picture = ScanPicture(TITLE, screen, clock)
    clock.seconds = 75
    picture.update(Progress(1302, 548, 100, 2, 25, 3, 4, SCANNERS, 1_200_000_000, 2))
    screen.print(picture.render())
    lines = text(screen).splitlines()
    assert max(map(cells, lines)) <= width
    expected = SCANNER_HEADERS if width >= 60 else SCANNER_HEADERS[:4]
    assert any(line.split() == list(expected) for line in lines)
    assert any("548/1,302" in line and "42%" in line for line in lines)
    if width >= 80:
        assert any("1:15, 2:06 left" in line for line in lines)


def test_more_scanners_than_fit_are_counted() -> None:
    screen = console(80, height=12)
    picture = ScanPicture(TITLE, screen, JumpingClock())
    picture.update(Progress(10, scanners={f"s{i}": ScannerCounts() for i in range(50)}))
    screen.print(picture.render())
    assert len(text(screen).splitlines()) <= 12
    assert "and 46 more scanners" in text(screen)


def test_the_outcome_leaves_commands_whole_on_narrow_terminals() -> None:
    output = console(40)
    location = "./scans/" + "x" * 100
    title = ScanTitle("scan.py", 1, {}, location, 1)
    RichDisplay(output=output).outcome(ScanOutcome("errors", title, SCANNERS, error_count=1))
    assert f"scout scan resume {location}\n" in text(output)


def test_the_picture_goes_and_messages_stay() -> None:
    screen = Console(file=io.StringIO(), width=80, height=24, force_terminal=True, color_system=None)
    display = RichDisplay(output=screen, screen=screen)
    with display.scan(TITLE) as sink:
        sink.update(Progress(3, 1))
        display.print("a message")
    assert "a message" in text(screen)
    assert text(screen).rstrip().endswith("\x1b[2K"), "the last thing drawn is the erasing of the picture"
