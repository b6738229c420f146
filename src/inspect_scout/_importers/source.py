"""Traces as a source of transcripts: what a reader knows is scanned where it is."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import anyio.to_thread

from .._support.errors import LocationError, LogReadError, TranscriptTooLargeError
from .._transcripts import (
    LoadedTranscript,
    LogProblem,
    TraceProblem,
    index_rows,
)
from .._types import InputOrigin
from .contract import TraceFormat, TraceItem
from .described import Described, DescriptionCache
from .item_reading import RecentReading, read_item
from .json_values import Json
from .known_formats import FORMATS, format_named, items_at

if TYPE_CHECKING:
    from .._query import Query
    from .._transcripts import Progress, RawTranscript, TranscriptIndex
    from .._types import Transcript, TranscriptContent, TranscriptHandle, TranscriptInfo

NAME: Final = "traces"


def fingerprint_of(raw: RawTranscript) -> str:
    """Text that changes when the content does."""
    content = hashlib.blake2b(raw.messages or b"", digest_size=16)
    content.update(raw.events or b"")
    return content.hexdigest()


@dataclass(frozen=True, slots=True)
class LocatedTrace:
    """A transcript that was found in a file of traces."""

    description: TranscriptInfo
    path: str
    stored: RawTranscript

    @property
    def size(self) -> int:
        """Bytes of its content."""
        return self.stored.size

    @property
    def fingerprint(self) -> str:
        """Text that changes when the content does."""
        return fingerprint_of(self.stored)

    async def read(self, content: TranscriptContent, *, max_bytes: int | None = None) -> LoadedTranscript:
        """Read the content asked for.

        Raises:
            TranscriptTooLargeError: It is larger than `max_bytes`.
        """
        if max_bytes is not None and self.size > max_bytes:
            raise TranscriptTooLargeError(self.description.transcript_id, self.size, max_bytes)
        from .._transcripts import (
            decode_stored,
        )  # here, as below: it needs Inspect, which a list of transcripts does not

        return await anyio.to_thread.run_sync(decode_stored, self.stored, self.description, content)

    async def open(self, content: TranscriptContent) -> TranscriptHandle:
        """Open the content asked for, to be read item by item."""
        from .._transcripts import MaterializedHandle

        async def load() -> Transcript:
            return (await self.read(content)).transcript

        return MaterializedHandle(self.description, load, content)

    async def raw(self) -> RawTranscript:
        """Give everything there is of it."""
        return self.stored

    def origin(self, view: TranscriptContent, size: int) -> InputOrigin:
        """Where content seen through `view` can be found again."""
        from .._transcripts import view_text

        return InputOrigin(NAME, self.path, self.description.transcript_id, self.fingerprint, view_text(view), size)


@dataclass(frozen=True, slots=True)
class _Row:
    """A transcript of the index."""

    described: Described
    location: str

    @property
    def transcript_id(self) -> str:
        return self.described.id

    def info(self) -> TranscriptInfo:
        return self.described.info()


class TraceSource:
    """Traces in files and folders.

    Args:
        locations: Files and folders, in full form.
        ids: Of a scan that is resumed: the transcripts that it recorded, in order.
        only: Name of the only format that is read (None: all).
    """

    type = NAME
    location = None
    """None: each transcript has a location of its own."""

    def __init__(self, locations: Sequence[str], ids: Sequence[str] | None = None, only: str | None = None) -> None:
        self.locations = tuple(locations)
        self._ids = None if ids is None else tuple(ids)
        self._only = only
        self._recent = RecentReading()
        self._items: dict[str, tuple[TraceFormat, TraceItem]] = {}

    def __reduce__(self) -> tuple[Json, ...]:
        return type(self), (self.locations, self._ids, self._only)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TraceSource) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash(self.__reduce__())

    async def version(self) -> object:
        """Tell which files there are, and when they were written."""
        return await anyio.to_thread.run_sync(lambda: tuple(item for _, item in self._list()[0]))

    async def index(self, query: Query, progress: Progress | None = None) -> TranscriptIndex:
        """Find the transcripts that a query selects; files that have not changed since they were described are not read."""
        return await anyio.to_thread.run_sync(self._index, query, progress)

    def _index(self, query: Query, progress: Progress | None) -> TranscriptIndex:
        items, wrong = self._list()
        cache = DescriptionCache()
        known = cache.fetch([item for _, item in items])
        rows: dict[str, _Row] = {}
        problems = [_problem(each) for each in wrong]
        for number, (reader, item) in enumerate(items, 1):
            described = known.get(item.location)
            if described is None:
                described, found = _described(reader, item)
                problems += found
                if not found:  # problems are told each time
                    cache.store(item, described)
            for one in described:
                _add(rows, one, item, problems)
            if progress is not None:
                progress(number, len(items))
        cache.close()
        chosen = list(rows) if self._ids is None else [id for id in self._ids if id in rows]
        return index_rows([rows[id] for id in chosen], query, problems)

    def _list(self) -> tuple[list[tuple[TraceFormat, TraceItem]], list[TraceProblem]]:
        formats = tuple(FORMATS.values()) if self._only is None else (format_named(self._only),)
        found = [items_at(place, formats) for place in self.locations]
        self._items = {item.location: (reader, item) for each in found for reader, item in each.items}
        return list(self._items.values()), [problem for each in found for problem in each.problems]

    async def locate(self, info: TranscriptInfo) -> LocatedTrace:
        """Find a transcript.

        Raises:
            LogReadError: It is not there.
        """
        path = path_of(info)
        reader, item = await anyio.to_thread.run_sync(self._item, path)
        found = await anyio.to_thread.run_sync(self._recent.find, reader, item, info.transcript_id)
        if found is None:
            raise LogReadError(path, "there is no such transcript in it any more", repr(info.transcript_id))
        return LocatedTrace(info, path, found.raw)

    def _item(self, path: str) -> tuple[TraceFormat, TraceItem]:
        """Find the item again, as it is now."""
        if not self._items:  # in another process than that of the index
            with contextlib.suppress(LocationError):
                self._list()
        known = self._items.get(path)
        if known is None or not _is_unchanged(known[1]):
            try:
                found = items_at(path).items
            except LocationError as error:
                raise LogReadError(path, "it is gone") from error
            if not found:
                raise LogReadError(path, "it holds something else by now")
            known = self._items[path] = found[0]
        return known


def _described(reader: TraceFormat, item: TraceItem) -> tuple[list[Described], list[LogProblem]]:
    described: list[Described] = []
    problems: list[LogProblem] = []
    for one in read_item(reader, item):
        if isinstance(one, TraceProblem):
            problems.append(_problem(one))
        else:
            described.append(Described.of(one.info))
    return described, problems


def _problem(found: TraceProblem) -> LogProblem:
    return LogProblem(found.location, str(found))


def _is_unchanged(item: TraceItem) -> bool:
    file = item.files[0]
    try:
        state = os.stat(file.path)
    except OSError:
        return False
    return (state.st_size, state.st_mtime_ns) == (file.size, file.modified)


def _add(rows: dict[str, _Row], one: Described, item: TraceItem, problems: list[LogProblem]) -> None:
    row = _Row(one, item.location)
    before = rows.get(row.transcript_id)
    if before is not None:
        said = f"{item.location!r} holds {row.transcript_id!r} as well, which is read from {before.location!r}."
        problems.append(LogProblem(item.location, said))
    else:
        rows[row.transcript_id] = row


def path_of(info: TranscriptInfo) -> str:
    """Give the file that a transcript is in.

    Raises:
        LogReadError: Its description does not say.
    """
    uri = info.source_uri or ""
    if not uri.startswith("file://"):
        raise LogReadError(uri, "its description does not say which file it is in", repr(info.transcript_id))
    place = uri.removeprefix("file://")
    own = f"#{info.transcript_id}"  # there may be a # in it
    return place.removesuffix(own) if place.endswith(own) else place.rpartition("#")[0]


async def read_again(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
    """Read content again where a result says that it was.

    Raises:
        LogReadError: It is gone, or has changed since.
    """
    source = TraceSource((origin.location,))
    located = await source.locate(info)
    if located.fingerprint != origin.fingerprint:
        raise LogReadError(origin.location, "it has changed since it was scanned", repr(origin.member))
    from .._transcripts import view_of

    return (await located.read(view_of(origin.view))).transcript
