"""What is kept between two questions about transcripts, all of it bounded: indexes of locations, and open transcripts."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

import anyio
import anyio.to_thread

from ..._query import Query
from ..._support.errors import ScoutError
from ..transcript_source import open_source
from .corpus import Corpus
from .sample import OpenedTranscript

if TYPE_CHECKING:
    from ..._transcripts import TranscriptSource

T = TypeVar("T")
Locations = tuple[str, ...]

_FRESH_SECONDS: Final = 1.0
_UNVERSIONED_SECONDS: Final = 30.0
_LOCKS: Final = 16
# Questions are of the processor: more at once only hold more memory.
_ASKERS: Final = anyio.CapacityLimiter(4)
# A list that changes all the time is shown as it was before, rather than never.
_WAIT_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class CacheLimits:
    """How much is kept.

    Args:
        locations: Locations whose index is kept.
        samples: Transcripts that are open at once, about.
        sample_bytes: Bytes of their JSON on disk, about.
        idle_seconds: After how long one that nobody asks for is closed.
    """

    locations: int = 4
    samples: int = 16
    sample_bytes: int = 4 << 30
    idle_seconds: float = 300.0


@dataclass(slots=True)
class _Shelf:
    """What is kept of one location."""

    source: TranscriptSource | None = None
    corpus: Corpus | None = None
    version: object = None
    checked_at: float = float("-inf")
    renewed_at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    renewal: asyncio.Task[Corpus] | None = None


class TranscriptCache:
    """Answers where transcripts are, keeping what it learns. Used in one event loop.

    Args:
        limits: How much is kept.
        clock: Gives seconds.
    """

    def __init__(self, limits: CacheLimits | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits, self._clock = limits or CacheLimits(), clock
        self._shelves: OrderedDict[Locations, _Shelf] = OrderedDict()
        self._opened: OrderedDict[tuple[Locations, str], OpenedTranscript] = OrderedDict()
        self._opening = [asyncio.Lock() for _ in range(_LOCKS)]
        self._sweep: asyncio.TimerHandle | None = None

    async def corpus(self, locations: Locations) -> Corpus:
        """Give the index of some locations, as it is now or was a second ago.

        Args:
            locations: Where the transcripts are (none: where the project or the usual folders have them).

        Raises:
            LocationError: There are none.
            LogReadError: None of the logs can be read.
        """
        shelf = self._shelves.setdefault(locations, _Shelf())
        self._shelves.move_to_end(locations)
        while len(self._shelves) > self._limits.locations:
            self._shelves.popitem(last=False)
        try:
            async with shelf.lock:
                source = shelf.source
                if source is None:
                    source = shelf.source = await anyio.to_thread.run_sync(open_source, locations)
                return await self._current(shelf, source)
        except ScoutError:
            self._shelves.pop(locations, None)
            raise

    async def ask(self, locations: Locations, question: Callable[[Corpus], T]) -> T:
        """Ask the index of some locations, in a thread."""
        corpus = await self.corpus(locations)
        return await anyio.to_thread.run_sync(question, corpus, limiter=_ASKERS)

    async def ask_transcript(self, locations: Locations, id: str, question: Callable[[OpenedTranscript], T]) -> T:
        """Ask an open transcript, in a thread.

        Raises:
            LocationError: There is no such transcript.
            LogReadError: It cannot be read.
        """
        async with self.open(locations, id) as opened:
            return await opened.run(lambda: question(opened))

    @asynccontextmanager
    async def open(self, locations: Locations, id: str) -> AsyncGenerator[OpenedTranscript]:
        """Open a transcript, or give the one that is open if it has not changed.

        Raises:
            LocationError: There is no such transcript.
            LogReadError: It cannot be read.
        """
        opened = await self._find(locations, id)
        try:
            with opened.in_use():
                yield opened
        finally:
            opened.used_at = self._clock()
            self._close_some()

    def close(self) -> None:
        """Close all that is open."""
        while self._opened:
            self._opened.popitem()[1].retire()
        if self._sweep is not None:
            self._sweep.cancel()

    async def _current(self, shelf: _Shelf, source: TranscriptSource) -> Corpus:
        now = self._clock()
        if shelf.corpus is not None and shelf.renewal is None:
            if now - shelf.checked_at < _FRESH_SECONDS:
                return shelf.corpus
            if (version := await _version(source)) == shelf.version:
                shelf.checked_at = now
                return shelf.corpus
            shelf.version = version
        if shelf.renewal is None:
            shelf.renewal, shelf.renewed_at = asyncio.create_task(self._index(shelf, source)), now
        left = max(0.0, shelf.renewed_at + _WAIT_SECONDS - now)
        done, _ = await asyncio.wait([shelf.renewal], timeout=None if shelf.corpus is None else left)
        if not done:
            assert shelf.corpus is not None
            return shelf.corpus
        task, shelf.renewal = shelf.renewal, None
        shelf.corpus = await task
        shelf.checked_at = now
        return shelf.corpus

    async def _index(self, shelf: _Shelf, source: TranscriptSource) -> Corpus:
        # First the version: what changes while the index is made makes it old.
        shelf.version = version = await _version(source)
        index = await source.index(Query())
        digest = hashlib.sha256(repr(version).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return Corpus(source, index, digest)

    async def _find(self, locations: Locations, id: str) -> OpenedTranscript:
        corpus, key = await self.corpus(locations), (locations, id)
        async with self._opening[hash(key) % _LOCKS]:
            opened = self._opened.get(key)
            if opened is not None and opened.is_fresh(self._clock() - _FRESH_SECONDS):
                self._opened.move_to_end(key)
                opened.used_at = self._clock()
                return opened
            info = await anyio.to_thread.run_sync(corpus.info, id, limiter=_ASKERS)
            located = await corpus.source.locate(info)
            version = located.fingerprint or corpus.version
            if opened is not None and (opened.version != version or opened.sample.failed):
                self._opened.pop(key).retire()
                opened = None
            if opened is None:
                opened = self._opened[key] = await OpenedTranscript.open(located, info, version)
            self._opened.move_to_end(key)
            opened.used_at = opened.checked_at = self._clock()
            return opened

    def _close_some(self) -> None:
        """Close what was not asked for in a while, and the oldest of what is too much."""
        limits, now = self._limits, self._clock()
        held = sum(opened.expected_size for opened in self._opened.values())
        for key, opened in list(self._opened.items()):
            much = len(self._opened) > limits.samples or held > limits.sample_bytes
            if not opened.users and (much or now - opened.used_at >= limits.idle_seconds):
                held -= opened.expected_size
                self._opened.pop(key).retire()
        if self._opened and (self._sweep is None or self._sweep.when() <= asyncio.get_running_loop().time()):
            self._sweep = asyncio.get_running_loop().call_later(limits.idle_seconds + 1, self._close_some)


async def _version(source: TranscriptSource) -> object:
    from ..._transcripts import HasVersion

    if isinstance(source, HasVersion):
        return await source.version()
    return int(time.monotonic() // _UNVERSIONED_SECONDS)
