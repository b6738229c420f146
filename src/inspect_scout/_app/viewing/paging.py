"""Pages of a list that go on behind a row, whatever is missing in it.

A cursor is the row at the edge of a page: its id, and its values in the columns of the order. The id alone finds the row
again; the values find its place if it is gone.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError

from ..._query import Column, Condition, Operator, OrderBy, ScalarValue
from ..._support.errors import ConfigError
from ..._support.shapes import is_list

Row = Mapping[str, object]


class _Order(BaseModel):
    column: str
    direction: Literal["ASC", "DESC"] = "ASC"


class _Pagination(BaseModel):
    limit: int = Field(ge=0, le=1_000_000)
    cursor: dict[str, JsonValue] | None = None
    direction: Literal["forward", "backward"] = "forward"


def _as_list(given: object) -> object:
    return given if is_list(given) else [] if given is None else [given]


class _ListRequest(BaseModel):
    model_config = ConfigDict(extra="ignore")

    filter: Condition | None = None
    order_by: Annotated[list[_Order], BeforeValidator(_as_list)] = Field(default_factory=list[_Order])
    pagination: _Pagination | None = None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list is wanted.

    Args:
        where: Condition that must hold (None: none).
        order_by: Order.
        limit: Rows at most (None: all).
        cursor: Row behind which the page begins, or before which it ends (None: the edge of the list).
        backward: Whether the page ends before the cursor.
    """

    where: Condition | None = None
    order_by: tuple[OrderBy, ...] = ()
    limit: int | None = None
    cursor: Mapping[str, JsonValue] | None = None
    backward: bool = False


def parse_page_request(body: JsonValue) -> PageRequest:
    """Read what a client asks of a list.

    Raises:
        ConfigError: It is not such a request.
    """
    if body is None:
        return PageRequest()
    try:
        asked = _ListRequest.model_validate(body)
    except (ValidationError, RecursionError) as error:
        raise ConfigError(f"The request cannot be used: {refusal(error)}.") from None
    order = tuple(OrderBy(one.column, one.direction) for one in asked.order_by)
    page = asked.pagination
    if page is None:
        return PageRequest(asked.filter, order)
    return PageRequest(asked.filter, order, page.limit, page.cursor, page.direction == "backward")


def parse_condition(body: JsonValue) -> Condition:
    """Read a condition as JSON has it.

    Raises:
        ConfigError: It is not a condition.
    """
    try:
        return Condition.model_validate(body)
    except (ValidationError, RecursionError) as error:
        raise ConfigError(f"The condition cannot be used: {refusal(error)}.") from None


def refusal(error: ValidationError | RecursionError) -> str:
    """Say in one sentence what a model refuses."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where or 'the whole'}: {first['msg']}"


def rows_behind(order_by: Sequence[OrderBy], cursor: Mapping[str, JsonValue]) -> Condition:
    """Say which rows stand behind a row, in an order in which rows without a value come last.

    Args:
        order_by: The order; the last column tells all rows apart.
        cursor: The row.
    """
    behind: list[Condition] = []
    same: list[Condition] = []
    for order in order_by:
        column, value = Column(order.column), _scalar(cursor.get(order.column))
        if value is not None:
            further = column > value if order.direction == "ASC" else column < value
            behind.append(functools.reduce(_both, [*same, further | column.is_null()]))
        same.append(column == value)
    return functools.reduce(_either, behind) if behind else Condition(left=None, operator=Operator.IN, right=[])


def _both(one: Condition, other: Condition) -> Condition:
    return one & other


def _either(one: Condition, other: Condition) -> Condition:
    return one | other


def _scalar(value: JsonValue) -> ScalarValue:
    return value if isinstance(value, str | int | float) else None


def page_range(request: PageRequest, total: int, edge: int, found: bool) -> range:
    """Tell which rows of a list a page holds.

    Args:
        request: What is asked.
        total: Rows of the list.
        edge: Place of the row of the cursor, or where it would be; where there is none, an end of the list.
        found: Whether that row is there.
    """
    limit = total if request.limit is None else request.limit
    if request.backward:
        return range(max(0, edge - limit), edge)
    start = edge + 1 if found else edge
    return range(start, min(total, start + limit))


def next_cursor(request: PageRequest, page: range, total: int, edge_row: Row | None) -> dict[str, object] | None:
    """Make the cursor of the page after this one; None if there is none.

    Args:
        request: What was asked.
        page: Rows that the page holds.
        total: Rows of the list.
        edge_row: The last row of the page (backward: the first), by column.
    """
    if edge_row is None or (page.start == 0 if request.backward else page.stop >= total):
        return None
    return dict(edge_row)
