"""Loaders that follow from a scanner's annotation: they cut a transcript into the inputs of the scanner."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Literal

from inspect_ai.event import Event, Timeline
from inspect_ai.model import ChatMessage

from ..._transcripts import filter_events, filter_messages, filter_timelines, view
from ..._types import Transcript, TranscriptContent
from .annotations import InputHint

InputKind = Literal["transcript", "messages", "events", "items", "timeline", "timelines", "custom"]
"""How a transcript is cut: "items" are its messages or events one by one, "custom" what an author's loader yields."""

LoadFn = Callable[[Transcript], AsyncIterator[Any]]
"""Cuts a transcript into inputs."""


@dataclass(frozen=True, slots=True)
class TranscriptLoader:
    """Yields the transcript with the content asked for."""

    content: TranscriptContent

    async def __call__(self, transcript: Transcript) -> AsyncIterator[Transcript]:
        """Yield one transcript."""
        yield view(transcript, self.content)


@dataclass(frozen=True, slots=True)
class MessagesLoader:
    """Yields the messages asked for, as one list."""

    content: TranscriptContent

    async def __call__(self, transcript: Transcript) -> AsyncIterator[list[ChatMessage]]:
        """Yield one list of messages."""
        yield filter_messages(transcript.messages, self.content.messages)


@dataclass(frozen=True, slots=True)
class EventsLoader:
    """Yields the events asked for, as one list."""

    content: TranscriptContent

    async def __call__(self, transcript: Transcript) -> AsyncIterator[list[Event]]:
        """Yield one list of events."""
        yield filter_events(transcript.events, self.content.events)


@dataclass(frozen=True, slots=True)
class ItemLoader:
    """Yields the messages and events asked for, one by one."""

    content: TranscriptContent

    async def __call__(self, transcript: Transcript) -> AsyncIterator[ChatMessage | Event]:
        """Yield messages, then events."""
        for message in filter_messages(transcript.messages, self.content.messages):
            yield message
        for event in filter_events(transcript.events, self.content.events):
            yield event


@dataclass(frozen=True, slots=True)
class TimelineLoader:
    """Yields the first timeline, if there is one."""

    content: TranscriptContent

    async def __call__(self, transcript: Transcript) -> AsyncIterator[Timeline]:
        """Yield at most one timeline."""
        for timeline in filter_timelines(transcript.timelines[:1], self.content.timeline):
            yield timeline


@dataclass(frozen=True, slots=True)
class TimelinesLoader:
    """Yields the timelines, as one list."""

    content: TranscriptContent

    async def __call__(self, transcript: Transcript) -> AsyncIterator[list[Timeline]]:
        """Yield one list of timelines."""
        yield filter_timelines(transcript.timelines, self.content.timeline)


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
    if hint is None or hint.transcript or hint.handle:
        return "transcript", TranscriptLoader(content)
    if content.timeline is not None:
        return ("timelines", TimelinesLoader(content)) if hint.many else ("timeline", TimelineLoader(content))
    if not hint.many:
        return "items", ItemLoader(content)
    return ("messages", MessagesLoader(content)) if content.messages is not None else ("events", EventsLoader(content))
