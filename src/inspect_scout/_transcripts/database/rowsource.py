"""A row of a data file as the JSON of a sample, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from ..._support.errors import LocationError
from .datafile import DataFile


@dataclass(frozen=True, slots=True)
class Place:
    """A row of an open data file."""

    file: DataFile
    row: int


class RowSource:
    """Some cells of a row, read as one JSON object.

    Args:
        place: The row.
        names: Columns with content.
        again: Finds the row again when its file is gone.
    """

    def __init__(self, place: Place, names: Sequence[str], again: Callable[[], Place]) -> None:
        self._place, self._names, self._again = place, names, again

    @property
    def size(self) -> int:
        """Bytes of the content of the row, about."""
        return self._place.file.size(self._place.row)

    def read(self) -> bytes:
        """Read everything at once."""
        return b"".join(self.chunks())

    def chunks(self) -> Generator[bytes]:
        """Read anew, piece by piece."""
        try:
            raw = self._place.file.open_raw()
        except LocationError:
            self._place = self._again()
            raw = self._place.file.open_raw()
        file, row = self._place.file, self._place.row
        before = b"{"
        with raw:
            for name in self._names:
                yield before + b'"%b":' % name.encode()
                null = True
                for piece in file.pieces(raw, row, name):
                    null = False
                    yield piece
                if null:
                    yield b"null"
                before = b","
        yield b"}" if self._names else b"{}"
