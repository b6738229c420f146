"""What a judging model is asked, and how."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from inspect_ai.model import GenerateConfig, Model
from inspect_ai.scorer import ValueToFloat

from ..._types import Transcript
from ..answers.contract import Answer
from ..render.thread import MessagesPreprocessor
from .prompt import PromptTemplate
from .reduce import Reducer

Question: TypeAlias = str | Callable[[Transcript], Awaitable[str] | str]
"""A question, or a function from a transcript to one."""

Variables: TypeAlias = Mapping[str, Any] | Callable[[Transcript], Awaitable[Mapping[str, Any]] | Mapping[str, Any]]
"""Variables of a template, or a function from a transcript to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a judging model is asked, and how.

    Args:
        question: The question (None: the template asks it).
        answer: Kind of answer.
        listed: Whether the answer is a list of results.
        value_to_float: Makes a number of the value.
        template: The prompt.
        template_variables: Further variables of the template.
        preprocessor: What of the messages is rendered.
        model: The model (None: that of the scan).
        model_role: Role of the model.
        config: Generation options.
        retry_refusals: How often a model that declines is asked again.
        context_window: Tokens that the model can read (None: what is known of it).
        timeline: Name of the timeline that is read.
        compaction: What is read of a compacted conversation.
        depth: Levels of spans that are read.
        reducer: Makes one result of several.
    """

    question: Question | None
    answer: Answer
    listed: bool
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
