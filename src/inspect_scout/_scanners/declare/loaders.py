"""Loaders that follow from a scanner's annotation: they cut a transcript into the inputs of the scanner."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from ..._transcripts import filter_events, filter_messages, filter_timelines, view
from ..._types import Transcript, TranscriptContent
from .annotations import InputHint

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
