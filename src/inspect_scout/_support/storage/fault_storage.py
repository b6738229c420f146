"""A storage that fails on purpose, to test what is built on it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager
from typing import BinaryIO

from ..errors import StorageError
from .contract import Entry, Storage


class FaultStorage:
    """Pass calls on to another storage, and fail some of them.

    Args:
        inner: The storage that does the work.
        fail_every: Every n-th call raises StorageError and does nothing (0: none).
        lose_every: Every n-th changing call is done and then raises, as when an answer is lost on the way (0: none).
        dies_after: After this many changing calls every further call raises, as if the process had been killed.
        delay_seconds: Time that every call takes.
    """

    def __init__(
        self,
        inner: Storage,
        *,
        fail_every: int = 0,
        lose_every: int = 0,
        dies_after: int | None = None,
        delay_seconds: float = 0.0,
    ) -> None:
        self._inner = inner
        self._fail_every, self._lose_every, self._dies_after = fail_every, lose_every, dies_after
        self._delay_seconds = delay_seconds
        self.calls = 0
        """Calls so far."""
        self.changes = 0
        """Calls so far that write or delete."""

    async def read(self, path: str) -> bytes:
        """Read a whole file."""
        await self._before("read", path)
        return await self._inner.read(path)

    async def read_range(self, path: str, start: int, length: int) -> bytes:
        """Read `length` bytes from `start` (fewer at the end of the file)."""
        await self._before("read", path)
        return await self._inner.read_range(path, start, length)

    async def write(self, path: str, data: bytes) -> None:
        """Write a whole file atomically, making folders as needed."""
        await self._before_change("write", path)
        await self._inner.write(path, data)
        self._after_change("write", path)

    async def create(self, path: str, data: bytes) -> None:
        """Write a file that must not exist yet; raises FileExistsError if it does."""
        await self._before_change("write", path)
        await self._inner.create(path, data)
        self._after_change("write", path)

    async def list(self, prefix: str, *, recursive: bool = True) -> list[Entry]:
        """List the files below a folder, sorted by path; a missing folder has none."""
        await self._before("list", prefix)
        return await self._inner.list(prefix, recursive=recursive)

    async def stat(self, path: str) -> Entry | None:
        """Describe a file, or None if there is none."""
        await self._before("read", path)
        return await self._inner.stat(path)

    async def delete(self, path: str) -> None:
        """Delete a file; a missing one is not an error."""
        await self._before_change("delete", path)
        await self._inner.delete(path)
        self._after_change("delete", path)

    async def delete_tree(self, prefix: str) -> None:
        """Delete a folder with all that is in it; a missing one is not an error."""
        await self._before_change("delete", prefix)
        await self._inner.delete_tree(prefix)
        self._after_change("delete", prefix)

    def open_read(self, path: str, entry: Entry | None = None) -> BinaryIO:
        """Open a file for reading at any position (as `entry` describes it, if that is given)."""
        self._count("read", path)
        return self._inner.open_read(path, entry)

    def open_write(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a file for writing in pieces: it appears at the end of the block, or not at all if the block raises."""
        return self._writing(path)

    async def folders(self, prefix: str) -> Sequence[str]:
        """List the direct sub-folders of a folder, sorted (full locations); a missing folder has none."""
        await self._before("list", prefix)
        return await self._inner.folders(prefix)

    async def sweep(self, prefix: str) -> None:
        """Delete what killed writers left behind in a folder (not below it)."""
        await self._before_change("delete", prefix)
        await self._inner.sweep(prefix)
        self._after_change("delete", prefix)

    @contextlib.contextmanager
    def _writing(self, path: str) -> Generator[BinaryIO]:
        if self._delay_seconds:
            time.sleep(self._delay_seconds)
        self._count("write", path)
        with self._inner.open_write(path) as file:
            yield file
            # Dying at the end of the block leaves nothing: the file never appears.
            self._count_change("write", path)
        self._after_change("write", path)

    async def _before(self, doing: str, path: str) -> None:
        if self._delay_seconds:
            import asyncio  # here, because every command loads this module and few need a loop

            await asyncio.sleep(self._delay_seconds)
        self._count(doing, path)

    async def _before_change(self, doing: str, path: str) -> None:
        await self._before(doing, path)
        self._count_change(doing, path)

    def _count(self, doing: str, path: str) -> None:
        self.calls += 1
        if self._dies_after is not None and self.changes > self._dies_after:
            raise StorageError(f"Cannot {doing} {path!r}: the storage is dead (fault on purpose).")
        if self._fail_every and self.calls % self._fail_every == 0:
            raise StorageError(f"Cannot {doing} {path!r}: fault on purpose in call {self.calls}. Try again.")

    def _count_change(self, doing: str, path: str) -> None:
        self.changes += 1
        if self._dies_after is not None and self.changes > self._dies_after:
            raise StorageError(f"Cannot {doing} {path!r}: the storage died (fault on purpose).")

    def _after_change(self, doing: str, path: str) -> None:
        if self._lose_every and self.changes % self._lose_every == 0:
            raise StorageError(f"Cannot {doing} {path!r}: the answer was lost (fault on purpose). Try again.")
