"""The journal of a running scan: small files that are written once and never changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..._support.clock import SYSTEM_CLOCK, Clock
from ..._support.errors import ScoutError
from ..._support.foreign import foreign
from ..._support.ids import new_id
from ..._support.storage import Storage, is_local, join
from ..layout import JOURNAL, TABLE_SUFFIX
from ..rows.pair_records import ScannerPairs, counts_of_record
from ..rows.parquet import encode_journal_file
from ..rows.row_writer import PairRows, RowWriter
from .totals import insert_totals

if TYPE_CHECKING:
    from ..._types import ResultReport, ScannerState, TranscriptInfo

FLUSH_SECONDS = 0.7
"""Rows wait this long before they are due; who records looks for them so often that none waits for a second."""

REMOTE_FLUSH_SECONDS = 5.0
"""The same where each file costs a request, once more for each reader of a running scan."""

FLUSH_ROWS = 1000
FLUSH_BYTES = 8 * 2**20

GROUP_ROWS = 250
"""Rows that are enough for a row group; one of fewer rows holds those of several scanners."""


class UnwritableError(ScoutError, ValueError):
    """What a scanner returned, or what its transcript holds, cannot be written: its own code raised when it was read."""


class JournalWriter:
    """Collects the rows of one writer and writes them in files of some hundred rows.

    What `append` was given is durable once a flush that began later has returned.

    Args:
        directory: Directory of the scan.
        storage: Where it is.
        rows: Makes rows of reports.
        after: Stamp of the newest file of the journal; this writer's files come later.
        clock: Time.
        writer_id: Name of this writer, different from all others of the scan.
        check: Raises if the scan is no longer there, or no longer ours: writing would make half a scan of nothing.
    """

    def __init__(
        self,
        directory: str,
        storage: Storage,
        rows: RowWriter,
        after: int = 0,
        clock: Clock = SYSTEM_CLOCK,
        writer_id: str | None = None,
        check: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._check = check
        self._folder = join(directory, JOURNAL)
        self._storage = storage
        self._flush_seconds = FLUSH_SECONDS if is_local(directory) else REMOTE_FLUSH_SECONDS
        self._rows = rows
        self._clock = clock
        self._writer = writer_id or new_id()[:8]
        self._stamp = after
        self._sequence = 0
        self._waiting: list[PairRows] = []
        self._waiting_rows = self._waiting_bytes = 0
        self._since = 0.0
        self._unsent: tuple[str, bytes] | None = None
        self.appended = self.durable = 0
        """Pairs that were taken, and how many of the first of these are written."""
        self._sent_with = 0
        self._lock = asyncio.Lock()

    async def append(self, info: TranscriptInfo, scanner: str, reports: Sequence[ResultReport]) -> ScannerState:
        """Take the reports of a pair, as `take` does, and write what is due.

        Raises:
            StorageError: A flush that was due failed; the rows are kept, and the next flush tries again.
        """
        counts = self.take(info, scanner, reports)
        await self.flush_if_due()
        return counts

    def take(self, info: TranscriptInfo, scanner: str, reports: Sequence[ResultReport]) -> ScannerState:
        """Take the reports of a pair of transcript and scanner; none means that it is done and has no rows.

        Returns:
            What they amount to.

        Raises:
            UnknownNameError: The scan has no such scanner.
            UnwritableError: They hold objects that cannot be written; nothing was taken.
        """
        pair: PairRows | None = None
        with foreign() as ran:  # values and metadata may be objects of anybody
            pair = self._rows.pair(info, scanner, reports)
        if pair is None:
            if isinstance(ran.error, ScoutError):
                raise ran.error
            raise UnwritableError(
                f"The result of scanner {scanner!r} on transcript {info.transcript_id!r} cannot be recorded: writing it as "
                f"JSON raised {type(ran.error).__name__}. Return values and metadata that are JSON."
            ) from ran.error
        if not self._waiting:
            self._since = self._clock.monotonic()
        self._waiting.append(pair)
        self.appended += 1
        self._waiting_rows += max(1, len(pair.rows))
        self._waiting_bytes += pair.size
        return counts_of_record(pair.record)

    async def flush_if_due(self) -> None:
        """Write what waits, if it is much or has waited long."""
        if (self._waiting or self._unsent is not None) and (
            self._waiting_rows >= FLUSH_ROWS
            or self._waiting_bytes >= FLUSH_BYTES
            or self._clock.monotonic() - self._since >= self._flush_seconds
        ):
            await self.flush()

    async def flush(self) -> None:
        """Write what waits.

        Raises:
            StorageError: Writing failed; the rows are kept, and the next flush tries again.
            ScanStateError: The scan was deleted, or taken over by another process.
        """
        async with self._lock:
            await self._send()
            if self._waiting:
                pairs, self._waiting, self._sent_with = self._waiting, [], self.appended
                self._waiting_rows = self._waiting_bytes = 0
                # What cannot be written is tried again when as much time has passed.
                self._since = self._clock.monotonic()
                self._unsent = (self._next_path(), _journal_file(self._rows, pairs))
                await self._send()

    async def aclose(self) -> None:
        """Write all that is left, and see that what was written is still there."""
        await self.flush()
        if self._check is not None:
            await self._check()

    async def _send(self) -> None:
        # Kept until writing has succeeded, and sent again under the same name: if only the answer to the first
        # attempt was lost, the second changes nothing.
        if self._unsent is not None:
            if self._check is not None:
                await self._check()
            await self._storage.write(*self._unsent)
            self._unsent = None
            self.durable = self._sent_with

    def _next_path(self) -> str:
        self._stamp = max(self._stamp + 1, int(self._clock.now().timestamp() * 1e6))
        self._sequence += 1
        return join(self._folder, f"{self._stamp:020d}-{self._writer}-{self._sequence:06d}{TABLE_SUFFIX}")


def file_stamp(name: str) -> int:
    """Give the stamp in the name of a journal file; 0 for other files."""
    stamp = name.partition("-")[0]
    return int(stamp) if len(stamp) == 20 and stamp.isascii() and stamp.isdigit() else 0


def _journal_file(rows: RowWriter, pairs: Sequence[PairRows]) -> bytes:
    by_scanner: dict[str, list[PairRows]] = {}
    for pair in pairs:
        by_scanner.setdefault(pair.scanner, []).append(pair)
    # Sorted: scanners that are merged together stand together in all files.
    records = [ScannerPairs(key, [pair.record for pair in by_scanner[key]]) for key in sorted(by_scanner)]
    fill_nulls = [[pair for pair in by_scanner[key] if pair.rows] for key in sorted(by_scanner)]
    return insert_totals(
        encode_journal_file(records, [rows.table(group) for group in _row_groups(fill_nulls)]), records
    )


def _row_groups(fill_nulls: Iterable[list[PairRows]]) -> Iterator[list[PairRows]]:
    """Put the rows of scanners together until they are worth a row group.

    A group costs as much as 200 rows, however few it has: with one for each of 200 scanners a pair cost five times as much.
    """
    group: list[PairRows] = []
    count = 0
    for pairs in fill_nulls:
        group += pairs
        count += sum(len(pair.rows) for pair in pairs)
        if count >= GROUP_ROWS:
            yield group
            group, count = [], 0
    if group:
        yield group
