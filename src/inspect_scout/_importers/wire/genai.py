"""Messages as the conventions of OpenTelemetry for generative AI have them: roles and parts."""

from __future__ import annotations

from collections.abc import Iterator

from ..._support.shapes import is_list, is_mapping
from ..json_values import Json, JsonMapping, JsonObject
from ..run import Message
from .anthropic import Content, unknown_block
from .openai import ROLES, arguments_of, message_of
from .settings import from_text

_CALLS = ("tool_call", "server_tool_call")
_RESPONSES = ("tool_call_response", "server_tool_call_response")


def messages_of(given: object, role: str = "user") -> list[Message]:
    """Convert messages; text that is not JSON, because it was cut off or never was, is the content of one.

    Args:
        given: Messages, or JSON text of them.
        role: Role of a message that has none.
    """
    value = from_text(given)
    if value is None or value == "":
        return []
    if not is_list(value):
        value = [value]
    found: list[Message] = []
    for number, each in enumerate(value):
        if not is_mapping(each):
            found.append({"role": role, "content": str(each)})
        elif is_list(each.get("parts")):
            found += from_parts(each, role, number)
        elif "content" in each or "tool_calls" in each:
            found.append(message_of({"role": role, **each}, f"call-{number}"))
        elif "type" in each:  # a part by itself, as instructions are
            found += from_parts({"parts": [each]}, role, number)
        else:
            found.append({"role": role, "content": [unknown_block(each)]})
    return found


def from_parts(message: JsonMapping, default: str, number: int) -> Iterator[Message]:
    """Convert a message; results of tools in it are messages of their own.

    Args:
        message: The message.
        default: Its role, if it has none.
        number: Its number in its conversation, for calls that have no id.
    """
    role = ROLES.get(str(message.get("role") or default).lower(), "assistant")
    parts = [part for part in message["parts"] if part is not None]
    said = [part for part in parts if not (is_mapping(part) and part.get("type") in _RESPONSES)]
    for part in parts:
        if is_mapping(part) and part.get("type") in _RESPONSES:
            yield _response(part)
    if not said and len(parts) > 0:
        return
    calls = [part for part in said if is_mapping(part) and part.get("type") in _CALLS]
    content = _joined([_part(part) for part in said if part not in calls])
    if role == "tool":
        yield {"role": role, "content": content, "tool_call_id": None}
    elif role == "assistant" or calls:
        made = [_call(part, f"call-{number}-{n}") for n, part in enumerate(calls)]
        yield {"role": "assistant", "content": content, **({"tool_calls": made} if made else {})}
    else:
        yield {"role": role, "content": content}


def _call(part: JsonMapping, id: str) -> JsonObject:
    call = {"id": str(part.get("id") or id), "function": str(part.get("name") or "unknown")}
    return arguments_of(call, part.get("arguments"))


def _response(part: JsonMapping) -> Message:
    given = part.get("response", part.get("result"))
    call_id = part.get("id")
    named = {"function": part["name"]} if isinstance(part.get("name"), str) else {}
    return {"role": "tool", "content": text_of(given), "tool_call_id": str(call_id) if call_id else None, **named}


def _part(part: object) -> JsonObject:
    if not is_mapping(part):
        return {"type": "text", "text": str(part)}
    content = part.get("content", part.get("text"))
    match part.get("type"):
        case "text" if isinstance(content, str):
            return {"type": "text", "text": content}
        case "reasoning" | "thinking" if isinstance(content, str):
            return {"type": "reasoning", "reasoning": content, "redacted": False}
        case "blob" if str(part.get("mime_type") or part.get("modality")).startswith("image") and isinstance(
            content, str
        ):
            return {"type": "image", "image": f"data:{part.get('mime_type') or 'image/png'};base64,{content}"}
        case "uri" if str(part.get("mime_type") or part.get("modality")).startswith("image") and part.get("uri"):
            return {"type": "image", "image": str(part["uri"])}
        case _:
            return unknown_block(part)


def _joined(parts: list[JsonObject]) -> Content:
    if all(part["type"] == "text" for part in parts):
        return "\n".join(part["text"] for part in parts)
    return parts


def text_of(given: Json) -> Content:
    """Give a result of a tool as content: text as it is, all else as its JSON."""
    if given is None:
        return ""
    return given if isinstance(given, str) else unknown_block(given)["text"]
