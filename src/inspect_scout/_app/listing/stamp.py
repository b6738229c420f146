"""What the files of a scan are like: as long as that stays, so does what they say."""

from __future__ import annotations

import time

from ..._support.storage import storage_for
from .off_loop import off_loop

_STABLE_SECONDS = 2.0
"""A file changed twice within a tick of the clock of its disk looks unchanged."""


async def files_stamp(location: str) -> str | None:
    """Name the state of the files of a scan; None while they are so new that it may not tell them apart.

    Args:
        location: Directory of the scan.
    """
    entries = await off_loop(location, lambda: storage_for(location).list(location))
    if not entries or max(entry.modified for entry in entries) > time.time() - _STABLE_SECONDS:
        return None
    return repr([(entry.path, entry.size, entry.etag, entry.modified) for entry in entries])
