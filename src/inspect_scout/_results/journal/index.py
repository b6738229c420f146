"""Which rows of a scan are where: the tables, and the journal that is newer than they are."""

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
from ..._support.storage import Entry, Storage, for_each, join, run_blocking
from ..layout import EMPTY_FILE, JOURNAL, TABLE_SUFFIX, file_name, table_key
from ..rows.arrow_tables import Places, cells, runs
from ..rows.pair_records import PairRecord, ScannerPairs, decode_pairs
from ..rows.parquet import DamagedFileError, open_table
from ..rows.schema import merged_schema, results_schema
from .row_groups import HELD_BYTES, Group, GroupReader, HeldGroups, Segment
from .writer import stamp_of

logger = logging.getLogger(__name__)

T = TypeVar("T")

_ATTEMPTS = 3
Run: TypeAlias = "Callable[[str, Callable[[], Any]], Awaitable[Any]]"


class UnknownScannerError(UnknownNameError, KeyError, FileNotFoundError):
    """A scan has no results of this scanner."""

    def __init__(self, name: str, known: Iterable[str] = (), _: object = None) -> None:
        super().__init__("scanner", name, known)

    def __reduce__(self) -> tuple[type[UnknownScannerError], tuple[str, tuple[str, ...]]]:  # type: ignore[override]
        return type(self), (self.name, self.known)

    def __str__(self) -> str:
        return Exception.__str__(self)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of a pair are: file, row group, first row in it, and what the journal says of the pair."""

    path: str
    group: int
    start: int
    record: PairRecord


@dataclass(frozen=True, slots=True)
class _Announced:
    """What a file of the journal says of itself: pairs, group and first row of each scanner, bytes of each group."""

    pairs: Sequence[ScannerPairs] = ()
    starts: Sequence[tuple[int, int]] = ()
    sizes: Sequence[int] = ()


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
        sizes: Bytes of the row groups of the journal in memory, about.
        held: Row groups that are read once for several scanners.
    """

    storage: Storage
    tables: Mapping[str, str]
    journal: Mapping[str, Mapping[str, Place]]
    empty: Mapping[str, frozenset[str]]
    files: Sequence[str]
    damaged: Sequence[str] = field(default_factory=list[str])
    sizes: Mapping[Group, int] = field(default_factory=dict[Group, int])
    held: HeldGroups | None = None

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

    def rows(
        self, scanner: str, order: Iterable[str], schema: pa.Schema, only: Places | None = None
    ) -> Iterator[pa.Table]:
        """Read a scanner's rows in the order of transcripts, in tables of some rows.

        Args:
            scanner: Key of the scanner.
            order: Transcript ids; the rows of others follow at the end.
            schema: Columns to read, and their types.
            only: Numbers of the rows to read, ascending (None: all).

        Raises:
            LocationError: A file has vanished since (the journal was merged): load the catalog anew.
            StorageError: A file is damaged.
        """
        places = self.journal.get(scanner, {})
        reader = GroupReader(self.storage, schema, _parts(places), self.held)
        found: list[tuple[str, Segment]] = []
        if scanner in self.tables:
            found += _table_segments(self.storage, self.tables[scanner], places)
        found += [
            (transcript_id, reader.segment(place.path, place.group, place.start, place.record.rows))
            for transcript_id, place in places.items()
            if place.record.rows
        ]
        segments = _joined(_sorted(found, order))
        yield from reader.tables(segments if only is None else _cut(segments, only))

    def count(self, scanner: str) -> int:
        """Count the rows of a scanner."""
        places = self.journal.get(scanner, {})
        found = sum(place.record.rows for place in places.values())
        if scanner in self.tables:
            found += sum(segment.count for _, segment in _table_segments(self.storage, self.tables[scanner], places))
        return found

    def waves(self, scanners: Iterable[str], columns: Sequence[str] | None = None) -> Iterator[tuple[str, Catalog]]:
        """Go through scanners whose rows will be read, each with a catalog that reads what they share only once.

        Files of the journal hold rows of many scanners: opened for each of them, they made a pair dearer the more
        scanners there are.

        Args:
            scanners: Keys of the scanners; they come sorted.
            columns: Columns that will be read (None: all).
        """
        wave: list[str] = []
        groups: set[Group] = set()
        size = 0
        for scanner in sorted(scanners):
            own = {(place.path, place.group) for place in self.journal.get(scanner, {}).values() if place.record.rows}
            more = sum(self.sizes.get(group, 0) for group in own - groups)
            if wave and size + more > HELD_BYTES:
                yield from self._wave(wave, groups, columns)
                wave, groups, size = [], set[Group](), 0
                more = sum(self.sizes.get(group, 0) for group in own)
            wave.append(scanner)
            groups |= own
            size += more
        yield from self._wave(wave, groups, columns)

    def _wave(
        self, scanners: Sequence[str], groups: set[Group], columns: Sequence[str] | None
    ) -> Iterator[tuple[str, Catalog]]:
        held = HeldGroups(self.storage, groups, columns) if len(scanners) > 1 else None
        for scanner in scanners:
            yield scanner, replace(self, held=held)


