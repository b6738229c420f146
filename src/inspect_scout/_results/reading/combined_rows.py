"""The rows of a scanner, or of several one below the other: found by conditions, then read."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from ..._query import (
    COUNT,
    Condition,
    GroupCount,
    Operator,
    OrderBy,
    RowStream,
    find_first_rows,
    find_groups,
    find_rows,
)
from ..._support.arrow import Array
from ..._support.cache import Cache
from ..._support.errors import UnknownNameError
from ..rows.arrow_tables import (
    Column,
    Int64Array,
    bool_column,
    cast_or_null,
    column,
    compute,
    concat_tables,
    fields,
    fill_nulls,
    int64_column,
    is_text,
    named_table,
    nulls,
    schema_of,
    table_of,
    take,
    to_bools,
    to_numpy,
)
from ..rows.counting import positive_rows
from ..rows.schema import HIDDEN_NAMES, RESULT_COLUMNS, conform, result_columns_first, results_schema
from .cursor import Identity
from .found_rows import CompactRows, FoundRows
from .resultsets import ITEM_COLUMN, KIND_COLUMN, OWN_COLUMNS
from .row_view import RowView, columns_to_exclude
from .shared_rows import SharedRows
from .typed_table import ColumnSurvey, TypedTable

_FOUND_BYTES = 16 * 2**20
_FIRST_BYTES = 2 * 2**20
FIRST_ROWS = 1001
"""Rows in an order that are found and remembered at once, for the next pages: of a million, 5000 took three times as long."""
_SURVEYS = 256

_PREFIX = "transcript_"
# Where a short name could mean two columns, these say which.
_SHORT_NAMES = {
    "scanner": "scanner_key",
    "error": "scan_error",
    "task": "transcript_task_set",
    "tokens": "scan_total_tokens",
    "epoch": "transcript_task_repeat",
    "sample_id": "transcript_id",
}
# Scanners fill these as they like, so that a comparison may fit the rows of one and no row of another.
_LENIENT = frozenset(name for name, _ in RESULT_COLUMNS)
# Text that is sorted as numbers where it holds numbers.
_MIXED = frozenset(("transcript_score",))

_KINDS = ("input_type", "value", "label")
_POSITIVE = "scout.positive"
_POSITION = ("row", "view", "row_number", "occurrence")
_IDENTITY = ("scanner_key", "transcript_id", "uuid", "label")

REFERENCES = pa.dictionary(pa.int32(), pa.large_string())
"""Type of texts that several rows share."""


# What a process that reads again and again remembers of tables that do not change: pages of one question follow one another.
_found = Cache[Hashable, CompactRows](_FOUND_BYTES, lambda rows: rows.size + 1024)
_first = Cache[Hashable, tuple[CompactRows, int]](_FIRST_BYTES, lambda first: first[0].size + 1024)
_surveys = Cache[Hashable, ColumnSurvey](_SURVEYS)


class CombinedRows:
    """Rows of several scanners.

    Args:
        views: The rows of each.
    """

    def __init__(self, views: Sequence[RowView]) -> None:
        self._views = views
        known: dict[str, pa.DataType] = {
            field.name: field.type for view in reversed(views) for field in fields(view.source.schema)
        }
        ours: dict[str, pa.DataType] = dict(zip(results_schema().names, results_schema().types, strict=True))
        several = len(views) > 1
        self._types: dict[str, pa.DataType] = {
            name: ours.get(name, kind) if several else kind for name, kind in known.items()
        }
        # In the order of the first that has all: verdicts by key may differ.
        widest = max(views, key=lambda view: len(view.source.schema.names), default=None)
        order = widest.source.schema.names if widest is not None else []
        self._names = [n for n in dict.fromkeys([*order, *known]) if n not in HIDDEN_NAMES]
        self._aliases = _short_names(self._names)

    @cached_property
    def _has_resultsets(self) -> bool:
        return any(view.has_resultsets for view in self._views)

    @property
    def _position(self) -> Sequence[str]:
        """Numbers that tell rows apart; where each stored row is one row, its number does."""
        return _POSITION if self._has_resultsets else _POSITION[:1]

    def select_columns(self, wanted: Sequence[str] | None, exclude: Sequence[str] | None) -> dict[str, str]:
        """Say which columns are wanted: name to show -> column.

        Raises:
            UnknownNameError: There is no such column.
        """
        if wanted is None:
            left_out = set(columns_to_exclude(exclude))
            return {name: name for name in result_columns_first(self._names) if name not in left_out}
        known = {**self._aliases, **{name: name for name in self._names}}
        for name in wanted:
            if name not in known:
                raise UnknownNameError("column", name, known)
        return {name: known[name] for name in wanted}

    def find_all(self, where: Condition | None, order_by: Sequence[OrderBy], positive: bool) -> FoundRows:
        """Find all rows; what the same question found last is remembered."""
        if where is None and not order_by and not positive:
            return self.find(where, order_by, None, positive)
        key = self._key("rows", _asked(where, order_by, positive))
        if key is None:
            return self.find(where, order_by, None, positive)
        return _found.fetch(key, lambda: self.find(where, order_by, None, positive).compact()).wide()

    def find_first(
        self, where: Condition | None, order_by: Sequence[OrderBy], most: int, positive: bool
    ) -> tuple[FoundRows, int]:
        """Find the first rows, `most` of them or more, and how many there are; remembered as by `find_all`."""
        if where is None and not order_by and not positive and not self._has_resultsets:
            return self._first_rows(most), sum(view.source.count() for view in self._views)
        if most > FIRST_ROWS or (where is None and not order_by):
            found = self.find_all(where, order_by, positive)
            return found, len(found)

        def find() -> tuple[CompactRows, int]:
            conditions = [where] if where is not None else []
            stream, also = self._stream(), _IS_POSITIVE if positive else ()
            found, total = find_first_rows(stream, conditions, order_by, FIRST_ROWS, also)
            return _numbered(self._views, found).compact(), total

        key = self._key("first", _asked(where, order_by, positive))
        first, total = find() if key is None else _first.fetch(key, find)
        return first.wide(), total

    def find(
        self, where: Condition | None, order_by: Sequence[OrderBy], limit: int | None, positive: bool
    ) -> FoundRows:
        """Find rows, looking only at the columns that the condition and the order name."""
        if where is None and not order_by:
            return self._first_positive_rows(limit) if positive else self._first_rows(limit)
        found = find_rows(
            self._stream(), [where] if where is not None else [], order_by, limit, _IS_POSITIVE if positive else ()
        )
        return _numbered(self._views, found)

    def count_groups(
        self, where: Condition | None, group_by: Sequence[str], order_by: Sequence[OrderBy], positive: bool
    ) -> pa.Table:
        """Count rows by the values of columns."""
        conditions = [*([where] if where is not None else []), *(_IS_POSITIVE if positive else ())]
        return self._groups(conditions, group_by, order_by, {})

    def count_findings(self, where: Condition | None, group_by: Sequence[str]) -> pa.Table:
        """Count rows by the values of columns, and of each group what was found, what failed and what came of what.

        Returns:
            As `count_groups` does, with more columns: `positive`, `errors`, `nulls` (rows), `inputs` and `found_in` (stored
            rows that these come from: all that did not fail, and those of positive ones).
        """
        counts = _FINDINGS
        if not self._has_resultsets:
            # Each row comes from a stored row of its own.
            counts = {name: replace(count, distinct="") for name, count in counts.items()}
        return self._groups([where] if where is not None else [], group_by, (), counts)

    def count_kinds(self) -> pa.Table:
        """Count all rows by input type, value and label, in memory: without a database, which takes longer to load.

        Returns:
            As `count_findings` does, without what stored rows the groups come from.
        """
        stream = self._stream()
        names = [name for name in (*_KINDS, KIND_COLUMN) if name in stream.columns]
        schema = schema_of((name, stream.columns[name]) for name in (*names, "scan_error", _POSITIVE))
        rows = concat_tables((part.select(schema.names) for part in stream.read(schema.names)), schema)
        first, groups = _group_rows(rows.select(names))
        failed = to_bools(compute.is_valid(column(rows, "scan_error")))
        empty = to_bools(compute.is_null(column(rows, "value")))
        chosen = {"positive": to_bools(column(rows, _POSITIVE)), "errors": failed, "nulls": empty & ~failed}
        counts = {name: np.bincount(groups[own], minlength=len(first)) for name, own in chosen.items()}
        typed = self._survey(["value"]).typed(SharedRows(take(rows, int64_column(first))), names).table()
        unknown = nulls(len(first), pa.string())
        cells = [column(typed, name) if name in typed.column_names else unknown for name in _KINDS]
        numbers = (np.bincount(groups, minlength=len(first)), *counts.values())
        return named_table([*cells, *map(int64_column, numbers)], [*_KINDS, "count", *counts])

    def _groups(
        self,
        conditions: Sequence[Condition],
        group_by: Sequence[str],
        order_by: Sequence[OrderBy],
        counts: Mapping[str, GroupCount],
    ) -> pa.Table:
        stream = self._stream()
        found = find_groups(stream, conditions, group_by, order_by, counts)
        bases = {name: stream.path(name) for name in group_by}
        whole = {name: path.base for name, path in bases.items() if not path.keys}
        typed = {base: name for name, base in whole.items() if base in ("value", "validation_result")}
        rows = found.rename_columns([whole.get(n, n) if whole.get(n) in typed else n for n in found.column_names])
        survey = self._survey(list(typed))
        made = survey.typed(SharedRows(rows), [n for n in rows.column_names if n != KIND_COLUMN]).table()
        made = made.rename_columns([*group_by, COUNT, *counts])
        for name, base in whole.items():
            if base not in typed and is_text(self._types[base]):
                made = made.set_column(made.column_names.index(name), name, column(made, name).cast(self._types[base]))
        return made

    def read_typed(self, found: FoundRows, shown: Mapping[str, str]) -> list[TypedTable]:
        """Read what was found of each view."""
        columns = list(dict.fromkeys(shown.values()))
        survey = self._survey(columns)
        tables: list[TypedTable] = []
        for number, view in enumerate(self._views):
            own = found.views == number
            present = view.source.existing(columns)
            rows = view.rows_at(present, found.row_numbers[own], found.occurrences[own])
            typed = survey.typed(rows, columns)
            tables.append(typed.select({name: base for name, base in shown.items() if base in present}))
        return tables

    def read_table(self, found: FoundRows, shown: Mapping[str, str]) -> pa.Table:
        """Read what was found as one table, in its order."""
        tables = [typed.table() for typed in self.read_typed(found, shown)]
        if len(tables) == 1:
            return tables[0]
        kinds = {n: t for table in tables for n, t in zip(table.schema.names, table.schema.types, strict=True)}
        typed = {
            name: kinds[name] if base in ("value", "validation_result") else self._types[base]
            for name, base in shown.items()
        }
        schema = schema_of(typed.items())
        whole = concat_tables((conform(table, schema) for table in tables), schema)
        order = np.argsort(np.argsort(found.views, kind="stable"), kind="stable")
        return whole.take(int64_column(order))

    def identities(self, found: FoundRows) -> list[Identity]:
        """Tell rows apart from others."""
        shown = {name: name for name in _IDENTITY}
        rows = self.read_table(found, {n: base for n, base in shown.items() if base in self._types}).to_pylist()
        return [[None if row.get(name) is None else str(row[name]) for name in _IDENTITY] for row in rows]

    def _first_rows(self, limit: int | None) -> FoundRows:
        """Find the first rows, without looking at any column where no row must be expanded."""
        empty = np.zeros(0, np.int64)
        parts = [(empty, empty, empty)]
        count = 0
        for number, view in enumerate(self._views):
            for row_numbers, occurrences in _numbers(view, None if limit is None else limit - count):
                parts.append((np.full(len(row_numbers), number), row_numbers, occurrences))
                count += len(row_numbers)
                if limit is not None and count >= limit:
                    return FoundRows(*map(np.concatenate, zip(*parts)))[:limit]
        return FoundRows(*map(np.concatenate, zip(*parts)))

    def _first_positive_rows(self, limit: int | None) -> FoundRows:
        """Find the first rows that found something, reading no further than that takes."""
        empty = np.zeros(0, np.int64)
        parts = [(empty, empty, empty)]
        count = 0
        for table in self._stream().read([_POSITIVE]):
            found = table.filter(column(table, _POSITIVE))
            numbered = _numbered(self._views, found)
            parts.append((numbered.views, numbered.row_numbers, numbered.occurrences))
            count += found.num_rows
            if limit is not None and count >= limit:
                break
        return FoundRows(*map(np.concatenate, zip(*parts, strict=True)))[:limit]

    def _survey(self, shown: Sequence[str]) -> ColumnSurvey:
        typed = tuple(name for name in ("value", "validation_result") if name in shown)
        key = self._key("survey", typed)
        return (
            _make_survey(self._views, shown)
            if key is None
            else _surveys.fetch(key, lambda: _make_survey(self._views, shown))
        )

    def _key(self, *question: Hashable) -> Hashable | None:
        """Name what is asked of these rows as they are (None: they may change at any time)."""
        states = tuple(view.state for view in self._views)
        return None if None in states else (states, question)

    def _stream(self) -> RowStream:
        kinds: dict[str, pa.DataType] = {name: self._types[name] for name in self._names}
        if self._has_resultsets:
            kinds = {n: REFERENCES if is_text(t) and n not in OWN_COLUMNS else t for n, t in kinds.items()}
        kinds |= {KIND_COLUMN: pa.string(), _POSITIVE: pa.bool_()}
        return RowStream(
            kinds,
            lambda n: self._read(n, kinds),
            self._position,
            self._aliases,
            {"value": KIND_COLUMN},
            _LENIENT,
            _MIXED,
        )

    def _read(self, names: Sequence[str], kinds: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        """Go through some columns of all rows."""
        position = self._position
        schema = schema_of([*((name, kinds[name]) for name in names), *((name, pa.int64()) for name in position)])
        row = 0
        wanted = {*names, *(["value"] if {KIND_COLUMN, _POSITIVE} & set(names) else [])}
        for number, view in enumerate(self._views):
            for rows, row_numbers, occurrences in view.numbered_rows(view.source.existing(wanted)):
                count = len(row_numbers)
                keys = (np.arange(row, row + count), np.full(count, number), row_numbers, occurrences)
                cells = [_typed_cells(rows, name, kinds[name]) for name in names]
                yield table_of([*cells, *map(int64_column, keys[: len(position)])], schema)
                row += count


_IS_POSITIVE = (Condition(left=_POSITIVE, operator=Operator.EQ, right=True),)
_IS_ERROR = Condition(left="scan_error", operator=Operator.IS_NOT_NULL)
_IS_NO_ERROR = Condition(left="scan_error", operator=Operator.IS_NULL)
_FINDINGS: Mapping[str, GroupCount] = {
    "positive": GroupCount(_IS_POSITIVE),
    "errors": GroupCount((_IS_ERROR,)),
    "nulls": GroupCount((_IS_NO_ERROR, Condition(left="value", operator=Operator.IS_NULL))),
    "inputs": GroupCount((_IS_NO_ERROR,), distinct="row_number"),
    "found_in": GroupCount(_IS_POSITIVE, distinct="row_number"),
}


def _asked(where: Condition | None, order_by: Sequence[OrderBy], positive: bool) -> Hashable:
    """Name a question."""
    return None if where is None else where.model_dump_json(), tuple(order_by), positive


def _make_survey(views: Sequence[RowView], shown: Sequence[str]) -> ColumnSurvey:
    survey = ColumnSurvey()
    for view in views:
        view.survey_rows(survey, shown, weigh=False)
    return survey


def _numbered(views: Sequence[RowView], found: pa.Table) -> FoundRows:
    """Tell which rows these are, by all numbers of a position or, where each stored row is one row, by the first alone."""
    if set(_POSITION) <= set(found.column_names):
        return FoundRows(*(to_numpy(column(found, name)) for name in _POSITION[1:]))
    rows = to_numpy(column(found, _POSITION[0]))
    if len(views) == 1:
        zeros = np.zeros(len(rows), np.int64)
        return FoundRows(zeros, rows, zeros)
    ends = np.cumsum([view.source.count() for view in views])
    own = np.searchsorted(ends, rows, side="right")
    return FoundRows(own, rows - np.concatenate([[0], ends])[own], np.zeros(len(rows), np.int64))


def _group_rows(rows: pa.Table) -> tuple[Int64Array, Int64Array]:
    """Group rows that are alike in all columns.

    Returns:
        The first row of each group, and the number of the group of each row.
    """
    codes = np.zeros(rows.num_rows, np.int64)
    for name in rows.column_names:
        encoded = compute.dictionary_encode(column(rows, name).combine_chunks())
        own = to_numpy(fill_nulls(encoded.indices, -1))
        codes = codes * (len(encoded.dictionary) + 1) + own + 1
    _, first, groups = np.unique(codes, return_index=True, return_inverse=True)
    return first, groups


def _numbers(view: RowView, limit: int | None) -> Iterator[tuple[Int64Array, Int64Array]]:
    """Number the first rows, or more of them, without looking at any column where no row must be expanded."""
    if view.has_resultsets:
        yield from ((row_numbers, occurrences) for _, row_numbers, occurrences in view.numbered_rows([]))
    else:
        count = view.source.count() if limit is None else min(limit, view.source.count())
        yield np.arange(count), np.zeros(count, np.int64)


def _typed_cells(rows: SharedRows, name: str, kind: pa.DataType) -> Column | Array:
    """Make a column of some rows in a type."""
    if name == _POSITIVE:
        return bool_column(positive_rows(*(column(rows.own, each) for each in ("value", KIND_COLUMN, ITEM_COLUMN))))
    if name not in rows.names:
        return nulls(rows.num_rows, kind)
    if kind.equals(REFERENCES):
        return rows.references(name)
    return cast_or_null(rows.column(name), kind)


def _short_names(columns: Sequence[str]) -> Mapping[str, str]:
    """Give the short names of columns; a column that has such a name itself goes first."""
    short = {name.removeprefix(_PREFIX): name for name in columns if name.startswith(_PREFIX)}
    chosen = {name: column for name, column in _SHORT_NAMES.items() if column in columns}
    return {name: column for name, column in {**short, **chosen}.items() if name not in columns}
