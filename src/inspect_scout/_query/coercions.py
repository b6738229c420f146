"""How the values of a column are read as what they are compared with, as DuckDB SQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import TypeAlias

import pyarrow as pa

from .._support.json import well_formed
from .condition import Operator, ScalarValue

Number: TypeAlias = int | float
CoercedValue: TypeAlias = str | int | float | date | datetime
"""A value written in a condition, read as what a column holds."""

_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?", re.ASCII)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:inf|infinity)", re.ASCII | re.IGNORECASE)
# Integers below this are exact as floats; DuckDB's integers end at the other bounds.
_EXACT, _BIGINT, _HUGEINT = 2**53, 2**63, 2**127


class ColumnKind(Enum):
    """How the values of a column compare."""

    NOTHING = "nothing"
    BOOLEAN = "booleans"
    NUMBER = "whole numbers"
    FLOAT = "numbers"
    TIME = "times"
    TEXT = "text"
    NESTED = "lists and objects"
    PER_ROW = "values of any type"


def column_kind(kind: pa.DataType) -> ColumnKind:
    """Tell how values of an Arrow type compare."""
    if pa.types.is_dictionary(kind):
        return ColumnKind.TEXT
    tests = (
        (pa.types.is_null, ColumnKind.NOTHING),
        (pa.types.is_boolean, ColumnKind.BOOLEAN),
        (pa.types.is_integer, ColumnKind.NUMBER),
        (pa.types.is_floating, ColumnKind.FLOAT),
        (pa.types.is_decimal, ColumnKind.FLOAT),
        (pa.types.is_timestamp, ColumnKind.TIME),
        (pa.types.is_date, ColumnKind.TIME),
        (pa.types.is_nested, ColumnKind.NESTED),
    )
    return next((found for test, found in tests if test(kind)), ColumnKind.TEXT)


@dataclass(frozen=True, slots=True)
class Coercion:
    """A way to read a column for one value of a condition.

    Args:
        column: SQL of the column's value; NULL where it cannot be read this way.
        type: SQL type that the value of the condition is bound as.
        value: The value to bind.
    """

    column: str
    type: str
    value: CoercedValue


def coercions(name: str, kind: ColumnKind, value: ScalarValue) -> list[Coercion]:
    """List the ways to read a column for a value that it is compared with: the first that can be read counts.

    Args:
        name: SQL of the column.
        kind: What it holds.
        value: The value written in the condition; not None.

    Returns:
        None at all: the two can never be compared.
    """
    wanted = _coerced_value(kind, value)
    if wanted is None:
        return []
    if isinstance(wanted, str):
        as_text = Coercion(name, "VARCHAR", wanted)
        time = _parse_time(wanted) if _ISO_TIME.fullmatch(wanted) else None
        # Times compare as times where both sides are times, whatever their zone and punctuation.
        return [as_text] if time is None else [*_time_coercions(name, kind, time), as_text]
    if isinstance(wanted, date):
        return _time_coercions(name, kind, wanted)
    return _number_coercions(name, kind, wanted)


@dataclass(frozen=True, slots=True)
class PerRowComparison:
    """A column whose rows differ in type, as the values of results do.

    Each row is compared by the type of its own value, and nothing is converted but text that spells the other side: a
    boolean equals 'true' or 'false', a number the text of that number. Values of unlike types differ and have no order.

    Args:
        text: SQL of the value as text.
        type: SQL of its type ("boolean", "number", anything else).
    """

    text: str
    type: str

    def compared(self, operator: Operator, value: ScalarValue, write: Callable[[list[Coercion], Operator], str]) -> str:
        """Write a comparison with a value that is not None; `write` writes the SQL of coercions."""
        if operator is Operator.NE:
            return f"NOT {self.compared(Operator.EQ, value, write)}"
        cases = [
            f"WHEN {self.type} = '{kind}' THEN {write(found, operator) if found else 'NULL'}"
            for kind, found in (("boolean", self._boolean(value)), ("number", self._number(value)))
        ]
        other = self._other(value)
        matched = f"CASE {' '.join(cases)} ELSE {write(other, operator) if other else 'NULL'} END"
        if operator is Operator.EQ:
            return f"CASE WHEN {self.text} IS NOT NULL THEN COALESCE({matched}, FALSE) END"
        return matched

    def _boolean(self, value: ScalarValue) -> list[Coercion]:
        word = value.strip().lower() if isinstance(value, str) else ""
        truth = value if isinstance(value, bool) else {"true": True, "false": False}.get(word)
        return [] if truth is None else [Coercion(f"(lower({self.text}) = 'true')", "BOOLEAN", truth)]

    def _number(self, value: ScalarValue) -> list[Coercion]:
        number = parse_number(value) if isinstance(value, str) else value
        if isinstance(number, bool) or not isinstance(number, int | float):
            return []
        return number_coercions_of_text(self.text, number, number_sql(self.text))

    def _other(self, value: ScalarValue) -> list[Coercion]:
        if isinstance(value, bool):
            spelled = f"CASE lower({self.text}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
            return [Coercion(spelled, "BOOLEAN", value)]
        if isinstance(value, str | date):
            return coercions(self.text, ColumnKind.TEXT, value)
        return self._number(value)


def number_sql(name: str) -> str:
    """Write SQL that reads text as a number."""
    read = f"TRY_CAST({name} AS DOUBLE)"
    return f"CASE WHEN isnan({read}) THEN NULL ELSE {read} END"


def number_coercions_of_text(name: str, value: Number, reads: str) -> list[Coercion]:
    """List the ways to read text for a number.

    Args:
        name: SQL of the text.
        value: The number.
        reads: SQL that reads the text as a float.
    """
    if not isinstance(value, int) or -_EXACT < value < _EXACT:
        return [Coercion(reads, "DOUBLE", _as_float(value))]
    whole = f"CASE WHEN regexp_full_match({name}, '[-+]?[0-9]+') THEN TRY_CAST({name} AS VARINT) END"
    return [Coercion(whole, "VARINT", str(value)), Coercion(reads, "DOUBLE", _as_float(value))]


def parse_number(text: str) -> float | int | None:
    """Read text as a number; None: it is not one, or not a number that equals anything (NaN)."""
    word = text.strip()
    if not _NUMBER.fullmatch(word):
        return None
    try:
        return int(word)
    except ValueError:
        return float(word)


def _time_coercions(name: str, kind: ColumnKind, wanted: date) -> list[Coercion]:
    if kind is ColumnKind.TIME:
        time = f"TRY_CAST({name} AS TIMESTAMP)"
    elif kind in (ColumnKind.TEXT, ColumnKind.NESTED):
        # DuckDB also takes words such as 'infinity' and 'epoch' for times.
        time = f"CASE WHEN {name} LIKE '____-%' THEN TRY_CAST(TRY_CAST({name} AS TIMESTAMPTZ) AS TIMESTAMP) END"
    else:
        return []
    if isinstance(wanted, datetime):
        return [Coercion(time, "TIMESTAMP", wanted)]
    return [Coercion(f"CAST({time} AS DATE)", "DATE", wanted)]


def _number_coercions(name: str, kind: ColumnKind, wanted: Number) -> list[Coercion]:
    if kind is ColumnKind.TEXT:
        reads = f"CASE lower({name}) WHEN 'true' THEN 1.0 WHEN 'false' THEN 0.0 ELSE {number_sql(name)} END"
        return number_coercions_of_text(name, wanted, reads)
    if kind is ColumnKind.BOOLEAN:
        name = f"CAST({name} AS INTEGER)"
    elif kind not in (ColumnKind.NUMBER, ColumnKind.FLOAT):
        return []
    if isinstance(wanted, float) and wanted.is_integer() and kind is ColumnKind.NUMBER:
        wanted = int(wanted)
    if isinstance(wanted, float) or kind is ColumnKind.FLOAT or not -_HUGEINT < wanted < _HUGEINT:
        return [Coercion(name, "DOUBLE", _as_float(wanted))]
    if -_BIGINT <= wanted < _BIGINT:
        return [Coercion(name, "BIGINT", wanted)]
    return [Coercion(name, "HUGEINT", str(wanted))]


def _coerced_value(kind: ColumnKind, value: ScalarValue) -> CoercedValue | None:
    """Read the value written as what the column is compared with; None: they cannot be compared."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return value if value == value else None  # noqa: PLR0124 - only NaN differs from itself
    if isinstance(value, date):
        return _to_utc(value)
    if value is None or kind is ColumnKind.NOTHING:
        return None
    if kind in (ColumnKind.TEXT, ColumnKind.NESTED):
        return well_formed(value)
    if kind is ColumnKind.TIME:
        return _parse_time(value)
    word = value.strip().lower()
    return int(word == "true") if word in ("true", "false") else parse_number(word)


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _parse_time(text: str) -> date | None:
    """Read a day, or a point in time."""
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return _to_utc(read(text.strip()))
        except ValueError:
            continue
    return None


def _to_utc(value: date) -> date:
    """Return a day as it is; a point in time without its zone, in UTC (one without a zone is taken to be in UTC)."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        return value
    try:
        return value.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return value.replace(tzinfo=None)
