"""What of a message or an event is searched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast, get_args

from inspect_ai.event import (
    ApprovalEvent,
    ErrorEvent,
    Event,
    InfoEvent,
    LoggerEvent,
    ModelEvent,
    SentinelEvent,
    ToolEvent,
)
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageTool,
    Content,
    ContentReasoning,
    ContentText,
    ContentToolUse,
)
from inspect_ai.tool import ToolCall

from ..._types import Transcript
from ..render.message import content_as_str, message_as_str

_CONTENT: tuple[type[Any], ...] = get_args(Content)

Parts = Iterator[tuple[str, str, str]]
"""Parts of a text: what is written before the content, the content itself, what is written after it."""


def searched_texts(transcript: Transcript) -> Iterator[str]:
    """Go through the texts of a transcript that are searched."""
    found = [message_text(message, content_only=False) for message in transcript.messages]
    found += [event_text(event, content_only=False) for event in transcript.events]
    yield from filter(None, found)


def message_text(message: ChatMessage, *, content_only: bool) -> str | None:
    """Return the text of a message to search; None for system messages."""
    if not content_only:
        return message_as_str(message)
    return None if message.role == "system" else "\n".join(_message_contents(message))


def event_text(event: Event, *, content_only: bool) -> str | None:
    """Return the text of an event to search; None for kinds of events that have none."""
    parts = _PARTS.get(event.event)
    if parts is None:
        return None
    if content_only:
        return "\n".join([content for _, content, _ in parts(event) if content]) or None
    return "".join([before + content + after for before, content, after in parts(event)]) or None


def _message_contents(message: ChatMessage) -> Iterator[str]:
    content = message.content
    if isinstance(content, str):
        yield content
    else:
        for part in content:
            yield from _part_contents(part)
    if isinstance(message, ChatMessageAssistant):
        for call in message.tool_calls or ():
            yield call.function
            yield from map(str, call.arguments.values())
    elif isinstance(message, ChatMessageTool) and message.error is not None:
        yield message.error.message


def _part_contents(part: Content) -> Iterator[str]:
    if isinstance(part, ContentText):
        yield part.text
    elif isinstance(part, ContentReasoning):
        text = part.summary if part.redacted else part.reasoning
        if text:
            yield text
    elif isinstance(part, ContentToolUse):
        yield from (part.name, part.arguments, part.result, part.error or "")


def _model(event: ModelEvent) -> Parts:
    completion = event.output.completion
    if completion:
        yield "MODEL:\n", completion, "\n"


def _tool(event: ToolEvent) -> Parts:
    yield "TOOL (", event.function, "):\n"
    if event.arguments:
        yield "Arguments:\n", "", ""
        for key, value in event.arguments.items():
            yield f"  {key}: ", str(value), "\n"
    yield "Result: ", _result_text(event.result), "\n"
    if event.error is not None:
        yield "Error: ", event.error.message, "\n"


def _result_text(result: Any) -> str:
    if isinstance(result, list):
        return content_as_str(cast(list[Content], result))
    return content_as_str([cast(Content, result)]) if isinstance(result, _CONTENT) else str(result)


def _error(event: ErrorEvent) -> Parts:
    yield "ERROR:\n", event.error.message, "\n"


def _info(event: InfoEvent) -> Parts:
    if event.data is None:
        return
    # Not escaped: words in any script are found as they are written.
    text = event.data if isinstance(event.data, str) else json.dumps(event.data, ensure_ascii=False, default=str)
    yield f"INFO ({event.source}):\n" if event.source else "INFO:\n", text, "\n"


def _logger(event: LoggerEvent) -> Parts:
    yield f"LOG ({event.message.level}):\n", event.message.message, "\n"


def _approval(event: ApprovalEvent) -> Parts:
    yield f"APPROVAL ({event.decision}):\n", "", ""
    if event.message:
        yield "Message: ", event.message, "\n"
    yield from _call("Tool", event.call)
    if event.explanation:
        yield "Explanation: ", event.explanation, "\n"


def _sentinel(event: SentinelEvent) -> Parts:
    yield f"SENTINEL ({event.kind}: {event.action or event.status}):\n", "", ""
    yield f"Factory: {event.factory} ({event.path})\nStage: {event.stage}\n", "", ""
    suspicion = event.suspicion
    if suspicion is not None:
        yield f"Suspicion: {_pairs(suspicion) if isinstance(suspicion, Mapping) else suspicion}\n", "", ""
    if event.message:
        yield "Message: ", event.message, "\n"
    if event.modified is not None:
        yield from _call("Modified", event.modified)
    if event.explanation:
        yield "Explanation: ", event.explanation, "\n"
    if event.error:
        yield "Error: ", event.error, "\n"


def _call(title: str, call: ToolCall) -> Parts:
    yield f"{title}: ", call.function, "\n"
    if call.arguments:
        yield "Args: ", _pairs(call.arguments), "\n"


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join([f"{key}={value}" for key, value in values.items()])


_PARTS: dict[str, Callable[[Any], Parts]] = {
    "model": _model,
    "tool": _tool,
    "error": _error,
    "info": _info,
    "logger": _logger,
    "approval": _approval,
    "sentinel": _sentinel,
}
