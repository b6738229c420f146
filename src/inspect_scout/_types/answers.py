"""Which values a scanner can give, as far as it says so itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class PossibleValues:
    """Which values the results of a scanner can have.

    Args:
        kind: "boolean"; "number"; "text"; "label" (one of `labels`); "labels" (a list of some of them).
        labels: The labels.
        letters: What each label is called in values, if not by its text.
        numbered: Whether a function of the user's makes numbers of the values.
    """

    kind: Literal["boolean", "number", "text", "label", "labels"]
    labels: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    numbered: bool = False

    def __str__(self) -> str:
        """Say it in words, for messages."""
        letters = [f" ({letter})" for letter in self.letters] or [""] * len(self.labels)
        shown = [f"{label!r}{letter}" for label, letter in zip(self.labels[:20], letters)]
        listed = ", ".join(shown) + (f" and {len(self.labels) - 20} more" if len(self.labels) > 20 else "")
        words = {
            "boolean": "True or False (yes or no)",
            "number": "numbers",
            "text": "text",
            "label": f"one of the labels {listed}",
            "labels": f"lists of the labels {listed}",
        }
        return words[self.kind] + (", as numbers" if self.numbered else "")
