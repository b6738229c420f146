"""The executor that runs everything on this event loop."""

from __future__ import annotations

from .contract import Job
from .governor import Governor
from .ledger import Ledger
from .seat import LocalSeat, ticking
from .setup import WorkerSetup


class InlineExecutor:
    """Runs all units as tasks of this event loop."""

    async def prepare(self, setup: WorkerSetup, location: str) -> None:
        """Nothing to prepare: scanners are loaded already."""

    async def run(self, job: Job) -> None:
        """Run all units of the plan."""
        governor = Governor()
        ledger = Ledger(job.plan.units)
        seat = LocalSeat(job, ledger, governor)
        async with ticking(job, (ledger, seat.budget, governor)):
            await seat.run()

    async def aclose(self) -> None:
        """Nothing to end."""
