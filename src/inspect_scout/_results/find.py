"""Finding scan directories."""

from __future__ import annotations

import logging

from .._support.errors import StorageError
from .._support.regular import warn_of_skipped
from .._support.storage import Storage, is_local, local_path
from .layout import SCAN_PREFIX, file_name

logger = logging.getLogger(__name__)

_DEPTH = 12


async def scan_folders(storage: Storage, root: str) -> list[str]:
    """List the scan directories at and below a folder, whatever their depth."""
    if file_name(root.rstrip("/")).startswith(SCAN_PREFIX):
        return [root.rstrip("/")]
    return await _below(storage, root, _DEPTH)


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
