"""Conditions as DuckDB SQL whose comparisons follow the type of the value written.

A value that cannot be read as the type it is compared with counts as NULL: the row does not match, nothing fails.
Text is read as a number or a time when compared with one; true and false count as 1 and 0; not a number is NULL.
A date stands for its whole day, in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from .._support.json import well_formed
from .coercions import CoercedValue, Coercion, ColumnKind, PerRowComparison, coercions, number_sql
from .column_path import ColumnPath
from .condition import LIKES, NULL_TESTS, Condition, Operator, ScalarValue
from .sql import join_compound, membership_sql

BoundValue: TypeAlias = CoercedValue | list[CoercedValue]
"""What is bound to the statement."""

_BACKSLASH = re.compile(r"\\([%_\\])?")

_SQL_OF = {Operator.NE: "<>"}


@dataclass(frozen=True, slots=True)
class TypedComparison:
    """A comparison that some or all rows may have no part in.

    Args:
        path: The column.
        kind: What it holds.
        values: The values it is compared with.
        column: SQL of its value.
        coercions: SQL of the ways it is read.
    """

    path: ColumnPath
    kind: ColumnKind
    values: Sequence[ScalarValue]
    column: str
    coercions: Sequence[str]


@dataclass(frozen=True, slots=True)
class _DerivedColumn:
    """A derived column `v0`, `v1`, ... of the statement; `type` names the one that holds the type of each row."""

    name: str
    kind: ColumnKind
    path: ColumnPath
    type: str = ""


class SelectBuilder:
    """Builds one SELECT over a table `t` with columns `c0`, `c1`, ...

    Args:
        kinds: Kind of each column that conditions may name.
        types: Columns whose rows differ in type -> the column that says which type each has.
        kept: Columns that go through the SELECT as they are.
    """

    def __init__(self, kinds: dict[str, ColumnKind], types: Mapping[str, str], kept: Sequence[str]) -> None:
        self._kept = ", ".join(kept)
        self._kinds = kinds
        self._types = types
        self._columns: dict[str, str] = {}
        self._values: dict[ColumnPath, _DerivedColumn] = {}
        self._derived: list[str] = []
        self.parameters: list[BoundValue] = []
        self.comparisons: list[TypedComparison] = []

    @property
    def columns(self) -> list[str]:
        """Names of the columns used: `c0`, `c1`, ... in this order."""
        return list(self._columns)

    def where(self, conditions: Sequence[Condition], paths: Mapping[str, ColumnPath]) -> str:
        """Write conditions that must all hold."""
        return " AND ".join(f"({self._render(condition, paths)})" for condition in conditions) or "TRUE"

    def value(self, path: ColumnPath) -> list[str]:
        """Name the derived columns of a value: itself, and where rows differ in type the type of each."""
        value = self._value(path)
        return [value.name, value.type] if value.type else [value.name]

    def order(self, path: ColumnPath, direction: str, mixed: bool) -> list[str]:
        """Write the terms of an order by a value; rows without one come last.

        Args:
            path: The value.
            direction: ASC or DESC.
            mixed: Whether text that reads as a number stands before other text, in the order of numbers.
        """
        value = self._value(path)
        name, keys = value.name, [value.name]
        if value.kind is ColumnKind.PER_ROW:
            boolean = f"CAST(lower({name}) = 'true' AS DOUBLE)"
            number = f"CASE {value.type} WHEN 'boolean' THEN {boolean} WHEN 'number' THEN {number_sql(name)} END"
            keys = [f"({number}) IS NULL", number, name]
        elif value.kind is ColumnKind.TEXT and (mixed or path.keys):
            keys = [f"({number_sql(name)}) IS NULL", number_sql(name), name]
        return [f"{name} IS NULL", *(f"{key} {direction} NULLS LAST" for key in keys)]

    def counts(self, comparison: TypedComparison) -> str:
        """Write a SELECT that counts the rows with a value, and those in which it can be compared."""
        read = " OR ".join(f"({text}) IS NOT NULL" for text in comparison.coercions) or "FALSE"
        return f"SELECT count({comparison.column}), count(*) FILTER ({read}) FROM {self.rows()}"  # noqa: S608 - as above

    def samples(self, comparison: TypedComparison, count: int) -> str:
        """Write a SELECT of some values of the column of a comparison."""
        column = comparison.column
        distinct = (
            f"SELECT DISTINCT {column} AS v FROM {self.rows()} WHERE {column} IS NOT NULL ORDER BY 1 LIMIT {count}"  # noqa: S608 - as above
        )
        return f"SELECT CAST(v AS VARCHAR) FROM ({distinct})"  # noqa: S608 - as above

    def rows(self) -> str:
        """Write the rows with their derived columns, once all that names columns is written."""
        derived = "".join(f", {text}" for text in self._derived)
        return f"(SELECT {self._kept}{derived} FROM t)"  # noqa: S608 - as above

    def _render(self, condition: Condition, paths: Mapping[str, ColumnPath]) -> str:
        if condition.is_compound:
            return join_compound(condition, lambda part: self._render(part, paths))
        operator, left, right = condition.operator, condition.left, condition.right
        assert isinstance(operator, Operator) and not isinstance(right, Condition)  # noqa: PT018 - model checks it
        if not isinstance(left, str):
            return "TRUE" if operator is Operator.NOT_IN else "FALSE"
        value = self._value(paths[left])
        if isinstance(right, list):
            return self._membership(value, operator, right)
        if operator in NULL_TESTS:
            return f"{value.name} {operator.value}"
        if isinstance(right, tuple):
            low, high = (self._compare(value, op, v) for op, v in zip((Operator.GE, Operator.LE), right, strict=True))
            return f"{'NOT ' if operator is Operator.NOT_BETWEEN else ''}({low} AND {high})"
        return self._compare(value, operator, right)

    def _value(self, path: ColumnPath) -> _DerivedColumn:
        if path not in self._values:
            name, kind = f"v{len(self._values)}", self._kinds[path.base]
            text, kind = _derived_sql(self._column(path.base), kind, path)
            self._derived.append(f"{text} AS {name}")
            tag = ""
            if kind is ColumnKind.PER_ROW:
                tag = f"{name}t"
                self._derived.append(f"{self._column(self._types[path.base])} AS {tag}")
            self._values[path] = _DerivedColumn(name, kind, path, tag)
        return self._values[path]

    def _column(self, name: str) -> str:
        return self._columns.setdefault(name, f"c{len(self._columns)}")

    def _bound(self, value: BoundValue) -> str:
        self.parameters.append(value)
        return f"${len(self.parameters)}"

    def _compare(self, value: _DerivedColumn, operator: Operator, right: ScalarValue) -> str:
        if right is None or value.kind is ColumnKind.NOTHING:
            return "NULL::BOOLEAN"
        if operator in LIKES:
            pattern = self._bound(_escaped_pattern(_text(right)))
            return f"CAST({value.name} AS VARCHAR) {operator.value} {pattern} ESCAPE '\\'"
        if value.kind is ColumnKind.PER_ROW:
            return PerRowComparison(value.name, value.type).compared(operator, right, self._written)
        found = coercions(value.name, value.kind, right)
        self._note(value, [right], [reading.column for reading in found])
        return self._written(found, operator) if found else "NULL::BOOLEAN"

    def _written(self, found: list[Coercion], operator: Operator) -> str:
        sign = _SQL_OF.get(operator, operator.value)
        tests = [f"{r.column} {sign} CAST({self._bound(r.value)} AS {r.type})" for r in found]
        return tests[0] if len(tests) == 1 else f"COALESCE({', '.join(tests)})"

    def _membership(self, value: _DerivedColumn, operator: Operator, right: list[ScalarValue]) -> str:
        sign = "NOT " if operator is Operator.NOT_IN else ""
        if not right:
            return "TRUE" if sign else "FALSE"
        return membership_sql(
            operator, right, value.name, lambda given: f"{sign}({' OR '.join(self._among(value, given))})"
        )

    def _among(self, value: _DerivedColumn, given: Sequence[ScalarValue]) -> list[str]:
        if value.kind is ColumnKind.PER_ROW:
            return [self._compare(value, Operator.EQ, v) for v in given]
        found = [coercions(value.name, value.kind, v) for v in given]
        self._note(value, given, list(dict.fromkeys(r.column for ways in found for r in ways)))
        groups: dict[tuple[tuple[str, str], ...], list[list[Coercion]]] = {}
        for ways in found:
            groups.setdefault(tuple((r.column, r.type) for r in ways), []).append(ways)
        return [self._in_group(keys, members) for keys, members in groups.items()]

    def _in_group(self, keys: Sequence[tuple[str, str]], members: Sequence[Sequence[Coercion]]) -> str:
        if not keys:
            return "NULL::BOOLEAN"
        # A list bound as one parameter: thousands of ids are one hash lookup per row.
        tests = [
            f"{column} IN (SELECT unnest(CAST({self._bound([ways[i].value for ways in members])} AS {kind}[])))"
            for i, (column, kind) in enumerate(keys)
        ]
        return tests[0] if len(tests) == 1 else f"COALESCE({', '.join(tests)})"

    def _note(self, value: _DerivedColumn, values: Sequence[ScalarValue], read: Sequence[str]) -> None:
        # Not a number equals nothing, whatever a column holds.
        if value.name not in read and any(v == v for v in values):  # noqa: PLR0124 - only NaN differs from itself
            self.comparisons.append(TypedComparison(value.path, value.kind, values, value.name, read))


def _derived_sql(column: str, kind: ColumnKind, path: ColumnPath) -> tuple[str, ColumnKind]:
    if kind is ColumnKind.NESTED:
        column = f"CAST(to_json({column}) AS VARCHAR)"
    if path.keys:
        if kind not in (ColumnKind.TEXT, ColumnKind.NESTED, ColumnKind.PER_ROW):
            return "NULL", ColumnKind.NOTHING
        json = column if kind is ColumnKind.NESTED else f"CASE WHEN json_valid({column}) THEN {column} END"
        return f"json_extract_string({json}, {_json_pointer(path)})", ColumnKind.TEXT
    if kind is ColumnKind.FLOAT:
        return f"CASE WHEN isnan({column}) THEN NULL ELSE {column} END", kind
    if kind in (ColumnKind.TEXT, ColumnKind.PER_ROW):
        return f"CAST({column} AS VARCHAR)", kind
    return column, (ColumnKind.TEXT if kind is ColumnKind.NESTED else kind)


def _json_pointer(path: ColumnPath) -> str:
    """Write the keys as a JSON pointer, in which every key can be written."""
    keys = [str(key).replace("~", "~0").replace("/", "~1") for key in path.keys]
    return "'" + well_formed("/" + "/".join(keys)).replace("'", "''") + "'"


def _escaped_pattern(pattern: str) -> str:
    r"""Write a pattern in which a backslash escapes: `\%`, `\_` and `\\` stand for the sign itself, any other one for itself."""
    return _BACKSLASH.sub(lambda found: found[0] if found[1] else "\\\\", pattern)


def _text(value: ScalarValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return well_formed(str(value))
