"""Tasks of one event loop that work side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from ..._support.foreign import Cancellation, guarding_foreign_tasks
from ..._support.loop_iterations import own_loop_iteration
from ..admission.open_pairs import OpenPairs

T = TypeVar("T")

MOST_TASKS = 10_000


class TaskPool(Generic[T]):
    """Tasks that take items of work until there is none; more of them can join at any time.

    Args:
        take: Gives the next item, or None when there will be no more.
        work: Does the work of an item.
    """

    def __init__(self, take: Callable[[], Awaitable[T | None]], work: Callable[[T], Awaitable[None]]) -> None:
        self._take, self._work = take, work
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: asyncio.Queue[asyncio.Task[None] | None] = asyncio.Queue()
        self._closing = False
        self._cancellation = Cancellation()
        # Tasks that join later are started from within a scanner, whose context is none of theirs: all have that in
        # which the pool was made.
        self._context = self._cancellation.context()

    @property
    def size(self) -> int:
        """Tasks that are there."""
        return len(self._tasks)

    def grow(self, count: int) -> None:
        """Start tasks until there are `count`."""
        for _ in range(min(count, MOST_TASKS) - len(self._tasks)):
            task = asyncio.create_task(self._run(), context=self._context.copy())
            task.add_done_callback(self._ended.put_nowait)
            self._tasks.add(task)

    def close(self, pairs: OpenPairs) -> None:
        """Begin nothing new, and let `run` cancel what is left once no pair is worth waiting for.

        A task that is cancelled by itself does not end the others any more.
        """
        self._closing = True
        pairs.close(self._end)

    def _end(self) -> None:
        self._ended.put_nowait(None)

    async def run(self) -> None:
        """Work until no task is left; the first exception ends it and is raised as it is."""
        with guarding_foreign_tasks():
            try:
                while self._tasks:
                    task = await self._ended.get()
                    if task is None:
                        return
                    self._tasks.discard(task)
                    if not (self._closing and task.cancelled()):
                        task.result()
            finally:
                # Only so do the borders of foreign code know that we cancel them, and not somebody else.
                self._cancellation.cancel(self._tasks)
                await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self) -> None:
        while not self._cancellation.requested:
            await own_loop_iteration()  # scanners of plain code never suspend
            item = await self._take()
            if item is None:
                return
            await self._work(item)
