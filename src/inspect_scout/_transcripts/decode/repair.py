"""Messages and events that Inspect's classes refuse: what can be read of them is kept, the rest becomes a placeholder.

Only what was refused comes here, so nothing of this costs anything for what is whole. A value is repaired along the types of
the field that it stands in:

    a part of a content          -> a text `[unreadable part: <its type>]`, followed by its text if it has one
    an unknown role              -> a user message that begins with `[unreadable part: role <role>]`
    an unknown kind of event     -> an info event with its fields as data
    a field that may be missing  -> missing
    a field that may not         -> its value as text, an empty list, ... (`_coerce`)

Whatever was repaired says so in its metadata, under `UNREADABLE_KEY`, with the paths of what could not be read. A mark survives
being stored, and that is how a database tells what was incomplete when it was inserted.
"""

from __future__ import annotations

import dataclasses
import json
import re
import types
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, NamedTuple, Union, cast, get_args, get_origin, get_type_hints

from inspect_ai.event import Event, InfoEvent, Timeline, TimelineEvent, TimelineSpan
from inspect_ai.model import ChatMessage, Content, ContentText
from pydantic import BaseModel, TypeAdapter, ValidationError

from ..._inspect.events import EVENT_CLASSES, MESSAGE_CLASSES, READING_CONTEXT
from ..._support.shapes import is_list, is_mapping
from ..._types import Transcript

UNREADABLE_KEY: Final = "scout_unreadable"
"""Key in the metadata of messages and events: what of them could not be read."""

VALIDATION_ERRORS: Final = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)
"""What validation raises."""

EPOCH: Final = "1970-01-01T00:00:00+00:00"
"""Time of an event that does not say it: Inspect would take the present, and no two reads would be equal."""

_FAILED: Final = object()
_MISSING: Final = object()
_WHOLE: Final = "whole"
# A class may tell of a field only after another was repaired.
_MAX_ATTEMPTS: Final = 4
_MAX_PATHS: Final = 10
_MAX_NAME: Final = 40
# Fields of parts that people can read, and words of closed lists that claim the least.
_TEXT_FIELDS: Final = ("text", "reasoning", "summary", "name", "arguments", "result", "error")
_NEUTRAL_WORDS: Final = ("unknown", "auto", "custom", "system", "error", "escalate", "info", "manual")
_UNSAFE_CHARS: Final = re.compile(r"[^A-Za-z0-9_.:-]+")
_COMMON_EVENT_FIELDS: Final = ("uuid", "span_id", "timestamp", "working_start", "metadata", "pending")
_PARTS: Final = frozenset[Any](get_args(Content))
_MESSAGES: Final = frozenset[Any](get_args(ChatMessage))
_EVENTS: Final = tuple(EVENT_CLASSES.values())
_ROLES: Final = {cls: role for role, cls in MESSAGE_CLASSES.items()}


def repair_message(data: Any) -> ChatMessage:
    """Make a message of what is not one, keeping what can be read.

    Args:
        data: Decoded JSON that was refused; not changed.
    """
    return cast("ChatMessage", _message(data, None, "", []))


def repair_event(data: Any) -> Event | None:
    """Make an event of what is not one, keeping what can be read.

    One of an unknown kind becomes an info event; others keep their kind.

    Args:
        data: Decoded JSON that was refused; not changed.

    Returns:
        The event; None if nothing of its kind can be made of it.
    """
    notes: list[str] = []
    kind = data.get("event") if is_mapping(data) else None
    cls = EVENT_CLASSES.get(kind) if isinstance(kind, str) else None
    made: Any = _as_info_event(data, notes) if cls is None else _repair_object(cls, data, "", notes)
    if made is _FAILED:
        return None
    # Fields only: where messages stand, in the event or in a pool beside it, makes no difference to them.
    mark_unreadable(made, [re.split(r"[.\[]", note, maxsplit=1)[0] for note in notes])
    return cast("Event", made)


def is_incomplete(item: Any) -> bool:
    """Tell whether a message or an event could be read only in part."""
    return item.metadata is not None and UNREADABLE_KEY in item.metadata


def mark_unreadable(item: Any, paths: Sequence[str]) -> None:
    """Say of a message or an event what could not be read.

    Args:
        item: Changed in place.
        paths: What could not be read.
    """
    found: dict[str, Any] = item.metadata or {}
    before = found.get(UNREADABLE_KEY)
    known = {each for each in before if isinstance(each, str)} if is_list(before) else set[str]()
    item.metadata = {**found, UNREADABLE_KEY: sorted({*known, *paths})[:_MAX_PATHS]}


