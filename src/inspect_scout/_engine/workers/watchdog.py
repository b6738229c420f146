"""Scanners that take too long, and those that hold up the event loop.

A scanner that awaits something is cancelled when its time (`scanner_timeout`) is over. One that computes or sleeps without
`await` gives the loop no turn, so nothing that runs on the loop can say so or cancel it: no timer, no message, no other
scanner. A thread looks whether the loop gets its turns, names in the log who holds it up, and ends a worker process whose
scanner goes on after its time; nothing is ever raised into code that runs.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..._support.foreign import Cancellation
from .in_flight import Activity, RunningPair

LOOK_SECONDS = 0.25
PATIENCE_SECONDS = 0.25
"""How long the loop may be without a turn before it counts as blocked."""

TELL_SECONDS = 1.0
LOG_SECONDS = 5.0
"""How long a scanner may hold up the loop before the log names it, once."""

KILL_SECONDS = 2.0
"""How long a scanner that holds up a worker process may go on after its time was over."""

GRACE_SECONDS = 2.0
"""Time for a cancelled scanner to put its things in order; one that is still there after it is left behind."""

LATE_SECONDS = 0.1
"""A timer that comes later than this says that somebody has held up the event loop."""

logger = logging.getLogger("inspect_scout")


class Watchdog:
    """Looks some times a second whether an event loop gets its turns.

    Args:
        loop: The loop.
        activity: What its scanners are at.
        tell: Called from the thread, about once a second while the loop is held up.
        overdue: Called from the thread with the pair that holds it up, once, when its time has been over for a while.
        seconds: Time that a scanner may take (None: any).
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        activity: Activity,
        tell: Callable[[], object],
        overdue: Callable[[RunningPair, str], object] | None,
        seconds: float | None,
    ) -> None:
        self._loop, self._activity, self._tell, self._overdue, self._seconds = loop, activity, tell, overdue, seconds
        self._watched = threading.get_ident()
        self._over = threading.Event()
        self._named: set[RunningPair] = set()
        self._thread = threading.Thread(target=self._run, name="scout-watchdog", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            responded, since = threading.Event(), time.monotonic()
            try:
                self._loop.call_soon_threadsafe(responded.set)
            except RuntimeError:  # closed meanwhile
                return
            waited = PATIENCE_SECONDS
            while not responded.wait(waited) and not self._over.is_set():
                self._handle_blocked(time.monotonic() - since)
                waited = TELL_SECONDS
            self._activity.set_blocking(None)

    def _handle_blocked(self, seconds: float) -> None:
        pair = self._activity.blocked_by(asyncio.current_task(self._loop))
        self._activity.set_blocking(pair)
        if pair is not None:
            pair.mark_blocking()
            self._name(pair, seconds)
        try:
            self._tell()
        except RuntimeError:
            pass  # the loop goes on at this very moment, and changes what is looked at
        late = None if pair is None or self._seconds is None else pair.seconds - self._seconds
        if pair is not None and late is not None and late > KILL_SECONDS and self._overdue is not None:
            self._overdue(pair, self._stack())

    def _name(self, pair: RunningPair, seconds: float) -> None:
        if seconds >= LOG_SECONDS and pair not in self._named:
            self._named.add(pair)
            logger.warning(
                "Scanner %r has held up its event loop for %.0f s on transcript %r: it computes or waits without `await`, so "
                "nothing else of this process runs meanwhile",
                pair.scanner,
                seconds,
                pair.transcript,
            )

    def _stack(self) -> str:
        """Where the code of the watched thread is."""
        frame = sys._current_frames().get(self._watched)  # noqa: SLF001 - the documented way to see another thread
        return "".join(traceback.format_stack(frame))


@contextmanager
def watching(
    activity: Activity,
    tell: Callable[[], object],
    overdue: Callable[[RunningPair, str], object] | None = None,
    seconds: float | None = None,
) -> Generator[None]:
    """Watch the running event loop while the block runs."""
    watchdog = Watchdog(asyncio.get_running_loop(), activity, tell, overdue, seconds)
    watchdog.start()
    try:
        yield
    finally:
        watchdog.end()


def kill_this_process() -> None:
    """End a worker process whose scanner cannot be ended: whatever it has written stays."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class TimedOut:
    """A scanner that took too long.

    Args:
        stuck: What ended it where it was (None: it ended by itself, or did not end at all).
    """

    stuck: BaseException | None = None


async def run_with_timeout(seconds: float, call: Coroutine[Any, Any, None], pair: RunningPair) -> TimedOut | None:
    """Run a scanner, but no longer than some seconds.

    A scanner that gives the event loop no turn cannot be cancelled; it is told of as overdue when it has come to its end,
    because what becomes of a pair must not depend on where it ran. Those that it holds up get the time back.

    Args:
        seconds: How long it may take.
        call: Runs it.
        pair: What it is at work on.

    Returns:
        How it ended if it took longer.
    """
    cancellation = Cancellation()
    task = asyncio.create_task(call, context=cancellation.context())
    pair.run_in(task, cancellation)
    try:
        if await _in_time(seconds, task, pair):
            task.result()
            return None
        cancellation.cancel([task])
        await asyncio.wait({task}, timeout=GRACE_SECONDS)
    except asyncio.CancelledError:
        cancellation.cancel([task])
        await asyncio.wait({task}, timeout=GRACE_SECONDS)
        raise
    return TimedOut(await _end_of(task))


async def _in_time(seconds: float, task: asyncio.Task[None], pair: RunningPair) -> bool:
    loop, left = asyncio.get_running_loop(), seconds
    while True:
        due = loop.time() + left
        await asyncio.wait({task}, timeout=left)
        late = loop.time() - due
        delayed = late > LATE_SECONDS and not pair.blocks
        if task.done():
            return late <= 0 or delayed
        if not delayed:
            return False
        left = late


async def _end_of(task: asyncio.Task[None]) -> BaseException | None:
    if not task.done():
        task.add_done_callback(_retrieve_exception)
        return None
    try:
        await task
    except asyncio.CancelledError as cancelled:
        return cancelled
    return None


def _retrieve_exception(task: asyncio.Task[None]) -> None:
    """Ask for the end of a task that was left behind, so that asyncio does not report it as never retrieved."""
    if not task.cancelled():
        task.exception()
