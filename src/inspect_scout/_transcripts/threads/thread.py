"""Events -> the messages that a model read and wrote, put together again where they were compacted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Literal, TypeAlias, overload

from inspect_ai.event import CompactionEvent, ModelEvent
from inspect_ai.model import ChatMessage
from inspect_ai.tool import ToolInfo

from ..._support.errors import ConfigError
from .events import EventSource, own_events

Compaction: TypeAlias = Literal["all", "last"] | int
"""Which part of a compacted thread is wanted: all of it, what the last model call saw, or the last few regions."""


_ThreadEvent: TypeAlias = ModelEvent | CompactionEvent


@overload
def span_messages(
    source: EventSource, *, compaction: Compaction = "all", split_compactions: Literal[False] = False
) -> list[ChatMessage]: ...


@overload
def span_messages(
    source: EventSource, *, compaction: Compaction = "all", split_compactions: Literal[True]
) -> list[list[ChatMessage]]: ...


@overload
def span_messages(
    source: EventSource, *, compaction: Compaction = "all", split_compactions: bool
) -> list[ChatMessage] | list[list[ChatMessage]]: ...


def span_messages(
    source: EventSource, *, compaction: Compaction = "all", split_compactions: bool = False
) -> list[ChatMessage] | list[list[ChatMessage]]:
    """Put together the message thread of a span.

    The thread is what the last model call was given and what it answered. Compactions cut it into regions, which are
    joined again: after a summary the thread goes on behind what was summarized; after a trim, what was cut off in front
    is put back; an edit leaves the edited messages as they are.

    Args:
        source: A timeline (its root), a span (the events it holds itself), or events.
        compaction: "all" for the whole thread; "last" (or 1) for the last model call only; a number N for the last N
            regions.
        split_compactions: True to get the regions one by one, not joined; every compaction then ends a region.

    Returns:
        The messages, none if no model was called; with `split_compactions` a list of messages for each region.

    Raises:
        ConfigError: If `compaction` is something else.

    Example:
        ```python
        thread = span_messages(transcript.events)
        last_call = span_messages(transcript.events, compaction="last")
        ```
    """
    events: Sequence[_ThreadEvent] = [e for e in own_events(source) if isinstance(e, ModelEvent | CompactionEvent)]
    wanted = _regions_wanted(compaction)
    if wanted == 1:
        last = next((_call_messages(e) for e in reversed(events) if isinstance(e, ModelEvent)), list[ChatMessage]())
        return ([last] if last else []) if split_compactions else last
    if wanted is not None:
        events = _last_regions(events, wanted)
    return _split(events) if split_compactions else _joined(events)


def span_tools(source: EventSource) -> list[ToolInfo]:
    """List the tools that were offered to models in a span.

    Args:
        source: A timeline (its root), a span (the events it holds itself), or events.

    Returns:
        Each tool once, in the order in which they were first offered, as it was last described.

    Example:
        ```python
        print([tool.name for tool in span_tools(transcript.events)])
        ```
    """
    tools: dict[str, ToolInfo] = {}
    for event in own_events(source):
        if isinstance(event, ModelEvent):
            tools.update({tool.name: tool for tool in event.tools})
    return list(tools.values())


def _regions_wanted(compaction: object) -> int | None:
    if compaction == "all":
        return None
    if compaction == "last":
        return 1
    if not isinstance(compaction, int) or isinstance(compaction, bool) or compaction < 1:
        raise ConfigError(f"compaction must be 'all', 'last' or a number of regions from 1 on, got {compaction!r}.")
    return compaction


def _last_regions(events: Sequence[_ThreadEvent], count: int) -> Sequence[_ThreadEvent]:
    cuts = [place for place, event in enumerate(events) if isinstance(event, CompactionEvent)]
    return events[cuts[-count] :] if count <= len(cuts) else events


def _call_messages(event: ModelEvent) -> list[ChatMessage]:
    return [*event.input, *(choice.message for choice in event.output.choices[:1])]


def _split(events: Sequence[_ThreadEvent]) -> list[list[ChatMessage]]:
    regions: list[list[ChatMessage]] = []
    region: list[ChatMessage] = []
    for event in events:
        if isinstance(event, ModelEvent):
            region = _call_messages(event)
        elif region:
            regions.append(region)
            region = []
    return [*regions, region] if region else regions


def _joined(events: Sequence[_ThreadEvent]) -> list[ChatMessage]:
    joined: list[ChatMessage] = []
    region: list[ChatMessage] = []
    # What trims cut off in front of the region; a trim shows how much only when the model is called again.
    dropped: list[ChatMessage] = []
    trimmed: list[ChatMessage] = []
    seen: list[ChatMessage] = []
    for event in events:
        if isinstance(event, ModelEvent):
            if trimmed:
                dropped += _cut_off(seen, event.input)
                trimmed = []
            seen, region = event.input, _call_messages(event)
        elif region:
            if event.type == "summary":
                joined += dropped + region
                dropped, region = [], []
            elif event.type == "trim":
                trimmed, region = region, []
    # A trim that no call followed cut nothing that anybody missed.
    return joined + dropped + (region or trimmed)


def _cut_off(before: list[ChatMessage], after: list[ChatMessage]) -> list[ChatMessage]:
    """Find what stood in front of the first message that is still there."""
    if not after:
        return []
    first = after[0]
    same_id = (n for n, message in enumerate(before) if first.id is not None and message.id == first.id)
    same_text = (n for n, message in enumerate(before) if (message.role, message.text) == (first.role, first.text))
    return before[: next(chain(same_id, same_text), 0)]
