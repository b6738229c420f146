"""Iterations of an event loop: whoever is about to hold it up waits for one of its own.

A loop runs all that is ready in one iteration, and only then looks for what else waits for it: Ctrl-C, timers, answers,
other programs' tasks. Work that never suspends makes an iteration long, so each begins one unit of it, over all scans.
"""

from __future__ import annotations

import asyncio
from collections import deque
from weakref import WeakKeyDictionary


class _IterationQueue:
    """Who waits for an iteration of a loop."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._scheduled = False

    async def wait(self, loop: asyncio.AbstractEventLoop) -> None:
        waiter = loop.create_future()
        self._waiting.append(waiter)
        if not self._scheduled:
            self._scheduled = True
            loop.call_soon(self._release_next, loop)
        await waiter

    def _release_next(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                break
        self._scheduled = bool(self._waiting)
        if self._scheduled:
            loop.call_soon(self._release_next, loop)


_queues: WeakKeyDictionary[asyncio.AbstractEventLoop, _IterationQueue] = WeakKeyDictionary()


async def own_loop_iteration() -> None:
    """Wait until this task may hold up the event loop; one task does in each iteration."""
    loop = asyncio.get_running_loop()
    queue = _queues.get(loop)
    if queue is None:
        queue = _queues[loop] = _IterationQueue()
    await queue.wait(loop)
