"""The clients of OpenAI and Anthropic, which are made alike: all that they ask goes through one method of their base client."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TypeAlias

from .._support.shapes import is_mapping
from .capturing import OpenCall, record_stream
from .foreign_values import Foreign
from .observation import Observation
from .provider import ObserveEmit

Collectors: TypeAlias = Mapping[str, tuple[str, Callable[[list[Foreign]], Foreign]]]
"""What is recorded: the end of an address -> what it is called, and how the pieces of a streamed answer are put together."""


def record_client(sync_client: type, async_client: type, collectors: Collectors, emit: ObserveEmit) -> None:
    """Record what the clients of a package ask: `create`, `parse`, streams with their helpers, and raw responses.

    Args:
        sync_client: A class of clients.
        async_client: One of those that are used asynchronously.
        collectors: What is recorded.
        emit: Is told of each call.
    """
    base, async_base = _base_of(sync_client), _base_of(async_client)
    request, async_request = base.request, async_base.request

    @functools.wraps(request)
    def recorded(self: Foreign, cast_to: Foreign, options: Foreign, **more: Foreign) -> Foreign:
        call = _begin(options, collectors, emit)
        if call is None:
            return request(self, cast_to, options, **more)
        with call:
            response = request(self, cast_to, options, **more)
        return _answered(response, call)

    @functools.wraps(async_request)
    async def recorded_async(self: Foreign, cast_to: Foreign, options: Foreign, **more: Foreign) -> Foreign:
        call = _begin(options, collectors, emit)
        if call is None:
            return await async_request(self, cast_to, options, **more)
        with call:
            response = await async_request(self, cast_to, options, **more)
        return _answered(response, call)

    base.request, async_base.request = recorded, recorded_async


def _base_of(client: type) -> Foreign:
    """Find the class that asks for all others: those for Azure and other clouds inherit it as well."""
    return next(each for each in client.__mro__ if "request" in vars(each))


def _begin(options: Foreign, collectors: Collectors, emit: ObserveEmit) -> OpenCall | None:
    request: object = options.json_data
    if Observation.current() is None or not is_mapping(request):
        return None
    address = str(options.url).partition("?")[0].rstrip("/")
    for ending, (api, collect) in collectors.items():
        if address.endswith(ending):
            return OpenCall(emit, {"api": api, "request": dict(request)}, collect)
    return None


def _answered(response: Foreign, call: OpenCall) -> Foreign:
    """Record an answer, whichever of its forms was asked for."""
    if hasattr(response, "__next__") or hasattr(response, "__anext__"):
        return record_stream(response, call)
    if not hasattr(response, "parse") or not hasattr(response, "http_response"):
        call.end(response)
        return response
    if getattr(response, "is_closed", True):  # a raw response that was read: what it holds is known
        parsed = response.parse()
        if hasattr(parsed, "__await__"):
            parsed.close()
            _watch_parsing(response, call)
        elif hasattr(parsed, "__next__") or hasattr(parsed, "__anext__"):
            record_stream(parsed, call)
        else:
            call.end(parsed)
        return response
    _watch_parsing(response, call)
    return response


def _watch_parsing(response: Foreign, call: OpenCall) -> None:
    """Record a response that is read later, when it is parsed."""
    parse = response.parse

    def seen(parsed: Foreign) -> Foreign:
        if hasattr(parsed, "__next__") or hasattr(parsed, "__anext__"):
            return record_stream(parsed, call)
        call.end(parsed)
        return parsed

    def parsing(*args: Foreign, **kwargs: Foreign) -> Foreign:
        parsed = parse(*args, **kwargs)
        if not hasattr(parsed, "__await__"):
            return seen(parsed)

        async def awaited() -> Foreign:
            return seen(await parsed)

        return awaited()

    response.parse = parsing
