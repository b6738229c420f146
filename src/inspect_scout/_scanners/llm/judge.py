"""One transcript before a judging model: from what is read to one result."""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from inspect_ai.model import GenerateConfig, Model, get_model
from inspect_ai.scorer import ValueToFloat

from ..._inspect.tokens import learn_window, window_of
from ..._support.errors import ConfigError
from ..._types import Result, Transcript, TranscriptHandle, TranscriptInfo
from ..answers.contract import Answer
from ..answers.structured import StructuredAnswer
from ..render.citations import MessageCitations
from ..render.messages import MessagesPreprocessor, RenderMessages, message_numbering
from ..segments.budget import TokenBudget, segment_budget, token_budget
from ..segments.concurrency import close_iterator, map_in_order
from ..segments.counting import count_tokens
from ..segments.messages import MessagesSegment, packed, resplit
from ..segments.rendering import nonce_mark
from ..segments.timeline import transcript_messages
from .assemble import SegmentResult, assemble, skipped_result
from .errors import PromptTooLargeError
from .generate import generate_answer
from .prompt import Prompt, PromptTemplate, info_variables
from .reduce import Reducer, reducing_with

MAX_IN_FLIGHT = 16
"""Segments of one transcript that are judged at once."""

MIN_WINDOW_PROMPTS = 2
"""A window that no provider named is never taken to be smaller than so many prompts without messages."""

NEGLIGIBLE = 0.02
"""Share of the window that a prompt without messages may take before its tokens are counted."""

_LABEL = re.compile(r"^\[M([0-9]{1,18})\] ", re.MULTILINE)


Question: TypeAlias = str | Callable[[Transcript], Awaitable[str] | str]
"""A question, or a function from a transcript to one."""

