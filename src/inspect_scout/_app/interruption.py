"""Ctrl-C and SIGTERM while a coroutine runs: the first one ends it in order, the next ones at once.

The coroutine runs on an event loop in a thread of its own, while the main thread waits for signals: nothing is ever
raised into code that runs. A signal cancels what the loop runs. Code that gives the loop no turn (a scanner that computes
or sleeps) cannot be cancelled: after a while it is left behind, with the thread that runs it.

Where there is something to wait for (see `graceful_interruption`), the first signal only says so, and the second one cancels.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from .._support.loops import set_main_thread

T = TypeVar("T")

_BLOCKED_SECONDS = 1.5
"""How long code may give the loop no turn after the first signal, or after the time that this one leaves has passed."""
_BLOCKED_AGAIN_SECONDS = 1.0
"""The same after the second one."""
_POLL_SECONDS = 0.05
"""How often to look whether the loop has had its turn, after a signal."""
_WAIT_SECONDS = 0.2
"""How long to wait for a first signal at a time: a wait without end misses one that comes just before it."""
_LAST_SECONDS = 0.5
"""What tasks have left to end in after the last one."""
_STUBBORN_SECONDS = 5.0
"""What tasks of foreign code have to end in that were left behind: one that ignores its cancellation never ends."""
_THREAD_SECONDS = 0.5
"""What idle threads have to end in."""
_HANDLER_SECONDS = 15.0
"""What the coroutine has to end in when a handler of the program's own raises something."""
_FINAL_COUNT = 3
"""Signals after which nothing is waited for."""

_running: ContextVar[Interruption | None] = ContextVar("scout_interruption", default=None)


