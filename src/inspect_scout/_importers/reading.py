"""Files of traces as lines or documents of JSON, in bounded memory, and what was wrong with them."""

from __future__ import annotations

import contextlib
import errno
import gzip
import hashlib
import io
import json
import os
import zlib
from collections import Counter
from collections.abc import Container, Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar, cast

import msgspec

from .._support.regular import open_regular
from .._transcripts import TraceProblem

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

T = TypeVar("T")

HEAD_BYTES: Final = 256 << 10
"""As much as recognising needs: sessions begin with instructions and snapshots of tens of kilobytes."""
MAX_LINE: Final = 512 << 20
"""A line beyond this is refused: reading it would need several times as much memory."""
MAX_DOCUMENT: Final = 2 << 30
_CHUNK: Final = 1 << 20
_EXPANDED_FREELY: Final = 256 << 20
_MOST_EXPANSION: Final = 500
_SHOWN_PROBLEMS: Final = 20
_CONSTANTS: Final = (b"NaN", b"Infinity")
_GZIP, _ZSTD, _BOM = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xef\xbb\xbf"


@contextlib.contextmanager
def open_trace(path: str) -> Generator[BinaryIO]:
    """Open a file, decompressed if its first bytes say that it is compressed.

    Raises:
        OSError: It cannot be opened, or is not what it says that it is.
    """
    with open_regular(path) as file:
        magic = file.read(4)
        file.seek(0)
        if magic == _ZSTD:
            import zstandard

            try:
                yield _expanded(zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True), file)
            except zstandard.ZstdError as error:
                raise OSError(errno.EIO, f"it is compressed, and damaged: {error}", path) from error
        elif magic.startswith(_GZIP):
            try:
                yield _expanded(gzip.GzipFile(fileobj=file), file)
            except (zlib.error, EOFError) as error:
                raise OSError(errno.EIO, f"it is compressed, and damaged: {error}", path) from error
        else:
            yield file


class _Expanding(io.RawIOBase):
    """Decompressed content, up to a length that no trace has: a small file may be made to fill the memory."""

    def __init__(self, content: BinaryIO, compressed: int) -> None:
        self._content, self._left = content, max(_EXPANDED_FREELY, compressed * _MOST_EXPANSION)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        piece = self._content.read(len(view))
        self._left -= len(piece)
        if self._left < 0:
            raise OSError(errno.EFBIG, f"it is compressed, and expands to more than {_MOST_EXPANSION} times its size")
        view[: len(piece)] = piece
        return len(piece)


def _expanded(content: object, file: BinaryIO) -> BinaryIO:
    size = os.fstat(file.fileno()).st_size
    return cast("BinaryIO", io.BufferedReader(_Expanding(cast("BinaryIO", content), size), _CHUNK))


def read_head(path: str) -> bytes:
    """Read the beginning of a file, decompressed.

    Raises:
        OSError: It cannot be read.
    """
    with open_trace(path) as file:
        return file.read(HEAD_BYTES).removeprefix(_BOM)


def plain_name(path: str) -> str:
    """Name of a file without what says how it is compressed."""
    return os.path.basename(path).removesuffix(".gz").removesuffix(".zst")


def id_in_place(name: str, path: str) -> str:
    """Make an id of a name that files in other folders have as well, as runs of one task do: the path makes it another one."""
    place = hashlib.blake2b(os.path.abspath(path).encode("utf-8", "surrogateescape"), digest_size=4)
    return f"{name}-{place.hexdigest()}"


@dataclass(slots=True)
class Accounts:
    """What became of the records of an item: none is passed over without being counted.

    Args:
        reader: Name of the format.
    """

    reader: str
    records: int = 0
    skipped: Counter[str] = field(default_factory=Counter[str])
    """Known, and nothing of a transcript: by type."""
    unknown: Counter[str] = field(default_factory=Counter[str])
    """Of types that this reader does not know."""
    broken: int = 0
    problems: list[TraceProblem] = field(default_factory=list[TraceProblem])

    def refuse(self, path: str, message: str, line: int | None = None) -> None:
        """Count a broken record, and name the first ones; they may have been told of, and taken out, meanwhile."""
        self.broken += 1
        if self.broken <= _SHOWN_PROBLEMS:
            self.problems.append(TraceProblem(path, message, line))
        elif self.broken == _SHOWN_PROBLEMS + 1:
            self.problems.append(
                TraceProblem(path, f"more than {_SHOWN_PROBLEMS} parts of it cannot be read: the others are not named")
            )

    def metadata(self) -> dict[str, object]:
        """Say it in the metadata of a transcript."""
        unknown = {"unknown_types": ", ".join(sorted(self.unknown))} if self.unknown else {}
        return {
            "reader": self.reader,
            "records": self.records,
            "skipped": sum(self.skipped.values()),
            "unknown": sum(self.unknown.values()),
            "broken": self.broken,
            **unknown,
        }


