"""JSON as the project writes and reads it."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec

from .shapes import is_list, is_mapping

_DECODER = msgspec.json.Decoder()


def loads(data: bytes | str) -> Any:
    """Parse JSON; NaN and infinities, which Python's own writer produces, are accepted."""
    try:
        return _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return json.loads(data)


def dumps(value: Any) -> str:
    """Write compact JSON; what JSON does not know becomes its `str`, NaN and infinities stay as Python writes them."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)


def finite(value: Any) -> Any:
    """Replace NaN and infinities by None, at any depth, for readers of strict JSON."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if is_mapping(value):
        return {k: finite(v) for k, v in value.items()}
    if is_list(value):
        return [finite(v) for v in value]
    return value


def well_formed(text: str) -> str:
    """Replace what UTF-8 cannot hold: pairs of surrogates become their character, lone ones a replacement."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
