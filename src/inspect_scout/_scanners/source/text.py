"""The text of a file, by the positions that Python's parser gives."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any, Final

NO_VALUE: Final = object()
"""Stands for an expression that is not a plain value."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_GAP = re.compile(r"(?:[ \t\f\r\n\\]|#[^\r\n]*)*")  # what may stand between tokens


@dataclass(frozen=True)
class SourceText:
    """A text and where its lines begin.

    Args:
        text: The text.
    """

    text: str
    _lines: list[tuple[int, str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lines = [(match.start(), match[0]) for match in _LINE.finditer(self.text)]
        object.__setattr__(self, "_lines", lines)

    def of(self, node: ast.AST) -> str:
        """Text of a node of the syntax tree."""
        start, end = self._span(node)
        return self.text[start:end]

    def value_of(self, keyword: ast.keyword) -> str:
        """Text of the value of an argument, parentheses around it included."""
        start, end = self._span(keyword)
        gap = _GAP.match(self.text, self.text.index("=", start) + 1)
        return self.text[gap.end() if gap else start : end]

    def _span(self, node: Any) -> tuple[int, int]:
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def _offset(self, line: int, column: int) -> int:
        """Characters before a position: lines count from 1, columns are bytes of UTF-8, as in syntax trees."""
        start, text = self._lines[line - 1]
        return start + len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "surrogatepass"))


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


def is_texts(value: object) -> bool:
    """Tell whether a value is a sequence of texts."""
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)  # pyright: ignore[reportUnknownVariableType]
