"""What spans say in the names of OpenTelemetry's conventions for generative AI, in all their versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..._support.shapes import is_list, is_mapping
from ..json_values import JsonMapping, JsonObject, objects_of
from ..run import Message, StopReason
from ..usage import Usage, whole_input
from ..wire.genai import messages_of, text_of
from ..wire.openai import arguments_of, message_of
from ..wire.settings import config_of, from_text, stop_of, tools_of
from .flat import SpanEvent, counts, numbered, text_at
from .spans import CalledModel, Span, ToolUse

_MODEL: Final = frozenset({"chat", "text_completion", "generate_content", "message", "completion"})
_AGENT: Final = frozenset({"invoke_agent"})
_NOTED: Final = frozenset({"embeddings", "retrieval"})
_DETAILS: Final = "gen_ai.client.inference.operation.details"
_REQUEST: Final = "gen_ai.request."
_OLD_ROLES: Final = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}


def describes(attributes: JsonMapping) -> bool:
    """Whether a span uses these names."""
    return any(name.startswith(("gen_ai.", "traceloop.")) for name in attributes)


def describe(span: Span, attributes: JsonMapping, events: Sequence[SpanEvent]) -> None:
    """Say what a span is."""
    operation = text_at(attributes, ("gen_ai.operation.name",))
    kind = str(attributes.get("traceloop.span.kind") or "")
    if operation == "execute_tool" or "gen_ai.tool.name" in attributes or kind == "tool":
        span.kind, span.use = "tool", _use(span, attributes, events)
    elif operation in _AGENT or kind == "agent":
        span.kind = "agent"
    elif operation in _MODEL or (operation is None and _looks_like_a_call(attributes)):
        span.kind, span.call = "model", _call(attributes, events)
    elif operation in _NOTED:
        span.note = {str(operation): {name: value for name, value in attributes.items() if name.startswith("gen_ai.")}}


def _looks_like_a_call(attributes: JsonMapping) -> bool:
    names = (
        "gen_ai.prompt.0.role",
        "gen_ai.prompt",
        "gen_ai.completion.0.role",
        "gen_ai.input.messages",
        "llm.request.type",
    )
    has_request = "gen_ai.request.model" in attributes and "gen_ai.agent.name" not in attributes
    return any(name in attributes for name in names) or has_request


def _use(span: Span, attributes: JsonMapping, events: Sequence[SpanEvent]) -> ToolUse:
    call_id = text_at(attributes, ("gen_ai.tool.call.id",))
    name = text_at(attributes, ("gen_ai.tool.name", "traceloop.entity.name")) or span.name
    given = next(
        (
            attributes[key]
            for key in ("gen_ai.tool.call.arguments", "tool_arguments", "traceloop.entity.input")
            if attributes.get(key) is not None
        ),
        None,
    )
    arguments = arguments_of({}, given)["arguments"]
    results = ("gen_ai.tool.call.result", "tool_response", "traceloop.entity.output")
    result = next((attributes[key] for key in results if attributes.get(key) is not None), None)
    if result is None:
        result = next((_content(each) for each in events if each.name == "gen_ai.tool.message"), None)
    return ToolUse(name, arguments, None if result is None else text_of(result), call_id)


def _content(event: SpanEvent) -> object:
    body = _body(event)
    return body.get("content")


def _call(attributes: JsonMapping, events: Sequence[SpanEvent]) -> CalledModel:
    details = next((each.attributes for each in events if each.name == _DETAILS), JsonObject())
    said: JsonObject = {**details, **attributes}
    given = messages_of(said.get("gen_ai.input.messages"))
    output = messages_of(said.get("gen_ai.output.messages"), "assistant")
    reasons = [each.get("finish_reason") for each in objects_of(from_text(said.get("gen_ai.output.messages")))]
    if not given and not output:
        given, output, reasons = _older(said, events)
    instructions = messages_of(said.get("gen_ai.system_instructions"), "system")
    if instructions and not any(message["role"] == "system" for message in given):
        given = [_together(instructions), *given]
    finished = from_text(said.get("gen_ai.response.finish_reasons"))
    reasons = [*(finished if is_list(finished) else [finished]), *reasons]
    return CalledModel(
        text_at(said, ("gen_ai.response.model", "gen_ai.request.model", "gen_ai.response_model")) or "",
        given,
        output,
        _usage(said),
        _stop(reasons),
        tools_of(said.get("gen_ai.tool.definitions")) or tools_of(numbered(said, "llm.request.functions.")),
        config_of({name.removeprefix(_REQUEST): value for name, value in said.items() if name.startswith(_REQUEST)}),
        text_at(said, ("gen_ai.response.id",)),
    )


def _stop(reasons: Sequence[object]) -> StopReason:
    for reason in reasons:
        if (stop := stop_of(reason)) != "unknown":
            return stop
    return "unknown"


def _together(messages: Sequence[Message]) -> Message:
    """Instructions are parts of one message."""
    return {"role": "system", "content": "\n\n".join(str(message["content"]) for message in messages)}


def _older(said: JsonMapping, events: Sequence[SpanEvent]) -> tuple[list[Message], list[Message], list[object]]:
    """Give what older versions say: in events, in a list of events as text, or in flattened attributes."""
    listed = [
        SpanEvent(str(each.get("event.name")), {}, each)
        for each in objects_of(from_text(said.get("events", said.get("all_messages_events"))))
    ]
    given: list[Message] = []
    output: list[Message] = []
    reasons: list[object] = []
    for event in [*events, *listed]:
        if event.name in _OLD_ROLES:
            given.append(_message(event, _OLD_ROLES[event.name]))
        elif event.name == "gen_ai.choice":
            body = _body(event)
            inner = body.get("message")
            whole = inner if is_mapping(inner) else {**body, "content": body.get("content", inner)}
            output.append(message_of({**whole, "role": "assistant"}, "call"))
            reasons.append(body.get("finish_reason"))
        elif event.name in ("gen_ai.content.prompt", "gen_ai.content.completion"):
            name = event.name.replace("gen_ai.content", "gen_ai")
            (given if name.endswith("prompt") else output).extend(
                messages_of(event.attributes.get(name), "user" if name.endswith("prompt") else "assistant")
            )
    if not given and not output:
        given = [_flattened(row) for row in numbered(said, "gen_ai.prompt.")] or messages_of(said.get("gen_ai.prompt"))
        answers = numbered(said, "gen_ai.completion.")
        output = [_flattened({"role": "assistant", **row}) for row in answers]
        output = output or messages_of(said.get("gen_ai.completion"), "assistant")
        reasons = [row.get("finish_reason") for row in answers]
    if not given and not output:
        given, output = _of_logfire(said)
    return given, output, reasons


def _of_logfire(said: JsonMapping) -> tuple[list[Message], list[Message]]:
    """What Logfire's own instrumentations say: the request and the answer of a provider, as JSON."""
    request, answer = from_text(said.get("request_data")), from_text(said.get("response_data"))
    given: list[Message] = []
    output: list[Message] = []
    if is_mapping(request):
        system = request.get("system", request.get("instructions"))
        given = messages_of(system, "system") if system else []
        given += messages_of(next((request[k] for k in ("messages", "input", "contents") if k in request), None))
    if is_mapping(answer):
        inner = answer.get("message", answer.get("combined_chunk_content", answer.get("text")))
        output = messages_of(inner, "assistant")
    return given, output


