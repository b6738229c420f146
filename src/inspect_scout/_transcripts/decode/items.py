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
from typing import Any, Final, Literal, cast

import msgspec
from inspect_ai.event import Event, ModelEvent, SampleInitEvent, ToolEvent
from inspect_ai.model import ChatMessage
from pydantic import ValidationError

from ..._inspect.events import EVENT_CLASSES, MESSAGE_CLASSES, validate_event, validate_message
from ..._support.shapes import is_mapping
from .attachments import Attachments, may_refer, resolve_refs
from .ids import IdDeriver, fill_nested_ids
from .repair import EPOCH, VALIDATION_ERRORS, mark_unreadable, repair_event, repair_message
from .source import SampleError

logger = getLogger(__name__)

Raw = msgspec.Raw | bytes
Wanted = Literal["all"] | Collection[str]

_VALUE: Final = msgspec.json.Decoder()


class _ItemKind(msgspec.Struct):
    """What tells messages and events apart."""

    role: str | None = None
    event: str | None = None


class ItemIds(msgspec.Struct):
    """What names messages and events."""

    id: str | None = None
    uuid: str | None = None


_ITEM_KIND: Final = msgspec.json.Decoder(_ItemKind)
_ITEM_IDS: Final = msgspec.json.Decoder(ItemIds)

Expand = Callable[[ModelEvent], bool]
"""Puts what a model event shares with others back into it; tells whether its input was shared, and then has all its ids.

Raises ValueError if the event names more parts than memory should be asked to hold.
"""


class RefusedItems:
    """Items of one sample that Inspect's classes refused, reported once per sample.

    Args:
        transcript_id: The transcript concerned.
    """

    def __init__(self, transcript_id: str) -> None:
        self._transcript_id = transcript_id
        self.count = 0
        self._first = ""

    def add(self, what: str, error: BaseException | str) -> None:
        """Note an item that is not whole."""
        if not self.count:
            reason = str(error).replace("\n", " ")
            self._first = f"{what}: {reason[:300]}"
        self.count += 1

    def report(self) -> None:
        """Warn, if items were refused since the last report."""
        if self.count:
            logger.warning(
                "Transcript %r: %d message(s) or event(s) could be read only in part; the first is %r.",
                self._transcript_id,
                self.count,
                self._first,
            )
            self.count = 0


class ItemDecoder:
    """Makes messages and events of one sample.

    Args:
        transcript_id: The transcript, of which missing ids are derived.
        attachments: What references in items stand for; None if it is known that there are none.
        refused: Notes what could not be read as it is.
        expand: Puts back what model events share with others (None: they share nothing).
    """

    def __init__(
        self, transcript_id: str, attachments: Attachments | None, refused: RefusedItems, expand: Expand | None = None
    ) -> None:
        self._transcript_id, self._attachments = transcript_id, attachments
        self._refused, self._expand = refused, expand

    def decode_message(self, raw: Raw, ids: IdDeriver | None = None) -> ChatMessage:
        """Make a message; of a malformed one what can be read.

        Args:
            raw: Its JSON.
            ids: Gives it an id if it has none (None: it stays without).
        """
        data: Any = None
        try:
            data = self._decode(raw)
            role = data.get("role") if is_mapping(data) else None
            made = validate_message(data, role if isinstance(role, str) else None)
        except VALIDATION_ERRORS as error:
            self._note("message", error)
            made = repair_message(_salvaged(data, "role", raw))
        if ids is not None and not made.id:
            made.id = ids.message_id(made)
        return made

    def decode_event(self, raw: Raw, ids: IdDeriver) -> Event | None:
        """Make an event; of a malformed one what can be read, None if that is nothing.

        Args:
            raw: Its JSON.
            ids: Gives it an id if it has none.
        """
        data: Any = None
        try:
            data = self._decode(raw)
            event = _event(data)
        except VALIDATION_ERRORS as error:
            self._note("event", error)
            repaired = repair_event(_salvaged(data, "event", raw))
            if repaired is None:
                return None
            event = repaired
        if not event.uuid:
            event.uuid = ids.event_id(event)
        # not isinstance, which takes half a microsecond for each class that an event is not
        if type(event) is ModelEvent:
            if self._expand is None or not self._expanded(event, self._expand):
                fill_nested_ids(event, self._transcript_id)
        elif type(event) is ToolEvent:
            if event.events:
                hydrate_nested_events(event)
                fill_nested_ids(event, self._transcript_id)
        elif type(event) is SampleInitEvent and not isinstance(event.sample.input, str):
            _remove_invented_ids(event, data)
            fill_nested_ids(event, self._transcript_id)
        return event

    def _expanded(self, event: ModelEvent, expand: Expand) -> bool:
        try:
            return expand(event)
        except ValueError as error:
            self._refused.add("event", error)
            event.input_refs = None
            mark_unreadable(event, ("input",))
            return False

    def decode_value(self, raw: Raw) -> Any:
        """Decode any JSON value with its references resolved; None if it is malformed."""
        try:
            return self._decode(raw)
        except VALIDATION_ERRORS as error:
            self._note("value", error)
            return None

    def _note(self, what: str, error: BaseException) -> None:
        """Note an item that was refused; where it is not JSON, neither is the sample."""
        if isinstance(error, SampleError):
            raise error
        if isinstance(error, json.JSONDecodeError):
            raise damaged_json(error) from None
        self._refused.add(what, _reason(error))

    def _decode(self, raw: Raw) -> Any:
        data = decode_value(raw)
        return resolve_refs(data, self._attachments) if self._attachments is not None and may_refer(raw) else data


