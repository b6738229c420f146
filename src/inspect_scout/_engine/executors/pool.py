"""The workers of a scan: started, replaced when they die, ended; and the executor that has a fixed number of them."""

from __future__ import annotations

import asyncio
import logging
import math
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from ..._support.errors import WorkerError
from ..._support.folder import current_folder
from ..admission.memory import ProcessShare
from ..workers.channels import LocalChannel
from ..workers.handle import WorkerHandle, raised_by
from ..workers.protocol import Failed, Logged, Ready, Setup, Stop, WorkerBackend
from ..workers.setup import WorkerSetup, first_units, pack, wants_diagnostics
from .contract import Job, RunJob
from .dispatch import Dispatch, log
from .work_queue import WorkQueue

_STOP_SECONDS = 1.2
_SIGN_SECONDS = 0.5
"""Time for a sign that a worker knows that it is to end: one that is blocked by a scanner gives none."""
_FINISH_SECONDS = 10.0
_DEAD_STARTS = 3
_DIAGNOSTICS_SECONDS = 5.0

logger = logging.getLogger("inspect_scout")


class FirstError:
    """Lets one task wait for something while any other may fail: the first error counts."""

    def __init__(self) -> None:
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def set(self, error: BaseException) -> None:
        """Take note of an error."""
        if not self._failed.done():
            self._failed.set_exception(error)

    async def wait_or_raise(self, awaited: Awaitable[object]) -> None:
        """Wait for something, or for an error, which is raised."""
        task: asyncio.Future[object] = asyncio.ensure_future(awaited)
        waits: set[asyncio.Future[Any]] = {task, self._failed}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            task.cancel()
        if self._failed.done():
            self._failed.result()

    def forget(self) -> None:
        """Take note that nobody waits any more: an error that was not raised is too late to matter."""
        if not self._failed.cancel() and not self._failed.cancelled():
            self._failed.exception()


Spawn: TypeAlias = "Callable[[], Awaitable[WorkerHandle]]"
"""Starts a worker, also in the place of one that died; raises WorkerError if none can be started."""


