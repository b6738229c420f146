"""From what scanners reported to rows that are durable, and the tables of a running scan kept up to date."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from ..._results import JournalWriter
from ..._support.clock import SYSTEM_CLOCK, Clock
from ..._types import ResultReport, ScannerState, TranscriptInfo
from ..workers.protocol import Committed

logger = logging.getLogger("inspect_scout")

PATIENCE_SECONDS = 10.0
"""How long nothing can be written before that is an error; object stores have been asked again for 20 s each time by then."""


@dataclass(frozen=True, slots=True)
class _PendingPair:
    number: int
    transcript_id: str
    scanner: str
    counts: ScannerState
    reused: bool


class DurableRecorder:
    """Hands pairs to a journal, and tells what is durable.

    Rows that cannot be written are kept and tried again; when nothing could be written for `PATIENCE_SECONDS`, that is an
    error.

    Args:
        journal: Where rows go.
        clock: Tells how long writing has failed.
    """

    def __init__(self, journal: JournalWriter, clock: Clock = SYSTEM_CLOCK) -> None:
        self._journal, self._clock = journal, clock
        self._failing_since: float | None = None
        self._pairs: list[_PendingPair] = []
        self._finished: list[tuple[int, int, str]] = []

    @property
    def waiting(self) -> int:
        """Pairs that are not known to be durable."""
        return len(self._pairs)

    async def record(
        self, info: TranscriptInfo, scanner: str, reports: Sequence[ResultReport], reused: bool = False
    ) -> None:
        """Record a pair: all its rows, or the fact that it has none.

        Args:
            info: The transcript.
            scanner: Key of the scanner.
            reports: What it reported.
            reused: Whether these reports were recalled.

        Raises:
            OSError: Nothing could be written for too long.
            ScanStateError: The scan was deleted, or taken over by another process.
        """
        # Noted before anything is waited for: whoever is cancelled while rows are written has recorded the pair all the same.
        counts = self._journal.take(info, scanner, reports)
        self._pairs.append(_PendingPair(self._journal.appended, info.transcript_id, scanner, counts, reused))
        await self._flush()

    def finished(self, ticket: int, info: TranscriptInfo) -> None:
        """Take note that all pairs of a unit were handed over."""
        self._finished.append((self._journal.appended, ticket, info.transcript_id))

    async def write(self, *, now: bool = False) -> Committed:
        """Write what has waited long enough, or all there is; tells what has become durable by it.

        Args:
            now: Whether to write all there is.

        Raises:
            OSError: Nothing could be written for too long.
            ScanStateError: The scan was deleted, or taken over by another process.
        """
        await self._flush(now=now)
        durable = self._journal.durable
        pairs = [pair for pair in self._pairs if pair.number <= durable]
        self._pairs = [pair for pair in self._pairs if pair.number > durable]
        finished = [(ticket, transcript_id) for taken, ticket, transcript_id in self._finished if taken <= durable]
        self._finished = [unit for unit in self._finished if unit[0] > durable]
        counts: dict[str, ScannerState] = {}
        for pair in pairs:
            counts[pair.scanner] = counts[pair.scanner] + pair.counts if pair.scanner in counts else pair.counts
        whole = {transcript_id for _, transcript_id in finished}
        return Committed(
            tickets=[ticket for ticket, _ in finished],
            counts=counts,
            reused=sum(pair.reused for pair in pairs),
            parts=[(pair.transcript_id, pair.scanner) for pair in pairs if pair.transcript_id not in whole],
        )

    async def close(self) -> None:
        """Write what is left, and see that what was written is still there.

        Raises:
            OSError: Something could not be written.
            ScanStateError: The scan was deleted, or taken over by another process.
        """
        await self._journal.aclose()

    async def _flush(self, *, now: bool = False) -> None:
        durable = self._journal.durable
        try:
            await (self._journal.flush() if now else self._journal.flush_if_due())
        except OSError as error:
            moment = self._clock.monotonic()
            if self._failing_since is None:
                self._failing_since = moment
                logger.warning("Rows could not be written, trying again: %s", error)
            elif moment - self._failing_since >= PATIENCE_SECONDS:
                raise
        if self._journal.durable > durable:
            self._failing_since = None


class TableSync:
    """Brings the tables of a running scan up to date, one time after the other.

    Args:
        every: After this many pairs (0: never).
        sync: Brings them up to date.
    """

    def __init__(self, every: int, sync: Callable[[], Awaitable[Any]]) -> None:
        self._every, self._sync = every, sync
        self._pairs = 0
        self._running: asyncio.Task[None] | None = None

    def recorded(self, pairs: int) -> None:
        """Take note of pairs that are durable."""
        self._pairs += pairs
        if self._every and self._pairs >= self._every and (self._running is None or self._running.done()):
            self._pairs = 0
            self._running = asyncio.create_task(self._run())

    @asynccontextmanager
    async def ended(self) -> AsyncGenerator[None]:
        """Let no update outlive the block."""
        try:
            yield
        finally:
            if self._running is not None:
                await self._running

    async def _run(self) -> None:
        try:
            await self._sync()
        except Exception as error:  # noqa: BLE001 - the rows are safe in the journal; the next update tries again
            logger.warning("The tables of the running scan could not be brought up to date: %s", error)
