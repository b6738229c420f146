"""Taking scans away: those of this machine so that they can be taken back."""

from __future__ import annotations

from ..._results import deletable_files, delete_scan
from ..._support.storage import is_local, run_in_thread
from ..editing.trash import move_to_trash
from ..listing.off_loop import off_loop


async def trash_scan(location: str) -> None:
    """Move the directory of a scan to the trash; where there is none, as in object stores, delete it as `scout scan rm` does.

    Args:
        location: The directory.

    Raises:
        LocationError: It is not the directory of a scan, or holds more than a scan.
        ScanStateError: The scan is running.
        StorageError: It cannot be moved, or deleted.
    """
    if not is_local(location):
        await delete_scan(location)
        return
    files = await off_loop(location, lambda: deletable_files(location))
    await run_in_thread("", lambda: move_to_trash(files.location))
