"""What a scanner is given, as segments: a transcript in memory, or messages as they are read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from inspect_ai.model import ChatMessage, Model

from ..._types import Transcript, TranscriptHandle, TranscriptInfo
from ..render.thread import RenderMessages
from ..segments.messages import MessagesSegment, stream_segments
from ..segments.timeline import transcript_messages
from .brief import Brief
from .flight import close_iterator


class Source(Protocol):
    """Where segments come from."""

    @property
    def info(self) -> TranscriptInfo:
        """Description of the transcript (the transcript, if it is in memory)."""
        ...

    @property
    def has_timelines(self) -> bool:
        """Whether it comes with timelines, whose spans have results of their own."""
        ...

    @property
    def has_spans(self) -> bool:
        """Whether it is read span by span."""
        ...

    @property
    def has_messages(self) -> bool:
        """Whether it has messages (known once the segments are)."""
        ...

    def segments(
        self, brief: Brief, *, messages_as_str: RenderMessages, model: Model, prompt_reserve: int
    ) -> AsyncIterator[MessagesSegment]:
        """Cut it into what the model can read."""
        ...


class WholeTranscript:
    """A transcript in memory.

    Args:
        transcript: The transcript.
    """

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript

    @property
    def info(self) -> TranscriptInfo:
        """The transcript."""
        return self._transcript

    @property
    def has_timelines(self) -> bool:
        """Whether it has timelines."""
        return bool(self._transcript.timelines)

    @property
    def has_spans(self) -> bool:
        """Whether it has timelines or events."""
        return bool(self._transcript.timelines or self._transcript.events)

    @property
    def has_messages(self) -> bool:
        """Whether it has messages."""
        return bool(self._transcript.messages)

    def segments(
        self, brief: Brief, *, messages_as_str: RenderMessages, model: Model, prompt_reserve: int
    ) -> AsyncIterator[MessagesSegment]:
        """Cut it into what the model can read."""
        return transcript_messages(
            self._transcript,
            messages_as_str=messages_as_str,
            model=model,
            context_window=brief.context_window,
            timeline=brief.timeline,
            compaction=brief.compaction,
            depth=brief.depth,
            prompt_reserve=prompt_reserve,
        )


class StreamedMessages:
    """Messages that are read one after the other, and held no longer than a segment is.

    Args:
        handle: The transcript.
    """

    has_timelines = False
    has_spans = False

    def __init__(self, handle: TranscriptHandle) -> None:
        self._handle = handle
        self._count = 0

    @property
    def info(self) -> TranscriptInfo:
        """Description of the transcript."""
        return self._handle.info

    @property
    def has_messages(self) -> bool:
        """Whether messages were read."""
        return self._count > 0

    def segments(
        self, brief: Brief, *, messages_as_str: RenderMessages, model: Model, prompt_reserve: int
    ) -> AsyncIterator[MessagesSegment]:
        """Cut what is read into what the model can read."""
        return stream_segments(
            self._counted(),
            messages_as_str=messages_as_str,
            model=model,
            context_window=brief.context_window,
            prompt_reserve=prompt_reserve,
        )

    async def _counted(self) -> AsyncIterator[ChatMessage]:
        async for message in self._handle.messages():
            self._count += 1
            yield message


async def has_events(handle: TranscriptHandle) -> bool:
    """Tell whether a transcript comes with events, which are read as spans."""
    events = handle.events()
    try:
        return await anext(events, None) is not None
    finally:
        await close_iterator(events)
