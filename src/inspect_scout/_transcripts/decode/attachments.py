"""References to attachments, and what they stand for.

A string is a reference only if it is one as a whole: the scheme and 32 hexadecimal digits, nothing around it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from ..._support.shapes import is_mapping

# The scheme `tc` is what the first logs with attachments used.
_WHOLE: Final = re.compile(r"(?:attachment|tc)://([0-9a-fA-F]{32})", re.ASCII)
_LENGTHS: Final = frozenset((len("attachment://") + 32, len("tc://") + 32))
# Slashes may be escaped in JSON.
_DIGEST: Final = re.compile(rb"(?:attachment|tc):\\?/\\?/([0-9a-fA-F]{32})")
_CONTAINERS: Final = frozenset((dict, list))
_TEXT: Final = msgspec.json.Decoder(str)


Attachments = Callable[[str], str | None]
"""Finds the text with a digest; None if there is none."""


class RawAttachments:
    """Texts decoded when they are first asked for, and shared by all who ask.

    Args:
        load: Gives the table digest -> JSON of the text, when the first text is asked for.
    """

    def __init__(self, load: Callable[[], Mapping[str, msgspec.Raw]]) -> None:
        self._load = load
        self._raw: Mapping[str, msgspec.Raw] | None = None
        self._texts: dict[str, str | None] = {}
        self.size = 0

    def get(self, digest: str) -> str | None:
        """Find the text with a digest; None if there is none."""
        if digest not in self._texts:
            if self._raw is None:
                self._raw = self._load()
            raw = self._raw.get(digest)
            text = self._texts[digest] = None if raw is None else decode_text(raw)
            self.size += len(text or "")
        return self._texts[digest]


def decode_text(raw: msgspec.Raw | bytes) -> str | None:
    """Decode a JSON string; None if it is something else."""
    try:
        return _TEXT.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        value = json.loads(bytes(raw))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, str) else None


def may_refer(raw: msgspec.Raw | bytes) -> bool:
    """Tell whether JSON may hold references to attachments (False is certain).

    Two plain searches take a seventh of the time of one regular expression (0.03 s for 31 MB).
    """
    data = bytes(raw)
    return b"attachment:" in data or b'"tc:' in data


def find_digests(raw: msgspec.Raw | bytes) -> set[str]:
    """Collect the digests that JSON may refer to: every one that does, perhaps others."""
    return {found.decode("ascii") for found in _DIGEST.findall(raw)}


def resolve_refs(value: Any, attachments: Attachments) -> Any:
    """Replace the references in decoded JSON, in place where it can; unknown ones stay.

    Without recursion, because depth is the writer's choice. Texts are shared, not copied, so that many references
    to a large text cost nothing.

    Args:
        value: Decoded JSON that nobody else holds.
        attachments: What references stand for.
    """
    if isinstance(value, str):
        return _resolve_text(value, attachments)
    if type(value) not in _CONTAINERS:
        return value
    pending: list[Any] = [value]
    while pending:
        container = members = pending.pop()
        pairs: Any = container.items() if is_mapping(members) else enumerate(container)
        for key, item in pairs:
            if type(item) is str:
                if len(item) in _LENGTHS:
                    # assigning to a key that exists does not disturb the iteration
                    container[key] = _resolve_text(item, attachments)
            elif type(item) in _CONTAINERS:
                pending.append(item)
    return value


def _resolve_text(text: str, attachments: Attachments) -> str:
    found = _WHOLE.fullmatch(text) if len(text) in _LENGTHS else None
    meant = None if found is None else attachments(found[1])
    return text if meant is None else meant
