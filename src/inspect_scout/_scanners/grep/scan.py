"""The scanner that searches."""

from __future__ import annotations

import re
from typing import Any, Literal

from inspect_ai.scorer import Reference

from ..._support.errors import ConfigError
from ..._transcripts import IdDeriver
from ..._types import PossibleValues, Result, Scanner, Transcript, TranscriptHandle
from ..declare.config import ModelUse
from ..declare.decorators import scanner
from ..declare.traits import ScanTraits, set_traits
from .patterns import PatternGroup, SearchedText, compile_groups
from .texts import event_text, message_text

_CONTEXT = 50
_LONGEST_MATCH = 1000
# A search for nearly everything must not fill the memory with excerpts that nobody reads.
_MOST_LINES = 10_000


@scanner(messages="all", supports_streaming=True)
def grep_scanner(
    pattern: str | list[str] | dict[str, str | list[str]],
    *,
    regex: bool = False,
    ignore_case: bool = True,
    word_boundary: bool = False,
    name: str | None = None,
    content_only: bool = False,
    max_matches: int | None = None,
) -> Scanner[Transcript | TranscriptHandle]:
    """Make a scanner that counts the matches of words or regular expressions.

    It searches messages as `message_as_str` renders them (without system messages) and, if its decorator asks for
    events, the text of model, tool, error, info, logger, approval and sentinel events. The value is the number of
    matches; the explanation shows each with what surrounds it, and `[M3]` is the third message that the scanner was
    given, `[E3]` the third event. System messages are counted, though not searched.

        @scanner(messages="all")
        def secrets():
            return grep_scanner({"keys": [r"sk-\\w{20,}", r"AKIA\\w{16}"], "words": "password"}, regex=True)

    Python's `re` can take very long over a careless regular expression such as `(a+)+$`: there is no limit of time.

    Args:
        pattern: Text to look for, several texts counted together, or label -> text or texts, for one result each.
        regex: Whether patterns are regular expressions.
        ignore_case: Whether case is ignored.
        word_boundary: Whether matches must begin and end at the edge of a word.
        name: Name of the scanner in a job, when it is not decorated again.
        content_only: Whether to leave out what rendering adds: labels such as "USER" and "Arguments", names of
            arguments.
        max_matches: Matches that the explanation shows (the value counts all).

    Raises:
        ConfigError: There is no pattern, one is not a regular expression, or `max_matches` is negative.
    """
    if max_matches is not None and max_matches < 0:
        raise ConfigError(f"max_matches is {max_matches!r}; it must be 0 or more, or None.")
    groups = compile_groups(pattern, regex=regex, ignore_case=ignore_case, word_boundary=word_boundary)

    async def scan(input: Transcript | TranscriptHandle) -> Result[Any] | list[Result[Any]]:
        search = _TranscriptSearch([Findings(group, max_matches) for group in groups], content_only)
        results = await search.run(input)
        return results if isinstance(pattern, dict) else results[0]

    counts = None if isinstance(pattern, dict) else PossibleValues("number")
    return set_traits(scan, ScanTraits(name=name, values=counts, models=ModelUse("none")))


class _TranscriptSearch:
    """One pass over a transcript, for all groups of patterns."""

    def __init__(self, found: list[Findings], content_only: bool) -> None:
        self._found = found
        self._content_only = content_only
        # What is made by hand may lack ids that our sources give.
        self._ids = IdDeriver("")

    async def run(self, input: Transcript | TranscriptHandle) -> list[Result[Any]]:
        if isinstance(input, Transcript):
            self._ids = IdDeriver(input.transcript_id)
            for number, message in enumerate(input.messages, 1):
                self._look("message", number, message)
            for number, event in enumerate(input.events, 1):
                self._look("event", number, event)
        else:
            self._ids = IdDeriver(input.info.transcript_id)
            number = 0
            async for message in input.messages():
                self._look("message", number := number + 1, message)
            number = 0
            async for event in input.events():
                self._look("event", number := number + 1, event)
        return [findings.result() for findings in self._found]

    def _look(self, kind: Literal["message", "event"], number: int, item: Any) -> None:
        if kind == "message":
            id, text = self._ids.message_id(item), message_text(item, content_only=self._content_only)
        else:
            id, text = self._ids.event_id(item), event_text(item, content_only=self._content_only)
        if text is not None:
            searched = SearchedText(text)
            for findings in self._found:
                findings.search(searched, kind, number, id)


class Findings:
    """Counts the matches of a group of patterns and keeps excerpts of them, a number at most."""

    def __init__(self, group: PatternGroup, max_matches: int | None) -> None:
        self._group = group
        self._max_lines = _MOST_LINES if max_matches is None else max_matches
        self._count = 0
        self._lines: list[str] = []
        self._references: list[Reference] = []

    def search(self, searched: SearchedText, kind: Literal["message", "event"], number: int, item_id: str) -> None:
        """Look for the patterns in the text of a message or an event."""
        cite = f"[{'M' if kind == 'message' else 'E'}{number}]"
        before = self._count
        for pattern in self._group.patterns:
            for match in pattern.matches(searched):
                self._count += 1
                if len(self._lines) < self._max_lines:
                    self._lines.append(f"{cite}: {_excerpt(match)}")
        if self._count > before:
            self._references.append(Reference(type=kind, cite=cite, id=item_id))

    def result(self) -> Result[Any]:
        """Return the number of matches, with excerpts."""
        lines = self._lines
        if self._count > len(lines):
            lines = [*lines, f"... and {self._count - len(lines)} more"]
        return Result(
            value=self._count,
            explanation="\n".join(lines) if lines else None,
            references=self._references,
            label=self._group.label,
        )


def _excerpt(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    before = text[max(0, start - _CONTEXT) : start]
    found = text[start : min(end, start + _LONGEST_MATCH)]
    after = text[end : end + _CONTEXT]
    excerpt = (
        f"{'...' if start > _CONTEXT else ''}{before}"
        f"**{found}{'...' if end - start > _LONGEST_MATCH else ''}**"
        f"{after}{'...' if end + _CONTEXT < len(text) else ''}"
    )
    # Halves of surrogate pairs, which a log can hold, cannot be stored as text.
    return excerpt.replace("\n", " ").encode("utf-8", "replace").decode()
