"""Answers in free text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inspect_ai.model import ModelOutput
from inspect_ai.scorer import ValueToFloat

from ..._types import Result
from .contract import ExtractReferences, Read, Reader, read_text


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
        return read_text(output, _READER, extract_references, value_to_float)


def _read(text: str) -> Read:
    return Read(text, text, text)


_READER = Reader(_read, free_text=True)
