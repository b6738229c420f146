"""What spans say in the names of OpenInference, as Phoenix and others record them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..._support.shapes import is_list, is_mapping
from ..json_values import JsonMapping, JsonObject
from ..run import Message
from ..usage import Usage, whole_input
from ..wire.answers import stop_for
from ..wire.genai import messages_of, text_of
from ..wire.openai import arguments_of, message_of
from ..wire.settings import config_of, from_text, tools_of
from .flat import SpanEvent, counts, numbered, text_at
from .spans import CalledModel, Span, ToolUse

_KIND: Final = "openinference.span.kind"
_MODELS: Final = ("llm.response.model_name", "llm.model_name", "llm.request.model_name")
_NOTED: Final = frozenset({"EMBEDDING", "RETRIEVER", "RERANKER", "GUARDRAIL", "EVALUATOR"})


def describes(attributes: JsonMapping) -> bool:
    """Whether a span uses these names."""
    return _KIND in attributes or any(name.startswith("llm.") for name in attributes)


def describe(span: Span, attributes: JsonMapping, events: Sequence[SpanEvent]) -> None:  # noqa: ARG001 - all is in attributes
    """Say what a span is."""
    kind = str(attributes.get(_KIND) or "LLM").upper()
    if kind == "LLM":
        span.kind, span.call = "model", _call(attributes)
    elif kind == "TOOL":
        span.kind, span.use = "tool", _use(span, attributes)
    elif kind == "AGENT":
        span.kind, span.agent = "agent", span.agent or span.name or None
    elif kind in _NOTED:
        names = ("input.value", "output.value")
        span.note = {kind.lower(): {name: attributes[name] for name in names if name in attributes}}


def _use(span: Span, attributes: JsonMapping) -> ToolUse:
    given = from_text(attributes.get("input.value"))
    if not is_mapping(given) and is_mapping(parameters := from_text(attributes.get("tool.parameters"))):
        given = parameters if "properties" not in parameters else given
    result = attributes.get("output.value")
    return ToolUse(
        text_at(attributes, ("tool.name",)) or span.name,
        arguments_of({}, given)["arguments"],
        None if result is None else text_of(result),
        text_at(attributes, ("tool_call.id", "tool.id")),
    )


def _call(attributes: JsonMapping) -> CalledModel:
    given = [_message(row) for row in numbered(attributes, "llm.input_messages.")]
    output = [_message(row) for row in numbered(attributes, "llm.output_messages.")]
    if not given:
        prompts = [row.get("prompt.text") for row in numbered(attributes, "llm.prompts.")]
        given = [{"role": "user", "content": text} for text in prompts if isinstance(text, str)]
        given = given or _whole(attributes.get("input.value"), "user")
    if not output:
        texts = [row.get("completion.text") for row in numbered(attributes, "llm.choices.")]
        output = [{"role": "assistant", "content": text} for text in texts if isinstance(text, str)]
        output = output or _answer(attributes.get("output.value"))
    settings = from_text(attributes.get("llm.invocation_parameters"))
    settings = settings if is_mapping(settings) else {}
    tools = [row.get("tool.json_schema") for row in numbered(attributes, "llm.tools.")]
    whole = _whole_answer(attributes)
    reasons = attributes.get("llm.finish_reasons", attributes.get("llm.finish_reason", whole.get("status")))
    return CalledModel(
        text_at(attributes, _MODELS) or text_at(settings, ("model",)) or "",
        given,
        _merged(output),
        _usage(attributes),
        stop_for(reasons[0] if is_list(reasons) and reasons else reasons, output),
        tools_of(tools),
        config_of(settings),
        _text(whole.get("id")),
    )


def _whole_answer(attributes: JsonMapping) -> JsonObject:
    """Give the answer of a provider that was kept as it came; an empty object if none was."""
    given = attributes.get("output.value")
    value = from_text(given) if isinstance(given, str) and '"id"' in given[:200] else None
    return value if is_mapping(value) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _whole(given: object, role: str) -> list[Message]:
    """Messages of a request that was kept as it was sent, or its text."""
    value = from_text(given)
    if is_mapping(value):
        inner = next((value[name] for name in ("messages", "input", "contents", "prompt") if value.get(name)), None)
        return messages_of(inner, role)
    return messages_of(value, role)


def _answer(given: object) -> list[Message]:
    """The answer of a provider that was kept as it came, or its text."""
    value = from_text(given)
    if not is_mapping(value):
        return messages_of(value, "assistant")
    choices = value.get("choices")
    if is_list(choices):
        return [
            message_of({"role": "assistant", **choice["message"]}, f"call-{number}")
            for number, choice in enumerate(choices)
            if is_mapping(choice) and is_mapping(choice.get("message"))
        ]
    return messages_of(value, "assistant") if "content" in value or "parts" in value else []


def _merged(output: Sequence[Message]) -> list[Message]:
    """One answer can stand in pieces: its texts and its calls."""
    if len(output) < 2 or not any(message.get("tool_calls") for message in output):
        return list(output)
    texts = [message["content"] for message in output if message["content"]]
    content = texts[0] if len(texts) == 1 else [part for text in texts for part in _parts(text)]
    calls = [call for message in output for call in message.get("tool_calls") or ()]
    return [{"role": "assistant", "content": content or "", "tool_calls": calls}]


def _parts(content: object) -> list[JsonObject]:
    return (
        [{"type": "text", "text": content}] if isinstance(content, str) else list(content) if is_list(content) else []
    )


def _message(row: JsonMapping) -> Message:
    said = {name.removeprefix("message."): value for name, value in row.items()}
    contents = [_content(part) for part in numbered(said, "contents.")]
    calls = [
        {
            "id": call.get("tool_call.id"),
            "name": call.get("tool_call.function.name"),
            "arguments": call.get("tool_call.function.arguments"),
        }
        for call in numbered(said, "tool_calls.")
    ]
    whole: JsonObject = {
        "role": said.get("role"),
        "content": contents or said.get("content"),
        "tool_calls": calls,
        "tool_call_id": said.get("tool_call_id"),
    }
    if said.get("function_call_name"):
        old = {"name": said["function_call_name"], "arguments": said.get("function_call_arguments_json")}
        whole["function_call"] = old
    return message_of(whole, "call")


def _content(part: JsonMapping) -> JsonObject:
    said = {name.removeprefix("message_content."): value for name, value in part.items()}
    if said.get("type") == "image":
        return {"type": "image_url", "image_url": {"url": said.get("image.image.url", said.get("image.url"))}}
    if said.get("type") == "reasoning":
        return {"type": "reasoning", "reasoning": said.get("text")}
    return {"type": "text", "text": str(said.get("text") or "")} if "text" in said else said


def _usage(attributes: JsonMapping) -> Usage | None:
    """Convert tokens: details are parts of prompt and completion."""
    name = "llm.token_count."
    given, made = counts(attributes, f"{name}prompt"), counts(attributes, f"{name}completion")
    if given is None and made is None:
        return None
    details = f"{name}prompt_details."
    return whole_input(
        given or 0,
        made or 0,
        cache_read=counts(attributes, f"{details}cache_read"),
        cache_write=counts(attributes, f"{details}cache_write"),
        reasoning=counts(attributes, f"{name}completion_details.reasoning"),
    )
