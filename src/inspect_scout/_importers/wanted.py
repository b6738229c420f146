"""Which files are read, where nobody names each of them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import anyio.to_thread

from .._support.errors import ConfigError
from .._support.storage import is_local, local_path
from .._transcripts import TraceProblem
from .described import Described, DescriptionCache
from .item_reading import in_threads, read_item
from .known_formats import FORMATS, FoundItems, format_named, items_at
from .origin import later_of, newest_of

if TYPE_CHECKING:
    from .contract import Found, ReadTranscript, TraceFormat, TraceItem
    from .origin import Items


def _claude_place(path: str | None) -> str:
    """Find the folder of the sessions of a project that was named by the folder that it works in."""
    sessions = Path(os.environ.get("CLAUDE_CONFIG_DIR") or "~/.claude", "projects").expanduser()
    if path is None:
        return str(sessions)
    given = Path(path)
    if given.is_dir() and not any(given.rglob("*.jsonl")):
        encoded = "".join(c if c.isascii() and (c.isalnum() or c == "-") else "-" for c in str(given.absolute()))
        if (sessions / encoded).is_dir():
            return str(sessions / encoded)
    return path


PLACES: Final[Mapping[str, Callable[[str | None], str]]] = {
    "claude_code": _claude_place,
    "codex": lambda path: path or os.path.expanduser(os.environ.get("CODEX_HOME") or "~/.codex"),
}
"""Where the programs of a format keep its files, if they have a place for them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files are imported: the origin of transcripts that are in files.

    Args:
        format: Name of their format (None: any that is known).
        path: A file or a folder (None: where programs of this format keep them).
        session_id: Only this session.
        from_time: Only files written at this time or later.
        to_time: Only files written before.
        limit: Transcripts at most.
    """

    pause_seconds: ClassVar[float] = 5.0
    """Sessions grow by a line every few seconds."""

    format: str | None = None
    path: str | os.PathLike[str] | None = None
    session_id: str | None = None
    from_time: datetime | None = None
    to_time: datetime | None = None
    limit: int | None = None

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncGenerator[Items]:
        """Give the items; those that were read before are known without being read."""
        cache = DescriptionCache()
        try:
            yield self._items(cache)
        finally:
            await anyio.to_thread.run_sync(cache.close)

    def since_last(self, states: Iterable[str]) -> Wanted:
        """Leave out files that were written before the newest that a database has."""
        newest = newest_of(states)
        return self if newest is None else replace(self, from_time=later_of(self.from_time, newest))

    async def _items(self, cache: DescriptionCache) -> Items:
        found = await anyio.to_thread.run_sync(self.found)
        for problem in found.problems:
            yield problem
        items = found.items
        before = await anyio.to_thread.run_sync(cache.fetch, [item for _, item in items])
        for reader, item in items:
            described = before.get(item.location)
            ids = None if described is None else [each.id for each in described]
            yield WantedItem(self, reader, item, cache, ids)

    def found(self) -> FoundItems:
        """Find them, those written last first.

        Raises:
            LocationError: There is nothing at the path.
            ConfigError: No path is given, and the format has no place of its own.
        """
        formats = tuple(FORMATS.values()) if self.format is None else (format_named(self.format),)
        since = None if self.from_time is None else self.from_time.timestamp() * 1e9
        until = None if self.to_time is None else self.to_time.timestamp() * 1e9
        found = items_at(self._place(), formats)
        items = [
            one
            for one in found.items
            if (since is None or one[1].modified >= since) and (until is None or one[1].modified < until)
        ]
        return FoundItems(sorted(items, key=lambda one: -one[1].modified), found.problems)

    def takes(self, read: ReadTranscript) -> bool:
        """Whether a transcript of such a file is meant."""
        return self.session_id in (None, read.info.source_id, read.info.transcript_id)

    def _place(self) -> str:
        find = PLACES.get(self.format or "")
        if self.path is None and find is None:
            raise ConfigError("Say where the files are: -P path=DIR, or scout import DIR.")
        given = None if self.path is None else os.fspath(self.path)
        if given is not None and not is_local(given):
            return given
        path = None if given is None else os.path.expanduser(local_path(given))
        return find(path) if find is not None else path or ""


@dataclass(frozen=True, slots=True)
class WantedItem:
    """Files that are read together."""

    wanted: Wanted
    reader: TraceFormat
    item: TraceItem
    cache: DescriptionCache
    ids: Sequence[str] | None

    @property
    def location(self) -> str:
        """Path of the file that names it."""
        return self.item.location

    @property
    def state(self) -> str:
        """Text that changes when a file does."""
        return self.item.state

    async def read(self) -> AsyncIterator[Found]:
        """Read it; one without problems is remembered, others are told of again next time."""
        described: list[Described] | None = []
        async for each in in_threads(read_item(self.reader, self.item)):
            if isinstance(each, TraceProblem):
                described = None
            elif described is not None:
                described.append(Described.of(each.info))
            if isinstance(each, TraceProblem) or self.wanted.takes(each):
                yield each
        if described is not None:
            self.cache.store(self.item, described)
