"""Answers in free text."""

from __future__ import annotations

from ..._types import PossibleValues
from .contract import Read, Reader, TextAnswer, form


def _read(text: str) -> Read:
    return Read(text, text, text)


STRING = TextAnswer(
    "Here is a question about the transcript above:",
    form("$TEXT", "your whole answer, on that one line."),
    Reader(_read, free_text=True),
    PossibleValues("text"),
)
"""Free text: the rest of the line, as it stands."""
