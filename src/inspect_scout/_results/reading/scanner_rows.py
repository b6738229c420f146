"""The rows of one scanner, wherever they are: in its table, in the journal, or in both."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from ..._support.errors import StorageError
from ..._support.storage import Storage, is_local, local_path
from ..journal.index import JournalIndex, UnknownScannerError
from ..rows.arrow_tables import Int64Array, concat_tables, select_fields
from ..rows.parquet import TableFile, open_table
from ..rows.schema import HIDDEN_NAMES, conform
from .shared_rows import take_rows

_STABLE_SECONDS = 2.0
"""A file changed twice within a tick of the clock of its disk looks unchanged: what is newer is read again."""

_TAKEN_ROWS = 2**15
"""Rows among which some are looked for at once: all columns of 100 000 took 50 MB, in parts of 8192 twice the time."""


class ScannerRows:
    """Rows of a scanner, in the order of transcripts.

    Args:
        index: Which rows are where.
        scanner: Key of the scanner.
        order: Transcript ids in the order that rows of the journal are to have.
        declared: Scanners that the scan declares; those without rows have an empty table.

    Raises:
        UnknownScannerError: The scan has no such scanner.
    """

    def __init__(self, index: JournalIndex, scanner: str, order: Sequence[str], declared: Iterable[str] = ()) -> None:
        known = {*index.scanners_with_rows(), *declared}
        if scanner not in known:
            raise UnknownScannerError(scanner, known)
        self._index = index
        self.scanner = scanner
        self._order = order
        self._path = index.tables.get(scanner) if scanner not in index.journal else None
        self.schema = self._schema()
        """Columns that readers may see, then those that are kept for the record."""

    @property
    def state(self) -> tuple[str | int, ...] | None:
        """Name what the table is like, which it is as long as this stays; None where rows are not merged, or remote."""
        if self._path is None or not is_local(self._path):
            return None
        try:
            about = os.stat(local_path(self._path))
        except OSError:
            return None
        if about.st_mtime > time.time() - _STABLE_SECONDS:
            return None
        return (self._path, about.st_size, about.st_mtime_ns, about.st_ino)

    @property
    def storage(self) -> Storage:
        """Where the rows are."""
        return self._index.storage

    def table(self, columns: Sequence[str]) -> pa.Table:
        """Read some columns of all rows."""
        if self._path is None:
            schema = self._chosen(columns)
            return concat_tables(self._merged(schema), schema)
        with open_table(self.storage, self._path) as file:
            return file.read(columns).select(list(columns))

    def batches(self, columns: Sequence[str], size: int, *, encoded: bool = False) -> Iterator[pa.Table]:
        """Read some columns in tables of at most `size` rows.

        Args:
            columns: The columns.
            size: Rows at most.
            encoded: Whether texts that repeat may come encoded by a dictionary.
        """
        if self._path is None:
            for table in self._merged(self._chosen(columns)):
                for start in range(0, table.num_rows, size):
                    yield table.slice(start, size)
            return
        with open_table(self.storage, self._path, columns if encoded else ()) as file:
            yield from self._read(file, size, columns)

    def rows_at(self, columns: Sequence[str], row_numbers: Int64Array) -> pa.Table:
        """Read some columns of rows by their numbers, ascending; only the row groups that hold them are read."""
        schema = self._chosen(columns)
        if self._path is None:
            return concat_tables(self._index.rows(self.scanner, self._order, schema, row_numbers), schema)
        found: list[pa.Table] = []
        before = 0
        with open_table(self.storage, self._path, columns) as file:
            for group, rows in enumerate(file.group_rows()):
                first, last = np.searchsorted(row_numbers, [before, before + rows])
                if first < last:
                    wanted = row_numbers[first:last] - before
                    batches = self._read(file, min(_TAKEN_ROWS, int(wanted[-1]) + 1), columns, [group])
                    found += (conform(table, schema) for table in _rows_at(batches, wanted))
                before += rows
        return concat_tables(found, schema)

    def _read(
        self, file: TableFile, size: int, columns: Sequence[str], groups: Sequence[int] | None = None
    ) -> Iterator[pa.Table]:
        return (table.select(list(columns)) for table in file.batches(size, columns, groups))

    def count(self) -> int:
        """Count the rows."""
        if self._path is None:
            return self._index.count(self.scanner)
        with open_table(self.storage, self._path) as file:
            return sum(file.group_rows())

    def may_hold(self, column: str, text: str) -> bool:
        """Tell, as far as can be told without reading rows, whether a column of texts holds one; False is certain."""
        if self._path is None:
            return True
        with open_table(self.storage, self._path) as file:
            return file.may_hold(column, text)

    def visible(self, exclude: Iterable[str]) -> list[str]:
        """Name the columns that a reader sees."""
        left_out = HIDDEN_NAMES | set(exclude)
        return [name for name in self.schema.names if name not in left_out]

    def existing(self, columns: Iterable[str]) -> list[str]:
        """Name those of some columns that exist, in the order of the table."""
        wanted = set(columns)
        return [name for name in self.schema.names if name in wanted]

    def _merged(self, schema: pa.Schema) -> Iterator[pa.Table]:
        return self._index.rows(self.scanner, self._order, schema)

    def _chosen(self, columns: Sequence[str]) -> pa.Schema:
        return select_fields(self.schema, columns)

    def _schema(self) -> pa.Schema:
        if self._path is None:
            return self._index.schema(self.scanner)
        with open_table(self.storage, self._path) as file:
            schema = file.schema
        if len(set(schema.names)) < len(schema.names):
            raise StorageError(f"Cannot use {self._path!r}: several of its columns have the same name.")
        return schema


def _rows_at(tables: Iterable[pa.Table], row_numbers: Int64Array) -> Iterator[pa.Table]:
    """Take rows by their numbers, ascending; reads no further than to the last of them."""
    before = 0
    for table in tables:
        first, last = np.searchsorted(row_numbers, [before, before + table.num_rows])
        if first < last:
            yield take_rows(table, row_numbers[first:last] - before)
        if last == len(row_numbers):
            return
        before += table.num_rows
