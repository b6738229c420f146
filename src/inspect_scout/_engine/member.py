"""A worker as its parent sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from .._inspect.pickling import from_bytes
from .._support.errors import ConfigError, ScoutError, WorkerError
from .._support.ids import new_id
from .._types import ScannerCounts
from .messages import Down, Failed, Gauges, Up

_SPARE_UNITS = 2
_BUSY_UNITS = 4
_BUSY_SHARE = 0.8


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
        self.counts: Mapping[str, ScannerCounts] = {}
        self.gauges: Gauges | None = None

    def room(self, held: int) -> int:
        """Count the units that it can be given, beside those that it holds."""
        tasks = max(self.tasks, self.gauges.tasks) if self.gauges is not None else self.tasks
        if self.gauges is not None and self.gauges.busy >= _BUSY_SHARE:
            # Working on many units at once gains nothing where the processor is what they wait for, and those that
            # wait here are missing elsewhere at the end.
            tasks = min(tasks, _BUSY_UNITS)
        return tasks + _SPARE_UNITS - (held - len(self.through))


def raised_by(failed: Failed) -> BaseException:
    """Make the exception again that a worker failed with."""
    original: BaseException | None = None
    if failed.error is not None:
        try:
            original = from_bytes(failed.error)
        except Exception:  # noqa: BLE001 - what an exception of a stranger does when it is read is unknown
            original = None
    if failed.stage == "load" and not isinstance(original, ScoutError):
        return ConfigError(
            f"A worker cannot load the scanners: {failed.text}. Workers look for modules where this process does "
            "(sys.path): install the package that is missing, or put its folder on PYTHONPATH. Or use max_processes=1."
        )
    if not isinstance(original, BaseException):
        original = WorkerError(f"A worker failed: {failed.text}")
    original.add_note(f"In a worker:\n{failed.trace}")
    return original
