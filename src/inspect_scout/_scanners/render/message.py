"""One message as text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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

from ..._support.errors import ConfigError

_MEDIA = frozenset(("image", "audio", "video", "data", "document"))
_NONCE = re.compile(r"[A-Za-z0-9]{8,}", re.ASCII)
_LINE_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True)
class MessageFormatOptions:
    """What of a message is rendered.

    Args:
        exclude_system: Whether system messages are left out.
        exclude_reasoning: Whether reasoning is left out.
        exclude_tool_usage: Whether tool messages and calls of tools are left out.

    Example:
        ```python
        shown = message_as_str(transcript.messages[0], MessageFormatOptions(exclude_system=False))
        ```
    """

    exclude_system: bool = True
    exclude_reasoning: bool = False
    exclude_tool_usage: bool = False


@dataclass(frozen=True, slots=True)
class NonceMarks:
    """What a nonce adds to labels and to names of tags, so that a message cannot pretend to be another one."""

    label: str = ""
    tag: str = ""

    @classmethod
    def of(cls, nonce: str | None) -> NonceMarks:
        """Make the marks of a nonce (raises ConfigError)."""
        if nonce is None:
            return _NO_MARKS
        if not _NONCE.fullmatch(nonce):
            raise ConfigError(
                f"nonce must be at least 8 characters, all ASCII letters and digits, got {nonce!r}. "
                "secrets.token_hex(8) makes one."
            )
        return cls(f" ({nonce})", f" {nonce}")


_NO_MARKS = NonceMarks()
_DEFAULTS = MessageFormatOptions()


def message_as_str(
    message: ChatMessage, preprocessor: MessageFormatOptions | None = None, *, nonce: str | None = None
) -> str | None:
    """Render a message as text.

    Args:
        message: The message.
        preprocessor: What to leave out (default: system messages).
        nonce: Random letters and digits that are added to everything that is not content.

    Returns:
        The text, which ends with a line break; None for a message that is left out.

    Raises:
        ConfigError: If the nonce is shorter than 8 letters and digits.

    Example:
        ```python
        for message in transcript.messages:
            print(message_as_str(message, MessageFormatOptions(exclude_tool_usage=True)) or "")
        ```
    """
    return render_message(message, preprocessor or _DEFAULTS, NonceMarks.of(nonce))


def render_message(message: ChatMessage, options: MessageFormatOptions, marks: NonceMarks) -> str | None:
    """Render a message as text; None if it is left out."""
    role = message.role
    if (role == "system" and options.exclude_system) or (role == "tool" and options.exclude_tool_usage):
        return None
    content = message.content
    text = content if isinstance(content, str) else _parts(content, options, marks)
    rendered = f"{_label(message, marks)}{marks.label}:\n{text}\n"
    if isinstance(message, ChatMessageTool):
        return rendered + _tool_error(message, marks) if message.error is not None else rendered
    if not isinstance(message, ChatMessageAssistant):
        return rendered
    if message.tool_calls and not options.exclude_tool_usage:
        rendered += "".join([_tool_call(call, marks) for call in message.tool_calls])
    if message.metadata and message.metadata.get("prefill"):
        rendered = f"<prefill{marks.tag}>\n{rendered}</prefill{marks.tag}>"
    return rendered


def role_label(message: ChatMessage) -> str | None:
    """Return the role that metadata of a message give it, in upper case."""
    label = message.metadata.get("role_label") if message.metadata else None
    return label.upper() if isinstance(label, str) and label else None


def content_as_str(content: str | Sequence[Content]) -> str:
    """Render what a message or a tool says, without a label."""
    return content if isinstance(content, str) else _parts(content, _DEFAULTS, _NO_MARKS)


def _label(message: ChatMessage, marks: NonceMarks) -> str:
    label = role_label(message) or message.role.upper()
    # With a nonce, a line of its own is the promise that it is ours.
    return _LINE_BREAK.sub(" ", label) if marks.label else label


def _parts(content: Sequence[Content], options: MessageFormatOptions, marks: NonceMarks) -> str:
    rendered = (_part(part, options, marks) for part in content)
    return "\n".join([text for text in rendered if text is not None])


def _part(part: Content, options: MessageFormatOptions, marks: NonceMarks) -> str | None:
    if isinstance(part, ContentText):
        return part.text
    if isinstance(part, ContentReasoning):
        return None if options.exclude_reasoning else _reasoning(part, marks)
    if isinstance(part, ContentToolUse):
        if options.exclude_tool_usage:
            return None
        return f"\nTool Use{marks.label}: {part.name}({part.arguments}) -> {part.result} {part.error or ''}"
    return f"<{part.type} />" if part.type in _MEDIA else None


def _reasoning(part: ContentReasoning, marks: NonceMarks) -> str | None:
    if not part.redacted:
        return _tagged("thinking", part.reasoning, marks) if part.reasoning else None
    if part.summary:
        return _tagged("thinking_summary", part.summary, marks)
    return f"\n<thinking_redacted{marks.tag}/>"


def _tagged(name: str, text: str, marks: NonceMarks) -> str:
    before_end = "\n" if marks.tag else ""
    return f"\n<{name}{marks.tag}>{text}{before_end}</{name}{marks.tag}>"


def _tool_call(call: ToolCall, marks: NonceMarks) -> str:
    return f"\nTool Call{marks.label}: {_name(call.function, marks)}\nArguments:\n{_arguments(call.arguments, marks)}\n"


def _arguments(arguments: Mapping[str, Any], marks: NonceMarks) -> str:
    if not marks.label:
        return "\n".join([f"{key}: {value}" for key, value in arguments.items()])
    return "\n".join([_marked_argument(str(key), str(value), marks) for key, value in arguments.items()])


def _marked_argument(key: str, value: str, marks: NonceMarks) -> str:
    if not _LINE_BREAK.search(key) and not _LINE_BREAK.search(value):
        return f"{key}: {value}"
    return f"[BEGIN {key!r}{marks.label}]\n{value}\n[END {key!r}{marks.label}]"


def _tool_error(message: ChatMessageTool, marks: NonceMarks) -> str:
    assert message.error is not None
    function = message.function or "unknown"
    shown = repr(function) if marks.label else f"'{function}'"
    return f"\nError in tool call {shown}{marks.label}:\n{message.error.message}\n\n"


def _name(function: str, marks: NonceMarks) -> str:
    return repr(function) if marks.label and _LINE_BREAK.search(function) else function
