"""What is said about a scan."""

from __future__ import annotations

import shlex
import subprocess
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._display.wording import (
    config_line,
    ending_lines,
    failures,
    percent,
    progress_line,
    scanner_headers,
    scanner_rows,
    shell_quoted,
    title_line,
)
from inspect_scout._types import ConfusionCounts, HeldBack, ScanFacts, ScannerState, ScanState, WorkerState
from support.states import scan_state

LOCATION = "./my scans/scan_id=L3aavDT5nsTHpoaVBfah7J"
QUOTED = "'./my scans/scan_id=L3aavDT5nsTHpoaVBfah7J'"


def ending(state: Literal["complete", "errors", "interrupted", "running"], errors: int = 0) -> str:
    outcome = scan_state(
        60,
        phase=state,
        scanners={"a": ScannerState(scans=30), "b": ScannerState(scans=6, errors=errors)},
        errors={"b: boom (x.eval)": 1} if errors else {},
        facts={"location": LOCATION},
    )
    return "\n".join(line.text for line in ending_lines(outcome))


def failed(count: int, **more: Any) -> ScanState:
    return scan_state(
        60, phase="errors", scanners={"b": ScannerState(errors=count)}, facts={"location": LOCATION}, **more
    )


def test_a_complete_scan_says_where_it_is_and_how_to_read_it() -> None:
    text = ending("complete")
    assert f"scan complete: {LOCATION}" in text
    assert f"scout scan results {QUOTED}" in text
    assert "error" not in text


def test_a_scan_declared_complete_says_what_was_left_out() -> None:
    half = {"a": ScannerState(scans=30)}
    lines = [line.text for line in ending_lines(scan_state(60, phase="complete", scanners=half))]
    assert lines[1] == "30 of 60 done; the rest was left out"
    whole = ending_lines(scan_state(30, phase="complete", scanners=half))
    assert not any("left out" in line.text for line in whole)


def test_errors_are_counted_with_the_two_ways_on() -> None:
    text = ending("errors", 3)
    assert "3 scan errors occurred!" in text
    assert "b: boom (x.eval)" in text
    assert "and 2 more" in text
    assert f"scout scan resume {QUOTED}" in text
    assert f"scout scan complete {QUOTED}" in text


def test_logs_that_were_not_read_are_told_apart_from_errors() -> None:
    both = failed(1, errors={"b: boom": 1}, problems={"x is cut off": 1, "y": 1})
    texts = [line.text for line in ending_lines(both)]
    assert texts[:2] == ["1 scan error occurred!", "  b: boom"]
    assert texts[2:5] == [
        "2 logs were not read (or not whole): the scan is not complete without them",
        "  x is cut off",
        "  y",
    ]
    assert texts[5].startswith("see the errors:              scout scan errors")
    assert texts[6].startswith("resume (retrying errors):    scout")
    assert failures(both) == ["1 scan error occurred!", "2 logs were not read (or not whole)"]
    assert failures(failed(0, problems={"x": 1})) == ["1 log was not read (or not whole)"]


def test_an_interrupted_scan_says_how_to_resume_it() -> None:
    text = ending("interrupted")
    assert "36 of 60 done" in text
    assert f"scout scan resume {QUOTED}" in text


def test_a_running_scan_offers_no_resume() -> None:
    assert "resume" not in ending("running")


def test_the_same_error_is_said_once() -> None:
    outcome = failed(4, errors={"b: boom": 2, "a: bang": 1})
    assert [line.text for line in ending_lines(outcome)][1:4] == ["  b: boom (2 times)", "  a: bang", "  and 1 more"]


def test_a_long_error_keeps_the_line_that_it_names() -> None:
    outcome = failed(1, errors={f"b: {'x' * 900}\x1b[31m (own/scan.py:12)": 1})
    shown = [line.text for line in ending_lines(outcome)][1]
    assert len(shown) <= 302
    assert shown.startswith("  b: xxx")
    assert shown.endswith("xxx… (own/scan.py:12)")


@pytest.mark.parametrize("state", ["complete", "errors", "interrupted", "running"])
def test_a_scan_with_errors_says_how_to_see_them(
    state: Literal["complete", "errors", "interrupted", "running"],
) -> None:
    assert f"scout scan errors {QUOTED}" in ending(state, 1)
    assert "scan errors" not in ending(state)


def test_one_error_is_singular() -> None:
    assert "1 scan error occurred!" in ending("errors", 1)


def test_the_title_counts_transcripts() -> None:
    assert (
        title_line(ScanFacts(scan_id="", name="a.py", location="", transcripts=1302))
        == "scan: a.py (1,302 transcripts)"
    )
    assert title_line(ScanFacts(scan_id="", name="a.py", location="", transcripts=1)) == "scan: a.py (1 transcript)"


def test_options_are_shortened() -> None:
    line = config_line({"limit": 3, "tags": ["a", "b"], "args": {"k": 1}, "none": None, "long": "x" * 100})
    assert line.startswith("limit: 3, tags: a, b, args: {...}, long: xxx")
    assert len(config_line({str(i): "y" * 60 for i in range(100)})) <= 500


