"""Replies and citations for tests of answers."""

from __future__ import annotations

import re
from typing import Any

from inspect_ai.model import ChatCompletionChoice, ChatMessageAssistant, ModelOutput, StopReason
from inspect_ai.scorer import Reference, ValueToFloat

from inspect_scout import Answer, AnswerSpec, Result, parse_answer


def cited(text: str) -> list[Reference]:
    """Find citations like [M2]."""
    return [Reference(type="message", cite=f"[M{n}]", id=f"m{n}") for n in re.findall(r"\[M(\d{1,5})\]", text)]


def reply(text: str, stop_reason: StopReason | None = None) -> ModelOutput:
    """Make the output of a model that wrote a text, and say why it stopped."""
    if stop_reason is None:
        return ModelOutput(model="test", completion=text)
    choice = ChatCompletionChoice(message=ChatMessageAssistant(content=text), stop_reason=stop_reason)
    return ModelOutput(model="test", choices=[choice], completion=text)


def parse(
    answer: AnswerSpec | Answer,
    text: str,
    value_to_float: ValueToFloat | None = None,
    stop_reason: StopReason | None = None,
) -> Result[Any]:
    """Read a reply."""
    return parse_answer(reply(text, stop_reason), answer, cited, value_to_float)


def failed(result: Result[Any]) -> bool:
    """Tell whether a result says that the reply could not be read, in all the ways it must."""
    return (
        result.value is None
        and result.answer is None
        and result.parsed is None
        and bool((result.metadata or {}).get("parse_error"))
    )
