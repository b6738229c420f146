"""Content blocks of Anthropic's Messages API."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..json_values import JsonMapping, JsonObject
from ..usage import Usage

Content = str | list[JsonObject]
"""Content of a message, in the JSON of Inspect."""


def content_of(given: object) -> Content:
    """Convert the content of a message or of a tool's result; what is only text stays text."""
    return joined_content(given, block_of)


def joined_content(given: object, convert: Callable[[object], JsonObject]) -> Content:
    """Convert content, each part by itself; parts that are all text become one text, and nothing becomes no text."""
    if given is None or isinstance(given, str):
        return given or ""
    if not is_list(given):
        return [unknown_block(given)]
    parts = [convert(each) for each in given]
    if all(part["type"] == "text" for part in parts):
        return "\n".join(part["text"] for part in parts)
    return parts


def answer_of(blocks: Sequence[object]) -> tuple[list[JsonObject], list[JsonObject]]:
    """Convert the blocks of an answer: its content, and the calls of tools."""
    content: list[JsonObject] = []
    calls: list[JsonObject] = []
    for block in blocks:
        if is_mapping(block) and block.get("type") in ("tool_use", "server_tool_use", "mcp_tool_use"):
            calls.append(call_of(block, len(calls)))
        else:
            content.append(block_of(block))
    return content, calls


def call_of(block: JsonMapping, position: int) -> JsonObject:
    """Convert a call of a tool; arguments that are not an object are kept, and said to be wrong."""
    given = block.get("input")
    call = {
        "id": str(block.get("id") or f"call-{position}"),
        "function": str(block.get("name") or "unknown"),
        "arguments": dict(given) if is_mapping(given) else {},
        "type": "function",
    }
    if given is not None and not is_mapping(given):
        call |= {"arguments": {"input": given}, "parse_error": "its arguments are not an object"}
    return call


def block_of(block: object) -> JsonObject:
    """Convert one block; one of an unknown kind is kept as its JSON."""
    if isinstance(block, str):
        return {"type": "text", "text": block}
    if not is_mapping(block):
        return unknown_block(block)
    match block.get("type"):
        case "text":
            return {"type": "text", "text": str(block.get("text") or "")}
        case "thinking":
            signature = block.get("signature")
            signed = {"signature": signature} if isinstance(signature, str) and signature else {}
            return {"type": "reasoning", "reasoning": str(block.get("thinking") or ""), "redacted": False, **signed}
        case "redacted_thinking":
            return {"type": "reasoning", "reasoning": str(block.get("data") or ""), "redacted": True}
        case "image" if (source := image_of(block.get("source"))) is not None:
            return {"type": "image", "image": source}
        case _:
            return unknown_block(block)


def image_of(source: object) -> str | None:
    """Give an image as an address or a data URI; None if it is neither."""
    if not is_mapping(source):
        return None
    data, url = source.get("data"), source.get("url")
    if source.get("type") == "base64" and isinstance(data, str):
        return f"data:{source.get('media_type') or 'image/png'};base64,{data}"
    return url if source.get("type") == "url" and isinstance(url, str) else None


def unknown_block(block: object) -> JsonObject:
    """Keep a block of an unknown kind as text, so that nothing of it is lost."""
    return {"type": "text", "text": msgspec.json.encode(block).decode()}


def usage_of(given: object) -> Usage | None:
    """Convert the tokens of a call: all four kinds are disjoint."""
    if not is_mapping(given):
        return None
    return Usage(
        count_of(given.get("input_tokens")) or 0,
        count_of(given.get("output_tokens")) or 0,
        count_of(given.get("cache_read_input_tokens")),
        count_of(given.get("cache_creation_input_tokens")),
    )


def count_of(value: object) -> int | None:
    """Give a number of tokens; None if it is none, or more than any program can have counted."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else None
