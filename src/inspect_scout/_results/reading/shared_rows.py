"""Rows of which several come from one stored row: the results of a resultset have most of their cells alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from ..rows.arrow_tables import (
    Column,
    Int64Array,
    chunked_column,
    column,
    compute,
    dictionary_column,
    drop_columns,
    fields,
    fill_nulls,
    int64_column,
    is_text,
    nulls,
    table_of,
    take,
    to_numpy,
    try_cast,
)

COPIED_BYTES = 32 * 2**20
"""Copies of shared text that a column may hold: a column that would need more holds each text once."""

_CHUNK_BYTES = 2**30


@dataclass(frozen=True, slots=True)
class SharedRows:
    """Rows that refer to the cells which they have in common with others.

    Args:
        own: Columns of which each row has a cell of its own.
        stored: All other columns, as they are stored (None: `own` has all columns).
        row_numbers: Stored row of each row.
    """

    own: pa.Table
    stored: pa.Table | None = None
    row_numbers: Int64Array | None = None

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [*self.own.column_names, *(self.stored.column_names if self.stored is not None else ())]

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return self.own.num_rows

    def slice(self, offset: int, length: int) -> SharedRows:
        """Take a part of the rows."""
        row_numbers = None if self.row_numbers is None else self.row_numbers[offset : offset + length]
        return replace(self, own=self.own.slice(offset, length), row_numbers=row_numbers)

    def take(self, rows: Sequence[int]) -> SharedRows:
        """Take rows by their numbers."""
        numbers = np.asarray(rows, np.int64)
        row_numbers = None if self.row_numbers is None else self.row_numbers[numbers]
        return replace(self, own=take_rows(self.own, numbers), row_numbers=row_numbers)

    def map_stored(self, change: Callable[[pa.Table], pa.Table]) -> SharedRows:
        """Change columns that are as they are stored."""
        if self.stored is None:
            return replace(self, own=change(self.own))
        return replace(self, stored=change(self.stored))

    def column(self, name: str) -> Column:
        """Make a column, with a copy of what is shared for each row."""
        shared = self._shared(name)
        return column(self.own, name) if shared is None else _take_cells(shared[0], shared[1])

    def cells(self, name: str) -> list[Any]:
        """List the cells of a column; what several rows share is one object."""
        shared = self._shared(name)
        if shared is None:
            return column(self.own, name).to_pylist()
        source, row_numbers = shared
        wanted, rows = np.unique(row_numbers, return_inverse=True)
        known = np.empty(len(wanted), object)
        known[:] = _take_cells(source, wanted).to_pylist() if len(wanted) < len(source) else source.to_pylist()
        cells: list[Any] = known[rows].tolist()
        return cells

    def references(self, name: str) -> Column:
        """Make a column of text whose cells refer to what is shared, or to each text itself."""
        return dictionary_column(*(self._shared(name) or (column(self.own, name), np.arange(self.num_rows))))

    def text_bytes(self, referenced: Callable[[pa.Table], Mapping[str, Int64Array]]) -> dict[str, int]:
        """Count the bytes of the texts of columns that are as they are stored, with a copy for each row.

        Args:
            referenced: Gives the bytes of texts that are read from elsewhere: column -> bytes for each stored row.
        """
        table = self.own if self.stored is None else self.stored
        repeats = 1 if self.row_numbers is None else np.bincount(self.row_numbers, minlength=table.num_rows)
        texts = [field.name for field in fields(table.schema) if is_text(field.type)]
        found = {name: int((_lengths(column(table, name)) * repeats).sum()) for name in texts}
        for name, sizes in referenced(table).items():
            found[name] = found.get(name, 0) + int((sizes * repeats).sum())
        return found

    def _shared(self, name: str) -> tuple[Column, Int64Array] | None:
        if self.stored is None or self.row_numbers is None or name in self.own.column_names:
            return None
        return column(self.stored, name), self.row_numbers


def share_rows(table: pa.Table, own: pa.Table, row_numbers: Int64Array) -> SharedRows:
    """Make rows of a table that have some columns of their own; what no row refers to is left out."""
    stored = drop_columns(table, own.column_names)
    used = np.zeros(table.num_rows, np.bool_)
    used[row_numbers] = True
    if not used.all():
        stored = take_rows(stored, np.flatnonzero(used))
        row_numbers = (np.cumsum(used) - 1)[row_numbers]
    return SharedRows(own, stored, row_numbers)


def take_rows(table: pa.Table, rows: Int64Array) -> pa.Table:
    """Take rows of a table by their numbers."""
    if not table.column_names:
        return table
    return table_of([_take_cells(column(table, name), rows) for name in table.column_names], table.schema)


def _take_cells(source: Column, rows: Int64Array) -> Column:
    """Take cells of a column."""
    if source.null_count == len(source):
        return chunked_column([nulls(len(rows), source.type)], source.type)
    if not is_text(source.type):
        return chunked_column([take(source, int64_column(rows))], source.type)
    # Arrow joins the chunks of what it takes from, which may have more text than offsets of 32 bits can count.
    long = try_cast(source, pa.large_string())
    assert long is not None
    if not pa.types.is_string(source.type):
        return chunked_column([take(long, int64_column(rows))], source.type)
    ends = np.cumsum(_lengths(source)[rows])
    bounds = [0, *(np.flatnonzero(np.diff(ends // _CHUNK_BYTES)) + 1).tolist(), len(rows)]
    parts = (take(long, int64_column(rows[start:end])) for start, end in pairwise(bounds))
    return chunked_column([part.cast(source.type) for part in parts], source.type)


def _lengths(texts: Column) -> Int64Array:
    return to_numpy(fill_nulls(compute.binary_length(texts), 0)).astype(np.int64)
