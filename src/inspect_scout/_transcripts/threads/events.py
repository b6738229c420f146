"""Events of a timeline or span, and the spans that can be scanned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from inspect_ai.event import Event, ModelEvent, Timeline, TimelineEvent, TimelineSpan

EventSource: TypeAlias = Timeline | TimelineSpan | Sequence[Event]
"""Where events come from: a timeline (its root), a span, or a list of them."""


def own_events(source: EventSource) -> list[Event]:
    """List the events that a source holds itself, without those of the spans inside it."""
    if isinstance(source, Timeline):
        source = source.root
    if isinstance(source, TimelineSpan):
        return [item.event for item in source.content if isinstance(item, TimelineEvent)]
    return list(source)


def scannable_spans(root: TimelineSpan, depth: int | None = None) -> Iterator[TimelineSpan]:
    """Walk over the spans that have a thread of their own, each before those inside it.

    A span is scannable when it holds a model call itself and is not a utility of its agent. Other spans are passed
    through: what is inside them counts as if it stood in their place. Branches are not walked.

    Args:
        root: Where to begin.
        depth: Levels of scannable spans to walk (None: all; 1: the outermost ones; 0 or less: none).
    """
    # A list instead of recursion: how deeply spans are nested is up to whoever wrote the transcript.
    waiting: list[tuple[TimelineSpan, int | None]] = [(root, depth)]
    while waiting:
        span, levels = waiting.pop()
        if levels is not None and levels <= 0:
            continue
        if not span.utility and _calls_model(span):
            yield span
            levels = None if levels is None else levels - 1
        waiting.extend((item, levels) for item in reversed(span.content) if isinstance(item, TimelineSpan))


def _calls_model(span: TimelineSpan) -> bool:
    return any(isinstance(item, TimelineEvent) and isinstance(item.event, ModelEvent) for item in span.content)
