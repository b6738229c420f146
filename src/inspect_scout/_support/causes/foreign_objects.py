"""Reading objects of foreign code, which may raise, return anything, or be endless."""

from __future__ import annotations

from typing import Any

_READ = 1_000_000
"""Characters of a text that anybody looks at."""


def safe_attribute(value: object, name: str) -> Any:
    """Read an attribute; None if there is none, or if reading it raises."""
    try:
        return getattr(value, name, None)
    except BaseException:  # noqa: BLE001 - a property of foreign code may raise anything, SystemExit too
        return None


def safe_text(value: object) -> str | None:
    """Read the text of an object, at most its beginning; None if that raises or returns anything else."""
    try:
        # Not a method of the text itself: it may be of a class of its own.
        return str.__getitem__(str(value), slice(_READ))
    except BaseException:  # noqa: BLE001 - `__str__` is foreign code
        return None
