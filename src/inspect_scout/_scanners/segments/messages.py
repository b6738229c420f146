"""Lists and streams of messages -> segments."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any, TypeVar

from inspect_ai.event import Event, TimelineSpan
from inspect_ai.model import ChatMessage, ChatMessageBase, Model

from ..._transcripts import Compaction, span_messages
from ..render.messages import RenderMessages
from .budget import TokenBudget, token_budget
from .packing import pack
from .rendering import MessageText, nonce_mark, rendered


@dataclass(frozen=True)
class MessagesSegment:
    """Messages that fit into one prompt.

    Args:
        messages: The messages, as they were rendered; one that was split is in the segment of each of its parts.
        messages_str: What is shown of them.
        segment: Number of the segment, from 0.
        lengths: Characters of what is shown of each message; there is a line break between two.

    Example:
        ```python
        render, extract_references = message_numbering()
        async for segment in segment_messages(transcript.messages, messages_as_str=render, context_window=8_000):
            print(segment.segment, len(segment.messages), segment.messages_str)
        ```
    """

    messages: list[ChatMessage]
    messages_str: str
    segment: int
    lengths: tuple[int, ...] = field(default=(), kw_only=True, repr=False, compare=False)

    @property
    def starts(self) -> list[int]:
        """Where what is shown of each message begins."""
        return list(accumulate((length + 1 for length in self.lengths), initial=0))[:-1]

    @property
    def texts(self) -> list[str]:
        """What is shown of each message."""
        return [self.messages_str[at : at + length] for at, length in zip(self.starts, self.lengths, strict=True)]


SegmentT = TypeVar("SegmentT", bound=MessagesSegment)


async def segment_messages(
    source: Sequence[ChatMessage] | Sequence[Event] | TimelineSpan,
    *,
    messages_as_str: RenderMessages,
    model: Model | str | None = None,
    context_window: int | None = None,
    compaction: Compaction = "all",
    prompt_reserve: float = 0.2,
) -> AsyncIterator[MessagesSegment]:
    """Cut messages into segments that a model can read.

    Messages stay in order and whole; one that is too large for a segment of its own is split, and says so.

    Args:
        source: Messages, events, or a span (whose thread is put together by `span_messages`).
        messages_as_str: Renders the messages: a function from `message_numbering`, which is given all of them at once,
            or another one, which is given one at a time.
        model: Model that will read them (default: the active one); tokens are counted its way.
        context_window: Tokens that the model can read (default: what is known of it, else 128 000).
        compaction: Which part of a compacted thread is wanted ("all", "last", or a number of regions).
        prompt_reserve: What the rest of the prompt needs: tokens (int), or a share of the window (float).

    Raises:
        ConfigError: If an argument makes no sense.

    Example:
        ```python
        render, extract_references = message_numbering()
        async for segment in segment_messages(transcript.messages, messages_as_str=render, context_window=8_000):
            print(segment.segment, segment.messages_str)
        ```
    """
    thread = thread_of(source, compaction)
    async for found in packed(thread, messages_as_str, token_budget(model, context_window, prompt_reserve)):
        yield found


def thread_of(
    source: Sequence[ChatMessage] | Sequence[Event] | TimelineSpan, compaction: Compaction
) -> list[ChatMessage]:
    """List the messages of a source."""
    if isinstance(source, TimelineSpan):
        return span_messages(source, compaction=compaction)
    messages = [item for item in source if isinstance(item, ChatMessageBase)]
    events = [item for item in source if not isinstance(item, ChatMessageBase)]
    return messages or span_messages(events, compaction=compaction)


async def packed(
    messages: list[ChatMessage] | AsyncIterable[ChatMessage], render: RenderMessages, budget: TokenBudget
) -> AsyncIterator[MessagesSegment]:
    """Render messages and distribute them over segments, holding few of a stream in memory."""
    place = 0
    async for shown in pack(rendered(messages, render), budget, nonce_mark(render)):
        yield MessagesSegment(segment=place, **_fields(shown))
        place += 1


async def resplit(segment: SegmentT, budget: TokenBudget, mark: str) -> list[SegmentT]:
    """Cut a segment that proved too large; messages keep their numbers, and notes on parts of them bear the mark."""

    async def batches() -> AsyncIterator[list[MessageText]]:
        yield [MessageText(message, text) for message, text in zip(segment.messages, segment.texts, strict=True)]

    return [replace(segment, **_fields(shown)) async for shown in pack(batches(), budget, mark)]


def _fields(shown: list[MessageText]) -> dict[str, Any]:
    return {
        "messages": [one.message for one in shown],
        "messages_str": "\n".join([one.text for one in shown]),
        "lengths": tuple([len(one.text) for one in shown]),
    }
