"""Log records."""

from __future__ import annotations

import logging

import pytest

from inspect_scout._display.log import LogDisplay
from inspect_scout._types import ScannerState, WorkerState
from support.clocks import JumpingClock
from support.states import scan_state

PLANNED = scan_state(60, 4, phase="planned")


def test_records_carry_their_facts(caplog: pytest.LogCaptureFixture) -> None:
    clock = JumpingClock()
    display = LogDisplay(clock)
    with caplog.at_level(logging.INFO, logger="inspect_scout"):
        with display.scan(PLANNED) as update:
            update(scan_state(60, 10))
            clock.seconds = 5
            update(scan_state(60, 36, doing=WorkerState(scanning=2)))
            clock.seconds = 9
            update(scan_state(60, 40))
        display.outcome(scan_state(60, phase="complete", scanners={"a": ScannerState(scans=30)}))
    assert [record.getMessage() for record in caplog.records] == [
        "Starting scan",
        "Scan progress: 60% (36/60)",
        "Scan complete: ./scans/scan_id=x",
    ]
    start, progress, complete = (vars(record) for record in caplog.records)
    assert (start["total_scans"], start["skipped_scans"], start["scan_location"]) == (60, 4, "./scans/scan_id=x")
    assert progress["scan_progress"] == {"completed": 36, "total": 60, "percent": 60}
    assert progress["scan_metrics"]["doing"]["scanning"] == 2
    assert complete["status"]["scanners"]["a"]["scans"] == 30


def test_errors_and_interruptions_are_warnings(caplog: pytest.LogCaptureFixture) -> None:
    display = LogDisplay()
    display.outcome(scan_state(60, phase="errors", scanners={"a": ScannerState(errors=3)}))
    display.outcome(scan_state(60, phase="interrupted"))
    assert [(record.levelname, record.getMessage().split(" (")[0]) for record in caplog.records] == [
        ("WARNING", "3 scan errors occurred!"),
        ("WARNING", "Scan interrupted: ./scans/scan_id=x"),
    ]
