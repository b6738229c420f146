"""One label out of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inspect_ai.model import ModelOutput
from inspect_ai.scorer import ValueToFloat

from ..._types import Result
from .contract import ExtractReferences, Read, Reader, read_text
from .options import Options


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
        return read_text(output, Reader(self._read, self.options.is_complete), extract_references, value_to_float)

    def _read(self, text: str) -> Read | str:
        index = self.options.read_one(text)
        if index is None:
            return self.options.refusal(text, several=False)
        label = self.options.labels[index]
        return Read(self.options.letters[index], label, label)
