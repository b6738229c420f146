"""Calls of the package `google-genai`: contents that are made at once or as a stream."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

import google.genai.client
from google.genai import types

from .._importers import JsonObject
from .._support.shapes import is_mapping
from .capturing import OpenCall
from .events import model_event
from .foreign_values import Foreign
from .observation import Observation
from .provider import ObserveEmit

if TYPE_CHECKING:
    from inspect_ai.event import Event

_Client: Foreign = vars(google.genai.client)["BaseApiClient"]
"""What sync and async clients ask with, and what chats, files and batches ask with as well."""
_CALL: Final = re.compile(r"([^/]+):(?:stream)?[gG]enerateContent")


class GoogleProvider:
    """Captures calls of the package `google-genai`."""

    def install(self, emit: ObserveEmit) -> None:
        """Record what its clients ask, below what they make of it: there all is as it was sent."""
        _record_calls(emit)
        _record_streams(emit)

    async def build_event(self, data: JsonObject) -> Event:
        """Make an event of a call."""
        from inspect_ai.model import messages_from_google, model_output_from_google

        request, response, model = data["request"], data["response"], data["model"]
        instruction: JsonObject = request.get("systemInstruction") or {}
        parts: list[JsonObject] = instruction.get("parts") or []
        system = "\n".join(str(part.get("text") or "") for part in parts) or None
        contents = [types.Content.model_validate(each) for each in request.get("contents") or ()]
        messages = await messages_from_google(contents, system, model)
        answer = types.GenerateContentResponse.model_validate(response) if response else None
        output = await model_output_from_google(answer, model) if answer is not None and answer.candidates else None
        tools = [each for tool in request.get("tools") or () for each in tool.get("functionDeclarations") or ()]
        return model_event(data, model, messages, output, tools=tools, settings=request.get("generationConfig") or {})


def _begin(path: str, request: Foreign, emit: ObserveEmit) -> OpenCall | None:
    found = _CALL.search(path)
    if found is None or Observation.current() is None or not is_mapping(request):
        return None
    return OpenCall(emit, {"api": "generate_content", "model": found[1], "request": dict(request)}, answer_of)


def _body(response: Foreign) -> Foreign:
    try:
        return json.loads(response.body) if response.body else None
    except (TypeError, ValueError):
        return None


def _record_calls(emit: ObserveEmit) -> None:
    request, async_request = _Client.request, _Client.async_request

    @functools.wraps(request)
    def recorded(self: Foreign, method: str, path: str, asked: Foreign, *args: Foreign, **kwargs: Foreign) -> Foreign:
        call = _begin(path, asked, emit)
        with call or nullcontext():
            response = request(self, method, path, asked, *args, **kwargs)
        if call is not None:
            call.end(_body(response))
        return response

    @functools.wraps(async_request)
    async def recorded_async(
        self: Foreign, method: str, path: str, asked: Foreign, *args: Foreign, **kwargs: Foreign
    ) -> Foreign:
        call = _begin(path, asked, emit)
        with call or nullcontext():
            response = await async_request(self, method, path, asked, *args, **kwargs)
        if call is not None:
            call.end(_body(response))
        return response

    _Client.request = recorded
    _Client.async_request = recorded_async


def _record_streams(emit: ObserveEmit) -> None:
    request, async_request = _Client.request_streamed, _Client.async_request_streamed

    @functools.wraps(request)
    def recorded(
        self: Foreign, method: str, path: str, asked: Foreign, *args: Foreign, **kwargs: Foreign
    ) -> Iterator[Foreign]:
        call = _begin(path, asked, emit)
        stream = request(self, method, path, asked, *args, **kwargs)
        return stream if call is None else _read(stream, call)

    @functools.wraps(async_request)
    async def recorded_async(
        self: Foreign, method: str, path: str, asked: Foreign, *args: Foreign, **kwargs: Foreign
    ) -> Foreign:
        call = _begin(path, asked, emit)
        with call or nullcontext():
            stream = await async_request(self, method, path, asked, *args, **kwargs)
        return stream if call is None else _read_async(stream, call)

    _Client.request_streamed = recorded
    _Client.async_request_streamed = recorded_async


def _read(stream: Iterator[Foreign], call: OpenCall) -> Iterator[Foreign]:
    with call:
        for piece in stream:
            call.add(_body(piece))
            yield piece
    call.end()


async def _read_async(stream: AsyncIterator[Foreign], call: OpenCall) -> AsyncIterator[Foreign]:
    with call:
        async for piece in stream:
            call.add(_body(piece))
            yield piece
    call.end()


def answer_of(pieces: list[Foreign]) -> JsonObject | None:
    """Put a streamed answer together, also one that was not read to its end: texts that follow each other are one."""
    known = [piece for piece in pieces if is_mapping(piece)]
    if not known:
        return None
    whole: JsonObject = {}
    candidates: dict[int, JsonObject] = {}
    for piece in known:
        whole |= {name: value for name, value in piece.items() if name != "candidates"}
        for part in piece.get("candidates") or ():
            candidate = candidates.setdefault(part.get("index", 0), {"content": {"role": "model", "parts": []}})
            candidate |= {name: value for name, value in part.items() if name != "content"}
            content: JsonObject = part.get("content") or {}
            for each in content.get("parts") or ():
                _add_part(candidate["content"]["parts"], each)
    return {**whole, "candidates": [candidates[index] for index in sorted(candidates)]}


def _add_part(parts: list[JsonObject], part: JsonObject) -> None:
    last = parts[-1] if parts else {}
    if set(part) <= {"text", "thought"} and "text" in last and last.get("thought") == part.get("thought"):
        parts[-1] = {**last, "text": last["text"] + part.get("text", "")}
    else:
        parts.append(dict(part))
