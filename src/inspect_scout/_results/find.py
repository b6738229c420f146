"""Finding scan directories."""

from __future__ import annotations

from .._support.storage import Storage
from .layout import SCAN_PREFIX, file_name

_DEPTH = 12


async def scan_folders(storage: Storage, root: str) -> list[str]:
    """List the scan directories at and below a folder, whatever their depth."""
    if file_name(root.rstrip("/")).startswith(SCAN_PREFIX):
        return [root.rstrip("/")]
    return await _below(storage, root, _DEPTH)


async def _below(storage: Storage, folder: str, depth: int) -> list[str]:
    # The depth is limited because links may lead in circles.
    found: list[str] = []
    for below in await storage.folders(folder):
        name = file_name(below)
        if name.startswith(SCAN_PREFIX):
            found.append(below)
        elif depth and not name.startswith("."):
            found += await _below(storage, below, depth - 1)
    return found
