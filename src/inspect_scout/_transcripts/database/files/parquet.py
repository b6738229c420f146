"""Parquet files: opening them, also those with very long footers, and reading large cells piece by piece.

Arrow gives a cell as a whole, and one cell may be hundreds of megabytes. So the pages of one column of one row group are
walked by hand here, if they are what our writer makes and others may make as well: text in plain encoding, uncompressed or
compressed by zstd, in pages of the first version of the format. `streamable` says whether a column is of that kind; for all
others there is Arrow.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

READ_BYTES: Final = 256 * 1024
"""Size of the pieces."""

_HEADER_BYTES: Final = 4096
_MAX_HEADER_BYTES: Final = 1 << 24
_DATA_PAGE: Final = 0
_PLAIN: Final = 0
_RLE: Final = 3
# Types of the compact protocol of Thrift, in which page headers are written.
_TRUE, _FALSE, _BINARY, _STRUCT = 1, 2, 8, 12
_INTEGERS: Final = (4, 5, 6)
_MAX_DEPTH: Final = 16
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
        size = _footer_size(source)
        return parquet.ParquetFile(
            source, thrift_string_size_limit=size, thrift_container_size_limit=size // _COLUMN_BYTES
        )


def _footer_size(source: str | BinaryIO | pa.NativeFile) -> int:
    """Read how long the footer of a file is."""
    if isinstance(source, str):
        with open(source, "rb") as file:
            return _footer_size(file)
    source.seek(-_TAIL, os.SEEK_END)
    size = int.from_bytes(source.read(4), "little")
    source.seek(0)
    return size


class PageError(ValueError):
    """A page is damaged."""


class UnsupportedPageError(PageError):
    """A page is of a kind that is not read here; nothing of the cell was given yet."""


@dataclass(frozen=True, slots=True)
class ColumnChunk:
    """The pages of one column of one row group.

    Args:
        start: Where they begin in the file.
        size: Their bytes.
        compressed: Whether pages are compressed by zstd (else not at all).
        nullable: Whether cells can be null.
    """

    start: int
    size: int
    compressed: bool
    nullable: bool


def streamable_chunk(footer: Any, schema: Any, group: int, column: int) -> ColumnChunk | None:
    """Find the pages of a column, if they can be read here.

    Args:
        footer: Metadata of a parquet file, as Arrow has it.
        schema: Its parquet schema.
        group: The row group.
        column: Position of the column.
    """
    found, described = footer.row_group(group).column(column), schema.column(column)
    plain = (
        found.physical_type == "BYTE_ARRAY"
        and found.compression in ("ZSTD", "UNCOMPRESSED")
        and not found.has_dictionary_page
        and set(found.encodings) <= {"PLAIN", "RLE"}
        and described.max_repetition_level == 0
        and described.max_definition_level <= 1
    )
    if not plain:
        return None
    return ColumnChunk(
        found.data_page_offset,
        found.total_compressed_size,
        found.compression == "ZSTD",
        described.max_definition_level == 1,
    )


def read_cell(file: BinaryIO, chunk: ColumnChunk, position: int) -> Iterator[bytes]:
    """Read one cell piece by piece (nothing: it is null, or the text is empty).

    Args:
        file: The parquet file.
        chunk: The pages of the column.
        position: Row within the row group.

    Raises:
        PageKindError: A page is of a kind that is not read here; nothing of the cell was given yet.
        PageError: A page is damaged.
    """
    at, end = chunk.start, chunk.start + chunk.size
    while at < end:
        header, length = _read_page_header(file, at, end)
        body = at + length
        values = header.values
        if body + header.compressed_size > end:
            raise PageError("a page is longer than its column")
        if position < values:
            file.seek(body)
            yield from _read_cell_of_page(file, chunk, header, position)
            return
        position -= values
        at = body + header.compressed_size
    raise PageError("the column has fewer cells than rows")


@dataclass(frozen=True, slots=True)
class _PageHeader:
    """The header of a page."""

    compressed_size: int
    size: int
    values: int


def _read_page_header(file: BinaryIO, at: int, end: int) -> tuple[_PageHeader, int]:
    """Read the header at a place; gives it, and its bytes."""
    size = _HEADER_BYTES
    while True:
        file.seek(at)
        data = file.read(min(size, end - at))
        try:
            fields, length = _ThriftReader(data).whole()
            return _check_page_header(fields), length
        except IndexError:  # statistics of long texts make long headers
            size *= 8
            if len(data) >= end - at or size > _MAX_HEADER_BYTES:
                raise PageError("the header of a page has no end") from None


def _check_page_header(fields: dict[int, Any]) -> _PageHeader:
    inner = fields.get(5)
    if fields.get(1) != _DATA_PAGE or not isinstance(inner, dict):
        raise UnsupportedPageError("a page is of a kind that is not read piece by piece")
    described = cast("dict[int, Any]", inner)
    sizes = (fields.get(3), fields.get(2), described.get(1))
    if not all(isinstance(size, int) and size >= 0 for size in sizes):
        raise PageError("the header of a page is damaged")
    if described.get(2) != _PLAIN or described.get(3) != _RLE:
        raise UnsupportedPageError("a page is in an encoding that is not read piece by piece")
    return _PageHeader(*cast("tuple[int, int, int]", sizes))


def _read_cell_of_page(file: BinaryIO, chunk: ColumnChunk, header: _PageHeader, position: int) -> Iterator[bytes]:
    stream: Any = file
    if chunk.compressed:
        size = min(READ_BYTES, max(1, header.compressed_size))
        stream = zstandard.ZstdDecompressor().stream_reader(file, read_size=size)
    left = header.size
    try:
        if chunk.nullable:
            length = int.from_bytes(_read_exactly(stream, 4), "little")
            if length > left:
                raise PageError("a page is shorter than its list of nulls")
            present = _decode_levels(_read_exactly(stream, length), header.values)
            left -= 4 + length
            if not present[position]:
                return
            position = sum(present[:position])
        for number in range(position + 1):
            size = int.from_bytes(_read_exactly(stream, 4), "little")
            left -= 4 + size
            if left < 0:
                raise PageError("a cell is longer than its page")
            pieces = _read_pieces(stream, size)
            if number == position:
                yield from pieces
            else:
                for _ in pieces:
                    pass
    except zstandard.ZstdError as error:
        raise PageError(f"a page cannot be decompressed ({error})") from error


def _read_pieces(stream: Any, size: int) -> Iterator[bytes]:
    while size:
        piece = stream.read(min(size, READ_BYTES))
        if not piece:
            raise PageError("a page ends too early")
        size -= len(piece)
        yield piece


def _read_exactly(stream: Any, size: int) -> bytes:
    return b"".join(_read_pieces(stream, size))


def _decode_levels(data: bytes, count: int) -> list[bool]:
    """Decode whether each cell is there: runs of one value, or bits packed by eight."""
    found: list[bool] = []
    at = 0
    while len(found) < count:
        try:
            head, at = _decode_varint(data, at)
            if head & 1:
                packed = data[at : at + (head >> 1)]
                at += head >> 1
                if not packed:
                    raise PageError("the nulls of a page are damaged")
                found += [bool(byte >> bit & 1) for byte in packed for bit in range(8)]
            else:
                if not head:
                    raise PageError("the nulls of a page are damaged")
                found += [bool(data[at])] * min(head >> 1, count - len(found))
                at += 1
        except IndexError:
            raise PageError("the nulls of a page are damaged") from None
    return found[:count]


def _decode_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise PageError("a number in the header of a page has no end")


class _ThriftReader:
    """Reads a structure in the compact protocol: fields by their number. IndexError: there is not enough of it."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def whole(self) -> tuple[dict[int, Any], int]:
        """Read a structure; gives its fields, and its bytes."""
        fields = self._struct(0)
        return fields, self._at

    def _struct(self, depth: int) -> dict[int, Any]:
        if depth > _MAX_DEPTH:
            raise PageError("the header of a page is nested too deeply")
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            kind = head & 15
            fields[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind == _STRUCT:
            return self._struct(depth + 1)
        if kind == _BINARY:
            return self._take(self._number())
        if kind in _INTEGERS:
            return self._zigzag()
        raise UnsupportedPageError("the header of a page has fields that the format does not know")

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _number(self) -> int:
        value, self._at = _decode_varint(self._data, self._at)
        return value

    def _zigzag(self) -> int:
        value = self._number()
        return value >> 1 ^ -(value & 1)

    def _take(self, size: int) -> bytes:
        if self._at + size > len(self._data):
            raise IndexError
        self._at += size
        return self._data[self._at - size : self._at]
