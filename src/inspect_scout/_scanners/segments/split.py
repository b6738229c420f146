"""One message that does not fit into a segment -> parts that do, each with its label and a note."""

from __future__ import annotations

from typing import Final

from .budget import TokenBudget
from .counting import TokenCounter
from .rendering import MessageText

MAX_LABEL_CHARACTERS: Final = 200
"""Longest first line (`[M3] USER:`) that is repeated over each part."""

_FIRST_GUESS: Final = 3
_AIM: Final = 0.95


async def split(shown: MessageText, budget: TokenBudget, mark: str) -> list[tuple[MessageText, int]]:
    """Split a message into parts that fit.

    Each part begins with the message's first line, by which it is cited, and a note: `[part 2 of 3]`, with the nonce if
    there is one. Parts end where a line or a word does, if one does so near enough.

    Returns:
        Each part and its tokens, in order. Only if not even one character fits is a part larger than the budget.
    """
    opening, body, cost = await _opening(shown.text, budget, mark)
    texts = await cut(body, budget.counter, budget.tokens - cost)
    parts: list[tuple[MessageText, int]] = []
    for place, (part, count) in enumerate(texts, 1):
        text = part if part.endswith("\n") or not opening else f"{part}\n"
        text = opening.format(place, len(texts)) + text
        parts.append((MessageText(shown.message, text), count + cost))
    return parts


async def _opening(text: str, budget: TokenBudget, mark: str) -> tuple[str, str, int]:
    """Choose what stands over each part (a format of part and number of parts), the rest of the text, and its tokens."""
    label, line_break, body = text.partition("\n")
    note = f"[part {{}} of {{}}{mark}]\n"
    candidates = [(note, text)]
    if line_break and len(label) <= MAX_LABEL_CHARACTERS:
        candidates.insert(0, (label.replace("{", "{{").replace("}", "}}") + "\n" + note, body))
    for opening, rest in candidates:
        (cost,) = await budget.counter.count([opening.format(99999, 99999)])
        # A line break may be needed at the end, and tokens may be counted otherwise where texts meet.
        if cost + 2 <= budget.tokens // 2:
            return opening, rest, cost + 2
    return "", text, 0


async def cut(text: str, counter: TokenCounter, most: int) -> list[tuple[str, int]]:
    """Cut a text into parts of at most `most` tokens; together they are the text."""
    parts: list[tuple[str, int]] = []
    start, per_token = 0, float(_FIRST_GUESS)
    while start < len(text):
        length = max(1, int(most * per_token * _AIM))
        grown = False
        while True:
            end = _boundary(text, start, start + length)
            part = text[start:end]
            (count,) = await counter.count([part])
            if count > most and end - start > 1:
                length = max(1, min(int((end - start) * most / count * _AIM), end - start - 1))
                grown = True
            elif count * 2 < most and end < len(text) and not grown:
                # Once: a text that changes its kind here would otherwise be tried again and again.
                length = max(length + 1, int((end - start) * most / count * _AIM))
                grown = True
            else:
                break
        parts.append((part, count))
        start, per_token = end, (end - start) / count
    return parts


def _boundary(text: str, start: int, end: int) -> int:
    """Find where a part that may go up to `end` ends: behind a line or a word in its last eighth, if one ends there."""
    if end >= len(text):
        return len(text)
    earliest = max(start + 1, end - (end - start) // 8)
    for separator in "\n ":
        place = text.rfind(separator, earliest - 1, end)
        if place >= 0:
            return place + 1
    return end
