"""Answers that a model gives by calling a tool."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageUser, ModelOutput
from inspect_ai.tool import ToolCall, ToolInfo

from ..._types import Result
from ..answers import PARSE_ERROR, StructuredAnswer, StructuredSchema, structured_result, validate_structured
from .asking import Reading, conversation, reply_to, with_stop_reason
from .errors import UnusableAnswerError
from .refusals import Respondent


async def ask_for_call(
    respondent: Respondent,
    prompt: str | list[ChatMessage],
    kind: StructuredAnswer,
    reading: Reading,
    context_tools: Sequence[ToolInfo] = (),
) -> Result[Any]:
    """Ask until a call of the answer tool holds what it must, telling each time what was wrong.

    Args:
        respondent: Who is asked.
        prompt: The question with all that belongs to it.
        kind: Kind of answer.
        reading: How the answer becomes a result.
        context_tools: Tools that the conversation mentions; calling one leads back to the answer tool.

    Raises:
        RefusalError: The model declined each time.
        UnusableAnswerError: No call fits the schema in as many attempts as are allowed.
    """
    tool = kind.schema.tool
    # A tool of the transcript may have the name of ours, and no provider takes two of one name.
    others = [t for t in context_tools if t.name != tool.name]
    config = respondent.config.model_copy(update={"parallel_tool_calls": False})
    respondent = respondent.with_tools([*others, tool], "auto", config)
    attempt = Attempt(kind.schema, "", "It was never asked.")
    for _ in range(kind.max_attempts):
        output = await respondent.ask(prompt)
        attempt = read_reply(kind, output, reading, {t.name for t in others})
        if attempt.result is not None:
            return with_stop_reason(attempt.result, output)
        prompt = [*conversation(prompt), *attempt.feedback(output)]
    raise UnusableAnswerError(kind.max_attempts, attempt.problem, attempt.said)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one reply.

    Args:
        schema: What was asked for.
        said: What the model said.
        problem: What is wrong with it.
        result: The result, if nothing is.
        replies: What to answer to each tool call, by its id.
    """

    schema: StructuredSchema
    said: str
    problem: str = ""
    result: Result[Any] | None = None
    replies: dict[str, str] = field(default_factory=dict[str, str])

    def feedback(self, output: ModelOutput) -> list[ChatMessage]:
        """Go on with the conversation: what the model said, and what was wrong."""
        said = reply_to(output, lambda call, _: self.replies[call])
        if self.replies:
            return said
        return [
            *said,
            ChatMessageUser(content=f"{self.problem} Please call {self.schema.tool.name}() with your answer."),
        ]


def read_reply(kind: StructuredAnswer, output: ModelOutput, reading: Reading, others: set[str]) -> Attempt:
    """Look for a valid answer in a reply: the first call that holds one, else JSON in the text.

    Args:
        kind: Kind of answer.
        output: The reply.
        reading: How the answer becomes a result.
        others: Names of the other tools that were offered.
    """
    calls = [] if output.empty else output.message.tool_calls or []
    if not calls:
        return _read_text(kind, output, reading)
    replies: dict[str, str] = {}
    for call in calls:
        found = _read_call(kind.schema, call, others)
        if not isinstance(found, str):
            result = structured_result(found, reading.extract_refs, reading.value_to_float)
            return Attempt(kind.schema, _said(calls), result=result)
        replies[call.id] = found
    return Attempt(kind.schema, _said(calls), problem=" ".join(replies.values()), replies=replies)


def _read_call(schema: StructuredSchema, call: ToolCall, others: set[str]) -> Any:
    tool = schema.tool.name
    if call.function in others:
        return f"{call.function}() belongs to the transcript and cannot be called. Call {tool}() with your answer."
    if call.function != tool:
        return f"There is no tool {call.function!r}. Call {tool}() with your answer."
    if call.parse_error:
        return f"The arguments of {tool}() could not be read: {call.parse_error}"
    return validate_structured(schema, call.arguments)


def _read_text(kind: StructuredAnswer, output: ModelOutput, reading: Reading) -> Attempt:
    said = output.completion
    if "{" in said:
        result = kind.result_for_answer(output, reading.extract_refs, reading.value_to_float)
        if PARSE_ERROR not in (result.metadata or {}):
            return Attempt(kind.schema, said, result=result)
    return Attempt(kind.schema, said, problem=f"You did not call {kind.schema.tool.name}().")


def _said(calls: Sequence[ToolCall]) -> str:
    return "; ".join(
        f"{call.function}({json.dumps(call.arguments, ensure_ascii=False, default=str)})" for call in calls
    )
