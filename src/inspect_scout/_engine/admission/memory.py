"""Memory: transcripts are admitted by their bytes, so that memory follows a budget and not the data.

The scans of one process, in one event loop or in several threads, divide its memory among them (`ProcessShare`). A transcript
that is larger than the share of a worker is read while no other worker reads such a one (`ExclusiveSlot`).
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
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


_shares: set[ProcessShare] = set()
_lock = threading.Lock()


class ProcessShare:
    """The share of a scan in its process.

    Args:
        memory_bytes: Bytes of memory for the scan if no other one runs.
    """

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes, self._workers, self._total = memory_bytes, 0, memory_bytes

    def total(self) -> int:
        """Bytes of memory for the scan."""
        return self._total

    @property
    def workers_of_others(self) -> int:
        """Worker processes of the other scans of this process."""
        with _lock:
            return sum(share._workers for share in _shares if share is not self)  # noqa: SLF001 - of the same class

    def set_workers(self, count: int) -> None:
        """Say how many worker processes the scan has started."""
        self._workers = count

    def limit_memory(self, memory_bytes: int) -> None:
        """Keep to so many bytes if no other scan runs."""
        with _lock:
            self._memory_bytes = memory_bytes
            _divide()

    @contextmanager
    def taken(self) -> Generator[None]:
        """Divide with the others for the block."""
        with _lock:
            _shares.add(self)
            _divide()
        try:
            yield
        finally:
            with _lock:
                _shares.discard(self)
                _divide()


def _divide() -> None:
    for share in _shares:
        share._total = share._memory_bytes // len(_shares)  # noqa: SLF001 - of the same class


class ExclusiveSlot:
    """A slot that one has at a time, in the order of requests."""

    def __init__(self) -> None:
        self._requests: deque[tuple[object, Callable[[], object]]] = deque()

    @property
    def waiting(self) -> int:
        """Requests that were not granted yet."""
        return max(0, len(self._requests) - 1)

    def request(self, who: object, granted: Callable[[], object]) -> None:
        """Request the slot.

        Args:
            who: Who requests it.
            granted: Called when the slot is granted, perhaps at once.
        """
        self._requests.append((who, granted))
        if len(self._requests) == 1:
            granted()

    def release(self, who: object) -> None:
        """Release the slot, or withdraw the oldest request of somebody who does not have it."""
        place = next((i for i, (asker, _) in enumerate(self._requests) if asker == who), None)
        if place is not None:
            del self._requests[place]
            if place == 0 and self._requests:
                self._requests[0][1]()

    def leave(self, who: object) -> None:
        """Release or withdraw all that somebody has or waits for."""
        while any(asker == who for asker, _ in self._requests):
            self.release(who)
