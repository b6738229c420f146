"""Searching one transcript, and what was searched for before."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import JsonValue
from starlette.responses import Response

from ... import _app
from ..context import Context
from .answers import json_answer
from .segments import decode_segment, plain_segment

router = APIRouter()

Names = Annotated[list[str] | None, Query()]


@router.post("/transcripts/{dir}/{id}/search")
async def search_transcript(context: Context, dir: str, id: str, body: dict[str, JsonValue]) -> Response:
    """Search a transcript, for words or with a question to a model."""
    location = context.places.check(decode_segment(dir))
    try:
        found = await _app.search_transcript(
            context.kept.transcripts(), location, plain_segment(id), _app.parse_search(body)
        )
    except _app.SearchFailedError as error:
        raise HTTPException(502, str(error)) from None
    return json_answer({"id": found.id, "result": found.result})


@router.get("/transcripts/{dir}/{id}/searches/{search_id}")
async def read_search_result(
    context: Context, dir: str, id: str, search_id: str, messages: Names = None, events: Names = None
) -> Response:
    """Give what a search found before: of all messages or events ("all"), or of some kinds (repeated)."""
    location = context.places.check(decode_segment(dir))
    result = await _app.known_search_result(
        location, plain_segment(id), plain_segment(search_id), messages or [], events or []
    )
    if result is None:
        raise HTTPException(404, "There is no such search of this transcript. Search again.")
    return json_answer(result)


@router.get("/searches")
async def list_searches(
    type: Annotated[Literal["grep", "llm"], Query()], count: Annotated[int, Query(ge=1, le=100)] = 20
) -> Response:
    """List the last searches, the newest first."""
    return json_answer({"items": await _app.earlier_searches(type, count)})
