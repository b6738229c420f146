"""Calls of the package `anthropic`: messages, whichever way they are asked and read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anthropic

from .._importers import JsonObject
from .._support.shapes import is_mapping
from .events import model_event, pieces_of
from .foreign_values import Foreign
from .provider import ObserveEmit
from .stainless import record_client

if TYPE_CHECKING:
    from inspect_ai.event import Event


class AnthropicProvider:
    """Captures calls of the package `anthropic`."""

    def install(self, emit: ObserveEmit) -> None:
        """Record what its clients ask."""
        record_client(anthropic.Anthropic, anthropic.AsyncAnthropic, {"/v1/messages": ("messages", message_of)}, emit)

    async def build_event(self, data: JsonObject) -> Event:
        """Make an event of a call."""
        from inspect_ai.model import messages_from_anthropic, model_output_from_anthropic

        request, response = data["request"], data["response"]
        messages = await messages_from_anthropic(request.get("messages") or [], _system(request.get("system")))
        plain: JsonObject | None = (
            response if response is None or is_mapping(response) else response.to_dict(mode="json")
        )
        output = await model_output_from_anthropic(plain) if plain is not None else None
        model = str(request.get("model") or "")
        return model_event(data, model, messages, output, tools=request.get("tools"), settings=request)


def _system(given: str | list[JsonObject] | None) -> str | None:
    if isinstance(given, list):
        return "\n".join(str(block.get("text") or "") for block in given) or None
    return given


def message_of(pieces: list[Foreign]) -> JsonObject | None:
    """Put a streamed message together, also one that was not read to its end."""
    whole: JsonObject | None = None
    blocks: dict[int, JsonObject] = {}
    for piece in pieces_of(pieces):
        match piece.get("type"):
            case "message_start":
                whole = dict(piece["message"])
            case "content_block_start":
                blocks[piece["index"]] = dict(piece["content_block"])
            case "content_block_delta" if piece["index"] in blocks:
                _add_delta(blocks[piece["index"]], piece["delta"])
            case "message_delta" if whole is not None:
                whole |= {name: value for name, value in piece["delta"].items() if value is not None}
                usage: JsonObject = piece.get("usage") or {}
                known = {name: value for name, value in usage.items() if value is not None}
                whole["usage"] = {**(whole.get("usage") or {}), **known}
            case _:
                continue
    if whole is not None:
        whole["content"] = [_ended(blocks[index]) for index in sorted(blocks)]
    return whole


def _add_delta(block: JsonObject, delta: JsonObject) -> None:
    match delta.get("type"):
        case "text_delta":
            block["text"] = block.get("text", "") + delta["text"]
        case "thinking_delta":
            block["thinking"] = block.get("thinking", "") + delta["thinking"]
        case "signature_delta":
            block["signature"] = block.get("signature", "") + delta["signature"]
        case "input_json_delta":
            block["json"] = block.get("json", "") + delta["partial_json"]
        case "citations_delta":
            block["citations"] = [*(block.get("citations") or ()), delta["citation"]]
        case _:
            return


def _ended(block: JsonObject) -> JsonObject:
    """Give a block with its arguments; of those that are cut off, the text is kept."""
    text = block.pop("json", "")
    if text:
        try:
            block["input"] = json.loads(text)
        except ValueError:
            block["input"] = {"input": text}
    return block