def _salvaged(data: Any, name: str, raw: Raw) -> Any:
    """What is known of an item that cannot even be decoded: it is nested too deeply."""
    return {name: _text_field(raw, name)} if data is None and bytes(raw).strip() != b"null" else data


def _event(data: Any) -> Event:
    # Inspect would fill in those of the reading process, and no two reads would be equal.
    data.setdefault("working_start", 0.0)
    data.setdefault("timestamp", EPOCH)
    return validate_event(data, data["event"])


def _remove_invented_ids(event: SampleInitEvent, data: Any) -> None:
    """Take away the ids that Inspect invents for messages of a sample, even while it reads."""
    sample = data.get("sample") if is_mapping(data) else None
    given: Any = sample.get("input") if is_mapping(sample) else None
    made = event.sample.input
    if isinstance(made, list) and isinstance(given, list):
        for message, raw in zip(made, cast("list[Any]", given), strict=False):
            if not (is_mapping(raw) and raw.get("id")):
                message.id = None


def hydrate_nested_events(event: ToolEvent) -> None:
    """Make the events nested in a tool event (a habit of older logs) real events, at any depth.

    What is not an event stays as it is.
    """
    pending = [event]
    while pending:
        parent = pending.pop()
        parent.events = [_hydrated(child) for child in parent.events]
        pending += [made for made in parent.events if isinstance(made, ToolEvent) and made.events]


def _hydrated(child: Any) -> Any:
    try:
        return _event(child)
    except VALIDATION_ERRORS:
        return child


def decode_value(raw: Raw) -> Any:
    """Decode JSON as Inspect does.

    Raises:
        ValueError: If it is not JSON.
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
        SampleError: If it is not JSON.
    """
    if not memoryview(raw):
        return None
    try:
        return decode_value(raw)
    except ValueError as error:
        raise damaged_json(error) from None
    except RecursionError:
        raise SampleError("its JSON is nested too deeply") from None


def damaged_json(error: ValueError) -> SampleError:
    """Make the error for an item that is not JSON, which means that the sample is not either."""
    return SampleError(f"its JSON is damaged ({error})")


def event_kind(raw: Raw) -> str | None:
    """Name of a raw event; None if it has none."""
    return _text_field(raw, "event")


def item_id(raw: Raw, name: Literal["id", "uuid"]) -> str | None:
    """Id of a raw message ("id") or event ("uuid"); None if it has none."""
    return _text_field(raw, name)


def _text_field(raw: Raw, name: str) -> str | None:
    """Value of a field that names items or tells them apart; None if it is not text."""
    try:
        found: Any = getattr((_ITEM_KIND if name in {"role", "event"} else _ITEM_IDS).decode(raw), name)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            data: Any = json.loads(bytes(raw))
        except json.JSONDecodeError as error:
            raise damaged_json(error) from None
        except (ValueError, RecursionError):
            return None
        found = data.get(name) if is_mapping(data) else None
    return found if isinstance(found, str) else None


def wanted_message(raw: Raw, wanted: Wanted) -> bool:
    """Tell whether a raw message is asked for; one without a role is decided when it is made.

    One of an unknown role becomes a user message.
    """
    if wanted == "all":
        return True
    role = _text_field(raw, "role")
    return role is None or role in wanted or ("user" in wanted and role not in MESSAGE_CLASSES)


def wanted_event(raw: Raw, wanted: Wanted) -> bool:
    """Tell whether a raw event is asked for; one of an unknown kind becomes an info event."""
    if wanted == "all":
        return True
    kind = event_kind(raw)
    return kind in wanted or ("info" in wanted and kind not in EVENT_CLASSES)


def _reason(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        return f"{error.title}: {where}: {first['msg']}"
    if isinstance(error, KeyError):
        return f"unknown kind of event {error.args[0]!r}" if error.args[0] != "event" else "no field 'event'"
    return f"{type(error).__name__}: {error}"
