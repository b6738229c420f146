"""What scanners found: in how many of their inputs, of what kinds, and how often by the values of columns.

A scanner is called for each of its inputs: a transcript, a message, an event, or a list of them. Rates are shares of the
inputs that were judged: those whose call failed are counted apart. A list of results for an input counts once there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .._query import ColumnPath, condition_from_sql, names_in_condition
from .._results import RESULT_OWN_COLUMNS, ResultsPage, ResultsQuery, ResultsTable, read_overview
from .._statistics import Proportion
from .._support.errors import UnknownNameError
from .._support.storage import Storage, for_each, listed_storage
from .bridge import run_sync

if TYPE_CHECKING:
    from .._query import Condition
    from .._types import ScannerState

Unit = Literal["transcript", "message", "event", "input", "result"]
"""What is counted: inputs by their type, or each result of those lists of which a condition selects some."""

MAX_COUNTED = 200_000
"""Rows of a scanner that are counted to tell of nulls and kinds: 1 000 000 took 1.3 s and 150 MB more."""

MAX_AT_ONCE = 20_000
"""Rows of a scanner that are counted in memory; the database that counts more takes 0.1 s to load."""

_UNITS: Mapping[object, Unit] = {"transcript": "transcript", "message": "message", "event": "event"}


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many results have one label, or one value.

    Args:
        value: The label or value.
        count: How many results.
    """

    value: object
    count: int


@dataclass(frozen=True, slots=True)
class ScannerFindings:
    """What a scanner found.

    Args:
        scanner: Its key.
        unit: What `found` counts.
        found: How many of the judged inputs something was found in.
        results: How many results were found, as the summary counts them: each one of a list.
        errors: Calls that failed.
        nulls: Results without a value; they count as judged, and as not found. None: there are too many rows to count them.
        has_lists: Whether the scanner gives lists of results.
        kinds_by: What `kinds` are: labels of what was found, or, where nothing has a label, all values.
        kinds: The kinds of results, the most frequent first; none where `nulls` is None.
    """

    scanner: str
    unit: Unit
    found: Proportion
    results: int
    errors: int
    nulls: int | None
    has_lists: bool
    kinds_by: Literal["label", "value"]
    kinds: Sequence[KindCount]


@dataclass(frozen=True, slots=True)
class FindingsGroup:
    """What was found where columns have certain values.

    Args:
        values: Value of each column.
        found: How many were found, of how many; see `ScannerBreakdown`.
        results: How many results were found.
        errors: Calls that failed.
        nulls: Results without a value.
    """

    values: Sequence[object]
    found: Proportion
    results: int
    errors: int
    nulls: int


@dataclass(frozen=True, slots=True)
class ScannerBreakdown:
    """What a scanner found by the values of columns.

    Args:
        scanner: Its key.
        unit: What is counted.
        by: The columns, under the names given.
        is_share: Whether each group is a share of all that was judged, because the columns tell results apart (label,
            value), or else a rate of its own: what was found of what was judged in the group.
        groups: The groups, the largest first.
    """

    scanner: str
    unit: Unit
    by: Sequence[str]
    is_share: bool
    groups: Sequence[FindingsGroup]


async def scanner_findings(
    location: str,
    scanner: str | None = None,
    where: str | None = None,
    max_counted: int = MAX_COUNTED,
    storage: Storage | None = None,
) -> list[ScannerFindings]:
    """Tell what scanners found.

    Args:
        location: Directory of the scan (finished, interrupted or running).
        scanner: Key of one scanner (None: all).
        where: SQL condition over the columns of results.
        max_counted: Of scanners with more rows, and without lists of results, what the scan has recorded is told, without
            nulls and kinds, unless a condition selects rows.
        storage: Where it is (None: what serves the location).

    Raises:
        LocationError: There is no scan.
        UnknownNameError: The scan has no such scanner, or its results no such column.
        ConfigError: The condition cannot be used.
    """
    condition = condition_from_sql(where) if where else None
    files = listed_storage(location, storage)

    async def find(counted: _Counted) -> ScannerFindings:
        if condition is not None or counted.has_lists:
            return await _findings(counted, condition)
        first = ResultsQuery(columns=["input_type"], limit=1, count=True)
        page = await counted.inputs.query(first, counted.scanner)
        told, total = None, page.total or 0
        if total > max_counted:
            recorded = (await read_overview(location, files, errors=False)).state
            told = _recorded_findings(counted, recorded.scanners.get(counted.scanner), page)
        return told or (await _findings_of_few(counted) if total <= MAX_AT_ONCE else await _findings(counted, None))

    return await for_each(location, await _counted_scanners(location, files, scanner, condition), find)


