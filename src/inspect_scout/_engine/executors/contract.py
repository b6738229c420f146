"""What runs a plan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from ..._plan import ScanPlan
from ..._results import ScanStore
from ..admission.call_failures import CallMonitor
from ..recording.feed import Feed
from ..recording.recorder import TableSync
from ..workers.setup import MEMORY_BYTES, WorkerSetup
from .work_queue import MAX_UNIT_RETRIES


class StopRequest:
    """Whether a job was asked to start nothing new, and who has to know."""

    def __init__(self) -> None:
        self.asked = False
        self._listeners: list[Callable[[], None]] = []

    def ask(self) -> None:
        """Ask it, once."""
        if not self.asked:
            self.asked = True
            for listener in self._listeners:
                listener()

    def tell(self, listener: Callable[[], None]) -> None:
        """Call somebody when it is asked, or now if it was already."""
        self._listeners.append(listener)
        if self.asked:
            listener()


@dataclass(frozen=True, slots=True)
class Job:
    """A plan and how to run it.

    Args:
        plan: What is to be done.
        setup: The plan as workers know it.
        store: The scan directory.
        feed: Is told what happens.
        tables: Is told of pairs that are durable, and brings tables up to date (None: nobody does before the end).
        memory_bytes: Bytes of transcript JSON in work at once, over all workers.
        max_unit_retries: How often a unit is tried again whose worker died.
        stopping: Asks it to start nothing new.
        abandoned: Asks it, from another thread, to end workers in other processes at once.
        calls: Is told what becomes of the calls to models; asks it to stop when they fail for good.
    """

    plan: ScanPlan
    setup: WorkerSetup
    store: ScanStore
    feed: Feed
    tables: TableSync | None = None
    memory_bytes: int = field(default=MEMORY_BYTES)
    max_unit_retries: int = field(default=MAX_UNIT_RETRIES)
    stopping: StopRequest = field(default_factory=StopRequest)
    abandoned: StopRequest = field(default_factory=StopRequest)
    calls: CallMonitor = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "calls", CallMonitor(self.stopping.ask))


RunJob: TypeAlias = "Callable[[Job], Awaitable[None]]"
"""Runs all units of a job; when it ends, or is cancelled, workers have written what they recorded.

Once `job.stopping` was asked to, it starts nothing new, and ends when the pairs under way have ended.

Raises the exception of a scanner if `fail_on_error` is set, and whatever makes recording impossible; what was recorded before
stays recorded.
"""


class Executor(Protocol):
    """Starts workers and gives them units; owns no results."""

    def prepared(self, setup: WorkerSetup, location: str) -> AbstractAsyncContextManager[RunJob]:
        """Find out whether a scan can be run at all, before anything is created, and make ready to run it in the block.

        Args:
            setup: What workers need to know.
            location: Where scans are kept, or the directory of a scan.

        Raises:
            ConfigError: Scanners cannot be sent to workers, or cannot be loaded there.
            WorkerError: No worker can be started.
        """
        ...
