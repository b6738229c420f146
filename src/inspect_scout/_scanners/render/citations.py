"""Citations in text: `[M3]`, `[M2, M5]`, `[M2-M4]`, and those among them of messages that were not shown."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from inspect_ai.scorer import Reference

MOST_UNSEEN: Final = 50
"""Citations of messages that were not shown, of one result, that are listed."""

_MOST_DIGITS: Final = 18
_CITED = re.compile(
    r"(?<![A-Za-z0-9_])[Mm]([0-9]++)"
    r"(?:(?:\s*(?:[-\u2010-\u2014]|\.\.)\s*[Mm]?|\s+(?:to|through)\s+[Mm])([0-9]++))?"
    r"(?![A-Za-z0-9_])"
)


class MessageCitations:
    """Finds the messages that a text cites (an `ExtractReferences`), and citations of messages that were not shown.

    Args:
        ids: Number of each message that was shown -> its id, or nothing for a message without one.
    """

    def __init__(self, ids: Mapping[int, str]) -> None:
        self._ids = ids

    def __call__(self, text: str) -> list[Reference]:
        """Find the messages that a text cites.

        Citations stand between square brackets; a range cites every message in it. Numbers that were not shown are
        passed over, and a message cited twice is listed once, where it is first cited.
        """
        found: dict[str, Reference] = {}
        for _, _, between in self._cited_among(text):
            for number in between:
                message_id = self._ids[number]
                if message_id and message_id not in found:
                    found[message_id] = Reference(type="message", cite=f"[M{number}]", id=message_id)
        return list(found.values())

    def unseen(self, text: str) -> list[str]:
        """Find the citations of messages that were not shown, each once, in order; at most `MOST_UNSEEN`.

        Of a range it is what lies before the first and behind the last message in it that was shown: that some between
        them were not is how a range is meant.
        """
        found: dict[str, None] = {}
        for first, last, between in self._cited_among(text):
            for start, end in [(first, between[0] - 1), (between[-1] + 1, last)] if between else [(first, last)]:
                if start <= end:
                    found[f"[M{start}]" if start == end else f"[M{start}-M{end}]"] = None
            if len(found) >= MOST_UNSEEN:
                break
        return list(found)[:MOST_UNSEEN]

    def among(self, numbers: Iterable[int]) -> MessageCitations:
        """Make one for a text whose author was shown only some of these messages."""
        return MessageCitations({number: self._ids[number] for number in numbers if number in self._ids})

    def _cited_among(self, text: str) -> Iterator[tuple[int, int, list[int]]]:
        shown = sorted(self._ids) if "[" in text else []
        for first, last in _cited(text):
            yield first, last, shown[bisect_left(shown, first) : bisect_right(shown, last)]


def cited_numbers(text: str) -> set[int]:
    """List the numbers that a text cites; of ranges, the first and the last."""
    return {number for ends in _cited(text) for number in ends}


def _cited(text: str) -> Iterator[tuple[int, int]]:
    for group in _bracketed(text):
        for citation in _CITED.finditer(group):
            first = _number(citation[1])
            last = _number(citation[2]) if citation[2] else first
            yield min(first, last), max(first, last)


def _bracketed(text: str) -> Iterator[str]:
    # From each closing bracket back to the first opening one before it: one pass, whatever the text.
    start, end = 0, text.find("]")
    while end >= 0:
        opened = text.find("[", start, end)
        if opened >= 0:
            yield text[opened + 1 : end]
        start, end = end + 1, text.find("]", end + 1)


def _number(digits: str) -> int:
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS
