"""Keeping the event loop of a server free."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TypeVar

from ..._support.storage import is_local, run_in_thread
from ..bridge import run_read_only

T = TypeVar("T")


async def read_off_loop(location: str, call: Callable[[], Coroutine[object, object, T]]) -> T:
    """Run a coroutine that only reads files of a location: in a thread where they are local, as that never waits.

    Args:
        location: Where the files are.
        call: Makes the coroutine.
    """
    if not is_local(location):
        return await call()
    return await run_in_thread(location, lambda: run_read_only(location, call))
