"""The table that conditions refer to: the snapshot with marks and quotes taken off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from ...._support.errors import UnknownNameError
from ...._support.json import dumps, finite, loads
from ...._support.shapes import is_list, is_mapping
from ..format.cell_values import decode_metadata, decode_score
from ..format.column_types import TEXT, Array, make_column, pc
from ..format.overflow import names_to_suggest, with_keys
from ..format.schema import ID

if TYPE_CHECKING:
    from ...._query import Query

ALIASES: Final = {"sample_id": ID}
"""Other names of columns in conditions."""

# Cells that do not mean what they say: quoted text, marked numbers, JSON that a strict reader refuses, a score that is none.
_SUSPECT: Final = r'^(?: |"\\u)|^[\[{](?s:.)*(?:NaN|Infinity)|^NaN$'


def plain_cell(cell: Any) -> Any:
    """Give the value of a cell of metadata; lists and objects as the text that they are."""
    value = decode_metadata(cell) if isinstance(cell, str) else cell
    return cell if is_list(value) or is_mapping(value) else value


def query_table(table: pa.Table, query: Query, aliases: Mapping[str, str]) -> pa.Table:
    """Give a snapshot's table as the conditions and the order of a query see it: what a text column says of values is their
    plain text.

    Args:
        table: The table.
        query: The query.
        aliases: Other names of columns -> the names in the table.

    Raises:
        UnknownNameError: It names a column that no transcript has.
    """
    from ...._query import referenced_columns, referenced_names

    seen = with_keys(table, {aliases.get(name, name) for name in referenced_names(query)})
    try:
        columns = referenced_columns(query, seen, aliases)
    except UnknownNameError as error:
        raise UnknownNameError(error.kind, error.name, names_to_suggest(table) | set(aliases)) from None
    # Cleaning columns that no condition looks at would take four times as long as most queries do.
    for position, name in enumerate(seen.column_names):
        column: Array = seen.column(position)
        if name in columns and column.type == TEXT and (cleaned := _clean_column(name, column)) is not None:
            seen = seen.set_column(position, name, cleaned)
    return seen


def _clean_column(name: str, column: Array) -> Array | None:
    suspects = pc.match_substring_regex(column, pattern=_SUSPECT)
    if not pc.any(suspects).as_py():
        return None
    read = decode_score if name == "score" else decode_metadata
    cells: list[str | None] = column.to_pylist()
    flags: list[bool | None] = suspects.to_pylist()
    return make_column([_clean(cell, read) if flag else cell for cell, flag in zip(cells, flags, strict=True)], TEXT)


def _clean(cell: Any, read: Any) -> str | None:
    if cell == "NaN":
        return None if read is decode_score else cell
    if cell[0] in "[{":
        try:
            return dumps(finite(loads(cell)))
        except (ValueError, RecursionError):
            return str(cell)
    value = read(cell)
    return value if isinstance(value, str) else dumps(value)
