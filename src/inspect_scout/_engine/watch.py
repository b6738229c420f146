"""Watching the event loop from a thread of its own: who holds it up is named, and in a worker made to stop.

A scanner that computes or sleeps without `await` gives the loop no turn, so nothing that runs on the loop can say so or
cancel it: no timer, no message, no other scanner.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import cast

from .._support.foreign import may_stop
from .activity import Activity, RunningPair

LOOK_SECONDS = 0.25
PATIENCE_SECONDS = 0.25
"""How long the loop may be without a turn before somebody is held to block it."""

TELL_SECONDS = 1.0
KILL_SECONDS = 10.0
"""How long a scanner that blocks a worker may go on after its time was over."""


class Watch:
    """Looks some times a second whether an event loop gets its turns.

    Args:
        loop: The loop.
        activity: What its scanners are at.
        tell: Called from the thread, about once a second while the loop is blocked.
        stop: Called from the thread with the pair that blocks it, as long as its time is over.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        activity: Activity,
        tell: Callable[[], object],
        stop: Callable[[RunningPair], object] | None = None,
    ) -> None:
        self._loop, self._activity, self._tell, self._stop = loop, activity, tell, stop
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scout-watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            turn = threading.Event()
            try:
                self._loop.call_soon_threadsafe(turn.set)
            except RuntimeError:  # closed meanwhile
                return
            waited = PATIENCE_SECONDS
            while not turn.wait(waited) and not self._over.is_set():
                self._blocked()
                waited = TELL_SECONDS
            self._activity.blocking = None

    def _blocked(self) -> None:
        pair = self._activity.blocked_by(asyncio.current_task(self._loop))
        self._activity.blocking = pair
        if pair is not None:
            pair.blocks = True
        try:
            self._tell()
        except RuntimeError:
            pass  # the loop goes on at this very moment, and changes what is looked at
        if pair is not None and self._stop is not None:
            self._stop(pair)


class Stopper:
    """Ends scanners whose time is over although they give the loop no turn; for workers, which have nothing else to do.

    Code in the main thread is interrupted by a signal. What does not hear it (another thread, code that is not Python)
    ends with the worker, and the other transcripts of the worker are scanned again elsewhere.

    Args:
        seconds: Time that a scanner may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds, self._armed = seconds, False
        self._main = threading.current_thread() is threading.main_thread()
        if self._main:
            signal.signal(signal.SIGINT, self._handle)  # workers hear of Ctrl-C from their parent only

    def stop(self, pair: RunningPair) -> None:
        """Stop a pair that blocks the loop, if its time is over."""
        late = pair.seconds - self._seconds
        if late <= 0:
            return
        if pair.ending is not None:
            pair.ending.note()
        if late > KILL_SECONDS:
            os.kill(os.getpid(), signal.SIGKILL)
        elif self._main:
            self._armed = True
            signal.pthread_kill(cast("int", threading.main_thread().ident), signal.SIGINT)

    def _handle(self, _number: int, frame: FrameType | None) -> None:
        armed, self._armed = self._armed, False
        if armed and may_stop(frame):
            raise asyncio.CancelledError


@contextmanager
def watching(
    activity: Activity, tell: Callable[[], object], stop: Callable[[RunningPair], object] | None = None
) -> Generator[None]:
    """Watch the running event loop while the block runs."""
    watch = Watch(asyncio.get_running_loop(), activity, tell, stop)
    watch.start()
    try:
        yield
    finally:
        watch.end()
