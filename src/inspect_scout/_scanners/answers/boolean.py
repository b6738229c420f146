"""Yes or no."""

from __future__ import annotations

import re

from ..._types import PossibleValues
from .contract import ParsedAnswer, TextAnswer, answer_form, not_an_answer
from .markup import CHECKS, strip_closing, strip_markup, strip_opening
from .reading import is_reasoned

_VERDICT = re.compile(r"(yes|no|true|false|y|n)(?!_{0,9}[^\W_]|['\u2019\-]\w)", re.IGNORECASE)
_MEANING = {"yes": True, "true": True, "y": True, "no": False, "false": False, "n": False}
_PUNCTUATION = ".,;:!?()[]-\u2013\u2014\u2026\u3002\"'*_`\ufffd"
# After these words a bare "no" is a verdict; before a noun it may as well praise ("no errors were found").
_GOES_ON = frozenset(
    "it its this that these those the there they their he his she her we i in on at for because since as although"
    " though while given indeed definitely absolutely clearly not".split()
)
_HEDGES = frozenset(
    "maybe perhaps possibly probably unclear unsure uncertain unknown depends depending partially partly partial"
    " somewhat sometimes mostly extent".split()
)
_HEDGING_PAIRS = (" not sure ", " in part ", " kind of ", " sort of ")
_HEDGED_WORDS = 4
_WORD = re.compile(r"[\w'\u2019\-]{1,40}")
_JOINED = r"(?:^|[,.;:!?/|&()\[\]\u2013\u2014\-]|\b(?:and|or|but|also|yet|then|actually|rather|instead)\b)\s*(?:%s)(?![\w'\-])"
_OPPOSITE = {
    True: re.compile(_JOINED % "no|false", re.IGNORECASE),
    False: re.compile(_JOINED % "yes|true", re.IGNORECASE),
}
_TAIL = 100
_MARKS = dict.fromkeys(CHECKS, True) | dict.fromkeys("\u2717\u2718\u274c\u2716\u2612", False)
_MARK = re.compile(f"[{''.join(_MARKS)}]")
_WHOLE = re.compile(r"[\s*_`'\"\u201c(\[]{0,20}(?:yes|no|true|false)[\s*_`'\"\u201d)\].!]{0,20}", re.IGNORECASE)


def _read(text: str) -> ParsedAnswer | str:
    # Check marks and crosses mean yes and no, and must agree with what is said beside them.
    marks = {_MARKS[mark] for mark in _MARK.findall(text)}
    words = _MARK.sub(" ", text) if marks else text
    verdict = next(iter(marks)) if marks and not strip_markup(words) else _read_words(words)
    if verdict is None or marks - {verdict}:
        return not_an_answer(text, "a plain yes or no")
    return ParsedAnswer(verdict, "Yes" if verdict else "No", verdict)


def _is_complete(text: str) -> bool:
    # Another word would contradict the form that was asked for; a comma or a dash says that one comes.
    return _WHOLE.fullmatch(text) is not None or is_reasoned(text)


BOOLEAN = TextAnswer(
    "Here is a question about the transcript above that has yes or no for an answer:",
    answer_form("$VALUE", "either yes or no, and nothing else."),
    PossibleValues("boolean"),
    _read,
    _is_complete,
)
"""Yes or no: the value is True or False, the answer "Yes" or "No"."""


def _read_words(text: str) -> bool | None:
    # From the beginning of a text; None if it hedges, contradicts itself, or says neither.
    text = strip_opening(text)
    match = _VERDICT.match(text)
    if match is None:
        return None
    said = match[1].lower()
    rest = strip_closing(text[match.end() :]).strip()
    verdict = _MEANING[said]
    if rest and (not _goes_on(said, rest) or _hedged(rest) or _contradicted(rest, verdict=verdict)):
        return None
    return verdict


def _goes_on(said: str, rest: str) -> bool:
    # Whether what follows can be the reason for a verdict, so that the first word was one.
    if rest[0] in _PUNCTUATION:
        return True
    word = _WORD.match(rest)
    if word is None or len(said) == 1:
        return False
    follows = word[0].lower()
    return follows != "not" if said == "yes" else follows in _GOES_ON


def _hedged(rest: str) -> bool:
    words = [m[0].lower() for m in _WORD.finditer(rest[: 41 * _HEDGED_WORDS])][:_HEDGED_WORDS]
    return not _HEDGES.isdisjoint(words) or any(pair in f" {' '.join(words)} " for pair in _HEDGING_PAIRS)


def _contradicted(rest: str, *, verdict: bool) -> bool:
    if _OPPOSITE[verdict].search(rest):
        return True
    words = ["", *re.findall(r"\w+", rest[-_TAIL:].lower())]
    opposite_ends = _MEANING.get(words[-1]) is (not verdict) and len(words[-1]) > 1
    # "not true" and "isn't true" agree with "no".
    return opposite_ends and words[-2] not in {"not", "t"}
