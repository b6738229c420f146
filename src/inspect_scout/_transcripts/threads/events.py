"""The timeline of a transcript to look at, its events, and its spans that can be scanned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from inspect_ai.event import Event, ModelEvent, Timeline, TimelineEvent, TimelineSpan, timeline_filter

from ..._support.errors import ConfigError, LogReadError
from ..._types import Transcript
from ..decode.timelines import build_timelines

EventSource: TypeAlias = Timeline | TimelineSpan | Sequence[Event]
"""Where events come from: a timeline (its root), a span, or a list of them."""


def choose_timeline(transcript: Transcript, name: str | None = None, *, scorers: bool = False) -> Timeline | None:
    """Choose the timeline of a transcript, or build it from its events if none is stored.

    Args:
        transcript: The transcript.
        name: Name of the timeline (None: the first).
        scorers: Whether the spans of scorers stay.

    Returns:
        The timeline; None if the transcript has neither timelines nor events.

    Raises:
        ConfigError: If there is no timeline of this name.
        LogReadError: If the spans of the events are nested too deeply to follow.
    """
    try:
        timelines = transcript.timelines or build_timelines(transcript.events, True)
    except ValueError as error:
        raise LogReadError(transcript.source_uri or transcript.transcript_id, str(error)) from None
    if not timelines and name is None:
        return None
    chosen = next((t for t in timelines if name is None or t.name == name), None)
    if chosen is None:
        available = ", ".join(repr(t.name) for t in timelines) or "none"
        raise ConfigError(f"Timeline {name!r} is not in the transcript. Available timelines: {available}.")
    return chosen if scorers else timeline_filter(chosen, lambda span: span.span_type != "scorers")


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
        own = (item.event for item in span.content if isinstance(item, TimelineEvent))
        if not span.utility and any(isinstance(event, ModelEvent) for event in own):
            yield span
            levels = None if levels is None else levels - 1
        waiting.extend((item, levels) for item in reversed(span.content) if isinstance(item, TimelineSpan))
