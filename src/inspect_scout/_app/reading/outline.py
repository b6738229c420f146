"""A transcript from afar: its turns, the parts of its run, and one strip of all of it. Computed once while it is open."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..._support.shapes import is_mapping
from .facts import AGENT, EventFacts, MessageFacts, event_facts, message_facts
from .map_records import Minimap, MinimapBucket, MinimapMark, Outline, OutlineTurn
from .messages import MessageReader, tool_calls
from .texts import clean_text

if TYPE_CHECKING:
    from .sample import OpenedTranscript

HEADING_CHARACTERS: Final = 120

_MOST_MARKS: Final = 2000
_SHOWN_CALLS: Final = 10
_MARKED: Final = ("compaction", "error", "sample_limit", "checkpoint", "branch", "interrupt")


def read_outline(opened: OpenedTranscript, start: int, limit: int) -> Outline:
    """Give the turns of a transcript, and the parts of its run.

    Args:
        opened: The transcript.
        start: Number of the message to begin with.
        limit: Turns at most.
    """
    facts, events = message_facts(opened), event_facts(opened)
    first = bisect_left(facts.turns, start)
    chosen = facts.turns[first : first + limit]
    following = facts.turns[first + limit] if first + limit < len(facts.turns) else None
    reader = MessageReader(opened)
    turns = tuple(_turn(reader, number, facts) for number in chosen)
    return Outline(turns, following, len(facts.turns), tuple(events.spans.values()), events.spans_total)


def read_minimap(opened: OpenedTranscript, buckets: int) -> Minimap:
    """Sum up a whole transcript.

    Args:
        opened: The transcript.
        buckets: Parts at most.
    """
    return opened.computed(("minimap", buckets), lambda: _minimap(opened, buckets))


def _minimap(opened: OpenedTranscript, buckets: int) -> Minimap:
    facts, known = message_facts(opened), event_facts(opened)
    count, events = len(facts.role), sum(map(len, known.kinds.values()))
    parts = min(buckets, count)
    edges = [1 + count * place // parts for place in range(parts + 1)] if parts else []
    made = tuple(_bucket(opened, facts, edges[place], edges[place + 1]) for place in range(parts))
    marks = _with_messages(_marks(known, events, buckets), facts, known)
    total = sum(mark.count for mark in marks)
    return Minimap(made, tuple(marks[:_MOST_MARKS]), total, count, events, opened.sample.size)


def _bucket(opened: OpenedTranscript, facts: MessageFacts, start: int, stop: int) -> MinimapBucket:
    sizes: dict[str, int] = {}
    for position in range(start - 1, stop - 1):
        role = facts.roles[facts.role[position]]
        sizes[role] = sizes.get(role, 0) + opened.sample.size_of("messages", position)
    within = slice(start - 1, stop - 1)
    return MinimapBucket(start, stop, sizes, sum(facts.calls[within]), sum(facts.error[within]))


def _marks(known: EventFacts, events: int, parts: int) -> list[MinimapMark]:
    """Mark what matters; those of a kind in one part of the run are one mark, so that any run has few."""
    found = [(number, kind, None) for kind in _MARKED for number in known.kinds.get(kind, ())]
    agents = [(agent.span.first, AGENT, agent.span.name) for agent in known.agents.values()]
    folded: dict[tuple[str, int], MinimapMark] = {}
    for number, kind, name in sorted([*found, *agents], key=lambda mark: mark[0]):
        part = kind, (number - 1) * parts // events
        before = folded.get(part)
        if before is None:
            folded[part] = MinimapMark(kind, number, (number - 1) / max(1, events - 1), name)
        else:
            folded[part] = replace(before, count=before.count + 1)
    return list(folded.values())


def _with_messages(marks: Sequence[MinimapMark], facts: MessageFacts, known: EventFacts) -> list[MinimapMark]:
    """Say behind which message each mark stands."""
    numbers = {id: number for number, id in enumerate(facts.ids, 1) if id}
    models = zip(known.kinds.get("model", ()), known.output_ids, strict=True)
    made = [(event, numbers[id]) for event, id in models if id in numbers] if marks else []
    found: list[MinimapMark] = []
    for mark in marks:
        place = bisect_right(made, mark.event, key=lambda pair: pair[0])
        found.append(replace(mark, message=made[place - 1][1]) if place else mark)
    return found


def _turn(reader: MessageReader, number: int, facts: MessageFacts) -> OutlineTurn:
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


def _has_error(facts: MessageFacts, number: int) -> bool:
    """Tell whether a message, or one of the results right behind it, tells of an error."""
    following = number
    while following < len(facts.role) and facts.roles[facts.role[following]] == "tool":
        following += 1
    return any(facts.error[number - 1 : following])
