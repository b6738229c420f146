"""The executors that use worker processes."""

from __future__ import annotations

import os

from .contract import Job
from .ledger import Ledger
from .processes import ProcessLauncher
from .ray_cluster import RayLauncher
from .seat import ticking
from .setup import WorkerSetup
from .team import Launcher, Team


class TeamExecutor:
    """Runs all units in a fixed number of workers.

    Args:
        count: How many.
        launcher: Starts workers (None: processes of this machine).
    """

    def __init__(self, count: int, launcher: Launcher | None = None) -> None:
        self._count = count
        self._team = Team(launcher or ProcessLauncher(), count)

    async def prepare(self, setup: WorkerSetup, location: str) -> None:  # noqa: ARG002 - the contract's
        """Start the workers, and wait until one is ready."""
        self._team.load(setup)
        await self._team.grow(self._count)
        await self._team.first_ready()

    async def run(self, job: Job) -> None:
        """Run all units of the plan."""
        ledger = Ledger(job.plan.units, job.max_unit_retries)
        async with ticking(job, (ledger, self._team)):
            await self._team.run(job, ledger)

    async def aclose(self) -> None:
        """Give up what was needed to start workers."""
        await self._team.aclose()


class RayExecutor:
    """Runs all units in actors on a Ray cluster.

    Args:
        count: Actors (None: one for each processor of the cluster).
        address: Address of the cluster (None: `$RAY_ADDRESS`, else a cluster on this machine).
    """

    def __init__(self, count: int | None = None, address: str | None = None) -> None:
        self._count = count
        self._launcher = RayLauncher(address)
        self._team: Team | None = None

    async def prepare(self, setup: WorkerSetup, location: str) -> None:
        """Connect to the cluster, start the actors, and wait until one is ready."""
        count = self._launcher.connect(location)
        self._team = Team(self._launcher, self._count or count)
        self._team.load(setup, os.environ)
        await self._team.grow(self._count or count)
        await self._team.first_ready()

    async def run(self, job: Job) -> None:
        """Run all units of the plan."""
        assert self._team is not None
        ledger = Ledger(job.plan.units, job.max_unit_retries)
        async with ticking(job, (ledger, self._team)):
            await self._team.run(job, ledger)

    async def aclose(self) -> None:
        """Give up the cluster."""
        if self._team is not None:
            await self._team.aclose()
        await self._launcher.aclose()
