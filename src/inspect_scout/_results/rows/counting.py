"""What counts as a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..._support.json import loads
from ..._support.shapes import is_list, is_mapping
from ..._types import is_positive
from .arrow_tables import Int64Array, cast_or_null, compute, is_text, scalar, to_bools

if TYPE_CHECKING:
    from ..._types import Result

RESULTSET = "resultset"
_CONTAINERS = ("[]", "{}")
_ZERO = r"^\s*([-+]?(0+\.?0*|\.0+)(e[-+]?[0-9]+)?)?\s*$"


def count_results(result: Result[Any] | None) -> int:
    """Count the results that a scanner found: 1 for a value that is not empty, for a resultset its positive items."""
    if result is None:
        return 0
    if result.type == RESULTSET and isinstance(result.value, list):
        return count_items(result.value)
    return int(bool(result.value))


def count_items(items: list[Any]) -> int:
    """Count the items of a resultset that are positive."""
    return sum(is_mapping(item) and is_positive(item.get("value")) for item in items)


def count_row_results(values: Any, kinds: Any) -> Int64Array:
    """Count the results of stored rows, as `count_results` counts those of the results they were made from.

    Args:
        values: Column of values; older tables may hold numbers.
        kinds: Column of the types of values.
    """
    texts, kinds = (each if is_text(each.type) else cast_or_null(each, pa.string()) for each in (values, kinds))
    cells = {
        "boolean": compute.equal(compute.utf8_lower(texts), scalar("true", texts.type)),
        "number": compute.invert(compute.match_substring_regex(texts, _ZERO, ignore_case=True)),
        "string": compute.not_equal(texts, scalar("", texts.type)),
    }
    # Column by column: a million values one by one took half a second.
    counts, others = np.zeros(len(texts), np.int64), to_bools(compute.is_valid(texts))
    for kind, found in cells.items():
        own = to_bools(compute.equal(kinds, scalar(kind, kinds.type)))
        counts[own] = to_bools(found)[own]
        others &= ~own
    for row in np.flatnonzero(others).tolist():
        counts[row] = _count_other(texts[row].as_py(), kinds[row].as_py())
    return counts


def positive_rows(values: Any, kinds: Any, items: Any) -> npt.NDArray[np.bool_]:
    """Tell which rows count as results.

    Args:
        values: Column of values.
        kinds: Column of the types of values.
        items: Column that is null but for items of resultsets, where the text "none" says that nothing was found.
    """
    found = count_row_results(values, kinds) > 0
    texts = compute.and_(compute.is_valid(items), compute.equal(kinds, scalar("string", kinds.type)))
    if not to_bools(texts).any():
        return found
    nothing = compute.equal(compute.utf8_lower(values), scalar("none", values.type))
    return found & ~to_bools(compute.and_(texts, nothing))


def _count_other(text: str, kind: str | None) -> int:
    if kind is None or kind == "null":
        return 0
    if kind != RESULTSET:
        return int(text.strip() not in _CONTAINERS)
    try:
        items = loads(text)
    except ValueError:
        return 0
    return count_items(items) if is_list(items) else int(bool(items))
