"""A worker as its parent sees it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Protocol

from .._inspect.pickling import from_bytes
from .._support.errors import ConfigError, ScoutError, WorkerError
from .._support.foreign import foreign
from .._support.ids import new_id
from .messages import Down, Failed, Gauges, Up

_SPARE_SECONDS = 0.25
"""Work that a worker has beside what it is at: a parent that scans, too, answers late."""

_FIRST_RATE = 100.0  # units a second, until it is known
_SPARE_UNITS = 2
_MOST_SPARE_UNITS = 100
_BUSY_UNITS = 4
_BUSY_SHARE = 0.8
_LEAST_SHARE = 0.1


class Link(Protocol):
    """Carries messages between a parent and a worker."""

    def send(self, message: Down) -> None:
        """Send a message; never waits."""
        ...

    async def receive(self) -> Up | None:
        """Wait for the next message; None: the worker is gone."""
        ...

    def kill(self) -> None:
        """End the worker at once."""
        ...

    async def ended(self) -> str:
        """Tell how the worker, which is gone or about to be, has ended."""
        ...

    async def release(self) -> None:
        """Let a worker go that has said its last word."""
        ...


class Member:
    """What the parent knows of a worker.

    Args:
        link: Leads to it.
        tasks: Units in work at once.
    """

    def __init__(self, link: Link, tasks: int) -> None:
        self.link = link
        self.name = new_id()[:8]
        self.tasks = tasks
        self.ready: float | None = None
        """Seconds that it took to be ready (None: it is not)."""
        self.begun = False
        self.ended = False
        """Whether it has said its last word."""
        self.through: set[int] = set()
        """Tickets that are done but not durable yet."""
        self.gauges: Gauges | None = None
        self.attended: asyncio.Task[None] | None = None
        """Listens to it."""
        self.heard_at = time.monotonic()
        """When it said something last (`time.monotonic()`)."""
        self._done = 0
        self._rate = _FIRST_RATE
        self._gauged_at = time.monotonic()

    def done(self, tickets: Sequence[int]) -> None:
        """Take note of units that are done."""
        self.through.update(tickets)
        self._done += len(tickets)

    def gauged(self, gauges: Gauges, now: float) -> None:
        """Take note of how it does.

        Args:
            gauges: What it says.
            now: The time (`time.monotonic()`).
        """
        self.gauges = gauges
        seconds = now - self._gauged_at
        if seconds >= _SPARE_SECONDS:
            self._rate = self._done / (seconds * max(gauges.busy, _LEAST_SHARE))
            self._done, self._gauged_at = 0, now

    def room(self, held: int) -> int:
        """Count the units that it can be given, beside those that it holds."""
        tasks = max(self.tasks, self.gauges.state.slots) if self.gauges is not None else self.tasks
        if self.gauges is not None and self.gauges.busy >= _BUSY_SHARE:
            # Working on many units at once gains nothing where the processor is what they wait for, and those that
            # wait here are missing elsewhere at the end.
            tasks = min(tasks, _BUSY_UNITS)
        spare = min(max(_SPARE_UNITS, round(self._rate * _SPARE_SECONDS)), _MOST_SPARE_UNITS)
        return tasks + spare - (held - len(self.through))


def raised_by(failed: Failed) -> BaseException:
    """Make the exception again that a worker failed with."""
    original: BaseException | None = None
    if failed.error is not None:
        with foreign():  # what an exception of a stranger does when it is read is unknown
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
