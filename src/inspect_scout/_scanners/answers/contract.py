"""What every kind of answer offers, and the two results that it can come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Reference, ValueToFloat
from pydantic import JsonValue

from ..._types import Result
from .reading import shown

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


def answered(
    value: Any,
    answer: str | None,
    explanation: str,
    parsed: Any,
    *,
    extract_references: ExtractReferences,
    value_to_float: ValueToFloat | None,
    metadata: dict[str, Any] | None = None,
) -> Result[Any]:
    """Make the result of a reply that was read."""
    return Result(
        value=as_float(value, value_to_float),
        answer=answer,
        explanation=explanation,
        references=extract_references(explanation),
        metadata=metadata,
        parsed=parsed,
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
