"""Spans on their way from files, where they stand in the order in which they ended, to their traces."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

_IN_MEMORY: Final = 64 << 20
_WRITTEN_AT_ONCE: Final = 1 << 20


class Spool:
    """Pieces of several traces, kept on disk beyond 64 MB, and given back trace by trace. A piece takes 16 bytes of memory."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the spool
        self._end = 0
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._places: dict[bytes, array[int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, key: bytes, piece: bytes) -> None:
        """Keep a piece of a trace.

        Raises:
            OSError: The disk for temporary files is full.
        """
        places = self._places.get(key)
        if places is None:
            places = self._places[key] = array("Q")
        places.append(self._end)
        places.append(len(piece))
        self._end += len(piece)
        self._pending.append(piece)
        self._pending_bytes += len(piece)
        if self._pending_bytes > _WRITTEN_AT_ONCE:
            self._write()

    def traces(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """Give each trace with its pieces: those that began first in the files first, and pieces in the order of the files."""
        self._write()
        for key, places in self._places.items():
            pieces: list[bytes] = []
            for position in range(0, len(places), 2):
                self._file.seek(places[position])
                pieces.append(self._file.read(places[position + 1]))
            yield key, pieces

    def _write(self) -> None:
        self._file.seek(self._end - self._pending_bytes)
        self._file.write(b"".join(self._pending))
        self._pending, self._pending_bytes = [], 0