async def findings_by(
    location: str, by: Sequence[str], scanner: str | None = None, where: str | None = None
) -> list[ScannerBreakdown]:
    """Tell what scanners found, by the values of columns.

    Args:
        location: Directory of the scan (finished, interrupted or running).
        by: Columns, short names too (`model`, `task`, `label`, `score`, `metadata.k`).
        scanner: Key of one scanner (None: all).
        where: SQL condition over the columns of results.

    Raises:
        LocationError: There is no scan.
        UnknownNameError: The scan has no such scanner, or its results no such column.
        ConfigError: The condition cannot be used, or one column is named twice.
    """
    condition = condition_from_sql(where) if where else None
    counted = await _counted_scanners(location, listed_storage(location), scanner, condition)
    return [await _breakdown(each, by, condition) for each in counted]


def group_records(breakdown: ScannerBreakdown) -> list[dict[str, object]]:
    """Write groups as flat records, for programs."""
    return [
        {
            "scanner": breakdown.scanner,
            **dict(zip(breakdown.by, group.values, strict=True)),
            "unit": breakdown.unit,
            "n": group.found.n,
            "found": group.found.positive,
            "rate": group.found.rate,
            **dict(zip(("rate_low", "rate_high"), group.found.interval() or (None, None), strict=True)),
            "results": group.results,
            "errors": group.errors,
            "nulls": group.nulls,
        }
        for group in breakdown.groups
    ]


@dataclass(frozen=True, slots=True)
class _Group:
    """A group of rows as they were counted."""

    values: Sequence[object]
    count: int
    positive: int
    errors: int
    nulls: int
    inputs: int
    found_in: int


@dataclass(frozen=True, slots=True)
class _Counted:
    """The rows of a scanner that are counted.

    Args:
        scanner: Its key.
        results: A row for each result.
        inputs: A row for each input.
        has_lists: Whether the two differ.
        selects_results: Whether a condition selects some of the results of lists, so that nothing but results can be counted.
    """

    scanner: str
    results: ResultsTable
    inputs: ResultsTable
    has_lists: bool
    selects_results: bool

    @property
    def counted(self) -> ResultsTable:
        """The rows that rates are about."""
        return self.results if self.selects_results else self.inputs

    def unit(self, input_types: Iterable[object]) -> Unit:
        """Name what is counted."""
        if self.selects_results:
            return "result"
        units: set[Unit] = {_UNITS.get(each, "input") for each in input_types}
        return units.pop() if len(units) == 1 else "input"


async def _counted_scanners(
    location: str, files: Storage, scanner: str | None, where: Condition | None
) -> list[_Counted]:
    results, inputs = (
        ResultsTable.open(location, run_sync, rows=rows, storage=files) for rows in ("results", "transcripts")
    )
    named = _are_own(names_in_condition(where)) if where is not None else False
    known = await results.scanners()

    async def look(key: str) -> list[_Counted]:
        try:
            has_lists = await results.has_resultsets(key)
        except UnknownNameError as error:
            # A scanner without a row has no table; it exists all the same.
            if error.kind != "scanner" or key not in known:
                raise
            return []
        return [_Counted(key, results, inputs, has_lists, has_lists and named)]

    return [one for found in await for_each(location, known if scanner is None else [scanner], look) for one in found]


def _are_own(columns: Iterable[str]) -> bool:
    """Tell whether some of these columns tell the results of one input apart."""
    return any(ColumnPath.parse(name).base in RESULT_OWN_COLUMNS for name in columns)


async def _groups(table: ResultsTable, scanner: str, by: Sequence[str], where: Condition | None) -> list[_Group]:
    counted = await table.count_findings(scanner, by, where)
    columns = [column.to_pylist() for column in counted.columns]
    return [_Group(row[: len(by)], *row[len(by) :]) for row in zip(*columns, strict=True)]


async def _findings_of_few(counted: _Counted) -> ScannerFindings:
    """Tell what a scanner found that gives one result for each input, from one reading of its rows."""
    made = await counted.inputs.count_kinds(counted.scanner)
    columns = [column.to_pylist() for column in made.columns]
    groups = [
        _Group([kind, value, label], count, positive, errors, nulls, count - errors, positive)
        for kind, value, label, count, positive, errors, nulls in zip(*columns, strict=True)
    ]
    labels = _kinds((group.values[2], group.positive) for group in groups)
    values = [] if labels else _kinds((group.values[1], group.count) for group in groups)
    return _told(counted, groups, groups, labels, values)


