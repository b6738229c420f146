"""Whether an answer of a provider is a completion, and the tokens that it tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from inspect_ai.model import ModelOutput, ModelUsage

from .._support.json import loads
from .._support.shapes import is_list, is_mapping
from .._support.terminal import one_line
from .http_capture import HttpAnswer

MAX_TOKENS: Final = 10**9
"""More than any model reads or writes in one call: who tells more has miscounted."""

MAX_MESSAGE: Final = 200

_NO_TEXT: Final = ("", "(no content)")
"""Texts of answers that hold nothing; the second one inspect_ai writes itself."""

_ANSWER_FIELDS: Final = ("choices", "candidates", "output", "outputs", "generations", "results", "promptFeedback")
"""Fields in which the providers' answers hold what a model said, or why it said nothing."""

_INPUT: Final = ("prompt_tokens", "input_tokens", "promptTokenCount")
_OUTPUT: Final = ("completion_tokens", "output_tokens", "candidatesTokenCount")
_TOTAL: Final = ("total_tokens", "totalTokenCount")


class NoCompletionError(RuntimeError):
    """A provider answered "200 OK" with something that is not a completion.

    Args:
        model: The model that was called.
        status: The HTTP status.
        said: What came instead.
    """

    def __init__(self, model: str, status: int, said: str) -> None:
        super().__init__(f"The provider of {model!r} answered {status} without a completion: {said}")
        self.status = status
        self.said = said


def is_empty(output: ModelOutput) -> bool:
    """Tell whether an output holds nothing that a model said."""
    if len(output.choices) != 1:
        return not output.choices
    message = output.choices[0].message
    return (
        output.completion in _NO_TEXT and not message.tool_calls and not (is_list(message.content) and message.content)
    )


def is_completion(body: bytes) -> bool:
    """Tell whether a body has the form of an answer, whatever the model said."""
    answer = _decoded(body)
    if not is_mapping(answer):
        return False
    if answer.get("type") == "message" and is_list(answer.get("content")):
        return True  # Anthropic's may be empty: the model has nothing to add
    if answer.get("status") == "incomplete" and "output" in answer:
        return True
    return any(bool(answer.get(name)) for name in _ANSWER_FIELDS)


def describe_captured(captured: HttpAnswer) -> str:
    """Say what came in place of a completion: a line, clean and short."""
    if captured.broken is not None:
        return one_line(f"the answer broke off ({captured.broken})", MAX_MESSAGE)
    if not captured.body or not captured.body.strip():
        return "an empty body"
    answer = _decoded(captured.body)
    error = answer.get("error") if is_mapping(answer) else None
    told = error.get("message") if is_mapping(error) else error
    if isinstance(told, str) and told.strip():
        return one_line(told, MAX_MESSAGE)
    return repr(one_line(captured.body[: 20 * MAX_MESSAGE].decode("utf-8", "replace"), MAX_MESSAGE))


def usage_in(body: bytes | None) -> ModelUsage | None:
    """Read the tokens that a body tells, of whichever provider."""
    answer = None if body is None else _decoded(body)
    told = (answer.get("usage") or answer.get("usageMetadata")) if is_mapping(answer) else None
    if not is_mapping(told):
        return None
    read, written = _number(told, _INPUT), _number(told, _OUTPUT)
    usage = ModelUsage(input_tokens=read, output_tokens=written, total_tokens=_number(told, _TOTAL) or read + written)
    return usage if is_believable(usage) else None


def is_believable(usage: ModelUsage | None) -> bool:
    """Tell whether a provider can have counted these tokens: none, negative and absurd numbers tell nothing."""
    if usage is None:
        return False
    counts = [n for name, n in usage if isinstance(n, int) and name.endswith(("tokens", "_read", "_write"))]
    return any(counts) and all(0 <= n <= MAX_TOKENS for n in counts)


def _number(told: Mapping[str, Any], names: tuple[str, ...]) -> int:
    found = next((told[name] for name in names if name in told), 0)
    return found if isinstance(found, int) else 0


def _decoded(body: bytes) -> Any:
    try:
        return loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
