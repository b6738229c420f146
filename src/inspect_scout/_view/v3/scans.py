"""Scans: pages of them, and one with all that is told of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from ..context import Context
from ..waiting import at_once
from .answers import answer, shared_answer
from .asked import ScansAsked
from .models import ErrorCauses, ScanComparison, ScanDetail, ScanItems
from .places import Scan, Scans, scan_directory

router = APIRouter(tags=["scans"])
one_scan = APIRouter(prefix="/scans/{scan_id}", tags=["scans"])

COMPARED_BYTES = 64 << 20
"""What comparing two scans holds, about: of each all that was said."""

MAX_TRANSCRIPTS = 1000
"""Ids of transcripts that are told of a cause."""


@router.get("/scans", response_model=ScanItems)
@at_once
async def list_scans(request: Request, scans: Scans, asked: Annotated[ScansAsked, Query()]) -> Response:
    """List scans, the newest first unless another order is asked for."""
    from ..._app import ScanSelection, ScansQuery, page_of_scans, state_json

    selection = ScanSelection(tuple(asked.state), tuple(asked.tag), tuple(asked.scanner), tuple(asked.model))
    query = ScansQuery(selection, asked.text, tuple(asked.order_by), asked.limit, asked.cursor)

    async def make() -> object:
        page = await page_of_scans(scans, query)
        return {"items": list(map(state_json, page.items)), "total": page.total, "next": page.next}

    return await shared_answer(request, make)


@one_scan.get("", response_model=ScanDetail)
@at_once
async def get_scan(
    request: Request,
    context: Context,
    scan: Scan,
    findings: Annotated[bool, Query(description="Whether to count what was found.")] = True,
) -> Response:
    """Tell how a scan stands, what was asked, and what its scanners found."""
    if findings:
        await context.kept.loaded()
    from ..._app import scan_detail

    return await shared_answer(request, lambda: scan_detail(scan, findings))


@one_scan.get("/errors", response_model=ErrorCauses)
async def list_errors(
    request: Request,
    scan: Scan,
    scanner: Annotated[str | None, Query(max_length=1000, description="Only errors of this scanner.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="Causes at most.")] = 100,
) -> Response:
    """Tell what went wrong in a scan, by cause, each with the traceback of one error."""
    from ..._app import group_json, off_loop, read_error_groups

    groups = await off_loop(scan, lambda: read_error_groups(scan, scanner))
    items = [{**group_json(each), "transcripts": list(each.transcripts[:MAX_TRANSCRIPTS])} for each in groups[:limit]]
    return answer(request, {"items": items, "total": len(groups)})


@router.get("/compare", response_model=ScanComparison)
async def compare_scans(
    request: Request,
    context: Context,
    scans: Scans,
    a: Annotated[str, Query(max_length=200, description="Id of a scan.")],
    b: Annotated[str, Query(max_length=200, description="Id of another, or of the same.")],
    scanner: Annotated[str | None, Query(max_length=1000, description="Only this scanner.")] = None,
    scanner_b: Annotated[
        str | None, Query(max_length=1000, description="Scanner of `b` that `scanner` is compared with.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Inputs at most that were judged differently.")] = 1000,
) -> Response:
    """Compare what two scans, or two scanners of one, found in the same inputs."""
    from ..._app import diff_json, diff_scans, off_loop

    first, second = [await scan_directory(context, id, scans) for id in (a, b)]
    async with context.budget.hold(COMPARED_BYTES):
        compared = await off_loop(first, lambda: diff_scans(first, second, scanner, scanner_b))
        return answer(request, diff_json(compared, limit))
