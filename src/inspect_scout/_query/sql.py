"""Conditions as SQL text of several dialects, and as text to read and parse again."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Literal, TypeAlias, overload

from .column_path import ColumnPath, Key
from .condition import LIKES, NULL_TESTS, Condition, LogicalOperator, Operator, ScalarValue

SQLDialect: TypeAlias = Literal["sqlite", "duckdb", "postgres", "filter"]
"""Databases that SQL is written for; "filter" is text with the values in it, for people and `condition_from_sql`."""

_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_RESERVED = frozenset(
    "select from where and or not in like ilike between is null true false order by limit offset group having join left"
    " right inner outer on as case when then else end distinct escape exists cast try_cast".split()
)


@overload
def condition_as_sql(condition: Condition, dialect: Literal["filter"]) -> str: ...


@overload
def condition_as_sql(
    condition: Condition, dialect: Literal["sqlite", "duckdb", "postgres"] = "sqlite"
) -> tuple[str, list[Any]]: ...


def condition_as_sql(condition: Condition, dialect: SQLDialect = "sqlite") -> str | tuple[str, list[Any]]:
    """Write a condition as SQL.

    Args:
        condition: The condition.
        dialect: "sqlite", "duckdb", "postgres" (statement text with placeholders) or "filter" (text with values).

    Returns:
        Text and parameters; for "filter" the text alone.

    Example:
        ```python
        from inspect_scout import columns as c

        print(condition_as_sql(c.score < 0.5, "filter"))
        ```
    """
    if dialect == "filter":
        return _FilterText().render(condition)
    writer = {"sqlite": _Sqlite, "duckdb": _DuckDB, "postgres": _Postgres}[dialect]()
    return writer.render(condition), writer.params


def join_compound(condition: Condition, render: Callable[[Condition], str]) -> str:
    """Render a compound condition; chains of one operator stay flat, so that long ones do not nest."""
    if condition.operator is LogicalOperator.NOT:
        assert isinstance(condition.left, Condition)
        chain = condition.left.is_compound and condition.left.operator is not LogicalOperator.NOT
        return f"NOT {render(condition.left)}" if chain else f"NOT ({render(condition.left)})"
    sides: list[Condition] = []
    node = condition
    while True:
        assert isinstance(node.left, Condition) and isinstance(node.right, Condition)  # noqa: PT018 - as above
        sides.append(node.right)
        if not (node.left.is_compound and node.left.operator is condition.operator):
            sides.append(node.left)
            break
        node = node.left
    # From left to right, because placeholders are numbered in the order of rendering.
    return "(" + f" {condition.operator.value} ".join([render(side) for side in reversed(sides)]) + ")"


def membership_sql(
    operator: Operator, values: Sequence[ScalarValue], column: str, among: Callable[[Sequence[ScalarValue]], str]
) -> str:
    """Write a test of some values; None among them asks whether there is a value.

    Args:
        operator: IN or NOT_IN.
        values: The values; one at least.
        column: The column, as it is tested for NULL.
        among: Writes the test of the values that are not None.
    """
    negated = operator is Operator.NOT_IN
    null_test = f"{column} IS {'NOT ' if negated else ''}NULL"
    given = [value for value in values if value is not None]
    if not given:
        return null_test
    test = among(given)
    return test if len(given) == len(values) else f"({test} {'AND' if negated else 'OR'} {null_test})"


class _SqlWriter:
    """The shape that all dialects share: columns, values and placeholders differ."""

    has_ilike = True
    casts: ClassVar[Mapping[str, str]] = {}
    """How a value is read from JSON as the Python type that the values compared with have."""

    def __init__(self) -> None:
        self.params: list[Any] = []

    def render(self, condition: Condition) -> str:
        return join_compound(condition, self.render) if condition.is_compound else self._simple(condition)

    def _simple(self, condition: Condition) -> str:
        operator, right = condition.operator, condition.right
        assert isinstance(operator, Operator) and not isinstance(right, Condition)  # noqa: PT018 - as above
        if isinstance(right, list):
            return self._membership(condition.left, operator, right)
        assert isinstance(condition.left, str)
        values: list[ScalarValue] = list(right) if isinstance(right, tuple) else [right]
        column = self.column(ColumnPath.parse(condition.left), operator, values)
        if operator in NULL_TESTS:
            return f"{column} {operator.value}"
        if isinstance(right, tuple):
            return f"{column} {operator.value} {self.value(right[0])} AND {self.value(right[1])}"
        return self.comparison(column, operator, right)

    def _membership(self, left: str | Condition | None, operator: Operator, values: Sequence[ScalarValue]) -> str:
        if not values:
            return "1 = 1" if operator is Operator.NOT_IN else "1 = 0"
        assert isinstance(left, str)
        path = ColumnPath.parse(left)

        def among(given: Sequence[ScalarValue]) -> str:
            column = self.column(path, operator, given)
            return f"{column} {operator.value} ({', '.join(map(self.value, given))})"

        return membership_sql(operator, values, self.column(path, Operator.IS_NULL, []), among)

    def comparison(self, column: str, operator: Operator, value: ScalarValue) -> str:
        if not self.has_ilike and operator in (Operator.ILIKE, Operator.NOT_ILIKE):
            like = "LIKE" if operator is Operator.ILIKE else "NOT LIKE"
            return f"LOWER({column}) {like} LOWER({self.value(value)})"
        return f"{column} {operator.value} {self.value(value)}"

    def value(self, value: ScalarValue) -> str:
        self.params.append(value)
        return "?"

    def column(self, path: ColumnPath, operator: Operator, values: Sequence[ScalarValue]) -> str:
        text = self.reference(path)
        # The first value that is there: all of them are compared with one reading of the column.
        kind = next((type(v).__name__ for v in values if v is not None), "")
        read = path.keys and operator not in (*LIKES, *NULL_TESTS)
        return self.casts.get(kind, "{}").format(text) if read else text

    def reference(self, path: ColumnPath) -> str:
        raise NotImplementedError


class _Sqlite(_SqlWriter):
    has_ilike = False

    def value(self, value: ScalarValue) -> str:
        # The text that sqlite3's own (deprecated) adapters would make of dates.
        if isinstance(value, datetime):
            value = value.isoformat(" ")
        elif isinstance(value, date):
            value = value.isoformat()
        return super().value(value)

    def reference(self, path: ColumnPath) -> str:
        base = _quoted(path.base)
        # Quotes only where a key needs them: readers of this text look for columns between double quotes.
        return f"json_extract({base}, {_literal('$' + _json_path(path.keys))})" if path.keys else base


class _DuckDB(_SqlWriter):
    has_ilike = False
    # TRY_CAST: a value of another type does not match; it must not fail the query.
    casts = dict.fromkeys(("int", "float"), "TRY_CAST({} AS DOUBLE)") | {"bool": "TRY_CAST({} AS BOOLEAN)"}

    def reference(self, path: ColumnPath) -> str:
        base = _quoted(path.base)
        json_path = _literal("$" + _json_path(path.keys, quote_odd=True))
        return f"json_extract_string({base}, {json_path})" if path.keys else base


class _Postgres(_SqlWriter):
    casts: ClassVar[Mapping[str, str]] = {
        "bool": "({})::text::boolean",
        "int": "({})::text::bigint",
        "float": "({})::text::double precision",
    }

    def reference(self, path: ColumnPath) -> str:
        base = _quoted(path.base)
        keys = [str(key) if isinstance(key, int) else _literal(key) for key in path.keys]
        return base + "".join(f"->{key}" for key in keys[:-1]) + (f"->>{keys[-1]}" if keys else "")

    def value(self, value: ScalarValue) -> str:
        self.params.append(value)
        return f"${len(self.params)}"


class _FilterText(_SqlWriter):
    def reference(self, path: ColumnPath) -> str:
        return _name_as_text(path.base, base=True) + "".join(
            f"[{key}]" if isinstance(key, int) else f".{_name_as_text(key)}" for key in path.keys
        )

    def value(self, value: ScalarValue) -> str:
        return _value_as_text(value)


def _value_as_text(value: ScalarValue) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.isoformat()}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, float) and not math.isfinite(value):
        # Not a number equals nothing, as NULL; a number too large to be finite is read back as infinity.
        return "NULL" if math.isnan(value) else f"{'-' if value < 0 else ''}1e999"
    return _literal(value) if isinstance(value, str) else str(value)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _name_as_text(name: str, *, base: bool = False) -> str:
    plain = _WORD.fullmatch(name) and not (base and name.lower() in _RESERVED)
    return name if plain else _quoted(name)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _json_path(keys: tuple[Key, ...], *, quote_odd: bool = False) -> str:
    return "".join(_json_key(key, quote_odd) for key in keys)


def _json_key(key: Key, quote_odd: bool) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    must = not key or any(c in key for c in '."[]') or (quote_odd and not _WORD.fullmatch(key))
    if not must:
        return f".{key}"
    return '."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