@pytest.mark.parametrize(
    ("completed", "total", "share"), [(0, 0, 100), (0, 3, 0), (299, 300, 99), (3, 3, 100), (4, 3, 100)]
)
def test_only_what_is_done_is_a_hundred_percent(completed: int, total: int, share: int) -> None:
    assert percent(completed, total) == share


def test_progress_says_what_workers_do() -> None:
    line = progress_line(
        scan_state(1302, 548, doing=WorkerState(reading=2, scanning=25), scanners={"a": ScannerState(errors=1)})
    )
    assert line == "scanning:  42% (548/1,302), 2 reading, 25 scanning, 1 error"


def test_zeros_are_dashes() -> None:
    assert scanner_rows({"a": ScannerState()}) == [["a", "-", "-", "-", "-", "-"]]
    assert scanner_rows({"a": ScannerState(scans=4, results=1, tokens=10)}) == [["a", "4", "1", "-", "10", "2"]]


@pytest.mark.parametrize(("rows", "share"), [(10, "100"), (2, "500"), (4, "250")])
def test_tokens_are_divided_by_the_invocations_that_used_them(rows: int, share: str) -> None:
    """Of four transcripts: several inputs each, none in two of them, one each."""
    assert scanner_rows({"a": ScannerState(scans=4, results=1, tokens=1000, rows=rows)})[0][-1] == share


def test_agreement_has_a_column_where_there_are_labelled_cases() -> None:
    counts = {
        "a": ScannerState(scans=4, results=1, tokens=10, agreement=ConfusionCounts(tp=654, fn=346)),
        "b": ScannerState(scans=4),
    }
    assert scanner_headers(counts) == ("scanner", "scans", "validation", "results", "errors", "tokens", "tokens/scan")
    assert scanner_rows(counts) == [["a", "4", "0.65", "1", "-", "10", "2"], ["b", "4", "-", "-", "-", "-", "-"]]
    assert "validation" not in scanner_headers({"b": ScannerState(scans=4)})


@given(st.text(st.characters(exclude_categories=[]), max_size=20))
def test_quoted_locations_hold_nothing_unprintable(text: str) -> None:
    quoted = shell_quoted(text)
    assert all(c.isprintable() or c in " \t\n" or ord(c) > 127 for c in quoted)
    if quoted.startswith("'"):
        assert shlex.split(quoted) == [text]


def test_bash_reads_quoted_locations_back() -> None:
    for text in ("a b", "it's", "$(x)", "a\x1b[31mb", "é ü", "", "-x", "a\\x\x07'"):
        said = subprocess.run(["bash", "-c", f"printf %s {shell_quoted(text)}"], capture_output=True, check=True)
        assert said.stdout.decode() == text


@pytest.mark.parametrize(
    ("doing", "said"),
    [
        (WorkerState(), ""),
        (WorkerState(calls=1, connections=1), ", 1 of 1 connection"),
        (WorkerState(calls=3, connections=25, retries=1), ", 3 of 25 connections, 1 retry"),
        (WorkerState(calls=0, connections=1200, retries=2000), ", 0 of 1,200 connections, 2,000 retries"),
        (
            WorkerState(calls=2, connections=9, retries=3, held_back=HeldBack(rate=18.7, seconds=0.05)),
            ", 2 of 9 connections, 3 retries, held back to 19 calls a second by refusals",
        ),
        (
            WorkerState(calls=2, connections=9, held_back=HeldBack(rate=0.25, seconds=3.6)),
            ", 2 of 9 connections, held back to 0.2 calls a second by refusals, the next in 4 s",
        ),
    ],
)
def test_calls_of_models_are_told_once_there_are_some(doing: WorkerState, said: str) -> None:
    assert progress_line(scan_state(4, doing=doing, retries=doing.retries)) == "scanning:   0% (0/4)" + said


@pytest.mark.parametrize("state", ["complete", "errors", "interrupted", "running"])
def test_verdicts_that_rest_on_less_than_they_seem_are_said(
    state: Literal["complete", "errors", "interrupted", "running"],
) -> None:
    counts = {
        "judge": ScannerState(scans=200, rows=201, errors=1, unseen_citations=200),
        "one": ScannerState(scans=1, rows=1, incomplete=1, unseen_citations=1),
        "sound": ScannerState(scans=5, rows=5),
        "untold": ScannerState(scans=5, rows=5, calls_without_usage=2),
    }
    lines = ending_lines(scan_state(206, phase=state, scanners=counts, facts={"location": LOCATION}))
    assert [
        line.text for line in lines if line.tone == "warning" and ":" in line.text and "scan inter" not in line.text
    ] == [
        "judge: 200 of 200 explanations cite a message that was not shown",
        "one: 1 of 1 explanation cites a message that was not shown",
        "one: 1 of 1 input had messages or events that could not be read whole",
        "untold: 2 answers of models came without usage: their tokens are not counted",
    ]


def test_calls_that_fail_are_shown_with_cause_and_next_try() -> None:
    trouble = "calls to openai/gpt fail: 503 down for\nmaintenance (next try in 12 s)"
    line = progress_line(scan_state(10, 4, doing=WorkerState(trouble=trouble)))
    assert line.endswith(", calls to openai/gpt fail: 503 down for maintenance (next try in 12 s)"), line
    assert "fail" not in progress_line(scan_state(10, 4))
