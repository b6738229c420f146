"""Messages -> their texts, rendered together where the function that renders can do that."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Final

from inspect_ai.model import ChatMessage

from ..render.thread import NumberedRender, RenderMessages

BATCH_MESSAGES: Final = 64
"""Messages of a stream that are rendered together."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message, or a part of one, as it is shown.

    Args:
        message: The message.
        text: What is shown of it.
    """

    message: ChatMessage
    text: str


async def rendered(messages: list[ChatMessage], render: RenderMessages) -> list[Shown]:
    """Render messages one by one, without those of which nothing is shown.

    A transform sees all of them at once, unless the function that renders is not one of `message_numbering`.
    """
    if isinstance(render, NumberedRender):
        return [Shown(entry.message, entry.numbered) for entry in await render.entries(messages)]
    texts = [(message, await render([message])) for message in messages]
    return [Shown(message, text) for message, text in texts if text]


async def rendered_stream(source: AsyncIterable[ChatMessage], render: RenderMessages) -> AsyncIterator[list[Shown]]:
    """Render a stream of messages bit by bit; all at once where a transform wants to see all."""
    together = isinstance(render, NumberedRender) and render.needs_all
    waiting: list[ChatMessage] = []
    async for message in source:
        waiting.append(message)
        if len(waiting) >= BATCH_MESSAGES and not together:
            yield await rendered(waiting, render)
            waiting = []
    if waiting:
        yield await rendered(waiting, render)


def own_mark(render: RenderMessages) -> str:
    """Tell what marks text of ours in what a function renders, so that no message can pretend to be it."""
    return render.mark if isinstance(render, NumberedRender) else ""
