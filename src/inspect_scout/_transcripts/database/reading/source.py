"""Transcripts in a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import anyio.to_thread
import pyarrow as pa

from ...._support.cache import Cache
from ...._support.errors import LocationError, LogReadError
from ...contract import Progress, TranscriptIndex, UnreadLogs
from ..files.data_file import DataFile, DataFileRow
from ..format.column_types import make_column
from ..format.names import SOURCE_TYPE, data_file_location, data_file_name, data_file_path
from ..format.schema import FILENAME, ID
from ..journal.snapshot import DatabaseSnapshot, load_snapshot
from .query_table import ALIASES, query_table
from .snapshot_index import SnapshotIndex

if TYPE_CHECKING:
    from ...._query import Query
    from ...._types import InputOrigin, Transcript, TranscriptInfo
    from .located import LocatedRow

_OPEN_FILES: Final = 32
_SHOWN: Final = 3
_RECENT: Final = 4
_MAX_CACHED_BYTES: Final = 32 << 20
"""Size of a snapshot up to which it is kept: a larger one is not kept for a query that may never come."""

_recent_snapshots: Cache[str, DatabaseSnapshot] = Cache(
    _RECENT, weigh=lambda snapshot: 1 if snapshot.table.nbytes <= _MAX_CACHED_BYTES else _RECENT + 1
)
"""The snapshots used last: a program that asks one database many questions reads its index once.

