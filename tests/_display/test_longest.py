"""A scanner that has been at work for long is named, with its transcript."""

from __future__ import annotations

import logging

import pytest

from inspect_scout._display.contract import ScanTitle
from inspect_scout._display.log import LogDisplay
from inspect_scout._display.wording import longest_fact, progress_line
from inspect_scout._engine.progress import LongestRunning, Progress, longest_of
from inspect_scout._support.clock import JumpingClock


def progress(seconds: float, blocks: bool = False) -> Progress:
    return Progress(total=3, longest=LongestRunning("t1", "slow", seconds, blocks))


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
    assert longest_fact(progress(seconds, blocks)) == said
    assert [part for part in said if part in progress_line(progress(seconds, blocks))] == said
    assert ("longest" in progress_line(progress(seconds, blocks))) == bool(said)


def test_names_cannot_control_a_terminal() -> None:
    hostile = Progress(total=1, longest=LongestRunning("t\x1b[2J", "s\n", 60))
    (said,) = longest_fact(hostile)
    assert "\x1b" not in said
    assert "\n" not in said


def test_records_of_the_log_name_it(caplog: pytest.LogCaptureFixture) -> None:
    clock = JumpingClock()
    title = ScanTitle("x", 3, {}, "here", 3)
    with caplog.at_level(logging.INFO, "inspect_scout"), LogDisplay(clock).scan(title) as sink:
        clock.jump(60)
        sink.update(progress(45))
    assert "longest: slow on t1 for 0:45" in caplog.text


def test_the_longest_of_all_processes_counts() -> None:
    here, there = LongestRunning("t1", "a", 3), LongestRunning("t2", "b", 4)
    assert longest_of([here, None, there]) is there
    assert longest_of([None]) is None
