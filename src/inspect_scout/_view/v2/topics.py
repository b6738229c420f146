"""What has changed, as a snapshot and as a stream."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from fastapi import APIRouter
from sse_starlette.sse import EventSourceResponse
from starlette.responses import Response

from ..._support.json import dumps
from ..changes import Change, Changes
from ..context import Context
from ..waiting import at_once
from .answers import json_answer

router = APIRouter()

_NAMES: Final = {"project": "project-config", "labels": "validations"}
_PING_SECONDS: Final = 15


@router.get("/topics")
@at_once
async def read_topics(context: Context) -> Response:
    """Tell when each topic last changed."""
    return json_answer(_topics(context.changes))


@router.get("/topics/stream")
@at_once
async def stream_topics(context: Context) -> Response:
    """Tell when each topic last changed, now and at each change."""
    changed = context.changes.listen()  # refused here if too many listen
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(_told(context.changes, changed), headers=headers, sep="\n", ping=_PING_SECONDS)


async def _told(changes: Changes, changed: AsyncGenerator[Change]) -> AsyncGenerator[str]:
    async with aclosing(changed):
        yield dumps(_topics(changes))
        async for _ in changed:
            yield dumps(_topics(changes))


def _topics(changes: Changes) -> dict[str, str]:
    return {_NAMES.get(topic, topic): time for topic, time in changes.snapshot().items()}
