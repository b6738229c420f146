"""Results as a table, for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .._query import Query, condition_from_sql, select
from .._results import HEAVY_COLUMNS, Rows, open_reader
from .._support.arrow import array
from .._support.errors import ConfigError, UnknownNameError
from .bridge import run_sync

if TYPE_CHECKING:
    import pyarrow as pa


def results_table(
    location: str,
    scanner: str,
    where: str | None = None,
    columns: Sequence[str] | None = None,
    rows: Rows = "results",
    limit: int | None = None,
) -> pa.Table:
    """Read results of a scanner as an Arrow table.

    Args:
        location: Directory of the scan.
        scanner: Key of the scanner.
        where: SQL condition over the columns of the results.
        columns: Columns to return, in this order (None: all but the heavy ones).
        rows: `results` or `transcripts`.
        limit: Rows at most.

    Raises:
        UnknownNameError: The scanner or a column does not exist; close matches are named.
        ConfigError: The condition cannot be used.
    """
    if limit is not None and limit < 0:
        raise ConfigError(f"limit={limit} is too small; use 0 or more.")
    condition = condition_from_sql(where) if where else None
    heavy = any(name in (columns or ()) or name in (where or "") for name in HEAVY_COLUMNS)
    reader = run_sync(lambda: open_reader(location, rows=rows, exclude_columns=[] if heavy else None))
    table = reader.table(scanner)
    query = Query(where=(condition,) if condition is not None else (), limit=limit)
    if condition is not None:
        table = _rows(table, select(table, query, key="uuid"))
    elif limit is not None:
        table = table.slice(0, limit)
    return table if columns is None else _columns(table, columns)


def _rows(table: pa.Table, positions: Sequence[int]) -> pa.Table:
    import pyarrow as pa

    return table.take(array(positions, pa.int64()))


def _columns(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    for column in columns:
        if column not in table.column_names:
            raise UnknownNameError("column", column, table.column_names)
    return table.select(list(columns))
