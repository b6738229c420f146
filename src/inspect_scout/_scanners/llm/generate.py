"""Asking a question until the answer can be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal, overload

from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelOutput, get_model
from inspect_ai.scorer import Reference, ValueToFloat
from inspect_ai.tool import ToolInfo

from ..._types import Result
from ..answers.build import answer_type
from ..answers.contract import STOP_REASON, Answer, ExtractReferences
from ..answers.references import with_unseen
from ..answers.spec import AnswerSpec
from ..answers.structured import StructuredAnswer, structured_result
from .answer_loop import ask_for_call, ask_for_text, is_read, read_reply
from .refusals import DEFAULT_RETRIES, ModelClient, refusal_retries


@overload
async def generate_answer(
    prompt: str | list[ChatMessage],
    answer: AnswerSpec | Answer,
    *,
    model: str | Model | None = None,
    config: GenerateConfig | None = None,
    context_tools: Sequence[ToolInfo] = (),
    retry_refusals: bool | int = DEFAULT_RETRIES,
    parse: Literal[True] = True,
    extract_refs: ExtractReferences | None = None,
    value_to_float: ValueToFloat | None = None,
) -> Result[Any]: ...


@overload
async def generate_answer(
    prompt: str | list[ChatMessage],
    answer: AnswerSpec | Answer,
    *,
    model: str | Model | None = None,
    config: GenerateConfig | None = None,
    context_tools: Sequence[ToolInfo] = (),
    retry_refusals: bool | int = DEFAULT_RETRIES,
    parse: bool,
    extract_refs: ExtractReferences | None = None,
    value_to_float: ValueToFloat | None = None,
) -> Result[Any] | ModelOutput: ...


async def generate_answer(
    prompt: str | list[ChatMessage],
    answer: AnswerSpec | Answer,
    *,
    model: str | Model | None = None,
    config: GenerateConfig | None = None,
    context_tools: Sequence[ToolInfo] = (),
    retry_refusals: bool | int = DEFAULT_RETRIES,
    parse: bool = True,
    extract_refs: ExtractReferences | None = None,
    value_to_float: ValueToFloat | None = None,
) -> Result[Any] | ModelOutput:
    """Ask a model a question and read its answer.

    An answer that cannot be read is asked for again, in the same conversation, up to 3 times in all. The last one is
    returned even if it cannot be read: its value is None, and its metadata say so. Structured answers are given by
    calling a tool, and asked for as often as `AnswerStructured.max_attempts` allows.

    Args:
        prompt: The question with all that belongs to it, or a conversation that ends with it.
        answer: Kind of answer.
        model: The model (default: that of the scan).
        config: Generation options.
        context_tools: Tools that the conversation mentions; they are declared, and cannot be called.
        retry_refusals: How often a model that declines is asked again (True: 3 times).
        parse: False to get the output of the model instead (structured answers are always parsed).
        extract_refs: Finds the messages that an explanation cites.
        value_to_float: Makes a number of the value.

    Returns:
        The result, with `stop_reason` in its metadata, and in `unseen_citations` the citations of messages that were not
        shown, if there are any; or the output of the model.

    Raises:
        RefusalError: The model declined each time.
        PromptTooLargeError: The prompt, or the conversation that it grew to, is longer than the model can read.
        UnusableAnswerError: No structured answer fits its schema.

    Example:
        ```python
        text, extract_references = await messages_as_str(transcript, include_ids=True)
        prompt = scanner_prompt(text, "Did the agent give up?", "boolean")
        result = await generate_answer(prompt, "boolean", model=judge, extract_refs=extract_references)
        ```
    """
    kind = answer_type(answer)
    references = extract_refs or _no_references
    client = ModelClient(get_model(model), config or GenerateConfig(), refusal_retries(retry_refusals))
    if isinstance(kind, StructuredAnswer):
        client = replace(client, readable=partial(_holds_call, kind))
        value, output = await ask_for_call(client, prompt, kind, context_tools)
        result = structured_result(value, references, value_to_float)
    else:
        if context_tools:
            client = replace(client, tools=context_tools, tool_choice="none")
        if not parse:
            return await client.ask(prompt)
        client = replace(client, readable=partial(_holds_answer, kind))
        result, output = await ask_for_text(
            client, prompt, lambda reply: kind.result_for_answer(reply, references, value_to_float), kind.format
        )
    stop_reason = "unknown" if output.empty else output.stop_reason
    result.metadata = {**(result.metadata or {}), STOP_REASON: stop_reason}
    return with_unseen(result, references)


def _holds_call(kind: StructuredAnswer, output: ModelOutput) -> bool:
    return read_reply(kind, output, set()).value is not None


def _holds_answer(kind: Answer, output: ModelOutput) -> bool:
    return is_read(kind.result_for_answer(output, _no_references))


def _no_references(_: str) -> list[Reference]:
    return []
