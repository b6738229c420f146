"""Transcripts: lists of them, one, and its content."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Header, Request
from pydantic import BaseModel, JsonValue
from starlette.responses import Response

from ... import _app
from ..context import Context
from .answers import JSON, json_answer, streamed
from .project import places_of
from .segments import decode_segment, plain_segment

router = APIRouter(prefix="/transcripts")

JsonBody = Annotated[dict[str, JsonValue] | None, Body()]


class DistinctRequest(BaseModel):
    """Which values are asked for."""

    column: str
    """The column."""

    filter: dict[str, JsonValue] | None = None
    """A condition."""


@router.post("/{dir}")
async def list_transcripts(context: Context, dir: str, body: JsonBody = None) -> Response:
    """List transcripts."""
    location = context.places.check(decode_segment(dir))
    request = _app.parse_page_request(body)
    filters = (await places_of(context)).filters
    return json_answer(await _app.transcript_rows(context.kept.transcripts(), location, filters, request))


@router.post("/{dir}/distinct")
async def list_values(context: Context, dir: str, body: DistinctRequest | None = None) -> Response:
    """List the values of a column."""
    location = context.places.check(decode_segment(dir))
    if body is None:
        return json_answer([])
    where = None if body.filter is None else _app.parse_condition(body.filter)
    filters = (await places_of(context)).filters
    return json_answer(await _app.distinct_values(context.kept.transcripts(), location, filters, body.column, where))


@router.head("/{dir}/{id}/info", include_in_schema=False)
@router.get("/{dir}/{id}/info")
async def describe_transcript(context: Context, dir: str, id: str) -> Response:
    """Describe a transcript."""
    location = context.places.check(decode_segment(dir))
    return json_answer(await _app.transcript_info(context.kept.transcripts(), location, plain_segment(id)))


@router.get("/{dir}/{id}/messages-events")
async def read_content(
    context: Context,
    request: Request,
    dir: str,
    id: str,
    x_accept_raw_encoding: Annotated[Literal["zstd"] | None, Header()] = None,
) -> Response:
    """Read a transcript, compressed as it is stored where the client takes that."""
    location = context.places.check(decode_segment(dir))
    accepted = ["zstd"] if x_accept_raw_encoding else []
    if _takes(request, "gzip"):
        accepted.append("gzip")
    async with AsyncExitStack() as held:

        async def hold(size: int) -> None:
            await held.enter_async_context(context.budget.hold(size))

        content = await _app.whole_content(context.kept.transcripts(), location, plain_segment(id), accepted, hold)
        if content.encoding == "zstd":
            return await streamed(content.chunks, "application/octet-stream", {"X-Content-Encoding": "zstd"}, held)
        headers: dict[str, str] = {} if content.encoding == "identity" else {"Content-Encoding": content.encoding}
        headers["Vary"] = "Accept-Encoding, X-Accept-Raw-Encoding"
        return await streamed(content.chunks, JSON, headers, held)


def _takes(request: Request, encoding: str) -> bool:
    """Tell whether a client takes an encoding."""
    given = request.headers.get("accept-encoding", "").lower().replace(" ", "").split(",")
    return any(each.partition(";")[0] == encoding and not each.endswith(";q=0") for each in given)
