"""The worker's side: loads scanners, runs the units that it is given, records them and says so.

One station serves every kind of worker; what carries the messages is its `Line`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
from collections import deque
from collections.abc import AsyncGenerator
from typing import Protocol, TypeAlias

from .._inspect.connections import admitting
from .._inspect.invocation import PrerequisiteError
from .._inspect.models import as_refusal, close, using
from .._inspect.outcomes import hearing
from .._inspect.pickling import to_bytes
from .._results import ScanStore
from .._support.causes.describing import describe, trace_of
from .._support.collector import setting_aside
from .._support.errors import ScanStateError
from .._support.foreign import foreign
from .._types import TranscriptInfo
from .activity import Activity, Busyness
from .budget import ByteBudget
from .calls import CollectedCalls
from .crew import Crew
from .feed import state_of_worker
from .governor import Governor
from .messages import (
    Begin,
    Done,
    Down,
    Drain,
    Ended,
    Failed,
    Finish,
    Gauges,
    Granted,
    Heard,
    Logged,
    Ready,
    Setup,
    Stop,
    Turn,
    Units,
    Up,
    YourTurn,
)
from .settling import SettlingRecorder
from .setup import WorkerSetup, unpack
from .watch import Stopper, watching
from .worker import ScannerStopped, Worker

TICK_SECONDS = 0.8
"""How often a worker writes what waits: no answer is at stake for longer than a second."""
_MOST_TASKS = 10_000

Item: TypeAlias = "tuple[int, TranscriptInfo, tuple[str, ...]]"


class Line(Protocol):
    """Carries messages between a worker and its parent."""

    def send(self, message: Up) -> None:
        """Send a message; never waits."""
        ...

    def send_beside(self, message: Up) -> None:
        """Send a message from another thread, while that of the event loop is held up; it may be left out."""
        ...

    async def receive(self) -> Down | None:
        """Wait for the next message; None: the parent is gone."""
        ...


async def serve(line: Line, started: float) -> None:
    """Be a worker until the parent says that it is over, or is gone.

    Args:
        line: Leads to the parent.
        started: When this worker was started (`time.time()`).
    """
    first = await line.receive()
    if not isinstance(first, Setup):
        return
    try:
        setup = _load(first, line)
    except BaseException as error:  # noqa: BLE001 - the border of loading: the user's modules run, and may even exit
        line.send(_failed("load", error))
        return
    line.send(Ready(time.time() - started))
    begin = await line.receive()
    if not isinstance(begin, Begin):
        return
    with using(setup.models), setting_aside():
        try:
            await _Station(line, setup, begin).run()
        finally:
            await close(setup.models)


def _load(first: Setup, line: Line) -> WorkerSetup:
    """Look for modules where the parent does, send log messages to it, and load the scanners."""
    for name, value in first.environment.items():
        os.environ.setdefault(name, value)
    sys.path[:] = list(dict.fromkeys([*first.path, *sys.path]))
    with contextlib.suppress(OSError):  # on another machine there may be no such folder
        os.chdir(first.folder)
    root = logging.getLogger()
    root.handlers[:] = [_Forward(line)]
    logging.getLogger("inspect_scout").setLevel(first.log_level)
    return unpack(first.blob)


class _Forward(logging.Handler):
    """Sends log messages to the parent."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def emit(self, record: logging.LogRecord) -> None:
        record.msg, record.args = record.getMessage(), None
        if record.exc_info:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        plain = {k: v for k, v in vars(record).items() if v is None or isinstance(v, str | int | float)}
        self._line.send(Logged(logging.makeLogRecord(plain)))


