"""Events of an open transcript, by their numbers, or by their places among those of some types."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..._scanners import plain_event
from ..._support.shapes import is_mapping
from .attachments import Texts
from .facts import event_facts
from .records import EventItem, EventRange
from .texts import clean_text, fold_text

if TYPE_CHECKING:
    from .sample import OpenedTranscript


class EventReader:
    """Reads events; used in a thread.

    Args:
        opened: The transcript.
    """

    def __init__(self, opened: OpenedTranscript) -> None:
        self._opened, self._sample = opened, opened.sample
        self._texts = Texts(opened.sample)

    def range(self, start: int, stop: int, characters: int, types: Sequence[str] = ()) -> EventRange:
        """Read events.

        Args:
            start: Number of the first; where there are types, its place among the events of these.
            stop: Number, or place, behind the last.
            characters: How much of each is shown.
            types: Only events of these types (none: all).
        """
        if types:
            numbers: Sequence[int] = numbers_of(self._opened, types)
            total: int | None = len(numbers)
            chosen = numbers[start - 1 : stop - 1]
        else:
            count, complete = self._sample.count("events", stop)
            total = count if complete else None
            chosen = range(start, max(start, min(stop, count + 1)))
        items = tuple(self.item(number, characters) for number in chosen)
        return EventRange(items, start, start + len(items), total)

    def item(self, number: int, characters: int) -> EventItem:
        """Read one event that is there."""
        raw = self._sample.raw("events", number - 1)
        event = self._texts.resolved(raw)
        plain = plain_event("", event)
        text, folded = fold_text(plain.text, characters)
        if not is_mapping(event):
            return EventItem(number, None, "unknown", len(raw), text, folded)
        begins = plain.who == "span_begin"
        return EventItem(
            number=number,
            id=clean_text(plain.id) or None,
            kind=clean_text(plain.who),
            size=len(raw),
            text=text,
            folded=folded,
            timestamp=_text(event.get("timestamp")),
            span_id=_text(event.get("id") if begins else event.get("span_id")),
            parent_id=_text(event.get("parent_id")),
            name=_text(event.get("model") or event.get("function") or event.get("name")),
            seconds=_number(event.get("working_time")),
            tokens=_tokens(event),
            error=bool(event.get("error")),
        )

    def event(self, number: int) -> object:
        """Read an event as JSON, with the texts that it refers to.

        Raises:
            LocationError: There is no such event.
        """
        return self._texts.resolved(self._opened.raw("events", number))

    def text(self, number: int) -> str:
        """Write the text of an event."""
        return clean_text(plain_event("", self.event(number)).text)


def numbers_of(opened: OpenedTranscript, types: Sequence[str]) -> array[int]:
    """List the numbers of the events of some types, in order."""
    by_kind = event_facts(opened).kinds
    chosen = tuple(sorted(set(types) & by_kind.keys()))
    if len(chosen) == 1:
        return by_kind[chosen[0]]
    return array("Q", sorted(number for kind in chosen for number in by_kind[kind]))


def _tokens(event: Mapping[str, object]) -> int | None:
    output = event.get("output")
    usage = output.get("usage") if is_mapping(output) else None
    total = usage.get("total_tokens") if is_mapping(usage) else None
    return total if isinstance(total, int) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _text(value: object) -> str | None:
    return clean_text(value) if isinstance(value, str) else None
