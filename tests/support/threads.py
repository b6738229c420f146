"""Model calls, compactions and spans made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inspect_ai.event import CompactionEvent, Event, ModelEvent, Timeline, TimelineEvent, TimelineSpan
from inspect_ai.model import ChatMessageUser, GenerateConfig, ModelOutput
from inspect_ai.tool import ToolInfo


def user(id: str, text: str | None = None) -> ChatMessageUser:
    """Make a message that says its id."""
    return ChatMessageUser(id=id, content=id if text is None else text)


def model_call(input: str, output: str = "", tools: Mapping[str, str] | None = None) -> ModelEvent:
    """Make a call of a model from the ids of its input, and the id of its answer ("" for none)."""
    answer = ModelOutput.from_content("m", output) if output else ModelOutput()
    if output:
        answer.choices[0].message.id = output
    return ModelEvent(
        model="m",
        input=[user(id) for id in input.split()],
        tools=[ToolInfo(name=name, description=text) for name, text in (tools or {}).items()],
        tool_choice="auto",
        config=GenerateConfig(),
        output=answer,
    )


def compaction(kind: Any = "summary") -> CompactionEvent:
    """Make a compaction."""
    return CompactionEvent(type=kind)


def span(id: str, content: Sequence[Event | TimelineSpan] = (), **fields: Any) -> TimelineSpan:
    """Make a span of an agent."""
    items = [item if isinstance(item, TimelineSpan) else TimelineEvent(event=item) for item in content]
    given: dict[str, Any] = {"id": id, "name": id, "span_type": "agent", "content": items, **fields}
    return TimelineSpan(**given)


def timeline(root: TimelineSpan, name: str = "main") -> Timeline:
    """Make a timeline."""
    return Timeline(name=name, description="", root=root)
