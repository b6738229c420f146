"""Questions to an index that was read once: which rows, how many of each value, in what order.

Measured on 100 000 samples of eval logs: a condition and an order 0.05 s, a count by a column 0.03 s (2 cores, shared).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol, cast, runtime_checkable

import pyarrow as pa

from .._support.arrow import array
from .database.reading.query_table import ALIASES
from .index_row import ID_COLUMN
from .selected_index import SelectedIndex

if TYPE_CHECKING:
    from .._query import Condition, Query, RowStream
    from .._types import TranscriptInfo
    from .contract import TranscriptIndex
    from .index_row import IndexRow

_ROW: Final = "row"
_VALUE: Final = "value"


@runtime_checkable
class QueryableIndex(Protocol):
    """An index that answers questions about its rows without being made again."""

    @property
    def ids(self) -> Sequence[str]:
        """Ids of the transcripts."""
        ...

    def infos(self, positions: Sequence[int]) -> list[TranscriptInfo]:
        """Describe some transcripts."""
        ...

    def query_table(self, query: Query) -> pa.Table:
        """Give the table that the conditions and the order of a query refer to."""
        ...


class _DescribedRow:
    """A transcript of an index that knows nothing but descriptions."""

    def __init__(self, index: TranscriptIndex, position: int) -> None:
        self._index, self._position = index, position
        self.transcript_id, self.location = index.ids[position], index.locations[position]

    def info(self) -> TranscriptInfo:
        """Describe it."""
        return self._index.info(self._position)


def queryable(index: TranscriptIndex) -> QueryableIndex:
    """Let an index be asked, whatever made it."""
    if isinstance(index, QueryableIndex):
        return index
    rows: list[IndexRow] = [_DescribedRow(index, position) for position in range(len(index))]
    return SelectedIndex(rows, index.problems)


def select_positions(index: QueryableIndex, query: Query) -> Sequence[int]:
    """Find the rows that a query selects.

    Raises:
        UnknownNameError: It names a column that no transcript has.
        ConfigError: A condition cannot be used.
    """
    from .._query import select

    if not (query.where or query.order_by or query.shuffle is not None) or not index.ids:
        return range(len(index.ids))[: query.limit]
    table = index.query_table(query)
    return select(table, query, key=ID_COLUMN, aliases=_aliases(table))


def count_values(index: QueryableIndex, where: Sequence[Condition], column: str) -> list[tuple[object, int]]:
    """Count the rows that meet conditions by the values of a column, the most frequent first.

    Raises:
        UnknownNameError: There is no such column.
        ConfigError: A condition cannot be used.
    """
    from .._query import COUNT, OrderBy, Query, find_groups

    if not index.ids:
        return []
    table = index.query_table(Query(tuple(where), (OrderBy(column),)))
    found = find_groups(_stream(table), where, [column])
    values: Sequence[object] = found.column(column).to_pylist()
    return list(zip(values, cast("list[int]", found.column(COUNT).to_pylist()), strict=True))


def first_of_each(index: QueryableIndex, where: Sequence[Condition], column: str) -> list[tuple[object, int]]:
    """Find the first of the rows that meet conditions for each value of a column, or of the column that a path leads into.

    Returns:
        Values as conditions see them, and rows, in the order of the rows.

    Raises:
        UnknownNameError: There is no such column.
        ConfigError: A condition cannot be used.
    """
    from .._query import OrderBy, Query, find_rows

    if not index.ids:
        return []
    table = index.query_table(Query(tuple(where), (OrderBy(column),)))
    stream = _stream(table)
    rows = table.select([stream.path(column).base]).rename_columns([_VALUE])
    numbers = array(range(table.num_rows), pa.int64())
    if where:
        numbers = find_rows(stream, where).column(_ROW).combine_chunks()
        rows = rows.take(numbers)
    first = f"{_ROW}_min"
    try:
        found = rows.append_column(_ROW, numbers).group_by(_VALUE).aggregate([(_ROW, "min")])
    except pa.ArrowNotImplementedError:  # lists and objects, which Arrow does not compare: all rows
        found, first = rows.append_column(_ROW, numbers), _ROW
    numbers_found = cast("list[int]", found.column(first).to_pylist())
    pairs = zip(found.column(_VALUE).to_pylist(), numbers_found, strict=True)
    return sorted(pairs, key=lambda pair: pair[1])  # in Python: Arrow's own way imports pandas


def _stream(table: pa.Table) -> RowStream:
    from .._query import RowStream

    numbers = array(range(table.num_rows), pa.int64())
    return RowStream(
        columns=dict(zip(table.schema.names, table.schema.types, strict=True)),
        read=lambda columns: iter([table.select(columns).append_column(_ROW, numbers)]),
        kept=(_ROW,),
        aliases=_aliases(table),
    )


def _aliases(table: pa.Table) -> dict[str, str]:
    """Other names of columns, which some tables have as columns of their own."""
    return {name: column for name, column in ALIASES.items() if name not in table.column_names}
