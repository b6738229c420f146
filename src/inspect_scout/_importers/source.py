"""Traces as a source of transcripts: what a reader knows is scanned where it is."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import anyio.to_thread

from .._support.errors import LocationError, LogReadError, TranscriptTooLargeError
from .._transcripts import (
    LoadedTranscript,
    LogProblem,
    MaterializedHandle,
    TraceProblem,
    decode_stored,
    index_rows,
    view_of,
    view_text,
)
from .._types import InputOrigin, Transcript, TranscriptContent, TranscriptHandle, TranscriptInfo
from .catalog import FORMATS, format_named, items_at
from .contract import ReadTranscript, TraceFormat, TraceItem
from .described import Described, DescriptionCache

if TYPE_CHECKING:
    from .._query import Query
    from .._transcripts import Progress, RawTranscript, TranscriptIndex

NAME: Final = "traces"
STATE: Final = "trace_state"
"""Key of the metadata with `TraceItem.state`."""
_KEPT_BYTES: Final = 64 << 20
"""Transcripts of one file are asked for one after the other: this much of what was read last is kept."""


def read_item(reader: TraceFormat, item: TraceItem) -> tuple[list[ReadTranscript], list[TraceProblem]]:
    """Read an item as a whole; what is wrong with it is told, never raised."""
    found: list[ReadTranscript] = []
    problems: list[TraceProblem] = []
    try:
        for one in reader.read(item):
            if isinstance(one, TraceProblem):
                problems.append(one)
            else:
                found.append(_with_state(one, item))
    except OSError as error:
        problems.append(TraceProblem(item.location, f"it cannot be read: {error.strerror or error}"))
    except (ValueError, EOFError, RecursionError, MemoryError) as error:
        problems.append(TraceProblem(item.location, f"it cannot be read: {error}"))
    return found, problems


def _with_state(read: ReadTranscript, item: TraceItem) -> ReadTranscript:
    """Say in the metadata which state of its files a transcript shows, so that an import knows what has grown."""
    state = {STATE: item.state}
    info = read.info.model_copy(update={"metadata": {**read.info.metadata, **state}})
    return ReadTranscript(info, dataclasses.replace(read.raw, columns={**read.raw.columns, **state}))


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
        return await anyio.to_thread.run_sync(decode_stored, self.stored, self.description, content)

    async def open(self, content: TranscriptContent) -> TranscriptHandle:
        """Open the content asked for, to be read item by item."""

        async def load() -> Transcript:
            return (await self.read(content)).transcript

        return MaterializedHandle(self.description, load, content)

    async def raw(self) -> RawTranscript:
        """Give everything there is of it."""
        return self.stored

    def origin(self, view: TranscriptContent, size: int) -> InputOrigin:
        """Where content seen through `view` can be found again."""
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


@dataclass(slots=True)
class _Kept:
    """What was read last, up to a number of bytes."""

    read: OrderedDict[str, tuple[str, dict[str, ReadTranscript]]] = field(
        default_factory=OrderedDict[str, "tuple[str, dict[str, ReadTranscript]]"]
    )

    def get(self, item: TraceItem) -> dict[str, ReadTranscript] | None:
        cursor, found = self.read.get(item.location, ("", None))
        return found if cursor == item.cursor else None

    def put(self, item: TraceItem, found: dict[str, ReadTranscript]) -> None:
        self.read[item.location] = (item.cursor, found)
        self.read.move_to_end(item.location)
        while (
            len(self.read) > 1
            and sum(t.raw.size for _, some in self.read.values() for t in some.values()) > _KEPT_BYTES
        ):
            self.read.popitem(last=False)


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
        self._kept = _Kept()
        self._items: dict[str, tuple[TraceFormat, TraceItem]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.locations, self._ids, self._only)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TraceSource) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash(self.__reduce__())

    async def version(self) -> object:
        """Tell which files there are, and when they were written."""
        return await anyio.to_thread.run_sync(lambda: tuple(item for _, item in self._list()))

    async def index(self, query: Query, progress: Progress | None = None) -> TranscriptIndex:
        """Find the transcripts that a query selects; files that have not changed since they were described are not read."""
        return await anyio.to_thread.run_sync(self._index, query, progress)

    def _index(self, query: Query, progress: Progress | None) -> TranscriptIndex:
        items = self._list()
        cache = DescriptionCache()
        known = cache.fetch([item for _, item in items])
        rows: dict[str, _Row] = {}
        problems: list[LogProblem] = []
        for number, (reader, item) in enumerate(items, 1):
            described = known.get(item.location)
            if described is None:
                found, wrong = read_item(reader, item)
                described = [Described.of(each.info) for each in found]
                problems += [LogProblem(each.location, str(each)) for each in wrong]
                if not wrong:  # problems are told each time
                    cache.store(item, described)
            for one in described:
                _add(rows, one, item, problems)
            if progress is not None:
                progress(number, len(items))
        cache.close()
        chosen = list(rows) if self._ids is None else [id for id in self._ids if id in rows]
        return index_rows([rows[id] for id in chosen], query, problems)

    def _list(self) -> list[tuple[TraceFormat, TraceItem]]:
        formats = tuple(FORMATS.values()) if self._only is None else (format_named(self._only),)
        items = [one for place in self.locations for one in items_at(place, formats)]
        self._items = {item.location: (reader, item) for reader, item in items}
        return list(self._items.values())

    async def locate(self, info: TranscriptInfo) -> LocatedTrace:
        """Find a transcript.

        Raises:
            LogReadError: It is not there.
        """
        path = path_of(info)
        found = await anyio.to_thread.run_sync(self._read_file, path)
        if info.transcript_id not in found:
            raise LogReadError(path, "there is no such transcript in it any more", repr(info.transcript_id))
        return LocatedTrace(info, path, found[info.transcript_id].raw)

    def _read_file(self, path: str) -> dict[str, ReadTranscript]:
        """Read the item that a file names."""
        reader, item = self._item(path)
        kept = self._kept.get(item)
        if kept is None:
            kept = {each.info.transcript_id: each for each in read_item(reader, item)[0]}
            self._kept.put(item, kept)
        return kept

    def _item(self, path: str) -> tuple[TraceFormat, TraceItem]:
        """Find the item again, as it is now."""
        known = self._items.get(path)
        if known is None or not _is_unchanged(known[1]):
            try:
                found = items_at(path)
            except LocationError as error:
                raise LogReadError(path, "it is gone") from error
            if not found:
                raise LogReadError(path, "it holds something else by now")
            known = self._items[path] = found[0]
        return known


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
    return uri.removeprefix("file://").rpartition("#")[0]


async def read_again(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
    """Read content again where a result says that it was.

    Raises:
        LogReadError: It is gone, or has changed since.
    """
    source = TraceSource((origin.location,))
    located = await source.locate(info)
    if located.fingerprint != origin.fingerprint:
        raise LogReadError(origin.location, "it has changed since it was scanned", repr(origin.member))
    return (await located.read(view_of(origin.view))).transcript
