"""Results of a scanner counted: by the values of columns, and the values of a column as a distribution."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ..._query import condition_from_sql
from ..._results import ResultsQuery, ResultsTable
from ..._statistics import Proportion
from ..._support.errors import ConfigError
from ..._support.storage import listed_storage
from ..bridge import run_sync
from ..findings import ScannerBreakdown, findings_by, group_records
from .off_loop import off_loop

if TYPE_CHECKING:
    import pyarrow as pa

BINS: Final = 20
"""Parts that a range of numbers is cut into."""

MAX_NUMBERS: Final = 12
"""Fewer different numbers than these are told one by one."""


@dataclass(frozen=True, slots=True)
class Facet:
    """What a scanner found by the values of one column.

    Args:
        by: The column.
        unit: What is counted.
        is_share: Whether each group is a share of all, and not a rate of its own.
        groups: Groups as programs read them, the largest first.
        left_out: Groups beyond the limit.
    """

    by: str
    unit: str
    is_share: bool
    groups: Sequence[dict[str, object]]
    left_out: int


@dataclass(frozen=True, slots=True)
class DistributionPart:
    """How many results have a value, or one in a range.

    Args:
        value: The value (None: those in a range, or without a value).
        low: Lower end of the range.
        high: Upper end; it belongs to the last range alone.
        count: How many.
        rate: Their share of the group.
        rate_low: Lower end of its interval (Wilson).
        rate_high: Upper end.
    """

    value: object
    low: float | None
    high: float | None
    count: int
    rate: float | None
    rate_low: float | None
    rate_high: float | None


@dataclass(frozen=True, slots=True)
class DistributionGroup:
    """The values of results that have something in common.

    Args:
        group: What they have in common, by column.
        n: How many results have a value.
        nulls: How many have none.
        parts: The values, the most frequent first, or ranges in their order.
        left_out: Results with rarer values.
    """

    group: dict[str, object]
    n: int
    nulls: int
    parts: Sequence[DistributionPart]
    left_out: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the values of a column are distributed.

    Args:
        column: The column.
        by: Columns that results are grouped by.
        ranges: Whether parts are ranges of numbers.
        groups: The groups, the largest first.
        left_out: Groups beyond the limit.
    """

    column: str
    by: Sequence[str]
    ranges: bool
    groups: Sequence[DistributionGroup]
    left_out: int


async def result_facets(
    location: str, scanner: str, by: Sequence[str], where: str | None = None, limit: int = 50
) -> list[Facet]:
    """Tell what a scanner found by the values of some columns, of each on its own.

    Args:
        location: Directory of the scan.
        scanner: Key of the scanner.
        by: Columns, short names too.
        where: SQL condition over the columns of results.
        limit: Groups of each column at most.

    Raises:
        LocationError: There is no scan.
        UnknownNameError: The scan has no such scanner, or its results no such column.
        ConfigError: The condition cannot be used.
    """

    async def count() -> list[Facet]:
        counted = [(name, await findings_by(location, [name], scanner, where)) for name in dict.fromkeys(by)]
        return [_facet(name, breakdown, limit) for name, found in counted for breakdown in found]

    return await off_loop(location, count)


def _facet(name: str, breakdown: ScannerBreakdown, limit: int) -> Facet:
    records = group_records(breakdown)
    groups = [{"value": record.get(name), **{k: record[k] for k in _COUNTED}} for record in records[:limit]]
    return Facet(name, breakdown.unit, breakdown.is_share, groups, max(0, len(records) - limit))


_COUNTED = ("n", "found", "rate", "rate_low", "rate_high", "results", "errors", "nulls")


async def result_distribution(
    location: str,
    scanner: str,
    column: str,
    by: Sequence[str] = (),
    where: str | None = None,
    limit: int = 50,
) -> Distribution:
    """Tell how the values of a column are distributed: numbers by ranges, all else value by value.

    Args:
        location: Directory of the scan.
        scanner: Key of the scanner.
        column: The column, short names too.
        by: Columns to group results by.
        where: SQL condition over the columns of results.
        limit: Values of a group, and groups, at most.

    Raises:
        LocationError: There is no scan.
        UnknownNameError: The scan has no such scanner, or its results no such column.
        ConfigError: The condition cannot be used, or a column is named twice.
    """
    if column in by:
        raise ConfigError(f"by={column!r} is the column whose values are asked for; group by another one.")
    query = ResultsQuery(condition_from_sql(where) if where else None, group_by=[*by, column])

    async def count() -> Distribution:
        files = listed_storage(location)
        page = await ResultsTable.open(location, run_sync, storage=files).query(query, scanner)
        return _distribution(page.table, column, by, limit)

    return await off_loop(location, count)


def _distribution(table: pa.Table, column: str, by: Sequence[str], limit: int) -> Distribution:
    cells: list[object] = [*table.column(column).to_pylist()]
    counts = [int(str(count)) for count in table.column("count").to_pylist()]
    edges = _edges(cells)
    members: defaultdict[tuple[object, ...], list[tuple[object, int]]] = defaultdict(list)
    keys = zip(*(table.column(name).to_pylist() for name in by), strict=True) if by else [()] * len(cells)
    for key, cell, count in zip(keys, cells, counts, strict=True):
        members[key].append((cell, count))
    ordered = sorted(members.items(), key=lambda item: -sum(count for _, count in item[1]))
    groups = [_group(dict(zip(by, key, strict=True)), found, edges, limit) for key, found in ordered[:limit]]
    return Distribution(column, by, edges is not None, groups, max(0, len(ordered) - limit))


def _edges(values: Iterable[object]) -> list[float] | None:
    """Cut the range of numbers into parts (None: these are not numbers, or few)."""
    known = {value for value in values if value is not None}
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        return None
    finite = [number for value in known if math.isfinite(number := _number(value))]
    if len(finite) <= MAX_NUMBERS:
        return None
    low, high = min(finite), max(finite)
    edges = [low + (high - low) * (number / BINS) for number in range(BINS)] + [high]
    return edges if all(map(math.isfinite, edges)) and len(set(edges)) == len(edges) else None


def _number(value: object) -> float:
    """Give a number as a float; one beyond their range is infinite."""
    try:
        return float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        return math.inf


def _group(
    group: dict[str, object], found: Sequence[tuple[object, int]], edges: list[float] | None, limit: int
) -> DistributionGroup:
    nulls = sum(count for value, count in found if value is None)
    known = [(value, count) for value, count in found if value is not None]
    n = sum(count for _, count in known)
    if edges is None:
        parts = [_part(n, count, value) for value, count in sorted(known, key=lambda each: -each[1])[:limit]]
    else:
        sums = [0] * BINS
        for value, count in known:
            number = _number(value)
            if math.isfinite(number):
                sums[min(BINS, max(1, bisect_right(edges, number))) - 1] += count
        parts = [_part(n, count, None, *ends) for count, ends in zip(sums, pairwise(edges), strict=True)]
    return DistributionGroup(group, n, nulls, parts, n - sum(part.count for part in parts))


def _part(n: int, count: int, value: object, low: float | None = None, high: float | None = None) -> DistributionPart:
    share = Proportion(n, count)
    rate_low, rate_high = share.interval() or (None, None)
    return DistributionPart(value, low, high, count, share.rate, rate_low, rate_high)
