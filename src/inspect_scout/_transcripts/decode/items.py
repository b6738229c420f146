"""Single messages and events: chosen by role or name while still raw, then made into Inspect's objects.

Each kept item is decoded to plain values and validated by its own class. Measured on 200 samples (16 600 messages,
36 000 events, 2 cores): 4.6 us a message, 31 us a model event, 11 us a tool event, 4 us a span event; validating
straight from JSON is no faster (16 us a tool event), because the classes have validators that need plain values, and
building messages without validation saves less than a tenth.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from logging import getLogger
from typing import Any, Final, Literal

import msgspec
from inspect_ai.event import Event, ModelEvent, ToolEvent
from inspect_ai.model import ChatMessage
from pydantic import ValidationError

from ..._inspect.events import validate_event, validate_message
from .attachments import Attachments, is_object, may_refer, resolve
from .source import SampleError

logger = getLogger(__name__)

Raw = msgspec.Raw | bytes
Wanted = Literal["all"] | Collection[str]

_VALUE: Final = msgspec.json.Decoder()
_REFUSALS: Final = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)


class _Message(msgspec.Struct):
    role: str | None = None


class _Event(msgspec.Struct):
    event: str | None = None


_ROLE: Final = msgspec.json.Decoder(_Message)
_KIND: Final = msgspec.json.Decoder(_Event)


class Dropped:
    """Items of one sample that could not be used, told once per sample.

    Args:
        transcript_id: The transcript concerned.
    """

    def __init__(self, transcript_id: str) -> None:
        self._transcript_id = transcript_id
        self.count = 0
        self._first = ""

    def add(self, what: str, error: BaseException | str) -> None:
        """Note an item that was left out."""
        if not self.count:
            reason = str(error).replace("\n", " ")
            self._first = f"{what}: {reason[:300]}"
        self.count += 1

    def report(self) -> None:
        """Warn, if items were left out since the last report."""
        if self.count:
            logger.warning(
                "Transcript %r: %d malformed item(s) were left out; the first is %r.",
                self._transcript_id,
                self.count,
                self._first,
            )
            self.count = 0


class Items:
    """Makes messages and events of one sample.

    Args:
        attachments: What references in items stand for; None if it is known that there are none.
        dropped: Notes what could not be used.
        expand: Puts back what a model event shares with others through pools.
    """

    def __init__(
        self, attachments: Attachments | None, dropped: Dropped, expand: Callable[[ModelEvent], None] | None = None
    ) -> None:
        self._attachments, self._dropped, self._expand = attachments, dropped, expand

    def message(self, raw: Raw) -> ChatMessage | None:
        """Make a message; None if it is malformed."""
        try:
            data: Any = self._decode(raw)
            role = data.get("role") if is_object(data) else None
            return validate_message(data, role if isinstance(role, str) else None)
        except SampleError:
            raise
        except json.JSONDecodeError as error:
            raise damaged(error) from None
        except _REFUSALS as error:
            self._dropped.add("message", _reason(error))
            return None

    def event(self, raw: Raw) -> Event | None:
        """Make an event; None if it is malformed or of a kind that Inspect does not know."""
        try:
            data: Any = self._decode(raw)
            event = _event(data)
            if isinstance(event, ModelEvent):
                if self._expand is not None:
                    self._expand(event)
            elif isinstance(event, ToolEvent) and event.events:
                hydrate(event)
            return event
        except SampleError:
            raise
        except json.JSONDecodeError as error:
            raise damaged(error) from None
        except _REFUSALS as error:
            self._dropped.add("event", _reason(error))
            return None

    def value(self, raw: Raw) -> Any:
        """Decode any JSON value with its references resolved; None if it is malformed."""
        try:
            return self._decode(raw)
        except SampleError:
            raise
        except json.JSONDecodeError as error:
            raise damaged(error) from None
        except _REFUSALS as error:
            self._dropped.add("value", _reason(error))
            return None

    def _decode(self, raw: Raw) -> Any:
        data = decode_value(raw)
        return resolve(data, self._attachments) if self._attachments is not None and may_refer(raw) else data


def _event(data: Any) -> Event:
    # Inspect would fill in the working time of the reading process, and no two reads would be equal.
    data.setdefault("working_start", 0.0)
    return validate_event(data, data["event"])


def hydrate(event: ToolEvent) -> None:
    """Make the events nested in a tool event (a habit of older logs) real events, at any depth.

    What is no event stays as it is.
    """
    pending = [event]
    while pending:
        parent = pending.pop()
        children: list[Any] = []
        for child in parent.events:
            made = _hydrated(child)
            children.append(made)
            if isinstance(made, ToolEvent) and made.events:
                pending.append(made)
        parent.events = children


def _hydrated(child: Any) -> Any:
    try:
        return _event(child)
    except _REFUSALS:
        return child


def decode_value(raw: Raw) -> Any:
    """Decode JSON as Inspect does.

    Raises:
        ValueError: If it is no JSON.
        RecursionError: If it is nested deeper than Python can follow.
    """
    try:
        return _VALUE.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # NaN, infinities, numbers and surrogates that only Python's own reader takes
        return json.loads(bytes(raw))


def decode_part(raw: Raw) -> Any:
    """Decode a part of the sample itself; None if it is missing.

    Raises:
        SampleError: If it is no JSON.
    """
    if not memoryview(raw):
        return None
    try:
        return decode_value(raw)
    except ValueError as error:
        raise damaged(error) from None
    except RecursionError:
        raise SampleError("its JSON is nested too deeply") from None


def damaged(error: ValueError) -> SampleError:
    """Make the error for an item that is no JSON, which means that the sample is none."""
    return SampleError(f"its JSON is damaged ({error})")


def role_of(raw: Raw) -> str | None:
    """Role of a raw message; None if it has none."""
    try:
        return _ROLE.decode(raw).role
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _field(raw, "role")


def kind_of(raw: Raw) -> str | None:
    """Name of a raw event; None if it has none."""
    try:
        return _KIND.decode(raw).event
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _field(raw, "event")


def _field(raw: Raw, name: str) -> str | None:
    try:
        data: Any = json.loads(bytes(raw))
    except json.JSONDecodeError as error:
        raise damaged(error) from None
    except (ValueError, RecursionError):
        return None
    found = data.get(name) if is_object(data) else None
    return found if isinstance(found, str) else None


def wanted_message(raw: Raw, wanted: Wanted) -> bool:
    """Tell whether a raw message is asked for; one without a role is decided when it is made."""
    if wanted == "all":
        return True
    role = role_of(raw)
    return role is None or role in wanted


def wanted_event(raw: Raw, wanted: Wanted) -> bool:
    """Tell whether a raw event is asked for."""
    return wanted == "all" or kind_of(raw) in wanted


def _reason(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        return f"{error.title}: {where}: {first['msg']}"
    if isinstance(error, KeyError):
        return f"unknown kind of event {error.args[0]!r}" if error.args[0] != "event" else "no field 'event'"
    return f"{type(error).__name__}: {error}"
