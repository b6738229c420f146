"""Looking after transcript databases."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from .._support.errors import ConfigError, LocationError

if TYPE_CHECKING:
    from .._transcripts import TranscriptsDB

T = TypeVar("T")

SchemaFormat = Literal["avro", "pyarrow", "json", "pandas"]
"""Forms of the schema."""


async def with_database(location: str, work: Callable[[TranscriptsDB], Coroutine[Any, Any, T]]) -> T:
    """Do something with a database that must be there."""
    return await work(_existing_database(location))


async def database_schema(form: SchemaFormat) -> str:
    """Write the schema of transcript databases as text."""
    from .._transcripts import transcripts_db_schema

    schema: Any = transcripts_db_schema(form)
    if isinstance(schema, dict):
        return json.dumps(schema, indent=2)
    return str(schema.dtypes if form == "pandas" else schema)


async def count_transcripts(db: TranscriptsDB, ids: Sequence[str], where: str | None) -> int:
    """Count the transcripts of a database that some ids, or a condition, choose."""
    return await db.count(where) if where is not None else len(set(await db.transcript_ids()) & set(ids))


async def copy_transcripts(
    source: str, target: str, where: Sequence[str], replace: bool, added: Callable[[str], None] | None = None
) -> tuple[int, int]:
    """Copy transcripts of a database, or of logs, into a database.

    Returns:
        How many were written; and if none were, how many are there already.
    """
    from .._transcripts import transcripts_db, transcripts_from

    transcripts = transcripts_from(source)
    for condition in where:
        transcripts = transcripts.where(condition)
    db = transcripts_db(target)
    if db.location == transcripts.source.location:
        raise ConfigError(f"Cannot copy {source!r} into itself: name another database.")
    written = await (db.upsert if replace else db.insert)(transcripts, progress=added)
    return written, 0 if written else await transcripts.count_async()


def _existing_database(location: str) -> TranscriptsDB:
    from .._transcripts import transcripts_db

    db = transcripts_db(location)
    if "://" not in db.location and not os.path.exists(db.location):
        raise LocationError(f"Path does not exist: {location!r}. Name the folder of a transcript database.")
    return db
