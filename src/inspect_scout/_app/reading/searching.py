"""Searches that are told as they go on, and end when nobody listens any more."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import anyio
import anyio.to_thread

from ..._support.errors import ScoutError
from ..._transcripts import ByteSource, IndexedSample, MemoryBytes, SampleError, TextMatcher, stored_json
from .corpus import Corpus, TranscriptSelection
from .finding import TranscriptSearch
from .records import ItemKind, TranscriptFindProgress, TranscriptHit
from .sample import OpenedTranscript

if TYPE_CHECKING:
    from ..._types import TranscriptInfo
    from .transcript_cache import Locations, TranscriptCache

Found = TranscriptHit | TranscriptFindProgress

# What is read as a whole, to see whether it has the text at all: three times this in memory for each that searches.
_WHOLE_BYTES: Final = 8 << 20
# A search that waits for its turn holds nothing but what it has found.
_SEARCHERS: Final = anyio.CapacityLimiter(4)
_TOLD_SECONDS: Final = 0.25
_SHOWN_PROBLEMS: Final = 20
_TOO_LONG: Final = (
    "The search took longer than {seconds:g} seconds; search for something that is rarer, or among fewer."
)


@dataclass(frozen=True, slots=True)
class FindRequest:
    """What is sought.

    Args:
        matcher: The text.
        kinds: In messages, in events, or in both.
        limit: Items that are told; more are counted.
        seconds: How long is searched at most.
    """

    matcher: TextMatcher
    kinds: tuple[ItemKind, ...] = ("message",)
    limit: int = 1000
    seconds: float = 60.0


async def find_in_transcript(
    cache: TranscriptCache, locations: Locations, id: str, request: FindRequest
) -> AsyncGenerator[Found]:
    """Look for a text in a transcript: what is found in order, and how far the search has come.

    Raises:
        LocationError: There is no such transcript.
        LogReadError: It cannot be read.
    """
    deadline = time.monotonic() + request.seconds
    async with cache.open(locations, id) as opened:
        search = TranscriptSearch(opened, request.matcher, request.kinds)
        told = 0
        stopped = None
        batches = search.batches()
        while (hits := await opened.run(lambda: next(batches, None), _SEARCHERS)) is not None:
            for hit in hits[: max(0, request.limit - told)]:
                told += 1
                yield hit
            yield search.progress
            if time.monotonic() > deadline:
                stopped = _TOO_LONG.format(seconds=request.seconds)
                break
        yield replace(search.progress, done=True, stopped=stopped)


async def find_in_corpus(
    cache: TranscriptCache, locations: Locations, selection: TranscriptSelection, request: FindRequest
) -> AsyncGenerator[Found]:
    """Look for a text in many transcripts; `searched` counts transcripts.

    Raises:
        LocationError: There are no transcripts.
        UnknownNameError: A condition or the order names a column that no transcript has.
        ConfigError: A condition cannot be used.
    """
    deadline = time.monotonic() + request.seconds
    corpus = await cache.corpus(locations)
    chosen = await anyio.to_thread.run_sync(corpus.select, selection)
    progress = TranscriptFindProgress(0, 0, 0, len(chosen))
    told_at, told = time.monotonic(), 0
    for position in chosen:
        hits, problem = await _search_one(corpus, position, request)
        for hit in hits[: max(0, request.limit - told)]:
            told += 1
            yield hit
        problems = (*progress.problems, problem) if problem else progress.problems
        progress = replace(
            progress,
            searched=progress.searched + 1,
            items=progress.items + len(hits),
            matches=progress.matches + sum(hit.count for hit in hits),
            problems=problems[:_SHOWN_PROBLEMS],
        )
        now = time.monotonic()
        if now > deadline:
            progress = replace(progress, stopped=_TOO_LONG.format(seconds=request.seconds))
            break
        if now - told_at >= _TOLD_SECONDS:
            told_at = now
            yield progress
    yield replace(progress, done=True)


async def _search_one(
    corpus: Corpus, position: int, request: FindRequest
) -> tuple[Sequence[TranscriptHit], str | None]:
    try:
        (info,) = corpus.index.infos([position])
        source = await stored_json(await corpus.source.locate(info))
        return await anyio.to_thread.run_sync(_hits_in, source, info, request, limiter=_SEARCHERS), None
    except (ScoutError, SampleError) as error:
        return (), str(error)


def _hits_in(source: ByteSource, info: TranscriptInfo, request: FindRequest) -> list[TranscriptHit]:
    if source.size <= _WHOLE_BYTES:
        data = source.read()
        if not request.matcher.may_match(data):
            return []
        source = MemoryBytes(data)
    opened = OpenedTranscript(info, IndexedSample(source), "", 0)
    try:
        opened.sample.fill()
        return [
            replace(hit, transcript_id=info.transcript_id)
            for hit in _all(TranscriptSearch(opened, request.matcher, request.kinds).batches())
        ]
    finally:
        opened.retire()


def _all(batches: Iterator[list[TranscriptHit]]) -> Iterator[TranscriptHit]:
    for batch in batches:
        yield from batch
