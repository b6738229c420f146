"""Answers of `/api/v2`."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.responses import Response, StreamingResponse

from ..._support.json import dumps

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

JSON = "application/json"


class _Stream(StreamingResponse):
    """Bytes as they are read, and what is held until they are sent, or the client has left."""

    def __init__(
        self, chunks: Iterable[bytes], media_type: str, headers: Mapping[str, str] | None, held: AsyncExitStack
    ) -> None:
        super().__init__(chunks, media_type=media_type, headers=headers)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them."""
        async with self._held:
            await super().__call__(scope, receive, send)


def json_answer(value: object, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON; NaN and infinities stay as JavaScript writes them."""
    # Lone surrogates, which UTF-8 cannot hold, are escaped.
    return Response(dumps(value).encode("utf-8", "backslashreplace"), media_type=JSON, headers=headers)


async def streamed(
    chunks: Iterable[bytes],
    media_type: str,
    headers: Mapping[str, str] | None = None,
    held: AsyncExitStack | None = None,
) -> Response:
    """Answer with bytes as they are read, in a thread; what is wrong at the start is an error of the request.

    Args:
        chunks: The bytes.
        media_type: What they are.
        headers: More headers.
        held: What is held until they are sent.
    """
    rest = iter(chunks)
    first = await anyio.to_thread.run_sync(next, rest, b"")

    def everything() -> Generator[bytes]:
        yield first
        yield from rest

    return _Stream(everything(), media_type, headers, AsyncExitStack() if held is None else held.pop_all())
