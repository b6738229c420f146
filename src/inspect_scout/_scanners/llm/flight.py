"""Many calls at once, results in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")


async def map_in_order(items: AsyncIterator[_T], work: Callable[[_T], Coroutine[Any, Any, _R]], limit: int) -> list[_R]:
    """Apply `work` to items as they come, at most `limit` at once; results are in the order of the items.

    The first exception ends everything: what is under way is cancelled, and no further item is taken.

    Args:
        items: The items.
        work: What to do with each.
        limit: Most calls under way.
    """
    tasks: list[asyncio.Task[_R]] = []
    running: set[asyncio.Task[_R]] = set()
    try:
        async for item in items:
            running = _without_finished(running)
            while len(running) >= limit:
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                running = _without_finished(running)
            task = asyncio.ensure_future(work(item))
            tasks.append(task)
            running.add(task)
        while running:
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            running = _without_finished(running)
        return [task.result() for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await close_iterator(items)


async def close_iterator(items: AsyncIterator[Any]) -> None:
    """Let a generator that is not read to its end give back what it holds."""
    close = getattr(items, "aclose", None)
    if close is not None:
        await close()


def _without_finished(running: set[asyncio.Task[_R]]) -> set[asyncio.Task[_R]]:
    # Asking for the result raises what the task raised.
    for task in running:
        if task.done():
            task.result()
    return {task for task in running if not task.done()}
