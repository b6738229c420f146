"""Messages and events that are JSON as text, the same text that a prompt shows; needs nothing of Inspect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..._support.json import dumps
from ..._support.shapes import is_list, is_mapping

_MEDIA = frozenset(("image", "audio", "video", "data", "document"))
# What of an event is about the run, not about what happened.
_BOOKKEEPING = frozenset(
    ("uuid", "span_id", "timestamp", "working_start", "event", "pending", "metadata", "completed", "working_time")
)


SegmentKind = Literal["text", "thought", "media", "call", "error"]


@dataclass(frozen=True, slots=True)
class TextSegment:
    """A part of the text of a message.

    Args:
        kind: What it is.
        start: Where it begins in the text.
        stop: Where it ends.
        position: Place among the parts of the content; of a call among the calls of the message.
    """

    kind: SegmentKind
    start: int
    stop: int
    position: int


@dataclass(frozen=True, slots=True)
class PlainItem:
    """A message or an event as text.

    Args:
        cite: By what it is cited: "M3", "E3". The number is its place among what the scanner was given.
        id: Its id ("": it has none).
        who: Role of a message ("assistant", "tool bash"), kind of an event.
        text: What it says.
    """

    cite: str
    id: str
    who: str
    text: str


def plain_messages_text(messages: Sequence[object]) -> list[PlainItem]:
    """Number messages as prompts do (design/002-one-numbering.md) and write each as text.

    Args:
        messages: All messages that a scanner was given, as JSON.
    """
    return [plain_message(f"M{number}", message) for number, message in enumerate(messages, 1)]


def plain_events_text(events: Sequence[object]) -> list[PlainItem]:
    """Number events and write each as text.

    Args:
        events: All events that a scanner was given, as JSON.
    """
    return [plain_event(f"E{number}", event) for number, event in enumerate(events, 1)]


def plain_message(cite: str, message: object) -> PlainItem:
    """Write one message as text."""
    if not is_mapping(message):
        return PlainItem(cite, "", "unknown", _text(message))
    return PlainItem(cite, _text(message.get("id")), _who(message), message_body(message))


def _who(message: Mapping[str, object]) -> str:
    metadata = message.get("metadata")
    label = metadata.get("role_label") if is_mapping(metadata) else None
    role = label if isinstance(label, str) and label else _text(message.get("role")) or "unknown"
    function = message.get("function")
    return f"{role} {function}" if function and message.get("role") == "tool" else role


def message_body(message: Mapping[str, object]) -> str:
    """Write what a message says, with its calls of tools and its error."""
    return message_segments(message)[0]


def message_segments(message: Mapping[str, object]) -> tuple[str, list[TextSegment]]:
    """Write what a message says, and tell what each part of the text is.

    Args:
        message: The message, as JSON.

    Returns:
        The text, and its parts in order; what stands between two of them is nobody's.
    """
    content = message.get("content")
    parts = content if is_list(content) else [_text(content)]
    text, segments = "", list[TextSegment]()

    def add(kind: SegmentKind, before: str, said: str, position: int = 0) -> None:
        nonlocal text
        text += before
        segments.append(TextSegment(kind, len(text), len(text) + len(said), position))
        text += said

    for position, part in enumerate(parts):
        said = _part(part)
        if said is not None:
            add(_kind_of(part), "\n" if segments else "", said, position)
    calls = message.get("tool_calls")
    if is_list(calls) and calls:
        text += "\n"
        for position, call in enumerate(calls):
            add("call", "", f"{_call(call)}\n", position)
    error = message.get("error")
    if error:
        what = error.get("message") if is_mapping(error) else error
        add("error", "\n\n", f"Error in tool call '{message.get('function') or 'unknown'}':\n{_text(what)}")
    text = text.rstrip("\n")
    end = len(text)
    return text, [TextSegment(s.kind, min(s.start, end), min(s.stop, end), s.position) for s in segments]


def _kind_of(part: object) -> SegmentKind:
    kind = part.get("type") if is_mapping(part) else None
    if kind == "reasoning":
        return "thought"
    return "call" if kind == "tool_use" else "media" if kind in _MEDIA else "text"


def _part(part: object) -> str | None:
    if not is_mapping(part):
        return _text(part)
    kind = part.get("type")
    if kind == "text":
        return _text(part.get("text"))
    if kind == "reasoning":
        return _reasoning(part)
    if kind == "tool_use":
        said = f"{part.get('name')}({_text(part.get('arguments'))}) -> {_text(part.get('result'))}"
        return f"\nTool Use: {said} {part.get('error') or ''}"
    return f"<{kind} />" if kind in _MEDIA else None


def _reasoning(part: Mapping[str, object]) -> str | None:
    if not part.get("redacted"):
        said = part.get("reasoning")
        return f"\n<thinking>{_text(said)}</thinking>" if said else None
    summary = part.get("summary")
    return f"\n<thinking_summary>{_text(summary)}</thinking_summary>" if summary else "\n<thinking_redacted/>"


def _call(call: object) -> str:
    if not is_mapping(call):
        return f"\nTool Call: {_text(call)}"
    given = call.get("arguments")
    arguments = "\n".join(f"{key}: {value}" for key, value in given.items()) if is_mapping(given) else _text(given)
    return f"\nTool Call: {call.get('function')}\nArguments:\n{arguments}"


def plain_event(cite: str, event: object) -> PlainItem:
    """Write one event as text."""
    if not is_mapping(event):
        return PlainItem(cite, "", "unknown", _text(event))
    kind = _text(event.get("event")) or "unknown"
    return PlainItem(cite, _text(event.get("uuid")), kind, _event_text(kind, event))


def _event_text(kind: str, event: Mapping[str, object]) -> str:
    output = event.get("output")
    choices = output.get("choices") if is_mapping(output) else None
    if (
        kind == "model"
        and is_list(choices)
        and choices
        and is_mapping(choices[0])
        and is_mapping(choices[0].get("message"))
    ):
        return message_body(choices[0]["message"])
    if kind == "tool":
        error = event.get("error")
        failed = f"\nError: {_text(error.get('message'))}" if is_mapping(error) else ""
        return f"{_call(event).strip()}\nResult:\n{_text(event.get('result'))}{failed}"
    told = {key: value for key, value in event.items() if key not in _BOOKKEEPING and value is not None}
    return "\n".join(f"{key}: {_text(value)}" for key, value in told.items())


def _text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else dumps(value)
