"""Which rows of a scan are where: in its tables, or in the journal, which is newer than they are."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa

from ..._support.errors import LocationError, UnknownNameError
from ..._support.json import loads
from ..._support.shapes import is_list, is_mapping
from ..._support.storage import FileChangedError, Storage, for_each, join, run_blocking
from ..layout import EMPTY_FILE, JOURNAL, TABLE_SUFFIX, file_name, scanner_of_table
from ..rows.arrow_tables import Int64Array, cells, find_runs
from ..rows.pair_records import PairRecord, ScannerPairs, decode_pairs
from ..rows.parquet import DamagedFileError, open_table
from ..rows.schema import merged_schema, results_schema
from .row_groups import SHARED_BYTES, RowGroup, RowGroupReader, Segment, SharedGroups
from .writer import file_stamp

logger = logging.getLogger(__name__)

T = TypeVar("T")

_ATTEMPTS = 3
Runner: TypeAlias = "Callable[[str, Callable[[], Any]], Awaitable[Any]]"


class UnknownScannerError(UnknownNameError, KeyError, FileNotFoundError):
    """A scan has no results of this scanner."""

    def __init__(self, name: str, known: Iterable[str] = (), _: object = None) -> None:
        super().__init__("scanner", name, known)

    def __reduce__(self) -> tuple[type[UnknownScannerError], tuple[str, tuple[str, ...]]]:  # type: ignore[override]
        return type(self), (self.name, self.known)

    def __str__(self) -> str:
        return Exception.__str__(self)


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """Where the rows of a pair are: file, row group, first row in it, and what the journal says of the pair."""

    path: str
    group: int
    start: int
    record: PairRecord


@dataclass(frozen=True, slots=True)
class _FileIndex:
    """What the footer of a journal file says: its pairs, group and first row of each scanner, bytes of each group."""

    pairs: Sequence[ScannerPairs] = ()
    starts: Sequence[tuple[int, int]] = ()
    sizes: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class JournalIndex:
    """Which rows a scan directory holds at one moment, and where.

    Args:
        storage: Where it is.
        tables: File of each scanner that has one.
        journal: Newest entry of each pair: scanner -> transcript id -> entry.
        empty: Pairs recorded without a row, besides those of the journal.
        files: Files of the journal, oldest first.
        damaged: Files of the journal that cannot be read; their pairs are not recorded.
        group_bytes: Bytes of the row groups of the journal in memory, about.
        shared_groups: Row groups that are read once for several scanners.
    """

    storage: Storage
    tables: Mapping[str, str]
    journal: Mapping[str, Mapping[str, IndexEntry]]
    empty: Mapping[str, frozenset[str]]
    files: Sequence[str]
    damaged: Sequence[str] = field(default_factory=list[str])
    group_bytes: Mapping[RowGroup, int] = field(default_factory=dict[RowGroup, int])
    shared_groups: SharedGroups | None = None

    def scanners_with_rows(self) -> list[str]:
        """Keys of the scanners that have rows, sorted."""
        with_rows = (s for s, entries in self.journal.items() if any(p.record.rows for p in entries.values()))
        return sorted({*self.tables, *with_rows})

    def recorded_scanners(self) -> list[str]:
        """Keys of the scanners that have recorded pairs, sorted."""
        return sorted({*self.tables, *self.journal, *self.empty})

    def empty_pairs(self, scanner: str) -> set[str]:
        """Transcripts for which a scanner was given nothing."""
        entries = self.journal.get(scanner, {})
        kept = {t for t in self.empty.get(scanner, ()) if t not in entries}
        return kept | {t for t, entry in entries.items() if not entry.record.rows}

    def schema(self, scanner: str) -> pa.Schema:
        """Schema of a scanner's rows."""
        keys = {key for entry in self.journal.get(scanner, {}).values() for key in entry.record.keys}
        schemas = [results_schema(keys)]
        if scanner in self.tables:
            with open_table(self.storage, self.tables[scanner]) as file:
                schemas.append(file.schema)
        return merged_schema(schemas)

    def rows(
        self, scanner: str, order: Iterable[str], schema: pa.Schema, only: Int64Array | None = None
    ) -> Iterator[pa.Table]:
        """Read a scanner's rows in the order of transcripts, in tables of some rows.

        Args:
            scanner: Key of the scanner.
            order: Transcript ids; the rows of others follow at the end.
            schema: Columns to read, and their types.
            only: Numbers of the rows to read, ascending (None: all).

        Raises:
            LocationError: A file has vanished since (the journal was merged): load the index again.
            StorageError: A file is damaged.
        """
        entries = self.journal.get(scanner, {})
        reader = RowGroupReader(self.storage, schema, _group_ranges(entries), self.shared_groups)
        found: list[tuple[str, Segment]] = []
        if scanner in self.tables:
            found += _table_segments(self.storage, self.tables[scanner], entries)
        found += [
            (transcript_id, reader.segment(entry.path, entry.group, entry.start, entry.record.rows))
            for transcript_id, entry in entries.items()
            if entry.record.rows
        ]
        segments = _joined_segments(_in_order(found, order))
        yield from reader.tables(segments if only is None else _selected_segments(segments, only))

    def count(self, scanner: str) -> int:
        """Count the rows of a scanner."""
        entries = self.journal.get(scanner, {})
        found = sum(entry.record.rows for entry in entries.values())
        if scanner in self.tables:
            found += sum(segment.count for _, segment in _table_segments(self.storage, self.tables[scanner], entries))
        return found

    def with_shared_groups(
        self, scanners: Iterable[str], columns: Sequence[str] | None = None
    ) -> Iterator[tuple[str, JournalIndex]]:
        """Go through scanners whose rows will be read, each with an index that reads what they share only once.

        Files of the journal hold rows of many scanners: opened for each of them, they made a pair dearer the more
        scanners there are.

        Args:
            scanners: Keys of the scanners; they come sorted.
            columns: Columns that will be read (None: all).
        """
        together: list[str] = []
        groups: set[RowGroup] = set()
        size = 0
        for scanner in sorted(scanners):
            own = {(entry.path, entry.group) for entry in self.journal.get(scanner, {}).values() if entry.record.rows}
            more = sum(self.group_bytes.get(group, 0) for group in own - groups)
            if together and size + more > SHARED_BYTES:
                yield from self._share_groups(together, groups, columns)
                together, groups, size = [], set[RowGroup](), 0
                more = sum(self.group_bytes.get(group, 0) for group in own)
            together.append(scanner)
            groups |= own
            size += more
        yield from self._share_groups(together, groups, columns)

    def _share_groups(
        self, scanners: Sequence[str], groups: set[RowGroup], columns: Sequence[str] | None
    ) -> Iterator[tuple[str, JournalIndex]]:
        shared_groups = SharedGroups(self.storage, groups, columns) if len(scanners) > 1 else None
        for scanner in scanners:
            yield scanner, replace(self, shared_groups=shared_groups)


