"""The transcripts that a query selects, from whatever a source found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from .contract import LogProblem
from .index_row import ID_COLUMN, IndexRow

if TYPE_CHECKING:
    import pyarrow as pa

    from .._query import Query
    from .._types import TranscriptInfo


R = TypeVar("R", bound=IndexRow)


class SelectedIndex:
    """The transcripts that a query selects, in order.

    Args:
        rows: The selected transcripts.
        problems: Logs that could not be indexed.
        table: Makes the table that the conditions and the order of a query refer to (None: one of the descriptions).
    """

    def __init__(
        self,
        rows: Sequence[IndexRow],
        problems: Sequence[LogProblem] = (),
        table: Callable[[Query], pa.Table] | None = None,
    ) -> None:
        self._rows, self.problems = rows, tuple(problems)
        self._table = table
        self.ids = tuple(row.transcript_id for row in rows)
        self.locations = tuple(row.location for row in rows)

    def __len__(self) -> int:
        """Number of transcripts."""
        return len(self._rows)

    def info(self, position: int) -> TranscriptInfo:
        """Describe one transcript."""
        return self._rows[position].info()

    def infos(self, positions: Sequence[int]) -> list[TranscriptInfo]:
        """Describe some transcripts."""
        return [self._rows[position].info() for position in positions]

    def query_table(self, query: Query) -> pa.Table:
        """Give the table that the conditions and the order of a query refer to."""
        if self._table is not None:
            return self._table(query)
        from .index_table import description_table

        return description_table(self._rows, query)


def select_rows(rows: Sequence[R], query: Query, table: Callable[[Sequence[R], Query], pa.Table]) -> Sequence[R]:
    """Apply a query to what a source found.

    Args:
        rows: All transcripts of the source, in order.
        query: What to select.
        table: Makes the table that conditions and orders refer to; called only if there are any.
    """
    if not rows or not (query.where or query.order_by or query.shuffle is not None):
        return rows if query.limit is None else rows[: query.limit]
    from .._query import select  # here, as Arrow: most who look at transcripts give no conditions
    from .index_table import id_table

    if query.where or query.order_by:
        columns = table(rows, query)
    else:
        columns = id_table(rows)
    positions: list[int] = select(columns, query, key=ID_COLUMN)
    return [rows[position] for position in positions]


def index_rows(rows: Sequence[IndexRow], query: Query, problems: Sequence[LogProblem] = ()) -> SelectedIndex:
    """Select among transcripts by what their descriptions say.

    Args:
        rows: All transcripts of the source, in order.
        query: What to select.
        problems: What could not be indexed.

    Example:
        ```python
        chosen = index_rows(chats_in("talks.chats"), Query(limit=2))
        print([chosen.info(position).task_id for position in range(len(chosen))])
        ```
    """

    def table(some: Sequence[IndexRow], query: Query) -> pa.Table:
        from .index_table import description_table

        return description_table(some, query)

    return SelectedIndex(select_rows(rows, query, table), problems)
