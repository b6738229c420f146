"""Which files are read, where nobody names each of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .._support.errors import ConfigError
from .known_formats import FORMATS, format_named, items_at

if TYPE_CHECKING:
    from .contract import ReadTranscript, TraceFormat, TraceItem


def _claude_place(path: str | os.PathLike[str] | None) -> Path:
    """Find the folder of the sessions of a project that was named by the folder that it works in."""
    sessions = Path("~/.claude/projects").expanduser()
    if path is None:
        return sessions
    given = Path(path).expanduser()
    if given.is_dir() and not any(given.rglob("*.jsonl")):
        encoded = "".join(c if c.isascii() and (c.isalnum() or c == "-") else "-" for c in str(given.absolute()))
        if (sessions / encoded).is_dir():
            return sessions / encoded
    return given


PLACES: Final[Mapping[str, Callable[[str | os.PathLike[str] | None], Path]]] = {
    "claude_code": _claude_place,
    "codex": lambda path: Path(path or os.environ.get("CODEX_HOME") or "~/.codex").expanduser(),
}
"""Where the programs of a format keep its files, if they have a place for them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files are imported.

    Args:
        format: Name of their format (None: any that is known).
        path: A file or a folder (None: where programs of this format keep them).
        session_id: Only this session.
        from_time: Only files written at this time or later.
        to_time: Only files written before.
        limit: Transcripts at most.
    """

    format: str | None = None
    path: str | os.PathLike[str] | None = None
    session_id: str | None = None
    from_time: datetime | None = None
    to_time: datetime | None = None
    limit: int | None = None

    def items(self) -> list[tuple[TraceFormat, TraceItem]]:
        """Find them, those written last first.

        Raises:
            LocationError: There is nothing at the path.
            ConfigError: No path is given, and the format has no place of its own.
        """
        formats = tuple(FORMATS.values()) if self.format is None else (format_named(self.format),)
        since = None if self.from_time is None else self.from_time.timestamp() * 1e9
        until = None if self.to_time is None else self.to_time.timestamp() * 1e9
        found = [
            one
            for one in items_at(str(self._place()), formats)
            if (since is None or one[1].modified >= since) and (until is None or one[1].modified < until)
        ]
        return sorted(found, key=lambda one: -one[1].modified)

    def takes(self, read: ReadTranscript) -> bool:
        """Whether a transcript of such a file is meant."""
        return self.session_id in (None, read.info.source_id, read.info.transcript_id)

    def _place(self) -> Path:
        place = PLACES.get(self.format or "")
        if place is None and self.path is None:
            raise ConfigError("Say where the files are: -P path=DIR, or scout import DIR.")
        return Path(self.path or "").expanduser() if place is None else place(self.path)
