"""Ids for messages and events that their log gives none, as logs of 2024 and early 2025 do.

Such an id is derived from the id of the transcript, what the item says, and how many items of its list said the same
before it:

- a message says its role, content, tool calls, and the tool that it answers for;
- an event says its kind and its time; one inside of a tool event also the id of that event.

Everything that says the same has the same role or kind, so an id does not depend on what was filtered out; and a message
of the conversation has the same id in the input and output of model events. What the log, its format or a database adds
around an item makes no difference.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from inspect_ai.event import Event, ModelEvent, SampleInitEvent, TimelineSpan, ToolEvent
from inspect_ai.model import ChatMessage
from pydantic import BaseModel
from pydantic_core import PydanticSerializationError

from ..._support.ids import id_from_text
from ..._types import Transcript

_DIGEST_FIELDS: Final = {"content", "tool_calls", "tool_call_id", "function", "error"}


class IdDeriver:
    """Derives ids for the items of one list that have none, in order.

    Args:
        scope: What the list belongs to: the id of a transcript, or of an event in it.
    """

    def __init__(self, scope: str) -> None:
        self._scope = scope
        self._seen: dict[bytes, int] = {}

    def message_id(self, message: ChatMessage) -> str:
        """Give the id of a message: its own, or the next for what it says."""
        return message.id or self.next_id("message", message_digest(message))

    def event_id(self, event: Event) -> str:
        """Give the id of an event: its own, or the next for its kind and time."""
        return event.uuid or self.next_id("event", _digest(f"{event.event} {event.timestamp.isoformat()}"))

    def next_id(self, kind: str, digest: bytes) -> str:
        """Give the id of the next item of a kind that says something, given as a digest."""
        position = self._seen[digest] = self._seen.get(digest, 0) + 1
        return _derive_id(kind, self._scope, digest, position)


class SharedMessages:
    """Messages without ids that stand in many lists: one copy of each for every place that it has among its equals.

    Args:
        scope: Id of the transcript.
    """

    def __init__(self, scope: str) -> None:
        self._scope = scope
        # with the message, so that its identity stays its own
        self._digests: dict[int, tuple[ChatMessage, bytes]] = {}
        self._copies: dict[tuple[int, str], ChatMessage] = {}

    def with_ids(self, messages: Sequence[ChatMessage]) -> tuple[list[ChatMessage], IdDeriver]:
        """Put copies with ids in the place of messages that have none.

        Returns:
            The messages, and what gives ids to those that follow them.
        """
        ids = IdDeriver(self._scope)
        return [message if message.id else self._copy(message, ids) for message in messages], ids

    def clear(self) -> None:
        """Forget all messages."""
        self._digests.clear()
        self._copies.clear()

    def _copy(self, message: ChatMessage, ids: IdDeriver) -> ChatMessage:
        known = self._digests.get(id(message))
        if known is None:
            known = self._digests[id(message)] = (message, message_digest(message))
        given = ids.next_id("message", known[1])
        copy = self._copies.get((id(message), given))
        if copy is None:
            copy = self._copies[id(message), given] = message.model_copy(update={"id": given})
        return copy


def fill_nested_ids(event: Event, transcript_id: str) -> None:
    """Give ids to what an event holds, in place: the messages of a model event or of the sample, events of a tool event."""
    pending = [event]
    while pending:
        parent = pending.pop()
        if type(parent) is ToolEvent:
            inside = IdDeriver(f"{transcript_id} {parent.uuid}")
            for child in parent.events:
                if isinstance(child, BaseModel):
                    made: Any = child
                    if not made.uuid:
                        made.uuid = inside.event_id(made)
                    pending.append(made)
        else:
            messages = _messages_of(parent)
            if not all(message.id for message in messages):
                fill_message_ids(messages, IdDeriver(transcript_id))


def with_ids(transcript: Transcript) -> Transcript:
    """Give the transcript, or a copy with ids if messages or events have none; itself, and what it holds, stay as they are."""
    messages, events = transcript.messages, transcript.events
    scope = transcript.transcript_id
    if any(not message.id for message in messages):
        messages = [message if message.id else message.model_copy() for message in messages]
        fill_message_ids(messages, IdDeriver(scope))
    timelines = transcript.timelines
    if any(_lacks_ids(event) for event in events):
        ids = IdDeriver(scope)
        events = [_with_event_ids(event, ids, scope) for event in events]
        bound = {id(before): after for before, after in zip(transcript.events, events, strict=True)}
        timelines = [each.model_copy(update={"root": _rebind(each.root, bound)}) for each in timelines]
    if messages is transcript.messages and events is transcript.events:
        return transcript
    return transcript.model_copy(update={"messages": messages, "events": events, "timelines": timelines})


def _with_event_ids(event: Event, ids: IdDeriver, scope: str) -> Event:
    if not _lacks_ids(event):
        return event
    # deep, because what lacks an id may be at any depth
    made = event.model_copy(deep=True)
    made.uuid = ids.event_id(made)
    fill_nested_ids(made, scope)
    return made


def _rebind(span: TimelineSpan, events: Mapping[int, Event]) -> TimelineSpan:
    """Copy a span with other events in the place of its own."""
    content = [
        _rebind(item, events)
        if isinstance(item, TimelineSpan)
        else item.model_copy(update={"event": events.get(id(item.event), item.event)})
        for item in span.content
    ]
    branches = [_rebind(branch, events) for branch in span.branches]
    return span.model_copy(update={"content": content, "branches": branches})


def _lacks_ids(event: Event) -> bool:
    pending: list[Any] = [event]
    while pending:
        item = pending.pop()
        if not isinstance(item, BaseModel):
            continue
        made: Any = item
        if not made.uuid or any(not message.id for message in _messages_of(made)):
            return True
        if isinstance(item, ToolEvent):
            pending += item.events
    return False


def _messages_of(event: Event) -> list[ChatMessage]:
    if type(event) is ModelEvent:
        return event.input + [choice.message for choice in event.output.choices]
    if isinstance(event, SampleInitEvent) and not isinstance(event.sample.input, str):
        return event.sample.input
    return []


def fill_message_ids(messages: Sequence[ChatMessage], ids: IdDeriver) -> None:
    """Give ids to the messages of a list that have none, in place."""
    for message in messages:
        if not message.id:
            message.id = ids.message_id(message)


def message_digest(message: ChatMessage) -> bytes:
    """Digest of what a message says."""
    content = message.content
    if isinstance(content, str) and message.role in ("user", "system"):
        return _digest(f"{message.role} {content}")
    try:
        # without defaults, so that a field which a later Inspect adds changes nothing
        return _digest(f"{message.role} {message.model_dump_json(include=_DIGEST_FIELDS, exclude_defaults=True)}")
    except (PydanticSerializationError, UnicodeEncodeError):  # lone surrogates
        fields = message.model_dump(include=_DIGEST_FIELDS, exclude_defaults=True)
        return _digest(f"{message.role} {json.dumps(fields, default=str)}")


def _digest(text: str) -> bytes:
    return hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()


# Logs that repeat the conversation in each model event ask for the same ids again and again.
@lru_cache(maxsize=1 << 16)
def _derive_id(kind: str, scope: str, digest: bytes, position: int) -> str:
    return id_from_text(f"{kind} {scope} {digest.hex()} {position}")
