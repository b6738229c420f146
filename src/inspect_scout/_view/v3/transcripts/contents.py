"""Windows on what is in one transcript."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from ...._app import MessageRange
from .answers import json_answer
from .parameters import Characters, Library, Locations, Start, Stop, TranscriptId, range_of

router = APIRouter(tags=["transcripts"])


@router.get("/transcripts/{id:path}/messages", response_model=MessageRange)
async def get_messages(
    library: Library,
    locations: Locations,
    id: TranscriptId,
    start: Start = 1,
    stop: Stop = None,
    characters: Characters = 4000,
) -> Response:
    """Read messages by their numbers, long ones folded."""
    from ...._app import read_messages

    first, last = range_of(start, stop)
    found = await read_messages(library, locations, id, start=first, stop=last, characters=characters)
    return json_answer(found)