def run_interruptible(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on a loop in a thread of its own, to its end or until it is interrupted; for the main thread.

    Raises:
        KeyboardInterrupt: After the coroutine, cancelled by a signal, has put its things in order, or was left behind.
    """
    interruption = Interruption()
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(run_in_thread(call, interruption))
        except BaseException as error:  # noqa: BLE001 - carried over to the thread that waits, whatever it is
            failure.append(error)
        finally:
            interruption.ended()

    thread = threading.Thread(target=contextvars.copy_context().run, args=(run,), name="scout", daemon=True)
    with _listening(interruption):
        thread.start()
        over = interruption.wait()
        if over:
            thread.join()  # what it holds must be gone before the interpreter ends: libraries report it as leaked
    if not over or (interruption.count and failure and isinstance(failure[0], asyncio.CancelledError)):
        raise KeyboardInterrupt
    if failure:
        raise failure[0]
    return outcome[0]


def run_in_thread(call: Callable[[], Coroutine[Any, Any, T]], interruption: Interruption | None = None) -> T:
    """Run a coroutine on a new loop of this thread, to its end; tasks that ignore their cancellation are left behind.

    Args:
        call: Makes the coroutine.
        interruption: Interrupts it.
    """
    runner = asyncio.Runner()

    async def main() -> T:
        if interruption is not None:
            interruption.bind_current_task()
        else:
            _running.set(None)  # a call within a call: signals are a matter of the outer one
        return await call()

    try:
        return runner.run(main())
    finally:
        _close(runner, _LAST_SECONDS if interruption is not None and interruption.is_final else _STUBBORN_SECONDS)


@contextmanager
def graceful_interruption(begin: Callable[[], None], seconds: float) -> Generator[None]:
    """Let the first signal in the block call something instead of cancelling it.

    Args:
        begin: Called on the loop; it sees to it that the block ends.
        seconds: How long that may take, during which code that gives the loop no turn is not left behind.
    """
    interruption = _running.get()
    if interruption is None or interruption.count:
        yield
        return
    interruption.set_graceful(begin, seconds)
    try:
        yield
    finally:
        interruption.set_graceful(None)


@contextmanager
def on_abandoned(call: Callable[[], None]) -> Generator[None]:
    """Call something in the main thread if the block is left behind."""
    interruption = _running.get()
    if interruption is None:
        yield
        return
    with interruption.notifying_abandoned(call):
        yield


def is_abandoned() -> bool:
    """Tell whether nobody waits any more for what runs."""
    interruption = _running.get()
    return interruption is not None and interruption.abandoned


@contextmanager
def _listening(interruption: Interruption) -> Generator[None]:
    """Take the signals, unless the program has plans of its own for them."""
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    taken = {number: plain for number, plain in usual.items() if signal.getsignal(number) is plain}
    for number in taken:
        signal.signal(number, lambda number, _frame: interruption.receive(number))
    try:
        yield
    finally:
        for number, plain in taken.items():
            signal.signal(number, plain)


def _close(runner: asyncio.Runner, patience: float) -> None:
    """Close a loop when its tasks have ended, or leave them behind after some seconds."""
    loop = runner.get_loop()
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=patience))
    if all(task.done() for task in tasks):
        runner.close()
        _await_threads(loop)
        return
    loop.set_exception_handler(_ignore_report)  # it would report each task that was left behind
    loop.close()
    asyncio.set_event_loop(None)


def _await_threads(loop: asyncio.AbstractEventLoop) -> None:
    """Let threads end that anyio has asked to: one that ends with the interpreter keeps what it holds, which libraries report."""
    end = time.monotonic() + _THREAD_SECONDS
    for thread in threading.enumerate():
        if getattr(thread, "loop", None) is loop:
            thread.join(max(0.0, end - time.monotonic()))


def _ignore_report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    pass


class Interruption:
    """Interrupts a coroutine that runs in another thread, by the signals that this one receives."""

    def __init__(self) -> None:
        self.count = 0
        """Signals so far."""
        self.abandoned = False
        """Whether the coroutine was left behind."""
        # Handlers run between any two instructions of this thread: they only put into a queue that bears it.
        self._inbox: SimpleQueue[int | Callable[[], object] | None] = SimpleQueue()
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._begin: Callable[[], None] | None = None
        self._soft, self._seconds, self._patient_until = 0, 0.0, 0.0
        self._asked_at = self._turn_at = 0.0
        self._on_abandoned: list[Callable[[], None]] = []

    @property
    def is_final(self) -> bool:
        """Whether there were so many signals that nothing is waited for."""
        return self.count >= _FINAL_COUNT + self._soft

    def bind_current_task(self) -> None:
        """Interrupt the task that calls this."""
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        _running.set(self)
        set_main_thread(self._inbox.put)
        self._ready.set()

    def set_graceful(self, begin: Callable[[], None] | None, seconds: float = 0.0) -> None:
        """Let the first signal from now on call something (None: cancel the task)."""
        self._begin, self._seconds = begin, seconds

    @contextmanager
    def notifying_abandoned(self, call: Callable[[], None]) -> Generator[None]:
        """Call something if the coroutine is left behind in the block."""
        self._on_abandoned.append(call)
        try:
            yield
        finally:
            self._on_abandoned.remove(call)

    def receive(self, number: int) -> None:
        """Take note of a signal; from its handler."""
        self._inbox.put(number)

    def ended(self) -> None:
        """Take note that the coroutine has ended; from its thread."""
        self._inbox.put(None)
        self._ready.set()

    def wait(self) -> bool:
        """Act on signals until the coroutine has ended, or is left behind; tells whether it has ended."""
        while True:
            try:
                # The handler of a signal that comes between the last instruction and the wait runs after the wait.
                received = self._inbox.get(timeout=_POLL_SECONDS if self.count else _WAIT_SECONDS)
            except Empty:
                if self.count and self._is_stuck():
                    return self._abandon()
                continue
            except KeyboardInterrupt:  # from a handler of the program's own
                received = signal.SIGINT
            except BaseException:  # a handler of the program's own may raise anything; raised again
                self._call(self._cancel)
                if not self._wait_for_end():
                    self._abandon()
                raise
            if received is None:
                return True
            if callable(received):
                received()
                continue
            self._count_signal()
            if self.is_final:
                return self._abandon()

    def _wait_for_end(self) -> bool:
        """Let a coroutine end that a handler of the program's own has cancelled; tells whether it did in time.

        What handlers raise meanwhile is ignored: the first exception is raised.
        """
        end = time.monotonic() + _HANDLER_SECONDS
        while (left := end - time.monotonic()) > 0:
            try:
                received = self._inbox.get(timeout=left)
                if received is None:
                    return True
                if callable(received):
                    received()
            except BaseException:  # noqa: BLE001, S112 - handlers may raise anything; the first one is raised
                continue
        return False

    def _count_signal(self) -> None:
        """Count a signal, and let the loop act on it."""
        self._ready.wait()
        self.count += 1
        act = self._cancel
        self._turn_at = time.monotonic()
        if self.count == 1 and self._begin is not None:
            self._soft, self._patient_until = 1, self._turn_at + self._seconds
            act = self._run_graceful
        self._call(act)
        self._request_turn()

    def _is_stuck(self) -> bool:
        """Tell whether the loop has had no turn for too long."""
        now = time.monotonic()
        if self._turn_at >= self._asked_at:
            self._request_turn()
            return False
        if self.count == 1 and now < self._patient_until:
            return False
        return now - self._asked_at > (_BLOCKED_SECONDS if self.count == 1 else _BLOCKED_AGAIN_SECONDS)

    def _request_turn(self) -> None:
        """Ask the loop to tell when it has its turn."""
        self._asked_at = time.monotonic()
        self._call(self._note_turn)

    def _note_turn(self) -> None:
        self._turn_at = time.monotonic()

    def _abandon(self) -> bool:
        self.abandoned = True
        for call in reversed(self._on_abandoned):
            with contextlib.suppress(Exception):  # whoever is told may fail: the others are told all the same
                call()
        return False

    def _call(self, act: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # closed meanwhile
            if self._loop is not None:
                self._loop.call_soon_threadsafe(act)

    def _run_graceful(self) -> None:
        (self._begin or self._cancel)()  # the block may have ended meanwhile

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
