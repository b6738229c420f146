"""An end to scanners that take too long."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from .._support.foreign import Ending
from .activity import RunningPair

GRACE_SECONDS = 2.0
"""Time for a scanner to put its things in order; one that is still there after it is left behind."""


LATE_SECONDS = 0.1
"""A timer that comes later than this says that somebody has held up the event loop."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A scanner that took too long.

    Args:
        stuck: What ended it where it was (None: it ended by itself, or did not end at all).
    """

    stuck: BaseException | None = None


async def within(seconds: float, call: Coroutine[Any, Any, None], pair: RunningPair) -> Overdue | None:
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
    ending = Ending()
    task = asyncio.create_task(call, context=ending.context())
    pair.task, pair.ending = task, ending
    try:
        if await _in_time(seconds, task, pair):
            task.result()
            return None
        ending.cancel([task])
        await asyncio.wait({task}, timeout=GRACE_SECONDS)
    except asyncio.CancelledError:
        ending.cancel([task])
        await asyncio.wait({task}, timeout=GRACE_SECONDS)
        raise
    return Overdue(await _end_of(task))


async def _in_time(seconds: float, task: asyncio.Task[None], pair: RunningPair) -> bool:
    loop, left = asyncio.get_running_loop(), seconds
    while True:
        due = loop.time() + left
        await asyncio.wait({task}, timeout=left)
        late = loop.time() - due
        held_up = late > LATE_SECONDS and not pair.blocks
        if task.done():
            return late <= 0 or held_up
        if not held_up:
            return False
        left = late


async def _end_of(task: asyncio.Task[None]) -> BaseException | None:
    if not task.done():
        task.add_done_callback(_heard)
        return None
    try:
        await task
    except asyncio.CancelledError as cancelled:
        return cancelled
    return None


def _heard(task: asyncio.Task[None]) -> None:
    """Ask for the end of a task that was left behind, so that asyncio does not report it as unheard."""
    if not task.cancelled():
        task.exception()
