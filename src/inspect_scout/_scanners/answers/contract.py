"""What every kind of answer offers, and the two results that it can come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Reference, ValueToFloat
from pydantic import JsonValue

from ..._types import Result
from .reading import NO_ANSWER, find_answer, shown, storable

ExtractReferences: TypeAlias = Callable[[str], list[Reference]]
"""Finds the messages that a text cites."""

PARSE_ERROR = "parse_error"
"""Key in the metadata of a result: why the reply could not be read. Such a result has neither value nor answer."""


class Answer(Protocol):
    """A kind of answer."""

    @property
    def prompt(self) -> str:
        """One line that goes before the question and says what kind of question it is."""
        ...

    @property
    def format(self) -> str:
        """The form that the reply must have."""
        ...

    def result_for_answer(
        self,
        output: ModelOutput,
        extract_references: ExtractReferences,
        value_to_float: ValueToFloat | None = None,
    ) -> Result[Any]:
        """Read a reply.

        Args:
            output: The reply.
            extract_references: Finds the messages that the explanation cites.
            value_to_float: Turns the value into a number. It is not asked when there is no value.

        Returns:
            The result. If the reply cannot be read, its value and answer are None, its explanation is the whole
            reply, and `metadata["parse_error"]` says why.
        """
        ...


@dataclass(frozen=True, slots=True)
class Read:
    """What an answer in text comes to.

    Args:
        value: The value.
        answer: The value as text.
        parsed: The value as Python sees it.
        metadata: What else there is to say.
    """

    value: Any
    answer: str
    parsed: Any
    metadata: dict[str, Any] | None = None


def read_text(
    output: ModelOutput,
    read: Callable[[str], Read | str],
    extract_references: ExtractReferences,
    value_to_float: ValueToFloat | None,
    *,
    free_text: bool = False,
) -> Result[Any]:
    """Make the result of a reply in text.

    Args:
        output: The reply.
        read: Reads what stands after "ANSWER:"; gives the reason, as a sentence, if that is no answer.
        extract_references: Finds the messages that the explanation cites.
        value_to_float: Turns the value into a number.
        free_text: Whether the answer is any text.
    """
    text = storable(output.completion)
    found = find_answer(text, free_text=free_text)
    answer = NO_ANSWER if found is None else read(found.value)
    if found is None or isinstance(answer, str):
        return unreadable(text, str(answer), extract_references)
    return Result(
        value=as_float(answer.value, value_to_float),
        answer=answer.answer,
        explanation=found.explanation,
        references=extract_references(found.explanation),
        metadata=answer.metadata,
        parsed=answer.parsed,
    )


def unreadable(reply: str, reason: str, extract_references: ExtractReferences) -> Result[Any]:
    """Make the result of a reply that could not be read.

    Args:
        reply: The whole reply.
        reason: Why it could not be read, as a sentence.
        extract_references: Finds the messages that the reply cites.
    """
    explanation = reply.strip()
    return Result(
        value=None,
        explanation=explanation,
        references=extract_references(explanation),
        metadata={PARSE_ERROR: reason},
    )


def not_an_answer(value: str, expected: str) -> str:
    """Say why what stands after "ANSWER:" was refused."""
    return f"{shown(value)} after 'ANSWER:' is not {expected}."


def as_float(value: Any, value_to_float: ValueToFloat | None) -> JsonValue:
    """Turn a value into a number, if that is wanted and there is one."""
    found: JsonValue = value if value is None or value_to_float is None else value_to_float(value)
    return found
