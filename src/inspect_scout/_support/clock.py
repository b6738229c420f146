"""Time, as a seam: the product uses the system's, tests one that jumps."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the time is."""

    def now(self) -> datetime:
        """Local time with its offset."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Local time with its offset."""
        return datetime.now().astimezone()

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()


SYSTEM_CLOCK: Clock = SystemClock()

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def format_age(seconds: float) -> str:
    """Write how old something is, in the largest unit that it has two of, or seconds: "45s", "90m", "30h", "12d"."""
    whole = max(0, int(seconds))
    for length, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        if whole >= 2 * length:
            return f"{whole // length}{unit}"
    return f"{whole}s"


class JumpingClock:
    """A clock for tests: time passes only when it is told to."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start or datetime(2026, 1, 1, tzinfo=UTC)
        self._elapsed = 0.0

    def now(self) -> datetime:
        """Start time plus the seconds jumped."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Seconds jumped."""
        return self._elapsed

    def jump(self, seconds: float) -> None:
        """Let time pass."""
        self._elapsed += seconds
