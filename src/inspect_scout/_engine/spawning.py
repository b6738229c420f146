"""The executors that use worker processes."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from .._support.errors import ConfigError, WorkerError
from .activity import Busyness
from .contract import Job
from .governor import Governor
from .ledger import Ledger
from .need import MOST_PROCESSES, START_SECONDS, Load, needs_worker
from .processes import ProcessLauncher, processors
from .ray_cluster import RayLauncher
from .seat import HERE, LocalSeat, ticking
from .setup import WorkerSetup
from .team import Launcher, Team

logger = logging.getLogger("inspect_scout")

_WATCH_SECONDS = 0.5
_UNITS_BESIDE_WORKERS = 4


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


class GrowingExecutor:
    """Runs units in this process, and in worker processes beside it once they pay.

    They do when the processor is what the scan waits for and enough is left: see `need`.

    Args:
        most: Processes at most, this one included (None: one for each processor, up to 4).
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most or min(MOST_PROCESSES, processors())
        self._team = Team(ProcessLauncher(), self._most, optional=True)
        self._setup: WorkerSetup | None = None

    async def prepare(self, setup: WorkerSetup, location: str) -> None:  # noqa: ARG002 - the contract's
        """Keep what workers would need."""
        self._setup = setup

    async def run(self, job: Job) -> None:
        """Run all units of the plan."""
        job.tally.governor = governor = Governor()
        ledger = Ledger(job.plan.units, job.max_unit_retries)
        seat = LocalSeat(job, ledger, governor)
        self._team.governor = governor
        async with ticking(job, (ledger, seat.budget, governor, self._team)):
            watcher = asyncio.create_task(self._watch(job, ledger, seat, governor))
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(seat.run())
                    group.create_task(self._team.run(job, ledger))
            except BaseExceptionGroup as several:
                raise several.exceptions[0] from None
            finally:
                watcher.cancel()
                await asyncio.gather(watcher, return_exceptions=True)

    async def aclose(self) -> None:
        """Give up what was needed to start workers."""
        await self._team.aclose()

    async def _watch(self, job: Job, ledger: Ledger, seat: LocalSeat, governor: Governor) -> None:
        """Start a worker when it pays."""
        began, total, busyness = time.monotonic(), ledger.left, Busyness()
        while not self._team.hopeless and ledger.fresh:
            await asyncio.sleep(_WATCH_SECONDS)
            through = total - ledger.left - ledger.held
            load = Load(
                busy=busyness.share(),
                left_seconds=(time.monotonic() - began) / through * ledger.left if through else 0.0,
                processes=self._team.size + 1,
                most=self._most,
                start_seconds=self._team.start_seconds or START_SECONDS,
                calls_models=governor.limit > 0,
            )
            if needs_worker(load) and not await self._add(job, seat):
                return

    @asynccontextmanager
    async def _alone(self) -> AsyncGenerator[None]:
        """Wait until no worker has a transcript in work that is larger than its share of memory."""
        turn = asyncio.Event()
        self._team.turns.ask(HERE, turn.set)
        try:
            await turn.wait()
            yield
        finally:
            self._team.turns.end(HERE)

    async def _add(self, job: Job, seat: LocalSeat) -> bool:
        """Start one more worker; tells whether that was possible."""
        assert self._setup is not None
        try:
            if self._team.size == 0:
                self._team.load(self._setup)
            await self._team.grow(self._team.size + 1)
        except (ConfigError, WorkerError) as error:
            logger.info("The scan stays in one process: %s", error)
            return False
        if self._team.governor is not None:
            self._team.governor.workers = self._most
        seat.most_in_work = _UNITS_BESIDE_WORKERS
        seat.budget.total = job.memory_bytes // self._most
        seat.budget.alone = self._alone
        return True
