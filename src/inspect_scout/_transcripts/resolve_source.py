"""From locations to the source that reads them, chosen now or when it is first read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from .._support.errors import ConfigError
from .._support.storage import is_local, storage_for
from .contract import Duplicates, HasVersion, LogProblem, SourceKind, SourceLocation
from .eval_log.kind import EVAL_LOGS
from .location_probe import REMOTE_TRACES, not_recognised_error, probe_location, probe_remote_folder
from .nearby import missing_location_error, nearby_advice
from .selected_index import SelectedIndex
from .source_kinds import find_kind

if TYPE_CHECKING:
    from .._query import Query
    from .._types import TranscriptInfo
    from .contract import Located, Progress, TranscriptIndex, TranscriptSource


def find_source(locations: Sequence[str], duplicates: Duplicates) -> TranscriptSource:
    """Make the source of what is at some locations: logs and folders of logs, a database, or what another kind reads.

    Raises:
        LocationError: There is no such file, or it holds something else.
        ConfigError: A database is among other locations, or a location is empty.
        StorageError: A package that a remote location needs is not installed.
    """
    if "" in locations:
        raise ConfigError("'' is not a location of transcripts: give a path, several, or transcripts.")
    found = [_resolve(place) for place in map(probe_location, locations)]
    source = _open_source(found, duplicates)
    places = tuple(place for place, _ in found)
    return UnresolvedSource(places, duplicates, source) if any(kind is None for _, kind in found) else source


ResolvedLocation = tuple[str, SourceKind | None]
"""A location in full form, and the kind that reads it (None: a folder that has nothing, or is not there, yet)."""


def _resolve(place: SourceLocation) -> ResolvedLocation:
    path, kind = place.location, find_kind(place)
    if place.paths is None and is_local(path):
        exists = os.path.exists(path)
        if kind is not None and not exists:
            raise missing_location_error(path)
        if kind is None and exists:
            raise not_recognised_error(path)
    return path, kind


async def _resolve_again(path: str) -> ResolvedLocation:
    if is_local(path):
        return await anyio.to_thread.run_sync(lambda: _resolve(probe_location(path)))
    place = probe_location(path)
    kind = find_kind(place)
    if kind is None:
        folder = await probe_remote_folder(path)
        kind = await anyio.to_thread.run_sync(find_kind, folder)
        if kind is None and await storage_for(path).stat(path) is not None:
            raise not_recognised_error(path, REMOTE_TRACES)
    return place.location, kind


def _advice(path: str) -> str:
    return nearby_advice(path) if is_local(path) else REMOTE_TRACES


def _open_source(found: Sequence[ResolvedLocation], duplicates: Duplicates) -> TranscriptSource:
    kinds = {kind.name: (kind, place) for place, kind in found if kind is not None}
    alone = next((one for one in kinds.values() if one[0].single), None)
    if alone is not None and len(found) > 1:
        kind, place = alone
        raise ConfigError(
            f"Only one transcript {kind.name} location may be specified, and nothing beside it: {place!r} is a "
            f"{kind.name}. Copy the others into it (`scout db copy`), or scan them apart."
        )
    if len(kinds) > 1:
        said = " and ".join(f"{place!r} ({name})" for name, (_, place) in kinds.items())
        raise ConfigError(f"Transcripts of different kinds cannot be read together: {said}. Scan them apart.")
    kind = next((kind for kind, _ in kinds.values()), EVAL_LOGS)
    return kind.open(list(dict.fromkeys(place for place, _ in found)), duplicates)


class UnresolvedSource:
    """Transcripts in folders that held neither logs nor a database when they were named, or that are not on this machine.

    What they are is decided when they are first looked for: a folder may be filled between the two.

    Args:
        locations: The locations, in full form.
        duplicates: What becomes of a sample that several logs hold.
        source: What they are so far.
    """

    def __init__(self, locations: tuple[str, ...], duplicates: Duplicates, source: TranscriptSource) -> None:
        self.locations = locations
        self.duplicates: Duplicates = duplicates
        self._source, self._decided, self._looked = source, False, False

    def __reduce__(self) -> str | tuple[Any, ...]:
        if self._looked:  # what another process opens was decided here
            return self._source.__reduce__()
        return type(self), (self.locations, self.duplicates, self._source)

    def with_duplicates(self, duplicates: Duplicates) -> TranscriptSource:
        """Give the same transcripts with another rule for samples that several logs hold."""
        return find_source(self.locations, duplicates)

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
        await self._decide()
        index = await self._source.index(query, progress)
        if self._decided or len(index) or index.problems or query.where or query.limit == 0:
            return index
        nothing = "neither .eval or .json logs nor parquet files of a transcript database"
        problems = [
            LogProblem(p, f"There is nothing to read in {p!r}: {nothing}. {_advice(p)}".rstrip())
            for p in self.locations
        ]
        return SelectedIndex((), problems)

    async def locate(self, info: TranscriptInfo) -> Located:
        """Find a transcript in what is there."""
        if not self._looked:
            await self._decide()
        return await self._source.locate(info)

    async def version(self) -> object:
        """Tell what is there now; nothing that is equal to anything where that is not known."""
        await self._decide()
        return await self._source.version() if isinstance(self._source, HasVersion) else object()

    async def _decide(self) -> None:
        if not self._decided:
            found = [await _resolve_again(place) for place in self.locations]
            source = _open_source(found, self.duplicates)
            if source != self._source:
                self._source = source
            self._decided, self._looked = all(kind is not None for _, kind in found), True