async def _findings(counted: _Counted, where: Condition | None) -> ScannerFindings:
    scanner, by = counted.scanner, ["input_type"] if counted.has_lists else ["input_type", "label"]
    inputs = await _groups(counted.counted, scanner, by, where)
    results = await _groups(counted.results, scanner, ["label"], where) if counted.has_lists else inputs
    # One label may be given to inputs of several types.
    labels = _kinds((group.values[-1], group.positive) for group in results)
    values: Sequence[KindCount] = []
    if not labels:
        values = _kinds((g.values[0], g.count) for g in await _groups(counted.results, scanner, ["value"], where))
    return _told(counted, inputs, results, labels, values)


def _told(
    counted: _Counted,
    inputs: Sequence[_Group],
    results: Sequence[_Group],
    labels: Sequence[KindCount],
    values: Sequence[KindCount],
) -> ScannerFindings:
    return ScannerFindings(
        counted.scanner,
        counted.unit(group.values[0] for group in inputs),
        Proportion(sum(group.count - group.errors for group in inputs), sum(group.positive for group in inputs)),
        results=sum(group.positive for group in results),
        errors=sum(group.errors for group in inputs),
        nulls=sum(group.nulls for group in inputs),
        has_lists=counted.has_lists,
        kinds_by="label" if labels else "value",
        kinds=labels or values,
    )


def _kinds(counted: Iterable[tuple[object, int]]) -> list[KindCount]:
    """Add up what was counted of each kind, without those that have no name, or that were not found."""
    counts: Counter[object] = Counter()
    for value, count in counted:
        counts[value] += count
    ordered = sorted(counts, key=lambda value: _rank(value, counts[value]))
    return [KindCount(value, counts[value]) for value in ordered if value is not None and counts[value]]


def _rank(value: object, count: int) -> tuple[int, bool, float, str]:
    """Order kinds: the most frequent first, then numbers and texts in their order."""
    number = value if isinstance(value, int | float) else None
    return -count, number is None, float(number or 0), str(value)


def _recorded_findings(counted: _Counted, state: ScannerState | None, page: ResultsPage) -> ScannerFindings | None:
    """Tell what a scan recorded of a scanner that gives one result for each input; None if it did not count these rows.

    Args:
        counted: The scanner.
        state: What was recorded.
        page: The first row, and how many there are.
    """
    judged = (page.total or 0) - (state.errors if state is not None else 0)
    if state is None or judged < state.results:
        return None
    return ScannerFindings(
        counted.scanner,
        counted.unit(page.table.column("input_type").to_pylist()),
        Proportion(judged, state.results),
        results=state.results,
        errors=state.errors,
        nulls=None,
        has_lists=False,
        kinds_by="value",
        kinds=[],
    )


async def _breakdown(counted: _Counted, by: Sequence[str], where: Condition | None) -> ScannerBreakdown:
    is_share, judged = _are_own(by), 0
    if is_share:
        inputs = await _groups(counted.counted, counted.scanner, ["input_type"], where)
        input_types, judged = [group.values[0] for group in inputs], sum(each.count - each.errors for each in inputs)
    else:  # what was found is asked below; of a million rows, to count it takes 0.2 s
        asked = ResultsQuery(where, group_by=["input_type"])
        input_types = (await counted.counted.query(asked, counted.scanner)).table.column("input_type").to_pylist()
    unit = counted.unit(input_types)
    table = counted.results if is_share else counted.counted
    groups = await _groups(table, counted.scanner, by, where)
    results = {tuple(group.values): group.positive for group in groups}
    if counted.has_lists and table is counted.inputs:
        of_lists = await _groups(counted.results, counted.scanner, by, where)
        results = {tuple(group.values): group.positive for group in of_lists}
    # A label names what was found; a value also tells what was not.
    labels = any(ColumnPath.parse(name).base == "label" for name in by)
    made: list[FindingsGroup] = []
    for group in groups:
        n, part = group.count - group.errors, group.positive
        if is_share:
            rows, of_inputs = (group.positive, group.found_in) if labels else (n, group.inputs)
            n, part = judged, rows if unit == "result" else of_inputs
            if not part:
                continue
        found = results.get(tuple(group.values), 0)
        made.append(FindingsGroup(group.values, Proportion(n, part), found, group.errors, group.nulls))
    return ScannerBreakdown(counted.scanner, unit, by, is_share, made)
