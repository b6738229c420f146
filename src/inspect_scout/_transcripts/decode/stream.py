"""Big samples, read item by item.

A first pass splits the sample (`splitter`) and keeps the raw items asked for in temporary files, because messages and
events come before the attachments and pools that they refer to. Each iteration then reads them back and makes one
object at a time. Measured on one sample of 264 MB with zstd decompression (CPU seconds and growth of peak memory,
single runs on a shared machine with 2 cores): messages 1.3 s and 5 MB, tool events 1.2 s and 6 MB, everything 3.6 s and
12 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import anyio.to_thread

from ..._types import Transcript, TranscriptContent, TranscriptInfo
from .handle import MakeError, MaterializedHandle, Part
from .repair import is_incomplete
from .sample import decode_sample
from .source import ByteSource
from .stored_sample import StoredSample, StoredSampleReader
from .views import assemble_transcript

STREAM_THRESHOLD_BYTES: Final = 64 * 1024 * 1024
"""Size of a sample's JSON from which reading it item by item pays."""


def open_sample(
    source: ByteSource, info: TranscriptInfo, content: TranscriptContent, make_error: MakeError | None = None
) -> MaterializedHandle:
    """Open what is asked for of one sample, to be read item by item.

    Memory holds one item, what it refers to, and some recently used shared parts. A sample whose timeline is asked
    for is read as a whole when first used.

    Args:
        source: The JSON of the sample; read again and again until the handle is closed.
        info: What the index knows about it.
        content: What to read.
        named: Makes the error that is raised in the place of SampleError (None: it is raised as it is).

    Returns:
        A handle that reads nothing before it is used, and then fails as `decode_sample` does.
    """
    if content.timeline is None:
        return StreamingHandle(source, info, content, make_error)

    async def load() -> Transcript:
        """Read it as a whole, away from the event loop."""
        return (await anyio.to_thread.run_sync(decode_sample, source, info, content)).transcript

    return MaterializedHandle(info, load, content, make_error)


class StreamingHandle(MaterializedHandle):
    """A sample read item by item from temporary files; made by `open_sample`."""

    def __init__(
        self, source: ByteSource, info: TranscriptInfo, content: TranscriptContent, make_error: MakeError | None
    ) -> None:
        super().__init__(info, self._read_all, content, make_error)
        self._source, self._wanted = source, content
        self._stored: StoredSample | None = None
        self._seen: dict[Part, int] = {}

    @property
    def incomplete(self) -> int:
        """Messages and events read so far that could be read only in part."""
        return sum(self._seen.values()) if self._transcript is None else super().incomplete

    async def aclose(self) -> None:
        """Delete the temporary files; using the handle afterwards raises RuntimeError."""
        await super().aclose()
        async with self._lock:
            if self._stored is not None:
                self._stored.close()
            self._stored = self._transcript = None

    async def _items(self, part: Part) -> Iterable[Any]:
        async with self._lock:
            self._check_open()
            return self._read_part(part, await self._stored_sample())

    def _read_part(self, part: Part, stored: StoredSample) -> Iterator[Any]:
        reader, incomplete = StoredSampleReader(stored, self.info, self._wanted, bounded=True), 0
        for item in getattr(reader, part)():
            if is_incomplete(item):
                incomplete += 1
                # several iterations see the same items
                self._seen[part] = max(self._seen.get(part, 0), incomplete)
            yield item
        reader.report()

    async def _stored_sample(self) -> StoredSample:
        """Run the first pass, once; the lock is held."""
        if self._stored is None:
            self._stored = await anyio.to_thread.run_sync(StoredSample.fill, self._source, self._wanted)
        return self._stored

    async def _read_all(self) -> Transcript:
        stored = await self._stored_sample()

        def assembled() -> Transcript:
            # everything shared is kept, so that equal parts stay one object as when read in one go
            reader = StoredSampleReader(stored, self.info, self._wanted, bounded=False)
            made = assemble_transcript(
                self.info,
                messages=list(reader.messages()),
                events=list(reader.events()),
                timelines=[],
                metadata=stored.metadata(self.info),
            )
            reader.report()
            return made

        return await anyio.to_thread.run_sync(assembled)
