"""What spans of the AI SDK of Vercel say in names of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..._support.shapes import is_list, is_mapping
from ..json_values import JsonMapping, JsonObject
from ..run import Message
from ..usage import Usage, whole_input
from ..wire.genai import text_of
from ..wire.openai import arguments_of, message_of
from ..wire.settings import config_of, from_text, stop_of, tools_of
from .flat import SpanEvent, counts, text_at
from .spans import CalledModel, Span, ToolUse

_SETTINGS: Final = "ai.settings."


def describes(attributes: JsonMapping) -> bool:
    """Whether a span uses these names."""
    return isinstance(attributes.get("ai.operationId"), str)


def describe(span: Span, attributes: JsonMapping, events: Sequence[SpanEvent]) -> None:  # noqa: ARG001 - all is in attributes
    """Say what a span is."""
    operation = str(attributes["ai.operationId"])
    span.kind, span.call = "other", None
    if operation == "ai.toolCall":
        result = attributes.get("ai.toolCall.result")
        span.kind = "tool"
        span.use = ToolUse(
            text_at(attributes, ("ai.toolCall.name",)) or span.name,
            arguments_of({}, attributes.get("ai.toolCall.args"))["arguments"],
            None if result is None else text_of(from_text(result)),
            text_at(attributes, ("ai.toolCall.id",)),
        )
    elif operation.rpartition(".")[2] in ("doGenerate", "doStream"):
        span.kind, span.call = "model", _call(attributes)
    elif operation in ("ai.generateText", "ai.streamText", "ai.generateObject", "ai.streamObject"):
        span.kind = "agent"


def _call(attributes: JsonMapping) -> CalledModel:
    messages = from_text(attributes.get("ai.prompt.messages"))
    given = [said for each in messages if is_mapping(each) for said in _messages(each)] if is_list(messages) else []
    tools = attributes.get("ai.prompt.tools")
    settings = {name.removeprefix(_SETTINGS): value for name, value in attributes.items() if name.startswith(_SETTINGS)}
    return CalledModel(
        text_at(attributes, ("ai.response.model", "gen_ai.response.model", "ai.model.id", "gen_ai.request.model"))
        or "",
        given,
        _answer(attributes),
        _usage(attributes),
        stop_of(attributes.get("ai.response.finishReason")),
        tools_of([from_text(each) for each in tools] if is_list(tools) else tools),
        config_of(settings),
        text_at(attributes, ("ai.response.id", "gen_ai.response.id")),
    )


def _answer(attributes: JsonMapping) -> list[Message]:
    text = text_at(attributes, ("ai.response.text", "ai.response.object"))
    thoughts = text_at(attributes, ("ai.response.reasoning",))
    calls = from_text(attributes.get("ai.response.toolCalls"))
    if text is None and thoughts is None and not calls:
        return []
    made = [_tool_call(each) for each in calls if is_mapping(each)] if is_list(calls) else []
    return [message_of({"role": "assistant", "content": text, "reasoning": thoughts, "tool_calls": made}, "call")]


def _tool_call(given: JsonMapping) -> JsonObject:
    return {
        "id": given.get("toolCallId"),
        "name": given.get("toolName"),
        "arguments": given.get("args", given.get("input")),
    }


def _messages(given: JsonMapping) -> list[Message]:
    """Convert a message; a message of tools holds a result for each call."""
    parts = given.get("content")
    if not is_list(parts):
        return [message_of(given, "call")]
    pieces = [part for part in parts if is_mapping(part)]
    if given.get("role") == "tool":
        return [
            {
                "role": "tool",
                "content": text_of(_output(part)),
                "tool_call_id": str(part.get("toolCallId") or "") or None,
                "function": str(part.get("toolName") or "unknown"),
            }
            for part in pieces
        ]
    calls = [_tool_call(part) for part in pieces if part.get("type") == "tool-call"]
    content = [_part(part) for part in pieces if part.get("type") != "tool-call"]
    return [message_of({"role": given.get("role"), "content": content, "tool_calls": calls}, "call")]


def _output(part: JsonMapping) -> object:
    output = part.get("output", part.get("result"))
    return output["value"] if is_mapping(output) and "value" in output and "type" in output else output


def _part(part: JsonMapping) -> JsonObject:
    image = part.get("image", part.get("data"))
    if part.get("type") in ("image", "file") and isinstance(image, str) and image.startswith(("http", "data:")):
        return {"type": "image_url", "image_url": {"url": image}}
    if part.get("type") == "reasoning":
        return {"type": "reasoning", "reasoning": part.get("text")}
    return dict(part)


def _usage(attributes: JsonMapping) -> Usage | None:
    given = counts(attributes, "ai.usage.inputTokens", "ai.usage.promptTokens", "gen_ai.usage.input_tokens")
    made = counts(attributes, "ai.usage.outputTokens", "ai.usage.completionTokens", "gen_ai.usage.output_tokens")
    if given is None and made is None:
        return None
    return whole_input(
        given or 0,
        made or 0,
        cache_read=counts(attributes, "ai.usage.cachedInputTokens"),
        reasoning=counts(attributes, "ai.usage.reasoningTokens"),
    )
