"""What came over the network while a call to a model was under way.

The clients of providers say little about an answer that is not a completion: an `AssertionError`, "Expecting value:
line 1 column 1", or an answer that they make up. So what came is noted where the HTTP libraries give it out. Inside
`capturing()` they also say it to us; outside of it, and so for everything but the calls of a scan, they do what they did.
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
class HttpAnswer:
    """The last answer that came.

    Args:
        status: Its HTTP status (None: nothing came).
        body: Its body (None: it came as a stream, or not whole).
        broken: Why it did not come whole.
    """

    status: int | None = None
    body: bytes | None = None
    broken: str | None = None


_capture: ContextVar[HttpAnswer | None] = ContextVar("scout_captured_answer", default=None)


@contextmanager
def capturing() -> Generator[HttpAnswer]:
    """Take note of what comes over the network within the block."""
    _wrap_clients()
    captured = HttpAnswer()
    token = _capture.set(captured)
    try:
        yield captured
    finally:
        _capture.reset(token)


def _wrap_clients() -> None:
    """Wrap the HTTP libraries that are loaded, each once."""
    for name in _CLIENTS:
        library: Any = sys.modules.get(name)
        if library is not None and not hasattr(library.AsyncClient.send, "__wrapped__"):
            library.AsyncClient.send = _wrap_send(library.AsyncClient.send)
    aiohttp: Any = sys.modules.get("aiohttp")
    if aiohttp is not None and not hasattr(aiohttp.ClientResponse.read, "__wrapped__"):
        aiohttp.ClientResponse.read = _wrap_read(aiohttp.ClientResponse.read)


def _wrap_send(send: Any) -> Any:
    @wraps(send)
    async def noted(self: Any, request: Any, *, stream: bool = False, **options: Any) -> Any:
        captured = _capture.get()
        if captured is None:
            return await send(self, request, stream=stream, **options)
        response = await send(self, request, stream=True, **options)
        captured.status, captured.body, captured.broken = response.status_code, None, None
        if stream and not (response.status_code == 200 and _kind(response) in _WHOLE):
            return response
        try:
            captured.body = await response.aread()
        except BaseException as error:  # a cancelled call breaks the stream as well; raised again
            captured.broken = _message(error)
            await response.aclose()
            raise
        return response

    return noted


def _wrap_read(read: Any) -> Any:
    @wraps(read)
    async def noted(self: Any) -> Any:
        captured = _capture.get()
        if captured is None:
            return await read(self)
        captured.status, captured.body, captured.broken = self.status, None, None
        try:
            captured.body = await read(self)
        except BaseException as error:  # a cancelled call breaks the stream as well; raised again
            captured.broken = _message(error)
            raise
        return captured.body

    return noted


def _kind(response: Any) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def _message(error: BaseException) -> str:
    return str(error) or type(error).__name__
