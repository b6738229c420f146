"""What is going on in a process at this moment."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field

from .pairs import Pairs


@dataclass(slots=True)
class Activity:
    """Counts of what is under way.

    Args:
        parsing: Transcripts being read.
        pairs: Pairs of transcript and scanner.
    """

    parsing: int = 0
    pairs: Pairs = field(default_factory=Pairs)

    @property
    def scanning(self) -> int:
        """Scanners at work."""
        return len(self.pairs)


def resident_bytes() -> int | None:
    """Memory that this process has in use; None where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


class Busyness:
    """Tells how much of a processor this process could use since it was last asked: what it used, and waited for.

    On a machine that others keep busy, too, a process that computes all the time gets half a processor or less.
    """

    def __init__(self) -> None:
        self._wanted, self._wall = _wanted_seconds(), time.monotonic()

    def share(self) -> float:
        """Processor seconds used or waited for in a second since the last call."""
        wanted, wall = _wanted_seconds(), time.monotonic()
        more, passed = wanted - self._wanted, wall - self._wall
        self._wanted, self._wall = wanted, wall
        return more / passed if passed > 0 else 0.0


def _wanted_seconds() -> float:
    waited = 0.0
    try:
        with open("/proc/self/schedstat", "rb") as file:  # of the main thread, where event loops run
            waited = int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        pass  # where the system does not say, what was used is all that is known
    return time.process_time() + waited
