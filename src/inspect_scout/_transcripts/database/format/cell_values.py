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
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final, cast

import pyarrow as pa

from ...._support.json import loads
from ...._support.shapes import is_list, is_mapping
from ...contract import Cell
from .schema import INDEX_COLUMNS, ColumnType

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
_KINDS: Final[dict[str, ColumnType]] = {c.name: c.kind for c in INDEX_COLUMNS}
_TRUE: Final = frozenset({"true", "1", "1.0", "yes", "t"})
_FALSE: Final = frozenset({"false", "0", "0.0", "no", "f"})


def json_text(value: Any) -> str:
    """Write compact JSON; what JSON does not know is written as text (times in ISO format), and nothing is refused.

    NaN and infinities are written as Python writes them; lone surrogates as escapes.
    """
    try:
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=jsonable)
    except TypeError:  # keys that are neither text nor numbers
        text = json.dumps(_with_text_keys(value), separators=(",", ":"), ensure_ascii=False, default=jsonable)
    return text if is_encodable(text) else _escaped(text)


def jsonable(value: Any) -> Any:
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


def is_encodable(text: str) -> bool:
    """Tell whether a text column can hold a text."""
    return text.isascii() or _SURROGATE.search(text) is None


def without_surrogates(text: str) -> str:
    """Replace lone surrogates, which no text column can hold."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def encode_score(score: Any) -> str | None:
    """Write a score: text as it is, if it is read back as the same text."""
    if score is None:
        return None
    if isinstance(score, str):
        return score if _reads_back(score, decode_score) else quote_text(score)
    return json_text(score)


def decode_score(text: str) -> Any:
    """Read a score: JSON, else text."""
    start = text[:1]
    if start in ("{", "[", '"'):
        return _decode_json(text)
    return _decode_scalar(text) if text in _WORDS or _NUMBER.fullmatch(text) else text


def encode_metadata(value: Any) -> Scalar | None:
    """Write a value of metadata: scalars as they are, lists and objects as JSON, other things as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        text = str.__str__(value)
        if _reads_back(text, decode_metadata):
            return text
        return MARK + text if text[0] in "{[" and is_encodable(text) else quote_text(text)
    if isinstance(value, int):
        return int(value) if -_INT64 <= value < _INT64 else mark(value)
    if isinstance(value, float):
        return float(value)
    if is_mapping(value) or is_list(value) or isinstance(value, tuple):
        return json_text(value)
    stood_for = jsonable(value)
    return json_text(stood_for) if is_mapping(stood_for) or is_list(stood_for) else encode_metadata(str(stood_for))


def decode_metadata(text: str) -> Any:
    """Read text of metadata: lists, objects and whatever is marked as JSON, else text."""
    start = text[:1]
    if start in ("{", "[", '"'):
        return _decode_json(text)
    if start == MARK:
        rest = text[1:]
        if rest[:1] in ("{", "["):
            return rest
        return _decode_scalar(rest) if rest in _WORDS or _NUMBER.fullmatch(rest) else text
    return text


def mark(value: float) -> str:
    """Write a number or boolean into a column of text."""
    return MARK + json.dumps(value)


def quote_text(text: str) -> str:
    """Write text that would be read as something else."""
    first = ord(text[0])
    head = f"\\u{first:04x}" if first < 0x10000 else json.dumps(text[0])[1:-1]
    body = json.dumps(text[1:], ensure_ascii=False)[1:]
    whole = f'"{head}{body}'
    return whole if is_encodable(whole) else _escaped(whole)


def _reads_back(text: str, read: Any) -> bool:
    """Tell whether text is read back as itself."""
    start = text[:1]
    # most text begins with a letter
    if start.isalpha() and text not in _WORDS:
        return is_encodable(text)
    return is_encodable(text) and read(text) is text


def _decode_json(text: str) -> Any:
    if text.startswith('"') and not text.startswith(_QUOTED):
        return text
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return text


def _decode_scalar(text: str) -> Any:
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
            key if isinstance(key, str | int | float | bool | None) else str(jsonable(key)): _with_text_keys(item)
            for key, item in pairs.items()
        }
    if isinstance(value, list | tuple):
        return [_with_text_keys(item) for item in cast("list[Any]", value)]
    return value


def coerce_index_cell(name: str, value: Any) -> Cell:
    """Make a value fit an index column; one that cannot be read as its type becomes None.

    Args:
        name: The column.
        value: What a file has there, as Python has it.
    """
    if value is None:
        return None
    kind = _KINDS.get(name)
    if kind is None:
        return value if isinstance(value, str | int | float) else encode_metadata(value)
    if kind == "string" and isinstance(value, str):
        return value
    return encode_score(plain_value(value)) if name == "score" else _READ[kind](value)


def content_json(scalar: Any) -> bytes | None:
    """Give the JSON of a cell with content; lists and structs are written as JSON."""
    if not scalar.is_valid:
        return None
    if isinstance(scalar, pa.StringScalar | pa.BinaryScalar | pa.LargeStringScalar | pa.LargeBinaryScalar):
        data: bytes = scalar.as_buffer().to_pybytes()
        return data
    value: Any = scalar.as_py()
    return value.encode() if isinstance(value, str) else json_text(value).encode()


def plain_value(cell: Any) -> Any:
    """Give what stands in a description for a cell of a type that only other programs write."""
    if cell is None or isinstance(cell, str | bool | int | float):
        return cell
    if is_mapping(cell):
        return {str(key): plain_value(value) for key, value in cell.items()}
    if is_list(cell):
        return [plain_value(item) for item in cell]
    return jsonable(cell)


def as_text(cell: Any) -> str:
    """Read a cell as text."""
    value = plain_value(cell)
    return json_text(value) if is_mapping(value) or is_list(value) else str(value)


def _as_integer(cell: Any) -> int | None:
    if isinstance(cell, int):
        return int(cell)
    number = _as_number(cell)
    return int(number) if number is not None and math.isfinite(number) else None


def _as_number(cell: Any) -> float | None:
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return None


def _as_boolean(cell: Any) -> bool | None:
    if isinstance(cell, bool):
        return cell
    text = str(cell).strip().lower()
    return True if text in _TRUE else False if text in _FALSE else None


_READ: Final[dict[ColumnType, Callable[[Any], Cell]]] = {
    "string": as_text,
    "int64": _as_integer,
    "float64": _as_number,
    "bool": _as_boolean,
}
