"""An executor: scans of this machine wait for one another."""

from __future__ import annotations

import asyncio
import fcntl
import os
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from inspect_scout.executors import Job, LocalExecutor, RunJob, WorkerSetup

LOCK = Path(tempfile.gettempdir()) / f"scout-queue-{os.getuid()}"
POLL_SECONDS = 0.1


class QueuedExecutor:
    """Runs a scan in this process when no other queued scan of this machine is running.

    Args:
        units: Transcripts that are due.
        max_processes: Worker processes asked for; a queued scan has none, whatever is asked for.
    """

    def __init__(self, units: int, max_processes: int | None) -> None:
        self._local = LocalExecutor()

    @asynccontextmanager
    async def prepared(self, setup: WorkerSetup, location: str) -> AsyncGenerator[RunJob]:
        """Check whether the scan can run; the function that runs it waits for the others."""
        async with self._local.prepared(setup, location) as run_here:

            async def run(job: Job) -> None:
                with LOCK.open("w") as file:
                    while not _taken(file.fileno()):  # noqa: ASYNC110 - no event tells when another process is done
                        await asyncio.sleep(POLL_SECONDS)
                    await run_here(job)

            yield run


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True  # until the file is closed
