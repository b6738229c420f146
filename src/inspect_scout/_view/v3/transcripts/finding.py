"""Finding a text in transcripts: streams of the events `hit`, `progress` and `done`."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from ...._app import TranscriptFindProgress, TranscriptHit
from ..asked import TextAsked
from ..event_stream import Event, EventStream, event_stream
from .parameters import CachedTranscripts, Locations, OrderBy, TranscriptId, Where

if TYPE_CHECKING:
    from ...._app import FindRequest

router = APIRouter(tags=["transcripts"])
corpus_router = APIRouter(tags=["transcripts"])


class InTranscripts(TextAsked):
    """What is sought, and where in transcripts."""

    kinds: list[Literal["message", "event"]] = Field(["message"], min_length=1, max_length=2, description="Where.")
    limit: int = Field(1000, ge=1, le=10_000, description="Messages and events that are told; more are counted.")
    seconds: float = Field(60.0, gt=0, le=3600, description="How long is searched at most.")

    def request(self) -> FindRequest:
        """Write what is sought as the application takes it."""
        from ...._app import FindRequest

        return FindRequest(self.matcher(), tuple(self.kinds), self.limit, self.seconds)


Asked = Annotated[InTranscripts, Query()]


@router.get(
    "/transcripts/{id:path}/find",
    response_class=EventStream,
    status_code=200,
    responses={200: {"model": TranscriptHit | TranscriptFindProgress}},
)
async def find_in_one(cache: CachedTranscripts, locations: Locations, id: TranscriptId, asked: Asked) -> Response:
    """Look for a text in a whole transcript, also in what is folded or not loaded."""
    from ...._app import find_in_transcript

    return await event_stream(_events(find_in_transcript(cache, locations, id, asked.request())))


@corpus_router.get(
    "/transcripts/find",
    response_class=EventStream,
    status_code=200,
    responses={200: {"model": TranscriptHit | TranscriptFindProgress}},
)
async def find_in_all(
    cache: CachedTranscripts,
    locations: Locations,
    asked: Asked,
    where: Where = [],  # noqa: B006
    order_by: OrderBy = [],  # noqa: B006
) -> Response:
    """Look for a text in all transcripts, or in some of them."""
    from ...._app import TranscriptSelection, find_in_corpus

    selection = TranscriptSelection(tuple(where), tuple(order_by))
    return await event_stream(_events(find_in_corpus(cache, locations, selection, asked.request())))


async def _events(found: AsyncGenerator[TranscriptHit | TranscriptFindProgress]) -> AsyncGenerator[Event]:
    async with aclosing(found):
        async for item in found:
            if isinstance(item, TranscriptHit):
                yield Event("hit", item)
            else:
                yield Event("done" if item.done else "progress", item)
