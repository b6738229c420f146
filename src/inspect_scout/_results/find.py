"""Finding scan directories."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .._support.errors import ScoutError, StorageError
from .._support.regular import warn_of_skipped
from .._support.storage import Storage, for_each, is_local, local_path, normalize, storage_for
from .layout import SCAN_PREFIX, file_name

logger = logging.getLogger(__name__)

T = TypeVar("T")

_DEPTH = 12


@dataclass(frozen=True, slots=True)
class FoundScans:
    """Scans below a location.

    Args:
        storage: Where they are.
        root: The location.
        folders: Their directories.
    """

    storage: Storage
    root: str
    folders: Sequence[str]

    async def read_each(self, read: Callable[[str], Awaitable[T]]) -> list[T]:
        """Read something of each; those of which it cannot be read are left out."""

        async def read_one(folder: str) -> list[T]:
            try:
                return [await read(folder)]
            except StorageError as error:
                logger.warning("Left out of the list of scans: %s", error)
            except ScoutError as error:
                logger.debug("Left out of the list of scans: %s", error)  # removed meanwhile, or not a scan
            return []

        return [one for found in await for_each(self.root, self.folders, read_one) for one in found]


async def find_scans(location: str, storage: Storage | None = None) -> FoundScans:
    """Find the scan directories at and below a location, whatever their depth; a missing location holds none.

    Args:
        location: Where scans are kept.
        storage: Where that is (None: what serves the location).
    """
    where = storage if storage is not None else storage_for(location)
    root = normalize(location) if is_local(location) else location
    if file_name(root.rstrip("/")).startswith(SCAN_PREFIX):
        return FoundScans(where, root, [root.rstrip("/")])
    return FoundScans(where, root, await _below(where, root, _DEPTH))


async def _below(storage: Storage, folder: str, depth: int) -> list[str]:
    # The depth is limited because links may lead in circles.
    found: list[str] = []
    if is_local(folder):
        warn_of_skipped(local_path(folder), lambda name: name.startswith(SCAN_PREFIX), deep=False)
    try:
        folders = await storage.folders(folder)
    except StorageError as error:
        if depth == _DEPTH or not is_local(folder):
            raise
        logger.warning("Left out of the list of scans: %s", error)
        return []
    for below in folders:
        name = file_name(below)
        if name.startswith(SCAN_PREFIX):
            found.append(below)
        elif depth and not name.startswith("."):
            found += await _below(storage, below, depth - 1)
    return found
