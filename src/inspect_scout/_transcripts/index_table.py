"""Transcripts as a table that conditions and orders refer to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa

from .._support.arrow import array
from .._support.json import dumps, finite
from .index_row import ID_COLUMN, IndexRow

if TYPE_CHECKING:
    from .._query import Query

_KINDS: dict[frozenset[type], pa.DataType] = {
    frozenset[type](): pa.string(),
    frozenset({str}): pa.string(),
    frozenset({bool}): pa.bool_(),
    frozenset({int}): pa.int64(),
    frozenset({float}): pa.float64(),
    frozenset({int, float}): pa.float64(),
}
ArrowColumn: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any]"


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


def id_table(rows: Sequence[IndexRow]) -> pa.Table:
    """Make a table of the ids of transcripts."""
    return pa.table({ID_COLUMN: array([row.transcript_id for row in rows], pa.string())})


def description_table(rows: Sequence[IndexRow], query: Query) -> pa.Table:
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
