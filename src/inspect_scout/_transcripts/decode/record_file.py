"""Raw items kept in anonymous temporary files, because what they refer to comes later in the sample."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, overload

_BUFFER_BYTES: Final = 256 * 1024


class RecordFile(Sequence[bytes]):
    """Records in the order in which they are appended, read back any number of times, by many readers at once."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="scout-", buffering=_BUFFER_BYTES)  # noqa: SIM115 - lives as long as the records
        self._ends = array("Q", [0])
        # several readers, perhaps in several threads, move one position
        self._lock = threading.Lock()

    def append(self, record: bytes) -> None:
        """Add a record; all are added before the first is read."""
        self._file.write(record)
        self._ends.append(self._ends[-1] + len(record))

    def clear(self) -> None:
        """Forget all records."""
        self._file.seek(0)
        self._ends = array("Q", [0])

    def close(self) -> None:
        """Delete the file."""
        with contextlib.suppress(OSError):  # what the disk has no room for is not wanted any more
            self._file.close()

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        position = range(len(self))[index]
        return self._read(self._ends[position], self._ends[position + 1])

    def __iter__(self) -> Iterator[bytes]:
        return (self._read(start, end) for start, end in pairwise(self._ends))

    def _read(self, start: int, end: int) -> bytes:
        with self._lock:
            # Readers mostly go on where they were, and the buffer has what comes next.
            self._file.seek(start)
            record: bytes = self._file.read(end - start)
        if len(record) < end - start:
            raise OSError("a temporary file is shorter than what was written to it")
        return record
