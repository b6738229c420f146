"""The text of a file, by the positions that Python's parser gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_PIECE = re.compile(r"(?P<comment>#[^\r\n]*)|(?P<newline>\r\n|\r|\n)|(?P<space>[ \t\f]+|\\(?:\r\n|\r|\n))|(?P<mark>.)")


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

    @property
    def newline(self) -> str:
        """How the first line ends."""
        return next((end for end in ("\r\n", "\r", "\n") if self._lines[0][1].endswith(end)), "\n")

    def offset(self, line: int, column: int) -> int:
        """Characters before a position: lines count from 1, columns are bytes of UTF-8, as in syntax trees."""
        start, text = self._lines[line - 1]
        return start + len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "surrogatepass"))

    def span(self, node: Any) -> tuple[int, int]:
        """Begin and end of a node of the syntax tree."""
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def of(self, node: ast.AST) -> str:
        """Text of a node of the syntax tree."""
        start, end = self.span(node)
        return self.text[start:end]

    def value_span(self, keyword: ast.keyword) -> tuple[int, int]:
        """Begin and end of the value of an argument, parentheses around it included."""
        start, end = self.span(keyword)
        equals = self.text.index("=", start)
        begin = next(at for at, kind, _ in self.pieces(equals + 1) if kind == "mark")
        return begin, end

    def pieces(self, start: int) -> Iterator[tuple[int, str, str]]:
        """Walk over what stands between tokens: comments, newlines, spaces, marks such as commas."""
        for match in _PIECE.finditer(self.text, start):
            yield match.start(), match.lastgroup or "", match[0]

    def line_start(self, offset: int) -> int:
        """Begin of the line of a position."""
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def indent(self, offset: int) -> str:
        """Indentation of the line of a position."""
        start = self.line_start(offset)
        found = re.compile(r"[ \t\f]*").match(self.text, start)
        return found[0] if found else ""

    def replaced(self, start: int, end: int, by: str) -> str:
        """Give the text with a part replaced; line ends are made those of the file."""
        return self.text[:start] + by.replace("\n", self.newline) + self.text[end:]
