"""Raw items kept in anonymous temporary files, because what they refer to comes later in the sample."""

from __future__ import annotations

import tempfile
import threading
from array import array
from collections.abc import Iterator, Sequence
from typing import Final, overload

_BLOCK_BYTES: Final = 256 * 1024
_LENGTH_BYTES: Final = 8


class Spool:
    """Records in the order in which they are appended, read back any number of times, by many readers at once."""

    def __init__(self) -> None:
        # without buffers of its own: each reader has its own position, and reads blocks
        self._file = tempfile.TemporaryFile(prefix="scout-", buffering=0)  # noqa: SIM115 - lives as long as the spool
        self._pending = bytearray()
        self._written = 0
        # several readers, perhaps in several threads, move one position
        self._lock = threading.Lock()

    def append(self, record: bytes) -> int:
        """Add a record, and give the offset where `read` finds it."""
        offset = self._written + len(self._pending)
        self._pending += len(record).to_bytes(_LENGTH_BYTES, "little")
        self._pending += record
        if len(self._pending) >= _BLOCK_BYTES:
            self.flush()
        return offset

    def flush(self) -> None:
        """Write what is pending; needed before reading."""
        self._file.seek(self._written)
        view = memoryview(self._pending)
        while view:
            step = self._file.write(view)
            view = view[step:]
        self._written += len(self._pending)
        self._pending = bytearray()

    def read(self, offset: int) -> bytes:
        """Read the record at an offset."""
        head = self._read(offset, _LENGTH_BYTES)
        return self._read(offset + _LENGTH_BYTES, int.from_bytes(head, "little"))

    def records(self) -> Iterator[bytes]:
        """Read all records."""
        at, block, start = 0, b"", 0
        while at < self._written:
            if len(block) - start < _LENGTH_BYTES:
                block, start = self._read(at, min(_BLOCK_BYTES, self._written - at)), 0
            length = int.from_bytes(block[start : start + _LENGTH_BYTES], "little")
            end = start + _LENGTH_BYTES + length
            if end <= len(block):
                record = block[start + _LENGTH_BYTES : end]
                start = end
            else:
                record, block, start = self._read(at + _LENGTH_BYTES, length), b"", 0
            at += _LENGTH_BYTES + length
            yield record

    def clear(self) -> None:
        """Forget all records."""
        self._pending = bytearray()
        self._written = 0

    def close(self) -> None:
        """Delete the file."""
        self._file.close()
        self._pending = bytearray()

    def _read(self, offset: int, length: int) -> bytes:
        parts: list[bytes] = []
        with self._lock:
            self._file.seek(offset)
            while length:
                part = self._file.read(length)
                if not part:
                    raise OSError("a temporary file is shorter than what was written to it")
                parts.append(part)
                length -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


class Records(Sequence[bytes]):
    """Some records of a spool, by position.

    Args:
        spool: Where they are.
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._offsets = array("Q")

    def append(self, record: bytes) -> None:
        """Add a record."""
        self._offsets.append(self._spool.append(record))

    def clear(self) -> None:
        """Forget all records."""
        self._offsets = array("Q")

    def __len__(self) -> int:
        return len(self._offsets)

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(index, slice):
            return [self._spool.read(offset) for offset in self._offsets[index]]
        return self._spool.read(self._offsets[index])
