"""A transcript from afar: its turns, the parts of its run, and one strip of all of it. Computed once while it is open."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ..._support.shapes import is_mapping
from .attachments import decode_item
from .events import EventReader, numbers_by_kind, numbers_of
from .map_records import Minimap, MinimapBucket, MinimapMark, Outline, OutlineSpan, OutlineTurn
from .messages import MessageReader, tool_calls
from .texts import clean_text

if TYPE_CHECKING:
    from .sample import OpenedTranscript

HEADING_CHARACTERS: Final = 120

_MOST_SPANS: Final = 2000
_MOST_MARKS: Final = 2000
_SHOWN_CALLS: Final = 10
_MARKED: Final = ("compaction", "error", "sample_limit", "checkpoint", "branch", "interrupt")
_AGENT: Final = "agent"


@dataclass(slots=True)
class _MessageFacts:
    """What is known of all messages, one entry each.

    Args:
        roles: The roles that occur.
        role: Place of its role among these.
        calls: How many tools it calls.
        error: Whether it tells of an error.
        turns: Numbers of those that are not results of tools.
    """

    roles: list[str] = field(default_factory=list[str])
    role: array[int] = field(default_factory=lambda: array("I"))
    calls: array[int] = field(default_factory=lambda: array("I"))
    error: bytearray = field(default_factory=bytearray)
    turns: array[int] = field(default_factory=lambda: array("Q"))


def read_outline(opened: OpenedTranscript, start: int, limit: int) -> Outline:
    """Give the turns of a transcript, and the parts of its run.

    Args:
        opened: The transcript.
        start: Number of the message to begin with.
        limit: Turns at most.
    """
    facts, spans = _message_facts(opened), _spans(opened)
    first = next((place for place, number in enumerate(facts.turns) if number >= start), len(facts.turns))
    chosen = facts.turns[first : first + limit]
    following = facts.turns[first + limit] if first + limit < len(facts.turns) else None
    reader = MessageReader(opened)
    turns = tuple(_turn(reader, number, facts) for number in chosen)
    return Outline(turns, following, len(facts.turns), tuple(spans[:_MOST_SPANS]), len(spans))


def read_minimap(opened: OpenedTranscript, buckets: int) -> Minimap:
    """Sum up a whole transcript.

    Args:
        opened: The transcript.
        buckets: Parts at most.
    """
    return opened.computed(("minimap", buckets), lambda: _minimap(opened, buckets))


def _minimap(opened: OpenedTranscript, buckets: int) -> Minimap:
    facts, count = _message_facts(opened), opened.sample.count("messages")[0]
    events = opened.sample.count("events")[0]
    parts = min(buckets, count)
    edges = [1 + count * place // parts for place in range(parts + 1)] if parts else []
    made = tuple(_bucket(opened, facts, edges[place], edges[place + 1]) for place in range(parts))
    marks = list(_marks(opened, events))
    return Minimap(made, tuple(marks[:_MOST_MARKS]), len(marks), count, events, opened.sample.size)


def _bucket(opened: OpenedTranscript, facts: _MessageFacts, start: int, stop: int) -> MinimapBucket:
    sizes: dict[str, int] = {}
    for position in range(start - 1, stop - 1):
        role = facts.roles[facts.role[position]]
        sizes[role] = sizes.get(role, 0) + opened.sample.size_of("messages", position)
    within = slice(start - 1, stop - 1)
    return MinimapBucket(start, stop, sizes, sum(facts.calls[within]), sum(facts.error[within]))


def _marks(opened: OpenedTranscript, events: int) -> Iterator[MinimapMark]:
    found = [(number, kind, None) for kind in _MARKED for number in numbers_by_kind(opened).get(kind, ())]
    agents = [(span.first, _AGENT, span.name) for span in _spans(opened) if span.type == _AGENT]
    for number, kind, name in sorted([*found, *agents], key=lambda mark: mark[0]):
        yield MinimapMark(kind, number, (number - 1) / max(1, events - 1), name)


def _turn(reader: MessageReader, number: int, facts: _MessageFacts) -> OutlineTurn:
    message = reader.message(number)
    text = reader.text(number).strip()
    line = text.partition("\n")[0]
    names = [call.get("function") for call in tool_calls(message)] if is_mapping(message) else []
    return OutlineTurn(
        number=number,
        role=facts.roles[facts.role[number - 1]],
        text=line[:HEADING_CHARACTERS],
        calls=tuple(clean_text(name) for name in names if isinstance(name, str))[:_SHOWN_CALLS],
        error=_has_error(facts, number),
    )


def _has_error(facts: _MessageFacts, number: int) -> bool:
    """Tell whether a message, or one of the results right behind it, tells of an error."""
    following = number
    while following < len(facts.role) and facts.roles[facts.role[following]] == "tool":
        following += 1
    return any(facts.error[number - 1 : following])


def _message_facts(opened: OpenedTranscript) -> _MessageFacts:
    def read() -> _MessageFacts:
        facts, places = _MessageFacts(), dict[str, int]()
        for position in range(opened.sample.count("messages")[0]):
            message = decode_item(opened.sample.raw("messages", position))
            role, calls, error = "unknown", 0, False
            if is_mapping(message):
                role = clean_text(str(message.get("role") or role))[:HEADING_CHARACTERS]
                calls, error = len(tool_calls(message)), bool(message.get("error"))
            facts.role.append(places.setdefault(role, len(places)))
            facts.calls.append(calls)
            facts.error.append(error)
            if role != "tool":
                facts.turns.append(position + 1)
        facts.roles = list(places)
        return facts

    return opened.computed("facts of messages", read)


def _spans(opened: OpenedTranscript) -> list[OutlineSpan]:
    def read() -> list[OutlineSpan]:
        begun: dict[str, OutlineSpan] = {}
        reader = EventReader(opened)
        for number in numbers_of(opened, ("span_begin", "span_end")):
            event = reader.event(number)
            id = event.get("id") if is_mapping(event) else None
            if not is_mapping(event) or not isinstance(id, str):
                continue
            if event.get("event") == "span_end":
                if (span := begun.get(id)) is not None and span.last is None:
                    begun[id] = OutlineSpan(span.id, span.parent_id, span.name, span.type, span.first, number)
            else:
                parent, name, kind = (_text(event.get(key)) for key in ("parent_id", "name", "type"))
                begun.setdefault(id, OutlineSpan(clean_text(id), parent, name or "", kind, number, None))
        return list(begun.values())

    return opened.computed("spans", read)


def _text(value: object) -> str | None:
    return clean_text(value) if isinstance(value, str) else None
