"""Citations in text: `[M3]`, `[M2, M5]`, `[M2-M4]`."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping

from inspect_ai.scorer import Reference

_CITED = re.compile(
    r"(?<![A-Za-z0-9_])[Mm]([0-9]{1,9})"
    r"(?:(?:\s*(?:[-\u2010-\u2014]|\.\.)\s*[Mm]?|\s+(?:to|through)\s+[Mm])([0-9]{1,9}))?"
    r"(?![A-Za-z0-9_])"
)


def cited_references(text: str, ids: Mapping[int, str]) -> list[Reference]:
    """Find the messages that a text cites.

    Citations stand between square brackets; a range cites every message in it. Numbers that were never given out are
    passed over, and a message cited twice is listed once, where it is first cited.

    Args:
        text: The text.
        ids: Number of each message that can be cited -> its id.
    """
    issued = sorted(ids)
    found: dict[str, Reference] = {}
    for group in _bracketed(text):
        for citation in _CITED.finditer(group):
            for number in _numbers(citation, issued):
                message_id = ids[number]
                if message_id not in found:
                    found[message_id] = Reference(type="message", cite=f"[M{number}]", id=message_id)
    return list(found.values())


def _bracketed(text: str) -> Iterator[str]:
    # From each closing bracket back to the first opening one before it: one pass, whatever the text.
    start, end = 0, text.find("]")
    while end >= 0:
        opened = text.find("[", start, end)
        if opened >= 0:
            yield text[opened + 1 : end]
        start, end = end + 1, text.find("]", end + 1)


def _numbers(citation: re.Match[str], issued: list[int]) -> list[int]:
    first = int(citation[1])
    last = int(citation[2]) if citation[2] else first
    return issued[bisect_left(issued, min(first, last)) : bisect_right(issued, max(first, last))]
