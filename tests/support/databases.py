"""Databases of one data file, made without the store."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from inspect_scout._query import Query
from inspect_scout._transcripts import DatabaseSource, RawTranscript, TranscriptSource
from inspect_scout._transcripts.database.columns import unify
from inspect_scout._transcripts.database.contract import FILENAME, Catalogue, WrittenFile
from inspect_scout._transcripts.database.datafile import open_data_file, open_data_writer
from inspect_scout._transcripts.database.incoming import from_source
from inspect_scout.testing import storage_for

_parquet: Any = pq


def write_parquet(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    """Write a parquet file as another program would."""
    _parquet.write_table(pa.table(columns), path, **options)
    return path


def parquet_schema(path: Path) -> Any:
    """Read the schema of a parquet file."""
    return _parquet.read_schema(path)


def write_rows(folder: Path | str, rows: Iterable[RawTranscript], name: str = "transcripts_a.parquet") -> WrittenFile:
    """Write a data file."""
    writer = open_data_writer(str(folder), name)
    for row in rows:
        writer.add(row)
    return writer.close()


async def stored_rows(source: TranscriptSource, query: Query | None = None) -> list[RawTranscript]:
    """Read the transcripts of a source as rows."""
    return [row async for row in from_source(source, query or Query())]


async def scan_files(location: str, known: Catalogue | None = None) -> Catalogue:
    """Read the index columns of all data files of a folder; the file of the last name comes last."""
    del known
    entries = [e for e in await storage_for(location).list(location) if e.path.endswith(".parquet")]
    tables: list[pa.Table] = []
    rows: list[int] = []
    for entry in entries:
        table = open_data_file(entry.path).index()
        names = pa.array([entry.path[len(location) + 1 :]] * table.num_rows, pa.large_string())
        tables.append(table.append_column(FILENAME, names))
        rows += range(table.num_rows)
    return Catalogue(unify(tables), rows, 0)


async def database_of(source: TranscriptSource, folder: Path) -> DatabaseSource:
    """Make a database of what a source has."""
    write_rows(folder, await stored_rows(source))
    return DatabaseSource(str(folder), loader=scan_files)
