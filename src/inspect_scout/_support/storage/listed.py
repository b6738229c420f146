"""A folder of a store as one listing found it: what is read of it is asked for once."""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import time
from collections.abc import Coroutine, Generator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, TypeVar, cast

from ..cache import Cache
from ..errors import LocationError
from .blocking import run_blocking
from .contract import Entry, Storage
from .locations import normalize
from .remote_failures import FileChangedError, missing_error
from .remote_file import RemoteFile

T = TypeVar("T")

WHOLE_BYTES = 2 << 20
"""Files up to this size are fetched whole: a request takes as long as some 100 KiB, and reading a table makes several."""

_KEPT_BYTES = 24 << 20
_STABLE_SECONDS = 2.0
"""A file changed twice within a tick of the clock of its store looks unchanged."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a file, and its storage, whose `id` stands for no other one as long as this is kept."""

    storage: Storage
    data: bytes


_parts: Cache[tuple[object, ...], _Part] = Cache(_KEPT_BYTES, lambda part: len(part.data) + 512)
_numbers = itertools.count(1)


class ListedStorage:
    """The files of a folder as they were when it was listed; all else is left to the storage that has them.

    What is read of a file is kept, within limits, for whoever lists the same file later. Where a file turns out to be gone or
    changed, the folder is listed again for what follows. It is for readers, on one event loop.

    Args:
        inner: The storage that has the files.
        folder: The folder.
    """

    def __init__(self, inner: Storage, folder: str) -> None:
        self._inner, self._folder = inner, folder.rstrip("/")
        self._number = next(_numbers)
        self._listing: asyncio.Task[dict[str, Entry]] | None = None
        self._reading: dict[str, asyncio.Task[bytes]] = {}

    async def read(self, path: str) -> bytes:
        """Read a whole file."""
        entry = await self.stat(path) if self._is_below(path) else None
        if entry is None:
            if self._is_below(path):
                raise missing_error("read", path)
            return await self._inner.read(path)
        task = self._reading.get(path)
        if task is None:
            task = self._reading[path] = _started(run_blocking(path, lambda: self._part(entry, 0, entry.size)))
            task.add_done_callback(lambda _: self._reading.pop(path, None))
        try:
            return await asyncio.shield(task)
        except FileChangedError:
            return await self._inner.read(path)

    async def read_range(self, path: str, start: int, length: int) -> bytes:
        """Read `length` bytes from `start` (fewer at the end of the file)."""
        return await self._inner.read_range(path, start, length)

    async def list(self, prefix: str, *, recursive: bool = True) -> list[Entry]:
        """List the files below a folder, sorted by path; a missing folder has none."""
        if not self._is_below(prefix):
            return await self._inner.list(prefix, recursive=recursive)
        root = normalize(prefix) + "/"
        found = (await self._entries()).items()
        below = [(key[len(root) :], entry) for key, entry in found if key.startswith(root)]
        return [entry for name, entry in below if recursive or "/" not in name]

    async def stat(self, path: str) -> Entry | None:
        """Describe a file, or None if there is none."""
        if not self._is_below(path):
            return await self._inner.stat(path)
        return (await self._entries()).get(normalize(path))

    def open_read(self, path: str, entry: Entry | None = None) -> BinaryIO:
        """Open a file for reading at any position (as `entry` describes it, if that is given)."""
        known = self._known_entries()
        about = entry or (known or {}).get(normalize(path))
        if about is None:
            if known is not None and self._is_below(path):
                raise missing_error("read", path)
            return self._inner.open_read(path)
        if about.size <= WHOLE_BYTES:
            return io.BytesIO(self._part(about, 0, about.size))
        return cast(
            "BinaryIO", RemoteFile(lambda start, end: self._part(about, start, end), about.size, path, about.etag)
        )

    async def folders(self, prefix: str) -> Sequence[str]:
        """List the direct sub-folders of a folder, sorted (full locations); a missing folder has none."""
        return await self._inner.folders(prefix)

    async def write(self, path: str, data: bytes) -> None:
        """Write a whole file atomically, making folders as needed."""
        await self._inner.write(path, data)
        self._forget()

    async def create(self, path: str, data: bytes) -> None:
        """Write a file that must not exist yet; raises FileExistsError if it does."""
        await self._inner.create(path, data)
        self._forget()

    def open_write(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a file for writing in pieces: it appears at the end of the block, or not at all if the block raises."""
        return self._writing(path)

    async def delete(self, path: str) -> None:
        """Delete a file; a missing one is not an error."""
        await self._inner.delete(path)
        self._forget()

    async def delete_tree(self, prefix: str) -> None:
        """Delete a folder with all that is in it; a missing one is not an error."""
        await self._inner.delete_tree(prefix)
        self._forget()

    async def sweep(self, prefix: str) -> None:
        """Delete what killed writers left behind in a folder (not below it)."""
        await self._inner.sweep(prefix)

    @contextlib.contextmanager
    def _writing(self, path: str) -> Generator[BinaryIO]:
        with self._inner.open_write(path) as file:
            yield file
        self._forget()

    def _is_below(self, path: str) -> bool:
        return f"{normalize(path)}/".startswith(f"{normalize(self._folder)}/")

    async def _entries(self) -> dict[str, Entry]:
        if self._listing is None:
            self._listing = _started(self._listed())
        return await asyncio.shield(self._listing)

    async def _listed(self) -> dict[str, Entry]:
        return {normalize(entry.path): entry for entry in await self._inner.list(self._folder)}

    def _known_entries(self) -> dict[str, Entry] | None:
        task = self._listing
        known = task is not None and task.done() and not task.cancelled() and task.exception() is None
        return task.result() if task is not None and known else None

    def _forget(self) -> None:
        self._listing = None

    def _part(self, entry: Entry, start: int, end: int) -> bytes:
        """Read a part of a file as it was listed; what others have read of it is not asked for again."""

        def fetch() -> _Part:
            with self._inner.open_read(entry.path, entry) as file:
                file.seek(start)
                return _Part(self._inner, file.read(end - start))

        # An etag in quotes is that of a store, which changes with the content; others are made of times.
        stable = entry.etag.startswith('"') or 0 < entry.modified < time.time() - _STABLE_SECONDS
        whose = 0 if stable else self._number
        key = (whose, id(self._inner), entry.path, entry.etag, entry.size, start, end)
        try:
            return _parts.fetch(key, fetch).data
        except (LocationError, FileChangedError):
            self._forget()
            raise


def _started(work: Coroutine[object, None, T]) -> asyncio.Task[T]:
    """Start what several wait for; a failure is told to them, of whom there may be none left."""
    task = asyncio.get_running_loop().create_task(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task
