"""The transcripts that a query selects, from whatever a source found."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

import pyarrow as pa

from .._support.arrow import array
from .._support.json import dumps, finite
from .contract import LogProblem

if TYPE_CHECKING:
    from .._query import Query
    from .._types import TranscriptInfo

ID_COLUMN = "transcript_id"
_KINDS: dict[frozenset[type], pa.DataType] = {
    frozenset[type](): pa.string(),
    frozenset({str}): pa.string(),
    frozenset({bool}): pa.bool_(),
    frozenset({int}): pa.int64(),
    frozenset({float}): pa.float64(),
    frozenset({int, float}): pa.float64(),
}


class IndexRow(Protocol):
    """A transcript that a source found."""

    @property
    def transcript_id(self) -> str:
        """Its id."""
        ...

    @property
    def location(self) -> str | None:
        """Log that holds it."""
        ...

    def info(self) -> TranscriptInfo:
        """Describe it."""
        ...


R = TypeVar("R", bound=IndexRow)
ArrowColumn: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any]"


class SelectedIndex:
    """The transcripts that a query selects, in order.

    Args:
        rows: The selected transcripts.
        problems: Logs that could not be indexed.
    """

    def __init__(self, rows: Sequence[IndexRow], problems: Sequence[LogProblem] = ()) -> None:
        self._rows, self.problems = rows, tuple(problems)
        self.ids = tuple(row.transcript_id for row in rows)
        self.locations = tuple(row.location for row in rows)

    def __len__(self) -> int:
        """Number of transcripts."""
        return len(self._rows)

    def info(self, position: int) -> TranscriptInfo:
        """Describe one transcript."""
        return self._rows[position].info()


def select_rows(rows: Sequence[R], query: Query, table: Callable[[Sequence[R]], pa.Table]) -> Sequence[R]:
    """Apply a query to what a source found.

    Args:
        rows: All transcripts of the source, in order.
        query: What to select.
        table: Makes the table that conditions and orders refer to; called only if there are any.
    """
    if not rows or not (query.where or query.order_by or query.shuffle is not None):
        return rows if query.limit is None else rows[: query.limit]
    from .._query import select

    if query.where or query.order_by:
        columns = table(rows)
    else:
        columns = pa.table({ID_COLUMN: array([row.transcript_id for row in rows], pa.string())})
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
    return SelectedIndex(select_rows(rows, query, lambda some: _description_table(some, query)), problems)


def typed_column(values: Sequence[Any]) -> ArrowColumn:
    """Make a column of values of one type, or of text where types mix."""
    kinds = frozenset[type](map(type, values)) - {type(None)}
    kind = _KINDS.get(kinds)
    if kind is not None:
        try:
            return array(values, kind)
        except (OverflowError, pa.ArrowInvalid):
            pass  # an integer beyond 64 bits
    words = {True: "true", False: "false", None: None}
    return array([words[v] if v is None or isinstance(v, bool) else str(v) for v in values], pa.string())


def _description_table(rows: Sequence[IndexRow], query: Query) -> pa.Table:
    """Make the table that conditions refer to: the fields of infos and every key of their metadata.

    Columns that the query does not name stay empty: each transcript may have keys of its own.
    """
    from .._query import referenced_names
    from .._types import TranscriptInfo

    records: list[dict[str, Any]] = []
    for row in rows:
        info = row.info()
        fields = {name: getattr(info, name) for name in TranscriptInfo.model_fields if name != "metadata"}
        records.append({**info.metadata, "sample_id": info.transcript_id, **fields})
    names = dict.fromkeys(name for record in records for name in record)
    wanted = {ID_COLUMN, *referenced_names(query)}
    nothing = pa.nulls(len(records))
    columns: dict[str, Any] = {
        name: typed_column([_to_cell(record.get(name)) for record in records]) if name in wanted else nothing
        for name in names
    }
    return pa.table(columns)


def _to_cell(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return None
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return dumps(finite(value)) if isinstance(value, list | dict) else str(value)
