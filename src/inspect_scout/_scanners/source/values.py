"""Plain values in the syntax tree."""

from __future__ import annotations

import ast
from typing import Any, Final

NO_VALUE: Final = object()
"""Stands for an expression that is no plain value."""


def plain_value(node: ast.expr) -> Any:
    """Read a plain value: text, number, boolean, None, or a list or tuple of such, as a tuple.

    Returns:
        The value, or `NO_VALUE` for everything that is computed.
    """
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str | int | float | bool | None) else NO_VALUE
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = plain_value(node.operand)
        return -value if isinstance(value, int | float) and not isinstance(value, bool) else NO_VALUE
    if isinstance(node, ast.List | ast.Tuple):
        items = tuple(plain_value(item) for item in node.elts)
        return NO_VALUE if NO_VALUE in items else items
    return NO_VALUE
