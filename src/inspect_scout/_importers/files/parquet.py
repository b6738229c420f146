"""Files of Parquet: their columns, and their rows as JSON has them."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Final

from ..._support.shapes import is_list, is_mapping
from ..json_values import Json, JsonObject
from ..reading import Accounts

MAGIC: Final = b"PAR1"
_UUID_BYTES: Final = 16


def columns_of(path: str) -> frozenset[str]:
    """Give the names of the columns of a file; none if it cannot be read."""
    try:
        state = os.stat(path)
        return _columns(path, state.st_size, state.st_mtime_ns)
    except (OSError, ValueError):
        return frozenset()


@lru_cache(maxsize=4)
def _columns(path: str, size: int, modified: int) -> frozenset[str]:  # noqa: ARG001 - a file that changes is read again
    import pyarrow.parquet as pq  # here: only Parquet needs it

    read: Json = pq
    return frozenset(read.read_schema(path).names)


def parquet_rows(path: str, accounts: Accounts, at_once: int = 64) -> Iterator[tuple[int, JsonObject]]:
    """Give the rows of a file with their numbers. Groups of rows that cannot be read are counted and named.

    Args:
        path: The file.
        accounts: Counts its rows.
        at_once: Rows that are in memory together.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is not Parquet.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, coerce_int96_timestamp_unit="us") as file:
        read: Json = file
        first = 1
        for group in range(read.num_row_groups):
            number = first
            try:
                for batch in read.iter_batches(batch_size=at_once, row_groups=[group]):
                    for row in _readable(batch).to_pylist():
                        accounts.records += 1
                        yield number, _plain(row)
                        number += 1
            except (pa.ArrowException, OSError, OverflowError) as error:
                lost = first + read.metadata.row_group(group).num_rows - number
                message = (str(error).splitlines() or [type(error).__name__])[0]
                accounts.refuse(path, f"{lost} rows from row {number} on cannot be read: {message}")
            first += read.metadata.row_group(group).num_rows


def _readable(batch: Json) -> Json:
    """Give columns that Python can hold: times in it have no nanoseconds."""
    import pyarrow as pa

    types = [_coarser(column.type) for column in batch.columns]
    columns = [
        column if column.type.equals(kind) else column.cast(kind, safe=False)
        for column, kind in zip(batch.columns, types, strict=True)
    ]
    made: Json = pa.RecordBatch
    return made.from_arrays(columns, names=batch.schema.names)


def _coarser(kind: Json) -> Json:
    """Give a type without nanoseconds."""
    import pyarrow as pa

    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        return pa.timestamp("us", kind.tz)
    if pa.types.is_list(kind):
        return pa.list_(_coarser(kind.value_type))
    if pa.types.is_struct(kind):
        fields: Json = kind
        return pa.struct([(each.name, _coarser(each.type)) for each in fields])
    return kind


def _plain(value: Json) -> Json:
    """Give JSON, without the fields that a row does not have: in Parquet all rows have all fields."""
    if is_mapping(value):
        return {name: _plain(each) for name, each in value.items() if each is not None}
    if is_list(value):
        if value and all(isinstance(each, tuple) for each in value):  # a map
            return {str(name): _plain(each) for name, each in value if each is not None}
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        return _text(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _text(value: bytes) -> str:
    """Read bytes: text, or the id that 16 of them are."""
    try:
        text = value.decode("utf-8")
        if text.isprintable() or len(value) != _UUID_BYTES:
            return text
    except UnicodeDecodeError:
        pass
    return str(uuid.UUID(bytes=value)) if len(value) == _UUID_BYTES else value.hex()
