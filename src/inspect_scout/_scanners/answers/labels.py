"""One label out of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inspect_ai.model import ModelOutput
from inspect_ai.scorer import ValueToFloat

from ..._types import Result
from .contract import ExtractReferences, answered, unreadable
from .options import Options
from .reading import NO_ANSWER, find_answer, storable


@dataclass(frozen=True, slots=True)
class LabelsAnswer:
    """One label out of a list.

    Args:
        options: The labels.
    """

    options: Options
    prompt: str = "Here is a question about the transcript above with a choice of answers:"

    @property
    def format(self) -> str:
        """The form that the reply must have, with the labels."""
        return (
            "End your reply with a line of its own in this form, without quotes:\n\n"
            "'ANSWER: $LETTER'\n\n"
            f"where $LETTER is exactly one of {','.join(self.options.letters)}, which stand for:\n{self.options.listing}"
        )

    def result_for_answer(
        self, output: ModelOutput, extract_references: ExtractReferences, value_to_float: ValueToFloat | None = None
    ) -> Result[Any]:
        """Read a reply: the value is the letter, the answer the text of the label."""
        text = storable(output.completion)
        found = find_answer(text)
        if found is None:
            return unreadable(text, NO_ANSWER, extract_references)
        index = self.options.read_one(found.value)
        if index is None:
            return unreadable(text, self.options.refusal(found.value, several=False), extract_references)
        label = self.options.labels[index]
        return answered(
            self.options.letters[index],
            label,
            found.explanation,
            label,
            extract_references=extract_references,
            value_to_float=value_to_float,
        )
