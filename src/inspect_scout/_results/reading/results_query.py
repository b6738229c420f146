"""One query over the results of a scan: which rows, what of them, in what order, how many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

from ..._query import Condition, OrderBy
from ..._support.errors import ConfigError
from ..._support.loops import RunCoroutine
from ..._support.reprs import MAX_ROWS, Words, html_table, one_line_repr
from ..._support.storage import Storage, join, normalize, run_in_thread, storage_for
from ..._support.terminal import plural
from ..files.light_spec import ids_in_order, read_declared_scanners, read_spec_text
from ..journal.index import JournalIndex, load_index, with_index
from ..layout import JOURNAL
from .chosen_results import Choose, ChosenResult, read_chosen, read_with_id
from .combined_rows import CombinedRows
from .cursor import Cursor, Identity
from .found_rows import FoundRows
from .inputs import ReadOrigin, follow_references, has_references, read_from_source, warn_once_per_log
from .row_view import RowView, StoredRowMode, check_row_mode, columns_to_exclude
from .scanner_rows import ScannerRows
from .text_search import Report, search_columns, search_rows
from .typed_table import TypedTable

if TYPE_CHECKING:
    from ..._transcripts import TextMatcher
    from ..._types import Status

T = TypeVar("T")

_MAX_COLUMNS = 12
"""Columns of a page that a notebook shows."""


@dataclass(frozen=True, slots=True, repr=False)
class ResultsPage:
    """Some results, as they were asked for.

    Args:
        table: The results, a row for each; of `value`, where types mix, the text.
        total: How many there are on all pages, if that was asked for.
        after: What a query takes as `after` to go on behind this page; None: this is the last one.

    Example:
        ```python
        page = scan_results_query("scans/scan_id=...", limit=20)
        while page.after is not None:
            page = scan_results_query("scans/scan_id=...", limit=20, after=page.after)
        print(page.table.num_rows)
        ```
    """

    table: pa.Table
    total: int | None = None
    after: str | None = None

    def __repr__(self) -> str:
        size = f"{plural(self.table.num_rows, 'row')}, {plural(self.table.num_columns, 'column')}"
        return one_line_repr(self, Words(size), total=self.total, after=self.after)

    def _repr_html_(self) -> str:
        shown, names = self.table.slice(0, MAX_ROWS).to_pylist(), self.table.column_names[:_MAX_COLUMNS]
        total = "" if self.total is None else f" of {self.total:,}"
        title = f"{plural(self.table.num_rows, 'row')}{total}, {plural(self.table.num_columns, 'column')}"
        if (len(shown), len(names)) < (self.table.num_rows, self.table.num_columns):
            title += f"; here the first {plural(len(shown), 'row')} and {plural(len(names), 'column')}"
        # Rows are told apart by their numbers: the first column may be long.
        rows = [(number, *(row[name] for name in names)) for number, row in enumerate(shown, 1)]
        return html_table(title, rows, ("", *names))


@dataclass(frozen=True, slots=True)
class TypedPage:
    """Some results of a scanner, whose cells have the types of what they hold.

    Args:
        table: The results, a row for each.
        total: How many there are on all pages, if that was asked for.
        after: What a query takes as `after` to go on behind this page; None: this is the last one.
    """

    table: TypedTable
    total: int | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class ResultsQuery:
    """What is asked of results.

    Args:
        where: What must hold.
        columns: Columns, in this order and under these names, short ones too (None: all but `exclude`).
        exclude: Columns to leave out where none are named (None: the heavy ones).
        order_by: Order (none: that of the transcripts).
        limit: Rows at most.
        offset: Rows to pass over.
        after: Cursor of the page before, instead of `offset`.
        count: Whether to count the rows of all pages.
        group_by: Columns by whose values rows are counted, instead of shown.
        positive: Whether only what found something is wanted, as the summary counts it.
        limit_each: Rows of each scanner at most.
    """

    where: Condition | None = None
    columns: Sequence[str] | None = None
    exclude: Sequence[str] | None = None
    order_by: Sequence[OrderBy] = ()
    limit: int | None = None
    offset: int = 0
    after: str | None = None
    count: bool = False
    group_by: Sequence[str] = ()
    positive: bool = False
    limit_each: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("limit", self.limit), ("offset", self.offset), ("limit_each", self.limit_each)):
            if value is not None and value < 0:
                raise ConfigError(f"{name}={value} is too small; use 0 or more.")
        if self.after is not None and self.offset:
            raise ConfigError(f"Both after={self.after!r} and offset={self.offset} were given; give one of them.")
        if self.group_by and self.columns is not None:
            raise ConfigError(
                f"Both group_by and columns={self.columns!r} were given; groups have columns of their own."
            )
        if self.group_by and self.limit_each is not None:
            raise ConfigError(f"Both group_by and limit_each={self.limit_each} were given; groups are of all scanners.")
        columns_to_exclude(self.exclude)

    @property
    def question(self) -> object:
        """What decides which row stands where; pages of one question follow one another."""
        where = None if self.where is None else self.where.model_dump_json()
        return (
            where,
            [(order.column, order.direction) for order in self.order_by],
            list(self.group_by),
            self.positive,
            self.limit_each,
        )

    @property
    def wants_all(self) -> bool:
        """Whether all rows are wanted, as they come."""
        chosen = self.where is not None or self.positive or self.order_by or self.group_by
        limited = self.limit is not None or self.limit_each is not None
        return not (chosen or limited or self.offset or self.after is not None)


@dataclass(frozen=True, slots=True)
class ResultsTable:
    """The results of a scan: finished, interrupted or running, also while other processes write to it.

    Args:
        location: Directory of the scan.
        storage: Where it is.
        run: Runs coroutines for code that cannot await.
        rows: "results": one row for each result, resultsets expanded; "transcripts": one row for each invocation;
            "stored": the same, all values as text.
        read: Reads inputs that are only referred to.
    """

    location: str
    storage: Storage
    run: RunCoroutine
    rows: StoredRowMode = "results"
    read: ReadOrigin = read_from_source

    @classmethod
    def open(
        cls,
        location: str,
        run: RunCoroutine,
        *,
        rows: StoredRowMode = "results",
        read: ReadOrigin = read_from_source,
        storage: Storage | None = None,
    ) -> ResultsTable:
        """Prepare to read results of a scan (storage None: what serves the location)."""
        if rows != "stored":
            check_row_mode(rows)
        where = storage if storage is not None else storage_for(location)
        return cls(normalize(location), where, run, rows, warn_once_per_log(read))

    async def query(self, query: ResultsQuery, scanner: str | None = None) -> ResultsPage:
        """Read a page of results.

        Args:
            query: What is asked.
            scanner: Key of one scanner (None: those of all, one after the other).

        Raises:
            LocationError: There is no scan at the location.
            UnknownNameError: The scan has no such scanner, or its results no such column.
            ConfigError: A condition, the order or the cursor cannot be used.
        """
        return await self._with_views(scanner, lambda views: self.read_page(views, query))

    async def typed_table(self, scanner: str, query: ResultsQuery) -> TypedTable:
        """Read results of a scanner whose cells have the types of what they hold; see `query`."""
        return await self._with_views(scanner, lambda views: self._typed_table(views, query))

    async def typed_page(self, scanner: str, query: ResultsQuery) -> TypedPage:
        """Read a page of the results of a scanner whose cells have the types of what they hold; see `query`."""
        return await self._with_views(scanner, lambda views: self._typed_page(views, query))

    async def search(self, scanner: str, query: ResultsQuery, matcher: TextMatcher, report: Report) -> None:
        """Look for a text in the results of a scanner that a query asks for.

        Args:
            scanner: Its key.
            query: Which results, and in which order; `columns`: where the text is sought (none: where people write).
            matcher: What is sought.
            report: Is told after each part of the rows, in another thread.

        Raises:
            UnknownNameError: The scan has no such scanner, or its results no such column.
            ConfigError: The condition cannot be used.
        """

        def look(views: list[RowView]) -> None:
            combined = CombinedRows(views)
            columns = search_columns(combined, query.columns or ())
            all_rows = query.where is None and not query.order_by and not query.positive
            found = None if all_rows else combined.find_all(query.where, query.order_by, query.positive)
            search_rows(views, found, columns, matcher, report)

        await self._with_views(scanner, look)

    async def count_findings(self, scanner: str, group_by: Sequence[str], where: Condition | None = None) -> pa.Table:
        """Count the results of a scanner by the values of columns, and say of each group how much was found.

        Args:
            scanner: Its key.
            group_by: Columns.
            where: What must hold.

        Returns:
            A row for each group: the values under the names given, `count`, `positive` (as the summary counts), `errors`,
            `nulls`, and how many stored rows they come from: `inputs` (of those that did not fail), `found_in`.

        Raises:
            UnknownNameError: The scan has no such scanner, or its results no such column.
            ConfigError: The condition cannot be used.
        """
        return await self._with_views(scanner, lambda views: CombinedRows(views).count_findings(where, group_by))

    async def count_kinds(self, scanner: str) -> pa.Table:
        """Count the results of a scanner in one reading; for as many as fit in memory.

        Args:
            scanner: Its key.

        Returns:
            A row for each group: `input_type`, `value`, `label`; `count`, `positive` (as the summary counts), `errors`,
            `nulls`.

        Raises:
            UnknownNameError: The scan has no such scanner.
        """
        return await self._with_views(scanner, lambda views: CombinedRows(views).count_kinds())

    async def chosen_results(self, scanner: str | None, choose: Choose) -> list[ChosenResult]:
        """Read the results that are chosen by their ids, with what their scanners were given.

        Args:
            scanner: Key of one scanner (None: of all).
            choose: Chooses; what it raises, this raises.

        Raises:
            LocationError: There is no scan at the location.
            UnknownNameError: The scan has no such scanner.
        """
        return await self._with_views(scanner, lambda views: read_chosen(views, choose))

    async def results_with_id(self, scanner: str | None, id: str) -> list[ChosenResult]:
        """Read the results that have an id, or are on the transcript that has it, with what their scanners were given."""
        return await self._with_views(scanner, lambda views: read_with_id(views, id))

    async def scanners(self) -> list[str]:
        """Name the scanners: those that the scan declares, then those that only its files know."""
        declared = await read_declared_scanners(self.storage, self.location)
        known = (await load_index(self.storage, self.location)).recorded_scanners()
        return list(dict.fromkeys([*declared, *known]))

    async def status(self) -> tuple[Status, list[str]]:
        """Tell how the scan stands, and which scanners have results."""
        from ..store import ScanStore  # here: its models need inspect_ai, which results alone do not

        status = await ScanStore(self.location, self.storage).status()
        return status, (await load_index(self.storage, self.location)).scanners_with_rows()

    async def has_resultsets(self, scanner: str) -> bool:
        """Tell whether a scanner gives lists of results."""
        return await self._with_views(scanner, lambda views: any(view.has_resultsets for view in views))

    async def row_view(self, scanner: str) -> RowView:
        """Find the rows of a scanner as they are now."""
        (view,) = await self._with_views(scanner, lambda views: views)
        return view

    def _follow(self, table: pa.Table) -> pa.Table:
        """Put inputs in the place of references."""
        followed: pa.Table = self.run(lambda: follow_references(table, self.read)) if has_references(table) else table
        return followed

    async def _with_views(self, scanner: str | None, work: Callable[[list[RowView]], T]) -> T:
        declared = await read_declared_scanners(self.storage, self.location)
        # The order of transcripts is only needed for rows that are not merged yet.
        has_journal = bool(await self.storage.list(join(self.location, JOURNAL), recursive=False))
        text = await read_spec_text(self.storage, self.location) if has_journal else None

        def on(index: JournalIndex) -> T:
            keys = [scanner] if scanner is not None else index.scanners_with_rows() or declared
            order: Sequence[str] = []
            if index.journal:  # of which a moment ago there may have been none
                order = ids_in_order(text or self.run(lambda: read_spec_text(self.storage, self.location)))
            sources = [ScannerRows(index, key, order, declared) for key in keys]
            try:
                return work([RowView(source, self.rows, self._follow) for source in sources])
            finally:
                pa.default_memory_pool().release_unused()  # what this thread keeps, no other one can use

        return await with_index(self.storage, self.location, on, run_in_thread)

    def read_page(self, views: Sequence[RowView], query: ResultsQuery) -> ResultsPage:
        """Read a page of the rows of some scanners."""
        combined = CombinedRows(views)
        cursor = self._cursor(views, query)
        if query.group_by:
            return _grouped(combined, query, cursor)
        shown = combined.select_columns(query.columns, query.exclude)
        chosen, total, after = _page_of_rows(combined, query, cursor)
        return ResultsPage(combined.read_table(chosen, shown), total, after)

    def _typed_page(self, views: Sequence[RowView], query: ResultsQuery) -> TypedPage:
        combined = CombinedRows(views)
        shown = combined.select_columns(query.columns, query.exclude)
        chosen, total, after = _page_of_rows(combined, query, self._cursor(views, query))
        (typed,) = combined.read_typed(chosen, shown)
        return TypedPage(typed, total, after)

    def _cursor(self, views: Sequence[RowView], query: ResultsQuery) -> Cursor:
        return Cursor.parse(query.after, (query.question, self.rows, [view.source.scanner for view in views]))

    def _typed_table(self, views: Sequence[RowView], query: ResultsQuery) -> TypedTable:
        combined = CombinedRows(views)
        shown = combined.select_columns(query.columns, query.exclude)
        if query.wants_all:
            columns = list(dict.fromkeys(shown.values()))
            table = views[0].table(columns, whole=query.columns is not None)
            return table.select({name: column for name, column in shown.items() if column in table.column_names})
        found, start, _ = _find_page(combined, query, Cursor.parse(None, ()))
        (typed,) = combined.read_typed(found[start:][: query.limit], shown)
        return typed


def _page_of_rows(
    combined: CombinedRows, query: ResultsQuery, cursor: Cursor
) -> tuple[FoundRows, int | None, str | None]:
    """Find the rows of a page, how many there are on all if that was asked for, and the cursor behind them."""
    found, start, total = _find_page(combined, query, cursor)
    end = len(found) if query.limit is None else min(len(found), start + query.limit)
    after = None
    if start < end < len(found) and query.limit:
        after = cursor.encode_at(end, combined.identities(found[end - 1 : end])[0])
    return found[start:end], total if query.count else None, after


def _find_page(combined: CombinedRows, query: ResultsQuery, cursor: Cursor) -> tuple[FoundRows, int, int | None]:
    """Find rows, at least one more than are to be shown if there are more.

    Returns:
        The rows, the first that is to be shown, and how many there are, if that was asked for.
    """
    start = query.offset if cursor.row is None else cursor.offset
    total: int | None = None
    if query.limit is None or query.limit_each is not None:
        found = combined.find_all(query.where, query.order_by, query.positive).first_of_each(query.limit_each)
        total = len(found)
    elif query.count or query.order_by:
        found, total = combined.find_first(query.where, query.order_by, start + query.limit + 1, query.positive)
    else:
        found = combined.find(query.where, query.order_by, start + query.limit + 1, query.positive)
    if cursor.row is None or combined.identities(found[start - 1 : start]) == [cursor.row]:
        return found, start, total
    # The scan went on meanwhile: the row is elsewhere.
    found = combined.find_all(query.where, query.order_by, query.positive).first_of_each(query.limit_each)
    return found, cursor.position_after(combined.identities(found)), len(found)


def _grouped(combined: CombinedRows, query: ResultsQuery, cursor: Cursor) -> ResultsPage:
    groups = combined.count_groups(query.where, query.group_by, query.order_by, query.positive)
    rows = [_group(row) for row in groups.to_pylist()]
    start, count = query.offset, len(rows)
    if cursor.row is not None:
        start = (
            cursor.offset if rows[cursor.offset - 1 : cursor.offset] == [cursor.row] else cursor.position_after(rows)
        )
    end = count if query.limit is None else min(count, start + query.limit)
    after = cursor.encode_at(end, rows[end - 1]) if end < count and query.limit else None
    return ResultsPage(groups.slice(start, max(0, end - start)), count if query.count else None, after)


def _group(row: Mapping[str, object]) -> Identity:
    """Tell a group apart from others: by all but its count, which comes last."""
    return [None if cell is None else str(cell) for cell in list(row.values())[:-1]]
