"""How objects show themselves: on one line in a console, as a small table in a notebook; never with all they hold."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import chain, repeat
from typing import TypeGuard

from .shapes import is_list, is_mapping
from .terminal import one_line

MAX_SHOWN = 60
"""Characters of a value on a line."""

MAX_CELL = 200
"""Characters of a cell of a table."""

MAX_ROWS = 20
"""Rows of a table."""

_NAME = "text-align: left; padding: 0.1em 0.8em 0.1em 0"
# Words stay whole, so that a short column is readable beside long ones.
_TEXT, _NUMBER = f"{_NAME}; max-width: 40em; overflow-wrap: break-word", _NAME.replace("left", "right")
# A path is there to be copied: it stays on its line, and does not widen the table below it.
_CAPTION = f"{_NAME}; white-space: nowrap; contain: inline-size; caption-side: top; color: inherit"


class Words(str):
    """Text that stands in a description as it is, without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def shortened(value: object) -> object:
    """Give a value whose `repr` is one short line: long texts are cut, of other long things the kind and size are named."""
    if isinstance(value, str) and not isinstance(value, Words):
        return value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN - 1] + "…"
    if value is None or isinstance(value, Words):
        return value
    # Only of small things: writing out a large one to cut it would take time and memory.
    if (is_list(value) or is_mapping(value)) and len(value) > MAX_SHOWN // 2:
        return Words(f"<{type(value).__name__} of {len(value)}>")
    return Words(one_line(repr(value), MAX_SHOWN))


def one_line_repr(thing: object, *parts: object, **fields: object) -> str:
    """Write what describes a thing on one line, as a call of its class; fields that are None are left out.

    Args:
        thing: The thing.
        parts: What stands without a name.
        fields: What stands with its name.
    """
    named = [f"{name}={shortened(value)!r}" for name, value in fields.items() if value is not None]
    return f"{type(thing).__name__}({', '.join([*(repr(shortened(part)) for part in parts), *named])})"


def html_table(title: str, rows: Sequence[Sequence[object]], header: Sequence[str] = ()) -> str:
    """Write a small table for a notebook: everything is escaped, and colours are those of the page around it.

    Args:
        title: What stands above it.
        rows: Cells by row; None is left empty. Only the first `MAX_ROWS` are shown.
        header: Names of the columns (none: the first cell of each row is its name).
    """
    lines = [f'<table><caption style="{_CAPTION}">{_escaped(title)}</caption>']
    if header:
        sides = [
            _NUMBER if number and any(map(_is_number, cells)) else _NAME for number, cells in enumerate(zip(*rows))
        ]
        names = zip(header, chain(sides, repeat(_NAME)))
        lines.append(f"<thead><tr>{''.join(_header(name, 'col', style) for name, style in names)}</tr></thead>")
    lines.append("<tbody>")
    lines += [
        f"<tr>{_header(row[0], 'row')}{''.join(_cell(value, _NUMBER if header else _TEXT) for value in row[1:])}</tr>"
        for row in rows[:MAX_ROWS]
    ]
    if len(rows) > MAX_ROWS:
        columns = max(map(len, rows))
        lines.append(f'<tr><td colspan="{columns}" style="{_TEXT}">… and {len(rows) - MAX_ROWS:,} more</td></tr>')
    return "\n".join([*lines, "</tbody></table>"])


def _header(value: object, scope: str, style: str = _NAME) -> str:
    return f'<th scope="{scope}" style="{style}">{_escaped(value)}</th>'


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cell(value: object, of_numbers: str) -> str:
    if _is_number(value):
        text = f"{value:,}" if isinstance(value, int) else f"{value:g}"
        return f'<td style="{of_numbers}">{_escaped(text)}</td>'
    return f'<td style="{_TEXT}">{_escaped(value)}</td>'


def _escaped(value: object) -> str:
    text = "" if value is None else value if isinstance(value, str) else repr(shortened(value))
    return html.escape(one_line(text[: 4 * MAX_CELL], MAX_CELL))
