"""Scans: pages of them, and one with all that is told of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from .answers import answer
from .asked import ScansAsked
from .models import ScanItems
from .places import Scans

router = APIRouter(tags=["scans"])


@router.get("/scans", response_model=ScanItems)
async def list_scans(request: Request, scans: Scans, asked: Annotated[ScansAsked, Query()]) -> Response:
    """List scans, the newest first unless another order is asked for."""
    from ..._app import ScanSelection, ScansQuery, page_of_scans, state_json

    selection = ScanSelection(tuple(asked.state), tuple(asked.tag), tuple(asked.scanner), tuple(asked.model))
    query = ScansQuery(selection, asked.text, tuple(asked.order_by), asked.limit, asked.cursor)
    page = await page_of_scans(scans, query)
    return answer(request, {"items": list(map(state_json, page.items)), "total": page.total, "next": page.next})
