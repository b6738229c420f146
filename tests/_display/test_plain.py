"""Plain lines."""

from __future__ import annotations

import pytest

from inspect_scout._display.contract import ScanOutcome, ScanTitle
from inspect_scout._display.plain import PlainDisplay
from inspect_scout._engine import Progress
from support.clocks import JumpingClock

TITLE = ScanTitle("scan.py", 10, {"limit": 10}, "./scans/scan_id=x", 20)


def test_a_scan_shows_a_line_at_most_every_five_seconds_and_one_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    clock = JumpingClock()
    with PlainDisplay(clock).scan(TITLE) as sink:
        for completed in range(20):
            clock.seconds += 0.6
            sink.update(Progress(20, completed, scanning=1))
        sink.update(Progress(20, 20))
    assert capsys.readouterr().out.splitlines() == [
        "scan: scan.py (10 transcripts)",
        "limit: 10",
        "scanning:  40% (8/20), 1 scanning",
        "scanning:  85% (17/20), 1 scanning",
        "scanning: 100% (20/20)",
    ]


def test_the_outcome_of_a_scan_does_not_repeat_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    display = PlainDisplay()
    with display.scan(TITLE):
        pass
    display.outcome(ScanOutcome("complete", TITLE, {}))
    assert capsys.readouterr().out.count("scan.py") == 1
    PlainDisplay().outcome(ScanOutcome("complete", TITLE, {}))
    assert capsys.readouterr().out.count("scan.py") == 1


def test_the_last_line_is_not_said_twice(capsys: pytest.CaptureFixture[str]) -> None:
    clock = JumpingClock()
    with PlainDisplay(clock).scan(TITLE) as sink:
        clock.seconds = 6
        sink.update(Progress(20, 20))
    assert capsys.readouterr().out.count("100%") == 1


def test_counting_says_where_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    clock = JumpingClock()
    with PlainDisplay(clock).counting("Reading logs") as count:
        count(1, 3)
        clock.seconds = 5
        count(2, 3)
        count(3, 3)
    assert capsys.readouterr().out.splitlines() == ["Reading logs: 2/3", "Reading logs: 3/3"]


def test_counting_nothing_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with PlainDisplay().counting("Reading logs"):
        pass
    assert capsys.readouterr().out == ""


def test_a_pipe_gets_whole_cells_and_columns_asks_for_a_width(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    PlainDisplay().table("title", ["a", "b"], [["x" * 100, "y" * 100]])
    assert "y" * 100 in capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "80")
    PlainDisplay().table("title", ["a", "b"], [["x" * 100, "y" * 100]])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
