"""Which rows of a scan are where: the tables, and the journal that is newer than they are."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from .._support.errors import LocationError
from .._support.json import loads
from .._support.shapes import is_list, is_mapping
from .._support.storage import Entry, Storage, for_each, join, run_blocking
from .journal import stamp_of
from .layout import EMPTY_FILE, JOURNAL, TABLE_SUFFIX, file_name, table_key
from .pairs import PairRecord, ScannerPairs, decode_pairs
from .parquet import DamagedFileError, open_table
from .schema import conform, merged_schema, results_schema
from .table import cells, joined, take

logger = logging.getLogger(__name__)

CACHE_BYTES = 128 * 2**20
"""Rows read ahead that may wait for their turn in the order of transcripts."""

BATCH_ROWS = 1024
BATCH_BYTES = 32 * 2**20
"""Rows and bytes of row groups that are put together in the order of transcripts."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of a pair are: file, row group, first row in it, and what the journal says of the pair."""

    path: str
    group: int
    start: int
    record: PairRecord


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows that stand together in a row group of a file."""

    path: str
    group: int
    start: int
    count: int


@dataclass(frozen=True, slots=True)
class Catalog:
    """A scan directory at one moment.

    Args:
        storage: Where it is.
        tables: File of each scanner that has one.
        journal: Newest place of each pair: scanner -> transcript id -> place.
        empty: Pairs recorded without a row, besides those of the journal.
        files: Files of the journal, oldest first.
        damaged: Files of the journal that cannot be read; their pairs are not recorded.
    """

    storage: Storage
    tables: Mapping[str, str]
    journal: Mapping[str, Mapping[str, Place]]
    empty: Mapping[str, frozenset[str]]
    files: Sequence[str]
    damaged: Sequence[str] = field(default_factory=list[str])

    def scanners(self) -> list[str]:
        """Keys of the scanners that have rows, sorted."""
        with_rows = (s for s, places in self.journal.items() if any(p.record.rows for p in places.values()))
        return sorted({*self.tables, *with_rows})

    def known(self) -> list[str]:
        """Keys of the scanners that have recorded pairs, sorted."""
        return sorted({*self.tables, *self.journal, *self.empty})

    def empty_pairs(self, scanner: str) -> set[str]:
        """Transcripts for which a scanner was given nothing."""
        places = self.journal.get(scanner, {})
        kept = {t for t in self.empty.get(scanner, ()) if t not in places}
        return kept | {t for t, place in places.items() if not place.record.rows}

    def schema(self, scanner: str) -> pa.Schema:
        """Schema of a scanner's rows."""
        keys = {key for place in self.journal.get(scanner, {}).values() for key in place.record.keys}
        schemas = [results_schema(keys)]
        if scanner in self.tables:
            with open_table(self.storage, self.tables[scanner]) as file:
                schemas.append(file.schema)
        return merged_schema(schemas)

    def rows(self, scanner: str, order: Iterable[str], schema: pa.Schema) -> Iterator[pa.Table]:
        """Read a scanner's rows in the order of transcripts, in tables of some rows.

        Args:
            scanner: Key of the scanner.
            order: Transcript ids; the rows of others follow at the end.
            schema: Columns to read, and their types.

        Raises:
            LocationError: A file has vanished since (the journal was merged): load the catalog anew.
            StorageError: A file is damaged.
        """
        places = self.journal.get(scanner, {})
        found: list[tuple[str, Segment]] = []
        if scanner in self.tables:
            found += _table_segments(self.storage, self.tables[scanner], places)
        found += [(t, Segment(p.path, p.group, p.start, p.record.rows)) for t, p in places.items() if p.record.rows]
        yield from _GroupReader(self.storage, schema).tables(_joined(_sorted(found, order)))


async def load_catalog(storage: Storage, location: str) -> Catalog:
    """Look into a scan directory."""
    # The journal is listed first: rows that are merged meanwhile are then seen twice, and counted once, but never missed.
    entries = await storage.list(join(location, JOURNAL), recursive=False)
    files = _journal_files(entries)
    journal: dict[str, dict[str, Place]] = {}
    damaged: list[str] = []
    for path, pairs in zip(files, await for_each(location, files, lambda path: _announced_pairs(storage, path))):
        if pairs is None:
            damaged.append(path)
        else:
            _note(path, pairs, journal)
    tables = {key: e.path for e in await storage.list(location, recursive=False) if (key := table_key(e.path))}
    return Catalog(storage, tables, journal, await _read_empty(storage, location), files, damaged)


async def pairs_of_writer(storage: Storage, location: str, writer_id: str) -> dict[str, dict[str, PairRecord]]:
    """List the pairs in the journal files of one writer."""
    entries = await storage.list(join(location, JOURNAL), recursive=False)
    own = [path for path in _journal_files(entries) if file_name(path).split("-")[1:2] == [writer_id]]
    journal: dict[str, dict[str, Place]] = {}
    for path, pairs in zip(own, await for_each(location, own, lambda path: _announced_pairs(storage, path))):
        _note(path, pairs or (), journal)  # what is damaged, or was merged meanwhile, is scanned again
    return {scanner: {t: place.record for t, place in places.items()} for scanner, places in journal.items()}


def has_journal(entries: Iterable[Entry]) -> bool:
    """Tell whether files of a journal folder hold rows."""
    return bool(_journal_files(entries))


def _journal_files(entries: Iterable[Entry]) -> list[str]:
    names = [e.path for e in entries if stamp_of(file_name(e.path)) and e.path.endswith(TABLE_SUFFIX)]
    return sorted(names, key=file_name)


