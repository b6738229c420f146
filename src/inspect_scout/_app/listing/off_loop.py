"""Reading local files without holding up the event loop."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TypeVar

from ..._support.storage import is_local, run_in_thread
from ..bridge import run_read_only

T = TypeVar("T")


async def off_loop(location: str, call: Callable[[], Coroutine[object, None, T]]) -> T:
    """Run a coroutine that reads files of a location: in a thread if they are local, as these calls do not wait.

    Args:
        location: Where the files are.
        call: Makes the coroutine; called again if it has to wait for something after all.
    """
    if is_local(location):
        return await run_in_thread(location, lambda: run_read_only(location, call))
    return await call()
