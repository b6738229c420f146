"""Contents of Google's API as messages of roles and parts: the same things under other names, in camel or in snake case."""

from __future__ import annotations

from ..._support.shapes import is_list, is_mapping
from ..json_values import Json, JsonMapping, JsonObject


def is_content(value: JsonMapping) -> bool:
    """Whether something has parts as Google has them: without a type."""
    parts = value.get("parts")
    return is_list(parts) and all(is_mapping(part) and "type" not in part for part in parts)


def as_genai(content: JsonMapping) -> JsonObject:
    """Write contents in the names of the conventions for generative AI."""
    role = content.get("role") or "user"
    return {"role": role, "parts": [_part(part) for part in content["parts"]]}


def _part(part: JsonMapping) -> JsonObject:
    call = _either(part, "function_call", "functionCall")
    if is_mapping(call):
        return {"type": "tool_call", "id": call.get("id"), "name": call.get("name"), "arguments": call.get("args")}
    answer = _either(part, "function_response", "functionResponse")
    if is_mapping(answer):
        given = answer.get("response")
        only = given["result"] if is_mapping(given) and list(given) == ["result"] else given
        return {"type": "tool_call_response", "id": answer.get("id"), "name": answer.get("name"), "response": only}
    blob = _either(part, "inline_data", "inlineData")
    if is_mapping(blob):
        return {"type": "blob", "mime_type": _either(blob, "mime_type", "mimeType"), "content": blob.get("data")}
    text = part.get("text")
    if isinstance(text, str):
        return {"type": "reasoning" if part.get("thought") is True else "text", "content": text}
    return dict(part)


def _either(given: JsonMapping, snake: str, camel: str) -> Json:
    return given.get(snake, given.get(camel))
