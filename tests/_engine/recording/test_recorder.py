"""What a worker tells as durable: what the journal has written, whatever waits or is broken off meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from inspect_scout._engine.recording.recorder import DurableRecorder
from inspect_scout._types import ResultReport, ScannerState, TranscriptInfo
from inspect_scout.testing import JumpingClock

pytestmark = pytest.mark.anyio


class Paper:
    """A journal that writes when it is let."""

    def __init__(self) -> None:
        self.appended = self.durable = 0
        self.free = asyncio.Event()
        self.free.set()
        self.due = False

    def take(self, _info: TranscriptInfo, _scanner: str, _reports: Sequence[ResultReport]) -> ScannerState:
        self.appended += 1
        return ScannerState(scans=1)

    async def flush(self) -> None:
        taken = self.appended
        await self.free.wait()
        self.durable = max(self.durable, taken)

    async def flush_if_due(self) -> None:
        if self.due:
            await self.flush()


def recorder_on(paper: Any, clock: JumpingClock | None = None) -> DurableRecorder:
    return DurableRecorder(paper, clock or JumpingClock())


def transcript(name: str) -> TranscriptInfo:
    return TranscriptInfo(transcript_id=name)


async def record(recorder: DurableRecorder, ticket: int, name: str) -> None:
    await recorder.record(transcript(name), "s", [])
    recorder.finished(ticket, transcript(name))


async def test_what_is_written_is_told_although_more_waits() -> None:
    paper = Paper()
    recorder = recorder_on(paper)
    await record(recorder, 1, "a")
    paper.due = True
    await record(recorder, 2, "b")  # a busy scan: what is due is written as something is recorded, not at a tick
    paper.due = False
    await record(recorder, 3, "c")
    told = await recorder.write()
    assert (list(told.tickets), told.counts["s"].scans) == ([1, 2], 2)
    told = await recorder.write(now=True)
    assert (list(told.tickets), told.counts["s"].scans) == ([3], 1)
    assert await recorder.write(now=True) == type(told)(tickets=[], counts={}, reused=0, parts=[])


async def test_parts_of_units_are_told_before_the_unit_ends() -> None:
    recorder = recorder_on(Paper())
    await recorder.record(transcript("a"), "one", [])
    told = await recorder.write(now=True)
    assert (list(told.tickets), list(told.parts)) == ([], [("a", "one")])
    await recorder.record(transcript("a"), "two", [], reused=True)
    recorder.finished(7, transcript("a"))
    told = await recorder.write(now=True)
    assert (list(told.tickets), list(told.parts), told.reused) == ([7], [], 1)


async def test_a_pair_that_is_cancelled_while_rows_are_written_is_recorded() -> None:
    paper = Paper()
    paper.due = True
    paper.free.clear()
    recorder = recorder_on(paper)
    recording = asyncio.create_task(recorder.record(transcript("a"), "s", []))
    await asyncio.sleep(0)
    recording.cancel()
    await asyncio.wait([recording])
    paper.free.set()
    told = await recorder.write(now=True)
    assert told.counts["s"].scans == 1


class Broken(Paper):
    """A journal on a disk that is full for a while."""

    full = True

    async def flush(self) -> None:
        if self.full:
            raise OSError("the disk is full")
        await super().flush()


async def test_what_cannot_be_written_is_told_later() -> None:
    paper = Broken()
    recorder = recorder_on(paper)
    await record(recorder, 1, "a")
    assert list((await recorder.write(now=True)).tickets) == []
    assert recorder.waiting == 1
    paper.full = False
    assert list((await recorder.write(now=True)).tickets) == [1]
    assert recorder.waiting == 0


async def test_nothing_can_be_written_for_long() -> None:
    paper, clock = Broken(), JumpingClock()
    recorder = recorder_on(paper, clock)
    await record(recorder, 1, "a")
    await recorder.write(now=True)
    clock.jump(9)
    await recorder.write(now=True)
    await recorder.write()  # nothing is due: that says nothing about the disk
    clock.jump(2)
    with pytest.raises(OSError, match="full"):
        await recorder.write(now=True)


async def test_a_disk_that_is_full_now_and_then_is_not_an_error() -> None:
    paper, clock = Broken(), JumpingClock()
    recorder = recorder_on(paper, clock)
    for number in range(4):
        await record(recorder, number, str(number))
        paper.full = True
        await recorder.write(now=True)
        clock.jump(9)
        paper.full = False
        assert list((await recorder.write(now=True)).tickets) == [number]
