"""Memory: transcripts are admitted by their bytes (`ByteBudget`), so that memory follows a budget and not the data.

The scans of one process, in one event loop or in several threads, divide its memory among them (`ProcessShare`). A transcript
that is larger than the share of a worker is read while no other worker reads such a one (`ExclusiveSlot`).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager

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
