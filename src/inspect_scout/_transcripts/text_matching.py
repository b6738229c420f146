"""Finding a text, or a pattern, in many texts; and passing over the JSON of those that cannot have it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pyarrow as pa

from .._support.arrow import array
from .._support.errors import ConfigError
from .database.format.column_types import pc

Span = tuple[int, int]
"""Where something stands in a text: from, to."""

_LEAST_LETTERS: Final = 3
_LETTERS: Final = re.compile(r"[A-Za-z]+", re.ASCII)
# The end of an escape that Python writes for a character may look like letters.
_MAY_BE_ESCAPE: Final = re.compile(r"^[xuUa-fA-F]+")
# Letters that are written as escapes. These patterns begin with plain text, which makes them ten times as fast as one of all.
_ESCAPED_LETTERS: Final = re.compile(rb"\\u00[4-7][0-9a-fA-F]")
# What matches s or k without being either, where case does not matter.
_ALSO_S_OR_K: Final = tuple(re.compile(sign) for sign in (rb"\\u017[fF]", rb"\\u212[aA]", b"\xc5\xbf", b"\xe2\x84\xaa"))
# What the text of an item has that its JSON may not.
_ADDED: Final = (
    "tool call arguments use thinking summary redacted error in unknown result none true false nan inf null image "
    "audio video document data nested too deeply"
)


@dataclass(frozen=True)
class TextMatcher:
    """What is sought. Its language is that of RE2, which takes time in proportion to the text, whatever the pattern.

    Args:
        text: The text, or the pattern.
        regex: Whether it is a pattern.
        case: Whether capital letters matter.
        word: Whether only whole words count.

    Raises:
        ConfigError: It is empty, or not a pattern.
    """

    text: str
    regex: bool = False
    case: bool = False
    word: bool = False

    def __post_init__(self) -> None:
        if not self.text:
            raise ConfigError("The text to find is empty; give at least one character.")
        try:
            for source in (
                self.text if self.regex else "",
                self.source,
            ):  # the brackets of the second may repair the first
                pc.match_substring_regex(array([""], pa.large_string()), pattern=source)
        except (pa.ArrowInvalid, UnicodeEncodeError) as error:
            reason = str(error).removeprefix("Invalid regular expression: ").rstrip(".")
            raise ConfigError(f"{self.text!r} cannot be sought: {reason}.") from None

    @cached_property
    def source(self) -> str:
        """The pattern."""
        plain = self.text if self.regex else re.escape(self.text)
        bounded = rf"\b(?:{plain})\b" if self.word else f"(?:{plain})"
        return bounded if self.case else f"(?i:{bounded})"

    @cached_property
    def literal(self) -> bytes | None:
        """Letters that the JSON of an item with a match contains (in lower case if case does not matter); None if unknown."""
        if self.regex:
            return None
        found = (_MAY_BE_ESCAPE.sub("", run) for run in _LETTERS.findall(self.text))
        best = max((run for run in found if run.lower() not in _ADDED), key=len, default="")
        if len(best) < _LEAST_LETTERS:
            return None
        return (best if self.case else best.lower()).encode()

    def spans(self, texts: Sequence[str]) -> list[list[Span]]:
        """Tell where each text has it, from left to right; nothing that is empty.

        Args:
            texts: Texts without lone surrogates.
        """
        cells = array(texts, pa.large_string())
        flags: list[bool] = pc.match_substring_regex(cells, pattern=self.source).to_pylist()
        matching = [text for text, flag in zip(texts, flags, strict=True) if flag]
        found = iter(self._marked(matching))
        return [next(found) if flag else [] for flag in flags]

    def _marked(self, texts: Sequence[str]) -> Iterator[list[Span]]:
        """Let RE2 mark what it finds with characters that the texts do not have, and say where it did."""
        if not texts:
            return
        before, behind = _unused(texts)
        cells = array(texts, pa.large_string())
        marked = pc.replace_substring_regex(cells, pattern=self.source, replacement=f"{before}\\0{behind}")
        told: list[str] = marked.to_pylist()
        for text in told:
            first, *parts = text.split(before)
            spans: list[Span] = []
            place = len(first)
            for part in parts:
                match, _, rest = part.partition(behind)
                if match:
                    spans.append((place, place + len(match)))
                place += len(match) + len(rest)
            yield spans

    def may_match(self, data: bytes) -> bool:
        """Tell whether JSON may be that of an item with a match (False is certain); what it refers to is not looked at."""
        return self.literal is None or next(self.places(data), None) is not None

    def places(self, data: bytes) -> Iterator[int]:
        """Give places in JSON near which a match may be: every item with a match has one; for patterns that have a literal."""
        literal = self.literal or b""
        searched = data if self.case else data.lower()
        place = searched.find(literal)
        while place >= 0:
            yield place
            place = searched.find(literal, place + 1)
        if b"\\u" in data or not data.isascii():
            folded = not self.case and (b"s" in literal or b"k" in literal)
            for hidden in (_ESCAPED_LETTERS, *(_ALSO_S_OR_K if folded else ())):
                yield from (found.start() for found in hidden.finditer(data))


def _unused(texts: Sequence[str]) -> tuple[str, str]:
    """Choose two characters that no text has."""
    unused = (chr(code) for code in range(0xF0000, 0xFFFFE))
    found = (character for character in unused if not any(character in text for text in texts))
    return next(found), next(found)
