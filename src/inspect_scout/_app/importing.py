"""Bringing transcripts of other programs into a database."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import anyio.to_thread

from .._support.errors import ConfigError, LocationError, StorageError
from .._support.storage import is_local

if TYPE_CHECKING:
    from .._importers import ImportOrigin, ImportSource, JsonObject, Taken
    from .._transcripts import RawTranscript
    from .._types import TranscriptInfo

Existing = Literal["add", "overwrite"]
"""What becomes of a database that is there."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Args:
        added: Transcripts that are new in the database.
        updated: Transcripts whose files had grown or changed since they were imported.
        unchanged: Transcripts that the database has as they are.
        problems: What could not be read, and why.
    """

    added: int
    updated: int
    unchanged: int
    problems: tuple[str, ...]


def known_sources() -> list[ImportSource]:
    """Say what can be imported."""
    from .._importers import import_sources

    return import_sources()


def wanted_origin(source: str, parameters: Mapping[str, str], options: Mapping[str, object]) -> ImportOrigin:
    """Say what a command line means.

    Args:
        source: Name of a source, or a file or folder whose format shows.
        parameters: Parameters of the source, as text.
        options: `limit`, `from_time` and `to_time`, which take precedence.

    Raises:
        ConfigError: There is no such source, or a parameter is wrong.
    """
    from .._importers import Wanted, origin_of

    given: JsonObject = {name: value for name, value in options.items() if value is not None}
    names = [each.name for each in known_sources()]
    if source in names:
        return origin_of(source, parameters, given)
    if parameters:
        raise ConfigError(f"-P belongs to a source: name one of {', '.join(names)}, or leave it out.")
    if not os.path.exists(os.path.expanduser(source)):
        raise ConfigError(
            f"Unknown source {source!r}. Available sources: {', '.join(names)}. Or name a file or folder of traces."
        )
    return Wanted(None, source, **given)


async def import_traces(
    origin: ImportOrigin,
    target: str,
    existing: Existing = "add",
    *,
    since_last: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Import transcripts into a database, which is made if it is not there.

    Args:
        origin: Where they are taken from, and which.
        target: The database.
        existing: Add to what is there (what has grown or changed replaces what was read of it before), or delete it first.
        since_last: Look only at what is newer than the newest that the database has.
        progress: Called with the number of transcripts that were written.

    Raises:
        LocationError: There is nothing to import, or the target is something else.
    """
    from .._importers import Taken, new_transcripts

    taken = Taken()
    known = {} if existing == "overwrite" else await _known_states(target)
    if since_last:
        origin = origin.since_last(known.values())
    written = 0

    def count(_: str) -> None:
        nonlocal written
        written += 1
        if progress is not None:
            progress(written)

    rows = (each.raw async for each in new_transcripts(origin, known, taken))
    first = await anext(rows, None)  # a wrong key or path shows here: nothing is deleted or made for it

    async def all_rows() -> AsyncIterator[RawTranscript]:
        if first is not None:
            yield first
            async for row in rows:
                yield row

    if existing == "overwrite":
        _delete(target)
    if first is not None:
        from .._transcripts import (
            transcripts_db,
        )  # here: it needs Inspect, which takes longer than finding that nothing is new

        await transcripts_db(target).upsert(all_rows(), progress=count)
    return _report(taken)


async def preview_import(origin: ImportOrigin, target: str) -> tuple[list[TranscriptInfo], ImportReport]:
    """Say what an import would bring, without writing anything."""
    from .._importers import Taken, new_transcripts

    taken = Taken()
    known = await _known_states(target)
    found = [each.info async for each in new_transcripts(origin, known, taken)]
    return found, _report(taken)


def _report(taken: Taken) -> ImportReport:
    return ImportReport(len(taken.new), len(taken.changed), taken.unchanged, tuple(taken.problems))


async def _known_states(target: str) -> dict[str, str]:
    from .._importers import STATE
    from .._query import Query
    from .._transcripts import find_source

    if is_local(target) and not await anyio.to_thread.run_sync(os.path.exists, target):
        return {}
    index = await find_source([target], "newest").index(Query())
    infos = (index.info(number) for number in range(len(index)))
    return {info.transcript_id: str(info.metadata.get(STATE)) for info in infos}


def _delete(target: str) -> None:
    """Delete a database of this machine; of a link, the link alone."""
    if not is_local(target) or not os.path.lexists(target):
        return
    if os.path.islink(target):
        os.unlink(target)
        return
    if not os.path.isdir(target):
        raise LocationError(f"{target!r} is a file, and not a database: name a folder.")
    if not os.path.isdir(os.path.join(target, "_index")) and os.listdir(target):
        raise LocationError(f"{target!r} is not a transcript database, and is not deleted: name another folder.")
    try:
        shutil.rmtree(target)
    except OSError as error:
        raise StorageError(f"Cannot delete {target!r}: {error.strerror}.") from error