async def _announced_pairs(storage: Storage, path: str) -> Sequence[ScannerPairs] | None:
    """Read which pairs a file of the journal holds; None if it is damaged.

    Raises:
        StorageError: It cannot be read at this moment.
    """
    try:
        return await run_blocking(path, lambda: _read_pairs(storage, path))
    except LocationError:
        return []  # merged since it was listed
    except DamagedFileError as error:
        logger.warning("Skipping a part of the journal, its pairs will be scanned again: %s", error)
        return None


def _read_pairs(storage: Storage, path: str) -> Sequence[ScannerPairs]:
    with open_table(storage, path) as file:
        metadata, sizes = file.metadata, file.group_rows()
    try:
        pairs = decode_pairs(metadata)
    except ValueError as error:
        raise DamagedFileError(f"Cannot use {path!r}: {error}.") from error
    if any(record.rows < 0 for own in pairs for record in own.pairs) or _announced(pairs) != sizes:
        raise DamagedFileError(f"Cannot use {path!r}: it does not hold the rows that it announces.")
    return pairs


def _note(path: str, pairs: Sequence[ScannerPairs], journal: dict[str, dict[str, Place]]) -> None:
    """Note the pairs of a file, which replace what older files say of them."""
    group = 0
    for own in pairs:
        places = journal.setdefault(own.scanner, {})
        start = 0
        for record in own.pairs:
            places[record.transcript_id] = Place(path, group, start, record)
            start += record.rows
        group += start > 0


def _announced(pairs: Sequence[ScannerPairs]) -> list[int]:
    """Rows of each row group; a scanner without rows has none."""
    return [rows for own in pairs if (rows := sum(record.rows for record in own.pairs))]


async def _read_empty(storage: Storage, location: str) -> dict[str, frozenset[str]]:
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


def _table_segments(storage: Storage, path: str, places: Mapping[str, Place]) -> list[tuple[str, Segment]]:
    """Runs of rows of one transcript in a table, without those that the journal replaces."""
    found: list[tuple[str, Segment]] = []
    with open_table(storage, path) as file:
        for group in range(len(file.group_rows())):
            ids = cells(file.read_group(group, ["transcript_id"]), "transcript_id")
            start = 0
            for end in range(1, len(ids) + 1):
                if end == len(ids) or ids[end] != ids[start]:
                    if ids[start] not in places:
                        found.append((ids[start], Segment(path, group, start, end - start)))
                    start = end
    return found


def _sorted(found: Sequence[tuple[str, Segment]], order: Iterable[str]) -> list[Segment]:
    place = {transcript_id: i for i, transcript_id in enumerate(order)}
    for transcript_id, _ in found:
        place.setdefault(transcript_id, len(place))
    return [segment for _, segment in sorted(found, key=lambda item: place[item[0]])]


def _joined(segments: Iterable[Segment]) -> Iterator[Segment]:
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


class _Batch:
    """Segments that become one table."""

    def __init__(self) -> None:
        self.rows = 0
        self._groups: list[pa.Table] = []
        self._starts: dict[int, int] = {}
        self._bytes = self._height = 0
        self._parts: list[range] = []

    def is_full(self, group: pa.Table) -> bool:
        """Tell whether a segment of a row group is better put into another table."""
        new = 0 if id(group) in self._starts else group.nbytes
        return self.rows >= BATCH_ROWS or (self.rows > 0 and self._bytes + new > BATCH_BYTES)

    def add(self, group: pa.Table, segment: Segment) -> None:
        """Add a segment of a row group."""
        if id(group) not in self._starts:
            self._starts[id(group)] = self._height
            self._groups.append(group)
            self._height += group.num_rows
            self._bytes += group.nbytes
        start = self._starts[id(group)] + segment.start
        if self._parts and self._parts[-1].stop == start:
            start = self._parts.pop().start
        self._parts.append(range(start, self._starts[id(group)] + segment.start + segment.count))
        self.rows += segment.count

    def table(self) -> pa.Table:
        """Put the rows together."""
        groups = joined(self._groups)
        if len(self._parts) == 1:
            return groups.slice(self._parts[0].start, self.rows)
        taken: pa.Table = take(groups, [place for part in self._parts for place in part])
        return taken


class _GroupReader:
    """Reads row groups, and keeps the last ones."""

    def __init__(self, storage: Storage, schema: pa.Schema) -> None:
        self._storage = storage
        self._schema = schema
        self._kept: OrderedDict[tuple[str, int], pa.Table] = OrderedDict()
        self._bytes = 0

    def tables(self, segments: Iterable[Segment]) -> Iterator[pa.Table]:
        """Read segments in their order, many small ones as one table.

        Where workers took turns nearly every row is a segment: as tables of their own they took five times as long to
        merge (3200 rows of two workers: 2.0 s instead of 0.4 s).
        """
        batch = _Batch()
        for segment in segments:
            group = self._group(segment.path, segment.group)
            if batch.is_full(group):
                yield batch.table()
                batch = _Batch()
            batch.add(group, segment)
        if batch.rows:
            yield batch.table()

    def _group(self, path: str, group: int) -> pa.Table:
        key = (path, group)
        table = self._kept.get(key)
        if table is None:
            table = self._load(*key)
            self._kept[key] = table
            self._bytes += table.nbytes
            while self._bytes > CACHE_BYTES and len(self._kept) > 1:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes
        else:
            self._kept.move_to_end(key)
        return table

    def _load(self, path: str, group: int) -> pa.Table:
        with open_table(self._storage, path) as file:
            return conform(file.read_group(group, self._schema.names), self._schema)
