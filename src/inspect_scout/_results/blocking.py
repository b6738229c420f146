"""Waiting for a coroutine from code that cannot await (a data frame is loaded when its mapping is asked for it)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .._support.storage import is_local

T = TypeVar("T")


def wait(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end; in a thread of its own if this one has a running event loop."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(call())
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(call())).result()


def wait_lightly(location: str, call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine that only reads files of a location; local files need no event loop, whose import costs time."""
    if not is_local(location):
        return wait(call)
    coroutine = call()
    try:
        coroutine.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    coroutine.close()
    return wait(call)  # a storage of someone's own serves local files