async def load_index(storage: Storage, location: str) -> JournalIndex:
    """Read which rows a scan directory holds, and where."""
    # The journal is listed first: rows that are merged meanwhile are then seen twice, and counted once, but never missed.
    files = await _journal_files(storage, location)
    journal: dict[str, dict[str, IndexEntry]] = {}
    damaged: list[str] = []
    sizes: dict[RowGroup, int] = {}
    for path, file_index in zip(files, await for_each(location, files, lambda path: _read_file_index(storage, path))):
        if file_index is None:
            damaged.append(path)
        else:
            _add_pairs(path, file_index, journal)
            sizes.update({(path, group): size for group, size in enumerate(file_index.sizes)})
    tables = await _table_paths(storage, location)
    return JournalIndex(storage, tables, journal, await _read_empty_pairs(storage, location), files, damaged, sizes)


async def with_index(
    storage: Storage, location: str, work: Callable[[JournalIndex], T], run: Runner = run_blocking
) -> T:
    """Do what reads rows; again, with the rows of that moment, if the journal was merged meanwhile.

    Args:
        storage: Where the scan is.
        location: The scan.
        work: Reads rows.
        run: Runs it (`run_in_thread`: in a thread in any case).
    """
    left = _ATTEMPTS
    while True:
        left -= 1
        index = await load_index(storage, location)
        try:
            found: T = await run(location, functools.partial(work, index))
        except (LocationError, FileChangedError):
            if not left:
                raise
        else:
            return found


async def load_table_index(storage: Storage, location: str) -> JournalIndex:
    """Read which rows the tables of a scan directory hold, as if there were no journal."""
    return JournalIndex(storage, await _table_paths(storage, location), {}, {}, ())


async def _table_paths(storage: Storage, location: str) -> dict[str, str]:
    return {key: e.path for e in await storage.list(location, recursive=False) if (key := scanner_of_table(e.path))}


async def pairs_of_writer(storage: Storage, location: str, writer_id: str) -> dict[str, dict[str, PairRecord]]:
    """List the pairs in the journal files of one writer."""
    files = await _journal_files(storage, location)
    own = [path for path in files if file_name(path).split("-")[1:2] == [writer_id]]
    journal: dict[str, dict[str, IndexEntry]] = {}
    for path, file_index in zip(own, await for_each(location, own, lambda path: _read_file_index(storage, path))):
        _add_pairs(
            path, file_index or _FileIndex(), journal
        )  # what is damaged, or was merged meanwhile, is scanned again
    return {scanner: {t: entry.record for t, entry in entries.items()} for scanner, entries in journal.items()}


async def _journal_files(storage: Storage, location: str) -> list[str]:
    listed = await storage.list(join(location, JOURNAL), recursive=False)
    names = [e.path for e in listed if file_stamp(file_name(e.path)) and e.path.endswith(TABLE_SUFFIX)]
    return sorted(names, key=file_name)


async def _read_file_index(storage: Storage, path: str) -> _FileIndex | None:
    """Read which pairs a journal file holds; None if it is damaged.

    Raises:
        StorageError: It cannot be read at this moment.
    """
    try:
        return await run_blocking(path, lambda: _read_footer(storage, path))
    except LocationError:
        return _FileIndex()  # merged since it was listed
    except DamagedFileError as error:
        logger.warning("Skipping a part of the journal, its pairs will be scanned again: %s", error)
        return None


