"""Answers of models in whichever shape a program handed them to a platform: what was said, at what cost, and why it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..._support.shapes import is_list, is_mapping
from ..json_values import Json, JsonMapping, JsonObject
from ..usage import Usage, whole_input
from . import anthropic, langchain, openai
from .payloads import joined_answers, message_of, messages_of, text_of
from .settings import from_text, stop_of

if TYPE_CHECKING:
    from ..run import StopReason


@dataclass(slots=True)
class ModelAnswer:
    """What a model answered.

    Args:
        messages: The answers, one for each choice.
        usage: Tokens (None: not known).
        model: The model that answered (None: not known).
        stop: Why it ended.
        response_id: Id that the provider gave it (None: not known).
    """

    messages: list[JsonObject] = field(default_factory=list[JsonObject])
    usage: Usage | None = None
    model: str | None = None
    stop: StopReason = "unknown"
    response_id: str | None = None


def stop_for(reason: object, messages: Sequence[JsonObject]) -> StopReason:
    """Convert why an answer ended; one that calls tools ended for them, whatever its provider calls that."""
    known = stop_of(reason.rpartition(".")[2] if isinstance(reason, str) else reason)
    if known in ("stop", "unknown") and any(message.get("tool_calls") for message in messages):
        return "tool_calls"
    return known


def answer_of(given: object, position: int = 0) -> ModelAnswer:
    """Convert what a call gave back.

    Args:
        given: The answer.
        position: Number of messages before it, for calls that have no id.
    """
    value = from_text(given)
    if value is None or value in ("", [], {}):
        return ModelAnswer()
    if is_list(value):
        return _of_list(value, position)
    if not is_mapping(value):
        return ModelAnswer([{"role": "assistant", "content": text_of(value)}])
    answer = _of_object(value, position)
    answer.model = answer.model or _text(value.get("model"))
    answer.response_id = answer.response_id or (_text(value.get("id")) if answer.messages else None)
    answer.usage = answer.usage or _usage(value)
    if answer.stop == "unknown":
        reason = value.get("finish_reason") or value.get("stop_reason") or value.get("status")
        answer.stop = stop_for(reason, answer.messages)
    return answer


def _of_object(value: JsonMapping, position: int) -> ModelAnswer:
    generations = value.get("generations")
    if is_list(generations):
        return _of_generations(value, generations, position)
    choices = value.get("choices", value.get("candidates"))
    if is_list(choices) and choices:
        return _of_choices(choices, position)
    fields = langchain.fields_of(value)
    if fields is not None:
        return _of_langchain([fields], position)
    content = value.get("content")
    if is_mapping(content):  # one candidate of Google
        return _of_choices([value], position)
    if isinstance(value.get("role"), str) or value.get("type") == "message":
        return ModelAnswer(_assistant(message_of({"role": "assistant", **value}, position)))
    for name in ("message", "messages", "output", "response", "return_value", "result"):
        if value.get(name):
            return answer_of(_last_answers(value[name]) if name == "messages" else value[name], position)
    text = content if content is not None else value.get("text", value.get("completion"))
    said = messages_of(text if text is not None else value, "assistant")
    return ModelAnswer(_assistant(said) or [{"role": "assistant", "content": text_of(value)}])


def _of_list(value: Sequence[Json], position: int) -> ModelAnswer:
    fields = [known for each in value if (known := langchain.fields_of(each)) is not None]
    if len(fields) == len(value):
        return _of_langchain(_last_answers(fields), position)
    if all(is_mapping(each) for each in value):
        if any("role" not in each for each in value):  # items of the responses API, or blocks of content
            blocks = [{"type": "message", "content": [each]} if each.get("type") == "text" else each for each in value]
            parts = [made for each in blocks for made in messages_of(each, "assistant")]
            return ModelAnswer([joined_answers(_assistant(parts))])
        said = [made for each in value for made in message_of(each, position)]
        return ModelAnswer(_assistant(said), stop=stop_for(value[0].get("finish_reason"), said))
    return ModelAnswer([{"role": "assistant", "content": text_of(value)}])


def _last_answers(value: Json) -> Json:
    """Give the answers that a list of messages ends with: graphs give back the whole conversation."""
    last = len(value) if is_list(value) else 0
    while last and _is_answer(value[last - 1]):
        last -= 1
    return value[last:] if is_list(value) and last < len(value) else value


def _is_answer(value: object) -> bool:
    fields = langchain.fields_of(value)
    if fields is None:
        fields = value if is_mapping(value) else {}
    return openai.ROLES.get(str(fields.get("role")).lower()) == "assistant"


def _of_choices(choices: Sequence[Json], position: int) -> ModelAnswer:
    messages: list[JsonObject] = []
    reason: object = None
    for choice in choices:
        if not is_mapping(choice):
            continue
        reason = reason or choice.get("finish_reason") or choice.get("finishReason")
        said = next((choice[name] for name in ("message", "content", "text", "delta") if choice.get(name)), "")
        if is_mapping(said):
            messages += _assistant(message_of({**said, "role": "assistant"}, position))
        else:
            messages += messages_of(said, "assistant") or [{"role": "assistant", "content": ""}]
    return ModelAnswer(messages, stop=stop_for(reason, messages))


def _of_generations(value: JsonMapping, generations: Sequence[Json], position: int) -> ModelAnswer:
    first = generations[0] if generations and is_list(generations[0]) else generations
    given = [each for each in first if is_mapping(each)]
    fields = [found for each in given if (found := langchain.fields_of(each.get("message"))) is not None]
    answer = _of_langchain(fields, position)
    if not answer.messages:
        answer.messages = [{"role": "assistant", "content": str(each.get("text") or "")} for each in given]
    said = value.get("llm_output")
    if is_mapping(said):
        answer.usage = answer.usage or openai.usage_of(said.get("token_usage", said.get("usage")))
        answer.model = answer.model or _text(said.get("model_name"))
    if answer.stop == "unknown":
        infos = (each["generation_info"] for each in given if is_mapping(each.get("generation_info")))
        reasons = (info.get("finish_reason") for info in infos)
        answer.stop = stop_for(next(reasons, None), answer.messages)
    return answer


def _of_langchain(fields: Sequence[JsonObject], position: int) -> ModelAnswer:
    messages = [langchain.message_of({**each, "role": "assistant"}, f"call-{position}") for each in fields]
    if not fields:
        return ModelAnswer()
    model, stop, id = langchain.response_of(fields[0])
    return ModelAnswer(messages, langchain.usage_of(fields[0]), model, stop_for(stop, messages), id)


def _assistant(messages: Sequence[JsonObject]) -> list[JsonObject]:
    """Give the answers among messages, whatever role somebody gave them."""
    return [{**message, "role": "assistant"} for message in messages if message["role"] != "tool"]


def _usage(value: JsonMapping) -> Usage | None:
    usage = value.get("usage")
    if is_mapping(usage):
        if "cache_read_input_tokens" in usage or "cache_creation_input_tokens" in usage:
            return anthropic.usage_of(usage)
        return openai.usage_of(usage)
    google = value.get("usage_metadata", value.get("usageMetadata"))
    if not is_mapping(google):
        return None
    if "input_tokens" in google or "output_tokens" in google:
        return langchain.usage_of({"usage_metadata": google})

    def count(snake: str, camel: str) -> int | None:
        return anthropic.count_of(google.get(snake, google.get(camel)))

    thoughts = count("thoughts_token_count", "thoughtsTokenCount")
    said = count("candidates_token_count", "candidatesTokenCount") or 0
    cached = count("cached_content_token_count", "cachedContentTokenCount")
    taken = count("prompt_token_count", "promptTokenCount")
    if taken is None:
        return None
    return whole_input(taken, said + (thoughts or 0), cache_read=cached, reasoning=thoughts)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
