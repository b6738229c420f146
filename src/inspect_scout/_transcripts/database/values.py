"""Values as cells of a database and back: what goes in comes out equal.

Scores and metadata may hold anything, and a text column holds text. So text that would be read as something else is
written as a JSON string whose first character is escaped (`"\\u0031"` for "1"), which no other writer produces: what other
programs wrote is never taken for it. In metadata, where text is mostly text, it is numbers and booleans that need a
mark where a column mixes types: a space in front, which casts to numbers pass over. Text that looks like a list or an object
has the same mark, which readers of JSON pass over.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final, cast

from ..._support.json import loads
from ..._support.shapes import is_list, is_mapping

Scalar = str | int | float | bool
"""Value that a cell can hold as it is."""

MARK: Final = " "
"""Stands before numbers and booleans among text, and before text that looks like JSON."""

_QUOTED: Final = '"\\u'
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:(\.\d+)?([eE][+-]?\d+)?)", re.ASCII)
_WORDS: Final[dict[str, Any]] = {
    # JSON, and what Python's `str` makes of the same values
    "true": True,
    "false": False,
    "True": True,
    "False": False,
    "NaN": math.nan,
    "Infinity": math.inf,
    "-Infinity": -math.inf,
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_INT64: Final = 2**63
# Python refuses to read numbers with more digits than this.
_MAX_DIGITS: Final = 4300


def json_text(value: Any) -> str:
    """Write compact JSON; what JSON does not know is written as text (times in ISO format), and nothing is refused.

    NaN and infinities are written as Python writes them; lone surrogates as escapes.
    """
    try:
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=plain)
    except TypeError:  # keys that are neither text nor numbers
        text = json.dumps(_with_text_keys(value), separators=(",", ":"), ensure_ascii=False, default=plain)
    return text if encodable(text) else _escaped(text)


def plain(value: Any) -> Any:
    """Give what stands in JSON for a value that JSON does not know."""
    if isinstance(value, AbstractSet):
        return list(cast("AbstractSet[Any]", value))
    if isinstance(value, Mapping):
        return dict(cast("Mapping[Any, Any]", value))
    isoformat = getattr(value, "isoformat", None)
    if callable(isoformat):
        return isoformat()
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "backslashreplace")
    dump = getattr(value, "model_dump", None)
    return dump() if callable(dump) and not isinstance(value, type) else str(value)


def encodable(text: str) -> bool:
    """Tell whether a text column can hold a text."""
    return text.isascii() or _SURROGATE.search(text) is None


def without_surrogates(text: str) -> str:
    """Replace lone surrogates, which no text column can hold."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def score_cell(score: Any) -> str | None:
    """Write a score: text as it is, if it is read back as the same text."""
    if score is None:
        return None
    if isinstance(score, str):
        return score if _kept(score, score_of) else quoted(score)
    return json_text(score)


def score_of(text: str) -> Any:
    """Read a score: JSON, else text."""
    start = text[:1]
    if start in ("{", "[", '"'):
        return _boxed(text)
    return _scalar(text) if text in _WORDS or _NUMBER.fullmatch(text) else text


def metadata_cell(value: Any) -> Scalar | None:
    """Write a value of metadata: scalars as they are, lists and objects as JSON, other things as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        text = str.__str__(value)
        if _kept(text, metadata_of):
            return text
        return MARK + text if text[0] in "{[" and encodable(text) else quoted(text)
    if isinstance(value, int):
        return int(value) if -_INT64 <= value < _INT64 else marked(value)
    if isinstance(value, float):
        return float(value)
    if is_mapping(value) or is_list(value) or isinstance(value, tuple):
        return json_text(value)
    stood_for = plain(value)
    return json_text(stood_for) if is_mapping(stood_for) or is_list(stood_for) else metadata_cell(str(stood_for))


def metadata_of(text: str) -> Any:
    """Read text of metadata: lists, objects and whatever is marked as JSON, else text."""
    start = text[:1]
    if start in ("{", "[", '"'):
        return _boxed(text)
    if start == MARK:
        rest = text[1:]
        if rest[:1] in ("{", "["):
            return rest
        return _scalar(rest) if rest in _WORDS or _NUMBER.fullmatch(rest) else text
    return text


def marked(value: float) -> str:
    """Write a number or boolean into a column of text."""
    return MARK + json.dumps(value)


def quoted(text: str) -> str:
    """Write text that would be read as something else."""
    first = ord(text[0])
    head = f"\\u{first:04x}" if first < 0x10000 else json.dumps(text[0])[1:-1]
    body = json.dumps(text[1:], ensure_ascii=False)[1:]
    whole = f'"{head}{body}'
    return whole if encodable(whole) else _escaped(whole)


def _kept(text: str, read: Any) -> bool:
    """Tell whether text is read back as itself."""
    start = text[:1]
    # most text begins with a letter
    if start.isalpha() and text not in _WORDS:
        return encodable(text)
    return encodable(text) and read(text) is text


def _boxed(text: str) -> Any:
    if text.startswith('"') and not text.startswith(_QUOTED):
        return text
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return text


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    found = _NUMBER.fullmatch(text)
    if found is None or len(text) > _MAX_DIGITS:
        return text
    return float(text) if found[1] or found[2] else int(text)


def _escaped(text: str) -> str:
    """Escape lone surrogates in JSON text (they stand in its strings only)."""
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _with_text_keys(value: Any) -> Any:
    if isinstance(value, Mapping):
        pairs: Mapping[Any, Any] = cast("Mapping[Any, Any]", value)
        return {
            key if isinstance(key, str | int | float | bool | None) else str(plain(key)): _with_text_keys(item)
            for key, item in pairs.items()
        }
    if isinstance(value, list | tuple):
        return [_with_text_keys(item) for item in cast("list[Any]", value)]
    return value
