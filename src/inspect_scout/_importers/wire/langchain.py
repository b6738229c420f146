"""Messages of LangChain: serialized objects (`lc`, `kwargs`), dumps of models (`type`), and pairs of `type` and `data`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..._support.shapes import is_list, is_mapping
from ..json_values import JsonMapping, JsonObject, objects_of
from ..usage import Usage, whole_input
from . import openai
from .anthropic import count_of

_ROLES: Final[Mapping[str, str]] = {
    "human": "user",
    "humanmessage": "user",
    "ai": "assistant",
    "aimessage": "assistant",
    "system": "system",
    "systemmessage": "system",
    "developer": "system",
    "tool": "tool",
    "toolmessage": "tool",
    "function": "tool",
    "functionmessage": "tool",
    "chat": "chat",
    "chatmessage": "chat",
}
"""Roles by `type`, or by the name of a class."""
_CALLS: Final = frozenset({"tool_use", "tool_call", "function_call", "input_json_delta"})
"""Parts of content that say again what is among the calls."""


def fields_of(given: object) -> JsonObject | None:
    """Give the fields of a message, with its role; None if it is not a message of LangChain."""
    if not is_mapping(given):
        return None
    kind, fields = given.get("type"), given
    if "lc" in given and is_mapping(kwargs := given.get("kwargs")):
        path = given.get("id")
        kind = kwargs.get("type") or (path[-1] if is_list(path) and path else None)
        fields = kwargs
    elif is_mapping(data := given.get("data")) and "content" in data:
        fields = data
    elif "role" in given or "content" not in given:
        return None
    role = _ROLES.get(str(kind).lower().removesuffix("chunk"))
    if role == "chat":
        role = openai.ROLES.get(str(fields.get("role")).lower(), "assistant")
    return None if role is None else {**fields, "role": role}


def message_of(fields: JsonMapping, prefix: str) -> JsonObject:
    """Convert a message.

    Args:
        fields: What `fields_of` gives.
        prefix: Begins the ids of calls that have none.
    """
    role, content = fields["role"], fields.get("content")
    if role == "assistant":
        said, calls = openai.answer_of(_as_openai(fields), prefix)
        return {"role": role, "content": said, **({"tool_calls": calls} if calls else {})}
    message: JsonObject = {"role": role, "content": openai.content_of(content)}
    if role == "tool":
        name = fields.get("name")
        message |= {"tool_call_id": fields.get("tool_call_id"), "function": str(name) if name else "unknown"}
        if fields.get("status") == "error":
            message["error"] = {"type": "unknown", "message": str(content)}
    return message


def _as_openai(fields: JsonMapping) -> JsonObject:
    """Write an answer as OpenAI does: in `tool_calls`, or else among what providers added, and never twice."""
    added = fields.get("additional_kwargs")
    extra = added if is_mapping(added) else {}
    calls = [*objects_of(fields.get("tool_calls")), *objects_of(fields.get("invalid_tool_calls"))] or objects_of(
        extra.get("tool_calls")
    )
    content = fields.get("content")
    if is_list(content) and calls:
        content = [part for part in content if not (is_mapping(part) and str(part.get("type")) in _CALLS)]
    return {
        "content": content,
        "tool_calls": calls,
        "function_call": extra.get("function_call"),
        "reasoning_content": extra.get("reasoning_content"),
        "refusal": extra.get("refusal"),
    }


def usage_of(fields: JsonMapping) -> Usage | None:
    """Convert the tokens that an answer used; its input counts what the cache gave and took."""
    given = fields.get("usage_metadata")
    if not is_mapping(given):
        response = fields.get("response_metadata")
        return openai.usage_of(response.get("token_usage", response.get("usage"))) if is_mapping(response) else None
    taken, made = given.get("input_token_details"), given.get("output_token_details")
    cache, thought = taken if is_mapping(taken) else {}, made if is_mapping(made) else {}
    return whole_input(
        count_of(given.get("input_tokens")) or 0,
        count_of(given.get("output_tokens")) or 0,
        cache_read=count_of(cache.get("cache_read")),
        cache_write=count_of(cache.get("cache_creation")),
        reasoning=count_of(thought.get("reasoning")),
    )


def response_of(fields: JsonMapping) -> tuple[str | None, object, str | None]:
    """Give what the provider said of an answer: its model, why it ended, and its id."""
    response = fields.get("response_metadata")
    if not is_mapping(response):
        return None, None, None
    model = response.get("model_name") or response.get("model")
    id = response.get("id")
    stop = response.get("finish_reason") or response.get("stop_reason") or response.get("done_reason")
    return (model if isinstance(model, str) else None), stop, (id if isinstance(id, str) else None)
