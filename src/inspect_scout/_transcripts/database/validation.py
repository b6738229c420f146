"""Whether files, tables and schemas are those of a transcript database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from typing import Any, Final, cast

import pyarrow as pa
import pyarrow.types as kinds

from ..._support.errors import ScoutError
from ..._support.storage import normalize, storage_for
from .schema import COLUMNS, FILENAME, ID, Column, Kind

INDEX_FOLDER: Final = "_index"

_EXPECTED: Final[dict[Kind, str]] = {
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
    paths = await _data_files(location)
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
    note = f" ({where})" if where else ""
    for column in COLUMNS:
        count = names.count(column.name)
        if not count and column.name == ID:
            yield TranscriptSchemaError(ID, "missing", f"The required column {ID!r} is missing{note}.")
        elif count > 1:
            yield TranscriptSchemaError(column.name, "type", f"There are {count} columns {column.name!r}{note}.")
        elif count and not _fits(column, kind := _type(schema, names.index(column.name))):
            yield TranscriptSchemaError(
                column.name,
                "type",
                f"{column.name!r} column must be {_EXPECTED[column.kind]} type, got {kind}{note}.",
            )
    if FILENAME in names:
        yield TranscriptSchemaError(
            FILENAME, "reserved", f"The column name {FILENAME!r} is reserved for the index{note}: rename the column."
        )


def _fits(column: Column, kind: pa.DataType) -> bool:
    if kinds.is_dictionary(kind):
        kind = cast("Any", kind).value_type
    if kinds.is_null(kind):
        return column.name != ID
    tests = {
        "string": kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind),
        "int64": kinds.is_integer(kind),
        "float64": kinds.is_floating(kind),
        "bool": kinds.is_boolean(kind),
    }
    return tests[column.kind]


def _type(schema: Any, position: int) -> pa.DataType:
    found: pa.DataType = schema.field(position).type
    return found


async def _data_files(location: str) -> list[str]:
    storage = storage_for(location)
    if await storage.stat(location) is not None:
        return [location]
    entries = await storage.list(location)
    below = len(location.rstrip("/")) + 1
    return [
        entry.path
        for entry in entries
        if entry.path.endswith(".parquet") and INDEX_FOLDER not in entry.path[below:].split("/")[:-1]
    ]


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