class _Station:
    """A worker whose scanners are loaded.

    Args:
        line: Leads to the parent.
        setup: What to run.
        begin: Where results go.
    """

    def __init__(self, line: Line, setup: WorkerSetup, begin: Begin) -> None:
        self._line, self._setup, self._begin = line, setup, begin
        self._activity = Activity()
        self._budget = ByteBudget(begin.memory_bytes, self._alone)
        self._turns: deque[asyncio.Future[None]] = deque()
        self._governor = Governor(workers=begin.workers)
        self._waiting: asyncio.Queue[Item | None] = asyncio.Queue()
        self._in_work = 0
        self._finished: list[int] = []
        self._busyness = Busyness()
        self._calls = CollectedCalls(lambda outcomes: line.send(Heard(outcomes)))

    async def run(self) -> None:
        """Work until the parent says that it is over."""
        setup, begin = self._setup, self._begin
        store = ScanStore(begin.location)
        journal = await store.journal(
            setup.fingerprints, setup.record_input, writer_id=begin.writer_id, spec=setup.spec
        )
        self._recorder = SettlingRecorder(journal)
        self._worker = Worker(setup, self._recorder, self._activity, self._budget)
        limit = setup.spec.options.scanner_timeout
        stop = Stopper(limit).stop if limit is not None else None
        watched = watching(self._activity, self._tell_beside, stop)
        with admitting(self._governor), hearing(self._calls), watched:
            self._crew = Crew(self._waiting_item, self._work, lambda: _MOST_TASKS)
            self._governor.widened = self._widen
            self._crew.grow(begin.tasks)
            crew = asyncio.create_task(self._crew.run())
            reader, ticker = asyncio.create_task(self._read(crew)), asyncio.create_task(self._tick())
            try:
                await crew
            except asyncio.CancelledError:
                pass  # told to stop, or left alone: what is recorded is written below
            except BaseException as error:  # noqa: BLE001 - the border of a worker: the parent decides what it means
                self._line.send(_failed(_stage(error), error))
            finally:
                self._governor.widened = None
                for task in (reader, ticker):
                    task.cancel()
                await asyncio.gather(reader, ticker, return_exceptions=True)
        try:
            await self._settle(last=True)
        except ScanStateError as error:
            self._line.send(_failed("work", error))
        self._line.send(Ended())

    def _widen(self) -> None:
        if self._setup.widens:
            self._crew.grow(self._governor.units())
        # Soon, but after the call that is asked for now has joined those that wait.
        asyncio.get_running_loop().call_soon(self._tell_gauges)

    def _drain(self) -> None:
        """Begin nothing new, and end when the pairs under way have ended."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)
        self._crew.close(self._activity.pairs)

    async def _waiting_item(self) -> Item | None:
        if self._waiting.empty() and not self._in_work:
            await self._settle()  # nothing to do: the parent waits for the last units to be durable
        item = await self._waiting.get()
        if item is None:
            self._waiting.put_nowait(None)  # for the other tasks
        return item

    async def _work(self, item: Item) -> None:
        ticket, info, keys = item
        self._in_work += 1
        try:
            await self._worker.run(info, keys)
        finally:
            self._in_work -= 1
        self._recorder.finished(ticket, info)
        if not self._finished:
            asyncio.get_running_loop().call_soon(self._tell_finished)
        self._finished.append(ticket)

    def _tell_finished(self) -> None:
        done, self._finished = self._finished, []
        self._line.send(Done(done))

    async def _read(self, crew: asyncio.Task[None]) -> None:
        while True:
            message = await self._line.receive()
            match message:
                case Units(items):
                    for item in items:
                        self._waiting.put_nowait(item)
                case Finish():
                    self._waiting.put_nowait(None)
                case Drain():
                    self._drain()
                case Granted(grants):
                    self._governor.grant(grants)
                    self._tell_gauges()
                case YourTurn() if self._turns:  # else it was given up meanwhile
                    self._turns.popleft().set_result(None)
                case Stop() | None:
                    self._tell_gauges()  # a sign that it was heard: writing what is done may take longer
                    crew.cancel()
                    return
                case _:
                    pass

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncGenerator[None]:
        """Wait until no other worker has a transcript in work that is larger than its share of memory."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._turns.append(turn)
        self._line.send(Turn(begins=True))
        try:
            await turn
            yield
        finally:
            if turn in self._turns:
                self._turns.remove(turn)
            self._line.send(Turn(begins=False))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                await self._settle()
            except ScanStateError as error:  # the scan is gone, or another's
                self._line.send(_failed("work", error))
                return
            except Exception as error:  # noqa: BLE001 - the rows are kept, and the next attempt may succeed
                logging.getLogger("inspect_scout").warning("Rows could not be written, trying again: %s", error)
            self._tell_gauges()
            self._calls.flush()

    async def _settle(self, *, last: bool = False) -> None:
        """Write what waits, and tell what is durable now."""
        recorded = await self._recorder.settle(last=last)
        if recorded.tickets or recorded.counts:
            self._line.send(recorded)

    def _tell_gauges(self) -> None:
        self._line.send(self._gauges())

    def _tell_beside(self) -> None:
        self._line.send_beside(self._gauges())

    def _gauges(self) -> Gauges:
        return Gauges(
            state=state_of_worker(self._activity, self._crew.size, self._governor),
            budget_bytes=self._budget.used,
            busy=self._busyness.share(),
            claims=self._governor.claims(),
        )


def _stage(error: BaseException) -> str:
    if isinstance(error, ScannerStopped):
        return "scanner"
    return "missing" if isinstance(error, PrerequisiteError) else "work"


def _failed(stage: str, error: BaseException) -> Failed:
    cause = error.cause if isinstance(error, ScannerStopped) else error
    if isinstance(cause, PrerequisiteError):
        cause = as_refusal(cause)
    written = None
    with foreign():  # an exception may hold anything; its text is enough then
        written = to_bytes(cause)
    return Failed(stage, written, describe(cause), trace_of(cause))
