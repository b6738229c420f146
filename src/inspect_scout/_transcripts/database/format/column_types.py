"""Columns of cells: which type a column has, and how columns of several types become one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute

from ...._support.arrow import array, encoded_text
from ...contract import Cell
from .cell_values import jsonable, mark
from .schema import ALIASES

Array = Any
"""A pyarrow array or chunked array of any type."""

TEXT: Final = pa.large_string()
_NUMBERS: Final[frozenset[type]] = frozenset({bool, int, float})
# The stubs of Arrow's functions are less than half known.
_arrow: Any = pa
pc: Any = pyarrow.compute
# Integers beyond this are not all exact as floats.
_EXACT: Final = 2**53


def column_type(kinds: AbstractSet[type], *, exact: bool = True) -> pa.DataType:
    """Choose the type of a column by the types of its values: numbers where all are numbers, else text.

    Args:
        kinds: Types of the values that are not None.
        exact: Whether all integers among them are exact as floats.
    """
    if not kinds or not kinds <= _NUMBERS:
        return TEXT
    if float in kinds:
        return pa.float64() if exact or int not in kinds else TEXT
    return pa.bool_() if kinds == {bool} else pa.int64()


def is_exact(value: Cell) -> bool:
    """Tell whether a value is exact as a float."""
    return not isinstance(value, int) or -_EXACT <= value <= _EXACT


def make_column(values: Sequence[Cell], kind: pa.DataType) -> Array:
    """Make a column; among text, numbers and booleans are marked."""
    if kind == TEXT:
        return encoded_text([None if v is None else (v if isinstance(v, str) else mark(v)).encode() for v in values])
    return array(values, kind)


def concat_index_tables(tables: Sequence[pa.Table]) -> pa.Table:
    """Put index tables of several files below each other.

    A column that not all have is null where it is missing; columns of numbers of several types become one of numbers,
    other mixtures become text in which numbers are marked, so that every value is read back as it was.

    Args:
        tables: The tables; there is at least one.
    """
    if len(tables) == 1:
        return tables[0]
    # Finding a column of a table by its name takes as long as the table is wide.
    found = [dict(zip(table.column_names, table.columns, strict=True)) for table in tables]
    missing: list[Array] = [pa.chunked_array([pa.nulls(table.num_rows)]) for table in tables]
    names = dict.fromkeys(name for columns in found for name in columns)
    return pa.table(
        {
            n: _concat_columns([columns.get(n, nothing) for columns, nothing in zip(found, missing, strict=True)])
            for n in names
        }
    )


def _concat_columns(columns: Sequence[Array]) -> Array:
    kind = common_type(columns)
    chunks = [chunk for column in columns for chunk in cast_column(column, kind).chunks]
    return _arrow.chunked_array(chunks, kind)


def common_type(columns: Iterable[Array]) -> pa.DataType:
    """Find the type that holds the values of all columns."""
    filled = [column for column in columns if column.null_count < len(column)]
    kinds = {simplify_type(column.type) for column in filled}
    if len(kinds) <= 1:
        return kinds.pop() if kinds else TEXT
    if kinds <= {pa.bool_(), pa.int64()}:
        return pa.int64()
    if kinds <= {pa.bool_(), pa.int64(), pa.float64()}:
        return pa.float64() if all(_is_exact_column(column) for column in filled) else TEXT
    return TEXT


def cast_column(column: Array, kind: pa.DataType) -> Array:
    """Give a column another type, the values staying what they are."""
    if column.type == kind:
        return column
    if column.null_count == len(column):
        return _arrow.chunked_array([_arrow.nulls(len(column), kind)])
    plainer = simplify_type(column.type)
    if kind != TEXT or plainer == TEXT:
        return column.cast(plainer).cast(kind)
    cells = [v if v is None or isinstance(v, str | int | float) else str(jsonable(v)) for v in column.to_pylist()]
    return pa.chunked_array([make_column(cells, TEXT)])


def simplify_type(kind: pa.DataType) -> pa.DataType:
    """Give the one type of several that hold the same kind of values: text, integers, floats."""
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return TEXT
    if pa.types.is_dictionary(kind):
        return simplify_type(kind.value_type)
    if pa.types.is_integer(kind) and kind != pa.uint64():
        return pa.int64()
    return pa.float64() if pa.types.is_floating(kind) else kind


def _is_exact_column(column: Array) -> bool:
    if not pa.types.is_integer(column.type):
        return True
    ends: Any = pc.min_max(column).as_py()
    return bool(ends["min"] >= -_EXACT and ends["max"] <= _EXACT)


def with_aliases(table: pa.Table) -> pa.Table:
    """Add the columns that an older database has under another name."""
    for name, older in ALIASES.items():
        if name not in table.column_names and older in table.column_names:
            table = table.append_column(name, table.column(older))
    return table
