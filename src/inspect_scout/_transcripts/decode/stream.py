"""Big samples, read item by item.

A first pass cuts the sample (`cutter`) and keeps the raw items asked for in temporary files, because messages and
events come before the attachments and pools that they refer to. Each iteration then reads them back and makes one
object at a time. Measured on one sample of 264 MB with zstd decompression (CPU seconds and growth of peak memory,
single runs on a shared machine with 2 cores): messages 1.3 s and 5 MB, tool events 1.2 s and 6 MB, everything 3.6 s and
12 MB.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Final, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread
from inspect_ai.event import Event
from inspect_ai.model import ChatMessage

from ..._types import Transcript, TranscriptContent, TranscriptHandle, TranscriptInfo
from .handle import CHECKPOINT_ITEMS, Closable, MaterializedHandle
from .mending import count_incomplete, is_incomplete
from .sample import decode_sample
from .source import ByteSource
from .stored import Replay, Stored
from .views import assemble

T = TypeVar("T", ChatMessage, Event)

SPOOL_THRESHOLD_BYTES: Final = 64 * 1024 * 1024
"""Size of a sample's JSON from which reading it item by item pays."""


def open_sample(source: ByteSource, info: TranscriptInfo, content: TranscriptContent) -> TranscriptHandle:
    """Open what is asked for of one sample, to be read item by item.

    Memory holds one item, what it refers to, and some recently used shared parts. A sample whose timeline is asked
    for is read as a whole when first used.

    Args:
        source: The JSON of the sample; read again and again until the handle is closed.
        info: What the index knows about it.
        content: What to read.

    Returns:
        A handle that reads nothing before it is used, and then raises SampleError as `decode_sample` does.
    """
    if content.timeline is None:
        return SpooledHandle(source, info, content)

    async def load() -> Transcript:
        """Read it as a whole, away from the event loop."""
        decoded = await anyio.to_thread.run_sync(decode_sample, source, info, content)
        return decoded.transcript

    return MaterializedHandle(info, load, content)


class SpooledHandle(Closable):
    """A sample read item by item from temporary files.

    Args:
        source: Its JSON.
        info: Its description.
        content: What to read.
    """

    def __init__(self, source: ByteSource, info: TranscriptInfo, content: TranscriptContent) -> None:
        super().__init__(info)
        self._source, self._content = source, content
        self._lock = anyio.Lock()
        self._stored: Stored | None = None
        self._transcript: Transcript | None = None
        self._incomplete = {"messages": 0, "events": 0}

    @property
    def incomplete(self) -> int:
        """Messages and events read so far that could be read only in part."""
        return sum(self._incomplete.values())

    def messages(self) -> AsyncIterator[ChatMessage]:
        """Iterate over the messages."""
        self._check_open()
        return self._iterate("messages", lambda reading: reading.messages())

    def events(self) -> AsyncIterator[Event]:
        """Iterate over the events."""
        self._check_open()
        return self._iterate("events", lambda reading: reading.events())

    async def load(self) -> Transcript:
        """Read everything asked for into memory, once."""
        self._check_open()
        stored = await self._spooled()
        async with self._lock:
            self._check_open()
            if self._transcript is None:
                self._transcript = loaded = await anyio.to_thread.run_sync(self._assemble, stored)
                self._incomplete = {
                    "messages": count_incomplete(loaded.messages),
                    "events": count_incomplete(loaded.events),
                }
            return self._transcript

    async def aclose(self) -> None:
        """Delete the temporary files; using the handle afterwards raises RuntimeError."""
        await super().aclose()
        async with self._lock:
            if self._stored is not None:
                self._stored.close()
            self._stored = self._transcript = None

    async def _iterate(self, part: str, items: Callable[[Replay], Iterable[T]]) -> AsyncIterator[T]:
        incomplete = 0
        replay = Replay(await self._spooled(), self._info, self._content, bounded=True)
        for position, item in enumerate(items(replay)):
            if position % CHECKPOINT_ITEMS == CHECKPOINT_ITEMS - 1:
                await anyio.lowlevel.checkpoint()
            if is_incomplete(item):
                incomplete += 1
                # several iterations see the same items
                self._incomplete[part] = max(self._incomplete[part], incomplete)
            yield item
            self._check_open()
        replay.report()

    async def _spooled(self) -> Stored:
        async with self._lock:
            self._check_open()
            if self._stored is None:
                self._stored = await anyio.to_thread.run_sync(Stored.fill, self._source, self._content)
            return self._stored

    def _assemble(self, stored: Stored) -> Transcript:
        # everything shared is stored, so that equal parts stay one object as when read in one go
        replay = Replay(stored, self._info, self._content, bounded=False)
        made = assemble(
            self._info,
            messages=list(replay.messages()),
            events=list(replay.events()),
            timelines=[],
            metadata=stored.metadata(self._info),
        )
        replay.report()
        return made
