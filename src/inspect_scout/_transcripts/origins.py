"""Which content was asked for, as text in results, and read back."""

from __future__ import annotations

from typing import Any

from .._support.json import dumps, loads
from .._types import TranscriptContent


def view_text(view: TranscriptContent) -> str:
    """Write which content is asked for, for `InputOrigin.view`."""
    # Filters may be any collection of names; JSON knows lists.
    wanted: dict[str, Any] = vars(view)
    return dumps(
        {
            key: value if value is None or isinstance(value, str | bool) else sorted(value)
            for key, value in wanted.items()
        }
    )


def view_of(text: str) -> TranscriptContent:
    """Read which content is asked for."""
    return TranscriptContent(**loads(text))
