"""Types of the columns that are stored as text and read as what they hold: `value` and `validation_result`."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

from ..._support.arrow import array
from ..._support.shapes import is_list, is_mapping
from ..rows.arrow_tables import (
    Column,
    column,
    compute,
    dictionary_texts,
    fill_nulls,
    is_text,
    named_table,
    nulls,
    scalar,
    try_cast,
    with_column,
)
from ..rows.cells import read_json
from ..rows.schema import JSON_COLUMNS
from .inputs import referenced_bytes
from .resultsets import ITEM_COLUMN, KIND_COLUMN, OWN_COLUMNS
from .shared_rows import COPIED_BYTES, SharedRows

if TYPE_CHECKING:
    import pandas as pd

ColumnKind = Literal["boolean", "integer", "real", "mixed"]

_TYPED = frozenset(("boolean", "number"))
_MAY_BE_JSON = frozenset(("value", "validation_result"))
"""Columns whose cells are JSON where they hold a list or an object."""
_INFINITE = frozenset(("infinity", "-infinity", "+infinity", "inf", "-inf", "+inf"))
_INTEGER = re.compile("[-+]?[0-9]+", re.ASCII)
_LONG_INTEGER = "^[-+]?[0-9]{16,}$"
# Integers beyond this are not all exact as floats; none up to it has more characters.
_EXACT, _EXACT_CHARACTERS = 2**53, 17


class TypedTable:
    """Rows whose cells have the types of what they hold; columns that mix types stay text until they are read.

    Args:
        rows: The rows.
        columns: Names to show -> names of the columns of `rows`.
        types: Type of each cell of the columns that mix types.
        objects: Columns of which a data frame holds Python objects, as their texts repeat too often to be copied.
    """

    def __init__(
        self,
        rows: SharedRows,
        columns: Mapping[str, str],
        types: Mapping[str, Column],
        objects: Collection[str] = (),
    ) -> None:
        self._rows, self._columns, self._types, self._objects = rows, columns, types, objects

    @property
    def column_names(self) -> list[str]:
        """Names of the columns."""
        return list(self._columns)

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return self._rows.num_rows

    def slice(self, offset: int, length: int) -> TypedTable:
        """Take a part of the rows."""
        parts: dict[str, Column] = {name: types.slice(offset, length) for name, types in self._types.items()}
        return TypedTable(self._rows.slice(offset, length), self._columns, parts, self._objects)

    def select(self, columns: Mapping[str, str]) -> TypedTable:
        """Take some columns, in this order, each under the name given."""
        chosen = {new: self._columns[old] for new, old in columns.items()}
        return TypedTable(self._rows, chosen, self._types, self._objects)

    def to_pylist(self, *, parse_json: bool = False) -> list[dict[str, Any]]:
        """Make a dictionary of each row.

        Args:
            parse_json: Whether cells that hold JSON become what it says; damaged JSON stays text.
        """
        make = self._parsed_cells if parse_json else self._cells
        names, columns = list(self._columns), [make(name) for name in self._columns.values()]
        if not columns:
            return [{} for _ in range(self.num_rows)]
        return [dict(zip(names, cells)) for cells in zip(*columns, strict=True)]

    def table(self) -> pa.Table:
        """Make an Arrow table; columns that mix types are text."""
        return named_table([self._rows.column(name) for name in self._columns.values()], list(self._columns))

    def frame(self, *, parse_json: bool = False) -> pd.DataFrame:
        """Make a data frame; columns that mix types, or share long texts, hold Python values.

        Args:
            parse_json: Whether cells that hold JSON become what it says; damaged JSON stays text.
        """
        import pandas as pd

        objects = {shown: self._object_cells(name, parse_json=parse_json) for shown, name in self._columns.items()}
        nothing = nulls(self.num_rows, pa.null())
        columns = [
            self._rows.column(name) if objects[shown] is None else nothing for shown, name in self._columns.items()
        ]
        table: Any = named_table(columns, list(self._columns))
        frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
        for shown, cells in objects.items():
            if cells is not None:
                frame[shown] = pd.Series(cells, index=frame.index, dtype=object)
        return frame

    def _object_cells(self, name: str, *, parse_json: bool) -> list[object] | None:
        """List the cells of a column of which a data frame holds Python objects; None: it holds the column itself."""
        if parse_json and name in JSON_COLUMNS:
            return self._parsed_cells(name)
        if parse_json and name in _MAY_BE_JSON:
            cells = self._parsed_cells(name)
            if any(is_list(cell) or is_mapping(cell) for cell in cells):
                return cells
        return self._cells(name) if name in self._types or name in self._objects else None

    def _parsed_cells(self, name: str) -> list[object]:
        cells = self._cells(name)
        if name in JSON_COLUMNS:
            return [read_json(cell) for cell in cells]
        if name not in _MAY_BE_JSON:
            return cells
        if name != "value":
            return [_container(cell) for cell in cells]
        kinds = self._rows.cells(KIND_COLUMN)
        return [cell if kind == "string" else _container(cell) for cell, kind in zip(cells, kinds, strict=True)]

    def _cells(self, name: str) -> list[Any]:
        cells = self._rows.cells(name)
        if name not in self._types:
            return cells
        return [python_value(text, kind) for text, kind in zip(cells, self._types[name].to_pylist(), strict=True)]


def python_value(text: str | None, kind: str | None) -> Any:
    """Read a cell as its type says: booleans and numbers as such, all else (JSON too) as text."""
    if text is None or kind not in _TYPED:
        return text
    if kind == "boolean":
        return text.lower() == "true"
    if text.lower().lstrip("+-").startswith("0x"):
        return int(text, 16)  # integers of thousands of digits are written in base 16
    try:
        return int(text) if _INTEGER.fullmatch(text) else _finite(text)
    except ValueError:
        return text


def _container(cell: object) -> object:
    """Read the JSON of a list or an object; all else stays as it is."""
    if not isinstance(cell, str) or not cell.startswith(("{", "[")):
        return cell
    read = read_json(cell)
    return read if is_list(read) or is_mapping(read) else cell


def _finite(text: str) -> float | str:
    """Read a float; text of a number beyond the range of floats stays text."""
    number = float(text)
    return text if math.isinf(number) and text.lower() not in _INFINITE else number


def with_value_kinds(table: pa.Table) -> pa.Table:
    """Add what expanding resultsets keeps up to date: the type of each value, and that it is not an item."""
    nothing = nulls(table.num_rows, pa.string())
    kinds = column(table, "value_type") if "value_type" in table.column_names else nothing
    return table.append_column(KIND_COLUMN, kinds).append_column(ITEM_COLUMN, nothing)


class ColumnSurvey:
    """What must be known of all rows before any of them is shown: no part of them may be read differently from the whole."""

    def __init__(self) -> None:
        self._kinds = {"value": _KindGatherer(), "validation_result": _KindGatherer()}
        self._weights: Counter[str] = Counter()
        self._has_resultsets = False

    def add(self, rows: SharedRows, weigh: bool = True) -> None:
        """Take note of some rows.

        Args:
            rows: The rows; texts may be encoded by a dictionary, each of which is then looked at once.
            weigh: Whether it matters how much text is shared.
        """
        table = rows.own
        for name, kinds in self._kinds.items():
            values = dictionary_texts(column(table, name)) if name in table.column_names else None
            if values is not None and is_text(values.type):
                kinds.add(column(table, KIND_COLUMN) if name == "value" else _verdict_kinds(values), values)
        if weigh:
            self._weights.update(rows.text_bytes(referenced_bytes))
        self._has_resultsets = self._has_resultsets or rows.stored is not None

    def typed(self, rows: SharedRows, shown: Sequence[str]) -> TypedTable:
        """Give the columns of some rows the types of what they hold in all rows, and keep those that are shown."""
        table = rows.own
        mixed: dict[str, Column] = {}
        for name, kinds in self._kinds.items():
            if name not in shown or name not in table.column_names or not is_text(column(table, name).type):
                continue  # typed by another writer
            if kinds.kind == "mixed":
                mixed[name] = _value_kinds(table, name)
            elif kinds.kind is not None:
                table = _typed_column(table, name, kinds.kind)
        present = set(rows.names)
        columns = {name: name for name in shown if name in present}
        heavy = {name for name, weight in self._weights.items() if self._has_resultsets and weight > COPIED_BYTES}
        return TypedTable(replace(rows, own=table), columns, mixed, heavy - OWN_COLUMNS)


def _value_kinds(table: pa.Table, name: str) -> Column:
    return column(table, KIND_COLUMN) if name == "value" else _verdict_kinds(column(table, name))


def _verdict_kinds(texts: Column) -> Column:
    """Tell the type of each verdict, which is JSON: a boolean, or one for each label."""
    words = array(["true", "false"], texts.type)
    booleans = compute.is_in(compute.utf8_lower(texts), value_set=words)
    boolean, mapping, nothing = (scalar(kind, pa.string()) for kind in ("boolean", "object", None))
    named: Column = compute.if_else(compute.is_valid(texts), compute.if_else(booleans, boolean, mapping), nothing)
    return named


class _KindGatherer:
    """Gathers the values of a column, to tell which type holds all of them.

    Rows without a value (errors, mostly) have no say: one failure must not turn a column of numbers into something else.
    """

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._integers = self._reals = True

    def add(self, types: Column, values: Column) -> None:
        self._seen.update(t for t in compute.unique(types).to_pylist() if t is not None and t != "null")
        if self._seen != {"number"}:
            return
        # Integers first: of a million of them the floats took three times as long.
        integers = _as_integers(values)
        self._integers = self._integers and integers is not None
        if self._reals:
            self._reals = _as_reals(values) is not None if integers is None else _are_exact(integers)

    @property
    def kind(self) -> ColumnKind | None:
        """The type that holds all values; None: text."""
        if self._seen == {"boolean"}:
            return "boolean"
        if self._seen == {"number"}:
            return "integer" if self._integers else "real" if self._reals else "mixed"
        return "mixed" if self._seen & _TYPED else None


def _typed_column(table: pa.Table, name: str, kind: ColumnKind) -> pa.Table:
    read = {"boolean": _as_booleans, "integer": _as_integers, "real": _as_reals}[kind]
    typed = read(column(table, name))
    return table if typed is None else with_column(table, name, typed)


def _as_booleans(values: Column) -> Column | None:
    found: Column = compute.equal(compute.utf8_lower(values), scalar("true", values.type))
    return found


def _as_integers(values: Column) -> Column | None:
    return try_cast(values, pa.int64())


def _are_exact(integers: Column) -> bool:
    """Tell whether integers lose no digit as floats."""
    low, high = compute.min_max(integers).as_py().values()
    return low is None or (low >= -_EXACT and high <= _EXACT)


def _as_reals(values: Column) -> Column | None:
    """Read numbers as floats, if no integer among them loses a digit."""
    reals = try_cast(values, pa.float64())
    if reals is None:
        return None
    infinite = compute.filter(values, fill_nulls(compute.is_inf(reals), False)).to_pylist()
    if any(text.lower() not in _INFINITE for text in infinite):
        return None
    long = compute.filter(values, fill_nulls(compute.match_substring_regex(values, _LONG_INTEGER), False))
    exact = all(len(t) <= _EXACT_CHARACTERS and -_EXACT <= int(t) <= _EXACT for t in long.to_pylist())
    return reals if exact else None
