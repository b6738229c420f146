"""A scanner that has been at work for long is named, with its transcript."""

from __future__ import annotations

import logging

import pytest

from inspect_scout._display.log import LogDisplay
from inspect_scout._display.wording import longest_fact, progress_line
from inspect_scout._types import LongestRunning, ScanState, WorkerState
from inspect_scout.testing import JumpingClock
from support.states import scan_state


def running(seconds: float, blocks: bool = False, transcript: str = "t1", scanner: str = "slow") -> WorkerState:
    return WorkerState(
        at=1.0, longest=LongestRunning(transcript=transcript, scanner=scanner, seconds=seconds, blocks=blocks)
    )


def progress(seconds: float, blocks: bool = False) -> ScanState:
    return scan_state(3, doing=running(seconds, blocks), updated=1.0)


@pytest.mark.parametrize(
    ("seconds", "blocks", "said"),
    [
        (29.9, False, []),
        (30, False, ["longest: slow on t1 for 0:30"]),
        (3700, False, ["longest: slow on t1 for 1:01:40"]),
        (42, True, ["longest: slow on t1 for 0:42, and lets no other run"]),
    ],
)
def test_it_is_named_after_half_a_minute(seconds: float, blocks: bool, said: list[str]) -> None:
    assert longest_fact(progress(seconds, blocks).doing) == said
    assert [part for part in said if part in progress_line(progress(seconds, blocks))] == said
    assert ("longest" in progress_line(progress(seconds, blocks))) == bool(said)


def test_names_cannot_control_a_terminal() -> None:
    hostile = running(60, transcript="t\x1b[2J", scanner="s\n")
    (said,) = longest_fact(hostile)
    assert "\x1b" not in said
    assert "\n" not in said


def test_records_of_the_log_name_it(caplog: pytest.LogCaptureFixture) -> None:
    clock = JumpingClock()
    with caplog.at_level(logging.INFO, "inspect_scout"), LogDisplay(clock).scan(scan_state(3)) as update:
        clock.jump(60)
        update(progress(45))
    assert "longest: slow on t1 for 0:45" in caplog.text
