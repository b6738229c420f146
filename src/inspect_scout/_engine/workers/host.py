"""The host of a worker: it takes units from the parent, runs them, records them and says so.

One host serves every kind of worker, this process included; what carries the messages is its `ParentChannel`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import math
import os
import sys
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import TypeAlias

from ..._inspect.connections import admitting
from ..._inspect.invocation import PrerequisiteError
from ..._inspect.meter import metering
from ..._inspect.models import as_refusal, close_models, using_models
from ..._inspect.outcomes import CallListener, listening
from ..._inspect.pickling import to_bytes
from ..._results import ScanStore
from ..._support.byte_budget import ByteBudget
from ..._support.causes.describing import describe, trace_of
from ..._support.errors import ScanStateError
from ..._support.foreign import foreign
from ..._support.gc_control import gc_frozen
from ..._types import TranscriptInfo, WorkerState
from ..admission.call_failures import CallRelay
from ..admission.meter import CallMeter
from ..admission.quota import held_back
from ..admission.rate_limiter import RateLimiter
from ..recording.recorder import DurableRecorder
from .in_flight import Activity, ProcessorUse, RunningPair, resident_bytes
from .protocol import (
    CallOutcomes,
    Drain,
    Exited,
    Failed,
    Finish,
    LimitsDivided,
    Logged,
    Overdue,
    ParentChannel,
    Quotas,
    Ready,
    Setup,
    SlotGranted,
    SlotRequest,
    Start,
    Stop,
    ToWorker,
    Units,
    UnitsFinished,
    WorkerStats,
)
from .setup import WorkerSetup, unpack, wants_diagnostics
from .task_pool import TaskPool
from .watchdog import kill_this_process, watching
from .worker import ScannerStopped, Worker

TICK_SECONDS = 0.25
"""How often a worker looks for rows that have waited long enough: with the journal's `FLUSH_SECONDS`, none waits for a second."""

_STATS_TICKS = 3
"""After how many of these it tells how it does, if that takes a message to another process."""

_SEND_SECONDS = 0.5
"""Time for the last message of a worker that kills itself to be read."""

Item: TypeAlias = "tuple[int, TranscriptInfo, tuple[str, ...]]"


async def run_remote(parent: ParentChannel, started: float) -> None:
    """Be a worker in a process of its own, until the parent says that it is over, or is gone.

    Args:
        parent: Leads to the parent.
        started: When this worker was started (`time.time()`).
    """
    first = await parent.receive()
    if not isinstance(first, Setup):
        return
    try:
        setup = _load(first, parent)
    except BaseException as error:  # noqa: BLE001 - the border of loading: the user's modules run, and may even exit
        parent.send(_failed("load", error, travels=True))
        return
    parent.send(Ready(time.time() - started))
    start = await parent.receive()
    if isinstance(start, Start):
        await run_host(parent, setup, start)


async def run_host(
    parent: ParentChannel,
    setup: WorkerSetup,
    start: Start,
    memory: Callable[[], int] | None = None,
    listener: CallListener | None = None,
) -> None:
    """Run units until the parent says that it is over, or is gone. Whatever else ends it is told to the parent.

    Args:
        parent: Leads to the parent.
        setup: What to run.
        start: Where results go, and how much may be in work at once.
        memory: Tells the bytes of transcripts that may be in work at once, where this process is also the parent; a
            process of its own is ended when a scanner holds it up for too long.
        listener: Is told what becomes of calls at once (None: the parent is told, a moment later).
    """
    limiter, meter = RateLimiter(workers=start.workers), CallMeter()
    calls = CallRelay(lambda outcomes: parent.send(CallOutcomes(outcomes)))
    try:
        with using_models(setup.models), gc_frozen(), admitting(limiter), listening(listener or calls), metering(meter):
            try:
                journal = await ScanStore(start.location).open_journal(
                    setup.fingerprints, setup.record_input, writer_id=start.writer_id, spec=setup.spec
                )
                host = WorkerHost(parent, setup, start, DurableRecorder(journal), limiter, calls, meter, memory)
                await host.run()
            finally:
                await close_models(setup.models)
    except Exception as error:  # noqa: BLE001 - the border of a worker: the parent decides what it means
        parent.send(_failed("work", error, travels=memory is None))
    parent.send(Exited())


