"""Finding the answer in the text of a reply.

The last line that begins with "ANSWER:" decides. Only a reply without such a line is searched for "answer:" inside
its lines, so that prose ("my answer: it depends") and quotes from a transcript do not override what the model put
where it was told to. All patterns have bounded repeats: a reply of any size is read in one pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NO_ANSWER = "The reply has no line 'ANSWER: ...' with something after the colon."

_COLON = r"(?P<close>[ \t*_`]{0,10})[:\uff1a]"
_LINE = re.compile(
    r"^[ \t>#~\-\u2022]{0,20}(?P<open>[*_`'\"\u201c\u2018(\[]{0,6})[ \t]{0,4}"
    r"(?:(?:(?:the|my)[ \t]{1,4})?final[ \t]{1,4})?answer" + _COLON,
    re.IGNORECASE | re.MULTILINE | re.ASCII,
)
_INLINE = re.compile(r"(?P<open>[*_`]{0,6})answer" + _COLON, re.IGNORECASE | re.ASCII)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_FENCE = "```"
_CLOSING = str.maketrans("([\u201c\u2018", ")]\u201d\u2019")

_AROUND = " \t\r\n\f\v\xa0*_`'\"\u201c\u201d\u2018\u2019\u00ab\u00bb()[]{}\ufffd"
_ENDING = _AROUND + ".,;:!?\u2026\u3002"
_BOXED = re.compile(r"\$?\\boxed\{([^{}]{0,200})\}\$?")
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Found:
    """An answer in a reply.

    Args:
        value: What stands after the colon, without space around it.
        explanation: What stands before it.
    """

    value: str
    explanation: str


def storable(text: str) -> str:
    """Replace what cannot be stored as text: lone surrogates and NULs."""
    return _UNSTORABLE.sub("\ufffd", text)


def shown(text: str) -> str:
    """Quote a text in a message, cut to a readable length."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


def find_answer(text: str, *, free_text: bool = False) -> Found | None:
    """Find the answer in a reply.

    Args:
        text: The reply.
        free_text: Whether the answer is any text: then it may itself contain "answer:", and must stand on the same
            line. Other answers may also stand on the line below.

    Returns:
        The answer that decides; None if there is none.
    """
    found = _last_with_value(text, list(_LINE.finditer(text)), below=not free_text)
    if found is None:
        found = _last_with_value(text, list(_INLINE.finditer(text)), below=not free_text, whole_line=free_text)
    return found


def bare(text: str) -> str:
    """Take quotes, brackets, markup and ending punctuation from both ends of a text."""
    boxed = _BOXED.fullmatch(text.strip(" \t.,;*_"))
    return (boxed[1] if boxed else text).lstrip(_AROUND).rstrip(_ENDING)


def opened(text: str) -> str:
    """Take quotes, brackets and markup from the beginning of a text."""
    boxed = _BOXED.match(text.lstrip(_AROUND))
    return boxed[1] if boxed else text.lstrip(_AROUND)


def closed(text: str) -> str:
    """Take quotes, closing brackets and markup that belong to what was read from the beginning of the rest."""
    return text.lstrip("*_`'\"\u201d\u2019\u00bb)]}")


def _last_with_value(text: str, matches: list[re.Match[str]], *, below: bool, whole_line: bool = False) -> Found | None:
    end = len(text)
    for index in range(len(matches) - 1, -1, -1):
        match = matches[index]
        value = _value(text, match, end, below=below)
        if value:
            if whole_line:
                return _first_on_line(text, matches, index)
            return Found(value, _explanation(text, match))
        end = match.start()
    return None


def _first_on_line(text: str, matches: list[re.Match[str]], index: int) -> Found:
    line = text.rfind("\n", 0, matches[index].start()) + 1
    while index > 0 and matches[index - 1].start() >= line:
        index -= 1
    return Found(_value(text, matches[index], len(text), below=False), _explanation(text, matches[index]))


def _value(text: str, match: re.Match[str], end: int, *, below: bool) -> str:
    stop = text.find("\n", match.end(), end)
    value = _unmarked(match, text[match.end() : end if stop < 0 else stop].strip())
    if value or not below or stop < 0:
        return value
    return text[stop:end].lstrip().partition("\n")[0].strip()


def _unmarked(match: re.Match[str], value: str) -> str:
    # "**ANSWER:** yes", "**ANSWER: yes**" and "'ANSWER: yes'": what was opened before the word closes after the colon.
    marks = match["open"]
    if not marks or match["close"].strip():
        return value
    closing = marks[::-1].translate(_CLOSING)
    if value.startswith(closing):
        return value[len(closing) :].lstrip()
    if marks not in value.removesuffix(closing):
        value = value.removesuffix(closing)
    return value.rstrip()


def _explanation(text: str, match: re.Match[str]) -> str:
    before = text[: match.start()].strip()
    if before.endswith(_FENCE) and before.count(_FENCE) % 2:
        before = before.removesuffix(_FENCE).rstrip()
    return before
