"""Results as Arrow record batches, as they are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from .._support.errors import ConfigError, UnknownNameError
from .._support.storage import Storage
from .._types import Status
from .catalog import load_catalog
from .inputs import ReadOrigin, Run, read_from_source
from .query import ResultsTable
from .source import ScannerRows
from .store import ScanStore
from .table import column, compute, select_fields
from .view import RowView, excluded, stored_batches, stored_row

_ROWS = 8192


@dataclass
class ScanResultsArrow(Status):
    """State of a scan, and its results as Arrow data.

    Args:
        scanners: Keys of the scanners that have results.
    """

    scanners: list[str] = field(default_factory=list[str])
    _table: ResultsTable | None = field(default=None, repr=False)

    def reader(
        self, scanner: str, streaming_batch_size: int = 1024, exclude_columns: Sequence[str] | None = None
    ) -> pa.RecordBatchReader:
        """Read the results of a scanner in batches (a context manager).

        Args:
            scanner: Key of the scanner.
            streaming_batch_size: Rows in a batch at most.
            exclude_columns: Columns left out (None: the heavy ones; []: none).

        Raises:
            UnknownScannerError: The scan has no such scanner.
        """
        if streaming_batch_size < 1:
            raise ConfigError(f"streaming_batch_size={streaming_batch_size} is too small; use 1 or more.")
        source = self._rows(scanner)
        shown = source.shown(excluded(exclude_columns))
        schema = select_fields(source.schema, shown)
        return pa.RecordBatchReader.from_batches(schema, self._batches(source, shown, streaming_batch_size))

    def get_field(self, scanner: str, id_column: str, id_value: Any, target_column: str) -> pa.Scalar[Any]:
        """Read one cell.

        Args:
            scanner: Key of the scanner.
            id_column: Column that identifies the row.
            id_value: Its value in that row.
            target_column: Column to read.

        Raises:
            KeyError: No row has that value, or there is no such column.
            ValueError: Several rows have it.
        """
        source = self._rows(scanner)
        if target_column not in source.schema.names:
            raise _unknown_column(target_column, source)
        cell: pa.Scalar[Any] = column(self._row(source, id_column, id_value, [target_column]), target_column)[0]
        return cell

    def get_fields(
        self, scanner: str, id_column: str, id_value: Any, target_columns: list[str]
    ) -> dict[str, pa.Scalar[Any] | None]:
        """Read several cells of one row; a column that does not exist gives None.

        Args:
            scanner: Key of the scanner.
            id_column: Column that identifies the row.
            id_value: Its value in that row.
            target_columns: Columns to read.

        Raises:
            KeyError: No row has that value.
            ValueError: Several rows have it.
        """
        source = self._rows(scanner)
        present = source.known(target_columns)
        row = self._row(source, id_column, id_value, present)
        return {name: column(row, name)[0] if name in present else None for name in target_columns}

    def _rows(self, scanner: str) -> ScannerRows:
        table = self._opened()
        views: list[RowView] = table.run(lambda: table.views(scanner))
        return views[0].source

    def _opened(self) -> ResultsTable:
        if self._table is None:
            raise ConfigError("These results were not opened by scan_results_arrow(); call it to read rows.")
        return self._table

    def _batches(self, source: ScannerRows, shown: Sequence[str], size: int) -> Iterator[pa.RecordBatch]:
        for table in stored_batches(source, shown, size, self._opened().follow):
            yield from table.combine_chunks().to_batches()

    def _row(self, source: ScannerRows, id_column: str, id_value: Any, columns: Sequence[str]) -> pa.Table:
        """Find the row by its id alone, then read its cells."""
        if id_column not in source.schema.names:
            raise _unknown_column(id_column, source)
        value = pa.scalar(id_value, select_fields(source.schema, [id_column]).types[0])
        found: list[int] = []
        before = 0
        for ids in source.batches([id_column], _ROWS):
            places = compute.indices_nonzero(compute.fill_null(compute.equal(column(ids, id_column), value), False))
            found += [before + place for place in places.to_pylist()]
            before += ids.num_rows
        if not found:
            raise KeyError(f"No row has {id_column} {id_value!r}.")
        if len(found) > 1:
            raise ValueError(f"{len(found)} rows have {id_column} {id_value!r}; use a column that tells rows apart.")
        return stored_row(source, columns, found[0], self._opened().follow)


async def results_arrow(
    location: str, *, run: Run, read: ReadOrigin = read_from_source, storage: Storage | None = None
) -> ScanResultsArrow:
    """Read results as Arrow record batches.

    Args:
        location: Directory of the scan (finished, interrupted or running).
        run: Runs coroutines for code that cannot await.
        read: Reads inputs that are only referred to.
        storage: Where the scan is (None: what serves the location).

    Raises:
        LocationError: There is no scan at the location.
    """
    table = ResultsTable.at(location, run, rows="transcripts", read=read, storage=storage)
    status = await ScanStore(table.location, table.storage).status()
    scanners = (await load_catalog(table.storage, table.location)).scanners()
    return ScanResultsArrow(
        status.complete, status.spec, status.location, status.summary, status.errors, scanners, table
    )


def _unknown_column(name: str, source: ScannerRows) -> KeyError:
    return KeyError(str(UnknownNameError("column", name, source.schema.names)))
