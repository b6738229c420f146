"""Files in memory: `memory://` for this process, and storages of their own for tests."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import time
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

from .contract import Entry
from .locations import normalize
from .remote_failures import changed_error, missing_error


@dataclass(frozen=True, slots=True)
class _MemoryFile:
    data: bytes
    version: int
    modified: float


class MemoryStorage:
    """Files in memory. Every location works, whatever its scheme; nothing outlives the object."""

    def __init__(self) -> None:
        self._files: dict[str, _MemoryFile] = {}
        self._version = 0

    async def read(self, path: str) -> bytes:
        """Read a whole file."""
        return self._file(path).data

    async def read_range(self, path: str, start: int, length: int) -> bytes:
        """Read `length` bytes from `start` (fewer at the end of the file)."""
        return self._file(path).data[start : start + max(0, length)]

    async def write(self, path: str, data: bytes) -> None:
        """Write a whole file atomically, making folders as needed."""
        self._put(path, data)

    async def create(self, path: str, data: bytes) -> None:
        """Write a file that must not exist yet; raises FileExistsError if it does."""
        if normalize(path) in self._files:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        self._put(path, data)

    async def list(self, prefix: str, *, recursive: bool = True) -> list[Entry]:
        """List the files below a folder, sorted by path; a missing folder has none."""
        root = normalize(prefix).rstrip("/") + "/"
        return [
            self._entry(prefix.rstrip("/") + "/" + key[len(root) :], file)
            for key, file in sorted(self._files.items())
            if key.startswith(root) and (recursive or "/" not in key[len(root) :])
        ]

    async def stat(self, path: str) -> Entry | None:
        """Describe a file, or None if there is none."""
        file = self._files.get(normalize(path))
        return None if file is None else self._entry(path, file)

    async def delete(self, path: str) -> None:
        """Delete a file; a missing one is not an error."""
        self._files.pop(normalize(path), None)

    async def delete_tree(self, prefix: str) -> None:
        """Delete a folder with all that is in it; a missing one is not an error."""
        root = normalize(prefix).rstrip("/") + "/"
        for key in [key for key in self._files if key.startswith(root)]:
            del self._files[key]

    def open_read(self, path: str, entry: Entry | None = None) -> BinaryIO:
        """Open a file for reading at any position (as `entry` describes it, if that is given)."""
        file = self._file(path)
        if entry is not None and entry.etag != self._entry(path, file).etag:
            raise changed_error(path)
        return io.BytesIO(file.data)

    def open_write(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a file for writing in pieces: it appears at the end of the block, or not at all if the block raises."""
        return self._writing(path)

    async def folders(self, prefix: str) -> Sequence[str]:
        """List the direct sub-folders of a folder, sorted (full locations); a missing folder has none."""
        root = normalize(prefix).rstrip("/") + "/"
        names = {
            key[len(root) :].split("/")[0] for key in self._files if key.startswith(root) and "/" in key[len(root) :]
        }
        return [prefix.rstrip("/") + "/" + name for name in sorted(names)]

    async def sweep(self, prefix: str) -> None:
        """Delete what killed writers left behind in a folder (not below it): nothing, here."""

    @contextlib.contextmanager
    def _writing(self, path: str) -> Generator[BinaryIO]:
        # A writer may close the file it is given (parquet does), so the bytes are taken on closing.
        with _KeepingBytesIO() as file:
            yield file
            data = file.kept if file.closed else file.getvalue()
        self._put(path, data)

    def _put(self, path: str, data: bytes) -> None:
        self._version += 1
        self._files[normalize(path)] = _MemoryFile(bytes(data), self._version, time.time())

    def _file(self, path: str) -> _MemoryFile:
        try:
            return self._files[normalize(path)]
        except KeyError:
            raise missing_error("read", path) from None

    @staticmethod
    def _entry(path: str, file: _MemoryFile) -> Entry:
        return Entry(path, len(file.data), f"{file.version:x}-{len(file.data):x}", file.modified)


class _KeepingBytesIO(io.BytesIO):
    kept = b""

    def close(self) -> None:
        """Close, keeping the content."""
        if not self.closed:
            self.kept = self.getvalue()
        super().close()
