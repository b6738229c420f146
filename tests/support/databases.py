"""Databases of one data file, made without the store."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from inspect_scout._query import Query
from inspect_scout._transcripts import DatabaseSource, RawTranscript, TranscriptSource
from inspect_scout._transcripts.database.files.data_file_writer import DataFileWriter
from inspect_scout._transcripts.database.format.schema import FILENAME
from inspect_scout._transcripts.database.ingest.inputs import source_rows

_parquet: Any = pq


def write_parquet(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    """Write a parquet file as another program would."""
    _parquet.write_table(pa.table(columns), path, **options)
    return path


def parquet_schema(path: Path) -> Any:
    """Read the schema of a parquet file."""
    return _parquet.read_schema(path)


def write_rows(folder: Path | str, rows: Iterable[RawTranscript], name: str = "transcripts_a.parquet") -> pa.Table:
    """Write a data file; gives its columns without content, as the index will have them."""
    writer = DataFileWriter(str(folder), name)
    for row in rows:
        writer.add(row)
    return writer.close().table.drop_columns([FILENAME])


async def stored_rows(source: TranscriptSource, query: Query | None = None) -> list[RawTranscript]:
    """Read the transcripts of a source as rows."""
    return [row async for row in source_rows(source, query or Query())]


async def database_of(source: TranscriptSource, folder: Path) -> DatabaseSource:
    """Make a database of what a source has."""
    write_rows(folder, await stored_rows(source))
    return DatabaseSource(str(folder))
