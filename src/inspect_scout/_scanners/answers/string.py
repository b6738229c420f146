"""Answers in free text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inspect_ai.model import ModelOutput
from inspect_ai.scorer import ValueToFloat

from ..._types import Result
from .contract import ExtractReferences, answered, unreadable
from .reading import NO_ANSWER, find_answer, storable


@dataclass(frozen=True, slots=True)
class StringAnswer:
    """An answer in free text: the rest of the line."""

    prompt: str = "Here is a question about the transcript above:"
    format: str = (
        "End your reply with a line of its own in this form, without quotes:\n\n"
        "'ANSWER: $TEXT'\n\n"
        "where $TEXT is your whole answer, on that one line."
    )

    def result_for_answer(
        self, output: ModelOutput, extract_references: ExtractReferences, value_to_float: ValueToFloat | None = None
    ) -> Result[Any]:
        """Read a reply: the value is the text, as it stands."""
        text = storable(output.completion)
        found = find_answer(text, free_text=True)
        if found is None:
            return unreadable(text, NO_ANSWER, extract_references)
        return answered(
            found.value,
            found.value,
            found.explanation,
            found.value,
            extract_references=extract_references,
            value_to_float=value_to_float,
        )
