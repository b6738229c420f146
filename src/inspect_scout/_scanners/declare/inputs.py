"""Inputs of scanners: how a transcript is cut into them, what each is and which ids it has, as result rows record it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from inspect_ai.event import Timeline

from ..._support.errors import ConfigError
from ..._transcripts import IdDeriver, filter_events, filter_messages, filter_timelines, view
from ..._types import InputType, Transcript, TranscriptContent, TranscriptHandle
from .annotations import EVENT_CLASSES, MESSAGE_CLASSES, InputHint

InputKind = Literal["transcript", "messages", "events", "items", "timeline", "timelines", "custom"]
"""How a transcript is cut: "items" are its messages or events one by one, "custom" what an author's loader yields."""

LoadFn = Callable[[Transcript], AsyncIterator[Any]]
"""Cuts a transcript into inputs."""


_CUTS: dict[InputKind, Callable[[Transcript, TranscriptContent], Iterable[Any]]] = {
    "transcript": lambda given, asked: [view(given, asked)],
    "messages": lambda given, asked: [filter_messages(given.messages, asked.messages)],
    "events": lambda given, asked: [filter_events(given.events, asked.events)],
    "items": lambda given, asked: chain(
        filter_messages(given.messages, asked.messages), filter_events(given.events, asked.events)
    ),
    "timeline": lambda given, asked: filter_timelines(given.timelines[:1], asked.timeline),
    "timelines": lambda given, asked: [filter_timelines(given.timelines, asked.timeline)],
}


@dataclass(frozen=True, slots=True)
class KindLoader:
    """Cuts a transcript as a kind of input says.

    Args:
        kind: The kind.
        content: Content asked for, whatever else was read.
    """

    kind: InputKind
    content: TranscriptContent

    async def __call__(self, transcript: Transcript) -> AsyncIterator[Any]:
        """Yield the inputs."""
        for item in _CUTS[self.kind](transcript, self.content):
            yield item


@dataclass(frozen=True, slots=True)
class CustomLoader:
    """Runs an author's loader over the content that it declared, whatever else was read."""

    content: TranscriptContent
    load: LoadFn

    def __call__(self, transcript: Transcript) -> AsyncIterator[Any]:
        """Iterate over what the author's loader yields."""
        return self.load(view(transcript, self.content))


def implicit_loader(content: TranscriptContent, hint: InputHint | None) -> tuple[InputKind, LoadFn]:
    """Choose the loader that a scanner's annotation asks for.

    Args:
        content: Content that the scanner declared.
        hint: What its annotation says; None gives it transcripts.
    """
    kind: InputKind
    if hint is None or hint.transcript or hint.handle:
        kind = "transcript"
    elif content.timeline is not None:
        kind = "timelines" if hint.many else "timeline"
    elif not hint.many:
        kind = "items"
    else:
        kind = "messages" if content.messages is not None else "events"
    return kind, KindLoader(kind, content)


_PLURAL: dict[InputType, InputType] = {"message": "messages", "event": "events", "timeline": "timelines"}


_Kind = tuple[InputType, Callable[[Any, IdDeriver], str]]
_KINDS: dict[type, _Kind] = {
    **dict.fromkeys(MESSAGE_CLASSES, ("message", lambda message, ids: message.id or ids.message_id(message))),
    **dict.fromkeys(EVENT_CLASSES, ("event", lambda event, ids: event.uuid or ids.event_id(event))),
    Timeline: ("timeline", lambda timeline, _: str(timeline.name)),
    Transcript: ("transcript", lambda transcript, _: str(transcript.transcript_id)),
}


def describe_input(item: Any, transcript_id: str = "") -> tuple[InputType, list[str]] | None:
    """Tell what an input is, and its ids.

    Args:
        item: What a loader yielded.
        transcript_id: The transcript; ids of messages and events that a loader made without any are derived of it.

    Returns:
        Kind of input and ids; None for an empty sequence, which is not scanned.

    Raises:
        ConfigError: It is nothing that a scanner can be given.
    """
    kind = _KINDS.get(item.__class__) or _other_kind(item)
    ids = IdDeriver(transcript_id)
    if kind is not None:
        return kind[0], [kind[1](item, ids)]
    if isinstance(item, Sequence) and not isinstance(item, str | bytes):
        return _describe_many(item, ids)  # pyright: ignore[reportUnknownArgumentType]
    raise _refused(item)


def _describe_many(items: Sequence[Any], ids: IdDeriver) -> tuple[InputType, list[str]] | None:
    found: list[str] = []
    first: InputType | None = None
    for item in items:
        kind = _KINDS.get(item.__class__) or _other_kind(item)
        if kind is None or kind[0] not in _PLURAL or kind[0] != (first or kind[0]):
            raise _refused(item, inside=True)
        first = kind[0]
        found.append(kind[1](item, ids))
    return (_PLURAL[first], found) if first is not None else None


def _other_kind(item: Any) -> _Kind | None:
    """Kind of an instance of a subclass, remembered by class."""
    cls: type = item.__class__
    for known, kind in tuple(_KINDS.items()):
        if issubclass(cls, known):
            return _KINDS.setdefault(cls, kind)
    if isinstance(item, TranscriptHandle):
        return _KINDS.setdefault(cls, ("transcript", lambda handle, _: str(handle.info.transcript_id)))
    return None


def _refused(item: object, *, inside: bool = False) -> ConfigError:
    where = " within a list" if inside else ""
    return ConfigError(
        f"A loader yielded {type(item).__name__!r}{where}. Allowed: a transcript, message, event or timeline, "
        "or a list of messages, of events, or of timelines."
    )
