"""Taking scans away: those of this machine so that they can be taken back."""

from __future__ import annotations

from ..._results import delete_scan, move_scan
from ..._support.storage import is_local
from ..editing.trash import move_to_trash


async def trash_scan(location: str) -> None:
    """Move the directory of a scan to the trash; where there is none, as in object stores, delete it as `scout scan rm` does.

    Args:
        location: The directory.

    Raises:
        LocationError: It is not the directory of a scan, or holds more than a scan.
        ScanStateError: The scan is running.
        StorageError: It cannot be moved, or deleted.
    """
    await (move_scan(location, move_to_trash) if is_local(location) else delete_scan(location))
