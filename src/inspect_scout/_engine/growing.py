"""The executor that is used where none is named: this process, and workers beside it once they pay."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from .._support.errors import ConfigError, WorkerError
from .activity import Busyness
from .contract import Job
from .governor import Governor
from .ledger import Ledger
from .need import MOST_PROCESSES, START_SECONDS, Load, needs_worker, processors
from .seat import HERE, LocalSeat, ticking
from .setup import WorkerSetup

if TYPE_CHECKING:
    from .messages import Gauges
    from .team import Team

logger = logging.getLogger("inspect_scout")

_WATCH_SECONDS = 0.5
_UNITS_BESIDE_WORKERS = 4


class GrowingExecutor:
    """Runs units in this process, and in worker processes beside it once they pay.

    They do when the processor is what the scan waits for and enough is left: see `need`.

    Args:
        most: Processes at most, this one included (None: one for each processor, up to 4).
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most or min(MOST_PROCESSES, processors())
        self._team: Team | None = None
        self._setup: WorkerSetup | None = None

    async def prepare(self, setup: WorkerSetup, location: str) -> None:  # noqa: ARG002 - the contract's
        """Keep what workers would need."""
        self._setup = setup

    async def run(self, job: Job) -> None:
        """Run all units of the plan."""
        governor = Governor()
        ledger = Ledger(job.plan.units, job.max_unit_retries)
        seat = LocalSeat(job, ledger, governor)
        async with ticking(job, (ledger, seat.budget, governor, self)):
            try:
                async with asyncio.TaskGroup() as group:
                    watcher = group.create_task(self._watch(job, ledger, seat, group))
                    await seat.run()
                    watcher.cancel()
            except BaseExceptionGroup as several:
                raise several.exceptions[0] from None

    async def aclose(self) -> None:
        """Give up what was needed to start workers."""
        if self._team is not None:
            await self._team.aclose()

    def statistics(self) -> list[Gauges]:
        """Tell what each worker said last."""
        return self._team.statistics() if self._team is not None else []

    async def _watch(self, job: Job, ledger: Ledger, seat: LocalSeat, group: asyncio.TaskGroup) -> None:
        """Start a worker when it pays."""
        began, total, busyness = time.monotonic(), ledger.left, Busyness()
        while ledger.fresh:
            await asyncio.sleep(_WATCH_SECONDS)
            team, through = self._team, total - ledger.left - ledger.held
            if team is not None and team.hopeless:
                return
            load = Load(
                busy=busyness.share(),
                left_seconds=(time.monotonic() - began) / through * ledger.left if through else 0.0,
                processes=1 if team is None else team.size + 1,
                most=self._most - seat.share.workers_of_others,
                start_seconds=(team.start_seconds if team is not None else None) or START_SECONDS,
                calls_models=seat.governor.limit > 0,
            )
            if not needs_worker(load):
                continue
            try:
                alone, team = team is None, team or self._first()
                seat.share.workers = team.size + 1
                await team.grow(team.size + 1)
            except (ConfigError, WorkerError) as error:
                logger.info("The scan stays in one process: %s", error)
                seat.share.workers = self._team.size if self._team is not None else 0
                return
            if alone:
                self._share(team, job, seat)
                group.create_task(team.run(job, ledger))

    def _first(self) -> Team:
        """Make the team."""
        # A scan that stays alone does not pay for loading this (13 ms: a fifth of a scan of ten transcripts).
        from .processes import ProcessLauncher
        from .team import Team

        assert self._setup is not None
        self._team = Team(ProcessLauncher(), self._most, optional=True)
        self._team.load(self._setup)
        return self._team

    def _share(self, team: Team, job: Job, seat: LocalSeat) -> None:
        """Leave workers their share of units, memory and connections."""
        team.governor = seat.governor
        seat.governor.workers = self._most
        seat.most_in_work = _UNITS_BESIDE_WORKERS
        seat.share.limit_memory(job.memory_bytes // self._most)
        seat.budget.alone = self._alone

    @asynccontextmanager
    async def _alone(self) -> AsyncGenerator[None]:
        """Wait until no worker has a transcript in work that is larger than its share of memory."""
        assert self._team is not None
        turn = asyncio.Event()
        self._team.turns.ask(HERE, turn.set)
        try:
            await turn.wait()
            yield
        finally:
            self._team.turns.end(HERE)
