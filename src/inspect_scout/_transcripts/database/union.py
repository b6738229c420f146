"""Index columns of several files as one table: files need not have the same columns, nor the same types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from .columns import unify
from .rest import counted, narrowed, shared
from .schema import ARROW, FILENAME, INDEX


def union(tables: Sequence[pa.Table]) -> pa.Table:
    """Put tables below each other; first the columns of the format, then all others, then FILENAME.

    Keys of metadata that few of the transcripts share go into the rest.
    """
    filled = [table for table in tables if table.num_rows]
    keys = shared(counted(filled), sum(table.num_rows for table in filled))
    groups = _grouped([narrowed(table, keys) for table in filled])
    joined = unify(groups) if groups else pa.table({FILENAME: pa.nulls(0, pa.large_string())})
    # What Arrow thinks of a column of nulls is not what the format says.
    usual = {column.name: ARROW[column.kind] for column in INDEX}
    columns: dict[str, Any] = {
        name: joined.column(name)
        if name in joined.column_names and not pa.types.is_null(joined.column(name).type)
        else pa.chunked_array([_nulls(joined.num_rows, kind)])
        for name, kind in usual.items()
    }
    columns |= {name: joined.column(name) for name in joined.column_names if name not in usual and name != FILENAME}
    columns[FILENAME] = joined.column(FILENAME)
    return pa.table(columns)


def _nulls(count: int, kind: pa.DataType) -> Any:
    make: Any = pa.nulls
    return make(count, kind)


def _grouped(tables: Sequence[pa.Table]) -> list[pa.Table]:
    """Join neighbours of equal columns, which most files of a database have."""
    groups: list[list[pa.Table]] = []
    for table in tables:
        if groups and groups[-1][0].schema.equals(table.schema):
            groups[-1].append(table)
        else:
            groups.append([table])
    return [pa.concat_tables(group) for group in groups]
