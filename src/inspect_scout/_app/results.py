"""Results as a table, for the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from .._query import Condition, Query, condition_from_sql, select
from .._results import HEAVY_COLUMNS, KIND, RESULT_COLUMNS, Rows, TypedTable, open_reader, positive_rows
from .._support.errors import ConfigError, UnknownNameError
from .._support.storage import run_long

if TYPE_CHECKING:
    import pyarrow as pa

_PREFIX = "transcript_"
# Where a short name could mean two columns, these say which.
_SHORT_NAMES = {
    "scanner": "scanner_key",
    "error": "scan_error",
    "tokens": "scan_total_tokens",
    "epoch": "transcript_task_repeat",
    "sample_id": "transcript_id",
}
# Scanners fill these as they like, so that a comparison may fit the rows of one and no row of another.
_LENIENT = frozenset(name for name, _ in RESULT_COLUMNS)


async def results_table(
    location: str,
    scanner: str,
    where: str | None = None,
    columns: Sequence[str] | None = None,
    rows: Rows = "results",
    limit: int | None = None,
    positive: bool = False,
) -> TypedTable:
    """Read results of a scanner as a table.

    Args:
        location: Directory of the scan.
        scanner: Key of the scanner.
        where: SQL condition over the columns of the results.
        columns: Columns to return, in this order and under these names, short ones too (None: all but the heavy ones).
        rows: `results` or `transcripts`.
        limit: Rows at most.
        positive: Whether to return only rows that found something, as the summary counts them.

    Raises:
        UnknownNameError: The scanner or a column does not exist; close matches are named.
        ConfigError: The condition cannot be used.
    """
    if limit is not None and limit < 0:
        raise ConfigError(f"limit={limit} is too small; use 0 or more.")
    condition = condition_from_sql(where) if where else None
    heavy = any(name in (columns or ()) or name in (where or "") for name in HEAVY_COLUMNS)
    reader = await open_reader(location, rows=rows, exclude_columns=[] if heavy else None)
    chosen = partial(_chosen, condition=condition, positive=positive, limit=limit)
    table = await run_long(location, lambda: reader.table(scanner, chosen))
    return table if columns is None else table.select(_named(columns, table.column_names))


def _chosen(table: pa.Table, condition: Condition | None, positive: bool, limit: int | None) -> Sequence[int]:
    found: Sequence[int] = range(table.num_rows)
    if condition is not None:
        query = Query(where=(condition,))
        aliases = _short_names(table.column_names)
        found = select(table, query, key="uuid", aliases=aliases, types={"value": KIND}, lenient=_LENIENT)
    if positive:
        kept = set(positive_rows(table))
        found = [row for row in found if row in kept]
    return found if limit is None else found[:limit]


def _short_names(columns: Sequence[str]) -> Mapping[str, str]:
    """Give the short names of columns; a column that has such a name itself goes first."""
    short = {name.removeprefix(_PREFIX): name for name in columns if name.startswith(_PREFIX)}
    chosen = {name: column for name, column in _SHORT_NAMES.items() if column in columns}
    return {name: column for name, column in {**short, **chosen}.items() if name not in columns}


def _named(wanted: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    known = {**_short_names(columns), **{name: name for name in columns}}
    for name in wanted:
        if name not in known:
            raise UnknownNameError("column", name, known)
    return {name: known[name] for name in wanted}
