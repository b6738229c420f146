"""What a server asks of transcripts: every question is one async function of a cache."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from functools import partial
from typing import Final, Literal

from .agents import read_agents
from .attachments import AttachmentBody, read_attachment
from .bodies import event_body_of, message_body_of
from .citations import read_verdicts, resolve_citations
from .corpus import TranscriptSelection
from .events import EventReader
from .map_records import Minimap, Outline, TranscriptCitations
from .messages import MessageReader
from .outline import read_minimap, read_outline
from .pages import describe, transcript_columns, transcript_facet, transcript_neighbours, transcript_page
from .records import (
    AgentRange,
    EventRange,
    ItemBody,
    MessageRange,
    Neighbours,
    TranscriptColumns,
    TranscriptDescription,
    TranscriptFacet,
    TranscriptPage,
)
from .texts import clean_json
from .transcript_cache import Locations, TranscriptCache

FOLDED_CHARACTERS: Final = 4000
"""Characters of a message or an event that a range shows, where nothing else is asked for."""

_CHUNK_BYTES: Final = 1 << 20


async def list_stamp(cache: TranscriptCache, locations: Locations) -> str:
    """Tell what changes when an answer about the list of transcripts may."""
    return (await cache.corpus(locations)).version


async def transcript_stamp(cache: TranscriptCache, locations: Locations, id: str) -> str | None:
    """Tell what changes when an answer about what is in a transcript may (None: it is still being read).

    Raises:
        LocationError: There is no such transcript.
        LogReadError: It cannot be read.
    """
    async with cache.open(locations, id) as opened:
        return opened.stamp


async def list_transcripts(
    cache: TranscriptCache,
    locations: Locations,
    selection: TranscriptSelection,
    *,
    columns: Sequence[str] = (),
    cursor: str | None = None,
    limit: int = 100,
    start: int = 0,
) -> TranscriptPage:
    """Give a page of transcripts; see `transcript_page`."""
    return await cache.ask(locations, lambda corpus: transcript_page(corpus, selection, columns, cursor, limit, start))


async def list_columns(cache: TranscriptCache, locations: Locations) -> TranscriptColumns:
    """Tell what can be asked of transcripts; see `transcript_columns`."""
    return TranscriptColumns(locations, await cache.ask(locations, transcript_columns))


async def read_facets(
    cache: TranscriptCache, locations: Locations, where: Sequence[str], by: Sequence[str], limit: int
) -> tuple[TranscriptFacet, ...]:
    """Count transcripts by the values of columns; see `transcript_facet`."""
    return await cache.ask(locations, lambda corpus: tuple(transcript_facet(corpus, where, one, limit) for one in by))


async def read_neighbours(
    cache: TranscriptCache, locations: Locations, id: str, selection: TranscriptSelection
) -> Neighbours:
    """Find what stands beside a transcript; see `transcript_neighbours`."""
    return await cache.ask(locations, lambda corpus: transcript_neighbours(corpus, selection, id))


async def describe_transcript(cache: TranscriptCache, locations: Locations, id: str) -> TranscriptDescription:
    """Tell what is known of a transcript without reading it.

    Raises:
        LocationError: There is no such transcript.
        LogReadError: It is not where it was.
    """
    corpus = await cache.corpus(locations)
    info = await cache.ask(locations, lambda corpus: corpus.info(id))
    located = await corpus.source.locate(info)
    values = {name: clean_json(value) for name, value in describe(info).items()}
    return TranscriptDescription(id, values, located.size, located.fingerprint)


async def read_messages(
    cache: TranscriptCache,
    locations: Locations,
    id: str,
    *,
    start: int,
    stop: int,
    characters: int = FOLDED_CHARACTERS,
    offset: int = 0,
    timed: bool = False,
) -> MessageRange:
    """Read messages of a transcript, by their numbers; of each, some characters from an offset on.

    Args:
        cache: What is kept of transcripts.
        locations: Where the transcript is.
        id: Its id.
        start: Number of the first.
        stop: Number behind the last.
        characters: How much of each is shown.
        offset: The character of each at which what is shown begins.
        timed: Also say how long calls took, and what they used; that waits until all of the transcript is read.

    Raises:
        LocationError: There is no such transcript.
        LogReadError: It cannot be read.
    """
    return await cache.ask_transcript(
        locations,
        id,
        lambda opened: MessageReader(opened).range(start, stop, characters, offset=offset, timed=timed),
    )


async def read_events(
    cache: TranscriptCache,
    locations: Locations,
    id: str,
    *,
    start: int,
    stop: int,
    characters: int = FOLDED_CHARACTERS,
    types: Sequence[str] = (),
) -> EventRange:
    """Read events of a transcript, by their numbers, or by their places among those of some types.

    Raises:
        LocationError: There is no such transcript.
        LogReadError: It cannot be read.
    """
    return await cache.ask_transcript(
        locations, id, lambda opened: EventReader(opened).range(start, stop, characters, types)
    )


async def read_body(
    cache: TranscriptCache, locations: Locations, id: str, kind: Literal["message", "event"], number: int
) -> ItemBody:
    """Read one message or event as a whole.

    Raises:
        LocationError: There is no such transcript, message or event.
        LogReadError: The transcript cannot be read.
        TranscriptTooLargeError: The item is too large to be shown.
    """
    read = message_body_of if kind == "message" else event_body_of
    return await cache.ask_transcript(locations, id, lambda opened: read(opened, number))


async def list_agents(
    cache: TranscriptCache, locations: Locations, id: str, *, start: int = 1, limit: int = 100, characters: int = 1000
) -> AgentRange:
    """List the sub-agents of a transcript; see `read_agents`.

    Raises:
        LocationError: There is no such transcript.
        LogReadError: It cannot be read.
    """
    return await cache.ask_transcript(locations, id, lambda opened: read_agents(opened, start, limit, characters))


async def stream_json(cache: TranscriptCache, locations: Locations, id: str) -> AsyncGenerator[bytes]:
    """Give the JSON of a transcript as its log has it, in chunks.

    Raises:
        LocationError: There is no such transcript.
        LogReadError: It cannot be read.
    """
    async with cache.open(locations, id) as opened:
        await opened.run(opened.sample.wait)
        size = opened.sample.size
        for start in range(0, size, _CHUNK_BYTES):
            yield await opened.run(partial(opened.sample.read, start, min(size, start + _CHUNK_BYTES)))


async def outline_transcript(
    cache: TranscriptCache, locations: Locations, id: str, *, start: int = 1, limit: int = 500
) -> Outline:
    """Give the turns of a transcript, and the parts of its run; see `read_outline`.

    Raises:
        LocationError: There is no such transcript.
        LogReadError: It cannot be read.
    """
    return await cache.ask_transcript(locations, id, lambda opened: read_outline(opened, start, limit))


async def map_transcript(cache: TranscriptCache, locations: Locations, id: str, buckets: int = 200) -> Minimap:
    """Sum up a whole transcript; see `read_minimap`.

    Raises:
        LocationError: There is no such transcript.
        LogReadError: It cannot be read.
    """
    return await cache.ask_transcript(locations, id, lambda opened: read_minimap(opened, buckets))


async def read_citations(
    cache: TranscriptCache, locations: Locations, id: str, scans: Sequence[str]
) -> TranscriptCitations:
    """Find in a transcript what results of scans cite of it.

    Args:
        cache: What is kept of transcripts.
        locations: Where the transcript is.
        id: Its id.
        scans: Directories of scans.

    Raises:
        LocationError: There is no such transcript, or no scan.
        LogReadError: The transcript cannot be read.
    """
    verdicts = [verdict for scan in dict.fromkeys(scans) for verdict in await read_verdicts(scan, id)]
    return await cache.ask_transcript(locations, id, lambda opened: resolve_citations(opened, verdicts))


async def read_media(cache: TranscriptCache, locations: Locations, id: str, reference: str) -> AttachmentBody:
    """Read an attachment of a transcript.

    Raises:
        LocationError: There is no such transcript or attachment.
        LogReadError: The transcript cannot be read.
        TranscriptTooLargeError: The attachment is too large to be shown.
    """
    return await cache.ask_transcript(locations, id, lambda opened: read_attachment(opened, reference))
