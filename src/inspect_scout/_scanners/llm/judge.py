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
from ..render.thread import MessagesPreprocessor, RenderMessages, message_numbering
from ..segments.budget import Sizing, segment_budget, sizing
from ..segments.concurrency import close_iterator, map_in_order
from ..segments.counting import count_tokens
from ..segments.messages import MessagesSegment, cut_again, packed
from ..segments.rendering import own_mark
from ..segments.timeline import transcript_messages
from .assemble import Judged, assemble, nothing_read
from .errors import PromptTooLargeError
from .generate import generate_answer
from .prompt import Prompt, PromptTemplate, info_variables
from .reduce import Reducer, judged_by

MAX_IN_FLIGHT = 16
"""Segments of one transcript that are judged at once."""

LEAST_ROOM = 2
"""A window that no provider told is never taken to be smaller than so many prompts without messages."""

NEGLIGIBLE = 0.02
"""Share of the window that a prompt without messages may take before its tokens are counted."""

_LABEL = re.compile(r"^\[M([0-9]{1,18})\] ", re.MULTILINE)


Question: TypeAlias = str | Callable[[Transcript], Awaitable[str] | str]
"""A question, or a function from a transcript to one."""

Variables: TypeAlias = Mapping[str, Any] | Callable[[Transcript], Awaitable[Mapping[str, Any]] | Mapping[str, Any]]
"""Variables of a template, or a function from a transcript to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a judging model is asked, and how: the arguments of `llm_scanner`, checked and made ready."""

    question: Question | None
    answer: Answer
    value_to_float: ValueToFloat | None
    template: PromptTemplate
    template_variables: Variables | None
    preprocessor: MessagesPreprocessor[Any] | None
    model: str | Model | None
    model_role: str | None
    config: GenerateConfig
    retry_refusals: int
    context_window: int | None
    timeline: str | None
    compaction: Literal["all", "last"] | int
    depth: int | None
    reducer: Reducer


