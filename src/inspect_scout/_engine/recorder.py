"""From the worker to the journal, and the tables of a running scan kept up to date."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from .._results import Journal
from .._support.errors import StorageError
from .._types import PairRecorded, ResultReport, TranscriptInfo
from .feed import Feed

logger = logging.getLogger("inspect_scout")


class Recorder:
    """Records pairs of transcript and scanner.

    Args:
        journal: Where rows go.
        feed: Hears of them.
        every: Bring the tables up to date after this many pairs (0: only at the end).
        sync: Brings the tables up to date.
    """

    def __init__(
        self, journal: Journal, feed: Feed, every: int = 0, sync: Callable[[], Awaitable[Any]] | None = None
    ) -> None:
        self._journal = journal
        self._feed = feed
        self._every = every if sync is not None else 0
        self._sync = sync
        self._since_sync = 0
        self._failing = False
        self._syncing: asyncio.Task[None] | None = None

    async def record(self, info: TranscriptInfo, scanner: str, reports: Sequence[ResultReport]) -> None:
        """Record a pair: all its rows, or the fact that it has none."""
        counts = await self._journal.append(info, scanner, reports)
        self._feed.emit(PairRecorded(at=time.time(), scanner=scanner, counts=counts))
        self.noticed(1)

    def noticed(self, pairs: int) -> None:
        """Bring the tables up to date if that many more pairs, recorded here or by a worker, make it due."""
        if self._every:
            self._since_sync += pairs
            if self._since_sync >= self._every and (self._syncing is None or self._syncing.done()):
                self._since_sync = 0
                self._syncing = asyncio.create_task(self._sync_now())

    async def tick(self) -> None:
        """Write what has waited long enough (called again and again)."""
        try:
            await self._journal.flush_if_due()
            self._failing = False
        except StorageError as error:
            if not self._failing:
                logger.warning("Rows could not be written, trying again: %s", error)
            self._failing = True
        self._feed.show()

    async def close(self) -> None:
        """Write all that is left, after a running update of the tables has ended."""
        if self._syncing is not None:
            await self._syncing
        await self._journal.aclose()

    async def _sync_now(self) -> None:
        if self._sync is None:
            return
        try:
            await self._journal.flush()
            await self._sync()
        except Exception as error:  # noqa: BLE001 - the rows are safe in the journal; the next update tries again
            logger.warning("The tables of the running scan could not be brought up to date: %s", error)
