"""The executor that is used where none is named: this process, and workers beside it once the time they save is worth it."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ..._support.errors import ConfigError, WorkerError
from ..admission.memory import ProcessShare
from ..workers.in_flight import ProcessorUse
from ..workers.protocol import WorkerBackend
from ..workers.setup import WorkerSetup, first_units
from .contract import Job, RunJob
from .dispatch import Dispatch
from .pool import Spawn, WorkerPool, first_message, local_spawn, remote_spawn
from .work_queue import WorkQueue

logger = logging.getLogger("inspect_scout")

MOST_PROCESSES = 4
START_SECONDS = 1.5
"""Time that a worker takes to be ready, until one has been measured."""

_BUSY_SHARE = 0.8
_WATCH_SECONDS = 0.5


def count_processors() -> int:
    """Count the processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Load:
    """How a running scan does.

    Args:
        busy: Processor seconds that this process uses in a second.
        left_seconds: Time that what is left takes with the processes there are.
        processes: Processes at work or on their way.
        most: Processes at most.
        start_seconds: Time that a worker takes to be ready.
        calls_models: Whether models are called.
    """

    busy: float
    left_seconds: float
    processes: int
    most: int
    start_seconds: float = START_SECONDS
    calls_models: bool = False


def needs_worker(load: Load) -> bool:
    """Tell whether one more process would end the scan clearly sooner.

    A process that waits (for models, for a disk) has no use for another one. A worker works only once it is ready,
    and until then its start takes time of a processor, so it has to save more time than its start takes.
    """
    if load.calls_models or load.processes >= load.most or load.busy < _BUSY_SHARE:
        return False
    after_start = load.left_seconds - load.start_seconds
    saved = after_start - after_start * load.processes / (load.processes + 1)
    return saved > load.start_seconds


class AdaptiveExecutor:
    """Runs units in this process, and in worker processes beside it where `needs_worker` says so.

    Args:
        most: Processes at most, this one included (None: one for each processor, up to 4).
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most or min(MOST_PROCESSES, count_processors())

    @asynccontextmanager
    async def prepared(self, setup: WorkerSetup, location: str) -> AsyncGenerator[RunJob]:  # noqa: ARG002 - the contract's
        """Nothing to prepare: scanners are loaded already."""

        async def run(job: Job) -> None:
            queue = WorkQueue(job.plan.units, job.max_unit_retries)
            # Units that may have ended workers are for workers alone: without them the job cannot be done.
            pool = WorkerPool(optional=lambda: queue.left == queue.fresh)
            dispatch, share = Dispatch(job, queue, self._most, pool.fail), ProcessShare(job.memory_bytes)
            with share.taken():
                await pool.start(local_spawn(job, share.total, dispatch))
                async with _autoscaling(_Autoscaler(job, queue, pool, share, self._most)):
                    await pool.run(job, queue, dispatch)

        yield run


@asynccontextmanager
async def _autoscaling(scaler: _Autoscaler) -> AsyncGenerator[None]:
    """Start worker processes while the block runs, which ends them."""
    task = asyncio.create_task(scaler.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await scaler.aclose()


class _Autoscaler:
    """Starts a worker process whenever that saves time.

    Args:
        job: The job.
        queue: What is left of it.
        pool: Its workers.
        share: Its share of this process.
        most: Processes at most, this one included.
    """

    def __init__(self, job: Job, queue: WorkQueue, pool: WorkerPool, share: ProcessShare, most: int) -> None:
        self._job, self._queue, self._pool, self._share, self._most = job, queue, pool, share, most
        self._backend: WorkerBackend | None = None

    async def run(self) -> None:
        """Start workers until nothing is left that they could do. What fails for good ends the job."""
        began, processor_use = time.monotonic(), ProcessorUse()
        spawn: Spawn | None = None
        try:
            while self._queue.fresh and not self._pool.unstartable:
                await asyncio.sleep(_WATCH_SECONDS)
                units = self._queue.statistics()
                done = units.total - units.left - units.leased
                seconds = (time.monotonic() - began) / done * units.left if done else 0.0
                if needs_worker(self._load(processor_use.share(), seconds)):
                    spawn = spawn or self._first_spawn()
                    self._share.set_workers(self._pool.size)
                    await self._pool.start(spawn)
        except (ConfigError, WorkerError) as error:
            logger.info("The scan stays in one process: %s", error)
            self._share.set_workers(self._pool.size - 1)
        except Exception as error:  # noqa: BLE001 - told to whoever waits for the job
            self._pool.fail(error)

    async def aclose(self) -> None:
        """Give up what was needed to start workers."""
        if self._backend is not None:
            await self._backend.aclose()

    def _load(self, busy: float, left_seconds: float) -> Load:
        return Load(
            busy=busy,
            left_seconds=left_seconds,
            processes=self._pool.size,
            most=self._most - self._share.workers_of_others,
            start_seconds=self._pool.start_seconds or START_SECONDS,
            calls_models=self._pool.calls_models,
        )

    def _first_spawn(self) -> Spawn:
        """Say how workers are started, and leave them their share of memory."""
        # A scan that stays alone does not pay for loading this (13 ms: a fifth of a scan of ten transcripts).
        from ..workers.processes import ProcessBackend

        self._backend = ProcessBackend()
        tasks = math.ceil(first_units(self._job.setup) / self._most)
        spawn = remote_spawn(self._backend, first_message(self._job.setup), tasks)
        self._share.limit_memory(self._job.memory_bytes // self._most)
        return spawn
