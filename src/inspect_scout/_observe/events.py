"""Captured calls as events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from .._importers import JsonMapping, JsonObject, config_of, tools_of
from .._support.shapes import is_mapping
from .foreign_values import Foreign

if TYPE_CHECKING:
    from inspect_ai.event import ModelEvent
    from inspect_ai.model import ChatMessage, ModelOutput, StopReason

_REFUSED: Final = frozenset({"invalid_prompt", "content_policy_violation", "content_filter", "cyber_policy"})


def model_event(
    data: JsonMapping,
    model: str,
    messages: Sequence[ChatMessage],
    output: ModelOutput | None,
    *,
    tools: object = None,
    settings: JsonMapping | None = None,
) -> ModelEvent:
    """Make the event of a call.

    Args:
        data: What was told of it.
        model: The model.
        messages: What it was given.
        output: What it answered (None: nothing).
        tools: Descriptions of tools, as the provider has them.
        settings: Settings of the call, under the names of the provider.
    """
    from inspect_ai.event import ModelEvent
    from inspect_ai.model import GenerateConfig
    from inspect_ai.tool import ToolInfo

    return ModelEvent(
        model=(output.model if output is not None else "") or model,
        input=list(messages),
        tools=[ToolInfo.model_validate(each) for each in tools_of(tools)],
        tool_choice="auto",
        config=GenerateConfig.model_validate(config_of(settings or {})),
        output=output if output is not None else _no_answer(model, data),
        error=data.get("error"),
        timestamp=_time(data["began"]),
        completed=_time(data["ended"]),
        working_start=0.0,
        working_time=max(0.0, data["ended"] - data["began"]),
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _no_answer(model: str, data: JsonMapping) -> ModelOutput:
    """What stands for an answer that did not come; a choice only where the provider said why."""
    from inspect_ai.model import ChatCompletionChoice, ChatMessageAssistant, ModelOutput

    code = str(data.get("code") or "")
    stop: StopReason | None = (
        "content_filter" if code in _REFUSED else "model_length" if code == "context_length_exceeded" else None
    )
    choices = [] if stop is None else [ChatCompletionChoice(message=ChatMessageAssistant(content=""), stop_reason=stop)]
    return ModelOutput(model=model, choices=choices, error=data.get("error"))


def pieces_of(values: Sequence[Foreign]) -> list[JsonObject]:
    """Give the pieces of a streamed answer as JSON."""
    return [each if is_mapping(each) else each.to_dict(mode="json") for each in values]
