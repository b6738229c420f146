"""Long texts folded: the beginning, the end and what is around the marked words stay, and it is said how much is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .quotes import Span, merged

LINE_CHARACTERS: Final = 40
"""A line break takes as much room as this many characters."""

_SLACK: Final = 1.25
_AROUND: Final = 120
_SNAP: Final = 24
_SNAP_LINE: Final = 60
_LEAST_LEFT_OUT: Final = 40


@dataclass(frozen=True, slots=True)
class TextPart:
    """A part of a text that is shown.

    Args:
        text: The text ("" where it is left out).
        marked: Whether these are marked words.
        left_out: How many characters are left out here.
    """

    text: str = ""
    marked: bool = False
    left_out: int = 0


def fold(text: str, marks: Sequence[Span], limit: int | None) -> tuple[TextPart, ...]:
    """Fold a text.

    Args:
        text: The text.
        marks: Where the marked words stand, in order.
        limit: Characters that are shown, about (None: all of them). Marked words stay, as far as they fit.

    Returns:
        The text in parts, in order; with what is left out they are the whole text.
    """
    if limit is None or _room(text) <= limit * _SLACK:
        return _parts(text, marks, [(0, len(text))])
    return _parts(text, marks, _without_small_gaps(merged(_kept(text, marks, max(1, limit)))))


def _kept(text: str, marks: Sequence[Span], limit: int) -> list[Span]:
    """Choose what stays: without marks two thirds of it from the beginning, with marks what is around them first."""
    kept: list[Span] = []
    left = limit
    around = min(_AROUND, max(1, limit // 4))
    for start, end in marks:
        span = _start_of_word(text, max(0, start - around)), _end_of_word(text, min(len(text), end + around))
        if (needed := _room(text[span[0] : span[1]])) > left:
            if not kept:
                kept.append((start, min(end, start + limit)))
            break
        kept.append(span)
        left -= needed
    share = left // 4 if marks else left
    head = _end_of_word(text, _reach(text, share * 2 // 3))
    tail = _start_of_word(text, len(text) - _reach(text[::-1], share // 3))
    return [(0, head), *kept, (tail, len(text))]


def _without_small_gaps(kept: Sequence[Span]) -> list[Span]:
    """Show what is hardly longer than saying that it is left out."""
    found: list[Span] = []
    for start, end in kept:
        if found and start - found[-1][1] < _LEAST_LEFT_OUT:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _parts(text: str, marks: Sequence[Span], kept: Sequence[Span]) -> tuple[TextPart, ...]:
    parts: list[TextPart] = []
    place = 0
    for start, end in kept:
        if start > place:
            parts.append(TextPart(left_out=start - place))
        place = start
        for first, last in marks:
            begin, stop = max(first, place), min(last, end)
            if begin < stop:
                parts += [TextPart(text[place:begin])] if begin > place else []
                parts.append(TextPart(text[begin:stop], marked=True))
                place = stop
        parts += [TextPart(text[place:end])] if end > place else []
        place = max(place, end)
    return (*parts, *([TextPart(left_out=len(text) - place)] if place < len(text) else []))


def _room(text: str) -> int:
    return len(text) + LINE_CHARACTERS * text.count("\n")


def _reach(text: str, room: int) -> int:
    """Count the characters from the beginning that fit into some room."""
    place = 0
    while place < len(text):
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        if end - place >= room:
            return place + max(0, room)
        room -= end - place + LINE_CHARACTERS
        place = end + 1
        if room <= 0:
            return min(place, len(text))
    return len(text)


def _end_of_word(text: str, place: int) -> int:
    """Go on to the end of a line, else of a word, if that is near."""
    if (line := text.find("\n", place, place + _SNAP_LINE)) >= 0:
        return line
    if len(text) - place <= _SNAP:
        return len(text)
    return next((end for end in range(place, place + _SNAP) if text[end].isspace()), place)


def _start_of_word(text: str, place: int) -> int:
    """Go back to the start of a line, else of a word, if that is near."""
    if (line := text.rfind("\n", max(0, place - _SNAP_LINE), place)) >= 0:
        return line + 1
    if place <= _SNAP:
        return 0
    return next((start for start in range(place, place - _SNAP, -1) if text[start - 1].isspace()), place)
