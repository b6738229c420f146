"""The scanner that asks a model."""

from __future__ import annotations

from typing import Any, Literal

from inspect_ai.model import CachePolicy, GenerateConfig, Model
from inspect_ai.scorer import ValueToFloat

from ..._support.errors import ConfigError
from ..._types import Result, Scanner, Transcript, TranscriptContent, TranscriptHandle
from ..answers.build import answer_type, possible_values
from ..answers.contract import Answer, TextAnswer, refuse_number
from ..answers.spec import AnswerMultiLabel, AnswerSpec
from ..declare.decorators import scanner
from ..declare.traits import ScanTraits, set_traits
from ..render.messages import MessagesPreprocessor, message_numbering
from .asked import describe_question, models_used
from .judge import JudgeConfig, Question, Variables, judge
from .prompt import PromptTemplate, TemplateSpec
from .reduce import Reducer, ResultReducer
from .refusals import DEFAULT_RETRIES, refusal_retries


@scanner(messages="all")
def llm_scanner(
    *,
    question: Question | None = None,
    answer: AnswerSpec | Answer,
    value_to_float: ValueToFloat | None = None,
    template: TemplateSpec = None,
    template_variables: Variables | None = None,
    preprocessor: MessagesPreprocessor[Any] | None = None,
    model: str | Model | None = None,
    model_role: str | None = None,
    cache: bool | CachePolicy | None = None,
    retry_refusals: bool | int = DEFAULT_RETRIES,
    name: str | None = None,
    content: TranscriptContent | None = None,
    context_window: int | None = None,
    timeline: str | None = None,
    compaction: Literal["all", "last"] | int = "all",
    depth: int | None = None,
    reducer: Reducer | None = None,
    nonce: str | None = None,
) -> Scanner[Transcript | TranscriptHandle]:
    """Make a scanner that puts a question about each transcript to a model.

        @scanner(messages="all")
        def deception():
            return llm_scanner(question="Does the assistant deceive the user?", answer="boolean")

    A transcript that is longer than the model can read is judged in segments, whose results are reduced to one. A
    transcript that leaves nothing to ask about has a result without a value, which says why; no model is asked.

    Args:
        question: The question, or a function from the transcript to it. May be left out if the template asks it.
        answer: Kind of answer: "boolean", "numeric", "string", a list of labels, `AnswerMultiLabel`, or
            `AnswerStructured`.
        value_to_float: Makes a number of the value (not of multiple labels).
        template: Prompt in the language of jinja: a pair, the first part with the transcript and the second with the
            question (providers keep the first for other scanners), or one text. Default: a pair of our own.
        template_variables: Variables of the template, or a function from the transcript to them.
        preprocessor: Which messages are rendered and how they are changed before (default: no system messages).
        model: The model (default: that of the scan).
        model_role: Role of the model, bound when scanning.
        cache: Whether answers are kept on disk and read from there, or for how long.
        retry_refusals: How often a model that declines is asked again (True: 3 times).
        name: Name of the scanner in a job, when it is not decorated again.
        content: Content of transcripts that it needs; replaces what its decorator says.
        context_window: Tokens that the model can read (default: what is known of the model).
        timeline: Name of the timeline to read instead of messages; each of its spans has a result of its own.
        compaction: What is read of a conversation that was compacted: "all", the "last" part, or so many last parts.
        depth: Levels of nested spans that are read (default: all).
        reducer: Makes one result of those of several segments; see `ResultReducer`.
        nonce: Code of 8 or more letters and digits that marks what structures the transcript, so that text in it
            cannot pretend to be the end of the transcript or another message. `secrets.token_hex(8)` makes one.

    Raises:
        ConfigError: There is nothing to ask, or a value makes no sense.
    """
    _check(question, template, context_window, compaction)
    if isinstance(answer, AnswerMultiLabel):
        refuse_number(value_to_float)
    message_numbering(preprocessor, nonce=nonce)  # refuses a nonce that is too short
    written = PromptTemplate.of(template, nonce)
    kind = answer_type(answer)
    config = JudgeConfig(
        question=question,
        answer=kind,
        value_to_float=value_to_float,
        template=written,
        template_variables=template_variables,
        preprocessor=preprocessor,
        model=model,
        model_role=model_role,
        generation=GenerateConfig(cache_prompt=True if len(written.parts) == 2 else None, cache=cache),
        retry_refusals=refusal_retries(retry_refusals),
        context_window=context_window,
        timeline=timeline,
        compaction=compaction,
        depth=depth,
        reducer=reducer or _default_reducer(kind),
    )
    whole = callable(question) or callable(template_variables) or timeline is not None
    whole = whole or (content is not None and content.timeline is not None)

    async def scan(input: Transcript | TranscriptHandle) -> Result[Any]:
        return await judge(config, input)

    # What a reducer of the user's makes of the values is not known.
    values = None if reducer else possible_values(config.answer, numbered=value_to_float is not None)
    traits = ScanTraits(
        name=name,
        content=content,
        timeline=timeline is not None,
        streaming=not whole,
        values=values,
        asked=describe_question(config, answer, content),
        models=models_used(config),
    )
    return set_traits(scan, traits)


# What suits the values of an answer, named or made by `answer_type`; `last` for structured answers and the user's own.
_REDUCERS: dict[str, Reducer] = {
    "boolean": ResultReducer.any,
    "number": ResultReducer.mean,
    "text": ResultReducer.llm(),
    "label": ResultReducer.majority,
    "labels": ResultReducer.union,
}


def _default_reducer(kind: Answer) -> Reducer:
    return _REDUCERS[kind.values.kind] if isinstance(kind, TextAnswer) else ResultReducer.last


def _check(
    question: Question | None, template: TemplateSpec, context_window: int | None, compaction: str | int
) -> None:
    if question is None and template is None:
        raise ConfigError("llm_scanner needs a question=, or a template= that asks one.")
    if question is not None and not isinstance(question, str) and not callable(question):  # pyright: ignore[reportUnnecessaryComparison, reportUnnecessaryIsInstance]
        raise ConfigError(f"question is {question!r}; it must be a text, or a function from a transcript to one.")
    if context_window is not None and context_window < 1:
        raise ConfigError(f"context_window is {context_window!r}; it must be a number of tokens, 1 or more.")
    if compaction not in {"all", "last"} and (isinstance(compaction, (str, bool)) or compaction < 1):
        raise ConfigError(f"compaction is {compaction!r}; it must be 'all', 'last', or a number of parts, 1 or more.")
