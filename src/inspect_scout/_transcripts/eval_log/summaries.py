"""Summaries for the index: the short forms of input, target, metadata and explanations.

They follow what Inspect keeps in its own summaries, so that a log without summaries (`.json`, or in memory) gives the same.
"""

from __future__ import annotations

import json
import textwrap
from typing import Any

from ..._support.shapes import is_list, is_mapping

TEXT_CHARS = 5120
VALUE_CHARS = 1024
REMOVED = "Key removed from summary (> 1k)"
JsonObject = dict[str, Any]


def truncate(text: str) -> str:
    """Cut a text to the first 5120 characters."""
    return text if len(text) <= TEXT_CHARS else text[:TEXT_CHARS] + "...\n(content truncated)"


def shorten(text: str) -> str:
    """Collapse white space and cut to 1024 characters, at a word."""
    text = text[: VALUE_CHARS * 8]
    line = " ".join(text.split())
    return line if len(line) <= VALUE_CHARS else textwrap.shorten(text, width=VALUE_CHARS, placeholder="...")


def summarise_metadata(metadata: JsonObject) -> JsonObject:
    """Keep what is short; larger values leave a note."""
    return {key: _summarise_value(value) for key, value in metadata.items()}


def _summarise_value(value: Any) -> Any:
    if isinstance(value, str):
        return shorten(value)
    if value is None or isinstance(value, int | float):
        return value
    if len(json.dumps(value, separators=(",", ":"), ensure_ascii=False)) > VALUE_CHARS:
        return REMOVED
    return value if len(json.dumps(value, indent=2, ensure_ascii=False)) <= VALUE_CHARS else REMOVED


def target_text(target: Any) -> str:
    """Write a target, or several joined by commas."""
    items = target if is_list(target) else [target]
    return ",".join(truncate(item) if isinstance(item, str) else str(item) for item in items)


def input_text(value: Any) -> str:
    """Write the input of a sample as text: each message under its role."""
    if not is_list(value):
        return _message_text({"role": "user", "content": value})
    return "\n\n".join(_message_text(m) for m in value if is_mapping(m))


def _message_text(message: JsonObject) -> str:
    role, text = message.get("role"), _content_text(message.get("content")).strip()
    error = _tool_error(message)
    if role == "assistant" and is_list(message.get("tool_calls")):
        return f"{role}:\n{text}\n" + "".join(_call_text(call) for call in message["tool_calls"])
    if role == "tool" and error is not None:
        return f"{role}:\n{text}\n\nError in tool call '{message.get('function') or 'unknown'}':\n{error}\n"
    return f"{role}:\n{text}\n"


def _content_text(content: Any) -> str:
    if isinstance(content, str):
        return truncate(content)
    if not is_list(content):
        return ""
    texts: list[str] = []
    for part in content:
        if is_mapping(part):
            kind, text = part.get("type"), part.get("text")
            is_text = kind == "text" and isinstance(text, str)
            texts.append(truncate(str(text)) if is_text else f"({str(kind).capitalize()})")
    return "\n".join(texts)


def _call_text(call: Any) -> str:
    if not is_mapping(call):
        return ""
    arguments: Any = call.get("arguments")
    if is_mapping(arguments):
        arguments = "\n" + "\n".join(f"{name}: {value}" for name, value in arguments.items())
    else:
        arguments = f" {arguments}"
    return f"\nTool Call: {call.get('function')}\nArguments:{arguments}"


def _tool_error(message: JsonObject) -> str | None:
    if message.get("tool_error"):
        return str(message["tool_error"])
    error = message.get("error")
    return str(error.get("message")) if is_mapping(error) else None