def _load(first: Setup, parent: ParentChannel) -> WorkerSetup:
    """Look for modules where the parent does, send log messages to it, and load the scanners."""
    for name, value in first.environment.items():
        os.environ.setdefault(name, value)
    sys.path[:] = list(dict.fromkeys([*first.path, *sys.path]))
    with contextlib.suppress(OSError):  # on another machine there may be no such folder
        os.chdir(first.folder)
    root = logging.getLogger()
    root.handlers[:] = [_ParentLogHandler(parent)]
    logging.getLogger("inspect_scout").setLevel(first.log_level)
    return unpack(first.blob)


class _ParentLogHandler(logging.Handler):
    """Sends log messages to the parent."""

    def __init__(self, parent: ParentChannel) -> None:
        super().__init__()
        self._parent, self._loop, self._thread = parent, asyncio.get_running_loop(), threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        record.msg, record.args = record.getMessage(), None
        if record.exc_info:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        plain = {k: v for k, v in vars(record).items() if v is None or isinstance(v, str | int | float)}
        send = self._parent.send if threading.get_ident() == self._thread else self._parent.send_from_thread
        send(Logged(logging.makeLogRecord(plain)))


class WorkerHost:
    """Runs units for a parent.

    Args:
        parent: Leads to it.
        setup: What to run.
        start: How much may be in work at once.
        recorder: Where results go.
        limiter: Admits the calls of models.
        calls: Passes on what becomes of them.
        meter: Counts them.
        memory: Tells the bytes of transcripts that may be in work at once (None: as many as `start` says).
    """

    def __init__(
        self,
        parent: ParentChannel,
        setup: WorkerSetup,
        start: Start,
        recorder: DurableRecorder,
        limiter: RateLimiter,
        calls: CallRelay,
        meter: CallMeter,
        memory: Callable[[], int] | None = None,
    ) -> None:
        self._parent, self._setup, self._start = parent, setup, start
        self._recorder, self._limiter, self._calls, self._meter = recorder, limiter, calls, meter
        self._own_process = memory is None
        self._activity, self._processor_use = Activity(), ProcessorUse()
        self._budget = ByteBudget(memory or (lambda: start.memory_bytes), self._exclusive)
        self._worker = Worker(setup, recorder, self._activity, self._budget, wants_diagnostics())
        self._tasks = TaskPool[Item](self._next_unit, self._run_unit)
        self._slots: deque[asyncio.Future[None]] = deque()
        self._waiting: asyncio.Queue[Item | None] = asyncio.Queue()
        self._in_work, self._more = 0, True
        self._finished: list[int] = []
        self._stop = asyncio.Event()
        self._write_now = asyncio.Event()
        """Somebody waits for what is done to be durable."""
        self._write_pairs = setup.spec.options.results_buffer or math.inf

    async def run(self) -> None:
        """Work until the parent says that it is over; what was recorded is written, however it ends."""
        seconds = self._setup.spec.options.scanner_timeout
        overdue = self._end_overdue if self._own_process else None
        with watching(self._activity, self._send_from_thread, overdue, seconds), self._limiter.notifying(self._widen):
            self._tasks.grow(self._start.tasks)
            work = asyncio.create_task(self._tasks.run())
            beside = [
                asyncio.create_task(self._parent.listen(self._handle)),
                asyncio.create_task(self._tick()),
                asyncio.create_task(self._stop_when_told(work)),
            ]
            try:
                await work
            except asyncio.CancelledError:
                pass  # told to stop, or left alone: what is recorded is written below
            except BaseException as error:  # noqa: BLE001 - the border of a worker: the parent decides what it means
                self._fail(error)
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
        self._send_stats()
        try:
            await self._write(now=True)
            await self._recorder.close()
        except ScanStateError as error:  # the scan is gone, or another's
            self._fail(error)

    async def _stop_when_told(self, work: asyncio.Task[None]) -> None:
        await self._stop.wait()
        work.cancel()

    def _fail(self, error: BaseException) -> None:
        self._parent.send(_failed("work", error, travels=self._own_process))

    def _widen(self) -> None:
        if self._setup.widens:
            self._tasks.grow(self._limiter.units())
        # Soon, but after the call that is asked for now has joined those that wait.
        asyncio.get_running_loop().call_soon(self._send_stats)

    def _drain(self) -> None:
        """Begin nothing new, and end when the pairs under way have ended."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)
        self._tasks.close(self._activity.pairs)
        self._send_stats()

    async def _next_unit(self) -> Item | None:
        self._note_idle()
        item = await self._waiting.get()
        if item is None:
            self._waiting.put_nowait(None)  # for the other tasks
        return item

    def _note_idle(self) -> None:
        if not self._more and not self._in_work and self._waiting.empty():
            self._write_now.set()  # nothing will come before what is done is durable

    async def _run_unit(self, item: Item) -> None:
        ticket, info, keys = item
        self._in_work += 1
        try:
            await self._worker.run(info, keys)
        finally:
            self._in_work -= 1
        self._recorder.finished(ticket, info)
        if self._recorder.waiting >= self._write_pairs:
            self._write_now.set()
        if not self._finished:
            asyncio.get_running_loop().call_soon(self._send_finished)
        self._finished.append(ticket)

    def _send_finished(self) -> None:
        done, self._finished = self._finished, []
        self._parent.send(UnitsFinished(done))

    def _handle(self, message: ToWorker | None) -> None:
        """Do what the parent says; None: it is gone."""
        match message:
            case Units(items, more):
                self._more = more
                for item in items:
                    self._waiting.put_nowait(item)
                self._note_idle()
            case Finish():
                self._waiting.put_nowait(None)
            case Drain():
                self._drain()
            case Quotas(quotas):
                self._limiter.set_quotas(quotas)
                self._send_stats()
            case LimitsDivided(workers):
                self._limiter.divide(workers)
            case SlotGranted() if self._slots:  # else it was given up meanwhile
                self._slots.popleft().set_result(None)
            case Stop() | None:
                self._send_stats()  # a sign that it was received: writing what is done may take longer
                self._stop.set()
            case _:
                pass

    @contextlib.asynccontextmanager
    async def _exclusive(self) -> AsyncGenerator[None]:
        """Wait until no other worker has a transcript in work that is larger than its share of memory."""
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._slots.append(granted)
        self._parent.send(SlotRequest(begins=True))
        try:
            await granted
            yield
        finally:
            if granted in self._slots:
                self._slots.remove(granted)
            self._parent.send(SlotRequest(begins=False))

    async def _tick(self) -> None:
        """Write what has waited long enough, or all there is while nothing is in work, and tell how it goes."""
        every = _STATS_TICKS if self._own_process else 1
        for tick in itertools.count(1):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._write_now.wait()
            now = self._write_now.is_set()
            self._write_now.clear()
            try:
                await self._write(now=now)
            except Exception as error:  # noqa: BLE001 - the border of a worker: the parent decides what it means
                self._fail(error)
                return
            if now and self._recorder.waiting:  # writing failed
                await asyncio.sleep(TICK_SECONDS)
                self._note_idle()
            if tick % every == 0:
                self._send_stats()
                self._calls.flush()

    async def _write(self, *, now: bool) -> None:
        """Write what waits, and tell what is durable."""
        recorded = await self._recorder.write(now=now)
        if recorded.tickets or recorded.counts:
            self._parent.send(recorded)

    def _send_stats(self) -> None:
        self._parent.send(self._stats())

    def _send_from_thread(self) -> None:
        self._parent.send_from_thread(self._stats())

    def _end_overdue(self, pair: RunningPair, trace: str) -> None:
        """End this process, whose scanner cannot be cancelled; the parent records why."""
        self._parent.send_from_thread(Overdue(pair.transcript, pair.scanner, trace))
        time.sleep(_SEND_SECONDS)
        kill_this_process()

    def _stats(self) -> WorkerStats:
        activity, limiter = self._activity, self._limiter
        demands = limiter.demands()
        state = WorkerState(
            at=time.time(),
            slots=self._tasks.size,
            reading=activity.parsing,
            scanning=activity.scanning,
            memory_bytes=resident_bytes() or 0,
            calls=limiter.in_flight,
            connections=limiter.limit,
            retries=limiter.retries,
            held_back=held_back(demands),
            longest=activity.longest(),
            awaited=activity.pairs.due,
        )
        return WorkerStats(state, self._budget.used, self._processor_use.share(), demands, self._meter.reading)


def _failed(stage: str, error: BaseException, travels: bool) -> Failed:
    """Tell the parent what makes going on impossible; to another process the exception travels as bytes."""
    cause = error.cause if isinstance(error, ScannerStopped) else error
    if isinstance(cause, PrerequisiteError):
        cause = as_refusal(cause)
    if not travels:
        return Failed(stage, cause, describe(cause), "")
    written = None
    with foreign():  # an exception may hold anything; its text is enough then
        written = to_bytes(cause)
    return Failed(stage, written, describe(cause), trace_of(cause))
