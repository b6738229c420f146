"""Cells of files that somebody else may have made: of any type, made into what our columns hold."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa

from ..._support.shapes import is_list, is_mapping
from ..contract import Cell
from .schema import INDEX, Kind
from .values import json_text, metadata_cell, plain, score_cell

_KINDS: Final[dict[str, Kind]] = {c.name: c.kind for c in INDEX}
_TRUE: Final = frozenset({"true", "1", "1.0", "yes", "t"})
_FALSE: Final = frozenset({"false", "0", "0.0", "no", "f"})


def index_cell(name: str, value: Any) -> Cell:
    """Make a value fit an index column; one that cannot be read as its type becomes None.

    Args:
        name: The column.
        value: What a file has there, as Python has it.
    """
    if value is None:
        return None
    kind = _KINDS.get(name)
    if kind is None:
        return value if isinstance(value, str | int | float) else metadata_cell(value)
    if kind == "string" and isinstance(value, str):
        return value
    return score_cell(value_of(value)) if name == "score" else _READ[kind](value)


def content_cell(scalar: Any) -> bytes | None:
    """Give the JSON of a cell with content; lists and structs are written as JSON."""
    if not scalar.is_valid:
        return None
    if isinstance(scalar, pa.StringScalar | pa.BinaryScalar | pa.LargeStringScalar | pa.LargeBinaryScalar):
        data: bytes = scalar.as_buffer().to_pybytes()
        return data
    value: Any = scalar.as_py()
    return value.encode() if isinstance(value, str) else json_text(value).encode()


def value_of(cell: Any) -> Any:
    """Give what stands in a description for a cell of a type that only other programs write."""
    if cell is None or isinstance(cell, str | bool | int | float):
        return cell
    if is_mapping(cell):
        return {str(key): value_of(value) for key, value in cell.items()}
    if is_list(cell):
        return [value_of(item) for item in cell]
    return plain(cell)


def as_text(cell: Any) -> str:
    """Read a cell as text."""
    value = value_of(cell)
    return json_text(value) if is_mapping(value) or is_list(value) else str(value)


def _as_integer(cell: Any) -> int | None:
    if isinstance(cell, int):
        return int(cell)
    number = _as_number(cell)
    return int(number) if number is not None and math.isfinite(number) else None


def _as_number(cell: Any) -> float | None:
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return None


def _as_boolean(cell: Any) -> bool | None:
    if isinstance(cell, bool):
        return cell
    text = str(cell).strip().lower()
    return True if text in _TRUE else False if text in _FALSE else None


_READ: Final[dict[Kind, Callable[[Any], Cell]]] = {
    "string": as_text,
    "int64": _as_integer,
    "float64": _as_number,
    "bool": _as_boolean,
}
