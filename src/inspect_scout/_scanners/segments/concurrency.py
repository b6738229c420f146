"""Many calls at once, results in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import anyio

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


async def map_in_order(
    items: AsyncIterator[ItemT], work: Callable[[ItemT], Awaitable[ResultT]], limit: int
) -> list[ResultT]:
    """Apply `work` to items as they come, at most `limit` at once; results are in the order of the items.

    The first exception ends everything: what is under way is cancelled, and no further item is taken.
    """
    results: dict[int, ResultT] = {}
    slots = anyio.Semaphore(limit, fast_acquire=True)

    async def run(place: int, item: ItemT) -> None:
        results[place] = await work(item)
        slots.release()

    try:
        async with anyio.create_task_group() as tasks:
            place = 0
            async for item in items:
                await slots.acquire()
                tasks.start_soon(run, place, item)
                place += 1
    except BaseExceptionGroup as group:
        # What failed first is what callers know how to handle. It is raised below, where it keeps its own context.
        failed = group.exceptions[0]
    else:
        return [results[place] for place in range(len(results))]
    finally:
        await close_iterator(items)
    raise failed


async def close_iterator(items: AsyncIterator[Any]) -> None:
    """Let a generator that is not read to its end give back what it holds."""
    close = getattr(items, "aclose", None)
    if close is not None:
        await close()
