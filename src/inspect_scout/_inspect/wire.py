"""What came over the network while a call to a model was under way.

The clients of providers say little about an answer that is not a completion: an `AssertionError`, "Expecting value:
line 1 column 1", or an answer that they make up. So what came is noted where the HTTP libraries give it out. Inside
`noting()` they also say it to us; outside of it, and so for everything but the calls of a scan, they do what they did.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

_CLIENTS: Final = ("httpx", "httpx2")
_WHOLE: Final = ("application/json", "text/html", "text/plain", "")
"""Kinds of body that are not a stream, also where one was asked for."""


@dataclass(slots=True)
class Came:
    """The last answer that came.

    Args:
        status: Its HTTP status (None: nothing came).
        body: Its body (None: it came as a stream, or not whole).
        broken: Why it did not come whole.
    """

    status: int | None = None
    body: bytes | None = None
    broken: str | None = None


_came: ContextVar[Came | None] = ContextVar("scout_came", default=None)


@contextmanager
def noting() -> Generator[Came]:
    """Take note of what comes over the network within the block."""
    _listen()
    came = Came()
    token = _came.set(came)
    try:
        yield came
    finally:
        _came.reset(token)


def _listen() -> None:
    """Wrap the HTTP libraries that are loaded, each once."""
    for name in _CLIENTS:
        library: Any = sys.modules.get(name)
        if library is not None and not hasattr(library.AsyncClient.send, "__wrapped__"):
            library.AsyncClient.send = _sending(library.AsyncClient.send)
    aiohttp: Any = sys.modules.get("aiohttp")
    if aiohttp is not None and not hasattr(aiohttp.ClientResponse.read, "__wrapped__"):
        aiohttp.ClientResponse.read = _reading(aiohttp.ClientResponse.read)


def _sending(send: Any) -> Any:
    @wraps(send)
    async def noted(self: Any, request: Any, *, stream: bool = False, **options: Any) -> Any:
        came = _came.get()
        if came is None:
            return await send(self, request, stream=stream, **options)
        response = await send(self, request, stream=True, **options)
        came.status, came.body, came.broken = response.status_code, None, None
        if stream and not (response.status_code == 200 and _kind(response) in _WHOLE):
            return response
        try:
            came.body = await response.aread()
        except BaseException as error:
            came.broken = _said(error)
            await response.aclose()
            raise
        return response

    return noted


def _reading(read: Any) -> Any:
    @wraps(read)
    async def noted(self: Any) -> Any:
        came = _came.get()
        if came is None:
            return await read(self)
        came.status, came.body, came.broken = self.status, None, None
        try:
            came.body = await read(self)
        except BaseException as error:
            came.broken = _said(error)
            raise
        return came.body

    return noted


def _kind(response: Any) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__
