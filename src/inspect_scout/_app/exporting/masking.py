"""Masking secrets in what leaves the machine: keys of services, tokens, passwords, private keys.

A mask is as long as what it hides, so that places in a text (of citations, of what is folded) stay true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, cast

from ..._support.shapes import is_list, is_mapping

MASK: Final = "\u2022"
SHORTEST_PIECE: Final = 4
"""Characters of a known secret that are masked where a text was cut within it."""

_SHORTEST_KNOWN, _LONGEST_KNOWN = 8, 8000
_MOST_KNOWN = 10_000
_NAME = r"(?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|(?:auth|access|api|refresh)[_-]?token)"
_PATTERNS: Final = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?<![A-Za-z0-9])sk-(?P<secret>[A-Za-z0-9_-]{12,})",
        r"(?<![A-Za-z0-9])(?:AKIA|ASIA)(?P<secret>[A-Z0-9]{16})(?![A-Z0-9])",
        r"(?<![A-Za-z0-9])(?:gh[opusr]_|github_pat_|glpat-|hf_|xox[abeoprs]-|AIza)(?P<secret>[A-Za-z0-9_-]{16,})",
        r"(?<![A-Za-z0-9])eyJ(?P<secret>[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+)?)",
        r"(?i)(?<![A-Za-z0-9])bearer[ \t]{1,8}(?P<secret>[A-Za-z0-9._~+/=-]{8,})",
        r"://[^\s/:@\"']{1,200}:(?P<secret>[^\s/@\"']{3,200})@",
        r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?P<secret>[^-]+)",
        rf"(?i){_NAME}(?:\\?[\"'])?[ \t]{{0,8}}[=:][ \t]{{0,8}}(?:\\?[\"'])?(?P<secret>[^\s\"'\\,;&<>(){{}}\[\]]{{4,}})",
    )
)
_SECRET_FIELD: Final = re.compile(rf"(?i)(?:.*[_-])?{_NAME}|(?i:authorization)", re.ASCII)
"""Names of arguments whose values are secrets as a whole."""

_ID_FIELD: Final = re.compile(r"(?:.*_)?(?:ids?|uuid|reference)", re.ASCII)


class Masker:
    """Masks secrets, and remembers them: where a text was cut within one, its pieces are masked as well."""

    def __init__(self) -> None:
        self.masked = 0
        self._known: set[str] = set()
        self._by_piece: dict[str, dict[str, None]] = {}

    def text(self, text: str) -> str:
        """Mask what is secret in a text."""
        spans = [*self._found(text), *self._pieces(text)]
        if not spans:
            return text
        merged = _merged(spans)
        self.masked += len(merged)
        shown, end = list[str](), 0
        for start, stop in merged:
            shown += [text[end:start], re.sub(r"\S", MASK, text[start:stop])]
            end = stop
        return "".join([*shown, text[end:]])

    def json(self, value: Any) -> Any:
        """Mask what is secret in the texts of a JSON value; names of fields and ids stay. Lists and mappings are changed in place."""
        holder = [value]
        waiting: list[Any] = [holder]
        while waiting:
            each = cast("dict[object, Any]", waiting.pop())  # of a list, the names are numbers
            for name in list(each) if is_mapping(cast("object", each)) else range(len(each)):
                content = each[name]
                if isinstance(content, str):
                    each[name] = self._field(name, content)
                elif is_mapping(content) or is_list(content):
                    waiting.append(content)
        return holder[0]

    def _field(self, name: object, content: str) -> str:
        if isinstance(name, str):
            if _SECRET_FIELD.fullmatch(name) and content.strip():
                self.masked += 1
                self._learn(content)
                return re.sub(r"\S", MASK, content)
            if _ID_FIELD.fullmatch(name):
                return content
        return self.text(content)

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        for pattern in _PATTERNS:
            for found in pattern.finditer(text):
                if not found["secret"].startswith(MASK):
                    self._learn(found["secret"])
                    yield found.span("secret")

    def _learn(self, secret: str) -> None:
        if not _SHORTEST_KNOWN <= len(secret) <= _LONGEST_KNOWN or secret in self._known:
            return
        if len(self._known) >= _MOST_KNOWN:
            return
        self._known.add(secret)
        for place in range(len(secret) - SHORTEST_PIECE + 1):
            self._by_piece.setdefault(secret[place : place + SHORTEST_PIECE], {})[secret] = None

    def _pieces(self, text: str) -> Iterator[tuple[int, int]]:
        """Find pieces of known secrets at both ends of a text, where it may have been cut."""
        size = len(text)
        for secret in self._by_piece.get(text[:SHORTEST_PIECE], ()):
            if text in secret:
                yield 0, size
                return
            length = next((n for n in range(min(size, len(secret)), 3, -1) if text.startswith(secret[-n:])), 0)
            if length:
                yield 0, length
        for secret in self._by_piece.get(text[-SHORTEST_PIECE:], ()):
            length = next((n for n in range(min(size, len(secret)), 3, -1) if text.endswith(secret[:n])), 0)
            if length:
                yield size - length, size


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that overlap."""
    merged = list[tuple[int, int]]()
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(stop, merged[-1][1])
        else:
            merged.append((start, stop))
    return merged
