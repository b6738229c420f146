"""Ctrl-C and SIGTERM while a coroutine runs: the first ends it in order, the second one at once.

Where there is something to wait for (see `softened`), the first one only says so, and the second ends it in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any, TypeVar, cast

from .._support.foreign import may_stop

T = TypeVar("T")

_BLOCKED_SECONDS = 1.5
"""How long code that gives the loop no turn may go on after the first signal."""
_BLOCKED_AGAIN_SECONDS = 0.2
"""How long such code may go on that got its turn after that, before it was cancelled."""
_LOOK_SECONDS = 0.05
_LEAVE_SECONDS = 0.5
"""What tasks have left to end in after the third one."""
_STUBBORN_SECONDS = 5.0
"""What tasks of foreign code have to end in that were left behind: one that hears of no cancellation never ends."""
_ENOUGH = 3
"""Signals after which nothing is put in order any more."""
_running: ContextVar[Interruption | None] = ContextVar("scout_interruption", default=None)


def run_interruptible(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on a new loop of this thread, to its end or until it is interrupted.

    Raises:
        KeyboardInterrupt: After the coroutine, cancelled by a signal, has put its things in order.
    """
    runner = asyncio.Runner()
    with _listening(runner.get_loop()) as interruption:

        async def main() -> T:
            interruption.here()
            return await call()

        try:
            return runner.run(main())
        except asyncio.CancelledError:
            if interruption.count:
                raise KeyboardInterrupt from None
            raise
        finally:
            _close(runner, _LEAVE_SECONDS if interruption.enough else _STUBBORN_SECONDS)


@contextmanager
def softened(begin: Callable[[], None], seconds: float) -> Generator[None]:
    """Let the first signal in the block call something instead of ending it.

    Args:
        begin: Called on the loop; it sees to it that the block ends.
        seconds: How long that may take, during which code that gives the loop no turn is borne with longer.
    """
    interruption = _running.get()
    if interruption is None or interruption.count:
        yield
        return
    interruption.soften(begin, seconds)
    try:
        yield
    finally:
        interruption.soften(None)


@contextmanager
def _listening(loop: asyncio.AbstractEventLoop) -> Generator[Interruption]:
    """Take the signals, unless the program has plans of its own for them, or this is not its main thread."""
    interruption = Interruption(loop)
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    main = threading.current_thread() is threading.main_thread()
    taken = {number: plain for number, plain in usual.items() if main and signal.getsignal(number) is plain}
    for number in taken:
        signal.signal(number, interruption.handle)
    try:
        yield interruption
    finally:
        interruption.over()
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
        return
    loop.set_exception_handler(_say_nothing)  # it would report each task that was left behind
    loop.close()
    asyncio.set_event_loop(None)


def _say_nothing(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    pass


class Interruption:
    """Interrupts a coroutine by signals.

    `asyncio.run` raises the second one wherever its loop is at work, also between a task and the callback that goes on
    with it: that task then never ends, and is waited for without end. Here the loop itself is never interrupted: a
    signal cancels what it runs, and code that gives the loop no turn (a scanner that computes or sleeps) gets
    `CancelledError` raised into it, unless it records.

    Args:
        loop: The loop, of the main thread.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.task: asyncio.Task[Any] | None = None
        """What is to be cancelled."""
        self.count = 0
        """Signals so far."""
        self._begin: Callable[[], None] | None = None
        self._soft, self._seconds, self._patient_until = 0, 0.0, 0.0
        self._over, self._nudging, self._nudged = threading.Event(), threading.Lock(), False

    @property
    def enough(self) -> bool:
        """Whether there were so many signals that nothing is put in order any more."""
        return self.count >= _ENOUGH + self._soft

    def here(self) -> None:
        """Interrupt the task that calls this."""
        self.task = asyncio.current_task()
        _running.set(self)

    def soften(self, begin: Callable[[], None] | None, seconds: float = 0.0) -> None:
        """Let the first signal from now on call something (None: cancel the task)."""
        self._begin, self._seconds = begin, seconds

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Take a signal.

        Raises:
            asyncio.CancelledError: Into code that is at work.
            KeyboardInterrupt: If cancelling has not helped.
        """
        nudged, self._nudged = self._nudged, False
        if self._loop.is_closed() or (self.enough if nudged else self.press()):
            raise KeyboardInterrupt
        if self.count == 1 and not nudged:
            threading.Thread(target=self._nudge, args=(number,), name="scout-interrupt", daemon=True).start()
        else:
            self._stop(frame)

    def press(self) -> bool:
        """Count a signal, and let the loop act on it; tells whether there were enough."""
        self.count += 1
        act = self._cancel
        if self.count == 1 and self._begin is not None:
            self._soft, self._patient_until = 1, time.monotonic() + self._seconds
            act = self._begin_to_end
        if not self.enough:
            with contextlib.suppress(RuntimeError):  # closed meanwhile
                self._loop.call_soon_threadsafe(act)
        return self.enough

    def over(self) -> None:
        """Send no more signals."""
        with self._nudging:
            self._over.set()

    def _stop(self, frame: FrameType | None) -> None:
        """End the task that is at work where it is, if it may end there."""
        if asyncio.current_task(self._loop) is not None and may_stop(frame):
            raise asyncio.CancelledError

    def _begin_to_end(self) -> None:
        (self._begin or self._cancel)()  # the block may have ended meanwhile

    def _cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()

    def _nudge(self, number: int) -> None:
        """Send the signal again whenever the loop gets no turn for too long."""
        patience = _BLOCKED_SECONDS
        while not self._over.wait(_LOOK_SECONDS):
            turn = threading.Event()
            try:
                self._loop.call_soon_threadsafe(turn.set)
            except RuntimeError:  # closed meanwhile
                return
            if not turn.wait(patience):
                with self._nudging:
                    if self._over.is_set():
                        return
                    self._nudged = True
                    signal.pthread_kill(cast("int", threading.main_thread().ident), number)
            patient = time.monotonic() < self._patient_until and self.count == 1
            patience = _BLOCKED_SECONDS if patient else _BLOCKED_AGAIN_SECONDS
