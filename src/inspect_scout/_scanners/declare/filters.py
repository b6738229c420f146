"""Filters as authors write them, checked and brought into one form."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, get_args

from ..._support.errors import ConfigError
from ..._types import (
    EventFilter,
    EventType,
    MessageFilter,
    MessageType,
    MetadataFilter,
    TimelineFilter,
    TranscriptContent,
)

MESSAGE_TYPES: tuple[str, ...] = get_args(MessageType)
EVENT_TYPES: tuple[str, ...] = (*get_args(EventType), "sample_init", "sample_limit", "state", "input", "score")
DEFAULT_TIMELINE = tuple("model tool approval sentinel compaction branch error info span_begin span_end".split())
"""Events of `timeline=True`."""

_SPANS = ("span_begin", "span_end")
_NameT = TypeVar("_NameT", bound=str)


class SignatureError(ConfigError, TypeError):
    """A function cannot be used as scanner or loader: it is not async, or its input does not fit its filters."""


def declared_content(
    *, messages: MessageFilter, events: EventFilter, timeline: TimelineFilter, metadata: MetadataFilter
) -> TranscriptContent:
    """Check filters and complete them: a timeline needs the events that it is made of.

    Raises:
        ConfigError: A filter is empty, no list, or names something unknown.
    """
    wanted_messages = _checked("messages", messages, MESSAGE_TYPES)
    wanted_events = _checked("events", events, EVENT_TYPES)
    switched: Any = {True: DEFAULT_TIMELINE, False: None}[timeline] if isinstance(timeline, bool) else timeline
    wanted_timeline = _checked("timeline", switched, EVENT_TYPES)
    if wanted_timeline is not None and wanted_events != "all":
        needed = wanted_timeline if wanted_events is None else wanted_events
        wanted_events = "all" if needed == "all" else _unique((*needed, *_SPANS))
    return TranscriptContent(
        messages=wanted_messages,  # type: ignore[arg-type]  # names were checked
        events=wanted_events,
        timeline=wanted_timeline,
        metadata=metadata,
    )


def _checked(parameter: str, value: Any, allowed: tuple[str, ...]) -> Literal["all"] | list[str] | None:
    if value is None:
        return None
    if isinstance(value, str):
        if value == "all":
            return "all"
        raise ConfigError(
            f"{parameter}={value!r} is not allowed: a filter is 'all' or a list of names. "
            f"To select one kind write {parameter}=[{value!r}]."
        )
    if not isinstance(value, Iterable):
        raise ConfigError(f"{parameter}={value!r} is not allowed: a filter is 'all' or a list of names.")
    given: Iterable[Any] = value  # pyright: ignore[reportUnknownVariableType]
    chosen = _unique(sorted(given) if isinstance(given, AbstractSet) else given)
    if not chosen:
        raise ConfigError(f"{parameter}=[] is not allowed: leave {parameter} out to select none, or write 'all'.")
    if "all" in chosen:
        raise ConfigError(f"{parameter}={chosen!r} is not allowed: 'all' stands alone. Write {parameter}='all'.")
    unknown = [name for name in chosen if name not in allowed]
    if unknown:
        close = [match for name in unknown for match in get_close_matches(str(name), allowed, n=1)]
        hint = f" Did you mean {', '.join(map(repr, _unique(close)))}?" if close else ""
        shown = ", ".join(map(repr, unknown))
        raise ConfigError(f"{parameter} has unknown names: {shown}. Allowed: {', '.join(sorted(allowed))}.{hint}")
    return chosen


def _unique(names: Iterable[_NameT]) -> list[_NameT]:
    return list(dict.fromkeys(names))
