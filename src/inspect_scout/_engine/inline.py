"""The executor that runs everything on this event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextvars import copy_context

from .._inspect.connections import admitting
from .._inspect.models import close, using
from .._plan import ScanPlan, Unit
from .contract import Job
from .governor import Governor
from .worker import Worker

TICK_SECONDS = 1.0


class InlineExecutor:
    """Runs units as tasks of this event loop, as many at once as `max_transcripts` and memory admit.

    Where the user left `max_transcripts` open, more units are in work as soon as models are called: as many as keep
    the admitted connections busy.
    """

    async def run(self, job: Job) -> None:
        """Run all units of the plan."""
        governor = Governor()
        job.tally.governor = governor
        with using(job.plan.models.active), admitting(governor):
            crew = _Crew(job)
            if job.plan.widens:
                governor.widened = lambda: crew.grow(governor.units())
            ticker = asyncio.create_task(_tick(job))
            try:
                await crew.run(_first_units(job.plan))
            finally:
                governor.widened = None
                ticker.cancel()
                await asyncio.gather(ticker, return_exceptions=True)
                await close(job.plan.models.active)


def _first_units(plan: ScanPlan) -> int:
    """Count the units to begin with; others join when the first call of a model shows what connections there are."""
    least, fixed = plan.spec.options.max_transcripts, plan.models.active.config.max_connections
    return max(least, fixed) if plan.widens and plan.models.model is not None and fixed else least


class _Crew:
    """Tasks that take units until none is left; more of them can join at any time.

    Args:
        job: The plan and how to run it.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._worker = Worker(job)
        self._left = len(job.plan.units)
        self._units = self._due()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: asyncio.Queue[asyncio.Task[None]] = asyncio.Queue()
        # Tasks that join later are started from within a scanner, whose context is none of theirs.
        self._context = copy_context()

    def grow(self, count: int) -> None:
        """Start tasks until there are `count`, or one for each unit that nobody took yet."""
        for _ in range(min(count - len(self._tasks), self._left)):
            task = asyncio.create_task(_work(self._worker, self._units), context=self._context.copy())
            task.add_done_callback(self._ended.put_nowait)
            self._tasks.add(task)
        self._job.tally.workers = len(self._tasks)

    async def run(self, count: int) -> None:
        """Work until no unit is left; the first exception ends it and is raised as it is."""
        self.grow(count)
        try:
            while self._tasks:
                task = await self._ended.get()
                self._tasks.discard(task)
                task.result()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _due(self) -> Iterator[Unit]:
        for unit in self._job.plan.units:
            self._left -= 1
            yield unit


async def _work(worker: Worker, units: Iterator[Unit]) -> None:
    for unit in units:
        await worker.run(unit)
        # Scanners of plain code never suspend: without this, neither Ctrl-C nor the ticker would get a turn.
        await asyncio.sleep(0)


async def _tick(job: Job) -> None:
    while True:
        await asyncio.sleep(TICK_SECONDS)
        await job.recorder.tick()
