"""Asking until an answer can be used: one in text, or one that is given by calling a tool."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageTool, ChatMessageUser, ModelOutput
from inspect_ai.tool import ToolCall, ToolInfo

from ..._types import Result
from ..answers.contract import PARSE_ERROR
from ..answers.reply import Reply, cut_short
from ..answers.schema import StructuredSchema
from ..answers.structured import StructuredAnswer
from ..answers.validate import StructuredValue, validate_structured
from .errors import UnusableAnswerError
from .prompt import sendable
from .refusals import ModelClient

_UNREADABLE = "Your answer could not be read. Please answer once more, in exactly this form:"
_CUT_OFF = (
    "Your reply was too long: it was cut off before its answer was complete. Please answer once more, in few words."
)

ATTEMPTS = 3
"""How often a question is put until its answer can be read."""


async def ask_for_text(
    client: ModelClient, prompt: str | list[ChatMessage], read: Callable[[ModelOutput], Result[Any]], form: str
) -> tuple[Result[Any], ModelOutput]:
    """Ask until the answer can be read, at most three times; the last result is returned in any case.

    Raises:
        RefusalError: The model declined each time.
        PromptTooLargeError: The model twice reached the end of its window before its answer was complete.
    """
    output = await client.ask(prompt)
    result = read(output)
    for _ in range(ATTEMPTS - 1):
        if is_read(result):
            break
        was_too_long = _hit_length_limit(output)
        question = [*_conversation(prompt), *_again(output, _reply_messages(output), form)]
        output = await client.ask(question)
        result = read(output)
        if was_too_long and _hit_length_limit(output) and not is_read(result):
            raise await client.too_large(prompt, output)
        prompt = question
    return result, output


async def ask_for_call(
    client: ModelClient,
    prompt: str | list[ChatMessage],
    kind: StructuredAnswer,
    context_tools: Sequence[ToolInfo] = (),
) -> tuple[StructuredValue, ModelOutput]:
    """Ask until a call of the answer tool holds what it must, telling each time what was wrong.
    A call of one of the tools that the conversation mentions leads back to the answer tool.

    Raises:
        RefusalError: The model declined each time.
        UnusableAnswerError: No call fits the schema in as many attempts as are allowed.
    """
    tool = kind.schema.tool
    # A tool of the transcript may have the name of ours, and no provider takes two of one name.
    others = [t for t in context_tools if t.name != tool.name]
    config = client.config.model_copy(update={"parallel_tool_calls": False})
    client = replace(client, tools=[*others, tool], tool_choice="auto", config=config)
    attempt = Attempt("", "It was never asked.")
    for _ in range(kind.max_attempts):
        output = await client.ask(prompt)
        attempt = read_reply(kind, output, {t.name for t in others})
        if attempt.value is not None:
            return attempt.value, output
        request = f"Please call {tool.name}() with your answer."
        messages = _reply_messages(output, attempt.replies)
        if cut_short(output) is not None:
            messages = _again(output, messages, request)
        elif not attempt.replies:
            messages.append(ChatMessageUser(content=f"{attempt.problem} {request}"))
        prompt = [*_conversation(prompt), *messages]
    raise UnusableAnswerError(kind.max_attempts, attempt.problem, attempt.reply)


def is_read(result: Result[Any]) -> bool:
    """Tell whether a reply could be read."""
    return PARSE_ERROR not in (result.metadata or {})


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one reply.

    Args:
        reply: What the model replied.
        problem: What is wrong with it.
        value: The answer, if nothing is.
        replies: What to answer to each tool call, by its id.
    """

    reply: str
    problem: str = ""
    value: StructuredValue | None = None
    replies: dict[str, str] = field(default_factory=dict[str, str])


def read_reply(kind: StructuredAnswer, output: ModelOutput, others: set[str]) -> Attempt:
    """Look for a valid answer in a reply: the calls that hold one, which must agree, else JSON in the text.

    A call of one of the other tools that were offered is told apart from one that does not exist.
    """
    tool = kind.schema.tool.name
    calls = [] if output.empty else output.message.tool_calls or []
    if not calls:
        found = kind.value_in(Reply.of(output)) if "{" in output.completion else ""
        value = None if isinstance(found, str) else found
        return Attempt(output.completion, "" if value else f"You did not call {tool}().", value)
    read = [_read_call(kind.schema, call, others) for call in calls]
    if (stop_reason := cut_short(output)) is not None and not _is_complete(kind.schema, calls[-1]):
        read[-1] = f"The call was cut off (stop reason {stop_reason!r}), so that it may lack a part."
    called = "; ".join(f"{c.function}({json.dumps(c.arguments, ensure_ascii=False, default=str)})" for c in calls)
    values = [found for found in read if not isinstance(found, str)]
    if values and all(value == values[0] for value in values):
        return Attempt(called, value=values[0])
    several = f"You called {tool}() {len(values)} times, with different answers. Call it once."
    replies = {call.id: found if isinstance(found, str) else several for call, found in zip(calls, read, strict=True)}
    return Attempt(called, " ".join(replies.values()), replies=replies)


def _is_complete(schema: StructuredSchema, call: ToolCall) -> bool:
    # Some providers hand out what they could read of a call that was cut off: names may be missing, lists be short, and
    # the last number or text go on. Only the explanation may: it is not the answer.
    arguments = call.arguments
    if schema.many or not arguments or not set(schema.tool.parameters.properties) <= set(arguments):
        return False
    name, last = list(arguments.items())[-1]
    return last is None or isinstance(last, bool) or (name == schema.explanation and isinstance(last, str))


def _read_call(schema: StructuredSchema, call: ToolCall, others: set[str]) -> StructuredValue | str:
    tool = schema.tool.name
    if call.function in others:
        return f"{call.function}() belongs to the transcript and cannot be called. Call {tool}() with your answer."
    # Some say "functions.answer", or "Answer".
    if call.function.rpartition(".")[2].lower() != tool.lower():
        return f"There is no tool {call.function!r}. Call {tool}() with your answer."
    if call.parse_error:
        return f"The arguments of {tool}() could not be read: {call.parse_error}"
    return validate_structured(schema, call.arguments)


def _hit_length_limit(output: ModelOutput) -> bool:
    return not output.empty and output.stop_reason == "model_length"


def _conversation(prompt: str | list[ChatMessage]) -> list[ChatMessage]:
    return [ChatMessageUser(content=prompt)] if isinstance(prompt, str) else prompt


def _reply_messages(output: ModelOutput, replies: Mapping[str, str] | None = None) -> list[ChatMessage]:
    """Put what a model said into the conversation, and a result under each tool it called.

    Providers refuse conversations in which a call stays without a result.
    """
    if output.empty:
        return []
    message = output.message
    if isinstance(message.content, str) and (text := sendable(message.content)) != message.content:
        message = message.model_copy(update={"content": text})
    messages: list[ChatMessage] = [message]
    for call in output.message.tool_calls or ():
        content = replies[call.id] if replies else "This tool cannot be called here."
        messages.append(ChatMessageTool(content=content, tool_call_id=call.id, function=call.function))
    return messages


def _again(output: ModelOutput, messages: list[ChatMessage], form: str) -> list[ChatMessage]:
    """Ask once more for an answer that could not be read.

    A reply that was cut off is left out of the conversation: it would take tokens that the next one needs, and
    providers refuse halves of thoughts and calls.
    """
    if cut_short(output) is not None:
        return [ChatMessageUser(content=f"{_CUT_OFF} {form}")]
    return [*messages, ChatMessageUser(content=f"{_UNREADABLE}\n\n{form}")]
