"""Whether files, tables and schemas are those of a transcript database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from typing import Any, Final

import pyarrow as pa
import pyarrow.types as kinds

from ...._support.errors import ScoutError
from ...._support.storage import normalize, storage_for
from ..format.column_types import simplify_type
from ..format.schema import ARROW_TYPES, FILENAME, ID, SCHEMA_COLUMNS, ColumnSpec, ColumnType
from ..journal.snapshot import list_data_files

_EXPECTED: Final[dict[ColumnType, str]] = {
    "string": "string",
    "int64": "integer",
    "float64": "floating point",
    "bool": "boolean",
}


@dataclass(frozen=True, slots=True)
class TranscriptSchemaError:
    """A way in which something is not as a transcript database must be.

    Args:
        field: The column concerned ("" if none is).
        error_type: "missing", "type", "reserved" or "unreadable" ("empty": there is no data file).
        message: What is wrong, and in which file.
    """

    field: str
    error_type: str
    message: str

    def __str__(self) -> str:
        return self.message


async def validate_transcript_schema(
    source: str | PathLike[str] | pa.Table | pa.Schema,
) -> list[TranscriptSchemaError]:
    """Find what keeps files, a table or a schema from being those of a transcript database.

    Required is only `transcript_id`; columns of the published format must have its types (text of any width, numbers of
    any width), other columns may be anything.

    Args:
        source: A parquet file, a folder (all parquet files in it and below it are checked), a table, or a schema.

    Returns:
        What is wrong; empty if nothing is.
    """
    if isinstance(source, pa.Schema):
        return list(schema_errors(source))
    if isinstance(source, pa.Table):
        return list(schema_errors(source.schema))
    location = normalize(os.fspath(source))
    storage = storage_for(location)
    there = await storage.stat(location) is not None
    paths = [location] if there else [entry.path for entry in await list_data_files(storage, location)]
    if not paths:
        return [TranscriptSchemaError("", "empty", f"There is no parquet file in {location!r}.")]
    return [error for path in paths for error in _file_errors(path)]


def schema_errors(schema: pa.Schema, where: str = "") -> Iterator[TranscriptSchemaError]:
    """Find what is wrong with a schema.

    Args:
        schema: The schema.
        where: What it is the schema of, for messages.
    """
    names: list[str] = list(schema.names)
    types: list[pa.DataType] = list(schema.types)
    note = f" ({where})" if where else ""
    for column in SCHEMA_COLUMNS:
        count = names.count(column.name)
        if not count and column.name == ID:
            yield TranscriptSchemaError(ID, "missing", f"The required column {ID!r} is missing{note}.")
        elif count > 1:
            yield TranscriptSchemaError(column.name, "type", f"There are {count} columns {column.name!r}{note}.")
        elif count and not _has_type(column, kind := types[names.index(column.name)]):
            yield TranscriptSchemaError(
                column.name,
                "type",
                f"{column.name!r} column must be {_EXPECTED[column.kind]} type, got {kind}{note}.",
            )
    if FILENAME in names:
        yield TranscriptSchemaError(
            FILENAME, "reserved", f"The column name {FILENAME!r} is reserved for the index{note}: rename the column."
        )


def _has_type(column: ColumnSpec, kind: pa.DataType) -> bool:
    found = simplify_type(kind)
    if kinds.is_null(found):
        return column.name != ID
    return found == ARROW_TYPES[column.kind] or (column.kind == "int64" and kinds.is_integer(found))


def _file_errors(path: str) -> Iterator[TranscriptSchemaError]:
    import pyarrow.parquet as pq

    parquet: Any = pq
    try:
        with storage_for(path).open_read(path) as file:
            schema: pa.Schema = parquet.read_schema(file)
    except (pa.ArrowException, OSError, ScoutError) as error:
        yield TranscriptSchemaError("", "unreadable", f"{path!r} cannot be read as a parquet file: {error}")
        return
    yield from schema_errors(schema, repr(path))
