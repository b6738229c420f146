"""Calls of the package `openai`: chat completions and responses, whichever way they are asked and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openai
from openai.types.chat import ChatCompletion
from openai.types.responses import Response

from .._importers import JsonObject
from .._support.shapes import is_mapping
from .events import model_event, pieces_of
from .foreign_values import Foreign
from .provider import ObserveEmit
from .stainless import record_client

if TYPE_CHECKING:
    from inspect_ai.event import Event
    from inspect_ai.model import ChatMessage


class OpenAIProvider:
    """Captures calls of the package `openai`."""

    def install(self, emit: ObserveEmit) -> None:
        """Record what its clients ask."""
        collectors = {
            "/chat/completions": ("completions", completion_of),
            "/responses": ("responses", response_of),
        }
        record_client(openai.OpenAI, openai.AsyncOpenAI, collectors, emit)

    async def build_event(self, data: JsonObject) -> Event:
        """Make an event of a call."""
        from inspect_ai.model import (
            messages_from_openai,
            model_output_from_openai,
            model_output_from_openai_responses,
        )

        request: JsonObject = data["request"]
        response = data["response"]
        model = str(request.get("model") or "")
        if data["api"] == "completions":
            messages = await messages_from_openai(request.get("messages") or [], model)
            output = await model_output_from_openai(_built(ChatCompletion, response)) if response is not None else None
            settings = request
        else:
            messages = await _given(request, model)
            output = (
                await model_output_from_openai_responses(_built(Response, response)) if response is not None else None
            )
            reasoning: JsonObject = request.get("reasoning") or {}
            settings = {**request, "reasoning_effort": reasoning.get("effort")}
        return model_event(data, model, messages, output, tools=request.get("tools"), settings=settings)


def _built(kind: Foreign, response: Foreign) -> Foreign:
    """Give an answer as the package builds it: without looking whether a server that is only alike has left something out."""
    return kind.construct(**response) if is_mapping(response) else response


async def _given(request: JsonObject, model: str) -> list[ChatMessage]:
    from inspect_ai.model import ChatMessageSystem, messages_from_openai_responses

    given: Foreign = request.get("input") or []
    items: Foreign = [{"role": "user", "content": given}] if isinstance(given, str) else given
    messages = await messages_from_openai_responses(items, model)
    instructions = request.get("instructions")
    return [ChatMessageSystem(content=instructions), *messages] if isinstance(instructions, str) else messages


def completion_of(pieces: list[Foreign]) -> JsonObject:
    """Put a streamed completion together, also one that was not read to its end."""
    whole: JsonObject = {"id": "", "object": "chat.completion", "created": 0, "model": ""}
    choices: dict[int, JsonObject] = {}
    for piece in pieces_of(pieces):
        whole |= {name: piece[name] for name in ("id", "created", "model", "usage") if piece.get(name)}
        for part in piece.get("choices") or ():
            message = {"role": "assistant", "content": None}
            choice = choices.setdefault(
                part["index"], {"index": part["index"], "finish_reason": None, "message": message}
            )
            choice["finish_reason"] = part.get("finish_reason") or choice["finish_reason"]
            _add_delta(choice["message"], part.get("delta") or {})
    whole["choices"] = [choices[index] for index in sorted(choices)]
    for choice in whole["choices"]:
        calls = choice["message"].pop("calls", {})
        if calls:
            choice["message"]["tool_calls"] = [calls[index] for index in sorted(calls)]
        choice["finish_reason"] = choice["finish_reason"] or "unknown"
    return whole


def _add_delta(message: JsonObject, delta: JsonObject) -> None:
    for name in ("content", "refusal", "reasoning_content", "reasoning"):
        if isinstance(delta.get(name), str):
            message[name] = (message.get(name) or "") + delta[name]
    for part in delta.get("tool_calls") or ():
        calls = message.setdefault("calls", {})
        call = calls.setdefault(
            part["index"], {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
        )
        call["id"] = part.get("id") or call["id"]
        function: JsonObject = part.get("function") or {}
        for name in ("name", "arguments"):
            call["function"][name] += function.get(name) or ""


def response_of(pieces: list[Foreign]) -> JsonObject | None:
    """Give a streamed response as far as it came: the last that stood whole in the stream, with the texts behind it."""
    whole: JsonObject | None = None
    items: dict[int, JsonObject] = {}
    for piece in pieces_of(pieces):
        whole = piece.get("response") or whole
        index = piece.get("output_index", 0)
        if piece.get("type") in ("response.output_item.added", "response.output_item.done"):
            items[index] = piece["item"]
        elif piece.get("type") == "response.output_text.delta" and index in items:
            _add_text(items[index], piece)
    if whole is not None and not whole.get("output"):
        whole = {**whole, "output": [items[index] for index in sorted(items)]}
    return whole


def _add_text(item: JsonObject, piece: JsonObject) -> None:
    content = item.setdefault("content", [])
    while len(content) <= piece.get("content_index", 0):
        content.append({"type": "output_text", "text": "", "annotations": []})
    content[piece.get("content_index", 0)]["text"] += piece.get("delta") or ""
