"""Any number of labels out of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inspect_ai.model import ModelOutput
from inspect_ai.scorer import ValueToFloat

from ..._support.errors import ConfigError
from ..._types import Result
from .contract import ExtractReferences, Read, Reader, read_text
from .decoration import bare
from .options import Chosen, Options

UNKNOWN_LABELS = "unknown_labels"
"""Key in the metadata of a result: letters in the answer that stand for no label, and were left out."""


class LabelsAreNoNumberError(ConfigError, NotImplementedError):
    """A number was asked for of a list of labels."""


def refuse_number(value_to_float: ValueToFloat | None) -> None:
    """Refuse to make a number of labels.

    Raises:
        ConfigError: One is wanted.
    """
    if value_to_float is not None:
        raise LabelsAreNoNumberError(
            "value_to_float cannot be used with AnswerMultiLabel: a list of labels is no number. Leave it out, or ask "
            "for a single label."
        )


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
            ConfigError: A number is wanted.
        """
        refuse_number(value_to_float)
        return read_text(output, Reader(self._read, self._is_none, many=True), extract_references, None)

    def _read(self, text: str) -> Read | str:
        chosen = self._chosen(text)
        if chosen is None:
            return self.options.refusal(text, several=True)
        labels = [self.options.labels[index] for index in chosen.indexes]
        return Read(labels, text, labels, {UNKNOWN_LABELS: list(chosen.unknown)} if chosen.unknown else None)

    def _chosen(self, text: str) -> Chosen | None:
        if self._is_none(text):
            return Chosen(())
        return self.options.read_many(text)

    def _is_none(self, text: str) -> bool:
        return self.allow_none and bare(text).casefold() == "none"
