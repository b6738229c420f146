"""Conditions as SQL text of several dialects, and as text to read and parse again."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Literal, TypeAlias, overload

from .condition import Condition, LogicalOperator, Operator, ScalarValue
from .path import ColumnPath, Key

SQLDialect: TypeAlias = Literal["sqlite", "duckdb", "postgres", "filter"]
"""Databases that SQL is written for; "filter" is text with the values in it, for people and `condition_from_sql`."""

_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_RESERVED = frozenset(
    "select from where and or not in like ilike between is null true false order by limit offset group having join left"
    " right inner outer on as case when then else end distinct escape exists cast try_cast".split()
)
_LIKES = (Operator.LIKE, Operator.NOT_LIKE, Operator.ILIKE, Operator.NOT_ILIKE)
_NULL_TESTS = (Operator.IS_NULL, Operator.IS_NOT_NULL)


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
    """
    if dialect == "filter":
        return _FilterText().render(condition)
    writer = {"sqlite": _Sqlite, "duckdb": _DuckDB, "postgres": _Postgres}[dialect]()
    return writer.render(condition), writer.params


def joined(condition: Condition, render: Callable[[Condition], str]) -> str:
    """Render a compound condition; chains of one operator stay flat, so that long ones do not nest."""
    if condition.operator is LogicalOperator.NOT:
        assert isinstance(condition.left, Condition)
        return f"NOT {_in_parentheses(render(condition.left), condition.left)}"
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


def _in_parentheses(text: str, condition: Condition) -> str:
    chain = condition.is_compound and condition.operator is not LogicalOperator.NOT
    return text if chain else f"({text})"


class _Writer:
    """The shape that all dialects share: columns, values and placeholders differ."""

    def __init__(self) -> None:
        self.params: list[Any] = []

    def render(self, condition: Condition) -> str:
        return joined(condition, self.render) if condition.is_compound else self._simple(condition)

    def _simple(self, condition: Condition) -> str:
        operator, right = condition.operator, condition.right
        assert isinstance(operator, Operator) and not isinstance(right, Condition)  # noqa: PT018 - as above
        if isinstance(right, list):
            return self._membership(condition.left, operator, right)
        assert isinstance(condition.left, str)
        values: list[ScalarValue] = list(right) if isinstance(right, tuple) else [right]
        column = self.column(ColumnPath.parse(condition.left), operator, values)
        if operator in _NULL_TESTS:
            return f"{column} {operator.value}"
        if isinstance(right, tuple):
            return f"{column} {operator.value} {self.value(right[0])} AND {self.value(right[1])}"
        return self.comparison(column, operator, right)

    def _membership(self, left: str | Condition | None, operator: Operator, values: Sequence[ScalarValue]) -> str:
        negated = operator is Operator.NOT_IN
        if not values:
            return "1 = 1" if negated else "1 = 0"
        assert isinstance(left, str)
        given = [v for v in values if v is not None]
        path, missing = ColumnPath.parse(left), Operator.IS_NOT_NULL if negated else Operator.IS_NULL
        null_test = f"{self.column(path, missing, [])} {missing.value}"
        if not given:
            return null_test
        column = self.column(path, operator, given)
        among = f"{column} {operator.value} ({', '.join(map(self.value, given))})"
        if len(given) == len(values):
            return among
        return f"({among} {'AND' if negated else 'OR'} {null_test})"

    def comparison(self, column: str, operator: Operator, value: ScalarValue) -> str:
        if operator in (Operator.ILIKE, Operator.NOT_ILIKE):
            like = "LIKE" if operator is Operator.ILIKE else "NOT LIKE"
            return f"LOWER({column}) {like} LOWER({self.value(value)})"
        return f"{column} {operator.value} {self.value(value)}"

    def value(self, value: ScalarValue) -> str:
        self.params.append(value)
        return "?"

    def column(self, path: ColumnPath, operator: Operator, values: Sequence[ScalarValue]) -> str:
        text = self.reference(path)
        return self.cast(text, _kind(values)) if path.keys and operator not in (*_LIKES, *_NULL_TESTS) else text

    def reference(self, path: ColumnPath) -> str:
        raise NotImplementedError

    def cast(self, text: str, kind: str) -> str:
        """Read a value from JSON as a Python type, which the values compared with have."""
        del kind
        return text


class _Sqlite(_Writer):
    def value(self, value: ScalarValue) -> str:
        # The text that sqlite3's own (deprecated) adapters would make of dates.
        if isinstance(value, datetime):
            value = value.isoformat(" ")
        elif isinstance(value, date):
            value = value.isoformat()
        return super().value(value)

    def reference(self, path: ColumnPath) -> str:
        base = quoted_identifier(path.base)
        # Quotes only where a key needs them: readers of this text look for columns between double quotes.
        return f"json_extract({base}, {_literal('$' + _json_path(path.keys))})" if path.keys else base


class _DuckDB(_Writer):
    def reference(self, path: ColumnPath) -> str:
        base = quoted_identifier(path.base)
        json_path = _literal("$" + _json_path(path.keys, quote_odd=True))
        return f"json_extract_string({base}, {json_path})" if path.keys else base

    def cast(self, text: str, kind: str) -> str:
        # TRY_CAST: a value of another type does not match; it must not fail the query.
        name = {"bool": "BOOLEAN", "int": "DOUBLE", "float": "DOUBLE"}.get(kind)
        return f"TRY_CAST({text} AS {name})" if name else text


class _Postgres(_Writer):
    def reference(self, path: ColumnPath) -> str:
        base = quoted_identifier(path.base)
        keys = [str(key) if isinstance(key, int) else _literal(key) for key in path.keys]
        return base + "".join(f"->{key}" for key in keys[:-1]) + (f"->>{keys[-1]}" if keys else "")

    def cast(self, text: str, kind: str) -> str:
        name = {"bool": "boolean", "int": "bigint", "float": "double precision"}.get(kind)
        return f"({text})::text::{name}" if name else text

    def comparison(self, column: str, operator: Operator, value: ScalarValue) -> str:
        return f"{column} {operator.value} {self.value(value)}"

    def value(self, value: ScalarValue) -> str:
        self.params.append(value)
        return f"${len(self.params)}"


class _FilterText(_Writer):
    def reference(self, path: ColumnPath) -> str:
        return _word(path.base, base=True) + "".join(
            f"[{key}]" if isinstance(key, int) else f".{_word(key)}" for key in path.keys
        )

    def comparison(self, column: str, operator: Operator, value: ScalarValue) -> str:
        return f"{column} {operator.value} {self.value(value)}"

    def value(self, value: ScalarValue) -> str:
        return value_as_text(value)


def value_as_text(value: ScalarValue) -> str:
    """Write a value as a literal of SQL."""
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


def quoted_identifier(name: str) -> str:
    """Write the name of a column between double quotes."""
    return '"' + name.replace('"', '""') + '"'


def _word(name: str, *, base: bool = False) -> str:
    plain = _WORD.fullmatch(name) and not (base and name.lower() in _RESERVED)
    return name if plain else quoted_identifier(name)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _json_path(keys: tuple[Key, ...], *, quote_odd: bool = False) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else _json_key(key, quote_odd) for key in keys)


def _json_key(key: str, quote_odd: bool) -> str:
    must = not key or any(c in key for c in '."[]') or (quote_odd and not _WORD.fullmatch(key))
    if not must:
        return f".{key}"
    return '."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _kind(values: Sequence[ScalarValue]) -> str:
    """Kind of the first value that is there: all of them are compared with one reading of the column."""
    return next((type(v).__name__ for v in values if v is not None), "")
