"""Blocking calls: in place for local files, in a thread for others."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

from .locations import is_local

if TYPE_CHECKING:
    import asyncio

    import anyio

MAX_CALLS = 32
"""Remote calls under way at the same time."""

_limiters: WeakKeyDictionary[asyncio.AbstractEventLoop, anyio.CapacityLimiter] = WeakKeyDictionary()

T = TypeVar("T")
A = TypeVar("A")


async def run_blocking(location: str, work: Callable[[], T]) -> T:
    """Do what reads or writes files of a location: here if they are local, else in a thread, so that others go on."""
    if is_local(location):
        return work()
    import anyio.to_thread  # here: commands that only look at local files start without an event loop

    return await anyio.to_thread.run_sync(work)


async def run_in_thread(location: str, work: Callable[[], T]) -> T:
    """Do what takes long with files of a location in a thread, so that the event loop goes on; here if there is no loop.

    No more of it is done at once than there are processors, over all scans of the loop: threads that compute take
    turns with the loop, and the more there are the longer it waits for its own.
    """
    import asyncio

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return work()
    import anyio
    import anyio.to_thread

    limiter = _limiters.get(loop)
    if limiter is None:
        limiter = _limiters[loop] = anyio.CapacityLimiter(os.cpu_count() or 1)
    return await anyio.to_thread.run_sync(work, limiter=limiter if is_local(location) else None)


async def for_each(location: str, items: Sequence[A], call: Callable[[A], Awaitable[T]]) -> list[T]:
    """Call something for each item, and give the results in order; many at a time where calls go over a network."""
    if is_local(location):
        return [await call(item) for item in items]
    import asyncio

    results: dict[int, T] = {}
    waiting = iter(enumerate(items))

    async def work() -> None:
        for place, item in waiting:
            results[place] = await call(item)

    workers = [asyncio.ensure_future(work()) for _ in range(min(MAX_CALLS, len(items)))]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return [results[place] for place in range(len(items))]
