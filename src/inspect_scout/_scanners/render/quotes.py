"""The words of a message that an explanation quotes, found again in that message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

Span = tuple[int, int]
"""Where words stand in a text: from, to."""

_MOST_CHARACTERS: Final = 1000
_LEAST_CHARACTERS: Final = 2
_SEARCHED_CHARACTERS: Final = 100_000
_SEARCHED_TEXT_CHARACTERS: Final = 2_000_000
_MOST_QUOTES: Final = 50
_MOST_SPANS: Final = 200

# What explanations quote: in quotation marks, as code, or, in excerpts of searches, in bold. Apostrophes end no quote.
_QUOTED: Final = re.compile(
    rf"\*\*(.{{1,{_MOST_CHARACTERS}}}?)\*\*"
    rf'|"([^"]{{0,{_MOST_CHARACTERS}}})"'
    rf"|\u201c([^\u201d]{{1,{_MOST_CHARACTERS}}})\u201d"
    rf"|\u00ab([^\u00bb]{{1,{_MOST_CHARACTERS}}})\u00bb"
    rf"|`([^`]{{1,{_MOST_CHARACTERS}}})`"
    rf"|(?<!\w)'([^\n]{{4,{_MOST_CHARACTERS}}}?)'(?!\w)"
    rf"|(?<!\w)\u2018([^\n]{{4,{_MOST_CHARACTERS}}}?)\u2019(?!\w)",
    re.DOTALL,
)
_ELLIPSIS: Final = re.compile(r"\.{3,}|\u2026|\[\u2026\]|\[\.{3}\]")
_ENDS: Final = " .,;:!?"
# A judge types other quotation marks and dashes than the text has.
_ALIKE: Final = {
    character: f"[{alike}]"
    for alike in ("'\u2018\u2019", '"\u201c\u201d', "\\-\u2010\u2011\u2012\u2013\u2014")
    for character in alike.removeprefix("\\")
}


def quoted_words(text: str) -> list[str]:
    """List what a text quotes, each once; of a quote with an ellipsis, what stands before and behind it."""
    found: dict[str, None] = {}
    for match in _QUOTED.finditer(text[:_SEARCHED_CHARACTERS]):
        quote = next(group for group in match.groups() if group is not None)
        for part in _ELLIPSIS.split(quote):
            words = " ".join(part.split()).rstrip(_ENDS)
            if len(words) >= _LEAST_CHARACTERS and any(map(str.isalnum, words)):
                found[words] = None
        if len(found) >= _MOST_QUOTES:
            break
    return list(found)[:_MOST_QUOTES]


def find_words(text: str, words: Iterable[str]) -> list[Span]:
    """Find words in a text, whatever its case, its line breaks and the shape of its quotation marks.

    Args:
        text: The text.
        words: What to look for.

    Returns:
        Where they stand, in order; what overlaps or touches is one.
    """
    spans: list[Span] = []
    for each in words:
        for match in _pattern(each).finditer(text, 0, _SEARCHED_TEXT_CHARACTERS):
            spans.append(match.span())
            if len(spans) >= _MOST_SPANS:
                return merged(spans)
    return merged(spans)


def _pattern(words: str) -> re.Pattern[str]:
    parts = ["".join(_ALIKE.get(character, re.escape(character)) for character in word) for word in words.split()]
    return re.compile(r"\s+".join(parts), re.IGNORECASE)


def merged(spans: Sequence[Span]) -> list[Span]:
    """Put spans in order; those that overlap or touch become one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
