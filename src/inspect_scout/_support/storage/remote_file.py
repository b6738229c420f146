"""Remote files, read at any position with few requests, and written in pieces."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import Protocol

TAIL_BYTES = 64 << 10
"""What the first request brings of a file: its end, where parquet and zip files keep their directories."""

AHEAD_BYTES = 64 << 10
"""Least that a request asks for."""

MAX_AHEAD_BYTES = 8 << 20
"""Most that is read ahead of a reader that goes forward."""

_KEPT_BLOCKS = 3


class RemoteFile(io.RawIOBase):
    """A file read by ranges. A request costs as much time as some 100 KiB, so more is fetched than was asked for.

    Args:
        fetch: Reads the bytes from one position to another.
        size: Bytes of the file.
        name: Its location.
        etag: Tells this content from another.
        tail: The last bytes, if they are here already.
    """

    def __init__(self, fetch: Callable[[int, int], bytes], size: int, name: str, etag: str, tail: bytes = b"") -> None:
        self._fetch, self._size = fetch, size
        self.name, self.etag = name, etag
        self._at = 0
        self._tail = (size - len(tail), tail)
        self._blocks: list[tuple[int, bytes]] = []
        self._ahead = AHEAD_BYTES

    def readable(self) -> bool:
        """Tell that the file can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that any position can be read."""
        return True

    def tell(self) -> int:
        """Give the position."""
        return self._at

    def size(self) -> int:
        """Give the bytes of the file (Arrow asks)."""
        return self._size

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move to a position; nothing is fetched."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError(f"negative seek position {start + offset}")
        self._at = start + offset
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """Read `size` bytes (fewer only at the end), or all that is left."""
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        left = max(0, self._size - self._at)
        length = left if size is None or size < 0 else min(size, left)
        data = self._bytes(self._at, length) if length else b""
        self._at += len(data)
        return data

    def readall(self) -> bytes:
        """Read all that is left."""
        return self.read()

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Read into a buffer."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _bytes(self, start: int, length: int) -> bytes:
        for begin, data in (self._tail, *self._blocks):
            if begin <= start < begin + len(data):
                have = data[start - begin : start - begin + length]
                return have if len(have) == length else have + self._fetched(start + len(have), length - len(have))
        return self._fetched(start, length)

    def _fetched(self, start: int, length: int) -> bytes:
        goes_on = bool(self._blocks) and start == self._blocks[-1][0] + len(self._blocks[-1][1])
        self._ahead = min(self._ahead * 2, MAX_AHEAD_BYTES) if goes_on else AHEAD_BYTES
        end = min(self._size, start + max(length, self._ahead))
        known = self._tail[0]
        if start + length <= known < end:
            end = known  # the rest is here already
        data = self._fetch(start, end)
        if len(data) <= MAX_AHEAD_BYTES:
            self._blocks = [*self._blocks, (start, data)][-_KEPT_BLOCKS:]
        return data[:length]


class UploadWriter(Protocol):
    """What takes the pieces of an upload."""

    def write(self, buffer: bytes, /) -> int:
        """Take a piece."""
        ...


class Upload(io.RawIOBase):
    """A file being uploaded. Closing it ends nothing: parquet writers close what they are given.

    Args:
        writer: Takes the pieces.
    """

    def __init__(self, writer: UploadWriter) -> None:
        self._writer = writer
        self._at = 0

    def writable(self) -> bool:
        """Tell that the file can be written."""
        return True

    def tell(self) -> int:
        """Give the number of bytes written."""
        return self._at

    def write(self, data: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Write a piece."""
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        piece = bytes(data)
        self._writer.write(piece)
        self._at += len(piece)
        return len(piece)
