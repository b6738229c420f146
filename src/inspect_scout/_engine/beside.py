"""What the scans of one process, in one event loop or in several threads, divide among them: memory and processors."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

from .budget import ByteBudget

_shares: set[ProcessShare] = set()
_lock = threading.Lock()


class ProcessShare:
    """The share of a scan in its process.

    Args:
        budget: Admits transcripts by their bytes; its total is kept up to date.
        memory_bytes: Its total if no other scan runs.
    """

    def __init__(self, budget: ByteBudget, memory_bytes: int) -> None:
        self.budget, self.memory_bytes = budget, memory_bytes
        self.workers = 0
        """Worker processes that the scan has started."""

    @property
    def workers_of_others(self) -> int:
        """Worker processes of the other scans of this process."""
        with _lock:
            return sum(share.workers for share in _shares if share is not self)

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

    def limit_memory(self, memory_bytes: int) -> None:
        """Keep to so many bytes if no other scan runs."""
        with _lock:
            self.memory_bytes = memory_bytes
            _divide()


def _divide() -> None:
    for share in _shares:
        share.budget.total = share.memory_bytes // len(_shares)
