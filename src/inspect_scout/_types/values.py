"""What values of results can be, what they say, and what they cite. Loads nothing heavy: lists of scans count results as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from .._support.shapes import is_list, is_mapping

if TYPE_CHECKING:
    from .result import Result

UNSEEN_CITATIONS: Final = "unseen_citations"
"""Key in the metadata of a result: citations of messages that the model was not shown, as it wrote them."""

_RESULTSET = "resultset"


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


def is_positive(value: Any) -> bool:
    """Tell whether a value says that something was found: not False, None, 0, "", "none", {} or []."""
    if isinstance(value, str):
        return bool(value) and value.lower() != "none"
    return bool(value)


def unseen_in(metadata: object) -> list[str]:
    """List the citations that the metadata of a result tell to be of messages that were not shown."""
    cited = metadata.get(UNSEEN_CITATIONS) if is_mapping(metadata) else None
    return [str(cite) for cite in cited] if is_list(cited) else []


def unseen_citations(result: Result[Any] | None) -> list[str]:
    """List the citations of a result, and of the items of a resultset, that name messages which were not shown."""
    if result is None:
        return []
    cited = unseen_in(result.metadata)
    if result.type == _RESULTSET and is_list(result.value):
        cited += [cite for item in result.value if is_mapping(item) for cite in unseen_in(item.get("metadata"))]
    return list(dict.fromkeys(cited))


def explanation_of(value: object, value_type: str | None, explanation: str | None) -> str | None:
    """Give the explanation of a result; of a list of results those of its items, with their labels."""
    if explanation or value_type != _RESULTSET or not is_list(value):
        return explanation
    said = [(item.get("label"), item.get("explanation")) for item in value if is_mapping(item)]
    return "; ".join(f"{label}: {text}" if label else str(text) for label, text in said if text) or None
