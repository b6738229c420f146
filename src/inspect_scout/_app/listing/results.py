"""Pages of the results of a scanner, and single results, as records of what their cells hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ..._query import Condition, Operator, OrderBy, ScalarValue, condition_from_sql
from ..._results import HEAVY_COLUMNS, ResultsQuery, ResultsTable
from ..._support.errors import ConfigError, UnknownNameError
from ..._support.storage import listed_storage
from ..bridge import run_sync
from .off_loop import off_loop

Rows = Literal["results", "transcripts"]
"""A row for each result, lists of results expanded, or one for each call of the scanner."""

_HEAVY = (*HEAVY_COLUMNS, "transcript_metadata")


@dataclass(frozen=True, slots=True)
class ResultsRequest:
    """Which results of a scanner are wanted, and what of them.

    Args:
        where: SQL condition over the columns of results.
        order_by: Columns to sort by, `-name` from the largest down (none: the order of transcripts).
        columns: Columns, in this order and under these names, short ones too (none: all but the heavy ones).
        rows: What a row is.
        positive: Whether only what found something is wanted.
        limit: Results at most.
        cursor: The `next` of the page before (None: the first page).
        offset: Results before the page, instead of a cursor.
        count: Whether to count the results of all pages.
    """

    where: str | None = None
    order_by: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Rows = "results"
    positive: bool = False
    limit: int = 100
    cursor: str | None = None
    offset: int = 0
    count: bool = True


@dataclass(frozen=True, slots=True)
class RecordsPage:
    """Some results.

    Args:
        items: The results: name of a column -> value; cells that hold JSON are what it says.
        total: How many there are on all pages (None: not counted).
        next: Cursor of the next page (None: this is the last).
    """

    items: Sequence[dict[str, object]]
    total: int | None
    next: str | None


async def page_of_results(location: str, scanner: str, asked: ResultsRequest) -> RecordsPage:
    """Give a page of the results of a scanner.

    Args:
        location: Directory of the scan (finished, interrupted or running).
        scanner: Key of the scanner.
        asked: What is asked of them.

    Raises:
        LocationError: There is no scan.
        UnknownNameError: The scan has no such scanner, or its results no such column.
        ConfigError: The condition, the order or the cursor cannot be used.
    """
    query = ResultsQuery(
        where=condition_from_sql(asked.where) if asked.where else None,
        columns=asked.columns or None,
        exclude=_HEAVY,
        order_by=order_terms(asked.order_by),
        limit=asked.limit,
        after=asked.cursor,
        offset=asked.offset,
        count=asked.count,
        positive=asked.positive,
    )

    async def read() -> RecordsPage:
        table = ResultsTable.open(location, run_sync, rows=asked.rows, storage=listed_storage(location))
        page = await table.typed_page(scanner, query)
        return RecordsPage(page.table.to_pylist(parse_json=True), page.total, page.after)

    return await off_loop(location, read)


_NAMED_BY: Final[Sequence[tuple[Rows, str]]] = (
    ("transcripts", "uuid"),
    ("results", "uuid"),
    ("transcripts", "transcript_id"),
)
"""Rows and columns in which a result is looked for."""

_INPUTS = ("input", "input_data")
"""What a scanner was given; where it is only referred to, reading it means reading the transcript."""


async def one_result(location: str, scanner: str, id: str) -> dict[str, object]:
    """Give all that is recorded of a call of a scanner, what it was given included.

    Args:
        location: Directory of the scan.
        scanner: Key of the scanner.
        id: Id of the call, or of one of several results that it had; of a call that failed, which has none, that of the transcript.

    Raises:
        LocationError: There is no scan.
        UnknownNameError: The scan has no such scanner, or that one no such result.
        ConfigError: The scanner was called several times on the transcript.
    """
    return await off_loop(location, lambda: _one_result(location, scanner, id))


async def _one_result(location: str, scanner: str, id: str) -> dict[str, object]:
    files = listed_storage(location)
    for kind, column in _NAMED_BY:
        table = ResultsTable.open(location, run_sync, rows=kind, storage=files)
        query = ResultsQuery(Condition(left=column, operator=Operator.EQ, right=id), exclude=(), limit=2)
        rows = (await table.typed_page(scanner, query)).table.to_pylist(parse_json=True)
        if len(rows) > 1:
            raise ConfigError(f"Scanner {scanner!r} has several results on {id!r}; give the uuid of one.")
        if rows:
            return rows[0]
    raise UnknownNameError("result", id)


async def named_results(location: str, scanner: str, names: Sequence[str]) -> dict[str, dict[str, object]]:
    """Give all that is recorded of some calls of a scanner, but for what it was given.

    Args:
        location: Directory of the scan.
        scanner: Key of the scanner.
        names: Ids of the results, as for `one_result`; of one that has several results or none, nothing is given.

    Raises:
        LocationError: There is no scan.
        UnknownNameError: The scan has no such scanner.
    """
    return await off_loop(location, lambda: _named_results(location, scanner, names))


async def _named_results(location: str, scanner: str, names: Sequence[str]) -> dict[str, dict[str, object]]:
    files, found = listed_storage(location), dict[str, dict[str, object]]()
    left: list[ScalarValue] = [*names]
    for kind, column in _NAMED_BY:
        if not left:
            break
        table = ResultsTable.open(location, run_sync, rows=kind, storage=files)
        condition = Condition(left=column, operator=Operator.IN, right=left)
        page = await table.typed_page(scanner, ResultsQuery(condition, exclude=_INPUTS))
        rows = page.table.to_pylist(parse_json=True)
        counted = Counter(str(row[column]) for row in rows)
        found |= {name: row for row in rows if counted[name := str(row[column])] == 1}
        left = [name for name in left if name not in counted]
    return found


def order_terms(names: Sequence[str]) -> list[OrderBy]:
    """Read an order: names of columns, `-name` from the largest down."""
    return [OrderBy(name.removeprefix("-"), "DESC" if name.startswith("-") else "ASC") for name in names]
