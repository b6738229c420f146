"""The first thing that makes going on impossible."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any


class Failure:
    """Lets one task wait for something while any other may fail."""

    def __init__(self) -> None:
        self._failed: asyncio.Future[None] | None = None

    def note(self, error: BaseException) -> None:
        """Take note of an error; only the first one counts."""
        failed = self._future()
        if not failed.done():
            failed.set_exception(error)

    async def unless(self, awaited: Awaitable[object]) -> None:
        """Wait for something, or for an error, which is raised."""
        failed = self._future()
        task: asyncio.Future[object] = asyncio.ensure_future(awaited)
        waits: set[asyncio.Future[Any]] = {task, failed}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            task.cancel()
        if failed.done():
            failed.result()

    def forget(self) -> None:
        """Nobody waits any more: an error that was not heard is too late to matter."""
        failed = self._future()
        if not failed.cancel() and not failed.cancelled():
            failed.exception()

    def _future(self) -> asyncio.Future[None]:
        if self._failed is None:
            self._failed = asyncio.get_running_loop().create_future()
        return self._failed
