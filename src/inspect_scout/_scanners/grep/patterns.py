"""Patterns to search for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from ..._support.errors import ConfigError

_FLAGS = re.compile(r"\(\?[aiLmsux]+\)")
_TOKEN = re.compile(
    r"""
    (?: \\(?P<escaped>[^0-9xuUN]) | \[ \^? \]? (?: [^\]\\] | \\. )* \] | (?P<any>[.^$]) | (?P<literal>[^\\()|\[\]{}*+?.^$]) )
    (?: (?P<optional> [*?] | \{[\d,]*\} ) | (?P<repeated> \+ ) )?
    [?+]?
    """,
    re.VERBOSE | re.DOTALL,
)

# Letters that match an ASCII letter in any case without being lowered to it: Python's `re` takes them for i and s.
_ODD_CASES = ("\u0130", "\u0131", "\u017f")


class SearchedText:
    """A text that several patterns are looked for in."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def lowered(self) -> str | None:
        """The text in lower case; None if an ASCII word might match it without being found there."""
        text = self.text
        return text.lower() if text.isascii() or not any(odd in text for odd in _ODD_CASES) else None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern.

    Args:
        regex: Finds the matches.
        literal: Text that every match contains, to rule out most texts in a fraction of the time; None if unknown.
        lowered: Whether `literal` is in lower case and is to be looked for in lowered text.
    """

    regex: re.Pattern[str]
    literal: str | None
    lowered: bool

    def matches(self, searched: SearchedText) -> Iterable[re.Match[str]]:
        """Find the matches, from left to right, none overlapping another."""
        if self.literal is not None:
            text = searched.lowered if self.lowered else searched.text
            if text is not None and self.literal not in text:
                return ()
        return self.regex.finditer(searched.text)


@dataclass(frozen=True, slots=True)
class PatternGroup:
    """Patterns that are counted together; they have a label if there are several groups."""

    label: str | None
    patterns: tuple[Pattern, ...]


def compile_groups(
    pattern: str | Sequence[str] | dict[str, str | list[str]], *, regex: bool, ignore_case: bool, word_boundary: bool
) -> tuple[PatternGroup, ...]:
    """Compile patterns in every form that `grep_scanner` takes.

    Raises:
        ConfigError: There is no pattern, it is not text, or it is not a regular expression.
    """

    def group(label: str | None, found: object) -> PatternGroup:
        texts = cast(Sequence[object], found) if isinstance(found, list | tuple) else [found]
        compiled = tuple(
            _compiled(text, regex=regex, ignore_case=ignore_case, word_boundary=word_boundary) for text in texts
        )
        return PatternGroup(label, compiled)

    if not pattern and not isinstance(pattern, str):
        raise ConfigError(f"pattern is {pattern!r}; give a text, a list of texts, or a dict of label -> text or texts.")
    if isinstance(pattern, dict):
        return tuple(group(label, found) for label, found in pattern.items())
    return (group(None, pattern),)


def _compiled(text: object, *, regex: bool, ignore_case: bool, word_boundary: bool) -> Pattern:
    if not isinstance(text, str):
        raise ConfigError(f"Pattern {text!r} is not text.")
    source = text if regex else re.escape(text)
    try:
        compiled = re.compile(_bounded(source) if word_boundary else source, re.IGNORECASE if ignore_case else 0)
    except (re.error, ValueError, OverflowError, RecursionError) as error:
        raise ConfigError(
            f"Pattern {text!r} is not a regular expression: {error}. To search for the text itself leave out regex=True."
        ) from error
    literal = required_literal(text) if regex else text
    if ignore_case:
        literal = literal.lower() if literal and literal.isascii() else None
    return Pattern(compiled, literal or None, ignore_case)


def _bounded(source: str) -> str:
    # In a group of its own, so that the boundaries hold for every alternative of `a|b`. Flags come first, and a line
    # break ends a comment of a verbose expression.
    flags = _FLAGS.match(source)
    start = flags[0] if flags else ""
    end = "\n" if "x" in start else ""
    return rf"{start}\b(?:{source[len(start) :]}{end})\b"


def required_literal(source: str) -> str | None:
    """Find a text that every match of a regular expression contains; None if that is not plain to see.

    Only expressions without groups and alternatives are looked into.
    """
    runs, position = [""], 0
    while position < len(source):
        token = _TOKEN.match(source, position)
        if token is None:
            return None
        position = token.end()
        literal, optional, repeated = token["literal"] or "", token["optional"], token["repeated"]
        if token["escaped"] and not token["escaped"].isalnum():
            literal = token["escaped"]
        if optional or not literal.isascii():
            literal = ""
        runs[-1] += literal
        if optional or repeated or not literal:
            runs.append("")
    return max(runs, key=len) or None
