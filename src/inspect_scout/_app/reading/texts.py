"""Values and texts of transcripts as strict JSON takes them: hostile ones become inert, long ones are folded."""

from __future__ import annotations

import re
from typing import Final

from ..._support.json import dumps, finite, well_formed
from ..._support.shapes import is_list, is_mapping

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_MOST_DEPTH: Final = 100


def clean_text(text: str) -> str:
    """Replace what UTF-8 cannot hold; all other characters stay."""
    return text if text.isascii() or not _SURROGATE.search(text) else well_formed(text)


def fold_text(text: str, characters: int) -> tuple[str, int]:
    """Cut a text behind some characters, and tell how many are left out."""
    if len(text) <= characters:
        return clean_text(text), 0
    return clean_text(text[:characters]), len(text) - characters


def plain_value(value: object, characters: int) -> tuple[object, int]:
    """Make a value fit for a list: a long text is cut, a large object becomes text that is cut.

    Returns:
        The value, and how many characters are left out.
    """
    if isinstance(value, str):
        return fold_text(value, characters)
    if value and (is_mapping(value) or is_list(value)):
        try:
            text = dumps(finite(value))
        except RecursionError:
            return None, 1
        if len(text) > characters:
            return fold_text(text, characters)
        return clean_json(value), 0
    return clean_json(value), 0


def clean_json(value: object, depth: int = 0) -> object:
    """Make a value that every reader of JSON takes: numbers that are none become null, lone surrogates a replacement.

    What is nested deeper than readers follow becomes text.
    """
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float):
        return finite(value)
    if value is None or isinstance(value, bool | int):
        return value
    if depth >= _MOST_DEPTH:
        return "[nested too deeply]"
    if is_mapping(value):
        return {clean_text(str(key)): clean_json(item, depth + 1) for key, item in value.items()}
    if is_list(value):
        return [clean_json(item, depth + 1) for item in value]
    return clean_text(str(value))
