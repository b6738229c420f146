"""Calls that block: in place for local files, in a thread for others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from .locations import is_local

AT_ONCE = 32
"""Remote calls under way at the same time."""

T = TypeVar("T")
A = TypeVar("A")


async def run_blocking(location: str, work: Callable[[], T]) -> T:
    """Do what reads or writes files of a location: here if they are local, else in a thread, so that others go on."""
    if is_local(location):
        return work()
    import anyio.to_thread  # here: commands that only look at local files start without an event loop

    return await anyio.to_thread.run_sync(work)


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

    workers = [asyncio.ensure_future(work()) for _ in range(min(AT_ONCE, len(items)))]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return [results[place] for place in range(len(items))]
