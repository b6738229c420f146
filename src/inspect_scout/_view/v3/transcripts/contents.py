"""Windows on what is in one transcript."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from ...._app import AgentRange, EventRange, ItemBody, MessageRange, Minimap, Outline, TranscriptCitations
from ...context import Context
from ..answers import answer, shared_answer, tag_of, unchanged
from ..places import scan_named
from .kept_answers import content_answer
from .parameters import (
    MOST_ITEMS,
    CachedTranscripts,
    Characters,
    Locations,
    Number,
    Offset,
    Range,
    Start,
    TranscriptId,
)

router = APIRouter(tags=["transcripts"])

ITEM_BYTES = 24 << 20
"""What reading a large message, event or attachment as a whole holds, about."""

_RAW: dict[str, object] = {
    "content": {"application/json": {}},
    "description": "Messages, events, and what they refer to.",
}
_IMMUTABLE = "private, max-age=31536000, immutable"


@router.get("/transcripts/{id:path}/messages", response_model=MessageRange)
async def get_messages(
    request: Request,
    cache: CachedTranscripts,
    locations: Locations,
    id: TranscriptId,
    numbers: Range,
    characters: Characters = 4000,
    offset: Offset = 0,
    timed: Annotated[
        bool, Query(description="Also how long calls took, and what they used; waits until all of it is read.")
    ] = False,
) -> Response:
    """Read messages by their numbers, long ones folded."""
    from ...._app import read_messages

    first, last = numbers

    async def make() -> object:
        return await read_messages(
            cache, locations, id, start=first, stop=last, characters=characters, offset=offset, timed=timed
        )

    return await content_answer(request, locations, cache, id, make)


@router.get("/transcripts/{id:path}/messages/{number}", response_model=ItemBody)
async def get_message(
    request: Request, context: Context, cache: CachedTranscripts, locations: Locations, id: TranscriptId, number: Number
) -> Response:
    """Read one message as a whole."""
    from ...._app import read_body

    async with context.budget.hold(ITEM_BYTES):
        return answer(request, await read_body(cache, locations, id, "message", number))


@router.get("/transcripts/{id:path}/events", response_model=EventRange)
async def get_events(
    request: Request,
    cache: CachedTranscripts,
    locations: Locations,
    id: TranscriptId,
    numbers: Range,
    types: Annotated[list[str], Query(description="Only events of these types.", max_length=50)] = [],  # noqa: B006
    characters: Characters = 1000,
) -> Response:
    """Read events by their numbers, or by their places among those of some types."""
    from ...._app import read_events

    first, last = numbers
    chosen = tuple(types)

    async def make() -> object:
        return await read_events(cache, locations, id, start=first, stop=last, characters=characters, types=chosen)

    return await content_answer(request, locations, cache, id, make)


@router.get("/transcripts/{id:path}/events/{number}", response_model=ItemBody)
async def get_event(
    request: Request, context: Context, cache: CachedTranscripts, locations: Locations, id: TranscriptId, number: Number
) -> Response:
    """Read one event as a whole, with the input of a model."""
    from ...._app import read_body

    async with context.budget.hold(ITEM_BYTES):
        return answer(request, await read_body(cache, locations, id, "event", number))


@router.get("/transcripts/{id:path}/agents", response_model=AgentRange)
async def get_agents(
    request: Request,
    cache: CachedTranscripts,
    locations: Locations,
    id: TranscriptId,
    start: Start = 1,
    limit: Annotated[int, Query(description="Sub-agents at most.", ge=1, le=MOST_ITEMS)] = 100,
    characters: Characters = 1000,
) -> Response:
    """List the sub-agents of a transcript: what each was asked, what it answered, and what that took."""
    from ...._app import list_agents

    async def make() -> object:
        return await list_agents(cache, locations, id, start=start, limit=limit, characters=characters)

    return await content_answer(request, locations, cache, id, make)


@router.get("/transcripts/{id:path}/raw", response_class=StreamingResponse, responses={200: _RAW})
async def get_raw(cache: CachedTranscripts, locations: Locations, id: TranscriptId) -> Response:
    """Download the JSON of a transcript as its log has it."""
    from ...._app import stream_json

    chunks = stream_json(cache, locations, id)
    first = await anext(chunks, b"")  # a mistake that shows before it is answered as any other

    async def all_chunks() -> AsyncGenerator[bytes]:
        async with aclosing(chunks):
            yield first
            async for chunk in chunks:
                yield chunk

    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(id, safe='')}.json"}
    return StreamingResponse(all_chunks(), media_type="application/json", headers=headers)


@router.get("/transcripts/{id:path}/outline", response_model=Outline)
async def get_outline(
    request: Request,
    cache: CachedTranscripts,
    locations: Locations,
    id: TranscriptId,
    start: Start = 1,
    limit: Annotated[int, Query(description="Turns at most.", ge=1, le=2000)] = 500,
) -> Response:
    """Give the turns of a transcript, and the parts of its run."""
    from ...._app import outline_transcript

    async def make() -> object:
        return await outline_transcript(cache, locations, id, start=start, limit=limit)

    return await content_answer(request, locations, cache, id, make)


@router.get("/transcripts/{id:path}/minimap", response_model=Minimap)
async def get_minimap(
    request: Request,
    cache: CachedTranscripts,
    locations: Locations,
    id: TranscriptId,
    buckets: Annotated[int, Query(description="Parts at most.", ge=1, le=1000)] = 200,
) -> Response:
    """Sum up a whole transcript in one strip."""
    from ...._app import map_transcript

    return await content_answer(request, locations, cache, id, lambda: map_transcript(cache, locations, id, buckets))


@router.get("/transcripts/{id:path}/citations", response_model=TranscriptCitations)
async def get_citations(
    request: Request,
    context: Context,
    cache: CachedTranscripts,
    locations: Locations,
    id: TranscriptId,
    scan: Annotated[list[str], Query(description="Ids or directories of scans.", min_length=1, max_length=50)],
) -> Response:
    """Find what results cite of a transcript: messages, and characters of their texts."""
    from ...._app import read_citations

    scans = [await scan_named(context, each) for each in scan]
    return await shared_answer(request, lambda: read_citations(cache, locations, id, scans))


@router.get("/transcripts/{id:path}/attachments/{reference}", response_class=Response)
async def get_attachment(
    request: Request,
    context: Context,
    cache: CachedTranscripts,
    locations: Locations,
    id: TranscriptId,
    reference: Annotated[str, Path(description="32 hexadecimal digits, or a `reference` of a message.")],
) -> Response:
    """Read a text, image or recording that a transcript refers to."""
    from ...._app import read_media

    tag = tag_of(id, reference)  # its name says what it is
    if (known := unchanged(request, tag)) is not None:
        return known
    async with context.budget.hold(ITEM_BYTES):
        found = await read_media(cache, locations, id, reference)
    headers = {
        "ETag": tag,
        "Cache-Control": _IMMUTABLE,
        # It comes from strangers: nothing in it runs, wherever it is opened.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": "inline" if found.is_shown else "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(found.data, media_type=found.media_type, headers=headers)
