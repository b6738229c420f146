"""The number of a message, by which it is cited."""

from __future__ import annotations

from collections.abc import Iterable

from inspect_ai.model import ChatMessage, ChatMessageAssistant

from ..._types import Transcript


class Numbering:
    """Gives messages their numbers: 1, 2, 3, ... in the order in which they are first seen.

    Every message counts, rendered or not. A message seen before keeps its number; messages are the same when they
    have the same id, and the same place among the messages of this id in their list.

    Args:
        after: Numbers that are taken already.
    """

    def __init__(self, after: int = 0) -> None:
        self._after = after
        self._numbers: dict[tuple[str | int, int], int] = {}
        self._nameless: list[ChatMessage] = []

    @property
    def last(self) -> int:
        """The highest number given."""
        return self._after + len(self._numbers)

    def number(self, messages: Iterable[ChatMessage]) -> list[int]:
        """Number the messages of one list."""
        seen: dict[str | int, int] = {}
        found: list[int] = []
        for message in messages:
            key = message.id or self._identity(message)
            place = seen[key] = seen.get(key, -1) + 1
            found.append(self._numbers.setdefault((key, place), self.last + 1))
        return found

    def _identity(self, message: ChatMessage) -> int:
        # Kept alive, so that the identity stays its own.
        self._nameless.append(message)
        return id(message)


def tool_callers(transcript: Transcript) -> dict[str, tuple[ChatMessageAssistant, int]]:
    """Find who called which tool.

    Args:
        transcript: The transcript, with its messages.

    Returns:
        Id of each tool call -> the message that made it, and the number by which this message is cited (`[M5]`).

    Example:
        ```python
        callers = tool_callers(transcript)
        message, number = callers[tool_message.tool_call_id]
        print(f"called in [M{number}]")
        ```
    """
    numbers = Numbering().number(transcript.messages)
    return {
        call.id: (message, number)
        for message, number in zip(transcript.messages, numbers, strict=True)
        if isinstance(message, ChatMessageAssistant)
        for call in message.tool_calls or ()
    }
