"""How long calls took, and what they used: messages do not say that, the events of the same calls do."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ..._support.shapes import is_list, is_mapping
from .attachments import decode_item
from .events import number_of, token_count
from .facts import EventFacts, event_facts
from .records import MessageItem, ToolCallItem

if TYPE_CHECKING:
    from .sample import OpenedTranscript

Found = Mapping[str, tuple[int, Mapping[str, object]]]
"""Numbers and JSON of events, by what their calls are called."""


def with_times(opened: OpenedTranscript, items: Sequence[MessageItem]) -> tuple[MessageItem, ...]:
    """Say of messages and of the calls in them which events they are, how long these took, and what they used.

    Waits until all events are read; used in a thread.
    """
    facts = event_facts(opened)
    made = {item.id for item in items if item.id is not None and item.role == "assistant"}
    called = {call.id for item in items for call in item.calls if call.id is not None}
    models = _found(opened, facts.kinds.get("model", ()), facts.output_ids, made)
    tools = _found(opened, facts.kinds.get("tool", ()), facts.tool_ids, called)
    return tuple(_timed(item, models, tools, facts) for item in items)


def _found(
    opened: OpenedTranscript, numbers: Sequence[int], hashes: array[int], ids: Collection[str]
) -> dict[str, tuple[int, Mapping[str, object]]]:
    """Find the events of calls; of several of one id the last, which is what became of it."""
    wanted = set(map(hash, ids))
    found: dict[str, tuple[int, Mapping[str, object]]] = {}
    for number, known in zip(numbers, hashes, strict=True):
        if known in wanted:
            event = decode_item(opened.sample.raw("events", number - 1))
            if is_mapping(event) and (id := _id_of(event)) is not None:
                found[id] = number, event
    return found


def _id_of(event: Mapping[str, object]) -> str | None:
    """Tell the id of the call of a tool event, or of the message that a model event made."""
    found = event
    if event.get("event") == "model":
        output = event.get("output")
        choices = output.get("choices") if is_mapping(output) else None
        choice = choices[0] if is_list(choices) and choices else None
        message = choice.get("message") if is_mapping(choice) else None
        found = message if is_mapping(message) else {}
    id = found.get("id")
    return id if isinstance(id, str) else None


def _timed(item: MessageItem, models: Found, tools: Found, facts: EventFacts) -> MessageItem:
    calls = tuple(_timed_call(call, tools, facts) for call in item.calls)
    if item.id is None or item.id not in models:
        return replace(item, calls=calls)
    number, event = models[item.id]
    return replace(
        item, calls=calls, event=number, seconds=seconds_of(event), tokens=token_count(event, "total_tokens")
    )


def _timed_call(call: ToolCallItem, tools: Found, facts: EventFacts) -> ToolCallItem:
    if call.id is None or call.id not in tools:
        return call
    number, event = tools[call.id]
    agent = facts.agents.get(str(event.get("agent_span_id")))
    return replace(
        call,
        event=number,
        seconds=seconds_of(event),
        tokens=agent.tokens if agent is not None else None,
        agent=agent.span.id if agent is not None else None,
    )


def seconds_of(event: Mapping[str, object]) -> float | None:
    """Tell how long a call took: the time that it worked, else from its beginning to its end."""
    worked = number_of(event.get("working_time"))
    return worked if worked is not None else seconds_between(event.get("timestamp"), event.get("completed"))


def seconds_between(begun: object, ended: object) -> float | None:
    """Tell the time between two moments, as logs write these (None: one of them is not said)."""
    if not isinstance(begun, str) or not isinstance(ended, str):
        return None
    try:
        return (datetime.fromisoformat(ended) - datetime.fromisoformat(begun)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
