"""Plain lines."""

from __future__ import annotations

import pytest

from inspect_scout._display.plain import PlainDisplay
from inspect_scout._types import ScannerState, WorkerState
from support.clocks import JumpingClock
from support.states import scan_state

FACTS = {"transcripts": 10, "options": {"limit": 10}}
PLANNED = scan_state(20, phase="planned", facts=FACTS)


def test_a_scan_shows_a_line_at_most_every_five_seconds_and_one_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    clock = JumpingClock()
    with PlainDisplay(clock).scan(PLANNED) as update:
        for completed in range(20):
            clock.seconds += 0.6
            update(scan_state(20, completed, doing=WorkerState(scanning=1)))
        update(scan_state(20, 20))
    assert capsys.readouterr().err.splitlines() == [
        "scan: scan.py (10 transcripts)",
        "limit: 10",
        "scanning:  40% (8/20), 1 scanning",
        "scanning:  85% (17/20), 1 scanning",
        "scanning: 100% (20/20)",
    ]


def test_the_outcome_of_a_scan_does_not_repeat_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    display = PlainDisplay()
    with display.scan(PLANNED):
        pass
    display.outcome(scan_state(20, phase="complete", facts=FACTS))
    said = capsys.readouterr()
    assert (said.err.count("scan.py"), said.out.count("scan.py")) == (1, 0)
    PlainDisplay().outcome(scan_state(20, phase="complete", facts=FACTS))
    assert capsys.readouterr().out.count("scan.py") == 1


@pytest.mark.parametrize("columns", [50, 80, 160])
def test_the_outcome_of_a_scan_fits_the_terminal_but_for_what_is_copied(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    usage = {"openai/gpt-5-mini": {"input_tokens": 48_640, "output_tokens": 2_116, "total_tokens": 50_756}}
    counts = ScannerState(scans=200, rows=200, results=32, tokens=50_756, usage=usage)
    facts = {**FACTS, "location": "/very/long/" + "x" * 60}
    PlainDisplay().outcome(scan_state(200, phase="complete", facts=facts, scanners={"evades_judge": counts}))
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if len(line) > columns and "/very/long/" not in line] == []
    assert any(line.startswith("evades_judge    200       32") for line in lines)
    assert any("scout scan results /very/long/" in line for line in lines)


def test_the_last_line_is_not_said_twice(capsys: pytest.CaptureFixture[str]) -> None:
    clock = JumpingClock()
    with PlainDisplay(clock).scan(PLANNED) as update:
        clock.seconds = 6
        update(scan_state(20, 20))
    assert capsys.readouterr().err.count("100%") == 1


def test_counting_says_where_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    clock = JumpingClock()
    with PlainDisplay(clock).counting("Reading logs") as count:
        count(1, 3)
        clock.seconds = 5
        count(2, 3)
        count(3, 3)
    assert capsys.readouterr().err.splitlines() == ["Reading logs: 2/3", "Reading logs: 3/3"]


def test_counting_nothing_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with PlainDisplay().counting("Reading logs"):
        pass
    assert capsys.readouterr() == ("", "")


def test_a_pipe_gets_whole_cells_and_columns_asks_for_a_width(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    PlainDisplay().table("title", ["a", "b"], [["x" * 100, "y" * 100]])
    assert "y" * 100 in capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "80")
    PlainDisplay().table("title", ["a", "b"], [["x" * 100, "y" * 100]])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_progress_goes_to_standard_error_and_results_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    display = PlainDisplay()
    with display.counting("Reading logs") as count:
        count(3, 3)
    with display.scan(PLANNED) as update:
        update(scan_state(20, 20))
        display.print("a remark")
    display.outcome(scan_state(20, 20, phase="complete", facts=FACTS))
    display.print("a result")
    display.table("", ["a"], [["b"]])
    said = capsys.readouterr()
    assert [line.split(":")[0] for line in said.err.splitlines()] == [
        *("Reading logs", "scan", "limit", "a remark", "scanning")
    ]
    assert [line.split(":")[0] for line in said.out.splitlines()] == [
        *("", "scan complete", "see the results", "a result", "a", "b")
    ]
