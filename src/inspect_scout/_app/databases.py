"""Looking after transcript databases."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from .._support.errors import ConfigError, LocationError

if TYPE_CHECKING:
    from .._transcripts import (
        CompactReport,
        DatabaseStats,
        TranscriptSchemaError,
        TranscriptsDB,
        VerifyReport,
    )

Progress = Callable[[int, int], None]
"""Called with what is done and its total."""

SchemaFormat = Literal["avro", "pyarrow", "json", "pandas"]
"""Forms of the schema."""


async def index_database(location: str, progress: Progress | None = None) -> str | None:
    """Make the index of a database anew; gives its location, or None if there are no data files."""
    db = _existing(location)
    return await db.rebuild_index(progress=progress)


async def database_schema(form: SchemaFormat) -> str:
    """Write the schema of transcript databases as text."""
    from .._transcripts import transcripts_db_schema

    schema: Any = transcripts_db_schema(form)
    if isinstance(schema, dict):
        return json.dumps(schema, indent=2)
    return str(schema.dtypes if form == "pandas" else schema)


async def validate_database(location: str) -> Sequence[TranscriptSchemaError]:
    """Find out what keeps the files of a database from being such."""
    from .._transcripts import validate_transcript_schema

    place = _existing(location).location
    return await validate_transcript_schema(place)


async def verify_database(location: str, deep: bool, progress: Progress | None = None) -> VerifyReport:
    """Hold the index of a database against its data files."""
    db = _existing(location)
    return await db.verify(deep=deep, progress=progress)


async def compact_database(location: str, progress: Progress | None = None) -> CompactReport:
    """Write the data files of a database anew where that is worth it."""
    db = _existing(location)
    return await db.compact(progress=progress)


async def database_stats(location: str) -> DatabaseStats:
    """Count what is in a database."""
    db = _existing(location)
    return await db.stats()


async def count_transcripts(location: str, ids: Sequence[str], where: str | None) -> int:
    """Count the transcripts that `delete_transcripts` would delete."""
    db = _existing(location)
    if where is not None:
        return await db.count(where)
    return len(set(await db.transcript_ids()) & set(ids))


async def delete_transcripts(location: str, ids: Sequence[str], where: str | None) -> int:
    """Delete transcripts from a database, by their ids or a condition; tells how many."""
    db = _existing(location)
    return await db.delete(ids if where is None else None, where=where)


async def copy_transcripts(
    source: str, target: str, where: Sequence[str], replace: bool, added: Callable[[str], None] | None = None
) -> int:
    """Copy transcripts of a database, or of logs, into a database; tells how many were written."""
    from .._transcripts import transcripts_db, transcripts_from

    transcripts = transcripts_from(source)
    for condition in where:
        transcripts = transcripts.where(condition)
    db = transcripts_db(target)
    if db.location == transcripts.source.location:
        raise ConfigError(f"Cannot copy {source!r} into itself: name another database.")
    if replace:
        return await db.upsert(transcripts, progress=added)
    return await db.insert(transcripts, progress=added)


def _existing(location: str) -> TranscriptsDB:
    """Open a database that must be there."""
    from .._transcripts import transcripts_db

    db = transcripts_db(location)
    if "://" not in db.location and not os.path.exists(db.location):
        raise LocationError(f"Path does not exist: {location!r}. Name the folder of a transcript database.")
    return db
