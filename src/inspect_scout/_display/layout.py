"""Text in columns: widths in terminal cells, shortening, alignment."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .._support.terminal import one_line

GAP = "  "
# In a pipe nothing is shortened, but a monstrous cell must not widen every other line to its length.
MAX_PADDING_CELLS = 60
# What a shortened column keeps at least, so that its content can still be recognised.
MIN_COLUMN_CELLS = 8
# Columns that may be left out are left out when they would keep less than this of a longer content.
COMFORTABLE_CELLS = 20
MAX_CELL_CHARACTERS = 4096
_NUMBER = re.compile(r"[-+]?[\d,]+(\.\d+)?([eE][-+]?\d+)?%?|-|")


def cell_width(text: str) -> int:
    """Count the terminal cells that a text takes."""
    if text.isascii():
        return len(text)
    return len(text) + sum(_character_width(character) - 1 for character in text if character > "\x7f")


def _character_width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def shorten(text: str, width: int) -> str:
    """Cut a text to `width` terminal cells, an ellipsis marking the cut."""
    if cell_width(text) <= width:
        return text
    used = 1
    for position, character in enumerate(text):
        used += _character_width(character)
        if used > width:
            return text[:position] + "…" if width > 0 else ""
    return text


def wrap(text: str, width: int) -> list[str]:
    """Break a line of text into lines of at most `width` terminal cells, at blanks where there are some.

    Args:
        text: One line; blanks at its beginning stay.
        width: Terminal cells, at least 2.
    """
    lines: list[str] = []
    line, used = "", 0
    for word in re.findall(r"\s+|\S+", text):
        cells = cell_width(word)
        if used + cells <= width:
            line, used = line + word, used + cells
            continue
        if word.isspace():
            lines.append(line)
            line, used = "", 0
            continue
        if line.strip():
            lines.append(line.rstrip())
            line, used = "", 0
        for character in word if cells > width - used else [word]:
            more = cell_width(character)
            if used + more > width:
                lines.append(line)
                line, used = "", 0
            line, used = line + character, used + more
    return [*lines, line] if line.strip() or not lines else lines


@dataclass(frozen=True, slots=True)
class TableText:
    """A table as lines of text.

    Args:
        header: The line of column names.
        body: One line for each row.
        footer: The last row, if there is one.
    """

    header: str
    body: Sequence[str]
    footer: str | None


def lay_out_table(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    footer: Sequence[str] = (),
    width: int | None = None,
    whole: Collection[str] = (),
    optional: Sequence[str] = (),
) -> TableText:
    """Lay out a table.

    Args:
        headers: Column names.
        rows: Cells; made printable here, missing ones are empty.
        footer: Last row.
        width: Terminal cells to fit into (None: shorten nothing).
        whole: Headers of the columns that are never shortened.
        optional: Headers of columns that are left out where not all fit, the last one first.
    """
    count = len(headers)
    shown = [
        _printable_cells(headers, count),
        *(_printable_cells(row, count) for row in rows),
        *([_printable_cells(footer, count)] if footer else []),
    ]
    columns = [_measured(header, cells, whole) for header, cells in zip(headers, zip(*shown))]
    if width is None:
        widths = [min(c.natural, max(MAX_PADDING_CELLS, cell_width(c.cells[0]))) for c in columns]
    else:
        columns = _fitting_columns(columns, optional, width)
        widths = _fit_widths(columns, width)
    numeric = [column.numeric for column in columns]
    # Without columns there are lines all the same, which say nothing.
    cells = zip(*(column.cells for column in columns)) if columns else [()] * len(shown)
    lines = [_line(row, widths, numeric, cut=width is not None) for row in cells]
    return TableText(lines[0], lines[1 : len(rows) + 1], lines[-1] if footer else None)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a table.

    Args:
        name: Its header as it was given.
        cells: The header and all cells, printable.
        natural: Terminal cells that the widest of them takes.
        numeric: Whether the cells are numbers.
        fixed: Whether it is never shortened.
    """

    name: str
    cells: Sequence[str]
    natural: int
    numeric: bool
    fixed: bool

    def least(self, cells: int) -> int:
        """Tell how far it may be shortened where a column keeps a number of terminal cells, and its header."""
        return self.natural if self.fixed else min(self.natural, max(cells, cell_width(self.cells[0])))


def _measured(name: str, cells: Sequence[str], whole: Collection[str]) -> _Column:
    numeric = all(_NUMBER.fullmatch(cell) for cell in cells[1:]) and any(cells[1:])
    return _Column(name, cells, max(map(cell_width, cells)), numeric, numeric or name in whole)


def _printable_cells(row: Sequence[str], count: int) -> list[str]:
    cleaned = [one_line(cell, MAX_CELL_CHARACTERS) for cell in row[:count]]
    return cleaned + [""] * (count - len(cleaned))


def _fitting_columns(columns: Sequence[_Column], optional: Sequence[str], width: int) -> list[_Column]:
    """Choose the columns that fit side by side, shortened no further than is comfortable."""
    kept = list(columns)
    for name in reversed(optional):
        if sum(column.least(COMFORTABLE_CELLS) for column in kept) + len(GAP) * (len(kept) - 1) <= width:
            break
        kept = [column for column in kept if column.name != name]
    return kept


def _fit_widths(columns: Sequence[_Column], width: int) -> list[int]:
    """Take from the widest columns first, until all fit or nothing more can be taken."""
    widths, least = [c.natural for c in columns], [c.least(MIN_COLUMN_CELLS) for c in columns]
    excess = sum(widths) + len(GAP) * (len(widths) - 1) - width
    while excess > 0:
        candidates = [i for i, w in enumerate(widths) if w > least[i]]
        if not candidates:
            break
        widest = max(widths[i] for i in candidates)
        # In large steps down to the next width, so that a cell of 4096 characters costs no 4000 rounds; alike for columns
        # that are equally wide.
        equal = [i for i in candidates if widths[i] == widest]
        others = [widths[j] for j in candidates if widths[j] < widest]
        share = -(-excess // len(equal))
        for i in equal:
            step = max(1, min(excess, share, widest - max([least[i], *others])))
            if excess > 0:
                widths[i] -= step
                excess -= step
    return widths


def _line(row: Sequence[str], widths: Sequence[int], numeric: Sequence[bool], *, cut: bool) -> str:
    parts: list[str] = []
    for cell, width, right in zip(row, widths, numeric):
        shown = shorten(cell, width) if cut else cell
        padding = " " * max(0, width - cell_width(shown))
        parts.append(padding + shown if right else shown + padding)
    return GAP.join(parts).rstrip()
