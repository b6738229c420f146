"""Results as they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from .._query import OrderBy, condition_from_sql
from .._results import HEAVY_COLUMNS, ResultsPage, ResultsQuery, ResultsTable, RowMode, TypedTable, encode_table
from .._support.errors import ConfigError
from .._support.loops import asyncio_only
from .._types import ScanLocation, location_text
from .bridge import described_as, run_sync

Order = str | Sequence[str | tuple[str, Literal["ASC", "DESC"]]]
"""A column, or several, each alone or with its direction."""

_HEAVY = (*HEAVY_COLUMNS, "transcript_metadata")


def scan_results_query(
    location: ScanLocation,
    *,
    scanner: str | None = None,
    sql_where: str | None = None,
    columns: Sequence[str] | None = None,
    order_by: Order | None = None,
    limit: int | None = None,
    offset: int = 0,
    after: str | None = None,
    count: bool = False,
    group_by: str | Sequence[str] | None = None,
    rows: RowMode = "results",
) -> ResultsPage:
    """Read a page of results; only what the query names is read.

    Args:
        location: Where the scan is (finished, interrupted or running): its directory, as a path or URL, or its `Status`.
        scanner: Key of one scanner (default: all, one after the other).
        sql_where: SQL condition over the columns of results.
        columns: Columns, in this order and under these names, short ones too (default: all but `input`, `input_data`,
            `scan_events` and `transcript_metadata`).
        order_by: Columns to sort by, each alone or as `(column, "DESC")`; rows without a value come last. Default: the
            order of the transcripts.
        limit: Rows at most.
        offset: Rows to pass over.
        after: The `after` of the page before, instead of `offset`: goes on behind it, also if the scan has grown.
        count: Count the rows of all pages (`total`).
        group_by: Columns; instead of results, the page has a row for each of their values, with a column `count`.
        rows: `results`: one row for each result, resultsets expanded; `transcripts`: one row for each invocation.

    Returns:
        The page: `table` (Arrow), `total`, `after` (None: there is no further page).

    Raises:
        LocationError: There is no scan at the location.
        UnknownNameError: The scan has no such scanner, or its results no such column; close matches are named.
        ConfigError: The condition, the order or the cursor cannot be used.

    Example:
        ```python
        page = scan_results_query("scans/scan_id=...", sql_where="value = true", columns=["task_id"], limit=20)
        print(page.table.to_pandas())
        ```
    """
    return run_sync(
        lambda: scan_results_query_async(
            location,
            scanner=scanner,
            sql_where=sql_where,
            columns=columns,
            order_by=order_by,
            limit=limit,
            offset=offset,
            after=after,
            count=count,
            group_by=group_by,
            rows=rows,
        )
    )


@described_as(scan_results_query)
@asyncio_only
async def scan_results_query_async(
    location: ScanLocation,
    *,
    scanner: str | None = None,
    sql_where: str | None = None,
    columns: Sequence[str] | None = None,
    order_by: Order | None = None,
    limit: int | None = None,
    offset: int = 0,
    after: str | None = None,
    count: bool = False,
    group_by: str | Sequence[str] | None = None,
    rows: RowMode = "results",
) -> ResultsPage:
    """Read a page of results, as `scan_results_query` does."""
    if isinstance(columns, str):
        raise ConfigError(f"columns={columns!r} is one text; give a list of column names.")
    asked = ResultsQuery(
        where=condition_from_sql(sql_where) if sql_where else None,
        columns=columns,
        exclude=_HEAVY,
        order_by=_order_by_terms(order_by),
        limit=limit,
        offset=offset,
        after=after,
        count=count,
        group_by=[group_by] if isinstance(group_by, str) else group_by or (),
    )
    return await ResultsTable.open(location_text(location), run_sync, rows=rows).query(asked, scanner)


def _order_by_terms(order_by: Order | None) -> list[OrderBy]:
    terms = [order_by] if isinstance(order_by, str) else order_by or ()
    return [OrderBy(term) if isinstance(term, str) else OrderBy(*term) for term in terms]


async def results_table(
    location: str,
    scanner: str,
    where: str | None = None,
    columns: Sequence[str] | None = None,
    rows: RowMode = "results",
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
    condition = condition_from_sql(where) if where else None
    asked = ResultsQuery(condition, columns, limit=limit, positive=positive)
    return await ResultsTable.open(location, run_sync, rows=rows).typed_table(scanner, asked)


async def results_parquet(
    location: str,
    scanner: str | None = None,
    where: str | None = None,
    columns: Sequence[str] | None = None,
    rows: RowMode = "results",
    limit: int | None = None,
    positive: bool = False,
) -> bytes:
    """Read results as a Parquet file: JSON columns as JSON text, `value` as text where types mix.

    Args:
        location: Directory of the scan.
        scanner: Key of one scanner (None: all; the first column, `scanner`, tells which).
        where: SQL condition over the columns of the results.
        columns: Columns to return, in this order and under these names, short ones too (None: all but the heavy ones).
        rows: `results` or `transcripts`.
        limit: Rows of each scanner at most.
        positive: Whether to return only rows that found something, as the summary counts them.

    Raises:
        UnknownNameError: The scanner or a column does not exist; close matches are named.
        ConfigError: The condition cannot be used.
    """
    named = columns if columns is None or scanner is not None else list(dict.fromkeys(["scanner", *columns]))
    alone, each = (limit, None) if scanner is not None else (None, limit)
    condition = condition_from_sql(where) if where else None
    asked = ResultsQuery(condition, named, limit=alone, positive=positive, limit_each=each)
    table = (await ResultsTable.open(location, run_sync, rows=rows).query(asked, scanner)).table
    if scanner is None and columns is None:
        table = table.add_column(0, "scanner", table["scanner_key"])
    return encode_table(table)


def records_parquet(records: Sequence[Mapping[str, object]]) -> bytes:
    """Write records of the same fields as a Parquet file."""
    import pyarrow as pa

    return encode_table(pa.Table.from_pylist(records))


async def results_scanners(location: str) -> list[str]:
    """Name the scanners of a scan."""
    return await ResultsTable.open(location, run_sync).scanners()
