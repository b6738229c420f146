"""Arrow columns of Python values.

Built from buffers, because `pyarrow.array` imports pandas first, even for a list: 0.4 s of CPU and 40 MB, which was half
of a scan of ten transcripts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa

from .json import well_formed

Array: TypeAlias = "pa.Array[Any]"

# The stubs give Arrow's functions one overload for each type of column; ours are known when the program runs.
_arrow: Any = pa
_NUMBERS: Final[dict[pa.DataType, Any]] = {
    pa.int32(): np.int32,
    pa.int64(): np.int64,
    pa.float64(): np.float64,
    pa.bool_(): np.bool_,
}


def array(values: Sequence[Any], kind: pa.DataType) -> Array:
    """Make a column, repairing text that UTF-8 cannot hold.

    Args:
        values: Text, numbers or booleans; None for no value.
        kind: Type of the column: text, 32 or 64 bit integers, floats, booleans.

    Raises:
        OverflowError: A number, or all text together, is too large for the type.
    """
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return built(kind, values, _text_buffers(values, kind))
    number = _NUMBERS[kind]
    if isinstance(values, range):
        return _from_buffers(kind, len(values), [None, np.arange(values.start, values.stop, values.step, dtype=number)])
    plain = np.fromiter((0 if value is None else value for value in values), number, len(values))
    return built(kind, values, [np.packbits(plain, bitorder="little") if number is np.bool_ else plain])


def encoded_text(values: Sequence[bytes | None]) -> Array:
    """Make a column of large text that is UTF-8 already; whether it is, is not checked."""
    texts = [b"" if value is None else value for value in values]
    return built(pa.large_string(), values, [_offsets(texts), b"".join(texts)])


def built(kind: pa.DataType, values: Sequence[object], buffers: Sequence[Any]) -> Array:
    """Make a column of buffers.

    Args:
        kind: Its type.
        values: Its values; only which of them are None counts.
        buffers: What they are made of, as Arrow lays out columns of the type.
    """
    known = np.fromiter((value is not None for value in values), np.bool_, len(values))
    valid = None if known.all() else np.packbits(known, bitorder="little")
    return _from_buffers(kind, len(values), [valid, *buffers])


def _from_buffers(kind: pa.DataType, count: int, buffers: Sequence[Any]) -> Array:
    held = [None if buffer is None else _arrow.py_buffer(buffer) for buffer in buffers]
    made: Array = _arrow.Array.from_buffers(kind, count, held)
    return made


def _text_buffers(values: Sequence[Any], kind: pa.DataType) -> list[Any]:
    try:
        texts = [b"" if value is None else value.encode() for value in values]
    except UnicodeEncodeError:
        texts = [b"" if value is None else well_formed(value).encode() for value in values]
    offsets = _offsets(texts)
    if pa.types.is_string(kind):
        if offsets[-1] > np.iinfo(np.int32).max:
            raise OverflowError(f"{offsets[-1]} bytes of text are more than one column of a file can hold")
        offsets = offsets.astype(np.int32)
    return [offsets, b"".join(texts)]


def _offsets(texts: Sequence[bytes]) -> Any:
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=offsets[1:])
    return offsets
