"""Answers of `/api/v2`."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping

import anyio.to_thread
from starlette.responses import Response, StreamingResponse

from ..._app import ANY_STATE
from ..._support.json import dumps

JSON = "application/json"


def json_answer(value: object, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON; NaN and infinities stay as JavaScript writes them."""
    # Lone surrogates, which UTF-8 cannot hold, are escaped.
    return Response(dumps(value).encode("utf-8", "backslashreplace"), media_type=JSON, headers=headers)


async def streamed(chunks: Iterable[bytes], media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with bytes as they are read, in a thread; what is wrong at the start is an error of the request."""
    rest = iter(chunks)
    first = await anyio.to_thread.run_sync(next, rest, b"")

    def everything() -> Generator[bytes]:
        yield first
        yield from rest

    return StreamingResponse(everything(), media_type=media_type, headers=headers)


def known_state(if_match: str | None) -> str:
    """Give the state of a file that a client has read; any, if it does not say which."""
    return ANY_STATE if if_match is None else if_match.removeprefix("W/").strip('"')
