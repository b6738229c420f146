"""Transcripts in parquet files, with an index and a log of commits (design/003-transcript-database.md).

schema     the columns                     values, columns  cells, and columns of cells
encode     objects -> rows                 incoming         JSON and tables -> rows
writer     rows -> data file               datafile, pages  data file -> rows, cells, pieces of cells
rest       keys that few transcripts share      footers    opening parquet files
infos      rows of the index -> descriptions                source  the whole, as a source of transcripts

layout     names of files                  log              the order of all commits
index_files, union, assemble -> catalogue                   what the database holds, out of all index files
changes    state -> next state             commits          putting changes on top of each other
sessions, intake, inputs                   what goes in and is committed
compaction, rebuild, inspection            looking after it
reading, database                          what users hold
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._support.lazy import lazy_door

if TYPE_CHECKING:
    from .compaction import CompactReport as CompactReport
    from .database import TranscriptsDB as TranscriptsDB
    from .database import transcripts_db as transcripts_db
    from .inspection import DatabaseStats as DatabaseStats
    from .inspection import VerifyReport as VerifyReport
    from .schema import transcripts_db_schema as transcripts_db_schema
    from .source import DatabaseSource as DatabaseSource
    from .source import load_readable as load_readable
    from .validation import TranscriptSchemaError as TranscriptSchemaError
    from .validation import validate_transcript_schema as validate_transcript_schema

_MODULES = {
    ".compaction": "CompactReport",
    ".database": "TranscriptsDB transcripts_db",
    ".inspection": "DatabaseStats VerifyReport",
    ".schema": "transcripts_db_schema",
    ".source": "DatabaseSource load_readable",
    ".validation": "TranscriptSchemaError validate_transcript_schema",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