async def load_catalog(storage: Storage, location: str) -> Catalog:
    """Look into a scan directory."""
    # The journal is listed first: rows that are merged meanwhile are then seen twice, and counted once, but never missed.
    entries = await storage.list(join(location, JOURNAL), recursive=False)
    files = _journal_files(entries)
    journal: dict[str, dict[str, Place]] = {}
    damaged: list[str] = []
    sizes: dict[Group, int] = {}
    for path, said in zip(files, await for_each(location, files, lambda path: _announced(storage, path))):
        if said is None:
            damaged.append(path)
        else:
            _note(path, said, journal)
            sizes.update({(path, group): size for group, size in enumerate(said.sizes)})
    tables = await _tables(storage, location)
    return Catalog(storage, tables, journal, await _read_empty(storage, location), files, damaged, sizes)


async def with_catalog(storage: Storage, location: str, work: Callable[[Catalog], T], run: Run = run_blocking) -> T:
    """Do what reads rows; again, with what is there then, if the journal was merged meanwhile.

    Args:
        storage: Where the scan is.
        location: The scan.
        work: Reads rows.
        run: Runs it (`run_long`: in a thread in any case).
    """
    left = _ATTEMPTS
    while True:
        left -= 1
        catalog = await load_catalog(storage, location)
        try:
            found: T = await run(location, functools.partial(work, catalog))
        except LocationError:
            if not left:
                raise
        else:
            return found


async def load_tables(storage: Storage, location: str) -> Catalog:
    """Look at the tables of a scan directory alone, as if there were no journal."""
    return Catalog(storage, await _tables(storage, location), {}, {}, ())


async def _tables(storage: Storage, location: str) -> dict[str, str]:
    return {key: e.path for e in await storage.list(location, recursive=False) if (key := table_key(e.path))}


async def pairs_of_writer(storage: Storage, location: str, writer_id: str) -> dict[str, dict[str, PairRecord]]:
    """List the pairs in the journal files of one writer."""
    entries = await storage.list(join(location, JOURNAL), recursive=False)
    own = [path for path in _journal_files(entries) if file_name(path).split("-")[1:2] == [writer_id]]
    journal: dict[str, dict[str, Place]] = {}
    for path, said in zip(own, await for_each(location, own, lambda path: _announced(storage, path))):
        _note(path, said or _Announced(), journal)  # what is damaged, or was merged meanwhile, is scanned again
    return {scanner: {t: place.record for t, place in places.items()} for scanner, places in journal.items()}


def _journal_files(entries: Iterable[Entry]) -> list[str]:
    names = [e.path for e in entries if stamp_of(file_name(e.path)) and e.path.endswith(TABLE_SUFFIX)]
    return sorted(names, key=file_name)


async def _announced(storage: Storage, path: str) -> _Announced | None:
    """Read which pairs a file of the journal holds; None if it is damaged.

    Raises:
        StorageError: It cannot be read at this moment.
    """
    try:
        return await run_blocking(path, lambda: _read_footer(storage, path))
    except LocationError:
        return _Announced()  # merged since it was listed
    except DamagedFileError as error:
        logger.warning("Skipping a part of the journal, its pairs will be scanned again: %s", error)
        return None


def _read_footer(storage: Storage, path: str) -> _Announced:
    with open_table(storage, path) as file:
        metadata, rows, sizes = file.metadata, file.group_rows(), file.group_bytes()
    try:
        pairs = decode_pairs(metadata)
    except ValueError as error:
        raise DamagedFileError(f"Cannot use {path!r}: {error}.") from error
    starts = _starts(pairs, rows)
    if any(record.rows < 0 for own in pairs for record in own.pairs) or starts is None:
        raise DamagedFileError(f"Cannot use {path!r}: it does not hold the rows that it announces.")
    return _Announced(pairs, starts, sizes)


def _note(path: str, said: _Announced, journal: dict[str, dict[str, Place]]) -> None:
    """Note the pairs of a file, which replace what older files say of them."""
    for own, (group, start) in zip(said.pairs, said.starts, strict=True):
        places = journal.setdefault(own.scanner, {})
        row = start
        for record in own.pairs:
            places[record.transcript_id] = Place(path, group, row, record)
            row += record.rows


def _starts(pairs: Iterable[ScannerPairs], sizes: Sequence[int]) -> list[tuple[int, int]] | None:
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


def _parts(places: Mapping[str, Place]) -> dict[Group, range]:
    """Rows of each row group among which those of a scanner are."""
    parts: dict[Group, range] = {}
    for place in places.values():
        if place.record.rows:
            own = range(place.start, place.start + place.record.rows)
            known = parts.get((place.path, place.group), own)
            parts[place.path, place.group] = range(min(known.start, own.start), max(known.stop, own.stop))
    return parts


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


def _cut(segments: Iterable[Segment], places: Places) -> Iterator[Segment]:
    """Keep of segments the rows that have certain numbers among all."""
    before = 0
    for segment in segments:
        first, last = np.searchsorted(places, [before, before + segment.count])
        for start, count in runs(places[first:last] - before):
            yield Segment(segment.path, segment.group, segment.start + start, count)
        before += segment.count
