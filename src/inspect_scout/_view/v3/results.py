"""Results of a scanner: pages of them, and single ones."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import JsonValue

from ..context import Context
from .answers import Name, answer, shared_answer, tag_of
from .asked import DistributionAsked, EvidenceAsked, FacetsAsked, FindAsked, ResultsAsked
from .event_stream import Event, EventStream, event_stream
from .models import DistributionItem, EvidenceItems, FacetItems, FindProgressItem, HitItem, ResultItems
from .places import Scan

router = APIRouter(prefix="/scans/{scan_id}/{scanner}", tags=["results"])

PAGE_BYTES = 24 << 20
"""What reading a part of a large table holds, about."""


async def answer_tag(request: Request, scan: Scan) -> str | None:
    """Name what an answer about results depends on: the files of the scan, and the question."""
    from ..._app import files_stamp

    # What a scanner was given is read from logs elsewhere, which may change on their own.
    stamp = None if "input" in request.query_params.getlist("columns") else await files_stamp(scan)
    return None if stamp is None else tag_of(stamp, request.url.path, request.url.query)


Tag = Annotated[str | None, Depends(answer_tag)]


@router.get("/results", response_model=ResultItems)
async def list_results(
    request: Request, context: Context, scan: Scan, tag: Tag, scanner: Name, asked: Annotated[ResultsAsked, Query()]
) -> Response:
    """List the results of a scanner, in the order of the transcripts unless another one is asked for."""
    from ..._app import page_of_results

    async def make() -> object:
        async with context.budget.hold(PAGE_BYTES):
            return await page_of_results(scan, scanner, asked.request())

    return await shared_answer(request, make, tag)


@router.get("/facets", response_model=FacetItems)
async def get_facets(
    request: Request, context: Context, scan: Scan, scanner: Name, asked: Annotated[FacetsAsked, Query()]
) -> Response:
    """Tell what was found by the values of columns, with the interval of each rate."""
    from ..._app import result_facets

    async with context.budget.hold(PAGE_BYTES):
        return answer(request, {"items": await result_facets(scan, scanner, asked.by, asked.where, asked.limit)})


@router.get("/distribution", response_model=DistributionItem)
async def get_distribution(
    request: Request,
    context: Context,
    scan: Scan,
    tag: Tag,
    scanner: Name,
    asked: Annotated[DistributionAsked, Query()],
) -> Response:
    """Tell how the values of a column are distributed."""
    from ..._app import result_distribution

    async def make() -> object:
        async with context.budget.hold(PAGE_BYTES):
            return await result_distribution(scan, scanner, asked.column, asked.by, asked.where, asked.limit)

    return await shared_answer(request, make, tag)


@router.get(
    "/find", response_class=EventStream, status_code=200, responses={200: {"model": HitItem | FindProgressItem}}
)
async def find_text(context: Context, scan: Scan, scanner: Name, asked: Annotated[FindAsked, Query()]) -> Response:
    """Look for a text in all results, also those that are on no page yet: events `hit`, `progress` and `done`."""
    from ..._app import FindProgress, find_in_results

    async def events() -> AsyncGenerator[Event]:
        async with context.budget.hold(PAGE_BYTES), aclosing(found):
            async for item in found:
                name = ("done" if item.done else "progress") if isinstance(item, FindProgress) else "hit"
                yield Event(name, item)

    found = find_in_results(scan, scanner, asked.matcher(), asked.request())
    return await event_stream(events())


@router.get("/results/{id}", response_model=dict[str, JsonValue])
async def get_result(request: Request, context: Context, scan: Scan, scanner: Name, id: Name) -> Response:
    """Give all that is recorded of a result; of a call that failed by the id of the transcript."""
    from ..._app import one_result

    async with context.budget.hold(PAGE_BYTES):
        return answer(request, await one_result(scan, scanner, id))


@router.get("/results/{id}/evidence", response_model=EvidenceItems)
async def get_evidence(
    request: Request, context: Context, scan: Scan, scanner: Name, id: Name, asked: Annotated[EvidenceAsked, Query()]
) -> Response:
    """Give what a result, or the results on a transcript, rest on: the verdict, and the messages that it cites."""
    from ..._app import evidence_json, scan_evidence_async

    places = [context.places.check(place) for place in asked.transcripts]
    async with context.budget.hold(PAGE_BYTES):
        found = await scan_evidence_async(
            scan, id, scanner=scanner, shown=asked.shown(), transcripts=places, check=context.places.check
        )
        return answer(request, evidence_json(found))