def raw_lines(path: str) -> Generator[tuple[int, bytes, bool]]:
    """Give the lines of a file that are not empty: number, content, and whether it ends with a line break.

    Raises:
        OSError: The file cannot be read.
        ValueError: A line is longer than `MAX_LINE`.
    """
    with open_trace(path) as file:
        number, open_line, length = 0, list[bytes](), 0
        while chunk := file.read(_CHUNK):
            first, *others = chunk.split(b"\n")
            open_line.append(first)
            length += len(first)
            if length > MAX_LINE:
                raise ValueError(f"line {number + 1} has more than {MAX_LINE >> 20} MB; it is not read")
            if not others:
                continue
            for line in (b"".join(open_line), *others[:-1]):
                number += 1
                if line and not line.isspace():
                    yield number, line.removeprefix(_BOM) if number == 1 else line, True
            open_line, length = [others[-1]], len(others[-1])
        last = b"".join(open_line)
        if last.strip():
            yield number + 1, last.removeprefix(_BOM) if number == 0 else last, False


def json_lines(path: str, decoder: msgspec.json.Decoder[T], accounts: Accounts) -> Iterator[tuple[int, T]]:
    """Decode the lines of a file; those that cannot be are counted and named. A last line that is being written is not wrong.

    Raises:
        OSError: The file cannot be read.
        ValueError: A line is too long.
    """
    for number, line, is_whole in raw_lines(path):
        try:
            record = decode(decoder, line)
        except ValueError as error:
            if is_whole or not is_cut_off(line):
                accounts.records += 1
                accounts.refuse(path, f"it is not a record of this format: {error}", number)
            continue
        accounts.records += 1
        yield number, record


class _Kind(msgspec.Struct, gc=False):
    type: str = ""


_kind = msgspec.json.Decoder(_Kind)


def lines_by_type(
    path: str, decoder: msgspec.json.Decoder[T], accounts: Accounts, kept: Container[str], skipped: Container[str]
) -> Iterator[T]:
    """Decode the lines whose `type` is among those that are kept; all others are counted.

    Raises:
        OSError: The file cannot be read.
        ValueError: A line is too long.
    """
    for number, line, is_whole in raw_lines(path):
        try:
            # Most lines of a session say nothing; finding their type costs a third of decoding them.
            kind = decode(_kind, line).type
            record = decode(decoder, line) if kind in kept else None
        except ValueError as error:
            if is_whole or not is_cut_off(line):
                accounts.records += 1
                accounts.refuse(path, f"it is not a record of this format: {error}", number)
            continue
        accounts.records += 1
        if record is not None:
            yield record
        else:
            (accounts.skipped if kind in skipped else accounts.unknown)[kind] += 1


def is_cut_off(line: bytes) -> bool:
    """Whether a last line without a break is the beginning of an object: its program has not written the rest yet."""
    return line.lstrip().startswith(b"{") and not line.rstrip().endswith(b"}")


def decode(decoder: msgspec.json.Decoder[T], content: bytes | msgspec.Raw) -> T:
    """Decode JSON; bytes that are not Unicode and lone surrogates become replacement characters, NaN and infinities null.

    Raises:
        ValueError: It is not JSON, or of another shape, or nested too deeply.
    """
    try:
        return decoder.decode(content)
    except RecursionError:
        raise ValueError("its JSON is nested too deeply") from None
    except UnicodeDecodeError:
        return decode(decoder, whole_text(content))
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
    except msgspec.DecodeError as error:
        content = bytes(content)
        whole = whole_text(content)
        if whole != content:  # a lone surrogate has many messages
            return decode(decoder, whole)
        if not any(word in content for word in _CONSTANTS):
            raise ValueError(str(error)) from None
    try:  # as Python writes them
        return decoder.decode(msgspec.json.encode(json.loads(content, parse_constant=lambda _: None)))
    except (ValueError, RecursionError) as error:
        raise ValueError(str(error)) from None


def whole_text(content: bytes | msgspec.Raw) -> bytes:
    """Give JSON with replacement characters in the place of bytes that are not Unicode, and of lone surrogates."""
    content = bytes(content)
    try:
        content.decode()
    except UnicodeDecodeError:
        content = content.decode("utf-8", "replace").encode()
    return _without_lone_surrogates(content) if b"\\ud" in content or b"\\uD" in content else content


def _without_lone_surrogates(content: bytes) -> bytes:
    import re

    pattern = rb"(?<!\\)((?:\\\\)*)(?:(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    return re.sub(pattern, lambda found: found[1] + (found[2] or b"\\ufffd"), content)


def document(path: str, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode a file that is one document.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not such a document, or has more than `MAX_DOCUMENT` bytes.
    """
    with open_trace(path) as file:
        content = file.read(MAX_DOCUMENT + 1)
    if len(content) > MAX_DOCUMENT:
        raise ValueError(f"it has more than {MAX_DOCUMENT >> 30} GB; it is not read")
    return decode(decoder, content.removeprefix(_BOM))
