"""Classes of messages and events by the name they carry in logs, validated as Inspect's own log reader does."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, cast, get_args

from inspect_ai._util.constants import DESERIALIZING
from inspect_ai.event import Event
from inspect_ai.log._log import SCORER_PLACEHOLDER
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
)
from pydantic import BaseModel, TypeAdapter

# Inspect's own context also carries a cache that hashes each message to share equal ones; without it the
# objects are equal and come at a fifth of the time.
READING_CONTEXT: Final[dict[str, Any]] = {DESERIALIZING: True}
"""Context of validation in which Inspect invents no ids; it has to be a dictionary."""

LEGACY_SCORE_NAME: Final = SCORER_PLACEHOLDER
"""Name that Inspect gives to the only score of a sample written before samples could have several."""

MESSAGE_CLASSES: Final[Mapping[str, type[BaseModel]]] = MappingProxyType(
    {
        "system": ChatMessageSystem,
        "user": ChatMessageUser,
        "assistant": ChatMessageAssistant,
        "tool": ChatMessageTool,
    }
)
"""Class of the messages of each role."""

EVENT_CLASSES: Final[Mapping[str, type[BaseModel]]] = MappingProxyType(
    {cast("str", member.model_fields["event"].default): member for member in get_args(Event)}
)
"""Class of each kind of event, by its name in logs."""

_ANY_MESSAGE: Final[TypeAdapter[ChatMessage]] = TypeAdapter(ChatMessage)


def validate_message(data: object, role: str | None) -> ChatMessage:
    """Make a message from decoded JSON, keeping a missing id missing.

    Args:
        data: The message as JSON gives it.
        role: Its role; with None or an unknown one the class is found as Inspect finds it, by trying.

    Raises:
        pydantic.ValidationError: If it is not a message.
    """
    found = MESSAGE_CLASSES.get(role) if role is not None else None
    if found is None:
        return _ANY_MESSAGE.validate_python(data, context=READING_CONTEXT)
    return cast("ChatMessage", found.__pydantic_validator__.validate_python(data, context=READING_CONTEXT))


def validate_event(data: object, kind: str) -> Event:
    """Make an event from decoded JSON, keeping missing ids missing.

    Choosing the class first, instead of trying the whole union, is about ten times faster.

    Args:
        data: The event as JSON gives it.
        kind: What it calls itself in its field `event`.

    Raises:
        KeyError: If there is no such kind of event.
        pydantic.ValidationError: If it is not an event of that kind.
    """
    return cast("Event", EVENT_CLASSES[kind].__pydantic_validator__.validate_python(data, context=READING_CONTEXT))
