"""The whole of a transcript, handed on as it is stored."""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable, Generator, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ..._support.errors import TranscriptTooLargeError
from ..._transcripts import HasPackedSample, PackedSample, RawTranscript
from ..reading.transcript_cache import TranscriptCache
from .transcripts import locate_transcript

MAX_CONTENT_BYTES = 350 << 20
"""Clients hold a transcript as a whole, and more than this none of them can."""

_GZIP_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


@dataclass(frozen=True, slots=True)
class WholeContent:
    """The content of a transcript as JSON: `messages`, `events`, `timelines`, and what these refer to.

    Args:
        encoding: How `chunks` is compressed.
        chunks: Its bytes, read as they are asked for. Blocks.
        size: Bytes of the JSON.
    """

    encoding: Literal["identity", "gzip", "zstd"]
    chunks: Iterable[bytes]
    size: int


async def whole_content(
    cache: TranscriptCache,
    location: str,
    transcript_id: str,
    accepted: Iterable[str],
    hold: Callable[[int], Awaitable[None]],
    max_bytes: int = MAX_CONTENT_BYTES,
) -> WholeContent:
    """Read a transcript, compressed as it is stored if the client takes that.

    Args:
        cache: What is kept of transcripts.
        location: Where the transcripts are.
        transcript_id: Its id.
        accepted: Encodings that the client takes ("gzip", "zstd").
        hold: Waits until so many bytes may be held: what cannot be handed on as it is stored is held as a whole.
        max_bytes: Bytes of JSON at most.

    Raises:
        LocationError: There is no such transcript.
        LogReadError: It cannot be read.
        TranscriptTooLargeError: It is larger.
    """
    located = await locate_transcript(cache, location, transcript_id)
    if located.size > max_bytes:
        raise TranscriptTooLargeError(transcript_id, located.size, max_bytes)
    if isinstance(located, HasPackedSample):
        return _as_stored(located.stored, frozenset(accepted))
    await hold(located.size)
    raw = await located.raw()
    return WholeContent("identity", _assembled(raw), raw.size)


def _as_stored(stored: PackedSample, accepted: frozenset[str]) -> WholeContent:
    if stored.encoding == "zstd" and "zstd" in accepted:
        return WholeContent("zstd", stored.chunks(), stored.size)
    if stored.encoding == "deflate" and "gzip" in accepted:
        return WholeContent("gzip", _in_gzip(stored), stored.size)
    return WholeContent("identity", stored.decoded(), stored.size)


def _in_gzip(stored: PackedSample) -> Generator[bytes]:
    """Put deflated bytes into a gzip file: every client takes that, and what is inside is the same."""
    yield _GZIP_HEADER
    yield from stored.chunks()
    yield struct.pack("<LL", stored.crc, stored.size & 0xFFFFFFFF)


def _assembled(raw: RawTranscript) -> Generator[bytes]:
    parts = {"messages": raw.messages or b"[]", "events": raw.events or b"[]", "timelines": raw.timelines or b"[]"}
    if raw.events_data is not None:
        parts["events_data"] = raw.events_data
    start = b"{"
    for name, part in parts.items():
        yield b'%b"%b":' % (start, name.encode())
        yield from map(partial(_slice, part), range(0, len(part), 1 << 20))
        start = b","
    yield b"}"


def _slice(part: bytes, start: int) -> bytes:
    return part[start : start + (1 << 20)]
