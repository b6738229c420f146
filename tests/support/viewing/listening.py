"""A client of a stream of events that leaves when it has seen enough."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

Seen = list[tuple[str, Any]]


async def listen(
    app: ASGIApp,
    path: str,
    enough: Callable[[Seen], bool],
    query: Mapping[str, str] | None = None,
    started: Callable[[], None] | None = None,
) -> tuple[int, Seen]:
    """Read events until there are enough, then leave; gives the status and the events.

    Args:
        app: The server.
        path: Path of the stream.
        enough: Whether these events are enough.
        query: Query of the URL.
        started: Called when the answer has begun.
    """
    events: Seen = []
    status: list[int] = []
    left = asyncio.Event()
    asked = [True]

    async def receive() -> Message:
        if asked:
            asked.pop()
            return {"type": "http.request", "body": b"", "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])
            if started is not None:
                started()
            return
        for block in message["body"].decode().split("\n\n"):
            if block.startswith("event: "):
                name, data = block.split("\n", 1)
                events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
        if enough(events):
            left.set()

    host = b"127.0.0.1:7576"
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": urlencode(query or {}).encode(),
        "headers": [(b"host", host)],
        "server": ("127.0.0.1", 7576),
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
        "asgi": {"version": "3.0"},
    }
    await asyncio.wait_for(app(scope, receive, send), 60)
    return status[0], events