def _read_footer(storage: Storage, path: str) -> _FileIndex:
    with open_table(storage, path) as file:
        metadata, rows, sizes = file.metadata, file.group_rows(), file.group_bytes()
    try:
        pairs = decode_pairs(metadata)
    except ValueError as error:
        raise DamagedFileError(f"Cannot use {path!r}: {error}.") from error
    starts = _row_starts(pairs, rows)
    if any(record.rows < 0 for own in pairs for record in own.pairs) or starts is None:
        raise DamagedFileError(f"Cannot use {path!r}: it does not hold the rows that it announces.")
    return _FileIndex(pairs, starts, sizes)


def _add_pairs(path: str, file_index: _FileIndex, journal: dict[str, dict[str, IndexEntry]]) -> None:
    """Add the pairs of a file, which replace what older files say of them."""
    for own, (group, start) in zip(file_index.pairs, file_index.starts, strict=True):
        entries = journal.setdefault(own.scanner, {})
        row = start
        for record in own.pairs:
            entries[record.transcript_id] = IndexEntry(path, group, row, record)
            row += record.rows


def _row_starts(pairs: Iterable[ScannerPairs], sizes: Sequence[int]) -> list[tuple[int, int]] | None:
    """Row group and first row of each scanner; None if the groups do not hold the rows that are announced.

    A group holds all rows of one scanner, or of several that follow one another; a scanner without rows is in none.
    """
    starts: list[tuple[int, int]] = []
    group = row = 0
    for own in pairs:
        starts.append((group, row))
        row += sum(record.rows for record in own.pairs)
        if row and (group >= len(sizes) or row > sizes[group]):
            return None
        if row and row == sizes[group]:
            group, row = group + 1, 0
    return starts if row == 0 and group == len(sizes) else None


def _group_ranges(entries: Mapping[str, IndexEntry]) -> dict[RowGroup, range]:
    """Rows of each row group among which those of a scanner are."""
    parts: dict[RowGroup, range] = {}
    for entry in entries.values():
        if entry.record.rows:
            own = range(entry.start, entry.start + entry.record.rows)
            known = parts.get((entry.path, entry.group), own)
            parts[entry.path, entry.group] = range(min(known.start, own.start), max(known.stop, own.stop))
    return parts


async def _read_empty_pairs(storage: Storage, location: str) -> dict[str, frozenset[str]]:
    try:
        text = await storage.read(join(location, EMPTY_FILE))
        pairs = loads(text)
    except LocationError:
        return {}
    except (ValueError, RecursionError) as error:
        logger.warning("Ignoring %s: %s", join(location, EMPTY_FILE), error)
        return {}
    ids = {key: of_key for key, of_key in pairs.items() if is_list(of_key)} if is_mapping(pairs) else {}
    found = {scanner: frozenset(i for i in of_one if isinstance(i, str)) for scanner, of_one in ids.items()}
    if not is_mapping(pairs) or len(ids) < len(pairs) or any(len(found[s]) < len(set(map(str, ids[s]))) for s in ids):
        logger.warning("Parts of %s cannot be read; their pairs will be scanned again", join(location, EMPTY_FILE))
    return found


def _table_segments(storage: Storage, path: str, entries: Mapping[str, IndexEntry]) -> list[tuple[str, Segment]]:
    """Runs of rows of one transcript in a table, without those that the journal replaces."""
    found: list[tuple[str, Segment]] = []
    with open_table(storage, path) as file:
        for group in range(len(file.group_rows())):
            ids = cells(file.read_group(group, ["transcript_id"]), "transcript_id")
            start = 0
            for end in range(1, len(ids) + 1):
                if end == len(ids) or ids[end] != ids[start]:
                    if ids[start] not in entries:
                        found.append((ids[start], Segment(path, group, start, end - start)))
                    start = end
    return found


def _in_order(found: Sequence[tuple[str, Segment]], order: Iterable[str]) -> list[Segment]:
    rank = {transcript_id: i for i, transcript_id in enumerate(order)}
    for transcript_id, _ in found:
        rank.setdefault(transcript_id, len(rank))
    return [segment for _, segment in sorted(found, key=lambda item: rank[item[0]])]


def _joined_segments(segments: Iterable[Segment]) -> Iterator[Segment]:
    last: Segment | None = None
    for segment in segments:
        if last is None:
            last = segment
        elif (last.path, last.group, last.start + last.count) == (segment.path, segment.group, segment.start):
            last = Segment(last.path, last.group, last.start, last.count + segment.count)
        else:
            yield last
            last = segment
    if last is not None:
        yield last


def _selected_segments(segments: Iterable[Segment], row_numbers: Int64Array) -> Iterator[Segment]:
    """Keep those rows of segments that have certain numbers among all."""
    before = 0
    for segment in segments:
        first, last = np.searchsorted(row_numbers, [before, before + segment.count])
        for start, count in find_runs(row_numbers[first:last] - before):
            yield Segment(segment.path, segment.group, segment.start + start, count)
        before += segment.count
