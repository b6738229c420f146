"""What runs a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from .._plan import ScanPlan
from .._results import ScanStore
from .activity import Activity
from .calls import Calls
from .feed import Feed
from .ledger import MAX_UNIT_RETRIES
from .recorder import Recorder
from .setup import MEMORY_BYTES, WorkerSetup
from .stopping import Stopping


@dataclass(frozen=True, slots=True)
class Job:
    """A plan and how to run it.

    Args:
        plan: What is to be done.
        setup: The plan as workers know it.
        store: The scan directory.
        recorder: Where this process records.
        feed: Hears what happens.
        memory_bytes: Bytes of transcript JSON in work at once, over all workers.
        max_unit_retries: How often a unit is tried again whose worker died.
        stopping: Asks it to start nothing new.
        calls: Hears what becomes of the calls to models.
        activity: What is under way in this process.
    """

    plan: ScanPlan
    setup: WorkerSetup
    store: ScanStore
    recorder: Recorder
    feed: Feed
    memory_bytes: int = field(default=MEMORY_BYTES)
    max_unit_retries: int = field(default=MAX_UNIT_RETRIES)
    stopping: Stopping = field(default_factory=Stopping)
    calls: Calls = field(default_factory=Calls)
    activity: Activity = field(default_factory=Activity)


class Executor(Protocol):
    """Starts workers and gives them units; owns no results."""

    async def prepare(self, setup: WorkerSetup, location: str) -> None:
        """Find out whether the scan can be run at all, before anything is created.

        Args:
            setup: What workers need to know.
            location: Where scans are kept, or the directory of a scan.

        Raises:
            ConfigError: Scanners cannot be sent to workers, or cannot be loaded there.
            WorkerError: No worker can be started.
        """
        ...

    async def run(self, job: Job) -> None:
        """Run all units of the plan; when it ends, or is cancelled, workers have written what they recorded.

        Once `job.stopping` was asked to, it starts nothing new, and ends when the pairs under way have ended.

        Raises the exception of a scanner if `fail_on_error` is set, and whatever makes recording impossible; what
        was recorded before stays recorded.
        """
        ...

    async def aclose(self) -> None:
        """Give up what was needed to run anything."""
        ...
