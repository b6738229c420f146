"""Row groups of files, read in the order in which their rows are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TypeAlias

import pyarrow as pa

from ..._support.cache import Cache
from ..._support.storage import Storage
from ..rows.arrow_tables import concat_promoted, concat_tables, select_fields, take
from ..rows.parquet import open_table
from ..rows.schema import conform, merged_schema

RowGroup: TypeAlias = "tuple[str, int]"
"""A file, and the number of a row group in it."""

_SHARED: RowGroup = ("", 0)

CACHE_BYTES = 128 * 2**20
"""Rows read ahead that may wait for their turn in the order of transcripts."""

SHARED_BYTES = 32 * 2**20
"""Rows that are kept for several readers."""

BATCH_ROWS = 1024
BATCH_BYTES = 32 * 2**20
"""Rows and bytes of row groups that are put together in the order of transcripts."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows that stand together in a row group of a file."""

    path: str
    group: int
    start: int
    count: int


class SharedGroups:
    """Row groups that several readers need, read when the first one asks and put together into one table.

    Args:
        storage: Where they are.
        groups: The groups.
        columns: Columns to read (None: all).
    """

    def __init__(self, storage: Storage, groups: Iterable[RowGroup], columns: Sequence[str] | None = None) -> None:
        self._storage = storage
        self._columns = columns
        self._groups = sorted(groups)
        self._starts: dict[RowGroup, int] = {}
        self._table: pa.Table | None = None

    def start(self, path: str, group: int) -> int | None:
        """Give the first row of a group in the table; None if it is not one of the shared ones."""
        self.table()
        return self._starts.get((path, group))

    def table(self) -> pa.Table:
        """Give the rows of all groups."""
        if self._table is None:
            self._table = self._read()
        return self._table

    def _read(self) -> pa.Table:
        tables: list[pa.Table] = []
        start = 0
        for path, groups in groupby(self._groups, lambda group: group[0]):
            with open_table(self._storage, path) as file:
                columns = file.names if self._columns is None else self._columns
                for group in groups:
                    tables.append(file.read_group(group[1], columns))
                    self._starts[group] = start
                    start += tables[-1].num_rows
        schema = merged_schema(table.schema for table in tables)
        if self._columns is not None:
            schema = select_fields(schema, [name for name in schema.names if name in self._columns])
        # As one chunk: Arrow would join the chunks for each of the readers.
        return concat_tables((conform(table, schema) for table in tables), schema).combine_chunks()


class _Batch:
    """Segments that become one table."""

    def __init__(self) -> None:
        self.rows = 0
        self._groups: list[pa.Table] = []
        self._starts: dict[int, int] = {}
        self._bytes = self._height = 0
        self._parts: list[range] = []

    def is_full(self, group: _LoadedGroup) -> bool:
        """Tell whether a segment of a row group is better put into another table."""
        new = 0 if id(group.table) in self._starts else group.size
        return self.rows >= BATCH_ROWS or (self.rows > 0 and self._bytes + new > BATCH_BYTES)

    def add(self, group: _LoadedGroup, segment: Segment) -> None:
        """Add a segment of a row group."""
        key = id(group.table)
        if key not in self._starts:
            self._starts[key] = self._height
            self._groups.append(group.table)
            self._height += group.table.num_rows
            self._bytes += group.size
        start = self._starts[key] + segment.start
        stop = start + segment.count
        if self._parts and self._parts[-1].stop == start:
            start = self._parts.pop().start
        self._parts.append(range(start, stop))
        self.rows += segment.count

    def table(self) -> pa.Table:
        """Put the rows together."""
        groups = concat_promoted(self._groups)
        if len(self._parts) == 1:
            return groups.slice(self._parts[0].start, self.rows)
        taken: pa.Table = take(groups, [place for part in self._parts for place in part])
        return taken


@dataclass(frozen=True, slots=True)
class _LoadedGroup:
    """A row group in memory, and the bytes that it takes (0: it is shared anyway)."""

    table: pa.Table
    size: int


class RowGroupReader:
    """Reads row groups, and keeps the last ones.

    Args:
        storage: Where they are.
        schema: Columns to read, and their types.
        parts: Rows to read of groups that others have rows in.
        shared: Groups that are read once for several readers.
    """

    def __init__(
        self,
        storage: Storage,
        schema: pa.Schema,
        parts: Mapping[RowGroup, range],
        shared: SharedGroups | None = None,
    ) -> None:
        self._storage = storage
        self._schema = schema
        self._parts = parts
        self._shared = shared
        # The last group is kept however large it is: all its segments may follow one another.
        self._cache: Cache[RowGroup, _LoadedGroup] = Cache(CACHE_BYTES, lambda loaded: min(loaded.size, CACHE_BYTES))

    def segment(self, path: str, group: int, start: int, count: int) -> Segment:
        """Say where to find rows of a group that others may have rows in."""
        shared = self._shared.start(path, group) if self._shared is not None else None
        if shared is not None:
            return Segment(*_SHARED, shared + start, count)
        part = self._parts.get((path, group))
        return Segment(path, group, start - (part.start if part is not None else 0), count)

    def tables(self, segments: Iterable[Segment]) -> Iterator[pa.Table]:
        """Read segments in their order, many small ones as one table.

        Where workers took turns nearly every row is a segment: as tables of their own they took five times as long to
        merge (3200 rows of two workers: 2.0 s instead of 0.4 s).
        """
        batch = _Batch()
        for segment in segments:
            key = (segment.path, segment.group)
            group = self._cache.fetch(key, partial(self._load, *key))
            if batch.is_full(group):
                yield batch.table()
                batch = _Batch()
            batch.add(group, segment)
        if batch.rows:
            yield batch.table()

    def _load(self, path: str, group: int) -> _LoadedGroup:
        if self._shared is not None and (path, group) == _SHARED:
            return _LoadedGroup(conform(self._shared.table(), self._schema), 0)
        with open_table(self._storage, path) as file:
            table = file.read_group(group, self._schema.names)
        part = self._parts.get((path, group))
        if part is not None:
            table = table.slice(part.start, len(part))
        table = conform(table, self._schema)
        return _LoadedGroup(table, table.nbytes)
