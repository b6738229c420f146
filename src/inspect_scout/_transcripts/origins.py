"""Where content can be found again: as text in results, and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._support.errors import ConfigError
from .._support.json import dumps, loads
from .._types import InputOrigin, Transcript, TranscriptContent, TranscriptInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    Reader = Callable[[InputOrigin, TranscriptInfo], Transcript]


def read_origin(origin: InputOrigin, info: TranscriptInfo) -> Transcript:
    """Read content again from where it was found.

    Args:
        origin: Where it was found.
        info: Description of the transcript.

    Raises:
        LogReadError: The log or database is gone, or the transcript has changed since.
        ConfigError: No source of this kind is known.
    """
    readers = _readers()
    read = readers.get(origin.source)
    if read is None:
        known = ", ".join(map(repr, readers))
        raise ConfigError(f"Cannot read content from a source of type {origin.source!r}: known are {known}.")
    return read(origin, info)


def _readers() -> dict[str, Reader]:
    from .database.source import read_origin as read_database
    from .eval_log.located import read_origin as read_log

    return {"eval_log": read_log, "database": read_database}


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
