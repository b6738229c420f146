"""Opening parquet files, also those whose footers Arrow takes for too large."""

from __future__ import annotations

import os
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

# Bytes that a footer takes for each column, at least: no list in it has more items than its bytes allow.
_COLUMN_BYTES: Final = 8
_TAIL: Final = 8


def open_parquet(source: Any) -> Any:
    """Open a parquet file.

    Arrow refuses footers of more than a million columns, which protects its memory from lists whose length is a lie. A
    longer footer may have longer lists.

    Args:
        source: A path, or something to read bytes from.

    Raises:
        pyarrow.ArrowException: It is not a parquet file.
        OSError: It cannot be read.
    """
    parquet: Any = pq
    try:
        return parquet.ParquetFile(source)
    except OSError as error:
        if "Exceeded size limit" not in str(error):
            raise
        size = _footer_bytes(source)
        return parquet.ParquetFile(
            source, thrift_string_size_limit=size, thrift_container_size_limit=size // _COLUMN_BYTES
        )


def _footer_bytes(source: str | BinaryIO | pa.NativeFile) -> int:
    """Read how long the footer of a file is."""
    if isinstance(source, str):
        with open(source, "rb") as file:
            return _footer_bytes(file)
    source.seek(-_TAIL, os.SEEK_END)
    size = int.from_bytes(source.read(4), "little")
    source.seek(0)
    return size
