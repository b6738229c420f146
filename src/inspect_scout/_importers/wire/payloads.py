"""Messages in whichever shape a program handed them to a platform: of a provider, of a framework, or plain text.

Platforms keep what a traced function was given and gave back as it was. What is a message is converted; everything else
becomes text, so that nothing is lost and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..json_values import Json, JsonMapping, JsonObject
from . import genai, google, langchain, openai
from .anthropic import Content, content_of
from .settings import from_text

_LISTS: Final = ("messages", "contents", "history", "chat_history", "conversation")
"""Keys below which a request has its messages."""
_INSIDE: Final = ("kwargs", "input", "inputs", "prompt", "prompts", "request", "body", "request_data", "new_message")
"""Keys below which something has a request."""
_INSTRUCTIONS: Final = ("system", "instructions", "system_instruction", "systemInstruction")
_ITEMS: Final = frozenset({"function_call", "function_call_output", "reasoning", "message"})
"""Items of OpenAI's responses API."""


def text_of(value: object) -> str:
    """Write any value as text: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def messages_of(value: object, role: str = "user") -> list[JsonObject]:
    """Convert what a call was given.

    Args:
        value: Messages, a request that has them, or anything else.
        role: Role of what has none.
    """
    messages: list[JsonObject] = []
    _add(messages, value, role)
    _pair(messages)
    return messages


def _pair(messages: Iterable[JsonObject]) -> None:
    """Give results without an id that of the first call of the same function that was not answered yet."""
    waiting: list[JsonObject] = []
    for message in messages:
        waiting += message.get("tool_calls") or ()
        if message["role"] != "tool" or not waiting:
            continue
        id, name = message.get("tool_call_id"), message.get("function", "unknown")
        fits = (each for each in waiting if each["id"] == id or (not id and name in ("unknown", each["function"])))
        call = next(fits, None)
        if call is not None:
            waiting.remove(call)
            message["tool_call_id"] = call["id"]


def _add(messages: list[JsonObject], given: object, role: str) -> None:
    value = from_text(given)
    if value is None or value in ("", [], {}):
        return
    if is_list(value):
        _add_list(messages, value, role)
    elif is_mapping(value):
        _add_object(messages, value, role)
    else:
        messages.append({"role": role, "content": text_of(value)})


def _add_list(messages: list[JsonObject], value: Sequence[Json], role: str) -> None:
    if all(is_list(each) for each in value):  # a batch of LangChain: the first conversation is that of the trace
        _add(messages, value[0], role)
    elif all(_is_message(each) for each in value):
        for each in value:
            messages += message_of(each, len(messages))
    elif all(is_mapping(each) and "type" in each for each in value):
        messages.append({"role": role, "content": openai.content_of(value)})
    elif all(isinstance(each, str) for each in value):
        messages += [{"role": role, "content": each} for each in value]
    else:
        messages.append({"role": role, "content": text_of(value)})


def _add_object(messages: list[JsonObject], value: JsonMapping, role: str) -> None:
    if _is_message(value):
        messages += message_of(value, len(messages))
        return
    found = next((value[name] for name in _LISTS if value.get(name)), None)
    if found is None:
        found = next((value[name] for name in _INSIDE if value.get(name)), None)
    if found is None:
        messages.append({"role": role, "content": text_of(value)})
        return
    config = value.get("config")
    instructions = next((value[name] for name in _INSTRUCTIONS if value.get(name)), None)
    if instructions is None and is_mapping(config):
        instructions = next((config[name] for name in _INSTRUCTIONS if config.get(name)), None)
    if instructions is not None:
        text = instructions if isinstance(instructions, str) else _instructions(instructions)
        messages.append({"role": "system", "content": text})
    _add(messages, found, role)


def _instructions(given: Json) -> Content:
    parts = given.get("parts") if is_mapping(given) else given
    if is_list(parts):
        return openai.content_of(
            [part if is_mapping(part) else {"type": "text", "text": text_of(part)} for part in parts]
        )
    return text_of(given)


def _is_message(value: object) -> bool:
    if langchain.fields_of(value) is not None:
        return True
    if not is_mapping(value):
        return False
    if isinstance(value.get("role"), str) and value.keys() & {"content", "parts", "tool_calls", "function_call"}:
        return True
    return (
        "role" not in value
        and str(value.get("type")) in _ITEMS
        and bool(value.keys() & {"call_id", "summary", "content"})
    )


def message_of(value: JsonMapping, position: int) -> list[JsonObject]:
    """Convert a message; what several tools gave back in one becomes a message for each.

    Args:
        value: The message.
        position: Number of the message in its conversation, for calls that have no id.
    """
    prefix = f"call-{position}"
    fields = langchain.fields_of(value)
    if fields is not None:
        return [langchain.message_of(fields, prefix)]
    if "role" not in value:
        return [_item(value, prefix)]
    if google.is_content(value):
        value = google.as_genai(value)
    if is_list(value.get("parts")):
        return list(genai.from_parts(value, "user", position))
    return _from_content(value, prefix)


def _from_content(value: JsonMapping, prefix: str) -> list[JsonObject]:
    role = openai.ROLES.get(str(value["role"]).lower())
    content = value.get("content")
    if role == "assistant" and is_mapping(value.get("additional_kwargs")):  # LangChain's, with the role of others
        return [langchain.message_of({**value, "role": role}, prefix)]
    if role in ("assistant", None):
        said, calls = openai.answer_of(value, prefix)
        named = {} if role else {"metadata": {"name": str(value["role"])}}
        return [{"role": "assistant", "content": said, **({"tool_calls": calls} if calls else {}), **named}]
    if role == "tool":
        name = value.get("name") or "unknown"
        return [result_of(value.get("tool_call_id") or value.get("id"), str(name), openai.content_of(content))]
    if is_list(content):
        return _split_results(role, content)
    return [{"role": role, "content": openai.content_of(content)}]


def _split_results(role: str, content: Sequence[Json]) -> list[JsonObject]:
    """Give results of tools, which Anthropic puts into a message of the user, as messages of their own."""
    found: list[JsonObject] = []
    said: list[Json] = []
    for part in content:
        if is_mapping(part) and part.get("type") == "tool_result":
            result = result_of(part.get("tool_use_id"), "unknown", content_of(part.get("content")))
            if part.get("is_error") is True:
                result["error"] = {"type": "unknown", "message": text_of(part.get("content"))}
            found.append(result)
        else:
            said.append(part)
    return [*found, {"role": role, "content": openai.content_of(said)}] if said or not found else found


def result_of(call_id: object, function: str, content: Content) -> JsonObject:
    """Write the message of a tool."""
    return {
        "role": "tool",
        "tool_call_id": str(call_id) if call_id else None,
        "function": function,
        "content": content,
    }


def _item(value: JsonMapping, prefix: str) -> JsonObject:
    """Convert an item of the responses API that is not a message."""
    match value.get("type"):
        case "function_call":
            named = {"id": str(value.get("call_id") or prefix), "function": str(value.get("name") or "unknown")}
            call = openai.arguments_of(named, value.get("arguments"))
            return {"role": "assistant", "content": "", "tool_calls": [call]}
        case "function_call_output":
            output = value.get("output")
            content = openai.content_of(output) if is_list(output) else text_of(output)
            return result_of(value.get("call_id"), "unknown", content)
        case "reasoning":
            parts = value.get("summary") or value.get("content")
            said = [str(part.get("text", "")) for part in parts if is_mapping(part)] if is_list(parts) else []
            thought: JsonObject = {
                "type": "reasoning",
                "reasoning": "\n".join(said),
                "redacted": bool(value.get("encrypted_content")),
            }
            return {"role": "assistant", "content": [thought]}
        case _:
            return {"role": "assistant", "content": openai.content_of(value.get("content"))}


def joined_answers(messages: Iterable[JsonObject]) -> JsonObject:
    """Make one answer of several that are parts of it: thoughts, text and calls."""
    content: list[JsonObject] = []
    calls: list[JsonObject] = []
    for message in messages:
        said = message["content"]
        content += [{"type": "text", "text": said}] if isinstance(said, str) and said else said or []
        calls += message.get("tool_calls", ())
    whole: Content = content
    if all(part["type"] == "text" for part in content):
        whole = "\n".join(part["text"] for part in content)
    return {"role": "assistant", "content": whole, **({"tool_calls": calls} if calls else {})}
