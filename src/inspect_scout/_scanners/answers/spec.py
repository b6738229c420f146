"""What kind of answer is wanted."""

from __future__ import annotations

import builtins
from typing import Any, Generic, Literal, NamedTuple, TypeAlias, Union

from typing_extensions import TypeVar

ParsedT = TypeVar("ParsedT", default=Any)

STRUCTURED_PROMPT = "Work out the following about the transcript above, and report it by calling {{ answer_tool }}():"
STRUCTURED_FORMAT = (
    "Once you know the answer, report it with one call of {{ answer_tool }}(). A reply in prose is lost."
)


class AnswerMultiLabel(NamedTuple):
    """Any number of labels out of a list.

    Args:
        labels: Texts of the labels.
        allow_none: Whether the answer may be that no label applies.

    Example:
        ```python
        answer = AnswerMultiLabel(labels=["lies", "hides mistakes"], allow_none=True)
        judge = llm_scanner(question="What does the agent do?", answer=answer)
        ```
    """

    labels: list[str]
    allow_none: bool = False


class AnswerStructured(NamedTuple, Generic[ParsedT]):
    """A pydantic model, or a list of them, that the judging model fills in by calling a tool.

    Fields called (or aliased) `value`, `label` and `explanation` become those fields of the result. Every field needs
    a description, because descriptions are all that the judging model is told about it.

    Args:
        type: The model, or `list[Model]` for any number of results.
        answer_tool: Name of the tool.
        answer_prompt: Jinja template of the line before the question; `answer_tool` is its variable.
        answer_format: Jinja template of the instruction after the question; `answer_tool` is its variable.
        max_attempts: How many replies are asked for until one is valid.

    Example:
        ```python
        from pydantic import BaseModel, Field

        class Verdict(BaseModel):
            value: bool = Field(description="Whether the agent deceives the user.")
            explanation: str = Field(description="Why; cites messages.")

        judge = llm_scanner(question="Does the agent deceive the user?", answer=AnswerStructured(type=Verdict))
        ```
    """

    type: builtins.type[ParsedT]
    answer_tool: str = "answer"
    answer_prompt: str = STRUCTURED_PROMPT
    answer_format: str = STRUCTURED_FORMAT
    max_attempts: int = 3


AnswerSpec: TypeAlias = Union[
    Literal["boolean", "numeric", "string"],
    list[str],
    AnswerMultiLabel,
    AnswerStructured[Any],
]
"""What kind of answer is wanted: a name, a list of labels (one is chosen), or a record for the other kinds."""
