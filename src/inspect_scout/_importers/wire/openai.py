"""Messages of OpenAI's chat API, which most programs write in one variant or another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..json_values import JsonMapping, JsonObject
from ..usage import Usage, whole_input
from .anthropic import Content, block_of, call_of, count_of, joined_content, unknown_block

ROLES: Final[Mapping[str, str]] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "model": "assistant",
    "tool": "tool",
    "function": "tool",
}
"""Roles of messages, by the words that programs have for them."""

_THINKING: Final = ("reasoning_content", "reasoning", "thinking")
_THOUGHT: Final = re.compile(r"\A\s*<think>(.*?)</think>\s*", re.DOTALL)


def content_of(given: object) -> Content:
    """Convert content: text, or a list of parts; what is only text stays text."""
    return joined_content(given, part_of)


def part_of(part: object) -> JsonObject:
    """Convert a part; one of an unknown kind is kept as its JSON."""
    if not is_mapping(part):
        return block_of(part)
    match part.get("type"):
        case "text" | "input_text" | "output_text" | None if isinstance(
            text := part.get("text", part.get("content", part.get("value"))), str
        ):
            return {"type": "text", "text": text}
        case "refusal":
            return {"type": "text", "text": str(part.get("refusal") or ""), "refusal": True}
        case "image_url" | "input_image":
            image = part.get("image_url")
            url = image.get("url") if is_mapping(image) else image
            return {"type": "image", "image": url} if isinstance(url, str) else unknown_block(part)
        case "input_audio" if is_mapping(audio := part.get("input_audio")) and isinstance(audio.get("data"), str):
            kind = "mp3" if audio.get("format") == "mp3" else "wav"
            return {"type": "audio", "audio": f"data:audio/{kind};base64,{audio['data']}", "format": kind}
        case "reasoning":
            return {
                "type": "reasoning",
                "reasoning": str(part.get("reasoning", part.get("content")) or ""),
                "redacted": False,
            }
        case _:
            return block_of(part)


def calls_of(message: JsonMapping, prefix: str) -> list[JsonObject]:
    """Convert the calls of tools of an answer; those without an id get one from `prefix` and their number."""
    given = message.get("tool_calls")
    found = [call for call in given if is_mapping(call)] if is_list(given) else []
    old = message.get("function_call")
    if not found and is_mapping(old):
        found = [{"function": old}]
    return [_call(call, f"{prefix}-{number}") for number, call in enumerate(found)]


def _call(call: JsonMapping, id: str) -> JsonObject:
    function = call.get("function")
    described = function if is_mapping(function) else call
    name = described.get("name") or (function if isinstance(function, str) else None)
    given = described.get("arguments", described.get("args", described.get("input")))
    return arguments_of(
        {"id": str(call.get("id") or call.get("tool_call_id") or id), "function": str(name or "unknown")}, given
    )


def arguments_of(call: JsonMapping, given: object) -> JsonObject:
    """Complete a call with its arguments: JSON text or an object. What is neither is kept, and said to be wrong."""
    whole: JsonObject = {**call, "type": "function", "arguments": {}}
    if given is None or given == "":
        return whole
    value = given
    if isinstance(given, str):
        try:
            value = msgspec.json.decode(given)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
            return {**whole, "arguments": {"input": given}, "parse_error": f"its arguments are not JSON: {error}"}
    if is_mapping(value):
        return {**whole, "arguments": value}
    return {**whole, "arguments": {"input": value}, "parse_error": "its arguments are not an object"}


def message_of(message: JsonMapping, prefix: str) -> JsonObject:
    """Convert a message in this shape, or a variant of it; it has an id only if it had one.

    Args:
        message: The message; a role that is not known is the name of an agent.
        prefix: Begins the ids of calls that have none.
    """
    role = ROLES.get(str(message.get("role") or "").lower(), "")
    id = message.get("id")
    said: JsonObject = {"id": id} if isinstance(id, str) and id else {}
    if role == "assistant" or not role:
        content, calls = answer_of(message, prefix)
        named = {} if role else {"metadata": {"name": str(message.get("role"))}}
        return {**said, "role": "assistant", "content": content, **({"tool_calls": calls} if calls else {}), **named}
    content = content_of(message.get("content"))
    if role == "tool":
        call_id = message.get("tool_call_id")
        return {**said, "role": role, "content": content, "tool_call_id": str(call_id) if call_id else None}
    return {**said, "role": role, "content": content}


def answer_of(message: JsonMapping, prefix: str) -> tuple[Content, list[JsonObject]]:
    """Convert an answer: its content, thoughts first, and the calls of tools.

    Args:
        message: The message.
        prefix: Begins the ids of calls that have none.
    """
    content = content_of(message.get("content"))
    calls = calls_of(message, prefix)
    given = message.get("content")
    if not calls and is_list(given):  # as Anthropic has them: among the parts
        uses = [part for part in given if is_mapping(part) and part.get("type") == "tool_use"]
        calls = [call_of(part, number) for number, part in enumerate(uses)]
        content = content_of([part for part in given if part not in uses]) if uses else content
    thoughts = [{"type": "reasoning", "reasoning": text, "redacted": False} for text in thoughts_of(message)]
    if isinstance(content, str) and (found := _THOUGHT.match(content)) and not thoughts:
        thoughts = [{"type": "reasoning", "reasoning": found[1].strip(), "redacted": False}]
        content = content[found.end() :]
    refusal = message.get("refusal")
    if isinstance(refusal, str) and refusal and not content:
        content = [{"type": "text", "text": refusal, "refusal": True}]
    if thoughts:
        said = [{"type": "text", "text": content}] if isinstance(content, str) else content
        content = [*thoughts, *(part for part in said if part.get("text") != "")]
    return content, calls


def thoughts_of(message: JsonMapping) -> list[str]:
    """Give the thoughts of an answer, under whichever name they stand."""
    found = next((message[name] for name in _THINKING if message.get(name)), None)
    if isinstance(found, str):
        return [found]
    blocks = found if is_list(found) else message.get("thinking_blocks")
    texts = (
        [block.get("thinking", block.get("text")) for block in blocks if is_mapping(block)] if is_list(blocks) else []
    )
    return [text for text in texts if isinstance(text, str) and text]


def usage_of(given: object) -> Usage | None:
    """Convert the tokens of a call, of the chat or the responses API: the input counts what the cache gave."""
    if not is_mapping(given):
        return None
    read = _detail(given, ("prompt_tokens_details", "input_tokens_details"), "cached_tokens")
    reasoning = _detail(given, ("completion_tokens_details", "output_tokens_details"), "reasoning_tokens")
    taken = count_of(given.get("prompt_tokens", given.get("input_tokens")))
    made = count_of(given.get("completion_tokens", given.get("output_tokens")))
    return (
        None
        if taken is None and made is None
        else whole_input(taken or 0, made or 0, cache_read=read, reasoning=reasoning)
    )


def _detail(given: JsonMapping, places: tuple[str, ...], name: str) -> int | None:
    return next((count_of(details.get(name)) for place in places if is_mapping(details := given.get(place))), None)
