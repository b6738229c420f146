"""A worker as its parent sees it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ..._inspect.pickling import from_bytes
from ..._support.errors import ConfigError, ScoutError, WorkerError
from ..._support.foreign import foreign
from ..._support.ids import new_id
from .protocol import (
    Committed,
    Exited,
    Failed,
    Overdue,
    ToParent,
    ToWorker,
    Units,
    UnitsFinished,
    WorkerChannel,
    WorkerStats,
)

LOCAL = "this process"
"""Name of the worker that runs on the event loop of its parent."""

_SPARE_SECONDS = 0.25
"""Work that a worker has beside what it is at: a parent that scans, too, answers late."""

_FIRST_RATE = 100.0  # units a second, until it is known
_SPARE_UNITS = 2
_MOST_SPARE_UNITS = 100
_BUSY_UNITS = 4
_BUSY_SHARE = 0.8
_LEAST_SHARE = 0.1


class WorkerHandle:
    """What the parent knows of a worker.

    Args:
        channel: Leads to it.
        tasks: Units in work at once.
        local: Whether it runs on the event loop of its parent: messages take no time, and what ends it ends the scan.
    """

    def __init__(self, channel: WorkerChannel, tasks: int, local: bool = False) -> None:
        self._channel, self.tasks, self.local = channel, tasks, local
        self.writer_id = new_id()[:8]
        """Name of its journal files."""
        self.name = LOCAL if local else self.writer_id
        self.exited = False
        """Whether it has sent its last message."""
        self.failed = False
        """Whether it has told that going on is impossible."""
        self.last_message_at = time.monotonic()
        """When it sent something last (`time.monotonic()`)."""
        self.stats: WorkerStats | None = None
        """What it reported last."""
        self.overdue: Overdue | None = None
        """Why it is about to kill itself."""
        self.parts: dict[str, set[str]] = {}
        """Scanners that it has reported as recorded, by transcript, of units that are not done yet."""
        self._expects_more = True
        self._finished: set[int] = set()
        self._count = 0
        self._rate = _FIRST_RATE
        self._counted_at = time.monotonic()

    def send(self, message: ToWorker) -> None:
        """Send a message; never waits."""
        self._channel.send(message)

    def send_units(self, units: Units) -> None:
        """Send units, or the news that more, or no more, will come."""
        if units.items or units.more != self._expects_more:
            self._expects_more = units.more
            self._channel.send(units)

    async def receive(self) -> ToParent | None:
        """Wait for the next message, and take note of it; None: the worker is gone."""
        message = await self._channel.receive()
        self.last_message_at = time.monotonic()
        match message:
            case UnitsFinished(tickets):
                self.finished(tickets)
            case WorkerStats():
                self.reported(message, self.last_message_at)
            case Overdue():
                self.overdue = message
            case Failed():
                self.failed = True
            case Exited():
                self.exited = True
            case _:
                pass
        return message

    def kill(self) -> None:
        """End the worker at once; from any thread."""
        self._channel.kill()

    async def ended(self) -> str:
        """Tell how the worker, which is gone or about to be, has ended."""
        return await self._channel.ended()

    async def release(self) -> None:
        """Let the worker go; one that has not sent its last message ends at once."""
        if not self.exited:
            self._channel.kill()
        await self._channel.release()

    def finished(self, tickets: Sequence[int]) -> None:
        """Take note of units that are done."""
        self._finished.update(tickets)
        self._count += len(tickets)

    def recorded(self, message: Committed, transcripts: Sequence[str]) -> None:
        """Take note of units that are durable: those of some transcripts, and parts of others."""
        self._finished.difference_update(message.tickets)
        for transcript_id in transcripts:
            self.parts.pop(transcript_id, None)
        for transcript_id, scanner in message.parts:
            self.parts.setdefault(transcript_id, set()).add(scanner)

    def reported(self, stats: WorkerStats, now: float) -> None:
        """Take note of how it does.

        Args:
            stats: What it reports.
            now: The time (`time.monotonic()`).
        """
        self.stats = stats
        seconds = now - self._counted_at
        if seconds >= _SPARE_SECONDS:
            self._rate = self._count / (seconds * max(stats.busy, _LEAST_SHARE))
            self._count, self._counted_at = 0, now

    def capacity(self, leased: int, most: int | None = None) -> int:
        """Count the units that it can be given, beside those that it holds.

        Args:
            leased: Units that it holds.
            most: Units in work at most (None: as many as it reports).
        """
        tasks = self.tasks if self.stats is None else max(self.tasks, self.stats.state.slots)
        spare = 0
        if not self.local:
            if self.stats is not None and self.stats.busy >= _BUSY_SHARE:
                # Working on many units at once gains nothing where the processor is what they wait for, and those that
                # wait here are missing elsewhere at the end.
                tasks = min(tasks, _BUSY_UNITS)
            spare = min(max(_SPARE_UNITS, round(self._rate * _SPARE_SECONDS)), _MOST_SPARE_UNITS)
        return (tasks if most is None else min(tasks, most)) + spare - (leased - len(self._finished))


def raised_by(failed: Failed) -> BaseException:
    """Give the exception that a worker failed with."""
    if isinstance(failed.error, BaseException):
        return failed.error
    original: BaseException | None = None
    if failed.error is not None:
        with foreign():  # what an exception of foreign code does when it is read is unknown
            original = from_bytes(failed.error)
    if failed.stage == "load" and not isinstance(original, ScoutError):
        return ConfigError(
            f"A worker cannot load the scanners: {failed.text}. Workers look for modules where this process does "
            "(sys.path): install the package that is missing, or put its folder on PYTHONPATH. Or use max_processes=1."
        )
    if not isinstance(original, BaseException):
        original = WorkerError(f"A worker failed: {failed.text}")
    original.add_note(f"In a worker:\n{failed.trace}")
    return original
