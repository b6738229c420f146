"""From what was captured to a transcript."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic_core import to_jsonable_python

from .._importers import JsonObject
from .._inspect.live_events import own_transcript, remember_versions
from .._support.foreign import foreign
from .provider import provider_of

if TYPE_CHECKING:
    from inspect_ai.event import Event, ModelEvent
    from inspect_ai.model import ChatMessage

    from .._types import Transcript
    from .observation import Capture, Observation

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class InspectCalls:
    """What Inspect's own models and tools tell of while an observation lasts."""

    _events: Callable[[], Sequence[Event]]
    _restore: Callable[[], None]

    @classmethod
    def begin(cls) -> InspectCalls:
        """Begin to listen."""
        return cls(*own_transcript())

    def end(self) -> None:
        """Stop."""
        self._restore()

    @property
    def events(self) -> list[Event]:
        """What was told."""
        return list(self._events())

    @property
    def has_models(self) -> bool:
        """Whether a model was called."""
        return any(event.event == "model" for event in self._events())


async def finished(observation: Observation, events: Sequence[Event], ended: float) -> Transcript:
    """Make the transcript of an observation that has ended.

    Args:
        observation: The observation.
        events: What Inspect told of.
        ended: When it ended, in seconds since 1970.
    """
    from inspect_ai.event import ModelEvent

    from .._types import Transcript

    remember_versions()
    captured = [await _event(capture) for capture in observation.captures]
    whole = sorted([*events, *captured], key=lambda event: event.timestamp)
    for event in captured:
        if isinstance(event, ModelEvent):
            _name_messages(event)
    models = [event for event in whole if isinstance(event, ModelEvent)]
    last = models[-1] if models else None
    messages = [*last.input, *([last.output.message] if last.output.choices else [])] if last is not None else []
    tokens = sum(event.output.usage.total_tokens for event in models if event.output.usage is not None)
    info: JsonObject = dict(observation.info)
    if last is not None and info.get("model") is None:
        info["model"] = last.model
    if last is not None and info.get("model_options") is None:
        info["model_options"] = last.config.model_dump(exclude_none=True) or None
    info |= {
        "date": datetime.fromtimestamp(observation.began, UTC).isoformat(),
        "total_time": round(ended - observation.began, 6),
        "total_tokens": tokens or None,
        "message_count": len(messages),
    }
    return Transcript.model_construct(None, **info, messages=messages, events=whole, timelines=[])


async def _event(capture: Capture) -> Event:
    """Make an event of a call; one that cannot be converted is kept as it was told."""
    from inspect_ai.event import InfoEvent

    told = datetime.fromtimestamp(capture.at, UTC)
    async with foreign() as ran:
        event = await provider_of(capture.provider).build_event(capture.data)
        event.timestamp = min(event.timestamp, told)  # one without a time has that of its making
        return event
    name = capture.provider.__name__
    logger.error(
        "A call that %s captured could not be converted; it is kept as an info event", name, exc_info=ran.error
    )
    data = to_jsonable_python(capture.data, fallback=repr)
    return InfoEvent(source=name, data=data, timestamp=told)


def _name_messages(event: ModelEvent) -> None:
    """Let a message have the same id in every call that repeats it."""
    seen = Counter[str]()
    answers = [choice.message for choice in event.output.choices]
    for message in [*event.input, *answers]:
        key = _key(message)
        seen[key] += 1
        message.id = hashlib.blake2b(f"{key}{seen[key]}".encode(), digest_size=11).hexdigest()


def _key(message: ChatMessage) -> str:
    return message.model_dump_json(include={"role", "content", "tool_calls", "tool_call_id"})
