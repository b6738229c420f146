"""Applies a query to an index table."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from .._support.arrow import array
from .._support.errors import ConfigError
from .column_path import ColumnPath
from .condition import Query
from .row_search import ColumnResolver, RowStream, find_rows, names_in_condition

_NO_ALIASES: Mapping[str, str] = {}
_ROW = "row"


def select(
    table: pa.Table,
    query: Query,
    *,
    key: str,
    aliases: Mapping[str, str] = _NO_ALIASES,
) -> list[int]:
    """Find the rows that a query selects.

    Args:
        table: One row per transcript. Text columns may hold JSON.
        query: Conditions, order or shuffle, limit.
        key: Column with the ids, which a shuffle depends on.
        aliases: Other names of columns -> the names in the table.

    Returns:
        Positions of the rows, in order.

    Raises:
        UnknownNameError: If a condition or the order names a column that the table does not have.
        ConfigError: If the limit is negative, or if nothing is selected while a condition compares a column with what
            none of its values can be compared with: an empty selection is never a mistake of types.
    """
    if query.limit is not None and query.limit < 0:
        raise ConfigError(f"limit is {query.limit!r}; it must be 0 (no transcripts) or more, or None for all.")
    if not table.column_names:
        return []
    numbers = array(range(table.num_rows), pa.int64())
    stream = RowStream(
        columns=dict(zip(table.schema.names, table.schema.types, strict=True)),
        read=lambda columns: iter([table.select(columns).append_column(_ROW, numbers)]),
        kept=(_ROW,),
        aliases=aliases,
    )
    if query.shuffle is None and (query.where or query.order_by):
        return _matching_rows(stream, query)
    for order in query.order_by:
        stream.path(order.column)
    rows: Sequence[int] = _matching_rows(stream, Query(where=query.where)) if query.where else range(table.num_rows)
    if query.shuffle is not None:
        rows = _shuffled(rows, table.column(key), query.shuffle)
    return list(rows[: query.limit])


def _matching_rows(stream: RowStream, query: Query) -> list[int]:
    rows: list[Any] = find_rows(stream, query.where, query.order_by, query.limit).column(_ROW).to_pylist()
    return rows


def referenced_names(query: Query) -> set[str]:
    """List what may be names of columns: the names in the conditions and the order, and what paths among them begin with.

    Args:
        query: Conditions and order.
    """
    names = {name for condition in query.where for name in names_in_condition(condition)}
    names |= {order.column for order in query.order_by}
    for name in tuple(names):
        # What is not a path either is refused where it is resolved.
        with contextlib.suppress(ConfigError):
            names.add(ColumnPath.parse(name).base)
    return names


def referenced_columns(query: Query, table: pa.Table, aliases: Mapping[str, str] = _NO_ALIASES) -> set[str]:
    """Find the columns of a table that a query looks at.

    Args:
        query: Conditions and order.
        table: The table.
        aliases: Other names of columns -> the names in the table.

    Raises:
        UnknownNameError: If it names a column that the table does not have.
    """
    names = ColumnResolver(table.column_names, aliases)
    named = {name for condition in query.where for name in names_in_condition(condition)}
    return {names.resolve(name).base for name in named | {order.column for order in query.order_by}}


def _shuffled(rows: Sequence[int], ids: pa.ChunkedArray[Any], seed: int) -> list[int]:
    keys = ids.to_pylist()

    def rank(row: int) -> bytes:
        return hashlib.sha256(f"{keys[row]}:{seed}".encode("utf-8", "surrogatepass")).digest()

    return sorted(rows, key=rank)
