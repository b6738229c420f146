"""Results as Arrow record batches, as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from ..._query import Condition, Operator
from ..._support.errors import ConfigError, UnknownNameError
from ..._support.loops import RunCoroutine
from ..._support.storage import Storage
from ..._types import Status
from ..rows.arrow_tables import column, select_fields
from .inputs import ReadOrigin, read_from_source
from .results_query import ResultsPage, ResultsQuery, ResultsTable
from .row_view import RowView, columns_to_exclude

_arrow: Any = pa  # the stubs leave scalars of unknown types open


@dataclass(repr=False)
class ScanResultsArrow(Status):
    """State of a scan, and its results as Arrow data.

    Args:
        scanners: Keys of the scanners that have results.

    Example:
        ```python
        results = scan_results_arrow("scans/scan_id=...")
        with results.reader("refusals") as reader:
            print(sum(batch.num_rows for batch in reader))
        ```
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
        return view_batches(self._view(scanner), streaming_batch_size, exclude_columns)

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
        (cell,) = self._cells(self._view(scanner), id_column, id_value, [target_column]).values()
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
        view = self._view(scanner)
        wanted = set(target_columns)
        present = [name for name in view.source.visible(()) if name in wanted]
        return dict.fromkeys(target_columns) | self._cells(view, id_column, id_value, present)

    def _view(self, scanner: str) -> RowView:
        table = self._opened()
        view: RowView = table.run(lambda: table.row_view(scanner))
        return view

    def _opened(self) -> ResultsTable:
        if self._table is None:
            raise ConfigError("These results were not opened by scan_results_arrow(); call it to read rows.")
        return self._table

    def _cells(self, view: RowView, id_column: str, id_value: Any, columns: Sequence[str]) -> dict[str, pa.Scalar[Any]]:
        # What other libraries give as an id, a number of numpy say, is compared as the value it stands for.
        where = Condition(left=id_column, operator=Operator.EQ, right=_arrow.scalar(id_value).as_py())
        try:
            page = self._opened().read_page([view], ResultsQuery(where, columns, limit=1, count=True))
        except UnknownNameError as error:
            raise KeyError(str(error)) from None
        except ConfigError:  # none of the values of the column is anything like it
            page = ResultsPage(pa.table({}), 0)
        if not page.total:
            raise KeyError(f"No row has {id_column} {id_value!r}.")
        if page.total > 1:
            raise ValueError(f"{page.total} rows have {id_column} {id_value!r}; use a column that tells rows apart.")
        return {name: column(page.table, name)[0] for name in columns}


def view_batches(view: RowView, size: int, exclude_columns: Sequence[str] | None) -> pa.RecordBatchReader:
    """Read rows as they are stored in batches of at most `size`, without some columns (None: the heavy ones)."""
    shown = view.source.visible(columns_to_exclude(exclude_columns))
    tables = view.stored_batches(shown, size)
    batches = (batch for table in tables for batch in table.combine_chunks().to_batches())
    return pa.RecordBatchReader.from_batches(select_fields(view.source.schema, shown), batches)


async def results_arrow(
    location: str, *, run: RunCoroutine, read: ReadOrigin = read_from_source, storage: Storage | None = None
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
    table = ResultsTable.open(location, run, rows="stored", read=read, storage=storage)
    status, scanners = await table.status()
    return ScanResultsArrow(
        status.complete, status.spec, status.location, status.summary, status.errors, scanners, table
    )
