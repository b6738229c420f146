"""Forms of an answer that say the same as the line that was asked for: headings, tables, tags, JSON, boxes.

Such a form counts if it stands by itself (it begins its line and ends it), not in the middle of prose, where it may be
a quotation. All that are found must agree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, cast

from .markup import answer_of, explanation_of, plain_latex, unique_keys

_NAME = r"(?:(?:(?:the|my)[ \t]{1,4})?final[ \t_-]{1,4})?answer"
_PLAIN_NAME = r"(?:(?:(?:The|My|THE|MY)[ \t]{1,4})?(?:Final|FINAL)[ \t]{1,4})?(?:ANSWER|Answer)"
_HEADING = re.compile(
    rf"^[ \t>]{{0,10}}(?P<mark>(?:#{{1,6}}[ \t]{{0,4}}|[*_]{{1,3}}|<(?:h[1-6]|b|strong)>){{0,3}})(?P<name>{_NAME})"
    rf"[*_]{{0,3}}(?:</[a-z1-6]{{1,6}}>){{0,2}}[ \t#]{{0,8}}\r?\n(?P<rule>[ \t]{{0,3}}(?:-{{3,200}}|={{3,200}})[ \t]{{0,8}}\r?\n)?",
    re.IGNORECASE | re.MULTILINE,
)
_ARROW = re.compile(
    rf"^[ \t>#*_`-]{{0,10}}{_PLAIN_NAME}[*_`]{{0,3}}[ \t]{{0,4}}(?:=>?|-{{1,2}}>|\u2192|\u21d2|\u2014)[ \t]{{0,4}}(?P<value>[^\r\n]+)",
    re.MULTILINE,
)
_BAR = r"[|\u2502\u2503]"
_CELL = r"[^|\u2502\u2503\r\n]{0,2000}"
_RULE = rf"[ \t]{{0,8}}(?:{_BAR}[ \t]{{0,4}})?:?-{{2,200}}:?(?:[ \t]{{0,4}}[|+\u2502\u2503][ \t]{{0,4}}:?-{{2,200}}:?){{0,30}}(?:[ \t]{{0,4}}{_BAR})?[ \t]{{0,8}}\r?(?=\n|\Z)"
_ROW = re.compile(
    rf"^[ \t]{{0,8}}(?:{_BAR})?[ \t*_`]{{0,8}}{_NAME}[ \t*_`:]{{0,8}}{_BAR}(?P<value>{_CELL})(?P<bar>(?:{_BAR})?)[ \t]{{0,8}}\r?(?=\n|\Z)(?!\n{_RULE}\n)",
    re.IGNORECASE | re.MULTILINE,
)
_TABLE_RULE = re.compile(rf"\n{_RULE}\n")
_TAG = re.compile(
    rf"<(?P<slash>/?){_NAME}(?:\s[^<>\n]{{0,100}})?>|\[(?P<bracket>/?)(?:FINAL[ _])?ANSWER\]", re.IGNORECASE
)
_OBJECT = re.compile(r"^[ \t>]{0,20}(?=[{\[])", re.MULTILINE)
_PYTHON = re.compile(
    r"^[ \t]{0,8}\{[ \t]{0,4}'answer'[ \t]{0,4}:[ \t]{0,4}(?:'(?P<text>[^'\n\\]{0,2000})'|(?P<plain>[\w.+-]{1,50}))[ \t]{0,4}\}",
    re.IGNORECASE | re.MULTILINE,
)
_BOX = re.compile(r"\\(?:boxed|fbox)[ ]{0,3}\{")
_BEFORE_BOX = re.compile(
    r"(?:[\s$\\\[(*_`>#-]|(?:so|hence|thus|therefore|the|my|final|answer|is)\b|[:,=])*", re.IGNORECASE
)
# What may stand on the line of a form beside it, and what a line may hold that says nothing.
_BESIDE = re.compile(r"(?:[ \t\r*_`$.>\]\)\\\0]|</(?!del|strike)[a-z_]{2,20}>)*", re.IGNORECASE)
_SAYS_NOTHING = re.compile(r"(?:[\s*_`$\\\[\](){}=~\-|>#\0]|</?[a-z_]{1,16}>)*(?:(?<=`)[a-z]{1,12})?", re.IGNORECASE)
# Tags that hold the form, or stand before it; not those that strike it out.
_BEFORE = re.compile(r"(?:[ \t*_`>\0-]|</?(?!del|strike|ins)[a-z_]{2,20}>|(?<=>)[^<>\n]{1,500}(?=</))*", re.IGNORECASE)
_BRACES = re.compile(r"[{}]")
_MOST_FORMS, _MOST_BRACES = 100, 5
_MOST_LINES, _MOST_OBJECTS, _LONGEST_BOX, _LONGEST = 8, 20, 500, 20_000


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """An answer in a reply.

    Args:
        value: What is given as the answer, without space around it.
        start: Where it begins in the reply; what stands before explains it.
        end: Where it ends in the reply.
        ended: Whether it is certain that it ends there, even if the reply was cut.
        explained: What it says about itself, if nothing stands before it.
    """

    value: str
    start: int
    end: int
    ended: bool = True
    explained: str = ""


def line_below(text: str, start: int, end: int) -> tuple[str, int]:
    """Find the first line of a part of a text that says something; gives it, and where it ends."""
    for _ in range(_MOST_LINES):
        while start < end and text[start].isspace():
            start += 1
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        line = text[start:stop].strip()
        if not _SAYS_NOTHING.fullmatch(line[:_LONGEST]):
            return line, stop
        start = stop
    return "", end


def other_forms(text: str, *, free_text: bool) -> list[FoundAnswer]:
    """Find every answer in another form than "ANSWER: ...", in the order of forms; none if there are too many."""
    forms = (_headings(text, free_text=free_text), _arrows(text), _rows(text), _tables(text), _tags(text))
    found = list(islice(chain(*forms, _objects(text), _boxes(text)), _MOST_FORMS + 1))
    return found if len(found) <= _MOST_FORMS else []


def _headings(text: str, *, free_text: bool) -> Iterator[FoundAnswer]:
    for match in _HEADING.finditer(text):
        if not match["mark"] and not match["rule"] and match["name"].islower():
            # Prose has lines of one word.
            continue
        value, end = line_below(text, match.end(), len(text))
        # Free text must be all that is below: else it goes on, or is a section of prose.
        if value and not (free_text and line_below(text, end, len(text))[0]):
            yield FoundAnswer(value, match.start(), end, ended=end < len(text))


def _arrows(text: str) -> Iterator[FoundAnswer]:
    for match in _ARROW.finditer(text):
        yield FoundAnswer(match["value"].strip(), match.start(), match.end(), ended=match.end() < len(text))


def _rows(text: str) -> Iterator[FoundAnswer]:
    for match in _ROW.finditer(text):
        if value := match["value"].strip():
            ended = bool(match["bar"]) or match.end() < len(text)
            yield FoundAnswer(value, _table_start(text, match.start()), match.end(), ended=ended)


def _tables(text: str) -> Iterator[FoundAnswer]:
    for rule in _TABLE_RULE.finditer(text):
        start = text.rfind("\n", 0, rule.start()) + 1
        header = _cells(text[start : rule.start()])
        places = [n for n, cell in enumerate(header) if re.fullmatch(_NAME, cell.strip("*_`: "), re.IGNORECASE)]
        lines = text[rule.end() : rule.end() + _LONGEST].split("\n", 2)[:2]
        rows = [_cells(line) for line in lines if re.search(_BAR, line)]
        if len(places) == 1 and len(rows) == 1 and len(rows[0]) == len(header):
            end = rule.end() + len(lines[0])
            ended = end < len(text) or lines[0].rstrip()[-1:] in "|\u2502\u2503"
            yield FoundAnswer(rows[0][places[0]], start, end, ended=ended)
        elif len(places) == 1 and len(rows) > 1:
            # Several answers: nobody can tell which one is meant.
            yield FoundAnswer("", start, rule.end())


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(_BAR, line[:_LONGEST].strip().strip("|\u2502\u2503"))]


def _table_start(text: str, start: int) -> int:
    # Rows above belong to the table, not to the explanation.
    lines = text[max(start - _LONGEST, 0) : start].rstrip().split("\n")
    while lines and re.match(rf"[ \t]{{0,8}}{_BAR}", lines[-1]):
        start -= len(lines.pop()) + 1
        start = max(start, 0)
    return start


def _tags(text: str) -> Iterator[FoundAnswer]:
    opening: re.Match[str] | None = None
    for match in _TAG.finditer(text):
        if not (match["slash"] or match["bracket"]):
            opening = match
        elif opening is not None:
            value = text[opening.end() : match.start()].strip()
            if value and len(value) <= _LONGEST and _stands(text, opening.start(), match.end()):
                yield FoundAnswer(value, opening.start(), match.end())
            opening = None
    if opening is not None and _begins_line(text, opening.start()):
        # The closing tag may have been a stop sequence.
        value = text[opening.end() :].strip()
        if value and "\n" not in value:
            yield FoundAnswer(value, opening.start(), len(text), ended=text.endswith("\n"))


def _objects(text: str) -> Iterator[FoundAnswer]:
    decoder = json.JSONDecoder(object_pairs_hook=_pairs)
    # The last object may also end a sentence, and with it the reply.
    starts = sorted({*[match.end() for match in _OBJECT.finditer(text)][-_MOST_OBJECTS:], max(text.rfind("{"), 0)})
    position = 0
    for start in starts:
        if start < position:
            continue
        try:
            value, position = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        listed = cast(list[Any], value if isinstance(value, list) else [value])
        found = listed[0] if len(listed) == 1 else None
        if isinstance(found, dict) and _stands(text, start, position):
            said = answer_of(cast(dict[str, Any], found))
            if said is not None:
                yield FoundAnswer(said, start, position, explained=explanation_of(cast(dict[str, Any], found)))
    for match in _PYTHON.finditer(text):
        if _ends_line(text, match.end()):
            yield FoundAnswer((match["text"] or match["plain"]).strip(), match.start(), match.end())


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    try:
        return unique_keys(pairs)
    except ValueError:
        # Not an error of the text: it holds two answers.
        return {"answer": None}


def _boxes(text: str) -> Iterator[FoundAnswer]:
    for match in _BOX.finditer(text):
        end = _closing_brace(text, match.end())
        line = text.rfind("\n", 0, match.start()) + 1
        if end is None or not _ends_line(text, end + 1):
            continue
        before = text[max(line, match.start() - _LONGEST) : match.start()]
        if _BEFORE_BOX.fullmatch(before) or not text[end + 1 :].strip(" \t\r\n$.)]*_\\"):
            yield FoundAnswer(plain_latex(text[match.end() : end]).strip(), line, end + 1)


def _closing_brace(text: str, start: int) -> int | None:
    depth = 1
    for brace in _BRACES.finditer(text, start, start + _LONGEST_BOX):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.start()
        if depth > _MOST_BRACES:
            break
    return None


def _stands(text: str, start: int, end: int) -> bool:
    return _ends_line(text, end) and (_begins_line(text, start) or not text[end:].strip())


def _begins_line(text: str, start: int) -> bool:
    line = max(text.rfind("\n", 0, start) + 1, start - _LONGEST)
    return _BEFORE.fullmatch(text[line:start]) is not None


def _ends_line(text: str, end: int) -> bool:
    match = _BESIDE.match(text, end)
    stop = end if match is None else match.end()
    return stop == len(text) or text[stop] == "\n"
