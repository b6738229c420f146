"""Admission by bytes: what runs side by side fits into a budget together."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BudgetStatistics:
    """State of a budget.

    Args:
        total: Bytes that may be in use at once.
        used: Bytes in use.
        waiting: Blocks that wait.
    """

    total: int
    used: int
    waiting: int


class ByteBudget:
    """Lets blocks run side by side as long as their bytes fit together; one that is too big runs alone.

    First come, first served: a big block is not overtaken for ever by small ones.

    Args:
        total: Tells the bytes that may be in use at once.
        exclusive: Entered around blocks that are too big, where several workers have a budget each (None: nothing).
    """

    def __init__(
        self, total: Callable[[], int], exclusive: Callable[[], AbstractAsyncContextManager[None]] | None = None
    ) -> None:
        self._total = total
        self._exclusive = exclusive
        self.used = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    def statistics(self) -> BudgetStatistics:
        """Tell what is in use, and how many wait."""
        return BudgetStatistics(self._total(), self.used, len(self._waiting))

    @asynccontextmanager
    async def hold(self, size: int) -> AsyncGenerator[None]:
        """Run the block as soon as `size` bytes are free."""
        too_big = self._exclusive is not None and size > self._total()
        async with self._exclusive() if too_big and self._exclusive is not None else contextlib.nullcontext():
            await self._acquire(size)
            try:
                yield
            finally:
                self.used -= size
                self._admit()

    def _fits(self, size: int) -> bool:
        return self.used == 0 or self.used + size <= self._total()

    async def _acquire(self, size: int) -> None:
        if not self._waiting and self._fits(size):
            self.used += size
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # admitted and cancelled at once: give the bytes back
                self.used -= size
            else:
                self._waiting = deque(w for w in self._waiting if w[1] is not turn)
            self._admit()
            raise

    def _admit(self) -> None:
        while self._waiting and self._fits(self._waiting[0][0]):
            size, turn = self._waiting.popleft()
            self.used += size
            turn.set_result(None)
