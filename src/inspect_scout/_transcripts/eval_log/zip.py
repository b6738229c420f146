"""Zip files by ranged reads: the directory of a log, and its members.

Python's own zipfile does not know zstd (before 3.14), trusts the sizes that a file states, and reads in small steps. A log
comes from strangers: every offset is checked, and a member never inflates beyond the size it declares.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import Struct
from typing import BinaryIO, cast

import zstandard

from ..._support.errors import LogReadError

STORED, DEFLATED, ZSTD = 0, 8, 93
# Small chunks let a reader that has seen enough stop before the rest is decompressed.
CHUNK_BYTES = 256 << 10
TAIL_BYTES = 128 << 10

_END = Struct("<4s4H2LH")
_END64_LOCATOR = Struct("<4sLQL")
_END64 = Struct("<4sQ2H2L4Q")
_ENTRY = Struct("<4s6H3L5H2L")
_LOCAL = Struct("<4s5H3L2H")
_QUAD = Struct("<Q")
_MAX16, _MAX32 = 0xFFFF, 0xFFFFFFFF
_ENCRYPTED, _UTF8 = 0x1, 0x800
# No real data compresses further; a member that declares more is inflated chunk by chunk, so that a lie costs nothing.
_MAX_ZSTD_RATIO = 2000


@dataclass(frozen=True, slots=True)
class ZipMember:
    """An entry of a zip directory.

    Args:
        name: Name.
        method: Compression method of the zip specification.
        flags: General purpose flags.
        crc: Checksum of the content.
        compressed: Bytes in the file.
        size: Bytes of the content.
        offset: Where its local header starts.
        earlier: The entry of the same name before it.
    """

    name: str
    method: int
    flags: int
    crc: int
    compressed: int
    size: int
    offset: int
    earlier: ZipMember | None = field(default=None, compare=False, repr=False)

    @property
    def versions(self) -> list[ZipMember]:
        """All entries of this name, in the order of the directory; this one is the last."""
        versions: list[ZipMember] = [self]
        while (earlier := versions[-1].earlier) is not None:
            versions.append(earlier)
        return versions[::-1]

    @property
    def fingerprint(self) -> str:
        """What changes when the content does."""
        return f"{self.crc:08x}:{self.size}"


class ZipLog:
    """A zip file open for reading.

    Args:
        file: The open file (closed by whoever opened it).
        path: Its name, for messages.
    """

    def __init__(self, file: BinaryIO, path: str) -> None:
        self._file, self._path = file, path
        try:
            self.size = file.seek(0, io.SEEK_END)
        except OSError as error:
            raise self._file_error(str(error)) from error
        # The directory, the header and the summaries stand at the end: one read brings all of them for most logs.
        self._tail_start = max(0, self.size - TAIL_BYTES)
        self._tail: bytes | None = None

    def members(self) -> dict[str, ZipMember]:
        """Read the directory; of several members of one name the last counts, as Inspect's own reading has it.

        That one knows those before it.

        Raises:
            LogReadError: The file is not a zip file, or is cut off or damaged.
        """
        if self.size == 0:
            raise self._file_error("the file is empty")
        try:
            start, length = self._locate_directory()
            return self._parse_directory(self.read_at(start, length), start)
        except struct.error as error:
            raise self._file_error(f"its zip directory is damaged ({error})") from error

    def read(self, member: ZipMember) -> bytes:
        """Read the content of a member and check it.

        Raises:
            LogReadError: The member is encrypted, damaged, or larger than it declares.
        """
        start, data = self._locate(member)
        if len(data) < member.compressed:
            data = self.read_at(start, member.compressed)
        if len(data) < member.compressed:
            raise self._member_error(member, "the file ends within it")
        content = self._inflate(member, data)
        if len(content) != member.size:
            raise self._member_error(member, f"it does not hold the {member.size} bytes that it declares")
        if zlib.crc32(content) != member.crc:
            raise self._member_error(member, "its checksum is wrong")
        return content

    def chunks(self, member: ZipMember) -> Iterator[bytes]:
        """Read the content of a member in chunks of at most 256 KiB; checks like `read`, at the end."""
        start, _ = self._locate(member, header_only=True)
        file = io.BufferedReader(_MemberFile(self, start, member.compressed), CHUNK_BYTES)
        crc, left = 0, member.size
        try:
            for chunk in _decompress_chunks(member, file):
                left -= len(chunk)
                if left < 0:
                    break
                crc = zlib.crc32(chunk, crc)
                yield chunk
        except (zlib.error, zstandard.ZstdError, MemoryError) as error:
            raise self._member_error(member, f"its compressed data is damaged ({error})") from error
        if left:
            raise self._member_error(member, f"it does not hold the {member.size} bytes that it declares")
        if crc != member.crc:
            raise self._member_error(member, "its checksum is wrong")

    def stored_chunks(self, member: ZipMember) -> Iterator[bytes]:
        """Read the stored bytes of a member, compressed as they are."""
        start, _ = self._locate(member, header_only=True)
        file, left = _MemberFile(self, start, member.compressed), member.compressed
        while chunk := file.read(CHUNK_BYTES):
            left -= len(chunk)
            yield chunk
        if left:
            raise self._member_error(member, "the file ends within it")

    def read_at(self, start: int, length: int) -> bytes:
        """Read up to `length` bytes from `start`."""
        if start < 0 or length < 0 or start > self.size:
            raise self._file_error("its zip directory points outside the file")
        length = min(length, self.size - start)
        try:
            if start >= self._tail_start:
                if self._tail is None:
                    self._file.seek(self._tail_start)
                    self._tail = self._file.read(self.size - self._tail_start)
                begin = start - self._tail_start
                return self._tail[begin : begin + length]
            self._file.seek(start)
            return self._file.read(length)
        except OSError as error:
            raise self._file_error(f"reading failed ({error})") from error

    def _locate_directory(self) -> tuple[int, int]:
        """Find where the directory starts and its length."""
        tail_start = max(0, self.size - _END.size - _MAX16 - _END64_LOCATOR.size)
        tail = self.read_at(tail_start, self.size - tail_start)
        at = _find_end_record(tail)
        if at is None:
            if not self.read_at(0, 4).startswith(b"PK"):
                raise self._file_error("it is not an Inspect log: neither a zip file nor JSON")
            raise self._file_error("it has no zip directory: the file is cut off, or still being written")
        _, _, _, _, count, length, start, _ = _END.unpack_from(tail, at)
        end = tail_start + at
        if count == _MAX16 or _MAX32 in (length, start):
            locator_at = at - _END64_LOCATOR.size
            if locator_at >= 0 and tail[locator_at : locator_at + 4] == b"PK\6\7":
                _, _, end, _ = _END64_LOCATOR.unpack_from(tail, locator_at)
                record = self.read_at(end, _END64.size)
                signature, *_, length, start = _END64.unpack(record)
                if signature != b"PK\6\6":
                    raise self._file_error("its zip directory is damaged")
        if start + length > end:
            raise self._file_error("its zip directory points outside the file")
        return start, length

    def _parse_directory(self, data: bytes, start: int) -> dict[str, ZipMember]:
        members: dict[str, ZipMember] = {}
        at = 0
        while at < len(data):
            fields = _ENTRY.unpack_from(data, at)
            signature, _, _, flags, method, _, _, crc, compressed, size, name_len, extra_len, comment_len = fields[:13]
            if signature != b"PK\1\2":
                raise self._file_error("its zip directory is damaged")
            offset = fields[16]
            at += _ENTRY.size
            name = data[at : at + name_len].decode("utf-8" if flags & _UTF8 else "cp437", "replace")
            if _MAX32 in (size, compressed, offset):
                extra = data[at + name_len : at + name_len + extra_len]
                size, compressed, offset = zip64_sizes(extra, size, compressed, offset)
            at += name_len + extra_len + comment_len
            if at > len(data) or offset + compressed > start:
                raise self._file_error("its zip directory is damaged")
            members[name] = ZipMember(name, method, flags, crc, compressed, size, offset, members.get(name))
        return members

    def _locate(self, member: ZipMember, *, header_only: bool = False) -> tuple[int, bytes]:
        """Find where the data of a member starts; gives what the same read brought of it."""
        if member.flags & _ENCRYPTED:
            raise self._member_error(member, "it is encrypted; encrypted logs are not supported")
        if member.method not in (STORED, DEFLATED, ZSTD):
            raise self._member_error(member, f"its compression method {member.method} is not stored, deflate or zstd")
        guess = _LOCAL.size + len(member.name.encode()) + 64
        block = self.read_at(member.offset, guess if header_only else guess + member.compressed)
        try:
            fields = _LOCAL.unpack_from(block)
        except struct.error as error:
            raise self._member_error(member, "the file ends within it") from error
        if fields[0] != b"PK\3\4":
            raise self._member_error(member, "the zip directory points to something else")
        begin = _LOCAL.size + fields[9] + fields[10]
        return member.offset + begin, block[begin : begin + member.compressed]

    def _inflate(self, member: ZipMember, data: bytes) -> bytes:
        try:
            if member.method == STORED:
                return data
            if member.method == DEFLATED:
                inflater = zlib.decompressobj(-zlib.MAX_WBITS)
                return inflater.decompress(data, member.size + 1)
            whole = _decompress_zstd_frame(data, member.size)
            return whole if whole is not None else _join(_decompress_chunks(member, io.BytesIO(data)), member.size)
        except (zlib.error, zstandard.ZstdError, MemoryError, OverflowError) as error:
            raise self._member_error(member, f"its compressed data is damaged ({error})") from error

    def _file_error(self, reason: str) -> LogReadError:
        return LogReadError(self._path, reason)

    def _member_error(self, member: ZipMember, reason: str) -> LogReadError:
        return LogReadError(self._path, f"member {member.name!r}: {reason}")


def _find_end_record(tail: bytes) -> int | None:
    """Find the end record: the last whose comment reaches to the end of the file, else the last at all."""
    last: int | None = None
    at = tail.rfind(b"PK\5\6")
    while at >= 0:
        if at + _END.size <= len(tail):
            last = at if last is None else last
            if at + _END.size + _END.unpack_from(tail, at)[7] == len(tail):
                return at
        at = tail.rfind(b"PK\5\6", 0, at)
    return last


class _MemberFile(io.RawIOBase):
    """Part of a zip file, read forward."""

    def __init__(self, zip_log: ZipLog, start: int, length: int) -> None:
        self._zip_log, self._at, self._end = zip_log, start, start + length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._zip_log.read_at(self._at, min(len(view), self._end - self._at))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


def _decompress_chunks(member: ZipMember, source: io.BufferedIOBase) -> Iterator[bytes]:
    """Decompress chunk by chunk; no chunk is larger than 256 KiB, whatever the data says."""
    if member.method == STORED:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk
    elif member.method == DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        pending = b""
        while not inflater.eof and (pending := pending or source.read(CHUNK_BYTES)):
            if chunk := inflater.decompress(pending, CHUNK_BYTES):
                yield chunk
            pending = inflater.unconsumed_tail
        if chunk := inflater.flush():
            yield chunk
    else:
        reader = zstandard.ZstdDecompressor().stream_reader(
            cast("BinaryIO", source), read_across_frames=True, closefd=False
        )
        while chunk := reader.read(CHUNK_BYTES):
            yield chunk


def _decompress_zstd_frame(data: bytes, size: int) -> bytes | None:
    """Decompress a single frame straight into memory of the declared size; None if it is not as declared."""
    # A frame that states its own size would be given that much memory, whatever the directory says.
    if size == 0 or zstandard.frame_content_size(data) not in (size, -1) or size > len(data) * _MAX_ZSTD_RATIO:
        return None
    try:
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=size, read_across_frames=False)
    except zstandard.ZstdError:
        return None


def _join(chunks: Iterator[bytes], limit: int) -> bytes:
    """Join chunks, stopping beyond `limit`."""
    joined = bytearray()
    for chunk in chunks:
        joined += chunk
        if len(joined) > limit:
            break
    return bytes(joined)


def zip64_sizes(extra: bytes, size: int, compressed: int, offset: int) -> tuple[int, int, int]:
    """Take the sizes that do not fit 32 bits from the extra field."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = int.from_bytes(extra[at : at + 2], "little"), int.from_bytes(extra[at + 2 : at + 4], "little")
        if kind == 1:
            field, values = extra[at + 4 : at + 4 + length], [size, compressed, offset]
            position = 0
            for n, value in enumerate(values):
                if value == _MAX32:
                    values[n] = _QUAD.unpack_from(field, position)[0]
                    position += _QUAD.size
            return values[0], values[1], values[2]
        at += 4 + length
    return size, compressed, offset
