"""Pages of transcripts, facets, neighbours and descriptions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from ...._app import Neighbours, TranscriptColumns, TranscriptDescription, TranscriptFacet, TranscriptPage
from .kept_answers import list_answer
from .parameters import Begin, CachedTranscripts, Limit, Locations, OrderBy, TranscriptId, Where

router = APIRouter(tags=["transcripts"])


@router.get("/transcripts", response_model=TranscriptPage)
async def get_transcripts(
    request: Request,
    cache: CachedTranscripts,
    locations: Locations,
    begin: Begin,
    where: Where = [],  # noqa: B006 - FastAPI copies it
    order_by: OrderBy = [],  # noqa: B006
    columns: Annotated[
        list[str], Query(description="Fields, metadata keys and paths (default: all fields).", max_length=200)
    ] = [],  # noqa: B006
    limit: Limit = 100,
) -> Response:
    """List transcripts, without reading them."""
    from ...._app import TranscriptSelection, list_transcripts

    selection = TranscriptSelection(tuple(where), tuple(order_by))

    async def make() -> object:
        return await list_transcripts(
            cache, locations, selection, columns=tuple(columns), cursor=begin.cursor, limit=limit, start=begin.start
        )

    return await list_answer(request, locations, cache, make)


@router.get("/transcripts/facets", response_model=list[TranscriptFacet])
async def get_facets(
    request: Request,
    cache: CachedTranscripts,
    locations: Locations,
    by: Annotated[list[str], Query(description="Columns whose values are counted.", min_length=1, max_length=20)],
    where: Where = [],  # noqa: B006
    limit: Limit = 100,
) -> Response:
    """Count transcripts by the values of columns."""
    from ...._app import read_facets

    return await list_answer(
        request, locations, cache, lambda: read_facets(cache, locations, tuple(where), tuple(by), limit)
    )


@router.get("/transcripts/columns", response_model=TranscriptColumns)
async def get_columns(request: Request, cache: CachedTranscripts, locations: Locations) -> Response:
    """List what transcripts can be filtered, sorted and counted by."""
    from ...._app import list_columns

    return await list_answer(request, locations, cache, lambda: list_columns(cache, locations))


@router.get("/transcripts/{id:path}/neighbours", response_model=Neighbours)
async def get_neighbours(
    request: Request,
    cache: CachedTranscripts,
    locations: Locations,
    id: TranscriptId,
    where: Where = [],  # noqa: B006
    order_by: OrderBy = [],  # noqa: B006
) -> Response:
    """Find the transcripts before and behind one in a list."""
    from ...._app import TranscriptSelection, read_neighbours

    selection = TranscriptSelection(tuple(where), tuple(order_by))
    return await list_answer(request, locations, cache, lambda: read_neighbours(cache, locations, id, selection))


@router.get("/transcripts/{id:path}", response_model=TranscriptDescription)
async def get_transcript(
    request: Request, cache: CachedTranscripts, locations: Locations, id: TranscriptId
) -> Response:
    """Tell what is known of a transcript without reading it."""
    from ...._app import describe_transcript

    return await list_answer(request, locations, cache, lambda: describe_transcript(cache, locations, id))
