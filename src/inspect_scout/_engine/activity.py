"""What is going on in a process at this moment."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass


@dataclass(slots=True)
class Activity:
    """Counts of what is under way.

    Args:
        parsing: Transcripts being read.
        scanning: Scanners at work.
    """

    parsing: int = 0
    scanning: int = 0


def resident_bytes() -> int | None:
    """Memory that this process has in use; None where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


class Busyness:
    """Tells how much of a processor this process has used since it was last asked."""

    def __init__(self) -> None:
        self._cpu, self._wall = time.process_time(), time.monotonic()

    def share(self) -> float:
        """Processor seconds used in a second since the last call."""
        cpu, wall = time.process_time(), time.monotonic()
        used, passed = cpu - self._cpu, wall - self._wall
        self._cpu, self._wall = cpu, wall
        return used / passed if passed > 0 else 0.0
