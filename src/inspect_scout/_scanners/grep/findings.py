"""What a search found, as a result."""

from __future__ import annotations

import re
from typing import Any, Literal

from inspect_ai.scorer import Reference

from ..._types import Result
from .patterns import PatternGroup, Searched

_CONTEXT = 50
_LONGEST_MATCH = 1000
# A search for nearly everything must not fill the memory with excerpts that nobody reads.
_MOST_LINES = 10_000


class Findings:
    """Counts the matches of a group of patterns and keeps excerpts of them.

    Args:
        group: The patterns.
        max_matches: Excerpts to keep.
    """

    def __init__(self, group: PatternGroup, max_matches: int | None) -> None:
        self._group = group
        self._max_lines = _MOST_LINES if max_matches is None else max_matches
        self._count = 0
        self._lines: list[str] = []
        self._references: list[Reference] = []

    def search(self, searched: Searched, kind: Literal["message", "event"], number: int, item_id: str) -> None:
        """Look for the patterns in the text of a message or an event."""
        cite = f"[{'M' if kind == 'message' else 'E'}{number}]"
        before = self._count
        for pattern in self._group.patterns:
            for match in pattern.matches(searched):
                self._count += 1
                if len(self._lines) < self._max_lines:
                    self._lines.append(f"{cite}: {_excerpt(match)}")
        if self._count > before:
            self._references.append(Reference(type=kind, cite=cite, id=item_id))

    def result(self) -> Result[Any]:
        """Return the number of matches, with excerpts."""
        lines = self._lines
        if self._count > len(lines):
            lines = [*lines, f"... and {self._count - len(lines)} more"]
        return Result(
            value=self._count,
            explanation="\n".join(lines) if lines else None,
            references=self._references,
            label=self._group.label,
        )


def _excerpt(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    before = text[max(0, start - _CONTEXT) : start]
    found = text[start : min(end, start + _LONGEST_MATCH)]
    after = text[end : end + _CONTEXT]
    excerpt = (
        f"{'...' if start > _CONTEXT else ''}{before}"
        f"**{found}{'...' if end - start > _LONGEST_MATCH else ''}**"
        f"{after}{'...' if end + _CONTEXT < len(text) else ''}"
    )
    # Halves of surrogate pairs, which a log can hold, cannot be stored as text.
    return excerpt.replace("\n", " ").encode("utf-8", "replace").decode()
