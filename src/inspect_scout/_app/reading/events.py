"""Events of an open transcript, by their numbers, or by their places among those of some types."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..._scanners import plain_event
from ..._support.shapes import is_list, is_mapping
from .attachments import Texts
from .facts import event_facts
from .records import CompactionItem, EventItem, EventRange, ModelCallItem
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
            seconds=number_of(event.get("working_time")),
            tokens=token_count(event, "total_tokens"),
            error=bool(event.get("error")),
            model_call=_model_call(event) if plain.who == "model" else None,
            compaction=_compaction(event) if plain.who == "compaction" else None,
            branch=_text(event.get("from_anchor") or event.get("from_message")) if plain.who == "branch" else None,
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


def token_count(event: Mapping[str, object], name: str) -> int | None:
    """Tell how many tokens of a kind a model event used."""
    output = event.get("output")
    usage = output.get("usage") if is_mapping(output) else None
    return _whole(usage.get(name)) if is_mapping(usage) else None


def _model_call(event: Mapping[str, object]) -> ModelCallItem:
    output, call = event.get("output"), event.get("call")
    choices = output.get("choices") if is_mapping(output) else None
    choice = choices[0] if is_list(choices) and choices else None
    return ModelCallItem(
        input_tokens=token_count(event, "input_tokens"),
        output_tokens=token_count(event, "output_tokens"),
        cache_read_tokens=token_count(event, "input_tokens_cache_read"),
        cache_write_tokens=token_count(event, "input_tokens_cache_write"),
        reasoning_tokens=token_count(event, "reasoning_tokens"),
        cache=_text(event.get("cache")),
        retries=_whole(event.get("retries")),
        stop_reason=_text(choice.get("stop_reason")) if is_mapping(choice) else None,
        has_request=is_mapping(call) and bool(call.get("request")),
    )


def _compaction(event: Mapping[str, object]) -> CompactionItem:
    before, after = (_whole(event.get(name)) for name in ("tokens_before", "tokens_after"))
    return CompactionItem(_text(event.get("type")), _text(event.get("source")), before, after)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 53 else None


def number_of(value: object) -> float | None:
    """Give a number that is one."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _text(value: object) -> str | None:
    return clean_text(value) if isinstance(value, str) else None
