"""The public functions that read the files of one format, one transcript after the other."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING

import anyio.to_thread

from .._transcripts import TraceProblem, decode_stored
from .item_reading import EVERYTHING
from .wanted import Wanted

if TYPE_CHECKING:
    import os

    from .._types import Transcript
    from .origin import ImportOrigin

logger = logging.getLogger("inspect_scout")


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
        async for transcript in claude_code("traces/claude-code", limit=10):
            print(transcript.task_id, transcript.total_tokens)
        ```
    """
    async for transcript in transcripts_of(Wanted("claude_code", path, session_id, from_time, to_time, limit)):
        yield transcript


async def atif(
    path: str | os.PathLike[str] | None = None,
    session_id: str | None = None,
    from_time: datetime | None = None,
    to_time: datetime | None = None,
    limit: int | None = None,
) -> AsyncIterator[Transcript]:
    """Read trajectories in ATIF, the interchange format of Harbor, those written last first.

    A trajectory is read with its continuations and its sub-agents, embedded or in files below its folder. What cannot be
    read is named in a warning and passed over.

    Args:
        path: A trajectory, or a folder that is looked through (None: nothing is read).
        session_id: Only trajectories of this session, or of this id.
        from_time: Only files written at this time or later (without a zone: local time).
        to_time: Only files written before this time.
        limit: Transcripts at most (None: all).

    Yields:
        The transcripts.

    Raises:
        LocationError: There is nothing at the path.

    Example:
        ```python
        async for transcript in atif("traces/atif", limit=10):
            print(transcript.agent, transcript.total_tokens)
        ```
    """
    if path is None:
        return
    async for transcript in transcripts_of(Wanted("atif", path, session_id, from_time, to_time, limit)):
        yield transcript


async def transcripts_of(origin: ImportOrigin) -> AsyncIterator[Transcript]:
    """Read the transcripts of an origin; what cannot be read is named in a warning."""
    count = 0
    async with origin.open() as items:
        async for item in items:
            if isinstance(item, TraceProblem):
                logger.warning("%s", item)
                continue
            async for one in item.read():
                if isinstance(one, TraceProblem):
                    logger.warning("%s", one)
                    continue
                if count == origin.limit:
                    return
                count += 1
                yield (await anyio.to_thread.run_sync(decode_stored, one.raw, one.info, EVERYTHING)).transcript
            if count == origin.limit:
                return
