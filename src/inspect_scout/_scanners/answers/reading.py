"""Finding the answer in the text of a reply.

The last line that begins with "ANSWER:" decides. A reply without such a line is searched for other forms that say the
same (see `forms`), and at last for "answer:" inside its lines, so that prose ("my answer: it depends") and quotes from
a transcript do not override what the model put where it was told to. All patterns have bounded repeats: a reply of any
size is read in one pass.
"""

from __future__ import annotations

import re

from .forms import FoundAnswer, line_below, other_forms
from .thoughts import THOUGHT_MARK

NO_ANSWER = "The reply has no line 'ANSWER: ...' with something after the colon."

_WORD = r"(?:answer|\uff41\uff4e\uff53\uff57\uff45\uff52)"
_COLON = r"(?P<close>[ \t*_`]{0,10}(?:</[a-z1-6]{1,8}>)?)[:\uff1a\ufe55\u2236]"
# Marks that lead a line: bullets, quotes, headings, emoji, numbers, tags; not what crosses the line out.
_LINE = re.compile(
    r"^(?P<lead>(?:[^\w\r\n'\"\u201c\u2018(\[*`\\<{\u2717\u2718\u274c\u2716\u2612]|\d{1,2}[.)][ \t]"
    r"|<(?:p|b|strong|em|i|u|div|span|li|mark|center|h[1-6])(?:\s[^<>\n]{0,100})?>|\\[a-z]{2,8}\{){0,20})"
    r"(?P<open>[*_`'\"\u201c\u2018(\[]{0,6})[ \t]{0,4}(?:(?:(?:the|my)[ \t]{1,4})?final[ \t]{1,4})?" + _WORD + _COLON,
    re.IGNORECASE | re.MULTILINE,
)
_INLINE = re.compile(r"(?P<lead>)(?P<open>[*_`]{0,6})" + _WORD + _COLON, re.IGNORECASE)
_FENCE = "```"
_CLOSING = str.maketrans("([\u201c\u2018", ")]\u201d\u2019")
_LEADING_TAG = re.compile(r"</[a-z1-6]{1,8}>[ \t]{0,4}", re.IGNORECASE)
_ENDING_TAGS = re.compile(r"(?:[ \t]{0,4}</[a-z1-6]{1,8}>){1,8}$", re.IGNORECASE)
_BEGUN = ("answer", "final answer")
_FEWEST_LETTERS = 3
_LEADS = " \t*_`'\"#>|-~(["
_SHOWN = 80
_REASON = re.compile(r"[^\W\d_]{2,}")
_WORDS_OF_A_REASON, _LONGEST_REASON = 6, 500


def quoted(text: str) -> str:
    """Quote a text in a message, cut to a readable length."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


def is_reasoned(text: str) -> bool:
    """Tell whether so much stands behind an answer on its line that what is cut off belongs to the reason for it."""
    return len(_REASON.findall(text[:_LONGEST_REASON])) >= _WORDS_OF_A_REASON


def find_answers(text: str, *, free_text: bool = False, cut: bool = False) -> list[FoundAnswer]:
    """Find what a reply gives as its answer.

    Args:
        text: The reply, with holes for thoughts.
        free_text: Whether the answer is any text: then it may itself contain "answer:", and must stand on the same
            line. Other answers may also stand on the line below.
        cut: Whether the reply may have gone on. Then "answer:" inside a line does not count: the line that was asked
            for may have been to come; and neither does anything if a further answer was begun.

    Returns:
        The answer that decides, or several that must agree; nothing if there is none.
    """
    marks = list(_LINE.finditer(text))
    found = _last_with_value(text, marks, below=not free_text)
    answers = [found] if found is not None else other_forms(text, free_text=free_text)
    if cut:
        return [] if answers and _another_begun(text, marks, answers[-1]) else answers
    if not answers:
        found = _last_with_value(text, list(_INLINE.finditer(text)), below=not free_text, whole_line=free_text)
    return answers if found is None or answers else [found]


def explanation_before(text: str, found: FoundAnswer) -> str:
    """Give what stands before an answer, without what opens around it."""
    before = text[: found.start].strip()
    if before.endswith((_FENCE, _FENCE + "json")) and before.count(_FENCE) % 2:
        before = before.removesuffix("json").removesuffix(_FENCE).rstrip()
    return before.removesuffix("$$").removesuffix("\\[").rstrip() or found.explained


def _another_begun(text: str, marks: list[re.Match[str]], found: FoundAnswer) -> bool:
    if marks and marks[-1].start() >= found.end:
        return True
    line = text.rfind("\n") + 1
    last = " ".join(text[line:].strip(_LEADS).lower().split()) if found.end <= line else ""
    last = last.removeprefix("the ").removeprefix("my ")
    return len(last) >= _FEWEST_LETTERS and any(begun.startswith(last) for begun in _BEGUN)


def _last_with_value(
    text: str, matches: list[re.Match[str]], *, below: bool, whole_line: bool = False
) -> FoundAnswer | None:
    end = len(text)
    for index in range(len(matches) - 1, -1, -1):
        match = matches[index]
        found = _found(text, match, end, below=below)
        if found is not None and whole_line:
            return _found(text, _first_on_line(text, matches, index), len(text), below=False)
        if found is not None:
            return found
        end = match.start()
    return None


def _first_on_line(text: str, matches: list[re.Match[str]], index: int) -> re.Match[str]:
    line = text.rfind("\n", 0, matches[index].start()) + 1
    while index > 0 and matches[index - 1].start() >= line:
        index -= 1
    return matches[index]


def _found(text: str, match: re.Match[str], end: int, *, below: bool) -> FoundAnswer | None:
    stop = text.find("\n", match.end(), end)
    line_end = end if stop < 0 else stop
    written = text[match.end() : line_end].strip()
    value = _unmarked(match, written)
    if value.strip(THOUGHT_MARK):
        # A closing mark ends the value as a new line does.
        ended = stop >= 0 or end < len(text) or not written.endswith(value) or value.endswith(THOUGHT_MARK)
        return FoundAnswer(value, match.start(), line_end, ended=ended)
    if not below or stop < 0:
        return None
    value, line_end = line_below(text, stop, end)
    return FoundAnswer(value, match.start(), line_end, ended=line_end < len(text)) if value else None


def _unmarked(match: re.Match[str], value: str) -> str:
    # "**ANSWER:** yes", "**ANSWER: yes**" and "'ANSWER: yes'": what was opened before the word closes after the colon.
    lead, marks = match["lead"], match["open"]
    if "~~" in lead:
        # It was struck out.
        return ""
    if "<" in lead:
        value = _ENDING_TAGS.sub("", _LEADING_TAG.sub("", value, count=1) if value.startswith("</") else value)
    if "{" in lead:
        value = value.removesuffix("}")
    for mark in "|$":
        value = value.strip(f"{mark} \t") if mark in lead else value
    if not marks or match["close"].strip():
        return value
    closing = marks[::-1].translate(_CLOSING)
    if value.startswith(closing):
        return value[len(closing) :].lstrip()
    if marks not in value.removesuffix(closing):
        value = value.removesuffix(closing)
    return value.rstrip()
