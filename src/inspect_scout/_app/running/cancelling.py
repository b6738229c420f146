"""Cancelling a scan that runs in another process of this machine, as Ctrl-C does there."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from ..._results import local_holder
from ..._support.errors import NotAvailableError, ScanStateError
from ..._support.storage import normalize, storage_for


async def cancel_scan(location: str, is_ours: Callable[[int], bool]) -> int:
    """Ask the process that is at work on a scan to end it; what is recorded is kept. Asked again, it ends at once.

    Args:
        location: Directory of the scan.
        is_ours: Whether a process was started by `Runs`: it may have been told to ignore Ctrl-C, as what shells start in
            the background is, and takes SIGTERM in the same way.

    Returns:
        The number of the process.

    Raises:
        ScanStateError: Nobody is at work on it, or a process of another machine, or this process.
    """
    folder = normalize(location)
    holder = await local_holder(storage_for(folder), folder)
    if holder.pid == os.getpid():
        raise ScanStateError(
            f"The scan at {folder!r} runs in the process of this server; interrupt it where it was started."
        )
    if os.name == "nt":
        raise NotAvailableError("cancelling a scan of another process on Windows")
    try:
        os.kill(holder.pid, signal.SIGTERM if is_ours(holder.pid) else signal.SIGINT)
    except OSError as error:  # it has just ended, or is another user's
        raise ScanStateError(f"The process {holder.pid} that runs {folder!r} cannot be interrupted: {error}.") from None
    return holder.pid
