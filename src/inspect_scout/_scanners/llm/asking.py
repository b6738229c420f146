"""Answers in text: reading them, and asking again for one that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageTool, ChatMessageUser, ModelOutput
from inspect_ai.scorer import ValueToFloat

from ..._types import Result
from ..answers import PARSE_ERROR, Answer, ExtractReferences
from .prompt import sendable
from .refusals import Respondent

ATTEMPTS = 3
"""How often a question is put until its answer can be read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How an answer becomes a result.

    Args:
        extract_refs: Finds the messages that an explanation cites.
        value_to_float: Makes a number of the value.
    """

    extract_refs: ExtractReferences
    value_to_float: ValueToFloat | None = None


async def ask_for_text(
    respondent: Respondent, prompt: str | list[ChatMessage], kind: Answer, reading: Reading
) -> Result[Any]:
    """Ask until the answer can be read, at most three times; the last result is returned in any case.

    Raises:
        RefusalError: The model declined each time.
    """
    output = await respondent.ask(prompt)
    result = kind.result_for_answer(output, reading.extract_refs, reading.value_to_float)
    for _ in range(ATTEMPTS - 1):
        if PARSE_ERROR not in (result.metadata or {}):
            break
        prompt = [*conversation(prompt), *reply_to(output), ChatMessageUser(content=_again(kind))]
        output = await respondent.ask(prompt)
        result = kind.result_for_answer(output, reading.extract_refs, reading.value_to_float)
    return with_stop_reason(result, output)


def conversation(prompt: str | list[ChatMessage]) -> list[ChatMessage]:
    """Make messages of a prompt."""
    return [ChatMessageUser(content=prompt)] if isinstance(prompt, str) else prompt


def reply_to(output: ModelOutput, replies: Callable[[str, str], str] | None = None) -> list[ChatMessage]:
    """Put what a model said into the conversation, and a result under each tool it called.

    Providers refuse conversations in which a call stays without a result.

    Args:
        output: What it said.
        replies: Makes the result of a call from its id and the name of the tool.
    """
    if output.empty:
        return []
    message = output.message
    if isinstance(message.content, str) and (text := sendable(message.content)) != message.content:
        message = message.model_copy(update={"content": text})
    said: list[ChatMessage] = [message]
    for call in output.message.tool_calls or ():
        content = replies(call.id, call.function) if replies else "This tool cannot be called here."
        said.append(ChatMessageTool(content=content, tool_call_id=call.id, function=call.function))
    return said


def with_stop_reason(result: Result[Any], output: ModelOutput) -> Result[Any]:
    """Add to a result why the model stopped."""
    stop_reason = "unknown" if output.empty else output.stop_reason
    result.metadata = {**(result.metadata or {}), "stop_reason": stop_reason}
    return result


def _again(kind: Answer) -> str:
    return f"Your answer could not be read. Please answer once more, in exactly this form:\n\n{kind.format}"
