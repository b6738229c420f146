"""How many bytes all requests together may hold in memory."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator

DEFAULT_BUDGET = 96 << 20


class RequestBudget:
    """A number of bytes that requests share: one that would take too many waits until others are done, in order.

    Args:
        total: Bytes that may be held at once.
    """

    def __init__(self, total: int = DEFAULT_BUDGET) -> None:
        self.total = total
        self._held = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def held(self) -> int:
        """Bytes that are held now."""
        return self._held

    @contextlib.asynccontextmanager
    async def hold(self, size: int) -> AsyncGenerator[None]:
        """Hold bytes for the block; what is larger than the whole budget runs when nothing else does.

        Args:
            size: Bytes that the block will need, as far as is known.
        """
        size = min(max(size, 0), self.total)
        await self._take(size)
        try:
            yield
        finally:
            self._give_back(size)

    async def _take(self, size: int) -> None:
        if not self._waiting and self._held + size <= self.total:
            self._held += size
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it was its turn already
                self._held -= size
            self._serve_waiting()
            raise

    def _give_back(self, size: int) -> None:
        self._held -= size
        self._serve_waiting()

    def _serve_waiting(self) -> None:
        while self._waiting:
            size, turn = self._waiting[0]
            if not turn.cancelled():  # else its request has left
                if self._held + size > self.total:
                    return
                self._held += size
                turn.set_result(None)
            self._waiting.popleft()
