"""The rows of one scanner, wherever they are: in its table, in the journal, or in both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from ..._support.errors import StorageError
from ..._support.storage import Storage
from ..journal.index import Catalog, UnknownScannerError
from ..rows.arrow_tables import PIECE_ROWS, Places, select_fields, stacked
from ..rows.parquet import TableFile, open_table
from ..rows.schema import RECORD_NAMES
from .shared_rows import taken


class ScannerRows:
    """Rows of a scanner, in the order of transcripts.

    Args:
        catalog: Which rows are where.
        scanner: Key of the scanner.
        order: Transcript ids in the order that rows of the journal are to have.
        declared: Scanners that the scan declares; those without rows have an empty table.

    Raises:
        UnknownScannerError: The scan has no such scanner.
    """

    def __init__(self, catalog: Catalog, scanner: str, order: Sequence[str], declared: Iterable[str] = ()) -> None:
        known = {*catalog.scanners(), *declared}
        if scanner not in known:
            raise UnknownScannerError(scanner, known)
        self._catalog = catalog
        self.scanner = scanner
        self._order = order
        self._path = catalog.tables.get(scanner) if scanner not in catalog.journal else None
        self.schema = self._schema()
        """Columns that readers may see, then those that are kept for the record."""

    @property
    def storage(self) -> Storage:
        """Where the rows are."""
        return self._catalog.storage

    def table(self, columns: Sequence[str]) -> pa.Table:
        """Read some columns of all rows."""
        if self._path is None:
            schema = self._chosen(columns)
            return stacked(self._merged(schema), schema)
        with open_table(self.storage, self._path) as file:
            return file.read(columns).select(list(columns))

    def batches(self, columns: Sequence[str], size: int) -> Iterator[pa.Table]:
        """Read some columns in tables of at most `size` rows."""
        if self._path is None:
            for table in self._merged(self._chosen(columns)):
                for start in range(0, table.num_rows, size):
                    yield table.slice(start, size)
            return
        with open_table(self.storage, self._path) as file:
            yield from self._read(file, size, columns)

    def at(self, columns: Sequence[str], places: Places) -> pa.Table:
        """Read some columns of rows by their numbers, ascending; only the row groups that hold them are read."""
        schema = self._chosen(columns)
        if self._path is None:
            return stacked(self._catalog.rows(self.scanner, self._order, schema, places), schema)
        found: list[pa.Table] = []
        before = 0
        with open_table(self.storage, self._path) as file:
            for group, rows in enumerate(file.group_rows()):
                first, last = np.searchsorted(places, [before, before + rows])
                if first < last:
                    found += _rows_at(self._read(file, PIECE_ROWS, columns, [group]), places[first:last] - before)
                before += rows
        return stacked(found, schema)

    def _read(
        self, file: TableFile, size: int, columns: Sequence[str], groups: Sequence[int] | None = None
    ) -> Iterator[pa.Table]:
        return (table.select(list(columns)) for table in file.batches(size, columns, groups))

    def count(self) -> int:
        """Count the rows."""
        if self._path is None:
            return self._catalog.count(self.scanner)
        with open_table(self.storage, self._path) as file:
            return sum(file.group_rows())

    def shown(self, exclude: Iterable[str]) -> list[str]:
        """Name the columns that a reader sees."""
        left_out = RECORD_NAMES | set(exclude)
        return [name for name in self.schema.names if name not in left_out]

    def known(self, columns: Iterable[str]) -> list[str]:
        """Name those of some columns that exist, in the order of the table."""
        wanted = set(columns)
        return [name for name in self.schema.names if name in wanted]

    def _merged(self, schema: pa.Schema) -> Iterator[pa.Table]:
        return self._catalog.rows(self.scanner, self._order, schema)

    def _chosen(self, columns: Sequence[str]) -> pa.Schema:
        return select_fields(self.schema, columns)

    def _schema(self) -> pa.Schema:
        if self._path is None:
            return self._catalog.schema(self.scanner)
        with open_table(self.storage, self._path) as file:
            schema = file.schema
        if len(set(schema.names)) < len(schema.names):
            raise StorageError(f"Cannot use {self._path!r}: several of its columns have the same name.")
        return schema


def _rows_at(tables: Iterable[pa.Table], places: Places) -> Iterator[pa.Table]:
    """Take rows by their numbers, ascending; reads no further than to the last of them."""
    before = 0
    for table in tables:
        first, last = np.searchsorted(places, [before, before + table.num_rows])
        if first < last:
            yield taken(table, places[first:last] - before)
        if last == len(places):
            return
        before += table.num_rows