class WorkerPool:
    """Workers, which join a job when they are ready.

    Args:
        optional: Tells whether the job can do without workers that cannot be started.
    """

    def __init__(self, optional: Callable[[], bool] = lambda: False) -> None:
        self._optional = optional
        self._workers: dict[WorkerHandle, asyncio.Task[None]] = {}
        self._dispatch: asyncio.Future[Dispatch] = asyncio.get_running_loop().create_future()
        self._error, self._one_ready = FirstError(), asyncio.Event()
        self._dead_starts, self._closing = 0, False
        self.start_seconds: float | None = None
        """Time that the slowest worker took to be ready (None: none is yet)."""
        self.unstartable = False
        """Whether workers cannot be started, and the job does without."""

    @property
    def size(self) -> int:
        """Workers that are there or on their way."""
        return len(self._workers)

    @property
    def calls_models(self) -> bool:
        """Whether models are called."""
        return any(worker.stats is not None and worker.stats.state.connections for worker in self._workers)

    def fail(self, error: BaseException) -> None:
        """End whatever the pool is at with an error; the first one counts."""
        self._error.set(error)

    def kill(self) -> None:
        """End all workers in other processes at once; from any thread."""
        for worker in list(self._workers):
            if not worker.local:
                worker.kill()

    def statistics(self) -> list[object]:
        """Tell what each worker said last."""
        return [worker.stats for worker in self._workers if worker.stats is not None]

    async def start(self, spawn: Spawn) -> None:
        """Start a worker.

        Raises:
            WorkerError: None can be started.
        """
        worker = await spawn()
        if self._closing:
            await worker.release()
            return
        task = asyncio.create_task(self._attend(worker, spawn))
        self._workers[worker] = task
        task.add_done_callback(self._note_failure)

    async def first_ready(self) -> None:
        """Wait until one worker is ready.

        Raises:
            ConfigError: Scanners cannot be loaded there.
            WorkerError: Workers end before they are ready.
        """
        await self._error.wait_or_raise(self._one_ready.wait())

    async def run(self, job: Job, queue: WorkQueue, dispatch: Dispatch) -> None:
        """Give units to the workers until none is left and all are durable; ends the workers, however it ends."""
        self._dispatch.set_result(dispatch)
        job.stopping.tell(dispatch.drain)
        job.abandoned.tell(self.kill)
        try:
            async with self._diagnosing(queue, dispatch):
                await self._error.wait_or_raise(queue.wait_done())
            dispatch.finish()
            await self._error.wait_or_raise(self._wait_exited(list(self._workers), _FINISH_SECONDS))
        finally:
            dispatch.stop()
            await self.stop()

    async def stop(self) -> None:
        """End all workers: they write what they recorded, if it takes no longer than a moment."""
        self._closing = True
        workers, called = list(self._workers), time.monotonic()
        try:
            for worker in workers:
                worker.send(Stop())
            # One that runs here takes the time that it takes.
            await self._wait_exited([worker for worker in workers if worker.local], None)
            others = [worker for worker in workers if not worker.local]
            await self._wait_exited(others, _SIGN_SECONDS)
            await self._wait_exited([w for w in others if w.last_message_at >= called], _STOP_SECONDS - _SIGN_SECONDS)
        finally:
            tasks = list(self._workers.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._error.forget()
            self._dispatch.cancel()

    async def _attend(self, worker: WorkerHandle, spawn: Spawn) -> None:
        """Listen to a worker until it is gone; if it died, start another one."""
        dispatch: Dispatch | None = None
        how = ""
        try:
            if worker.local or await self._is_ready(worker):
                dispatch = await asyncio.shield(self._dispatch)
            if dispatch is not None:
                await dispatch.attend(worker)
            if not (worker.exited or worker.failed):
                how = await worker.ended()
        finally:
            await worker.release()
            self._workers.pop(worker)
        if dispatch is None:
            if not worker.failed:
                await self._start_again(spawn, how)
        elif dispatch.left_units(worker) and await dispatch.recover(worker, how or "its last message"):
            if worker.local:
                raise WorkerError("The worker of this process has ended before its work was done.")
            if not self._closing:
                await self.start(spawn)

    async def _start_again(self, spawn: Spawn, how: str) -> None:
        """Start a worker in the place of one that ended before it was ready, if that did not happen too often."""
        if self._closing:
            return
        self._dead_starts += 1
        if self._dead_starts < _DEAD_STARTS:
            await self.start(spawn)
            return
        self._cannot_start(
            WorkerError(
                f"Workers end before they are ready ({how}), {_DEAD_STARTS} times in a row. Is there enough "
                "memory? Use max_processes=1 to scan in this process."
            )
        )

    def _cannot_start(self, error: BaseException) -> None:
        """Do without workers, if the job can."""
        if not self._optional():
            self._error.set(error)
        elif not self.unstartable:
            self.unstartable = True
            logger.info("The scan stays in one process: %s", error)

    async def _is_ready(self, worker: WorkerHandle) -> bool:
        """Wait until a worker has loaded the scanners; tells whether it has."""
        while (message := await worker.receive()) is not None:
            match message:
                case Ready(seconds):
                    self.start_seconds = max(self.start_seconds or 0.0, seconds)
                    self._dead_starts = 0
                    self._one_ready.set()
                    return True
                case Logged():
                    log(message)
                case Failed():
                    self._cannot_start(raised_by(message))
                    return False
                case _:
                    pass
        return False

    def _note_failure(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._error.set(error)

    async def _wait_exited(self, workers: Sequence[WorkerHandle], seconds: float | None) -> None:
        """Wait until workers have sent their last message, but no longer than some seconds."""
        tasks = [self._workers[worker] for worker in workers if worker in self._workers]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    @asynccontextmanager
    async def _diagnosing(self, queue: WorkQueue, dispatch: Dispatch) -> AsyncGenerator[None]:
        """Log the state of queues and limits while the block runs, if that is asked for."""

        async def log_statistics() -> None:
            while True:
                await asyncio.sleep(_DIAGNOSTICS_SECONDS)
                for report in (queue.statistics(), dispatch.calls.total, self.statistics()):
                    logger.info("%s", report)

        task = asyncio.create_task(log_statistics()) if wants_diagnostics() else None
        try:
            yield
        finally:
            if task is not None:
                task.cancel()


def first_message(setup: WorkerSetup, environment: Mapping[str, str] | None = None) -> Setup:
    """Write what workers in other processes need to know.

    Args:
        setup: What to run.
        environment: Variables for workers that do not inherit this process's.

    Raises:
        ConfigError: A scanner or the source cannot travel.
    """
    level = logging.getLogger("inspect_scout").getEffectiveLevel()
    return Setup(pack(setup), list(sys.path), current_folder(), dict(environment or {}), level)


def remote_spawn(backend: WorkerBackend, first: Setup, tasks: int) -> Spawn:
    """Say how workers in other processes are started.

    Args:
        backend: Starts them.
        first: First message to each.
        tasks: Units that each has in work at once.
    """

    async def spawn() -> WorkerHandle:
        worker = WorkerHandle(await backend.start(), tasks)
        worker.send(first)
        return worker

    return spawn


def local_spawn(job: Job, memory: Callable[[], int], dispatch: Dispatch) -> Spawn:
    """Say how the worker of this process is started.

    Args:
        job: What to run.
        memory: Tells the bytes of transcripts that may be in work at once.
        dispatch: Is told of scanners that block the event loop.
    """

    async def spawn() -> WorkerHandle:
        channel = LocalChannel(job.setup, memory, job.calls, dispatch.handle_from_thread)
        return WorkerHandle(channel, first_units(job.setup), local=True)

    return spawn


@asynccontextmanager
async def started_pool(backend: WorkerBackend, count: int, first: Setup, tasks: int) -> AsyncGenerator[RunJob]:
    """Start workers in other processes, and wait until one is ready; gives what runs a job in them.

    Args:
        backend: Starts them; given up at the end.
        count: How many.
        first: First message to each.
        tasks: Units in work at once, over all of them.

    Raises:
        ConfigError: Scanners cannot be loaded there.
        WorkerError: None can be started.
    """
    pool = WorkerPool()

    async def run(job: Job) -> None:
        queue = WorkQueue(job.plan.units, job.max_unit_retries)
        await pool.run(job, queue, Dispatch(job, queue, count, pool.fail))

    try:
        for _ in range(count):
            await pool.start(remote_spawn(backend, first, math.ceil(tasks / count)))
        await pool.first_ready()
        yield run
    finally:
        try:
            await pool.stop()
        finally:
            await backend.aclose()


class ProcessExecutor:
    """Runs all units in a fixed number of processes of this machine.

    Args:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        self._count = count

    @asynccontextmanager
    async def prepared(self, setup: WorkerSetup, location: str) -> AsyncGenerator[RunJob]:  # noqa: ARG002 - the contract's
        """Start the processes, and wait until one is ready."""
        from ..workers.processes import ProcessBackend  # other scans do not pay for loading it

        async with started_pool(ProcessBackend(), self._count, first_message(setup), first_units(setup)) as run:
            yield run


class LocalExecutor:
    """Runs all units as tasks of this event loop."""

    @asynccontextmanager
    async def prepared(self, setup: WorkerSetup, location: str) -> AsyncGenerator[RunJob]:  # noqa: ARG002 - the contract's
        """Nothing to prepare: scanners are loaded already.

        Args:
            setup: What workers need to know.
            location: Where scans are kept, or the directory of a scan.
        """

        async def run(job: Job) -> None:
            pool, queue, share = WorkerPool(), WorkQueue(job.plan.units), ProcessShare(job.memory_bytes)
            dispatch = Dispatch(job, queue, 1, pool.fail)
            with share.taken():
                await pool.start(local_spawn(job, share.total, dispatch))
                await pool.run(job, queue, dispatch)

        yield run
