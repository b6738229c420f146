"""The table that conditions refer to: the catalogue with marks and quotes taken off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from ..._support.errors import UnknownNameError
from ..._support.json import dumps, finite, loads
from ..._support.shapes import is_list, is_mapping
from .columns import TEXT, Array, make_column
from .rest import suggested, with_keys
from .values import metadata_of, score_of

if TYPE_CHECKING:
    from ..._query import Query

# Cells that do not mean what they say: quoted text, marked numbers, JSON that a strict reader refuses, a score that is none.
_SUSPECT: Final = r'^(?: |"\\u)|^[\[{](?s:.)*(?:NaN|Infinity)|^NaN$'
_compute: Any = pc


def readable(cell: Any) -> Any:
    """Give the value of a cell of metadata; lists and objects as the text that they are."""
    value = metadata_of(cell) if isinstance(cell, str) else cell
    return cell if is_list(value) or is_mapping(value) else value


def table_for(table: pa.Table, query: Query, aliases: Mapping[str, str]) -> pa.Table:
    """Give a catalogue's table as the conditions and the order of a query see it: what a text column says of values is their
    plain text.

    Args:
        table: The table.
        query: The query.
        aliases: Other names of columns -> the names in the table.

    Raises:
        UnknownNameError: It names a column that no transcript has.
    """
    from ..._query import columns_of, names_in

    seen = with_keys(table, {aliases.get(name, name) for name in names_in(query)})
    try:
        columns = columns_of(query, seen, aliases)
    except UnknownNameError as error:
        raise UnknownNameError(error.kind, error.name, suggested(table) | set(aliases)) from None
    # Cleaning columns that no condition looks at would take four times as long as most queries do.
    for position, name in enumerate(seen.column_names):
        column: Array = seen.column(position)
        if name in columns and column.type == TEXT and (cleaned := _cleaned(name, column)) is not None:
            seen = seen.set_column(position, name, cleaned)
    return seen


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
