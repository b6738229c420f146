"""Answers in text: reading them, and asking again for one that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageTool, ChatMessageUser, ModelOutput
from inspect_ai.scorer import ValueToFloat

from ..._types import Result
from ..answers.contract import PARSE_ERROR, STOP_REASON, Answer, ExtractReferences
from ..answers.reply import cut_short
from .prompt import sendable
from .refusals import Respondent

_UNREADABLE = "Your answer could not be read. Please answer once more, in exactly this form:"
_CUT_OFF = (
    "Your reply was too long: it was cut off before its answer was complete. Please answer once more, in few words."
)

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
        PromptTooLargeError: The model twice ran out of room before its answer was complete.
    """
    output = await respondent.ask(prompt)
    result = kind.result_for_answer(output, reading.extract_refs, reading.value_to_float)
    for _ in range(ATTEMPTS - 1):
        if PARSE_ERROR not in (result.metadata or {}):
            break
        had_no_room = _ran_out_of_room(output)
        question = [*conversation(prompt), *again(output, reply_to(output), kind.format)]
        output = await respondent.ask(question)
        result = kind.result_for_answer(output, reading.extract_refs, reading.value_to_float)
        if had_no_room and _ran_out_of_room(output) and PARSE_ERROR in (result.metadata or {}):
            raise await respondent.too_large(prompt, output)
        prompt = question
    return with_stop_reason(result, output)


def _ran_out_of_room(output: ModelOutput) -> bool:
    return not output.empty and output.stop_reason == "model_length"


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
    result.metadata = {**(result.metadata or {}), STOP_REASON: stop_reason}
    return result


def again(output: ModelOutput, said: list[ChatMessage], form: str) -> list[ChatMessage]:
    """Ask once more for an answer that could not be read.

    A reply that was cut off is left out of the conversation: it would take the room that the next one needs, and
    providers refuse halves of thoughts and calls.

    Args:
        output: What the model said.
        said: The same as messages.
        form: How the answer is to be given.
    """
    if cut_short(output) is not None:
        return [ChatMessageUser(content=f"{_CUT_OFF} {form}")]
    return [*said, ChatMessageUser(content=f"{_UNREADABLE}\n\n{form}")]
