"""Plain values -> source text that gives them back, whatever is in them."""

from __future__ import annotations

import re
from typing import Any

# Between triple quotes: what cannot stand there as it is.
_ESCAPED = re.compile(r'\\|"""|"(?=\Z)|[^\n\x20-\x7e]')
_LONG_LINE = 88


def text_literal(value: str) -> str:
    """Write text: on one line if it is one, else between triple quotes, so that it can be read."""
    if "\n" not in value.strip("\n"):
        return _one_line(value)
    return '"""' + _ESCAPED.sub(_escape, value) + '"""'


def literal(value: Any, *, as_tuple: bool = False, indent: str = "") -> str:
    """Write a plain value; sequences are tuples in the model, and lists in the text unless `as_tuple` is set.

    Args:
        value: Text, number, boolean, None, or a sequence of such.
        as_tuple: Whether sequences are written as tuples.
        indent: Indentation of the line that the value stands on, for sequences that need several lines.
    """
    if isinstance(value, str):
        return text_literal(value)
    if not isinstance(value, tuple):
        return repr(value)
    items: list[str] = [literal(item) for item in value]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    begin, end = "()" if as_tuple else "[]"
    line = begin + ", ".join(items) + ("," if as_tuple and len(items) == 1 else "") + end
    return line if len(line) <= _LONG_LINE and "\n" not in line else wrapped(begin, items, end, indent)


def wrapped(begin: str, items: list[str], end: str, indent: str) -> str:
    """Write a sequence with an item on each line."""
    return begin + "".join(f"\n{indent}    {item}," for item in items) + f"\n{indent}{end}"


def _one_line(value: str) -> str:
    quoted = repr("'" + value)
    if quoted.startswith('"'):  # the apostrophe made Python choose double quotes; take it out again
        return '"' + quoted[2:]
    # There are double quotes in it too: Python escaped apostrophes, where we escape double quotes.
    inner = quoted[1:-1].removeprefix("\\'").replace("\\'", "'")
    return '"' + re.sub(r'(\\.)|"', lambda match: match[1] or '\\"', inner) + '"'


def _escape(match: re.Match[str]) -> str:
    found = match[0]
    if found == '"""':
        return '\\"\\"\\"'
    if found in {"\\", '"'}:
        return "\\" + found
    return found if found.isprintable() else repr(found)[1:-1]
