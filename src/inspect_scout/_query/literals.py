"""Values written in a condition, and the types that text may be cast to."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime
from typing import TypeAlias

from .condition import ScalarValue

Cast: TypeAlias = Callable[[ScalarValue], ScalarValue]
"""Reads a value as one of another type (raises ValueError)."""


def as_number(value: ScalarValue) -> ScalarValue:
    """Read a value as a number (raises ValueError)."""
    if isinstance(value, str):
        return number_literal(value.strip())
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, int | float):
        return value
    raise ValueError("a date is not a number")


def number_literal(text: str) -> int | float:
    """Read a number (raises ValueError)."""
    try:
        return int(text)
    except ValueError:
        value = float(text)
    if math.isnan(value):
        raise ValueError("NaN equals nothing")
    return value


def as_text(value: ScalarValue) -> ScalarValue:
    """Write a value as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None else str(value)


def as_boolean(value: ScalarValue) -> ScalarValue:
    """Read a value as a boolean (raises ValueError)."""
    if value is None or isinstance(value, bool):
        return value
    known = {"true": True, "1": True, "t": True, "false": False, "0": False, "f": False}
    try:
        return known[str(value).strip().lower()]
    except KeyError:
        raise ValueError("booleans are TRUE and FALSE") from None


def as_date(value: ScalarValue) -> ScalarValue:
    """Read a date (raises ValueError)."""
    if isinstance(value, str):
        return date.fromisoformat(value.strip())
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    raise ValueError("a number is not a date")


def as_timestamp(value: ScalarValue) -> ScalarValue:
    """Read a point in time (raises ValueError)."""
    if isinstance(value, str):
        return datetime.fromisoformat(value.strip())
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a point in time without a zone is UTC
    raise ValueError("a number is not a point in time")


_CASTS: dict[Cast, str] = {
    as_number: "float float4 float8 double real decimal numeric int int2 int4 int8 integer bigint smallint tinyint"
    " hugeint ubigint uinteger usmallint utinyint int16 int32 int64 int128",
    as_text: "varchar text string char",
    as_boolean: "boolean bool",
    as_date: "date",
    as_timestamp: "timestamp timestamptz datetime",
}
CASTS = {name: cast for cast, names in _CASTS.items() for name in names.split()}
"""Type of SQL -> how a value is read as it."""
