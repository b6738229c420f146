"""Where the JSON of one sample comes from."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol

CHUNK_BYTES = 256 * 1024


class SampleError(ValueError):
    """The content of one sample cannot be decoded; the caller adds the names of file and sample."""


class ByteSource(Protocol):
    """The JSON of one sample, as often as it is asked for."""

    @property
    def size(self) -> int:
        """Bytes of the JSON, uncompressed."""
        ...

    def read(self) -> bytes:
        """Read everything at once."""
        ...

    def chunks(self) -> Generator[bytes]:
        """Read again from the start, in chunks of at most about 1 MiB.

        Small chunks (128 to 256 KiB) let a reader that needs only the messages stop before the rest is decompressed.
        Whoever stops early closes the iterator.
        """
        ...


class MemoryBytes:
    """JSON that is in memory already.

    Args:
        data: The JSON.
        chunk_bytes: Size of what `chunks` gives.
    """

    def __init__(self, data: bytes, chunk_bytes: int = CHUNK_BYTES) -> None:
        self._data, self._chunk_bytes = data, chunk_bytes

    @property
    def size(self) -> int:
        """Bytes of the JSON."""
        return len(self._data)

    def read(self) -> bytes:
        """Give everything."""
        return self._data

    def chunks(self) -> Generator[bytes]:
        """Give everything in chunks."""
        for start in range(0, len(self._data), self._chunk_bytes):
            yield self._data[start : start + self._chunk_bytes]
