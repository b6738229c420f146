"""What every place that holds files can do."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """A file.

    Args:
        path: Full location, in the form that the other methods take.
        size: Bytes.
        etag: Text that changes when the content does.
        modified: Seconds since the epoch.
    """

    path: str
    size: int
    etag: str
    modified: float


class Storage(Protocol):
    """Files under full locations ("/data/x", "s3://bucket/x").

    A missing file raises LocationError, any other failure StorageError; both name the location.
    Writing is atomic: readers see the old content or the new, and a killed writer leaves the old.
    """

    async def read(self, path: str) -> bytes:
        """Read a whole file."""
        ...

    async def read_range(self, path: str, start: int, length: int) -> bytes:
        """Read `length` bytes from `start` (fewer at the end of the file)."""
        ...

    async def write(self, path: str, data: bytes) -> None:
        """Write a whole file atomically, making folders as needed."""
        ...

    async def create(self, path: str, data: bytes) -> None:
        """Write a file that must not exist yet; raises FileExistsError if it does, whoever made it."""
        ...

    async def list(self, prefix: str, *, recursive: bool = True) -> list[Entry]:
        """List the files below a folder, sorted by path; a missing folder has none."""
        ...

    async def stat(self, path: str) -> Entry | None:
        """Describe a file, or None if there is none."""
        ...

    async def delete(self, path: str) -> None:
        """Delete a file; a missing one is no error."""
        ...

    async def delete_tree(self, prefix: str) -> None:
        """Delete a folder with all that is in it; a missing one is no error."""
        ...

    def open_read(self, path: str) -> BinaryIO:
        """Open a file for reading at any position."""
        ...

    def open_write(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a file for writing in pieces: it appears at the end of the block, or not at all if the block raises."""
        ...

    async def folders(self, prefix: str) -> Sequence[str]:
        """List the direct sub-folders of a folder, sorted (full locations); a missing folder has none."""
        ...

    async def sweep(self, prefix: str) -> None:
        """Delete what killed writers left behind in a folder (not below it)."""
        ...
