"""The whole run that ends in a branch: what its ancestors did before it left them, then what it did itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from inspect_ai.event import AnchorEvent, Event, SpanBeginEvent, SpanEndEvent, Timeline, TimelineSpan, timeline_build

from ..._support.errors import ConfigError
from .events import own_events


def splice(timeline: Timeline, target: TimelineSpan) -> list[Event]:
    """List the events of the whole run that a branch ends.

    Each ancestor gives its own events up to the anchor at which the next branch leaves it. Ids of spans that carry the
    branch they belong to (`<id>:<branch>`) lose that ending, so that spans of all parts fit together.

    Args:
        timeline: The timeline.
        target: The branch: a span of this timeline, reached from its root over branches.

    Returns:
        The events; a branch that does not say where it leaves its parent starts a new run.

    Raises:
        ConfigError: If the timeline has no such branch, or an anchor is not where the branch says.

    Example:
        ```python
        timeline = transcript.timelines[0]
        for branch in timeline.root.branches:
            print(branch.name, len(splice(timeline, branch)))
        ```
    """
    path = _path(timeline.root, target)
    events: list[Event] = []
    for place, span in enumerate(path):
        own = own_events(span)
        if place + 1 < len(path):
            anchor = path[place + 1].branched_from
            if not anchor:
                events = []
                continue
            own = own[: _anchor_position(own, anchor, span) + 1]
        events += _without_endings(own, span.id)
    return events


def splice_to_timeline(timeline: Timeline, target: TimelineSpan) -> Timeline:
    """Build a timeline of the whole run that a branch ends, named after the branch.

    Args:
        timeline: The timeline.
        target: The branch: a span of this timeline, reached from its root over branches.

    Raises:
        ConfigError: If the timeline has no such branch, or an anchor is not where the branch says.

    Example:
        ```python
        timeline = transcript.timelines[0]
        runs = [splice_to_timeline(timeline, branch) for branch in timeline.root.branches]
        ```
    """
    return timeline_build(splice(timeline, target), name=target.name)


def _path(root: TimelineSpan, target: TimelineSpan) -> list[TimelineSpan]:
    paths = {id(root): [root]}
    waiting = [root]
    while waiting:
        span = waiting.pop()
        if span is target or span.id == target.id:
            return paths[id(span)]
        for branch in reversed(span.branches):
            if id(branch) not in paths:  # a timeline made by hand may lead in a circle
                paths[id(branch)] = [*paths[id(span)], branch]
                waiting.append(branch)
    raise ConfigError(
        f"splice: span {target.id!r} is not in this timeline; it must be its root or one of the branches under it."
    )


def _anchor_position(events: Iterable[Event], anchor: str, span: TimelineSpan) -> int:
    for place, event in enumerate(events):
        if isinstance(event, AnchorEvent) and event.anchor_id == anchor:
            return place
    raise ConfigError(
        f"splice: anchor {anchor!r} not found in span {span.id!r}; the branch that leaves there cannot be put together."
    )


def _without_endings(events: Iterable[Event], span_id: str) -> Iterator[Event]:
    for event in events:
        changes: dict[str, Any] = {}
        names = ("span_id", "id", "parent_id") if isinstance(event, SpanBeginEvent | SpanEndEvent) else ("span_id",)
        for name in names:
            value = getattr(event, name, None)
            if isinstance(value, str):
                cut = "" if name == "parent_id" and value == span_id else value.removesuffix(f":{span_id}")
                if cut != value:
                    changes[name] = cut
        yield event.model_copy(update=changes) if changes else event
