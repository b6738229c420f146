"""The rows of a scanner, or of several one below the other: found by conditions, then read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ..._query import COUNT, Condition, Operator, OrderBy, RowStream, find_groups, find_rows
from ..._support.arrow import Array
from ..._support.errors import UnknownNameError
from ..rows.arrow_tables import (
    Column,
    Places,
    as_type,
    booleans,
    column,
    fields,
    is_text,
    nulls,
    numbered,
    numpy_of,
    schema_of,
    stacked,
    table_of,
)
from ..rows.counting import found_something
from ..rows.schema import RECORD_NAMES, RESULT_COLUMNS, conform, results_schema
from .cursor import Identity
from .resultsets import ITEM, KIND, OWN_COLUMNS
from .row_view import RowView, excluded
from .shared_rows import SharedRows
from .typed_table import Survey, TypedTable

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
# Text that is sorted as numbers where it holds numbers.
_MIXED = frozenset(("transcript_score",))

_POSITIVE = "scout.positive"
_KEPT = ("row", "view", "place", "nth")
_IDENTITY = ("scanner_key", "transcript_id", "uuid", "label")

REFERENCES = pa.dictionary(pa.int32(), pa.large_string())
"""Type of texts that several rows share."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that were found, in their order.

    Args:
        views: Which view each is of.
        places: Number of its stored row.
        nths: Which of the rows that come from it.
    """

    views: Places
    places: Places
    nths: Places

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, part: slice) -> Found:
        return Found(self.views[part], self.places[part], self.nths[part])


class Combined:
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
        self._names = [n for n in dict.fromkeys([*order, *known]) if n not in RECORD_NAMES]
        self._aliases = _short_names(self._names)

    def named(self, wanted: Sequence[str] | None, exclude: Sequence[str] | None) -> dict[str, str]:
        """Say which columns are wanted: name to show -> column.

        Raises:
            UnknownNameError: There is no such column.
        """
        if wanted is None:
            left_out = set(excluded(exclude))
            return {name: name for name in self._names if name not in left_out}
        known = {**self._aliases, **{name: name for name in self._names}}
        for name in wanted:
            if name not in known:
                raise UnknownNameError("column", name, known)
        return {name: known[name] for name in wanted}

    def find(self, where: Condition | None, order_by: Sequence[OrderBy], limit: int | None, positive: bool) -> Found:
        """Find rows, looking only at the columns that the condition and the order name."""
        if where is None and not order_by and not positive:
            return self._first(limit)
        found = find_rows(
            self._stream(), [where] if where is not None else [], order_by, limit, _IS_POSITIVE if positive else ()
        )
        return Found(*(numpy_of(column(found, name)) for name in _KEPT[1:]))

    def groups(
        self, where: Condition | None, group_by: Sequence[str], order_by: Sequence[OrderBy], positive: bool
    ) -> pa.Table:
        """Count rows by the values of columns."""
        stream = self._stream()
        conditions = [*([where] if where is not None else []), *(_IS_POSITIVE if positive else ())]
        found = find_groups(stream, conditions, group_by, order_by)
        bases = {name: stream.path(name) for name in group_by}
        whole = {name: path.base for name, path in bases.items() if not path.keys}
        typed = {base: name for name, base in whole.items() if base in ("value", "validation_result")}
        rows = found.rename_columns([whole.get(n, n) if whole.get(n) in typed else n for n in found.column_names])
        survey = self._survey(list(typed))
        made = survey.typed(SharedRows(rows), [n for n in rows.column_names if n != KIND]).table()
        made = made.rename_columns([*group_by, COUNT])
        for name, base in whole.items():
            if base not in typed and is_text(self._types[base]):
                made = made.set_column(made.column_names.index(name), name, column(made, name).cast(self._types[base]))
        return made

    def typed(self, found: Found, shown: Mapping[str, str]) -> list[TypedTable]:
        """Read what was found of each view."""
        columns = list(dict.fromkeys(shown.values()))
        survey = self._survey(columns)
        tables: list[TypedTable] = []
        for number, view in enumerate(self._views):
            own = found.views == number
            present = view.source.known(columns)
            rows = view.at(present, found.places[own], found.nths[own])
            typed = survey.typed(rows, columns)
            tables.append(typed.select({name: base for name, base in shown.items() if base in present}))
        return tables

    def table(self, found: Found, shown: Mapping[str, str]) -> pa.Table:
        """Read what was found as one table, in its order."""
        tables = [typed.table() for typed in self.typed(found, shown)]
        if len(tables) == 1:
            return tables[0]
        kinds = {n: t for table in tables for n, t in zip(table.schema.names, table.schema.types, strict=True)}
        typed = {
            name: kinds[name] if base in ("value", "validation_result") else self._types[base]
            for name, base in shown.items()
        }
        schema = schema_of(typed.items())
        whole = stacked((conform(table, schema) for table in tables), schema)
        order = np.argsort(np.argsort(found.views, kind="stable"), kind="stable")
        return whole.take(numbered(order))

    def identities(self, found: Found) -> list[Identity]:
        """Tell rows apart from others."""
        shown = {name: name for name in _IDENTITY}
        rows = self.table(found, {n: base for n, base in shown.items() if base in self._types}).to_pylist()
        return [[None if row.get(name) is None else str(row[name]) for name in _IDENTITY] for row in rows]

    def _first(self, limit: int | None) -> Found:
        """Find the first rows, without looking at any column where no row must be expanded."""
        empty = np.zeros(0, np.int64)
        parts = [(empty, empty, empty)]
        count = 0
        for number, view in enumerate(self._views):
            for places, nths in _numbers(view):
                parts.append((np.full(len(places), number), places, nths))
                count += len(places)
                if limit is not None and count >= limit:
                    return Found(*map(np.concatenate, zip(*parts)))[:limit]
        return Found(*map(np.concatenate, zip(*parts)))

    def _survey(self, shown: Sequence[str]) -> Survey:
        survey = Survey()
        for view in self._views:
            view.look_at(survey, shown, weigh=False)
        return survey

    def _stream(self) -> RowStream:
        kinds: dict[str, pa.DataType] = {name: self._types[name] for name in self._names}
        if any(view.has_sets for view in self._views):
            kinds = {n: REFERENCES if is_text(t) and n not in OWN_COLUMNS else t for n, t in kinds.items()}
        kinds |= {KIND: pa.string(), _POSITIVE: pa.bool_()}
        return RowStream(
            kinds, lambda names: self._read(names, kinds), _KEPT, self._aliases, {"value": KIND}, _LENIENT, _MIXED
        )

    def _read(self, names: Sequence[str], kinds: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        """Go through some columns of all rows."""
        schema = schema_of([*((name, kinds[name]) for name in names), *((name, pa.int64()) for name in _KEPT)])
        row = 0
        wanted = {*names, *(["value"] if {KIND, _POSITIVE} & set(names) else [])}
        for number, view in enumerate(self._views):
            for rows, places, nths in view.numbered(view.source.known(wanted)):
                count = len(places)
                keys = (np.arange(row, row + count), np.full(count, number), places, nths)
                cells = [_cells(rows, name, kinds[name]) for name in names]
                yield table_of([*cells, *map(numbered, keys)], schema)
                row += count


_IS_POSITIVE = (Condition(left=_POSITIVE, operator=Operator.EQ, right=True),)


def _numbers(view: RowView) -> Iterator[tuple[Places, Places]]:
    """Number all rows, without looking at any column where no row must be expanded."""
    if view.has_sets:
        yield from ((places, nths) for _, places, nths in view.numbered([]))
    else:
        count = view.source.count()
        yield np.arange(count), np.zeros(count, np.int64)


def _cells(rows: SharedRows, name: str, kind: pa.DataType) -> Column | Array:
    """Make a column of some rows in a type."""
    if name == _POSITIVE:
        return booleans(found_something(*(column(rows.own, each) for each in ("value", KIND, ITEM))))
    if name not in rows.names:
        return nulls(rows.num_rows, kind)
    if kind.equals(REFERENCES):
        return rows.references(name)
    return as_type(rows.column(name), kind)


def _short_names(columns: Sequence[str]) -> Mapping[str, str]:
    """Give the short names of columns; a column that has such a name itself goes first."""
    short = {name.removeprefix(_PREFIX): name for name in columns if name.startswith(_PREFIX)}
    chosen = {name: column for name, column in _SHORT_NAMES.items() if column in columns}
    return {name: column for name, column in {**short, **chosen}.items() if name not in columns}
