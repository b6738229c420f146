"""Cells of parquet files, read piece by piece: the pages of one column of one row group, walked by hand.

Arrow gives a cell as a whole, and one cell may be hundreds of megabytes. What is read here is what our writer makes and others
may make as well: text in plain encoding, uncompressed or compressed by zstd, in pages of the first version of the
format. `streamable` says whether a column is of that kind; for all others there is Arrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, cast

import zstandard

PIECE_BYTES: Final = 256 * 1024
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


class PageError(ValueError):
    """A page is damaged."""


class PageKindError(PageError):
    """A page is of a kind that is not read here; nothing of the cell was given yet."""


@dataclass(frozen=True, slots=True)
class Chunk:
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


def streamable(footer: Any, schema: Any, group: int, column: int) -> Chunk | None:
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
    return Chunk(
        found.data_page_offset,
        found.total_compressed_size,
        found.compression == "ZSTD",
        described.max_definition_level == 1,
    )


def read_cell(file: BinaryIO, chunk: Chunk, position: int) -> Iterator[bytes]:
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
        header, length = _page_header(file, at, end)
        body = at + length
        values = header.values
        if body + header.compressed_size > end:
            raise PageError("a page is longer than its column")
        if position < values:
            file.seek(body)
            yield from _cell_of_page(file, chunk, header, position)
            return
        position -= values
        at = body + header.compressed_size
    raise PageError("the column has fewer cells than rows")


@dataclass(frozen=True, slots=True)
class _Header:
    """What a page says of itself."""

    compressed_size: int
    size: int
    values: int


def _page_header(file: BinaryIO, at: int, end: int) -> tuple[_Header, int]:
    """Read the header at a place; gives it, and its bytes."""
    size = _HEADER_BYTES
    while True:
        file.seek(at)
        data = file.read(min(size, end - at))
        try:
            fields, length = _Thrift(data).whole()
            return _checked(fields), length
        except IndexError:  # statistics of long texts make long headers
            size *= 8
            if len(data) >= end - at or size > _MAX_HEADER_BYTES:
                raise PageError("the header of a page has no end") from None


def _checked(fields: dict[int, Any]) -> _Header:
    inner = fields.get(5)
    if fields.get(1) != _DATA_PAGE or not isinstance(inner, dict):
        raise PageKindError("a page is of a kind that is not read piece by piece")
    described = cast("dict[int, Any]", inner)
    sizes = (fields.get(3), fields.get(2), described.get(1))
    if not all(isinstance(size, int) and size >= 0 for size in sizes):
        raise PageError("the header of a page is damaged")
    if described.get(2) != _PLAIN or described.get(3) != _RLE:
        raise PageKindError("a page is in an encoding that is not read piece by piece")
    return _Header(*cast("tuple[int, int, int]", sizes))


def _cell_of_page(file: BinaryIO, chunk: Chunk, header: _Header, position: int) -> Iterator[bytes]:
    stream: Any = file
    if chunk.compressed:
        size = min(PIECE_BYTES, max(1, header.compressed_size))
        stream = zstandard.ZstdDecompressor().stream_reader(file, read_size=size)
    left = header.size
    try:
        if chunk.nullable:
            length = int.from_bytes(_exactly(stream, 4), "little")
            if length > left:
                raise PageError("a page is shorter than what it says of nulls")
            present = _levels(_exactly(stream, length), header.values)
            left -= 4 + length
            if not present[position]:
                return
            position = sum(present[:position])
        for number in range(position + 1):
            size = int.from_bytes(_exactly(stream, 4), "little")
            left -= 4 + size
            if left < 0:
                raise PageError("a cell is longer than its page")
            pieces = _pieces(stream, size)
            if number == position:
                yield from pieces
            else:
                for _ in pieces:
                    pass
    except zstandard.ZstdError as error:
        raise PageError(f"a page cannot be decompressed ({error})") from error


def _pieces(stream: Any, size: int) -> Iterator[bytes]:
    while size:
        piece = stream.read(min(size, PIECE_BYTES))
        if not piece:
            raise PageError("a page ends too early")
        size -= len(piece)
        yield piece


def _exactly(stream: Any, size: int) -> bytes:
    return b"".join(_pieces(stream, size))


def _levels(data: bytes, count: int) -> list[bool]:
    """Decode whether each cell is there: runs of one value, or bits packed by eight."""
    found: list[bool] = []
    at = 0
    while len(found) < count:
        try:
            head, at = _varint(data, at)
            if head & 1:
                packed = data[at : at + (head >> 1)]
                at += head >> 1
                if not packed:
                    raise PageError("what a page says of nulls is damaged")
                found += [bool(byte >> bit & 1) for byte in packed for bit in range(8)]
            else:
                if not head:
                    raise PageError("what a page says of nulls is damaged")
                found += [bool(data[at])] * min(head >> 1, count - len(found))
                at += 1
        except IndexError:
            raise PageError("what a page says of nulls is damaged") from None
    return found[:count]


def _varint(data: bytes, at: int) -> tuple[int, int]:
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


class _Thrift:
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
        raise PageKindError("the header of a page has fields that the format does not know")

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _number(self) -> int:
        value, self._at = _varint(self._data, self._at)
        return value

    def _zigzag(self) -> int:
        value = self._number()
        return value >> 1 ^ -(value & 1)

    def _take(self, size: int) -> bytes:
        if self._at + size > len(self._data):
            raise IndexError
        self._at += size
        return self._data[self._at - size : self._at]
