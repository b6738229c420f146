"""What counts as a result."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from .._support.json import loads
from .._support.shapes import is_list, is_mapping
from .._types import is_positive

if TYPE_CHECKING:
    from .._types import Result

_RESULTSET = "resultset"
_CONTAINERS = ("[]", "{}")

logger = logging.getLogger(__name__)


def count_results(result: Result[Any] | None) -> int:
    """Count the results that a scanner found: 1 for a value that is not empty, for a resultset its positive items."""
    if result is None:
        return 0
    if result.type == _RESULTSET and isinstance(result.value, list):
        return count_items(result.value)
    return int(bool(result.value))


def count_items(items: list[Any]) -> int:
    """Count the items of a resultset that are positive."""
    return sum(is_mapping(item) and is_positive(item.get("value")) for item in items)


def count_cell(value: str | None, value_type: str | None) -> int:
    """Count the results of a stored row, as `count_results` counts those of the result it was made from."""
    if value is None or value_type is None or value_type == "null":
        return 0
    if value_type == "boolean":
        return int(value.lower() == "true")
    if value_type == "number":
        return int(_is_nonzero(value))
    if value_type == "string":
        return int(bool(value))
    if value_type == _RESULTSET:
        return _count_set(value)
    return int(value.strip() not in _CONTAINERS)


def found_something(value: Any, value_type: str | None, *, item: bool) -> bool:
    """Tell whether a row counts as a result.

    Args:
        value: Its value as it is stored.
        value_type: Type of the value.
        item: Whether it is an item of a resultset, where "none" says that nothing was found.
    """
    text = value if value is None or isinstance(value, str) else str(value)
    if item and value_type == "string" and not is_positive(text):
        return False
    return count_cell(text, value_type) > 0


def _is_nonzero(text: str) -> bool:
    try:
        return float(text) != 0
    except ValueError:
        return bool(text)


def _count_set(text: str) -> int:
    try:
        items = loads(text)
    except ValueError:
        return 0
    return count_items(items) if is_list(items) else int(bool(items))