def _body(event: SpanEvent) -> JsonObject:
    """The body of an event, or its attributes: they say the same, in JSON text where they must."""
    if is_mapping(event.body):
        return event.body
    return {name: from_text(value) if name != "content" else value for name, value in event.attributes.items()}


def _message(event: SpanEvent, role: str) -> Message:
    body = _body(event)
    call_id = {"tool_call_id": body["id"]} if role == "tool" and body.get("id") else {}
    return message_of(
        {**{name: value for name, value in body.items() if name != "id"}, **call_id, "role": role}, "call"
    )


def _flattened(row: JsonMapping) -> Message:
    calls = [
        {"id": call.get("id"), "name": call.get("name"), "arguments": call.get("arguments")}
        for call in numbered(row, "tool_calls.")
    ]
    content = from_text(row.get("content"))
    whole = {**row, "content": content if is_list(content) else row.get("content"), "tool_calls": calls}
    return message_of(whole, f"call-{row.get('tool_call_id') or ''}")


def _usage(said: JsonMapping) -> Usage | None:
    """Convert tokens. The input counts what the cache gave; some instrumentations of Anthropic write it without."""
    name = "gen_ai.usage."
    given = counts(said, f"{name}input_tokens", f"{name}prompt_tokens")
    made = counts(said, f"{name}output_tokens", f"{name}completion_tokens")
    if given is None and made is None:
        return None
    read = counts(
        said, f"{name}cache_read.input_tokens", f"{name}cache_read_input_tokens", f"{name}details.cache_read_tokens"
    )
    write = counts(
        said,
        f"{name}cache_creation.input_tokens",
        f"{name}cache_creation_input_tokens",
        f"{name}details.cache_write_tokens",
    )
    reasoning = counts(said, f"{name}reasoning.output_tokens", f"{name}details.reasoning_tokens")
    if (read or 0) + (write or 0) > (given or 0):
        return Usage(given or 0, made or 0, read, write, reasoning)
    return whole_input(given or 0, made or 0, cache_read=read, cache_write=write, reasoning=reasoning)
