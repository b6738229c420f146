"""Messages -> their texts, rendered together where the function that renders can do that."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Final

from inspect_ai.model import ChatMessage

from ..render.messages import MessageRenderer, RenderMessages

BATCH_MESSAGES: Final = 64
"""Messages of a stream that are rendered together."""


@dataclass(frozen=True, slots=True)
class MessageText:
    """A message, or a part of one, as it is shown."""

    message: ChatMessage
    text: str


async def rendered(
    messages: list[ChatMessage] | AsyncIterable[ChatMessage], render: RenderMessages
) -> AsyncIterator[list[MessageText]]:
    """Render messages without those of which nothing is shown: a stream bit by bit, a list at once.

    A transform sees all of them at once, unless the function that renders is not one of `message_numbering`.
    """
    if isinstance(messages, list):
        yield await _shown(messages, render)
        return
    together = isinstance(render, MessageRenderer) and render.needs_all
    waiting: list[ChatMessage] = []
    async for message in messages:
        waiting.append(message)
        if len(waiting) >= BATCH_MESSAGES and not together:
            yield await _shown(waiting, render)
            waiting = []
    if waiting:
        yield await _shown(waiting, render)


async def _shown(messages: list[ChatMessage], render: RenderMessages) -> list[MessageText]:
    if isinstance(render, MessageRenderer):
        return [MessageText(one.message, one.numbered) for one in await render.render(messages)]
    texts = [(message, await render([message])) for message in messages]
    return [MessageText(message, text) for message, text in texts if text]


def nonce_mark(render: RenderMessages) -> str:
    """Tell what marks text of ours in what a function renders, so that no message can pretend to be it."""
    return render.mark if isinstance(render, MessageRenderer) else ""
