"""A list of messages as text, with numbers that citations lead back from."""

from __future__ import annotations

import json
import warnings
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias, TypeVar, get_args, overload

from inspect_ai.model import ChatMessage
from inspect_ai.scorer import Reference

from ..._support.errors import ConfigError
from ..._types import Transcript
from .citations import MessageCitations
from .message import MessageFormatOptions, NonceMarks, render_message, role_label
from .numbers import Numbering

InputT = TypeVar("InputT", Transcript, list[ChatMessage])

Format = Literal["text", "json", "list"]

ExtractReferences: TypeAlias = Callable[[str], list[Reference]]
"""Finds the messages that a text cites."""

LabelForId: TypeAlias = Callable[[str], str | None]
"""Returns the label ("M3") of a message that was rendered, by its id."""

RenderMessages: TypeAlias = Callable[[list[ChatMessage]], Awaitable[str]]
"""Renders messages with numbers that go on over calls."""


@dataclass(frozen=True)
class MessagesPreprocessor(MessageFormatOptions, Generic[InputT]):
    """What of messages is rendered.

    Args:
        exclude_system: Whether system messages are left out.
        exclude_reasoning: Whether reasoning is left out.
        exclude_tool_usage: Whether tool messages and calls of tools are left out.
        transform: Makes the list of messages to render from the whole input. A message that keeps its id keeps its
            number.

    Example:
        ```python
        async def ending(messages: list[ChatMessage]) -> list[ChatMessage]:
            return messages[-5:]

        text = await messages_as_str(transcript.messages, preprocessor=MessagesPreprocessor(transform=ending))
        ```
    """

    transform: Callable[[InputT], Awaitable[list[ChatMessage]]] | None = None


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message as it was rendered."""

    message: ChatMessage
    number: int
    text: str

    @property
    def numbered(self) -> str:
        """The text with the number by which it is cited."""
        return f"[M{self.number}] {self.text}"


class MessageRenderer:
    """Renders messages with numbers that go on over calls (a `RenderMessages`), as one text or message by message.

    Args:
        preprocessor: What is rendered. Plain options are taken too.
        nonce: Random letters and digits that are added to everything that is not content.
    """

    def __init__(
        self, preprocessor: MessagesPreprocessor[Any] | MessageFormatOptions | None, nonce: str | None
    ) -> None:
        self._transform: Callable[[Any], Awaitable[list[ChatMessage]]] | None = getattr(preprocessor, "transform", None)
        self._options: MessageFormatOptions = preprocessor or MessageFormatOptions()
        self._marks = NonceMarks.of(nonce)
        self._taken = 0
        self._ids: dict[int, str] = {}
        self._labels: dict[str, str] = {}
        self.references = MessageCitations(self._ids)

    @property
    def needs_all(self) -> bool:
        """Whether it makes a difference if messages are rendered together: a transform wants to see all of them."""
        return self._transform is not None

    @property
    def mark(self) -> str:
        """What marks as ours whatever is not content: the nonce between brackets, or nothing."""
        return self._marks.label

    async def __call__(self, messages: list[ChatMessage]) -> str:
        """Render messages as one text."""
        return "\n".join([message.numbered for message in await self.render(messages)])

    async def render(self, input: Transcript | list[ChatMessage]) -> list[RenderedMessage]:
        """Render messages one by one, in order, after the transform and without those that are left out."""
        messages: Sequence[ChatMessage] = input.messages if isinstance(input, Transcript) else input
        # A numbering for each list: a list that is rendered again is cited by numbers of its own.
        numbering = Numbering(self._taken)
        numbers = numbering.number(messages)
        if self._transform is not None:
            messages = await self._transform(input)
            numbers = numbering.number(messages)
        self._taken = numbering.last
        found: list[RenderedMessage] = []
        for message, number in zip(messages, numbers, strict=True):
            text = render_message(message, self._options, self._marks)
            if text is not None:
                found.append(RenderedMessage(message, number, text))
                self._ids[number] = message.id or ""
                if message.id:
                    self._labels[message.id] = f"M{number}"
        return found

    def label(self, message_id: str) -> str | None:
        """Return the label ("M3") of a message that was rendered (a `LabelForId`)."""
        return self._labels.get(message_id)


@overload
async def messages_as_str(
    input: InputT,
    *,
    preprocessor: MessagesPreprocessor[InputT] | None = None,
    include_ids: Literal[True],
    format: Literal["list"],
    nonce: str | None = None,
) -> tuple[list[str], ExtractReferences]: ...


@overload
async def messages_as_str(
    input: InputT,
    *,
    preprocessor: MessagesPreprocessor[InputT] | None = None,
    include_ids: Literal[True],
    format: Literal["text", "json"] = "text",
    nonce: str | None = None,
    as_json: bool | None = None,
) -> tuple[str, ExtractReferences]: ...


@overload
async def messages_as_str(
    input: InputT,
    *,
    preprocessor: MessagesPreprocessor[InputT] | None = None,
    include_ids: None = None,
    format: Literal["list"],
    nonce: str | None = None,
) -> list[str]: ...


@overload
async def messages_as_str(
    input: InputT,
    *,
    preprocessor: MessagesPreprocessor[InputT] | None = None,
    include_ids: None = None,
    format: Literal["text", "json"] = "text",
    nonce: str | None = None,
    as_json: bool | None = None,
) -> str: ...


async def messages_as_str(
    input: InputT,
    *,
    preprocessor: MessagesPreprocessor[InputT] | None = None,
    include_ids: Literal[True] | None = None,
    format: Format = "text",
    nonce: str | None = None,
    as_json: bool | None = None,
) -> str | list[str] | tuple[str | list[str], ExtractReferences]:
    """Render messages as text.

    With `include_ids`, each message begins with its number: `[M3] USER:`. The number is its place in the input, the
    same that `grep_scanner` and `tool_callers` give it, so numbers of messages that are left out are left out too.

    Args:
        input: A transcript, or messages.
        preprocessor: What to leave out (default: system messages), and how to change the list before.
        include_ids: True to number messages.
        format: "text"; "json" (a list of objects with `role`, `content` and, numbered, `id`); "list" (of texts).
        nonce: Random letters and digits that are added to everything that is not content.
        as_json: Deprecated: True says `format="json"`.

    Returns:
        The text (or list of texts); with `include_ids`, also a function that finds the messages which a text cites.

    Raises:
        ConfigError: If the format is unknown, or the nonce is shorter than 8 letters and digits.

    Example:
        ```python
        text, extract_references = await messages_as_str(transcript, include_ids=True)
        cited = extract_references("It gave up in [M7].")
        ```
    """
    if as_json is not None:
        warnings.warn("as_json is deprecated: write format='json'.", DeprecationWarning, stacklevel=2)
        format = "json" if as_json else format
    if format not in get_args(Format):
        raise ConfigError(f"format {format!r} is not known; it must be 'text', 'json' or 'list'.")
    render = MessageRenderer(preprocessor, nonce)
    rendered = await render.render(input)
    output: str | list[str] = [message.numbered if include_ids else message.text for message in rendered]
    if format == "json":
        output = json.dumps([_as_object(message, numbered=bool(include_ids)) for message in rendered])
    elif format == "text":
        output = "\n".join(output)
    return (output, render.references) if include_ids else output


@overload
def message_numbering(
    preprocessor: MessagesPreprocessor[list[ChatMessage]] | None = None,
    *,
    label_for_id: Literal[False] = False,
    nonce: str | None = None,
) -> tuple[RenderMessages, ExtractReferences]: ...


@overload
def message_numbering(
    preprocessor: MessagesPreprocessor[list[ChatMessage]] | None = None,
    *,
    label_for_id: Literal[True],
    nonce: str | None = None,
) -> tuple[RenderMessages, ExtractReferences, LabelForId]: ...


def message_numbering(
    preprocessor: MessagesPreprocessor[list[ChatMessage]] | None = None,
    *,
    label_for_id: bool = False,
    nonce: str | None = None,
) -> tuple[RenderMessages, ExtractReferences] | tuple[RenderMessages, ExtractReferences, LabelForId]:
    """Make a function that renders lists of messages with numbers that go on from one list to the next.

    A message that is rendered again gets another number; all numbers ever shown lead back to their messages.

    Args:
        preprocessor: What to leave out (default: system messages), and how to change each list before.
        label_for_id: Whether a function from id to label is wanted too.
        nonce: Random letters and digits that are added to everything that is not content.

    Returns:
        A function that renders messages; one that finds the messages (of all lists so far) which a text cites, whose
        method `unseen` lists the citations in a text of messages that were not rendered; and, with `label_for_id`, one
        that returns the label ("M3") of a message by its id, None if it was not rendered.

    Raises:
        ConfigError: If the nonce is shorter than 8 letters and digits.

    Example:
        ```python
        render, extract_references = message_numbering()
        first, second = await render(transcript.messages[:10]), await render(transcript.messages[10:])
        ```
    """
    render = MessageRenderer(preprocessor, nonce)
    return (render, render.references, render.label) if label_for_id else (render, render.references)


def _as_object(rendered: RenderedMessage, *, numbered: bool) -> dict[str, str]:
    found = {"role": role_label(rendered.message) or rendered.message.role, "content": rendered.text}
    if numbered:
        found["id"] = f"M{rendered.number}"
    return found
