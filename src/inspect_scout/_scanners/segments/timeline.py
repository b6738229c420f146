"""Spans of a timeline, and whole transcripts -> segments."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from inspect_ai.event import Timeline, TimelineSpan
from inspect_ai.model import Model

from ..._support.errors import ConfigError
from ..._transcripts import Compaction, choose_timeline, scannable_spans, span_messages
from ..._types import Transcript
from ..render.messages import RenderMessages
from .budget import TokenBudget, token_budget
from .messages import MessagesSegment, packed


@dataclass(frozen=True)
class TimelineMessages(MessagesSegment):
    """Messages of one span that fit into one prompt.

    Args:
        messages: The messages, as they were rendered; one that was split is in the segment of each of its parts.
        messages_str: What is shown of them.
        segment: Number of the segment, from 0, over all spans.
        lengths: Characters of what is shown of each message; there is a line break between two.
        span: The span.

    Example:
        ```python
        render, extract_references = message_numbering()
        async for part in timeline_messages(transcript.timelines[0], messages_as_str=render, context_window=8_000):
            print(part.span.name, part.segment, part.messages_str)
        ```
    """

    span: TimelineSpan


async def timeline_messages(
    timeline: Timeline | TimelineSpan,
    *,
    messages_as_str: RenderMessages,
    model: Model | str | None = None,
    context_window: int | None = None,
    compaction: Compaction = "all",
    depth: int | None = None,
    prompt_reserve: float = 0.2,
) -> AsyncIterator[TimelineMessages]:
    """Cut the threads of a timeline's spans into segments that a model can read.

    Spans that called a model themselves and are not utilities are taken one after the other, each before those inside it.

    Args:
        timeline: The timeline, or one of its spans.
        messages_as_str: Renders the messages of a span.
        model: Model that will read them (default: the active one); tokens are counted its way.
        context_window: Tokens that the model can read (default: what is known of it, else 128 000).
        compaction: Which part of a compacted thread is wanted ("all", "last", or a number of regions).
        depth: Levels of spans to go down (default: all; 1: the outermost ones; 0: none).
        prompt_reserve: What the rest of the prompt needs: tokens (int), or a share of the window (float).

    Raises:
        ConfigError: If an argument makes no sense.

    Example:
        ```python
        render, extract_references = message_numbering()
        timeline = transcript.timelines[0]
        async for part in timeline_messages(timeline, messages_as_str=render, context_window=8_000, depth=1):
            print(part.span.name, part.messages_str)
        ```
    """
    budget = token_budget(model, context_window, prompt_reserve)
    async for found in _packed_spans(timeline, depth, compaction, messages_as_str, budget):
        yield found


async def transcript_messages(
    transcript: Transcript,
    *,
    messages_as_str: RenderMessages,
    model: Model | str | None = None,
    context_window: int | None = None,
    timeline: str | None = None,
    compaction: Compaction = "all",
    depth: int | None = None,
    include_scorers: bool = False,
    prompt_reserve: float = 0.2,
) -> AsyncIterator[MessagesSegment]:
    """Cut a transcript into segments that a model can read.

    A transcript with timelines or events is read span by span (the segments are `TimelineMessages`); one without, or one
    whose events hold no agent's calls of a model, by its messages.

    Args:
        transcript: The transcript.
        messages_as_str: Renders messages.
        model: Model that will read them (default: the active one); tokens are counted its way.
        context_window: Tokens that the model can read (default: what is known of it, else 128 000).
        timeline: Name of the timeline to read (default: the first; built from the events if none is stored).
        compaction: Which part of a compacted thread is wanted ("all", "last", or a number of regions).
        depth: Levels of spans to go down (default: all; 1: the outermost ones; 0: none).
        include_scorers: Whether the spans of scorers are read too.
        prompt_reserve: What the rest of the prompt needs: tokens (int), or a share of the window (float).

    Raises:
        ConfigError: If there is no timeline of this name, or an argument makes no sense.

    Example:
        ```python
        render, extract_references = message_numbering()
        async for segment in transcript_messages(transcript, messages_as_str=render, context_window=8_000):
            print(segment.segment, segment.messages_str)
        ```
    """
    if timeline is not None and not transcript.timelines and not transcript.events:
        raise ConfigError(
            f"Timeline {timeline!r} cannot be read: the transcript has messages only. Ask for events or timelines too."
        )
    budget = token_budget(model, context_window, prompt_reserve)
    chosen = choose_timeline(transcript, timeline, scorers=include_scorers)
    # Events without a thread of an agent are not a reason to overlook the messages; a timeline asked for by name is one.
    if chosen is not None and (timeline is not None or next(scannable_spans(chosen.root), None) is not None):
        async for segment in _packed_spans(chosen, depth, compaction, messages_as_str, budget):
            yield segment
        return
    async for found in packed(transcript.messages, messages_as_str, budget):
        yield found


async def _packed_spans(
    timeline: Timeline | TimelineSpan,
    depth: int | None,
    compaction: Compaction,
    render: RenderMessages,
    budget: TokenBudget,
) -> AsyncIterator[TimelineMessages]:
    place = 0
    for span in scannable_spans(timeline.root if isinstance(timeline, Timeline) else timeline, depth):
        async for found in packed(span_messages(span, compaction=compaction), render, budget):
            yield TimelineMessages(found.messages, found.messages_str, place, span, lengths=found.lengths)
            place += 1
