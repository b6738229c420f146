"""Data sets as an origin: files of this machine, or of a hub or store, whose columns are named."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import anyio.to_thread

from .._support.errors import ConfigError, LocationError
from .._support.storage import is_local, normalize, storage_for
from .contract import Found, TraceFile, TraceItem
from .formats.dataset import Dataset
from .item_reading import found_in, in_threads
from .origin import later_of, newest_of
from .reading import plain_name

if TYPE_CHECKING:
    from .._transcripts import TraceProblem
    from .origin import Items, OriginItem

_SUFFIXES: Final = (".parquet", ".jsonl", ".json")
_FETCHED_AT_ONCE: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class DatasetQuery:
    """Rows of a data set.

    Args:
        path: A file, a folder, or an address: `hf://datasets/OWNER/NAME`, `s3://bucket/folder`.
        messages: The column of messages (None: one with a usual name).
        id: The column of ids (None: one with a usual name, else file and row number).
        split: Only files with this in their path, as `train`.
        from_time: Only files written at this time or later.
        to_time: Only files written before this time.
        limit: Rows at most.
    """

    name: ClassVar[str] = "dataset"
    title: ClassVar[str] = "Data sets with a column of messages (Parquet, JSON lines), also of a hub"
    example: ClassVar[str] = "scout import dataset -P path=hf://datasets/OWNER/NAME -P messages=conversation"
    pause_seconds: ClassVar[float] = 60.0

    path: str | os.PathLike[str] | None = None
    messages: str | None = None
    id: str | None = None
    split: str | None = None
    from_time: datetime | None = None
    to_time: datetime | None = None
    limit: int | None = None

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncGenerator[Items]:
        """Give its files.

        Raises:
            ConfigError: No path is given.
            LocationError: There are none.
        """
        if self.path is None:
            raise ConfigError("Say where the data set is: -P path=FILE, or -P path=hf://datasets/OWNER/NAME.")
        files = await self._files(str(self.path))
        if not files:
            raise LocationError(f"There are no .parquet, .jsonl or .json files at {str(self.path)!r}.")
        yield self._items(files)

    def since_last(self, states: Iterable[str]) -> DatasetQuery:
        """Leave out files that were written before the newest that a database has."""
        newest = newest_of(states)
        return self if newest is None else replace(self, from_time=later_of(self.from_time, newest))

    async def _items(self, files: Sequence[DatasetFile]) -> AsyncGenerator[OriginItem | TraceProblem]:
        for file in files:
            yield file

    async def _files(self, given: str) -> list[DatasetFile]:
        where = await anyio.to_thread.run_sync(_full_path, given)
        storage = storage_for(where)
        entry = await storage.stat(where)
        entries = [entry] if entry is not None else await storage.list(where)
        since = self.from_time.timestamp() if self.from_time is not None else float("-inf")
        until = self.to_time.timestamp() if self.to_time is not None else float("inf")
        return [
            DatasetFile(self, each.path, each.size, each.modified, each.etag)
            for each in entries
            if plain_name(each.path).endswith(_SUFFIXES)
            and (self.split is None or self.split in each.path)
            and since <= each.modified < until
        ]


def _full_path(given: str) -> str:
    return os.path.abspath(os.path.expanduser(given)) if is_local(given) else normalize(given)


@dataclass(frozen=True, slots=True)
class DatasetFile:
    """A file of a data set."""

    query: DatasetQuery
    path: str
    size: int
    modified: float
    etag: str

    @property
    def ids(self) -> None:
        """Ids of rows are known when they are read."""
        return None

    @property
    def location(self) -> str:
        """Path or address."""
        return self.path

    @property
    def state(self) -> str:
        """Text that changes when it does."""
        columns = f"{self.etag} {self.query.messages} {self.query.id}"
        return f"{int(self.modified * 1e9)}-{hashlib.blake2b(columns.encode(), digest_size=8).hexdigest()}"

    async def read(self) -> AsyncIterator[Found]:
        """Read its rows; a file of another machine is fetched first."""
        if is_local(self.path):
            async for one in self._rows(self.path):
                yield one
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = str(Path(folder, self.path.rpartition("/")[2]))
            await self._fetch(copy)
            async for one in self._rows(copy):
                yield one

    def _rows(self, path: str) -> AsyncIterator[Found]:
        reader = Dataset(self.query.messages, self.query.id, self.path)
        item = TraceItem((TraceFile(path, self.size, int(self.modified * 1e9)),))
        return in_threads(found_in(reader.read(item), self.path, self.state))

    async def _fetch(self, copy: str) -> None:
        storage = storage_for(self.path)
        async with await anyio.open_file(copy, "wb") as file:
            for start in range(0, self.size, _FETCHED_AT_ONCE):
                await file.write(await storage.read_range(self.path, start, min(_FETCHED_AT_ONCE, self.size - start)))
