"""What all routes of `/api/v3` answer with: compact JSON under an etag, and mistakes in one sentence."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
from fastapi import Path, Response
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse

from ..._app import ChangedFileError
from ..._support.json import finite
from ..._support.storage import run_in_thread

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

T = TypeVar("T")

Name = Annotated[str, Path(max_length=1000)]
"""The parameter of a route that takes a name out of the URL."""


async def in_thread(work: Callable[[], T]) -> T:
    """Do what blocks in a thread."""
    return await run_in_thread("", work)


def encoded(value: object) -> bytes:
    """Write JSON that every reader takes: NaN and infinities as null, half characters as escapes."""
    try:
        return msgspec.json.encode(value, enc_hook=str)
    except (UnicodeEncodeError, OverflowError):
        plain = msgspec.to_builtins(value, enc_hook=str)
        return json.dumps(finite(plain), separators=(",", ":")).encode()


def tag_of(*parts: object) -> str:
    """Make an etag of what an answer depends on."""
    return f'"{hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()}"'


def unchanged(request: Request, tag: str | None) -> Response | None:
    """Answer a client that has the answer already (None: it does not)."""
    known = request.headers.get("if-none-match")
    if tag is None or known is None or (tag not in {each.strip().removeprefix("W/") for each in known.split(",")}):
        return None
    return Response(status_code=304, headers=_headers(tag))


def answer(request: Request, value: object, tag: str | None = None) -> Response:
    """Answer with JSON, or with nothing a client that has it already.

    Args:
        request: What is answered.
        value: The answer.
        tag: Its etag (None: made of the answer).
    """
    body = encoded(value)
    name = tag or _tag_of_body(body)
    return unchanged(request, name) or _response(body, name)


async def shared_answer(request: Request, make: Callable[[], Awaitable[object]], tag: str | None = None) -> Response:
    """Answer with JSON that is made once for all who ask for the same at the same time.

    Args:
        request: What is answered; its URL names the answer.
        make: Makes the answer.
        tag: Its etag (None: made of the answer).
    """
    known = unchanged(request, tag)
    if known is not None:
        return known
    state = request.app.state
    if getattr(state, "in_flight", None) is None:
        state.in_flight = dict[str, asyncio.Task[bytes]]()
    waiting: dict[str, asyncio.Task[bytes]] = state.in_flight
    url = f"{request.url.path}?{request.url.query} {tag}"  # an answer of another state is not shared
    task = waiting.get(url)
    if task is None:
        task = waiting[url] = asyncio.create_task(_body(make))
        task.add_done_callback(lambda done: _forget(waiting, url, done))
    body = await asyncio.shield(task)  # others may wait for it when this client leaves
    name = tag or _tag_of_body(body)
    return unchanged(request, name) or _response(body, name)


def _forget(waiting: dict[str, asyncio.Task[bytes]], url: str, done: asyncio.Task[bytes]) -> None:
    """Let the next one ask again; a failure is told to those who wait, of whom there may be none left."""
    del waiting[url]
    if not done.cancelled():
        done.exception()


async def _body(make: Callable[[], Awaitable[object]]) -> bytes:
    return encoded(await make())


def _tag_of_body(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def _response(body: bytes, tag: str) -> Response:
    return Response(body, media_type="application/json", headers=_headers(tag))


def _headers(tag: str) -> dict[str, str]:
    return {"etag": tag, "cache-control": "private, no-cache"}


def handle_mistakes(app: FastAPI) -> None:
    """Let an application tell in one sentence which part of a request cannot be used."""

    async def refuse(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, RequestValidationError):
            raise error
        told = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:5])
        return JSONResponse({"detail": f"The request cannot be used: {told}."}, 422)

    async def refuse_stale(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, 412)

    app.add_exception_handler(RequestValidationError, refuse)
    app.add_exception_handler(ChangedFileError, refuse_stale)
