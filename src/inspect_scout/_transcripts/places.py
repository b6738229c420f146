"""From locations to the source of what is there, now or once it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from .._support.errors import ConfigError
from .contract import Duplicates, LogProblem
from .database.source import DatabaseSource, load_readable
from .eval_log.source import EvalLogSource
from .index import SelectedIndex
from .locations import find_location

if TYPE_CHECKING:
    from .._query import Query
    from .._types import TranscriptInfo
    from .contract import Located, Progress, TranscriptIndex, TranscriptSource


def source_at(locations: Sequence[str], duplicates: Duplicates) -> TranscriptSource:
    """Make the source of what is at some locations.

    Args:
        locations: Logs and folders of logs, or one database.
        duplicates: What becomes of a sample that several logs hold.

    Raises:
        LocationError: There is no such file, or it holds something else.
        ConfigError: A database is among other locations.
        StorageError: A package that a remote location needs is not installed.
    """
    source, places, decided = _found(locations, duplicates)
    return source if decided else UndecidedSource(places, duplicates, source)


def _found(locations: Sequence[str], duplicates: Duplicates) -> tuple[TranscriptSource, tuple[str, ...], bool]:
    """Make the source of what is there, and say whether the locations can be anything else later."""
    found = {place: kind for kind, place in map(find_location, locations)}
    places = tuple(found)
    databases = [place for place, kind in found.items() if kind == "database"]
    if databases and len(locations) > 1:
        raise ConfigError(
            f"Only one transcript database location may be specified, and nothing beside it: {databases[0]!r} is a "
            "database. Copy the others into it (`scout db copy`), or scan them apart."
        )
    if databases:
        return DatabaseSource(databases[0], loader=load_readable), places, True
    return EvalLogSource(places, duplicates=duplicates), places, "undecided" not in found.values()


def _nothing(place: str) -> str:
    return f"There is nothing to read in {place!r}: neither .eval or .json logs nor parquet files of a transcript database."


class UndecidedSource:
    """Transcripts in folders that held neither logs nor a database when they were named.

    What they are is decided when their index is made: a folder may be filled between the two.

    Args:
        locations: The locations, in full form.
        duplicates: What becomes of a sample that several logs hold.
        source: What they are so far.
    """

    def __init__(self, locations: tuple[str, ...], duplicates: Duplicates, source: TranscriptSource) -> None:
        self._locations = locations
        self.duplicates: Duplicates = duplicates
        self._source, self._decided = source, False

    def __reduce__(self) -> str | tuple[Any, ...]:
        # What another process opens was decided here.
        return self._source.__reduce__()

    def with_duplicates(self, duplicates: Duplicates) -> TranscriptSource:
        """Give the same transcripts with another rule for samples that several logs hold."""
        return source_at(self._locations, duplicates)

    @property
    def type(self) -> str:
        """Kind of source, as scans record it."""
        return self._source.type

    @property
    def location(self) -> str | None:
        """Location of a database (None for logs)."""
        return self._source.location

    async def index(self, query: Query, progress: Progress | None = None) -> TranscriptIndex:
        """Find the transcripts that a query selects in what is there now."""
        if not self._decided:
            found = await anyio.to_thread.run_sync(_found, self._locations, self.duplicates)
            if found[0] != self._source:
                self._source = found[0]
            self._decided = found[2]
        index = await self._source.index(query, progress)
        if self._decided or len(index) or index.problems or query.where or query.limit == 0:
            return index
        return SelectedIndex((), [LogProblem(place, _nothing(place)) for place in self._locations])

    async def locate(self, info: TranscriptInfo) -> Located:
        """Find a transcript in what its index found."""
        return await self._source.locate(info)
