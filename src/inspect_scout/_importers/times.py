"""Times as traces write them, as ISO text in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_SECONDS: Final = 1e11
"""Numbers below are seconds since 1970 (the year 5138), below a thousand times that milliseconds, and so on to nanoseconds."""


def time_of(value: object) -> str | None:
    """Read a time: ISO text or a number; None if it is neither.

    Text without a zone is local time of the machine that wrote it, which nobody knows: it is taken for UTC.

    Args:
        value: The time. Numbers may be seconds, milli-, micro- or nanoseconds since 1970: their size tells.
    """
    if isinstance(value, str):
        text = value.strip()
        if text.isdecimal():
            return time_of(int(text))
        try:
            return _iso(datetime.fromisoformat(text))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:  # NaN is not, either
        return None
    seconds = float(value)
    while seconds >= _SECONDS:
        seconds /= 1000
    try:
        return _iso(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, ValueError, OSError):
        return None


def _iso(time: datetime) -> str | None:
    try:
        return (time if time.tzinfo is not None else time.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except OverflowError:
        return None


def later(start: str | None, seconds: float | None) -> str | None:
    """Give the time some seconds after another one; None if either is unknown."""
    if start is None or seconds is None:
        return None
    return (datetime.fromisoformat(start) + timedelta(seconds=seconds)).isoformat()