def count_incomplete(item: Any) -> int:
    """Count the messages and events that could be read only in part in what a scanner is given.

    Args:
        item: A transcript, message, event or timeline, or a list of those; anything else holds none.
    """
    if isinstance(item, Transcript):
        return sum(map(is_incomplete, item.messages)) + sum(map(is_incomplete, item.events))
    if isinstance(item, list | tuple):
        items = cast("Sequence[Any]", item)
        count = count_incomplete if items and isinstance(items[0], Timeline) else is_incomplete
        return sum(map(count, items))
    if isinstance(item, Timeline):
        return sum(map(is_incomplete, _events_of(item.root)))
    return int(is_incomplete(item)) if isinstance(item, BaseModel) else 0


def _events_of(root: TimelineSpan) -> Iterable[Event]:
    pending: list[Any] = [root]
    while pending:
        item = pending.pop()
        if isinstance(item, TimelineEvent):
            yield item.event
        else:
            pending += item.content + item.branches


def placeholder(kind: str, name: object = None, text: str = "") -> str:
    """Say that something could not be read.

    Args:
        kind: What it is.
        name: How the transcript calls it, which is not to be trusted.
        text: What of it is text.
    """
    shown = f"{kind} {_shown(name)}".strip() if isinstance(name, str) else kind
    return f"[unreadable part: {shown}]" + (f" {text}" if text else "")


def _shown(name: str) -> str:
    return _UNSAFE_CHARS.sub("_", name).strip("_")[:_MAX_NAME] or "unnamed"


def _json_type(value: object) -> str:
    if value is _MISSING:
        return "missing"
    names: dict[Any, str] = {bool: "boolean", int: "number", float: "number", list: "list", dict: "object", str: "text"}
    return names.get(type(value), "null")


def _text(value: Any) -> str:
    """What of a value is text."""
    if isinstance(value, str):
        return value
    if value is None or value is _MISSING:
        return ""
    if is_mapping(value) and isinstance(value.get("type"), str):
        return " ".join([text for name in _TEXT_FIELDS if isinstance(text := value.get(name), str) and text])
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except VALIDATION_ERRORS:
        return ""


# ----------------------------------------------------------------------------------------------------------------------
# Messages, content, and events of an unknown kind


def _message(data: Any, cls: Any, path: str, notes: list[str]) -> Any:
    """Make a message, of a certain class if one is given; it is marked itself, wherever it stands."""
    inner: list[str] = []
    fields: dict[str, Any] = dict(data) if is_mapping(data) else {"content": placeholder("message", text=_text(data))}
    role = fields.get("role")
    expected = _ROLES.get(cls)
    lead: str | None = None
    if not is_mapping(data):
        inner.append(_WHOLE)
        role = expected or "user"
    elif (expected is not None and role != expected) or not isinstance(role, str) or role not in MESSAGE_CLASSES:
        inner.append("role")
        lead = placeholder("role", role)
        role = expected or "user"
    fields["role"] = role
    found = MESSAGE_CLASSES[role]
    made = _repair_object(found, fields, "", inner)
    if made is _FAILED:
        inner.append(_WHOLE)
        content = [ContentText(text=placeholder("message", text=_text(fields.get("content"))))]
        made = _validated(found, {"role": role, "content": content})
    if lead is not None:
        parts = [ContentText(text=made.content)] if isinstance(made.content, str) else made.content
        made.content = [ContentText(text=lead), *parts]
    mark_unreadable(made, inner)
    notes += [_join(path, each) for each in inner]
    return made


def _repair_content(value: Any, classes: frozenset[Any], path: str, notes: list[str]) -> Any:
    """Make parts of what should be a text or a list of parts."""
    if value is None:
        return ""
    if is_list(value):
        return [_repair_part(part, classes, f"{path}[{place}]", notes) for place, part in enumerate(value)]
    return [_repair_part(value, classes, path, notes)]


def _repair_part(value: Any, classes: frozenset[Any], path: str, notes: list[str]) -> Any:
    kind = value.get("type") if is_mapping(value) else None
    if isinstance(kind, str):
        for cls in classes:
            if kind == cls.model_fields["type"].default:
                made = _repair_object(cls, value, path, notes, strict=True)
                if made is not _FAILED:
                    return made
    notes.append(path)
    if isinstance(value, str):
        return ContentText(text=value)
    shown = _shown(kind) if isinstance(kind, str) else _json_type(value)
    return ContentText(text=placeholder(shown, text=_text(value)))


