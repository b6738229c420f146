"""How many units a worker is given beside those that it works on."""

from __future__ import annotations

from typing import Any

import pytest

from inspect_scout._engine.workers.handle import WorkerHandle
from inspect_scout._engine.workers.protocol import Committed, WorkerStats
from inspect_scout._types import WorkerState


def handle(tasks: int = 13, local: bool = False) -> WorkerHandle:
    """Make a worker that nobody talks to."""
    channel: Any = None
    return WorkerHandle(channel, tasks, local)


def stats(busy: float, tasks: int = 13) -> WorkerStats:
    """Say how a worker does."""
    return WorkerStats(state=WorkerState(slots=tasks), budget_bytes=0, busy=busy)


def at_work(units: int, busy: float) -> WorkerHandle:
    """Let a worker do units in a second."""
    worker = handle()
    worker.reported(stats(busy), now := 1e9)
    worker.finished(range(units))
    worker.reported(stats(busy), now + 1)
    worker.recorded(Committed(tickets=range(units)), [])
    return worker


@pytest.mark.parametrize(
    ("units", "busy", "room"),
    [
        (200, 1.0, 4 + 50),  # a quarter of a second of work beside the four at which a processor is kept busy
        (1, 1.0, 4 + 2),  # long units wait where somebody has time for them
        (100_000, 1.0, 4 + 100),
        (60, 0.3, 13 + 50),  # it would do 200 if it had them
        (10, 0.0, 13 + 25),  # it waits for models
    ],
)
def test_spare_units_are_a_quarter_of_a_second_of_work(units: int, busy: float, room: int) -> None:
    assert at_work(units, busy).capacity(leased=0) == room
    assert at_work(units, busy).capacity(leased=room) == 0


def test_units_that_are_done_take_no_room() -> None:
    worker = at_work(200, 1.0)
    worker.finished(range(7))
    assert worker.capacity(leased=54) == 7


def test_a_worker_of_this_loop_needs_no_spare_units() -> None:
    worker = handle(tasks=13, local=True)
    worker.reported(stats(1.0), 1e9)
    assert worker.capacity(leased=10) == 3
    assert worker.capacity(leased=10, most=4) == -6
