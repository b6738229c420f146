"""This process as a worker: runs units on its own event loop."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from .._inspect.connections import admitting
from .._inspect.models import close, using
from .._inspect.outcomes import hearing
from .._types import UnitStarted, WorkerJoined, WorkerLost, WorkerReported
from .beside import ProcessShare
from .budget import ByteBudget
from .contract import Job
from .crew import Crew
from .feed import state_of_worker
from .governor import Governor
from .ledger import Lease, Ledger
from .setup import first_units
from .watch import watching
from .worker import Worker

DIAGNOSTICS_SECONDS = 5
TICK_SECONDS = 0.25
"""How often is looked for rows that have waited long enough: with `FLUSH_SECONDS` of the journal, none waits for a second."""

logger = logging.getLogger("inspect_scout")


class HasStatistics(Protocol):
    """A queue or a limit that tells its state."""

    def statistics(self) -> object:
        """Describe the state as plain numbers."""
        ...


def wants_diagnostics() -> bool:
    """Tell whether `SCOUT_DIAGNOSTICS` (1, true, yes) asks for the state of queues and limits."""
    return os.environ.get("SCOUT_DIAGNOSTICS", "").lower() in {"1", "true", "yes"}


HERE = "this process"
"""Name by which the ledger knows this process."""


class LocalSeat:
    """Runs units as tasks of this event loop, as many at once as `max_transcripts` and memory admit.

    Where the user left `max_transcripts` open, more units are in work as soon as models are called: as many as keep
    the admitted connections busy.

    Args:
        job: The plan and how to run it.
        ledger: Where units come from.
        governor: Admits the calls of models.
    """

    def __init__(self, job: Job, ledger: Ledger, governor: Governor) -> None:
        self._job, self._ledger, self.governor = job, ledger, governor
        self.budget = ByteBudget(job.memory_bytes)
        self.share = ProcessShare(self.budget, job.memory_bytes)
        self._worker = Worker(job.setup, job.recorder, job.activity, self.budget)
        self._slots = 0
        self._in_work = 0
        self.most_in_work: int | None = None
        """Units in work at most; tasks beyond them end (None: as many as there are tasks)."""

    async def run(self) -> None:
        """Work until nobody needs this process any more."""
        job, plan, governor = self._job, self._job.plan, self.governor
        watched = watching(job.activity, job.feed.show)
        with self.share.taken(), using(plan.models.active), admitting(governor), hearing(job.calls), watched:
            crew = Crew(self._take, self._work, lambda: self._ledger.fresh)
            if plan.widens:
                governor.widened = lambda: self._grow(crew, governor.units())
            job.feed.here = self._report
            job.feed.emit(WorkerJoined(at=time.time(), worker=HERE))
            try:
                self._grow(crew, first_units(job.setup))
                job.stopping.tell(lambda: self._end(crew))
                await crew.run()
                if job.stopping.asked:
                    self._ledger.give_back(HERE)
            finally:
                governor.widened = None
                job.feed.here = None
                job.feed.emit(WorkerLost(at=time.time(), worker=HERE))
                await close(plan.models.active)

    def _end(self, crew: Crew[Lease]) -> None:
        """Start nothing new, and end when the pairs under way have ended."""
        self._ledger.close()
        crew.close(self._job.activity.pairs)

    def _grow(self, crew: Crew[Lease], count: int) -> None:
        crew.grow(count)
        self._slots = crew.size

    async def _take(self) -> Lease | None:
        if self.most_in_work is not None and self._in_work >= self.most_in_work:
            return None
        lease = self._ledger.take_fresh(HERE)
        if lease is not None:
            self._job.feed.emit(UnitStarted(at=time.time()))
        return lease

    def _report(self) -> WorkerReported:
        trouble = self._job.calls.trouble()
        said = state_of_worker(self._job.activity, self._slots, self.governor, "" if trouble is None else trouble.text)
        return WorkerReported(worker=HERE, state=said)

    async def _work(self, lease: Lease) -> None:
        self._in_work += 1
        try:
            await self._worker.run(self._job.plan.index.info(lease.unit.position), lease.unit.scanners)
        finally:
            self._in_work -= 1
        self._ledger.finish(HERE, [lease.ticket])


@asynccontextmanager
async def ticking(job: Job, parts: Sequence[HasStatistics] = ()) -> AsyncGenerator[None]:
    """Let the recorder write what has waited long enough while the block runs.

    Where nothing can be recorded any more, the block is ended and the reason raised.

    Args:
        job: The job.
        parts: Queues and limits, whose state is logged if `SCOUT_DIAGNOSTICS` asks for it.
    """
    ticker = asyncio.create_task(_tick(job, parts if wants_diagnostics() else ()))
    task = asyncio.current_task()
    assert task is not None
    over = False
    ticker.add_done_callback(lambda ticker: task.cancel() if _failure_of(ticker) and not over else None)
    try:
        yield
    except asyncio.CancelledError:
        if (failure := _failure_of(ticker)) is None:
            raise
        task.uncancel()
        raise failure from None
    finally:
        over = True  # whatever fails from now on is no reason to end what follows
        ticker.cancel()
        await asyncio.gather(ticker, return_exceptions=True)


def _failure_of(task: asyncio.Task[None]) -> BaseException | None:
    return task.exception() if task.done() and not task.cancelled() else None


async def _tick(job: Job, parts: Sequence[HasStatistics]) -> None:
    for tick in itertools.count(1):
        await asyncio.sleep(TICK_SECONDS)
        await job.recorder.tick()
        if parts and tick % (DIAGNOSTICS_SECONDS / TICK_SECONDS) == 0:
            for part in parts:
                logger.info("%s", part.statistics())