async def judge(brief: Brief, given: Transcript | TranscriptHandle) -> Result[Any]:
    """Put a question to a model about a transcript, in as many parts as it takes.

    Raises:
        PromptTooLargeError: The prompt leaves no room for messages, or does not fit though it was split.
        RefusalError: The model declined each time.
        UnusableAnswerError: No structured answer fits its schema.
    """
    given = await _needed(brief, given)
    model = get_model(brief.model, role=brief.model_role)
    render, references = message_numbering(brief.preprocessor, nonce=brief.template.nonce)
    assert isinstance(references, MessageCitations)
    variables = await _variables(brief, given if isinstance(given, Transcript) else given.info)
    reserve = await _reserve(brief, model, variables)
    window = window_of(model, brief.context_window)
    reading = _Reading(brief, model, variables, references, render, reserve, window)
    results = await map_in_order(reading.segments(given), reading.judge, MAX_IN_FLIGHT)
    judged = [part for parts in results for part in parts]
    if not judged:
        if isinstance(given, Transcript):
            return nothing_read(spans=bool(given.timelines or given.events), messages=bool(given.messages))
        return nothing_read(spans=False, messages=await _has_any(given.messages()))
    by_span = isinstance(given, Transcript) and bool(given.timelines)
    listed = isinstance(brief.answer, StructuredAnswer) and brief.answer.schema.many
    with judged_by(model):
        return await assemble(judged, by_span=by_span, listed=listed, reducer=brief.reducer)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is the same for all segments of a transcript.

    Args:
        reserve: Tokens of a prompt without messages.
        window: Tokens that the model can read, as was known when the segments were cut.
    """

    brief: Brief
    model: Model
    variables: Mapping[str, Any]
    references: MessageCitations
    render: RenderMessages
    reserve: int
    window: int

    def segments(self, given: Transcript | TranscriptHandle) -> AsyncIterator[MessagesSegment]:
        """Cut a transcript in memory, or messages as they are read, into what the model can read."""
        brief = self.brief
        if isinstance(given, Transcript):
            return transcript_messages(
                given,
                messages_as_str=self.render,
                model=self.model,
                context_window=brief.context_window,
                timeline=brief.timeline,
                compaction=brief.compaction,
                depth=brief.depth,
                prompt_reserve=self.reserve,
            )
        return packed(given.messages(), self.render, self._measure())

    async def judge(self, segment: MessagesSegment) -> list[Judged]:
        """Ask about a segment; in parts if the model turns out to read less than it was taken to."""
        if self._room() < segment_budget(self.window, self.reserve):
            # A segment before this one was refused.
            parts = await self._parts(segment)
            if len(parts) > 1:
                return [await self._ask(part) for part in parts]
        try:
            return [await self._ask(segment)]
        except PromptTooLargeError as error:
            # Half of it may be too little still, but without any message there is nothing to learn.
            learn_window(self.model, max(error.room, LEAST_ROOM * self.reserve))
            parts = await self._parts(segment)
            if len(parts) < 2:
                raise
        return [await self._ask(part) for part in parts]

    def _room(self) -> int:
        return segment_budget(window_of(self.model, self.brief.context_window), self.reserve)

    async def _parts(self, segment: MessagesSegment) -> list[MessagesSegment]:
        if self._room() <= 0:
            return [segment]
        return await cut_again(segment, self._measure(), own_mark(self.render))

    def _measure(self) -> Sizing:
        return sizing(self.model, self.brief.context_window, self.reserve)

    async def _ask(self, segment: MessagesSegment) -> Judged:
        brief = self.brief
        prompt = brief.template.render({"messages": segment.messages_str, **self.variables})
        result = await generate_answer(
            prompt.as_input(),
            brief.answer,
            model=self.model,
            config=brief.config,
            retry_refusals=brief.retry_refusals,
            extract_refs=self.references.among(_shown(segment, prompt)),
            value_to_float=brief.value_to_float,
        )
        return Judged(result, getattr(segment, "span", None))


def _shown(segment: MessagesSegment, prompt: Prompt) -> set[int]:
    """List the numbers of the messages that a prompt shows: those of its segment, unless the template leaves some out."""
    text = segment.messages_str
    shown = {int(label[1]) for start in segment.starts if (label := _LABEL.match(text, start))}
    if any(text in block for block in prompt.blocks):
        return shown
    return shown & {int(label[1]) for label in _LABEL.finditer(prompt.text)}


async def _needed(brief: Brief, given: Transcript | TranscriptHandle) -> Transcript | TranscriptHandle:
    """Load a transcript that must be in memory: functions want to see it, or it has events, which are read as spans."""
    if isinstance(given, Transcript):
        return given
    whole = callable(brief.question) or callable(brief.template_variables) or await _has_any(given.events())
    return await given.load() if whole else given


async def _has_any(items: AsyncIterator[Any]) -> bool:
    try:
        return await anext(items, None) is not None
    finally:
        await close_iterator(items)


async def _reserve(brief: Brief, model: Model, variables: Mapping[str, Any]) -> int:
    """Tokens of a prompt without messages."""
    text = brief.template.render({"messages": "", **variables}).text
    window = window_of(model, brief.context_window)
    size = len(text.encode())
    # A text has no more tokens than bytes. Where that little makes no difference, a provider need not be asked.
    reserve = size if size <= window * NEGLIGIBLE else await count_tokens(text, model)
    if segment_budget(window, reserve) <= 0:
        raise PromptTooLargeError(reserve, window)
    return reserve


async def _variables(brief: Brief, info: TranscriptInfo) -> Mapping[str, Any]:
    found = info_variables(info)
    if brief.question is not None:
        asked = found["question"] = await _called(brief.question, info)
        if not isinstance(asked, str):
            raise ConfigError(f"The question for transcript {info.transcript_id!r} is {asked!r}; it must be a text.")
    found["answer_prompt"] = brief.answer.prompt
    found["answer_format"] = brief.answer.format
    if brief.template_variables is not None:
        found |= await _called(brief.template_variables, info)
    return found


async def _called(given: Any, info: TranscriptInfo) -> Any:
    made = given(info) if callable(given) else given
    return await made if inspect.isawaitable(made) else made
