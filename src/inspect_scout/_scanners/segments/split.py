"""One message that does not fit into a segment -> parts that do, each with its label and a note."""

from __future__ import annotations

from typing import Final

from .budget import Sizing
from .rendering import Shown

MAX_LABEL_CHARACTERS: Final = 200
"""Longest first line (`[M3] USER:`) that is repeated over each part."""

_FIRST_GUESS: Final = 3
_AIM: Final = 0.95


async def split(shown: Shown, sizing: Sizing, mark: str) -> list[tuple[Shown, int]]:
    """Split a message into parts that fit.

    Each part begins with the message's first line, by which it is cited, and a note: `[part 2 of 3]`, with the nonce if
    there is one. Parts end where a line or a word does, if one does so near enough.

    Returns:
        Each part and its tokens, in order. Only if not even one character fits is a part larger than the budget.
    """
    opening, body, cost = await _opening(shown.text, sizing, mark)
    pieces = await cut(body, sizing, sizing.budget - cost)
    parts: list[tuple[Shown, int]] = []
    for place, (piece, count) in enumerate(pieces, 1):
        text = piece if piece.endswith("\n") or not opening else f"{piece}\n"
        text = opening.format(place, len(pieces)) + text
        parts.append((Shown(shown.message, text), count + cost))
    return parts


async def _opening(text: str, sizing: Sizing, mark: str) -> tuple[str, str, int]:
    """Choose what stands over each part (a format of part and number of parts), the rest of the text, and its tokens."""
    label, line_break, body = text.partition("\n")
    note = f"[part {{}} of {{}}{mark}]\n"
    candidates = [(note, text)]
    if line_break and len(label) <= MAX_LABEL_CHARACTERS:
        candidates.insert(0, (label.replace("{", "{{").replace("}", "}}") + "\n" + note, body))
    for opening, rest in candidates:
        (cost,) = await sizing.counter.count([opening.format(99999, 99999)])
        # A line break may be needed at the end, and tokens may be counted otherwise where texts meet.
        if cost + 2 <= sizing.budget // 2:
            return opening, rest, cost + 2
    return "", text, 0


async def cut(text: str, sizing: Sizing, room: int) -> list[tuple[str, int]]:
    """Cut a text into pieces of at most `room` tokens; together they are the text."""
    pieces: list[tuple[str, int]] = []
    start, per_token = 0, float(_FIRST_GUESS)
    while start < len(text):
        length = max(1, int(room * per_token * _AIM))
        grown = False
        while True:
            end = _boundary(text, start, start + length)
            piece = text[start:end]
            (count,) = await sizing.counter.count([piece])
            if count > room and end - start > 1:
                length = max(1, min(int((end - start) * room / count * _AIM), end - start - 1))
                grown = True
            elif count * 2 < room and end < len(text) and not grown:
                # Once: a text that changes its kind here would otherwise be tried again and again.
                length = max(length + 1, int((end - start) * room / count * _AIM))
                grown = True
            else:
                break
        pieces.append((piece, count))
        start, per_token = end, (end - start) / count
    return pieces


def _boundary(text: str, start: int, end: int) -> int:
    """Find where a piece that may go up to `end` ends: behind a line or a word in its last eighth, if one ends there."""
    if end >= len(text):
        return len(text)
    earliest = max(start + 1, end - (end - start) // 8)
    for separator in "\n ":
        place = text.rfind(separator, earliest - 1, end)
        if place >= 0:
            return place + 1
    return end
