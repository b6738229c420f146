"""What a scanner returned, checked."""

from __future__ import annotations

from typing import Any, TypeGuard

from ..._support.shapes import is_list
from ..._types import Result, as_resultset


def checked_result(returned: Any, name: str) -> Result[Any]:
    """Check what a scanner returned; a list of results is folded into a resultset.

    Args:
        returned: What it returned.
        name: Its name, for the message.

    Raises:
        TypeError: It is neither a result nor a list of results.
    """
    if _is_result(returned):
        return returned
    found = "None" if returned is None else f"a {type(returned).__name__}"
    if is_list(returned):
        wrong = [item for item in returned if not _is_result(item)]
        if not wrong:
            return as_resultset(returned)
        found = f"a list that holds a {type(wrong[0]).__name__}"
    raise TypeError(f"Scanner {name!r} returned {found}; return a Result or a list of Results.")


def _is_result(value: object) -> TypeGuard[Result[Any]]:
    return isinstance(value, Result)
