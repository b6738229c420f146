"""Any number of labels out of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inspect_ai.model import ModelOutput
from inspect_ai.scorer import ValueToFloat

from ..._support.errors import NotAvailableError
from ..._types import Result
from .contract import ExtractReferences, answered, unreadable
from .options import Chosen, Options
from .reading import NO_ANSWER, bare, find_answer, storable

UNKNOWN_LABELS = "unknown_labels"
"""Key in the metadata of a result: letters in the answer that stand for no label, and were left out."""


@dataclass(frozen=True, slots=True)
class MultiLabelsAnswer:
    """Any number of labels out of a list.

    Args:
        options: The labels.
        allow_none: Whether the answer may be that no label applies.
    """

    options: Options
    allow_none: bool = False
    prompt: str = "Here is a question about the transcript above; several of the choices may be right:"

    @property
    def format(self) -> str:
        """The form that the reply must have, with the labels."""
        text = (
            "End your reply with a line of its own in this form, without quotes:\n\n"
            "'ANSWER: $LETTERS'\n\n"
            "where $LETTERS is every letter that applies, with commas between them, out of "
            f"{','.join(self.options.letters)}, which stand for:\n{self.options.listing}"
        )
        return f"{text}\n\nWrite 'ANSWER: NONE' if not one of them applies." if self.allow_none else text

    def result_for_answer(
        self, output: ModelOutput, extract_references: ExtractReferences, value_to_float: ValueToFloat | None = None
    ) -> Result[Any]:
        """Read a reply: the value is the list of label texts, the answer the line as it was written.

        Raises:
            NotAvailableError: If a number is wanted: a list of labels has none.
        """
        if value_to_float is not None:
            raise NotAvailableError("value_to_float for AnswerMultiLabel", "Leave it out, or ask for a single label.")
        text = storable(output.completion)
        found = find_answer(text)
        if found is None:
            return unreadable(text, NO_ANSWER, extract_references)
        chosen = self._chosen(found.value)
        if chosen is None:
            return unreadable(text, self.options.refusal(found.value, several=True), extract_references)
        labels = [self.options.labels[index] for index in chosen.indexes]
        return answered(
            labels,
            found.value,
            found.explanation,
            labels,
            extract_references=extract_references,
            value_to_float=None,
            metadata={UNKNOWN_LABELS: list(chosen.unknown)} if chosen.unknown else None,
        )

    def _chosen(self, text: str) -> Chosen | None:
        if self.allow_none and bare(text).casefold() == "none":
            return Chosen(())
        return self.options.read_many(text)
