"""Which messages are shown as evidence, and how much of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..._scanners import PlainItem, estimate_tokens, find_words, fold, quoted_words
from ..._support.errors import ConfigError
from .records import Citation, Evidence, ItemKind, Passage, ScannedInput, Shown, TranscriptFacts, Verdict

CITED_CHARACTERS = 2400
"""Characters of a cited message that are shown, about, where it is folded."""

OTHER_CHARACTERS = 600
DEFAULT_CONTEXT = 1
_LEAST_CHARACTERS = 40
_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class _Item:
    kind: ItemKind
    number: int
    plain: PlainItem
    cites: tuple[str, ...] | None
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def is_cited(self) -> bool:
        return self.cites is not None


def make_evidence(
    facts: TranscriptFacts, kind: str, verdicts: tuple[Verdict, ...], read: ScannedInput, shown: Shown
) -> Evidence:
    """Choose what is shown of what a scanner was given.

    Args:
        facts: What the transcript is.
        kind: What was given.
        verdicts: What was said of it.
        read: The messages and events.
        shown: What is wanted.
    """
    citations = [citation for verdict in verdicts for citation in verdict.citations]
    said = [text for verdict in verdicts for text in (verdict.explanation, verdict.answer) if text]
    passages, dropped = choose_passages(read.messages, read.events, citations, said, shown)
    return Evidence(
        transcript=facts,
        input=kind,
        verdicts=verdicts,
        passages=passages,
        messages=len(read.messages),
        events=len(read.events),
        dropped=dropped,
        remarks=read.remarks,
    )


def refuse_missing_messages(shown: Shown, found: Sequence[Evidence]) -> None:
    """Refuse to show a message that no input has; nothing is refused where messages could not be read.

    Raises:
        ConfigError: None of the inputs has it.
    """
    most = max((evidence.messages for evidence in found), default=0)
    for first, last in shown.ranges:
        if most and last > most:
            raise ConfigError(f"There is no message M{max(first, most + 1)}: messages are M1 to M{most}.")


def choose_passages(
    messages: Sequence[PlainItem],
    events: Sequence[PlainItem],
    citations: Sequence[Citation],
    said: Iterable[str],
    shown: Shown,
) -> tuple[tuple[Passage, ...], int]:
    """Choose what is shown, mark the words that are quoted, and fold what is long.

    Args:
        messages: All messages.
        events: All events.
        citations: What is cited.
        said: Explanations, whose quotes are marked where they are cited from.
        shown: What is wanted.

    Returns:
        What is shown, and how many messages did not fit into the budget.
    """
    items = [*_items("message", messages, citations), *_items("event", events, citations)]
    chosen = _chosen(items, shown)
    words = [word for text in said for word in quoted_words(text)]
    marked = [replace(i, marks=tuple(find_words(i.plain.text, words))) if i.is_cited else i for i in chosen]
    if shown.budget is not None:
        return _within_budget(marked, shown.budget)
    if shown.full:
        return tuple(_passage(item, None) for item in marked), 0
    limits = {True: CITED_CHARACTERS, False: OTHER_CHARACTERS}
    # What is asked for by its number is looked at, whether it is cited or not.
    return tuple(_passage(item, limits[item.is_cited or bool(shown.ranges)]) for item in marked), 0


def _items(kind: ItemKind, plain: Sequence[PlainItem], citations: Sequence[Citation]) -> list[_Item]:
    cites: dict[str, dict[str, None]] = {}
    for citation in citations:
        if citation.kind == kind:
            cites.setdefault(citation.id, {})[citation.cite] = None
    counted = Counter(item.id for item in plain)
    items: list[_Item] = []
    for number, item in enumerate(plain, 1):
        own = cites.get(item.id) if item.id else None
        # Of several messages with one id, which foreign logs contain, the citation says by its number which is meant.
        if own is not None and counted[item.id] > 1 and not {f"[{item.cite}]", ""} & own.keys():
            own = None if any(f"[{p.cite}]" in own for p in plain if p.id == item.id) else own
        items.append(_Item(kind, number, item, None if own is None else tuple(own)))
    return items


def _chosen(items: Sequence[_Item], shown: Shown) -> list[_Item]:
    if shown.ranges:
        return [i for i in items if i.kind == "message" and any(a <= i.number <= b for a, b in shown.ranges)]
    cited = [item for item in items if item.is_cited]
    if shown.every or not (cited or shown.cited_only):
        return list(items)
    context = shown.context if shown.context is not None else 0 if shown.cited_only else DEFAULT_CONTEXT
    near = {(c.kind, number) for c in cited for number in range(c.number - context, c.number + context + 1)}
    return [item for item in items if (item.kind, item.number) in near]


def _passage(item: _Item, limit: int | None) -> Passage:
    other = tuple(cite for cite in item.cites or () if cite and cite != f"[{item.plain.cite}]")
    parts = fold(item.plain.text, item.marks, limit)
    return Passage(item.kind, item.number, item.plain.id, item.plain.who, item.is_cited, other, parts)


def _within_budget(items: Sequence[_Item], budget: int) -> tuple[tuple[Passage, ...], int]:
    """Fold messages until all fit, those that are cited last; leave out what still does not."""
    whole = tuple(_passage(item, None) for item in items)
    if _tokens(whole) <= budget:
        return whole, 0
    kept = _by_importance(items)
    while kept:
        made = _folded(items, kept, budget)
        if made is not None:
            return made, len(items) - len(made)
        kept = kept[: len(kept) * 3 // 4] if len(kept) > 1 else []
    return (), len(items)


def _by_importance(items: Sequence[_Item]) -> list[_Item]:
    """Order messages: those that are cited, then those that are near to one."""
    cited = [item.number for item in items if item.is_cited] or [0]
    return sorted(items, key=lambda item: (not item.is_cited, min(abs(item.number - n) for n in cited), item.number))


def _folded(items: Sequence[_Item], kept: Sequence[_Item], budget: int) -> tuple[Passage, ...] | None:
    """Show these messages as whole as the budget allows; None if they do not fit."""
    names = {(item.kind, item.number) for item in kept}
    chosen = [item for item in items if (item.kind, item.number) in names]
    longest = max(len(item.plain.text) for item in chosen)

    def made(limit: int) -> tuple[Passage, ...]:
        return tuple(_passage(i, limit if i.is_cited else max(_LEAST_CHARACTERS, limit // 4)) for i in chosen)

    best, low, high = made(_LEAST_CHARACTERS), _LEAST_CHARACTERS, max(longest * 4, _LEAST_CHARACTERS)
    if _tokens(best) > budget:
        return None
    for _ in range(_ROUNDS):
        limit = (low + high) // 2
        if _tokens(tried := made(limit)) <= budget:
            best, low = tried, limit
        else:
            high = limit
    return best


def _tokens(passages: Iterable[Passage]) -> int:
    texts = ("".join(f"[... {p.left_out} ...]" if p.left_out else p.text for p in each.parts) for each in passages)
    return sum(estimate_tokens(text) + 8 for text in texts)