def _as_info_event(data: Any, notes: list[str]) -> Any:
    fields: dict[str, Any] = data if is_mapping(data) else {"event": data}
    notes.append("event")
    rest = {name: value for name, value in fields.items() if name not in _COMMON_EVENT_FIELDS and name != "event"}
    given: dict[str, Any] = {name: fields[name] for name in _COMMON_EVENT_FIELDS if name in fields}
    title = placeholder("event", fields.get("event"))
    given |= {"event": "info", "source": "inspect_scout", "data": {title: rest} if rest else title}
    made = _repair_object(InfoEvent, given, "", notes)
    # The rest may be nested too deeply for the class
    return _repair_object(InfoEvent, {**given, "data": title}, "", notes) if made is _FAILED else made


# ----------------------------------------------------------------------------------------------------------------------
# Values by the type of their field


class _Field(NamedTuple):
    hint: Any
    required: bool


@lru_cache(maxsize=512)
def _fields(cls: Any) -> Mapping[str, _Field]:
    known: Any = getattr(cls, "__pydantic_fields__", None)
    if known is not None:
        return {name: _Field(field.annotation, field.is_required()) for name, field in known.items()}
    hints = get_type_hints(cls)
    missing = dataclasses.MISSING
    return {
        field.name: _Field(hints[field.name], field.default is missing and field.default_factory is missing)
        for field in dataclasses.fields(cls)
    }


@lru_cache(maxsize=512)
def _adapter(cls: Any) -> TypeAdapter[Any]:
    return TypeAdapter(cls)


def _validated(hint: Any, value: Any) -> Any:
    return _adapter(hint).validate_python(value, context=READING_CONTEXT)


def _repair_object(cls: Any, data: Mapping[str, Any], path: str, notes: list[str], *, strict: bool = False) -> Any:
    """Make an object of a class, repairing the fields that it refuses; strictly, it fails if one of them is required."""
    fields, kept = _fields(cls), dict(data)
    if issubclass(cls, _EVENTS):
        kept = {"working_start": 0.0, "timestamp": EPOCH, **kept}
    repaired: set[str] = set()
    for _ in range(_MAX_ATTEMPTS):
        refused = _refused(cls, kept)
        if not refused:
            break
        for name in refused:
            field, value = fields.get(name), kept.pop(name, _MISSING)
            if name not in repaired:
                notes.append(_note_path(path, name, field, value))
            if field is None or name in repaired:
                continue
            if strict and field.required:
                return _FAILED
            repaired.add(name)
            made = _coerce(field.hint, value, _join(path, name), notes)
            if made is not _FAILED:
                kept[name] = made
    try:
        return _validated(cls, kept)
    except VALIDATION_ERRORS:
        return _unchecked(cls, kept) if issubclass(cls, _EVENTS) else _FAILED


def _unchecked(cls: Any, data: Mapping[str, Any]) -> Any:
    """Make an event whose fields are all right, but not together: the rules for that say nothing about what to trust."""
    try:
        made = {name: _validated(field.hint, data[name]) for name, field in _fields(cls).items() if name in data}
    except VALIDATION_ERRORS:
        return _FAILED
    return cls.model_construct(**made) if all(n in made for n, f in _fields(cls).items() if f.required) else _FAILED


def _note_path(path: str, name: str, field: _Field | None, value: Any) -> str:
    """Path of a field; with the word that was there, if another had to be taken out of a closed list."""
    where = _join(path, name)
    if field is None or not field.required or get_origin(field.hint) is not Literal or not isinstance(value, str):
        return where
    return f"{where}={_shown(value).replace('.', '_')}"


def _refused(cls: Any, fields: dict[str, Any]) -> list[str] | None:
    """Names of the fields that a class refuses (none: their combination); None if it takes them."""
    try:
        _validated(cls, dict(fields))
    except ValidationError as error:
        names = [str(each["loc"][0]) for each in error.errors(include_url=False) if each["loc"]]
        return list(dict.fromkeys(names))
    except VALIDATION_ERRORS:
        return _failing_fields(cls, fields)
    return None


def _failing_fields(cls: Any, fields: dict[str, Any]) -> list[str]:
    """Find out which fields make a class fail without saying why."""
    known = _fields(cls)
    missing = [name for name, field in known.items() if field.required and name not in fields]
    unknown = [name for name in fields if name not in known]
    if missing or unknown:
        return missing + unknown
    found: list[str] = []
    for name in sorted(fields.keys() & known.keys()):
        try:
            _validated(cls, {key: value for key, value in fields.items() if key != name})
        except ValidationError as error:
            if any(each["loc"] for each in error.errors(include_url=False)):
                found.append(name)
        except VALIDATION_ERRORS:
            continue
        else:
            return [name]
    return found or list(fields)


