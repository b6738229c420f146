"""Conditions as DuckDB SQL whose comparisons follow the type of the value written.

A value that cannot be read as the type it is compared with counts as NULL: the row does not match, nothing fails.
Text is read as a number or a time when compared with one; true and false count as 1 and 0; not a number is NULL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import TypeAlias

import pyarrow as pa

from .._support.json import well_formed
from .condition import Condition, Operator, ScalarValue
from .path import ColumnPath
from .sql import joined

Parameter: TypeAlias = str | int | float | datetime | list[str] | list[int] | list[float] | list[datetime]
"""What is bound to the statement."""

_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?", re.ASCII)
_ORDER = (Operator.LT, Operator.LE, Operator.GT, Operator.GE)
_MAX_INT = 2**63 - 1
_SQL_OF = {Operator.NE: "<>"}


class ColumnKind(Enum):
    """How the values of a column compare."""

    NOTHING = "nothing"
    BOOLEAN = "boolean"
    NUMBER = "number"
    FLOAT = "float"
    TIME = "time"
    TEXT = "text"
    NESTED = "nested"


def column_kind(kind: pa.DataType) -> ColumnKind:
    """Tell how values of an Arrow type compare."""
    if pa.types.is_dictionary(kind):
        return ColumnKind.TEXT
    tests = (
        (pa.types.is_null, ColumnKind.NOTHING),
        (pa.types.is_boolean, ColumnKind.BOOLEAN),
        (pa.types.is_integer, ColumnKind.NUMBER),
        (pa.types.is_floating, ColumnKind.FLOAT),
        (pa.types.is_decimal, ColumnKind.NUMBER),
        (pa.types.is_timestamp, ColumnKind.TIME),
        (pa.types.is_date, ColumnKind.TIME),
        (pa.types.is_nested, ColumnKind.NESTED),
    )
    return next((found for test, found in tests if test(kind)), ColumnKind.TEXT)


@dataclass(frozen=True, slots=True)
class _Value:
    """A derived column `v0`, `v1`, ... of the statement."""

    name: str
    kind: ColumnKind

    def number(self) -> str | None:
        """SQL of the value as a number, if it can be one."""
        if self.kind in (ColumnKind.NUMBER, ColumnKind.FLOAT):
            return self.name
        if self.kind is ColumnKind.BOOLEAN:
            return f"CAST({self.name} AS INTEGER)"
        if self.kind is not ColumnKind.TEXT:
            return None
        read = f"TRY_CAST({self.name} AS DOUBLE)"
        return (
            f"CASE lower({self.name}) WHEN 'true' THEN 1.0 WHEN 'false' THEN 0.0"
            f" ELSE CASE WHEN isnan({read}) THEN NULL ELSE {read} END END"
        )

    def time(self) -> str | None:
        """SQL of the value as a point in time (UTC), if it can be one."""
        if self.kind is ColumnKind.TIME:
            return f"TRY_CAST({self.name} AS TIMESTAMP)"
        if self.kind is ColumnKind.TEXT:
            return f"TRY_CAST(TRY_CAST({self.name} AS TIMESTAMPTZ) AS TIMESTAMP)"
        return None


class Comparisons:
    """Builds one SELECT over a table `t` with columns `c0`, `c1`, ... and the row number `row`.

    Args:
        kinds: Kind of each column that conditions may name.
    """

    def __init__(self, kinds: dict[str, ColumnKind]) -> None:
        self._kinds = kinds
        self._columns: dict[str, str] = {}
        self._values: dict[ColumnPath, _Value] = {}
        self._derived: list[str] = []
        self.parameters: list[Parameter] = []

    @property
    def columns(self) -> list[str]:
        """Names of the columns used: `c0`, `c1`, ... in this order."""
        return list(self._columns)

    def statement(self, conditions: Sequence[Condition], paths: Mapping[str, ColumnPath]) -> str:
        """Write the SELECT for conditions that must all hold; `paths` says what the names in them stand for."""
        where = " AND ".join(f"({self._render(condition, paths)})" for condition in conditions)
        derived = "".join(f", {text}" for text in self._derived)
        return f"SELECT row FROM (SELECT row{derived} FROM t) WHERE {where}"  # noqa: S608 - built here from numbers; values are bound

    def _render(self, condition: Condition, paths: Mapping[str, ColumnPath]) -> str:
        if condition.is_compound:
            return joined(condition, lambda part: self._render(part, paths))
        operator, left, right = condition.operator, condition.left, condition.right
        assert isinstance(operator, Operator) and not isinstance(right, Condition)  # noqa: PT018 - model checks it
        if not isinstance(left, str):
            return "TRUE" if operator is Operator.NOT_IN else "FALSE"
        value = self._value(paths[left])
        if isinstance(right, list):
            return self._membership(value, operator, right)
        if operator in (Operator.IS_NULL, Operator.IS_NOT_NULL):
            return f"{value.name} {operator.value}"
        if isinstance(right, tuple):
            low, high = (self._compare(value, op, v) for op, v in zip((Operator.GE, Operator.LE), right, strict=True))
            return f"{'NOT ' if operator is Operator.NOT_BETWEEN else ''}({low} AND {high})"
        return self._compare(value, operator, right)

    def _value(self, path: ColumnPath) -> _Value:
        if path not in self._values:
            name, kind = f"v{len(self._values)}", self._kinds[path.base]
            column = self._columns.setdefault(path.base, f"c{len(self._columns)}")
            text, kind = _derived(column, kind, path)
            self._derived.append(f"{text} AS {name}")
            self._values[path] = _Value(name, kind)
        return self._values[path]

    def _bound(self, value: Parameter) -> str:
        self.parameters.append(value)
        return f"${len(self.parameters)}"

    def _compare(self, value: _Value, operator: Operator, right: ScalarValue) -> str:
        if right is None or value.kind is ColumnKind.NOTHING:
            return "NULL::BOOLEAN"
        if operator in (Operator.LIKE, Operator.NOT_LIKE, Operator.ILIKE, Operator.NOT_ILIKE):
            return f"CAST({value.name} AS VARCHAR) {operator.value} {self._bound(_text(right))}"
        sign = _SQL_OF.get(operator, operator.value)
        wanted = _wanted(value.kind, right)
        if isinstance(wanted, str):
            compared = f"{value.name} {sign} {self._bound(wanted)}"
            if operator in _ORDER and _ISO_TIME.fullmatch(wanted) and (time := _time(wanted)):
                # Times order as times where both sides are times, whatever their zone and punctuation.
                return f"COALESCE({value.time()} {sign} {self._bound(time)}, {compared})"
            return compared
        expression = value.time() if isinstance(wanted, datetime) else value.number()
        if wanted is None or expression is None:
            return "NULL::BOOLEAN"
        return f"{expression} {sign} {self._bound(wanted)}"

    def _membership(self, value: _Value, operator: Operator, right: list[ScalarValue]) -> str:
        negated = operator is Operator.NOT_IN
        given = [v for v in right if v is not None]
        null_test = f"{value.name} IS {'NOT ' if negated else ''}NULL"
        if not given:
            return null_test if right else ("TRUE" if negated else "FALSE")
        among = " OR ".join(self._among(value, given))
        among = f"NOT ({among})" if negated else f"({among})"
        if len(given) == len(right):
            return among
        return f"({among} {'AND' if negated else 'OR'} {null_test})"

    def _among(self, value: _Value, given: Sequence[ScalarValue]) -> list[str]:
        wanted = [_wanted(value.kind, v) for v in given]
        texts = [w for w in wanted if isinstance(w, str)]
        times = [w for w in wanted if isinstance(w, datetime)]
        integers = [w for w in wanted if isinstance(w, int)]
        floats = [w for w in wanted if isinstance(w, float)]
        groups = (
            (value.name, "VARCHAR", texts),
            (value.time(), "TIMESTAMP", times),
            (value.number(), "BIGINT", integers),
            (value.number(), "DOUBLE", floats),
        )
        # A list bound as one parameter: thousands of ids are one hash lookup per row.
        tests = [
            f"{expression} IN (SELECT unnest({self._bound(values)}::{kind}[]))" if expression else "NULL::BOOLEAN"
            for expression, kind, values in groups
            if values
        ]
        if len(texts) + len(times) + len(integers) + len(floats) < len(given):
            tests.append("NULL::BOOLEAN")
        return tests


def _derived(column: str, kind: ColumnKind, path: ColumnPath) -> tuple[str, ColumnKind]:
    if kind is ColumnKind.NESTED:
        column = f"CAST(to_json({column}) AS VARCHAR)"
    if path.keys:
        if kind not in (ColumnKind.TEXT, ColumnKind.NESTED):
            return "NULL", ColumnKind.NOTHING
        json = column if kind is ColumnKind.NESTED else f"CASE WHEN json_valid({column}) THEN {column} END"
        return f"json_extract_string({json}, {_pointer(path)})", ColumnKind.TEXT
    if kind is ColumnKind.FLOAT:
        return f"CASE WHEN isnan({column}) THEN NULL ELSE {column} END", kind
    if kind is ColumnKind.TEXT:
        return f"CAST({column} AS VARCHAR)", kind
    return column, (ColumnKind.TEXT if kind is ColumnKind.NESTED else kind)


def _pointer(path: ColumnPath) -> str:
    """Write the keys as a JSON pointer, in which every key can be written."""
    keys = [str(key).replace("~", "~0").replace("/", "~1") for key in path.keys]
    return "'" + well_formed("/" + "/".join(keys)).replace("'", "''") + "'"


def _wanted(kind: ColumnKind, value: ScalarValue) -> str | int | float | datetime | None:
    """Read the value written as what the column is compared with; None: they cannot be compared."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value if -_MAX_INT <= value <= _MAX_INT else _as_float(value)
    if isinstance(value, float):
        return value if value == value else None  # noqa: PLR0124 - only NaN differs from itself
    if isinstance(value, date):
        return _utc(value)
    if value is None or kind is ColumnKind.NOTHING:
        return None
    if kind in (ColumnKind.TEXT, ColumnKind.NESTED):
        return well_formed(value)
    if kind is ColumnKind.TIME:
        return _time(value)
    return _number(value)


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _number(text: str) -> float | int | None:
    word = text.strip().lower()
    if word in ("true", "false"):
        return int(word == "true")
    try:
        return int(word) if len(word) < 18 else _wanted_float(float(word))
    except ValueError:
        pass
    try:
        return _wanted_float(float(word))
    except ValueError:
        return None


def _wanted_float(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124 - only NaN differs from itself


def _time(text: str) -> datetime | None:
    try:
        return _utc(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError):
        return None


def _utc(value: date) -> datetime:
    """Return a point in time without its zone, in UTC; one without a zone is taken to be in UTC."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - UTC, as the database compares it
    if value.tzinfo is None:
        return value
    try:
        return value.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return value.replace(tzinfo=None)


def _text(value: ScalarValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return well_formed(str(value))
