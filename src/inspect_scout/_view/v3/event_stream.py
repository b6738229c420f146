"""Server-sent events: told one by one, and stopped at their source when the client leaves."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse

from .answers import encoded

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

SIGN_SECONDS = 15.0
"""After so long without an event a line that says nothing keeps the connection open."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a stream.

    Args:
        name: What it is.
        data: What it says; written as JSON.
    """

    name: str
    data: object


class EventStream(StreamingResponse):
    """An answer that is a stream of events."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[Event]) -> None:
        self._lines = _written(events)
        super().__init__(self._lines, headers={"cache-control": "no-store", "x-accel-buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's
        """Send events until there are no more, or the client has left."""
        sending = asyncio.ensure_future(self.stream_response(send))
        leaving = asyncio.ensure_future(_until_left(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, leaving):
                task.cancel()
            ended = await asyncio.gather(sending, leaving, return_exceptions=True)
            await self._lines.aclose()
        if isinstance(ended[0], Exception):
            raise ended[0]


async def event_stream(events: AsyncGenerator[Event]) -> EventStream:
    """Answer with events; a mistake that shows before the first of them is answered as any other."""
    first = await anext(events, None)

    async def with_first() -> AsyncGenerator[Event]:
        async with contextlib.aclosing(events):
            if first is not None:
                yield first
            async for event in events:
                yield event

    return EventStream(with_first())


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _written(events: AsyncGenerator[Event]) -> AsyncGenerator[bytes]:
    """Write events, and a sign of life where there are none for a while."""
    waiting: asyncio.Task[Event] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(anext(events))
            done, _ = await asyncio.wait({waiting}, timeout=SIGN_SECONDS)
            if not done:
                yield b": still here\n\n"
                continue
            try:
                event = waiting.result()
            except StopAsyncIteration:
                return
            waiting = None
            yield b"event: " + event.name.encode() + b"\ndata: " + encoded(event.data) + b"\n\n"
    finally:
        if waiting is not None:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        await events.aclose()
