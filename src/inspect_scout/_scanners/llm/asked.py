"""What the judging scanner asks, for the record: enough to tell whether two verdicts answer the same question."""

from __future__ import annotations

import inspect
import textwrap
from types import FunctionType
from typing import Any

from ..._types import TranscriptContent
from ..answers.contract import Answer
from ..answers.spec import AnswerMultiLabel, AnswerSpec, AnswerStructured
from ..answers.structured import StructuredAnswer
from ..declare.config import REVISION, Asked, ModelUse, hashed
from ..declare.params import closed_over, recorded_value
from .judge import JudgeConfig, Question
from .reduce import LlmReducer, Reducer

# Arguments that are described here, and those that decide nothing about what a sound result is.
_COVERS = frozenset(
    "question answer template template_variables preprocessor content timeline compaction depth"
    " model model_role cache name nonce".split()
)


def describe_question(config: JudgeConfig, answer: AnswerSpec | Answer, content: TranscriptContent | None) -> Asked:
    """Describe what a judging scanner asks, with the answer and the content as its author gave them."""
    kind, template = _answer(answer, config.answer), hashed(list(config.template.parts))
    shown = [config.preprocessor, content, config.timeline, config.compaction, config.depth]
    reducer = _own_reducer(config.reducer)
    # A nonce is another one each time; what matters is whether there is one.
    parts = [
        REVISION,
        config.question if isinstance(config.question, str) else recorded_value(config.question),
        [kind, config.answer.prompt, config.answer.format, _tool(config.answer)],
        [template, recorded_value(config.template_variables), config.template.nonce is not None],
        [recorded_value(each) for each in shown],
        reducer,
    ]
    return Asked(
        _question(config.question), kind, template, hashed(parts), _COVERS if reducer is None else _COVERS | {"reducer"}
    )


def models_used(config: JudgeConfig) -> ModelUse:
    """Say which model a judging scanner calls."""
    if config.model is not None:
        return ModelUse("own", recorded_value(config.model))
    return ModelUse("default") if config.model_role is None else ModelUse("role", config.model_role)


def models_named(config: JudgeConfig) -> list[str]:
    """List the names of models that a judging scanner brings itself, that of its reducer included."""
    given = (config.model, config.reducer.model if isinstance(config.reducer, LlmReducer) else None)
    return [model for model in given if isinstance(model, str)]


def _own_reducer(reducer: Reducer) -> Any:
    """Describe one of Scout's reducers, which may ask a model; None for others, which are code like any."""
    if not isinstance(reducer, FunctionType) or not reducer.__module__.startswith("inspect_scout."):
        return None
    return [reducer.__qualname__, *(recorded_value(value) for value in closed_over(reducer))]


def _question(question: Question | None) -> str | None:
    if question is None or isinstance(question, str):
        return question
    try:
        return textwrap.dedent(inspect.getsource(question)).strip()
    except (OSError, TypeError):
        return getattr(question, "__qualname__", type(question).__qualname__)


def _answer(given: AnswerSpec | Answer, kind: Answer) -> Any:
    if isinstance(given, str):
        return given
    if isinstance(given, AnswerMultiLabel):
        return {"labels": list(given.labels), "allow_none": bool(given.allow_none)}
    if isinstance(given, AnswerStructured):
        return {"structured": getattr(given.type, "__name__", str(given.type)), "tool": given.answer_tool}
    if isinstance(given, list | tuple):
        return list(given)
    return {"kind": type(kind).__qualname__}


def _tool(kind: Answer) -> Any:
    if not isinstance(kind, StructuredAnswer):
        return None if type(kind).__module__.startswith("inspect_scout.") else recorded_value(type(kind))
    return [kind.schema.tool.model_dump(mode="json", exclude_none=True), kind.schema.many]
