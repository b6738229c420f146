"""A condition on the columns of a transcript index, its JSON, and the selection that conditions make."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, TypeAlias, cast

from pydantic import BaseModel, SerializationInfo, SerializerFunctionWrapHandler, model_serializer, model_validator

ScalarValue: TypeAlias = str | int | float | bool | datetime | date | None
"""What a column can be compared with."""


class Operator(StrEnum):
    """A test of one column."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    IN = "IN"
    NOT_IN = "NOT IN"
    LIKE = "LIKE"
    NOT_LIKE = "NOT LIKE"
    ILIKE = "ILIKE"
    NOT_ILIKE = "NOT ILIKE"
    IS_NULL = "IS NULL"
    IS_NOT_NULL = "IS NOT NULL"
    BETWEEN = "BETWEEN"
    NOT_BETWEEN = "NOT BETWEEN"


class LogicalOperator(StrEnum):
    """A way to combine conditions."""

    AND = "AND"
    OR = "OR"
    NOT = "NOT"


_LISTS = (Operator.IN, Operator.NOT_IN)
_RANGES = (Operator.BETWEEN, Operator.NOT_BETWEEN)
LIKES = (Operator.LIKE, Operator.NOT_LIKE, Operator.ILIKE, Operator.NOT_ILIKE)
NULL_TESTS = (Operator.IS_NULL, Operator.IS_NOT_NULL)


class Condition(BaseModel):
    """A condition on columns; `&`, `|` and `~` combine conditions.

    In JSON dates and infinities are text, and a key `types` (present only then) says which values they are.

    Example:
        ```python
        failed, long = condition_from_sql("score = 'I'"), condition_from_sql("message_count > 50")
        short_failures = transcripts_from("logs").where(failed & ~long)
        ```
    """

    left: str | Condition | None = None
    """Name of the column, or the left condition (None: a test that needs no column)."""

    operator: Operator | LogicalOperator
    """How the sides are related."""

    right: Condition | list[ScalarValue] | tuple[ScalarValue, ScalarValue] | ScalarValue = None
    """Value, list of values, range, or the right condition."""

    is_compound: bool = False
    """Whether the sides are conditions."""

    def __and__(self, other: Condition) -> Condition:
        """Hold when both hold."""
        return Condition(left=self, operator=LogicalOperator.AND, right=other, is_compound=True)

    def __or__(self, other: Condition) -> Condition:
        """Hold when one of both holds."""
        return Condition(left=self, operator=LogicalOperator.OR, right=other, is_compound=True)

    def __invert__(self) -> Condition:
        """Hold when this does not hold."""
        return Condition(left=self, operator=LogicalOperator.NOT, right=None, is_compound=True)

    @property
    def params(self) -> list[ScalarValue]:
        """Values of a simple condition, flat ([] for compound ones and tests for NULL)."""
        return [] if self.is_compound or self.operator in NULL_TESTS else _values(self.right)

    @model_validator(mode="before")
    @classmethod
    def _restored(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        fields = dict(cast(Mapping[str, Any], data))
        types, right = fields.pop("types", None), fields.get("right")
        if types is not None:
            fields["right"] = _with_types(right, types)
        if fields.get("operator") in _RANGES and isinstance(right := fields.get("right"), list):
            fields["right"] = tuple(cast(list[object], right))
        return fields

    @model_validator(mode="after")
    def _consistent(self) -> Condition:
        problem = _compound_problem(self) if self.is_compound else _simple_problem(self)
        if problem:
            raise ValueError(f"{self.operator.value}: {problem}")
        return self

    @model_serializer(mode="wrap")
    def _dump(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        data = cast(dict[str, Any], handler(self))
        types = [_kind(value) for value in self.params]
        if info.mode == "json" and any(types):
            data["types"] = types
            right = [str(value) if kind == "number" else value for value, kind in zip(_values(data["right"]), types)]
            data["right"] = right if isinstance(self.right, list | tuple) else right[0]
        return data


@dataclass(frozen=True, slots=True)
class OrderBy:
    """Order by one column; rows without a value come last."""

    column: str
    direction: Literal["ASC", "DESC"] = "ASC"


@dataclass(frozen=True, slots=True)
class Query:
    """A selection of transcripts.

    Args:
        where: Conditions, all of which must hold.
        order_by: Order; none: the order of the source.
        shuffle: Seed of a shuffle that depends on ids and seed alone (applied instead of `order_by`).
        limit: Transcripts at most (0: none).
    """

    where: tuple[Condition, ...] = ()
    order_by: tuple[OrderBy, ...] = ()
    shuffle: int | None = None
    limit: int | None = None


def _values(right: Any) -> list[ScalarValue]:
    return list(cast(list[ScalarValue], right)) if isinstance(right, list | tuple) else [right]


def _kind(value: object) -> str | None:
    """Tell which values JSON cannot tell from text, or not hold at all."""
    if isinstance(value, float):
        return None if math.isfinite(value) else "number"
    if isinstance(value, datetime):
        return "timestamp"
    return "date" if isinstance(value, date) else None


def _with_types(right: Any, types: Any) -> Any:
    values = _values(right)
    if not isinstance(types, list) or len(cast(list[object], types)) != len(values):
        raise ValueError("'types' must be a list with one entry for each value")
    restored = [_restored_value(v, t) for v, t in zip(values, cast(list[object], types), strict=True)]
    return restored if isinstance(right, list | tuple) else restored[0]


def _restored_value(value: Any, kind: Any) -> Any:
    if kind is None or not isinstance(value, str):
        return value
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "timestamp":
        return datetime.fromisoformat(value)
    if kind == "number":
        return float(value)
    raise ValueError(f"'types' holds {kind!r}; allowed are 'date', 'timestamp', 'number' and null")


def _compound_problem(condition: Condition) -> str | None:
    if not isinstance(condition.operator, LogicalOperator):
        return "combines no conditions; AND, OR and NOT do"
    if not isinstance(condition.left, Condition):
        return "the left side must be a condition"
    if condition.operator is LogicalOperator.NOT:
        return None if condition.right is None else "takes one condition"
    return None if isinstance(condition.right, Condition) else "the right side must be a condition"


def _simple_problem(condition: Condition) -> str | None:
    operator, left, right = condition.operator, condition.left, condition.right
    if isinstance(operator, LogicalOperator):
        return "combines conditions, so is_compound must be true"
    if isinstance(left, Condition) or isinstance(right, Condition):
        return "compares a column with values, not conditions"
    if left is None and not (operator in _LISTS and right == []):
        return "needs the name of a column"
    if operator in _LISTS:
        return None if isinstance(right, list) else "needs a list of values"
    if operator in _RANGES:
        return None if isinstance(right, tuple) else "needs two values"
    return "needs one value" if isinstance(right, list | tuple) else None