Variables: TypeAlias = Mapping[str, Any] | Callable[[Transcript], Awaitable[Mapping[str, Any]] | Mapping[str, Any]]
"""Variables of a template, or a function from a transcript to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeConfig:
    """What a judging model is asked, and how: the arguments of `llm_scanner`, checked and made ready."""

    question: Question | None
    answer: Answer
    value_to_float: ValueToFloat | None
    template: PromptTemplate
    template_variables: Variables | None
    preprocessor: MessagesPreprocessor[Any] | None
    model: str | Model | None
    model_role: str | None
    generation: GenerateConfig
    retry_refusals: int
    context_window: int | None
    timeline: str | None
    compaction: Literal["all", "last"] | int
    depth: int | None
    reducer: Reducer


async def judge(config: JudgeConfig, given: Transcript | TranscriptHandle) -> Result[Any]:
    """Put a question to a model about a transcript, in as many parts as it takes.

    Raises:
        PromptTooLargeError: The prompt leaves no tokens for messages, or does not fit though it was split.
        RefusalError: The model declined each time.
        UnusableAnswerError: No structured answer fits its schema.
    """
    given = await _needed(config, given)
    model = get_model(config.model, role=config.model_role)
    render, references = message_numbering(config.preprocessor, nonce=config.template.nonce)
    assert isinstance(references, MessageCitations)
    variables = await _variables(config, given if isinstance(given, Transcript) else given.info)
    reserve = await _reserve(config, model, variables)
    window = window_of(model, config.context_window)
    segment_judge = _SegmentJudge(config, model, variables, references, render, reserve, window)
    results = await map_in_order(segment_judge.segments(given), segment_judge.judge, MAX_IN_FLIGHT)
    judged = [part for parts in results for part in parts]
    if not judged:
        if isinstance(given, Transcript):
            return skipped_result(spans=bool(given.timelines or given.events), messages=bool(given.messages))
        return skipped_result(spans=False, messages=await _has_any(given.messages()))
    by_span = isinstance(given, Transcript) and bool(given.timelines)
    listed = isinstance(config.answer, StructuredAnswer) and config.answer.schema.many
    with reducing_with(model):
        return await assemble(judged, by_span=by_span, listed=listed, reducer=config.reducer)


@dataclass(frozen=True, slots=True)
class _SegmentJudge:
    """What is the same for all segments of a transcript.

    Args:
        reserve: Tokens of a prompt without messages.
        window: Tokens that the model can read, as was known when the segments were cut.
    """

    config: JudgeConfig
    model: Model
    variables: Mapping[str, Any]
    references: MessageCitations
    render: RenderMessages
    reserve: int
    window: int

    def segments(self, given: Transcript | TranscriptHandle) -> AsyncIterator[MessagesSegment]:
        """Cut a transcript in memory, or messages as they are read, into what the model can read."""
        config = self.config
        if isinstance(given, Transcript):
            return transcript_messages(
                given,
                messages_as_str=self.render,
                model=self.model,
                context_window=config.context_window,
                timeline=config.timeline,
                compaction=config.compaction,
                depth=config.depth,
                prompt_reserve=self.reserve,
            )
        return packed(given.messages(), self.render, self._token_budget())

    async def judge(self, segment: MessagesSegment) -> list[SegmentResult]:
        """Ask about a segment; in parts if the model turns out to read less than it was taken to."""
        if self._tokens_left() < segment_budget(self.window, self.reserve):
            # A segment before this one was refused.
            parts = await self._split(segment)
            if len(parts) > 1:
                return [await self._ask(part) for part in parts]
        try:
            return [await self._ask(segment)]
        except PromptTooLargeError as error:
            # Half of it may be too little still, but without any message there is nothing to learn.
            learn_window(self.model, max(error.budget, MIN_WINDOW_PROMPTS * self.reserve))
            parts = await self._split(segment)
            if len(parts) < 2:
                raise
        return [await self._ask(part) for part in parts]

    def _tokens_left(self) -> int:
        return segment_budget(window_of(self.model, self.config.context_window), self.reserve)

    async def _split(self, segment: MessagesSegment) -> list[MessagesSegment]:
        if self._tokens_left() <= 0:
            return [segment]
        return await resplit(segment, self._token_budget(), nonce_mark(self.render))

    def _token_budget(self) -> TokenBudget:
        return token_budget(self.model, self.config.context_window, self.reserve)

    async def _ask(self, segment: MessagesSegment) -> SegmentResult:
        config = self.config
        prompt = config.template.render({"messages": segment.messages_str, **self.variables})
        result = await generate_answer(
            prompt.as_input(),
            config.answer,
            model=self.model,
            config=config.generation,
            retry_refusals=config.retry_refusals,
            extract_refs=self.references.among(_shown_numbers(segment, prompt)),
            value_to_float=config.value_to_float,
        )
        return SegmentResult(result, getattr(segment, "span", None))


def _shown_numbers(segment: MessagesSegment, prompt: Prompt) -> set[int]:
    """List the numbers of the messages that a prompt shows: those of its segment, unless the template leaves some out."""
    text = segment.messages_str
    shown = {int(label[1]) for start in segment.starts if (label := _LABEL.match(text, start))}
    if any(text in block for block in prompt.blocks):
        return shown
    return shown & {int(label[1]) for label in _LABEL.finditer(prompt.text)}


async def _needed(config: JudgeConfig, given: Transcript | TranscriptHandle) -> Transcript | TranscriptHandle:
    """Load a transcript that must be in memory: functions want to see it, or it has events, which are read as spans."""
    if isinstance(given, Transcript):
        return given
    whole = callable(config.question) or callable(config.template_variables) or await _has_any(given.events())
    return await given.load() if whole else given


async def _has_any(items: AsyncIterator[Any]) -> bool:
    try:
        return await anext(items, None) is not None
    finally:
        await close_iterator(items)


async def _reserve(config: JudgeConfig, model: Model, variables: Mapping[str, Any]) -> int:
    """Tokens of a prompt without messages."""
    text = config.template.render({"messages": "", **variables}).text
    window = window_of(model, config.context_window)
    size = len(text.encode())
    # A text has no more tokens than bytes. Where that little makes no difference, a provider need not be asked.
    reserve = size if size <= window * NEGLIGIBLE else await count_tokens(text, model)
    if segment_budget(window, reserve) <= 0:
        raise PromptTooLargeError(reserve, window)
    return reserve


async def _variables(config: JudgeConfig, info: TranscriptInfo) -> Mapping[str, Any]:
    found = info_variables(info)
    if config.question is not None:
        asked = found["question"] = await _called(config.question, info)
        if not isinstance(asked, str):
            raise ConfigError(f"The question for transcript {info.transcript_id!r} is {asked!r}; it must be a text.")
    found["answer_prompt"] = config.answer.prompt
    found["answer_format"] = config.answer.format
    if config.template_variables is not None:
        found |= await _called(config.template_variables, info)
    return found


async def _called(given: Any, info: TranscriptInfo) -> Any:
    made = given(info) if callable(given) else given
    return await made if inspect.isawaitable(made) else made
