"""The public functions that read the files of one format, one transcript after the other."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from .._transcripts import decode_stored
from .._types import TranscriptContent
from .catalog import format_named, items_at
from .source import read_item

if TYPE_CHECKING:
    import os

    from .._types import Transcript
    from .contract import TraceFormat, TraceItem

logger = logging.getLogger("inspect_scout")

_EVERYTHING = TranscriptContent(messages="all", events="all", timeline="all")


async def claude_code(
    path: str | os.PathLike[str] | None = None,
    session_id: str | None = None,
    from_time: datetime | None = None,
    to_time: datetime | None = None,
    limit: int | None = None,
) -> AsyncIterator[Transcript]:
    """Read sessions of Claude Code, those written last first.

    What cannot be read is named in a warning and passed over.

    Args:
        path: A session, the folder of a project, or a folder of these (None: `~/.claude/projects`). A folder that holds no
            sessions itself is taken for a project whose sessions are there.
        session_id: Only this session.
        from_time: Only files written at this time or later (without a zone: local time).
        to_time: Only files written before this time.
        limit: Transcripts at most (None: all).

    Yields:
        The transcripts.

    Raises:
        LocationError: There is nothing at the path.

    Example:
        ```python
        async for transcript in claude_code("~/.claude/projects/my-project", limit=10):
            print(transcript.task_id, transcript.total_tokens)
        ```
    """
    place = _claude_place(path)
    async for transcript in _read("claude_code", place, session_id, from_time, to_time, limit):
        yield transcript


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


async def _read(
    name: str,
    path: Path,
    session_id: str | None,
    from_time: datetime | None,
    to_time: datetime | None,
    limit: int | None,
) -> AsyncIterator[Transcript]:
    count = 0
    for reader, item in await anyio.to_thread.run_sync(_wanted, name, path, from_time, to_time):
        if count == limit:
            return
        found, problems = await anyio.to_thread.run_sync(read_item, reader, item)
        for problem in problems:
            logger.warning("%s", problem)
        for each in found:
            if session_id is not None and session_id not in (each.info.source_id, each.info.transcript_id):
                continue
            if count == limit:
                return
            count += 1
            loaded = await anyio.to_thread.run_sync(decode_stored, each.raw, each.info, _EVERYTHING)
            yield loaded.transcript


def _wanted(
    name: str, path: Path, from_time: datetime | None, to_time: datetime | None
) -> list[tuple[TraceFormat, TraceItem]]:
    since = None if from_time is None else from_time.timestamp() * 1e9
    until = None if to_time is None else to_time.timestamp() * 1e9
    found = [
        (reader, item)
        for reader, item in items_at(str(path), (format_named(name),))
        if (since is None or item.modified >= since) and (until is None or item.modified < until)
    ]
    return sorted(found, key=lambda one: -one[1].modified)
