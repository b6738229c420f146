"""Timelines of a transcript: as stored, or built from its events."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from inspect_ai.event import Event, SpanBeginEvent, Timeline, TimelineEvent, TimelineSpan, timeline_build
from pydantic import ValidationError

from ..._types import TimelineFilter
from .source import SampleError

MAX_SPAN_DEPTH: Final = 250
"""Depth of spans inside of spans beyond which no timeline is built (Python ends recursion not far behind)."""


def build_timelines(events: Sequence[Event], wanted: TimelineFilter) -> list[Timeline]:
    """Build the timeline of events, as far as it is asked for.

    Args:
        events: All events of a transcript.
        wanted: True or "all" for the whole timeline, kinds of events for one that holds only these, None for none.

    Returns:
        One timeline, or none if it is not asked for or there are no events.

    Raises:
        SampleError: If the spans of the events are nested too deeply to follow.
    """
    if wanted is None or not events:
        return []
    try:
        if _too_deep(events):
            raise RecursionError
        built = timeline_build(list(events))
        return [built] if wanted is True or wanted == "all" else [prune_timeline(built, frozenset[str](wanted))]
    except RecursionError:
        raise SampleError("the spans of its events are nested too deeply for a timeline") from None


def _too_deep(events: Sequence[Event]) -> bool:
    """Tell whether spans are nested so deeply that following them by recursion may end in the middle of something."""
    parents = {event.id: event.parent_id for event in events if isinstance(event, SpanBeginEvent)}
    depths: dict[str, int] = {}
    for span in parents:
        chain: list[str] = []
        at: str | None = span
        while at is not None and at in parents and at not in depths and len(chain) <= MAX_SPAN_DEPTH:
            chain.append(at)
            at = parents[at]
        depth = depths.get(at, 0) if at is not None else 0
        if depth + len(chain) > MAX_SPAN_DEPTH:
            return True
        depths.update(zip(reversed(chain), range(depth + 1, depth + 1 + len(chain)), strict=True))
    return False


def load_timelines(
    stored: Sequence[Any], events: Sequence[Event], refused: Callable[[BaseException], None]
) -> list[Timeline]:
    """Bind stored timelines to the events that they name.

    Args:
        stored: Decoded JSON of the timelines.
        events: All events of the transcript.
        refused: Told why a timeline could not be used, for example because it names an event that is not there.
    """
    context = {"events_by_uuid": {event.uuid: event for event in events if event.uuid}, "deserializing": True}
    found: list[Timeline] = []
    for data in stored:
        try:
            found.append(Timeline.model_validate(data, context=context))
        except (ValidationError, RecursionError) as error:
            refused(error)
    return found


def prune_timeline(timeline: Timeline, kinds: Collection[str]) -> Timeline:
    """Copy a timeline with only some kinds of events, without the spans and branches that are then empty.

    Everything else that spans say about themselves stays.

    Args:
        timeline: The timeline.
        kinds: Kinds of events to keep.
    """
    return timeline.model_copy(update={"root": _pruned(timeline.root, kinds)})


def _pruned(span: TimelineSpan, kinds: Collection[str]) -> TimelineSpan:
    content: list[TimelineEvent | TimelineSpan] = []
    for item in span.content:
        if isinstance(item, TimelineEvent):
            if item.event.event in kinds:
                content.append(item)
        elif not _empty(kept := _pruned(item, kinds)):
            content.append(kept)
    branches = [kept for branch in span.branches if not _empty(kept := _pruned(branch, kinds))]
    return span.model_copy(update={"content": content, "branches": branches})


def _empty(span: TimelineSpan) -> bool:
    return not span.content and not span.branches
