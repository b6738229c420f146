"""Which values say that something was found; light, because counting for a list of scans needs it too."""

from __future__ import annotations

from typing import Any


def is_positive(value: Any) -> bool:
    """Tell whether a value says that something was found: not False, None, 0, "", "none", {} or []."""
    if isinstance(value, str):
        return bool(value) and value.lower() != "none"
    return bool(value)
