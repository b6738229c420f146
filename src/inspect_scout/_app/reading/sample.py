"""One transcript, opened: its JSON outside of memory, and what was computed of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal, TypeVar, cast

import anyio
import anyio.to_thread

from ..._support.cache import Cache
from ..._support.errors import LocationError, LogReadError
from ..._transcripts import IndexedSample, SampleError, stored_json

if TYPE_CHECKING:
    from ..._transcripts import Located
    from ..._types import TranscriptInfo

T = TypeVar("T")

_FILLERS: Final = anyio.CapacityLimiter(4)
_READERS: Final = anyio.CapacityLimiter(16)
_KEPT_RESULTS: Final = 16


class OpenedTranscript:
    """A transcript, being read to its end in the background; what is there already can be asked for.

    Args:
        info: Its description.
        sample: Its JSON.
        version: What changes when its content does.
        expected_size: Bytes of its JSON, as far as that is known before it is read.
    """

    def __init__(self, info: TranscriptInfo, sample: IndexedSample, version: str, expected_size: int) -> None:
        self.info, self.sample, self.version, self.expected_size = info, sample, version, expected_size
        self.users, self._retired = 0, False
        self.used_at = self.checked_at = 0.0
        self._computed: Cache[Hashable, object] = Cache(_KEPT_RESULTS)
        self._filling: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, located: Located, info: TranscriptInfo, version: str) -> OpenedTranscript:
        """Open a transcript, and begin to read it.

        Raises:
            LogReadError: It cannot be read.
        """
        source = await stored_json(located)
        opened = cls(info, IndexedSample(source), version, source.size)
        fill = opened.sample.fill
        opened._filling = asyncio.create_task(anyio.to_thread.run_sync(fill, limiter=_FILLERS))
        return opened

    @property
    def stamp(self) -> str | None:
        """What changes when an answer about it may (None: it is still being read, and each may differ from the next)."""
        return self.version if self.sample.done and not self.sample.failed else None

    def is_fresh(self, since: float) -> bool:
        """Tell whether it was compared with its log after some time, and can be read."""
        return self.checked_at > since and not self.sample.failed

    async def run(self, work: Callable[[], T], limiter: anyio.CapacityLimiter = _READERS) -> T:
        """Work on the sample in a thread.

        Args:
            work: What to do.
            limiter: Of those who do so at once.

        Raises:
            LogReadError: The sample cannot be read.
        """
        try:
            return await anyio.to_thread.run_sync(work, limiter=limiter)
        except SampleError as error:
            raise LogReadError(self.info.source_uri or "", str(error), repr(self.info.transcript_id)) from error

    def raw(self, name: Literal["messages", "events"], number: int) -> bytes:
        """Read the JSON of an item by its number, from 1; called in a thread.

        Raises:
            LocationError: There is no such item.
        """
        count, _ = self.sample.count(name, number)
        if not 1 <= number <= count:
            letter = "M" if name == "messages" else "E"
            known = f"{name} are {letter}1 to {letter}{count}" if count else "this transcript has none"
            raise LocationError(f"There is no {name.removesuffix('s')} {letter}{number}: {known}.")
        return self.sample.raw(name, number - 1)

    def computed(self, name: Hashable, make: Callable[[], T]) -> T:
        """Compute something once for as long as the transcript is open; called in a thread."""
        return cast("T", self._computed.fetch(name, make))

    @contextmanager
    def in_use(self) -> Generator[None]:
        """Keep it open."""
        self.users += 1
        try:
            yield
        finally:
            self.users -= 1
            if self._retired and not self.users:
                self.sample.close()

    def retire(self) -> None:
        """Delete what is kept of it, once nobody uses it."""
        self._retired = True
        if not self.users:
            self.sample.close()