One taken from here is compared with what is there now by its signature. Measured for seven queries
over 20 000 transcripts, each through a new collection: 0.36 s of CPU instead of 0.50 s.
"""


class _NotThereError(Exception):
    """A transcript is not where the snapshot has it; perhaps the database was changed."""


class _SourceCache:
    """What a source remembers between two reads."""

    def __init__(self) -> None:
        self.snapshot: DatabaseSnapshot | None = None
        self.files: Cache[str, DataFile] = Cache(_OPEN_FILES)

    def forget(self) -> None:
        """Forget the snapshot and the open files, which may be those of another time."""
        self.snapshot = None
        self.files.clear()


@dataclass(frozen=True)
class DatabaseSource:
    """Transcripts in a database.

    Args:
        location: The database, in full form.
        ids: Only these transcripts, in this order (None: all).
        tolerant: Whether data files that cannot be read become problems, unless none can.
        unread: Data files whose transcripts follow those of `ids`, as far as they can be read by now.
    """

    location: str
    ids: tuple[str, ...] | None = None
    tolerant: bool = False
    unread: UnreadLogs | None = None
    _cache: _SourceCache = field(default_factory=_SourceCache, init=False, compare=False, repr=False)

    def __reduce__(self) -> tuple[type[DatabaseSource], tuple[Any, ...]]:
        # Open files stay behind: another process opens its own.
        return type(self), (self.location, self.ids, self.tolerant)

    def with_unread(self, unread: UnreadLogs, *, alone: bool = False) -> DatabaseSource:
        """Give the same transcripts, and behind them (or alone) those of logs that could not be read before."""
        return replace(self, ids=(), unread=unread) if alone else replace(self, unread=unread)

    @property
    def type(self) -> str:
        """Kind of source, as scans record it."""
        return SOURCE_TYPE

    async def index(self, query: Query, progress: Progress | None = None) -> TranscriptIndex:
        """Find the transcripts that a query selects, as the database is now.

        `sample_id` is another name of `transcript_id` in conditions.

        Args:
            query: What to select.
            progress: Told when the index is read.

        Raises:
            UnknownNameError: A condition names a column that no transcript has.
            LogReadError: The index of the database cannot be read.
        """
        snapshot = await self._refreshed()
        if progress is not None:
            progress(1, 1)
        return await anyio.to_thread.run_sync(self._selected, snapshot, query)

    async def locate(self, info: TranscriptInfo) -> LocatedRow:
        """Find the row of a transcript; where the database was changed meanwhile, as it is now.

        Raises:
            LogReadError: The transcript is not there.
        """
        from .located import LocatedRow  # here: what decodes transcripts needs Inspect

        row = await self._find_row(info)
        return LocatedRow(self.location, info, row, lambda: self._find_row(info, moved=True))

    async def _find_row(self, info: TranscriptInfo, *, moved: bool = False) -> DataFileRow:
        """Find the row of a transcript, also where its data file is gone (`moved`)."""
        if moved:
            self._cache.forget()
        snapshot = self._cache.snapshot
        if snapshot is not None:
            try:
                return await self._find_in(snapshot, info)
            except _NotThereError:
                pass
        snapshot = await self._refreshed()
        try:
            return await self._find_in(snapshot, info)
        except _NotThereError as error:
            raise LogReadError(self.location, str(error), repr(info.transcript_id)) from error

    async def version(self) -> object:
        """Tell what there is, so that one can see whether it has changed."""
        return (await self._refreshed()).signature

    async def _refreshed(self) -> DatabaseSnapshot:
        before = self._cache.snapshot or _recent_snapshots.get(self.location)
        self._cache.snapshot = snapshot = await load_snapshot(self.location, before, tolerant=self.tolerant)
        _recent_snapshots.put(self.location, snapshot)
        return snapshot

    async def _find_in(self, snapshot: DatabaseSnapshot, info: TranscriptInfo) -> DataFileRow:
        position = snapshot.positions.get(info.transcript_id)
        if position is None:
            raise _NotThereError("the database has no such transcript")
        name = snapshot.files[position]
        path = data_file_path(self.location, name)

        def find() -> DataFileRow:
            try:
                file = self._cache.files.fetch(path, lambda: DataFile(path))
                # The row is looked at: another program may have rewritten the file, under the same name.
                number = file.find_row(info.transcript_id, snapshot.rows[position])
            except LocationError as error:
                raise _NotThereError(f"its data file {name!r} is gone") from error
            except LogReadError as error:
                raise LogReadError(error.log, error.reason, repr(info.transcript_id)) from error
            if number is None:
                raise _NotThereError(f"it is not in the data file {name!r} that the index names")
            return DataFileRow(file, number)

        return find() if self._cache.files.get(path) is not None else await anyio.to_thread.run_sync(find)

    def _selected(self, snapshot: DatabaseSnapshot, query: Query) -> TranscriptIndex:
        if self.ids is not None:
            later = _readable_now(snapshot, self.ids, self.unread, self.location) if self.unread is not None else []
            gone = _missing_problems(snapshot, self.unread, self.location) if self.unread is not None else {}
            snapshot = _select_recorded(snapshot, self.ids, later, self.location)
            snapshot = replace(snapshot, problems={**snapshot.problems, **gone})
        return SnapshotIndex(snapshot, self.location, _selected_positions(snapshot, query))


async def read_origin(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
    """Read content again from where it was found.

    Args:
        origin: Where it was found.
        info: Description of the transcript.

    Raises:
        LogReadError: The transcript is gone, or has changed since.
    """
    from ...decode.views import view_of

    located = await _recent_source(origin.location).locate(info)
    if located.fingerprint != origin.fingerprint:
        raise LogReadError(origin.location, "the transcript has changed since it was scanned", repr(origin.member))
    return (await located.read(view_of(origin.view))).transcript


@lru_cache(maxsize=_RECENT)
def _recent_source(location: str) -> DatabaseSource:
    """Remember the databases that results name repeatedly."""
    return DatabaseSource(location, tolerant=True)


def _select_recorded(
    snapshot: DatabaseSnapshot, ids: Sequence[str], later: Sequence[int], location: str
) -> DatabaseSnapshot:
    """Find recorded transcripts again, in their order, and some others; those that are gone become a problem."""
    found = [position for id in ids if (position := snapshot.positions.get(id)) is not None] + [*later]
    problems = dict(snapshot.problems)
    missing = [id for id in ids if id not in snapshot.positions]
    if missing:
        shown = ", ".join(map(repr, missing[:_SHOWN])) + (", ..." if len(missing) > _SHOWN else "")
        problems[f"{len(missing)} transcripts are no longer in {location!r}: {shown}."] = ()
    table = snapshot.table.take(make_column(found, pa.int64()))
    return replace(snapshot, table=table, rows=[snapshot.rows[position] for position in found], problems=problems)


def _readable_now(snapshot: DatabaseSnapshot, ids: Sequence[str], unread: UnreadLogs, location: str) -> list[int]:
    """Choose among the transcripts of data files that could not be read before; the database as a whole means any."""
    table = snapshot.table.select([ID, FILENAME]).to_pydict()
    recorded, paths = frozenset(ids), frozenset(unread.paths)
    names = {name for name in set(table[FILENAME]) if location in paths or data_file_location(location, name) in paths}
    chosen = _selected_positions(snapshot, replace(unread.query, limit=None))
    positions = range(len(table[ID])) if chosen is None else chosen
    added = [p for p in positions if table[FILENAME][p] in names and table[ID][p] not in recorded]
    return added[: unread.room(len(recorded))]


def _missing_problems(snapshot: DatabaseSnapshot, unread: UnreadLogs, location: str) -> dict[str, Sequence[str]]:
    """Report the data files that could not be read before and are not there now."""
    there = {*snapshot.files, *(name for names in snapshot.problems.values() for name in names)}
    accounted = {location, *(data_file_location(location, name) for name in there)}
    gone = (path for path in unread.paths if path not in accounted)
    reason = "it is gone, or its transcripts were moved to other files."
    return {f"Cannot read {path!r}: {reason}": [data_file_name(location, path)] for path in gone}


def _selected_positions(snapshot: DatabaseSnapshot, query: Query) -> Sequence[int] | None:
    """Positions of the rows that a query selects; None: all."""
    from ...._query import select

    if query.where or query.order_by:
        table = query_table(snapshot.table, query, ALIASES)
    elif query.shuffle is not None:
        table = snapshot.table.select([ID])
    else:
        rows = snapshot.table.num_rows
        return None if query.limit is None or query.limit >= rows else range(query.limit)
    positions: list[int] = select(table, query, key=ID, aliases=ALIASES)
    return positions