def _coerce(hint: Any, value: Any, path: str, notes: list[str]) -> Any:
    """Make a value of a type, of one that it refuses."""
    try:
        return _validated(hint, value)
    except VALIDATION_ERRORS:
        pass
    origin = get_origin(hint)
    if origin is Annotated:
        return _coerce(get_args(hint)[0], value, path, notes)
    if hint in _MESSAGES or frozenset(get_args(hint)) == _MESSAGES:
        return _message(value, hint if hint in _MESSAGES else None, path, notes)
    if origin in (Union, types.UnionType):
        return _coerce_union(get_args(hint), value, path, notes)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return _coerce_list(get_args(hint)[0], value, path, notes)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _coerce_mapping(get_args(hint)[-1], value, path, notes)
    if isinstance(hint, type) and (issubclass(hint, BaseModel) or dataclasses.is_dataclass(cast("Any", hint))):
        readable = _readable_field(hint)
        given = value if is_mapping(value) else {readable: _text(value)} if readable and value is not _MISSING else {}
        return _repair_object(hint, given, path, notes)
    return _coerce_scalar(hint, value)


def _readable_field(cls: Any) -> str:
    """Field that takes the text of a value that is not an object; empty if there is none."""
    if not (issubclass(cls, BaseModel) or dataclasses.is_dataclass(cls)):
        return ""
    return next((name for name in ("message", "value", "text") if name in _fields(cls)), "")


def _coerce_union(hints: Sequence[Any], value: Any, path: str, notes: list[str]) -> Any:
    lists = [hint for hint in hints if _parts_of(hint)]
    if lists:
        return _repair_content(value, _parts_of(lists[0]), path, notes)
    if _PARTS.issuperset(hints):
        return _repair_part(value, frozenset(hints), path, notes)
    for hint in sorted(hints, key=lambda hint: _distance(hint, value)):
        made = None if hint is type(None) else _coerce(hint, value, path, notes)
        if made is not _FAILED:
            return made
    return _FAILED


def _parts_of(hint: Any) -> frozenset[Any]:
    """Classes of the parts in a list of content; none if a type is something else."""
    if get_origin(hint) is not list:
        return frozenset()
    (item,) = get_args(hint)
    return frozenset(get_args(item)) if get_args(item) and _PARTS.issuperset(get_args(item)) else frozenset()


def _distance(hint: Any, value: Any) -> int:
    """How far a value is from a type of a union: the nearest is tried first."""
    if hint is type(None):
        return 3
    if get_origin(hint) is Literal:
        return 2
    origin: Any = get_origin(hint) or hint
    if not isinstance(origin, type):
        return 4
    if origin in (str, int, float, bool):
        return 1 if origin is str and isinstance(value, str | int | float) else 4
    if is_list(value):
        return 0 if issubclass(origin, Sequence) else 4
    if is_mapping(value):
        return 4 if issubclass(origin, Sequence) else 0
    return 2 if isinstance(value, str) and _readable_field(origin) else 4


def _coerce_list(hint: Any, value: Any, path: str, notes: list[str]) -> Any:
    if value is _MISSING or value is None:
        return []
    items: list[Any] = value if is_list(value) else [value]
    if isinstance(hint, type) and issubclass(hint, BaseModel) and hint not in _MESSAGES:
        # A message and a tool call leave a trace; of anything else that is not an object nothing can be kept.
        items = [item for item in items if is_mapping(item)]
    made = [_coerce(hint, item, f"{path}[{place}]", notes) for place, item in enumerate(items)]
    return [item for item in made if item is not _FAILED]


def _coerce_mapping(hint: Any, value: Any, path: str, notes: list[str]) -> Any:
    if value is _MISSING or value is None:
        return {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except VALIDATION_ERRORS:
            pass
    fields: Mapping[str, Any] = value if is_mapping(value) else {placeholder(_json_type(value)): value}
    made = {name: _coerce(hint, item, _join(path, name), notes) for name, item in fields.items()}
    return {name: item for name, item in made.items() if item is not _FAILED}


def _coerce_scalar(hint: Any, value: Any) -> Any:
    if get_origin(hint) is Literal:
        words = get_args(hint)
        return next((word for word in _NEUTRAL_WORDS if word in words), words[-1])
    text = placeholder(_json_type(value), text=_text(value))
    plain: dict[Any, Any] = {
        str: _text(value) if isinstance(value, int | float) else text,
        int: 0,
        float: 0.0,
        bool: False,
    }
    for candidate in (plain.get(hint, text), None, EPOCH):
        try:
            return _validated(hint, candidate)
        except VALIDATION_ERRORS:
            continue
    return _FAILED


def _join(path: str, name: str) -> str:
    return f"{path}.{_shown(name)}" if path else _shown(name)
