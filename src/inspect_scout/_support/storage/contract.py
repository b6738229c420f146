"""The contract of storages."""

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

    What is built on storages relies on two more things. `create` is atomic between all processes and machines: of any
    number of writers of one path exactly one succeeds, and a storage that cannot promise this raises StorageError. And
    listing is consistent: `list`, `folders`, `stat` and `read` know of a file as soon as the call that wrote it has
    returned, and no longer once the call that deleted it has returned, in every process.

    Coroutines wait without holding up the event loop, except for local files, where calls are short. What is not a
    coroutine (`open_read`, `open_write` and their files) blocks: for remote locations call it in `run_blocking`.
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
        """Write a file that must not exist yet; raises FileExistsError if it does."""
        ...

    async def list(self, prefix: str, *, recursive: bool = True) -> list[Entry]:
        """List the files below a folder, sorted by path; a missing folder has none."""
        ...

    async def stat(self, path: str) -> Entry | None:
        """Describe a file, or None if there is none."""
        ...

    async def delete(self, path: str) -> None:
        """Delete a file; a missing one is not an error."""
        ...

    async def delete_tree(self, prefix: str) -> None:
        """Delete a folder with all that is in it; a missing one is not an error."""
        ...

    def open_read(self, path: str, entry: Entry | None = None) -> BinaryIO:
        """Open a file for reading at any position.

        Args:
            path: The file.
            entry: What `list` or `stat` said of the file: a remote storage then need not ask again. If the file has
                changed since, StorageError is raised here or by the first read that has to fetch something.
        """
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
