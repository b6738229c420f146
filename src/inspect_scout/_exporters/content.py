"""What all formats need of messages and events: texts, parts, the calls of models, and what is left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from .._support.json import dumps

if TYPE_CHECKING:
    from inspect_ai.event import Event, ModelEvent
    from inspect_ai.model import ChatMessage, Content

    from .._types import Transcript

Losses: TypeAlias = Counter[str]
"""What a format has no place for: in words -> how often."""

_DATA_URI: Final = re.compile(r"data:(?P<type>[\w.+/-]+);base64,(?P<data>.*)", re.DOTALL)


def data_of(address: str) -> tuple[str, str] | None:
    """Give the type and the base64 text of a data URI; None if it is an address."""
    found = _DATA_URI.fullmatch(address)
    return (found["type"], found["data"]) if found is not None else None


def parts_of(message: ChatMessage) -> list[Content]:
    """Give the content of a message as parts."""
    from inspect_ai.model import ContentText

    return [ContentText(text=message.content)] if isinstance(message.content, str) else list(message.content)


def text_of(message: ChatMessage, losses: Losses) -> str:
    """Give the texts of a message; other parts are lost."""
    texts: list[str] = []
    for part in parts_of(message):
        if part.type == "text":
            texts.append(part.text)
        elif part.type != "reasoning":
            losses[f"{part.type} parts"] += 1
    return "\n".join(texts)


def reasoning_of(message: ChatMessage, losses: Losses) -> str:
    """Give the thoughts of an answer."""
    texts: list[str] = []
    for part in parts_of(message):
        if part.type == "reasoning":
            if part.redacted or not part.reasoning:
                losses["thoughts that are encrypted"] += 1
            else:
                texts.append(part.reasoning)
    return "\n".join(texts)


def calls_by_answer(events: list[Event]) -> Mapping[str, ModelEvent]:
    """Give the calls of models by the ids of their answers."""
    found: dict[str, ModelEvent] = {}
    for event in events:
        if event.event == "model" and event.output.choices and event.output.message.id:
            found.setdefault(event.output.message.id, event)
    return found


def last_call(events: list[Event]) -> ModelEvent | None:
    """Give the last call of a model."""
    return next((event for event in reversed(events) if event.event == "model"), None)


def lose_events(transcript: Transcript, kept: frozenset[str], losses: Losses) -> None:
    """Count the events that a format leaves out, by kind."""
    for event in transcript.events:
        if event.event not in kept:
            losses[f"{event.event} events"] += 1


def description_of(transcript: Transcript) -> dict[str, object]:
    """Give what a transcript says of itself, without what is empty."""
    info = transcript.model_dump(mode="json", exclude={"messages", "events", "timelines"}, exclude_none=True)
    return {name: value for name, value in info.items() if value not in ({}, [])}


def encode(value: object) -> bytes:
    """Write JSON."""
    return dumps(value).encode()
