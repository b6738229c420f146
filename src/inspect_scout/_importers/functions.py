"""The public functions that read the files of one format, one transcript after the other."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING

import anyio.to_thread

from .._transcripts import TraceProblem, decode_stored
from .item_reading import EVERYTHING
from .json_values import Json
from .wanted import Wanted

if TYPE_CHECKING:
    import os

    from .._transcripts import RawTranscript
    from .._types import Transcript
    from .contract import ReadTranscript
    from .origin import ImportOrigin

logger = logging.getLogger("inspect_scout")


def claude_code(
    path: str | os.PathLike[str] | None = None,
    session_id: str | None = None,
    from_time: datetime | None = None,
    to_time: datetime | None = None,
    limit: int | None = None,
) -> AsyncGenerator[Transcript, None]:
    """Read sessions of Claude Code, those written last first.

    What cannot be read is named in a warning and passed over.

    Args:
        path: A session, the folder of a project, or a folder of these (None: `~/.claude/projects`). A folder that holds no
            sessions itself is taken for a project whose sessions are there.
        session_id: Only this session.
        from_time: Only files written at this time or later (without a zone: local time).
        to_time: Only files written before this time.
        limit: Transcripts at most (None: all).

    Returns:
        The transcripts, one after the other.

    Raises:
        LocationError: There is nothing at the path.

    Example:
        ```python
        async for transcript in claude_code("traces/claude-code", limit=10):
            print(transcript.task_id, transcript.total_tokens)
        ```
    """
    return transcripts_of(Wanted("claude_code", path, session_id, from_time, to_time, limit))


def atif(
    path: str | os.PathLike[str] | None = None,
    session_id: str | None = None,
    from_time: datetime | None = None,
    to_time: datetime | None = None,
    limit: int | None = None,
) -> AsyncGenerator[Transcript, None]:
    """Read trajectories in ATIF, the interchange format of Harbor, those written last first.

    A trajectory is read with its continuations and its sub-agents, embedded or in files below its folder. What cannot be
    read is named in a warning and passed over.

    Args:
        path: A trajectory, or a folder that is looked through (None: nothing is read).
        session_id: Only trajectories of this session, or of this id.
        from_time: Only files written at this time or later (without a zone: local time).
        to_time: Only files written before this time.
        limit: Transcripts at most (None: all).

    Returns:
        The transcripts, one after the other.

    Raises:
        LocationError: There is nothing at the path.

    Example:
        ```python
        async for transcript in atif("traces/atif", limit=10):
            print(transcript.agent, transcript.total_tokens)
        ```
    """
    wanted = Wanted("atif", path, session_id, from_time, to_time, limit) if path is not None else None
    return transcripts_of(wanted)


class TraceStream(AsyncGenerator["Transcript", None]):
    """Transcripts, one after the other. A database takes them as they were read, which costs a third of making objects of them.

    Args:
        origin: Where they are from (None: nowhere).
    """

    def __init__(self, origin: ImportOrigin | None) -> None:
        self._origin = origin
        self._objects = self._decoded()

    async def asend(self, value: None) -> Transcript:
        """Give the next one."""
        return await self._objects.asend(value)

    async def athrow(self, *error: Json) -> Transcript:
        """Raise an error where the next one would be read."""
        return await self._objects.athrow(*error)

    async def aclose(self) -> None:
        """Read no more."""
        await self._objects.aclose()

    async def raw_rows(self) -> AsyncIterator[RawTranscript]:
        """Give them as they are stored."""
        async with contextlib.aclosing(_read(self._origin)) as found:
            async for one in found:
                yield one.raw

    async def _decoded(self) -> AsyncGenerator[Transcript, None]:
        async with contextlib.aclosing(_read(self._origin)) as found:
            async for one in found:
                yield (await anyio.to_thread.run_sync(decode_stored, one.raw, one.info, EVERYTHING)).transcript


def transcripts_of(origin: ImportOrigin | None) -> TraceStream:
    """Read the transcripts of an origin; what cannot be read is named in a warning."""
    return TraceStream(origin)


async def _read(origin: ImportOrigin | None) -> AsyncGenerator[ReadTranscript, None]:
    if origin is None:
        return
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
                yield one
            if count == origin.limit:
                return
