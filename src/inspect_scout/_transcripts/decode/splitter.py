"""The parts of one sample, split off its JSON item by item: memory holds one item and one chunk, not the sample."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import Final, NamedTuple

from .source import CHUNK_BYTES, SampleError
from .structure import CLOSE_LIST, CLOSE_OBJECT, COMMA, OPEN_LIST, OPEN_OBJECT, StructuralScanner

LISTS: Final = frozenset(
    {
        "messages",
        "events",
        "timelines",
        "message_pool",
        "call_pool",
        "events_data.messages",
        "events_data.calls",
        "transcript.events",
    }
)
"""Parts that are split into their elements."""

TABLES: Final = frozenset({"attachments", "transcript.content"})
"""Parts that are split into their entries."""

_OPENING: Final = (OPEN_LIST, OPEN_OBJECT)
_KEY: Final = re.compile(rb'[ \t\r\n]*("(?:[^"\\]|\\.)*+")[ \t\r\n]*:', re.DOTALL)


class RawItem(NamedTuple):
    """A raw value found in a sample.

    Args:
        part: The part it belongs to.
        key: Its key, in a table.
        raw: The value; None says that a part begins, before anything of it.
    """

    part: str
    key: str | None
    raw: bytes | None


class _Container(NamedTuple):
    """A list or object that is being split.

    Args:
        part: Its name ("" for the sample itself).
        keyed: Whether it is an object.
        outer: Whether its members may be parts, to be split in turn.
    """

    part: str
    keyed: bool
    outer: bool


class _MemberState(Enum):
    """What happens to the member that is being read."""

    KEPT = auto()
    SKIPPED = auto()  # nobody wants it
    SPLIT = auto()  # it was split itself; only a comma or a bracket may follow


class JsonSplitter:
    """Splits the JSON of one sample into raw items.

    What nobody wants is passed over: its brackets and strings must match, the rest of it is not checked.

    Args:
        wanted: Names of the parts wanted: those of LISTS and TABLES are split, others come as one item.
    """

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted, self._split_parts = wanted, wanted & (LISTS | TABLES)
        self._outer = frozenset(name.split(".")[0] for name in wanted if "." in name)
        self._scanner = StructuralScanner()
        self._stack: list[_Container] = []
        self._started = False
        # the member that is being read, and its bytes from earlier chunks
        self._state = _MemberState.KEPT
        self._collected: list[bytes] = []
        self._first = True

    def split(self, chunks: Iterable[bytes]) -> Iterator[RawItem]:
        """Split chunk after chunk; whoever has enough stops.

        Raises:
            SampleError: If it is not JSON, or not an object.
        """
        for chunk in chunks:
            for start in range(0, len(chunk), CHUNK_BYTES):
                yield from self._split_chunk(chunk[start : start + CHUNK_BYTES] if len(chunk) > CHUNK_BYTES else chunk)
        if not self._started:
            raise SampleError("its JSON is empty")
        if self._stack or not self._scanner.finished:
            raise _damaged("it ends too early")

    def _split_chunk(self, chunk: bytes) -> Iterator[RawItem]:
        chars = self._scanner.scan(chunk)
        chars_by_depth: dict[int, tuple[list[int], list[int]]] = {}
        start = at = 0
        while True:
            # the characters that matter are those of the innermost container; deeper ones belong to its members
            depth = len(self._stack)
            if depth not in chars_by_depth:
                chars_by_depth[depth] = chars.up_to(depth)
            positions, symbols = chars_by_depth[depth]
            for index in range(bisect_left(positions, at), len(positions)):
                position, symbol = positions[index], symbols[index]
                if symbol in _OPENING:
                    item = self._open(chunk, start, position)
                    if len(self._stack) != depth:
                        start = position + 1
                else:
                    item = self._end_member(chunk, start, position)
                    start = position + 1
                if item is not None:
                    yield item
                if len(self._stack) != depth:
                    at = start
                    break
            else:
                self._carry(chunk, start)
                return

    def _open(self, chunk: bytes, start: int, position: int) -> RawItem | None:
        """Note that a bracket opens: the sample's own, or that of a member."""
        symbol = chunk[position]
        if not self._stack:
            self._open_sample(chunk[start:position], symbol)
            return None
        container = self._stack[-1]
        if not container.outer or self._state is not _MemberState.KEPT:
            return None
        key, between = split_member(b"".join((*self._collected, chunk[start:position])))
        if not _blank(between):
            raise _damaged("a comma is missing")
        part = _part_name(container, key)
        outer = part in self._outer
        if outer or part in self._split_parts:
            keyed = outer or part in TABLES
            if (symbol == OPEN_OBJECT) != keyed:
                raise _wrong_shape(part, keyed)
            self._enter(_Container(part, keyed, outer))
        elif part not in self._wanted:
            self._state = _MemberState.SKIPPED
            self._collected.clear()
        return RawItem(part, None, None)

    def _open_sample(self, before: bytes, symbol: int) -> None:
        if self._started:
            raise _damaged("something follows its end")
        if not _blank(before) or symbol != OPEN_OBJECT:
            raise SampleError("its JSON is not an object")
        self._started = True
        self._enter(_Container("", keyed=True, outer=True))

    def _enter(self, container: _Container) -> None:
        self._stack.append(container)
        self._state, self._first = _MemberState.KEPT, True
        self._collected.clear()

    def _end_member(self, chunk: bytes, start: int, position: int) -> RawItem | None:
        """Note a comma, or the bracket that closes the innermost container."""
        symbol = chunk[position]
        if not self._stack:
            raise _damaged("something follows its end") if self._started else SampleError("its JSON is not an object")
        container = self._stack[-1]
        item = None
        if self._state is _MemberState.KEPT:
            item = self._member(container, chunk[start:position], last=symbol != COMMA)
        elif self._state is _MemberState.SPLIT and not _blank(chunk[start:position]):
            raise _damaged("a comma is missing")
        self._state, self._first = _MemberState.KEPT, False
        self._collected.clear()
        if symbol != COMMA:
            if symbol != (CLOSE_OBJECT if container.keyed else CLOSE_LIST):
                raise _damaged("brackets do not match")
            self._stack.pop()
            self._state = _MemberState.SPLIT
        return item

    def _member(self, container: _Container, text: bytes, *, last: bool) -> RawItem | None:
        if self._collected:
            text = b"".join((*self._collected, text))
        if _blank(text):
            if last and self._first:
                return None
            raise _damaged("a value is missing")
        if not container.keyed:
            return RawItem(container.part, None, text)
        key, value = split_member(text)
        if not container.outer:
            return RawItem(container.part, key, value)
        part = _part_name(container, key)
        if part in self._outer or part in self._split_parts:
            if value.strip() != b"null":
                raise _wrong_shape(part, part not in LISTS)
            return None
        return RawItem(part, None, value) if part in self._wanted else None

    def _carry(self, chunk: bytes, start: int) -> None:
        """Keep what the chunk has of the member that goes on in the next."""
        if self._stack and self._state is _MemberState.SKIPPED:
            return
        rest = chunk[start:]
        if self._stack and self._state is _MemberState.KEPT:
            self._collected.append(rest)
        elif not _blank(rest):
            if not self._started:
                raise SampleError("its JSON is not an object")
            raise _damaged("a comma is missing" if self._stack else "something follows its end")


def _part_name(container: _Container, key: str) -> str:
    return f"{container.part}.{key}" if container.part else key


def split_member(text: bytes) -> tuple[str, bytes]:
    """Split the text of an object's member into key and raw value.

    Raises:
        SampleError: There is no key.
    """
    found = _KEY.match(text)
    if found is None:
        raise _damaged("a key is missing")
    try:
        key = json.loads(found[1])
    except ValueError:
        raise _damaged("a key cannot be read") from None
    return str(key), text[found.end() :]


def _blank(text: bytes) -> bool:
    return not text or text.isspace()


def _damaged(why: str) -> SampleError:
    return SampleError(f"its JSON is damaged ({why})")


def _wrong_shape(part: str, keyed: bool) -> SampleError:
    return SampleError(f"its part {part!r} is not {'an object' if keyed else 'a list'}")
