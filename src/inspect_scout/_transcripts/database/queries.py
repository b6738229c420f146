"""The table that conditions refer to: the catalogue with marks and quotes taken off."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from ..._support.json import dumps, finite, loads
from .columns import TEXT, Array, make_column
from .values import metadata_of, score_of

# Cells that do not mean what they say: quoted text, marked numbers, JSON that a strict reader refuses, a score that is none.
_SUSPECT: Final = r'^(?: |"\\u)|^[\[{](?s:.)*(?:NaN|Infinity)|^NaN$'
_compute: Any = pc


def query_table(table: pa.Table, columns: Collection[str]) -> pa.Table:
    """Give a catalogue's table as conditions see it: what a text column says of values is their plain text.

    Args:
        table: The table.
        columns: Columns that conditions look at; the others stay as they are (cleaning all takes four times as long as
            most queries do).
    """
    for position, name in enumerate(table.column_names):
        if name not in columns:
            continue
        column: Array = table.column(position)
        if column.type == TEXT and (cleaned := _cleaned(name, column)) is not None:
            table = table.set_column(position, name, cleaned)
    return table


def _cleaned(name: str, column: Array) -> Array | None:
    suspects = _compute.match_substring_regex(column, pattern=_SUSPECT)
    if not _compute.any(suspects).as_py():
        return None
    read = score_of if name == "score" else metadata_of
    cells: list[str | None] = column.to_pylist()
    flags: list[bool | None] = suspects.to_pylist()
    return make_column([_text(cell, read) if flag else cell for cell, flag in zip(cells, flags, strict=True)], TEXT)


def _text(cell: Any, read: Any) -> str | None:
    if cell == "NaN":
        return None if read is score_of else cell
    if cell[0] in "[{":
        try:
            return dumps(finite(loads(cell)))
        except (ValueError, RecursionError):
            return str(cell)
    value = read(cell)
    return value if isinstance(value, str) else dumps(value)
