"""Answers that a model gives by calling a tool."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageUser, ModelOutput
from inspect_ai.tool import ToolCall, ToolInfo

from ..._types import Result
from ..answers.contract import PARSE_ERROR
from ..answers.reply import cut_short
from ..answers.schema import StructuredSchema
from ..answers.structured import StructuredAnswer, structured_result
from ..answers.validate import StructuredValue, validate_structured
from .asking import Reading, again, conversation, reply_to, with_stop_reason
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
        request = f"Please call {self.schema.tool.name}() with your answer."
        if cut_short(output) is not None:
            return again(output, said, request)
        return said if self.replies else [*said, ChatMessageUser(content=f"{self.problem} {request}")]


def read_reply(kind: StructuredAnswer, output: ModelOutput, reading: Reading, others: set[str]) -> Attempt:
    """Look for a valid answer in a reply: the calls that hold one, which must agree, else JSON in the text.

    Args:
        kind: Kind of answer.
        output: The reply.
        reading: How the answer becomes a result.
        others: Names of the other tools that were offered.
    """
    calls = [] if output.empty else output.message.tool_calls or []
    if not calls:
        return _read_text(kind, output, reading)
    read = [_read_call(kind.schema, call, others) for call in calls]
    if (stop_reason := cut_short(output)) is not None and not _is_complete(kind.schema, calls[-1]):
        read[-1] = f"The call was cut off (stop reason {stop_reason!r}), so that it may lack a part."
    values = [found for found in read if not isinstance(found, str)]
    if values and all(value == values[0] for value in values):
        result = structured_result(values[0], reading.extract_refs, reading.value_to_float)
        return Attempt(kind.schema, _said(calls), result=result)
    several = f"You called {kind.schema.tool.name}() {len(values)} times, with different answers. Call it once."
    replies = {call.id: found if isinstance(found, str) else several for call, found in zip(calls, read, strict=True)}
    return Attempt(kind.schema, _said(calls), problem=" ".join(replies.values()), replies=replies)


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
    function = call.function
    if function not in others and function.rpartition(".")[2].lower() == tool.lower():
        # "functions.answer", "Answer"
        function = tool
    if call.function in others:
        return f"{call.function}() belongs to the transcript and cannot be called. Call {tool}() with your answer."
    if function != tool:
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
