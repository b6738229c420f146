"""Answers about transcripts, made and written once for each state of what they tell of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import msgspec

from ..answers import answer, encoded, shared_answer, tag_of, unchanged

if TYPE_CHECKING:
    from fastapi import Request
    from starlette.responses import Response

    from ...._app import TranscriptCache
    from ...context import ViewContext

PAGE_BYTES = 8 << 20
"""What making a page, a range or a map holds, about."""

Make = Callable[[], Awaitable[object]]


async def list_answer(request: Request, locations: tuple[str, ...], cache: TranscriptCache, make: Make) -> Response:
    """Answer what depends on the list of transcripts.

    Args:
        request: What is answered.
        locations: Where the transcripts are.
        cache: What is kept of them.
        make: Makes the answer.
    """
    from ...._app import list_stamp

    return await _kept_answer(request, (locations, await list_stamp(cache, locations)), make)


async def content_answer(
    request: Request, locations: tuple[str, ...], cache: TranscriptCache, id: str, make: Make
) -> Response:
    """Answer what depends on what is in a transcript.

    Args:
        request: What is answered.
        locations: Where the transcript is.
        cache: What is kept of transcripts.
        id: Its id.
        make: Makes the answer.
    """
    from ...._app import transcript_stamp

    stamp = await transcript_stamp(cache, locations, id)
    return await _kept_answer(request, None if stamp is None else (locations, stamp), make)


async def _kept_answer(request: Request, stamp: object, make: Make) -> Response:
    """Answer by what was made for the same state, or make it once for all who ask now.

    Args:
        request: What is answered.
        stamp: What changes when the answer may (None: each answer may differ from the next).
        make: Makes the answer.
    """
    context: ViewContext = request.app.state.context
    tag = None if stamp is None else tag_of(stamp, request.scope["path"], request.scope["query_string"])
    known = unchanged(request, tag)
    if known is not None:
        return known
    body = None if tag is None else context.answers.get(tag)
    if body is not None:
        return answer(request, msgspec.Raw(body), tag)

    async def keep() -> object:
        async with context.budget.hold(PAGE_BYTES):
            made = encoded(await make())
        if tag is not None:
            context.answers.put(tag, made)
        return msgspec.Raw(made)

    return await shared_answer(request, keep, tag)
