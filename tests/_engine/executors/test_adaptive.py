"""When a scan starts one more process, and how many units are handed out at once."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from inspect_scout import Result, Scanner, Transcript, scan, scan_results_df, scanner, transcripts_from
from inspect_scout._engine.executors.adaptive import Load, needs_worker
from inspect_scout._engine.executors.work_queue import batch_size
from support.transcripts import talks

BUSY = Load(busy=1.0, left_seconds=60.0, processes=1, most=4)


@pytest.mark.parametrize(
    ("load", "needed"),
    [
        (BUSY, True),
        (Load(busy=0.5, left_seconds=60.0, processes=1, most=4), False),  # it waits for a disk
        (Load(busy=1.0, left_seconds=60.0, processes=1, most=4, calls_models=True), False),
        (Load(busy=1.0, left_seconds=60.0, processes=4, most=4), False),
        (Load(busy=1.0, left_seconds=4.0, processes=1, most=4), False),  # over before it pays
        (Load(busy=1.0, left_seconds=5.0, processes=1, most=4), True),
        (Load(busy=1.0, left_seconds=5.0, processes=2, most=4), False),  # a third one saves less
        (Load(busy=1.0, left_seconds=5.0, processes=1, most=4, start_seconds=3.0), False),
        (Load(busy=1.0, left_seconds=0.0, processes=1, most=4), False),  # nothing is known yet
    ],
)
def test_a_worker_has_to_save_more_than_it_costs(load: Load, needed: bool) -> None:
    assert needs_worker(load) is needed


@pytest.mark.parametrize(
    ("left", "holders", "room", "share"),
    [
        (1000, 2, 6, 6),
        (1000, 2, 0, 0),
        (1000, 2, -3, 0),
        (20, 2, 15, 5),
        (3, 2, 15, 1),
        (1, 4, 15, 1),
        (0, 2, 15, 0),
        (10, 0, 15, 5),
    ],
)
def test_less_is_handed_out_towards_the_end(left: int, holders: int, room: int, share: int) -> None:
    assert batch_size(left, holders, room) == share


@scanner(messages="all")
def toils() -> Scanner[Transcript]:
    """Keep a processor busy for a while."""

    async def toil(transcript: Transcript) -> Result:
        end = time.process_time() + 0.05
        while time.process_time() < end:
            pass
        return Result(value=len(transcript.messages), explanation=str(os.getpid()))

    return toil


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one processor has no use for a second process")
def test_a_scan_that_is_busy_gets_a_worker_by_itself(tmp_path: Path) -> None:
    given = transcripts_from(talks(180))
    status = scan([toils()], given, scans=str(tmp_path), display="none")
    rows = scan_results_df(status.location).scanners["toils"]
    assert status.complete
    assert rows["transcript_id"].tolist() == [f"t{number}" for number in range(180)]
    processes = set(rows["explanation"])
    assert str(os.getpid()) in processes
    assert len(processes) > 1
