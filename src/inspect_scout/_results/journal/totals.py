"""What a file of the journal amounts to, at a place that is found without knowing parquet.

The footer of a file lists its pairs one by one; decoding those of a million pairs takes seconds. So each file also holds the
counts of its scanners, between its rows and its footer, where readers of parquet do not look, and a hash of each pair. Where no
pair stands in two files, the counts of all files can be added up; else the pairs are looked at one by one, as in files of
earlier versions.
"""

from __future__ import annotations

import functools
import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO

import msgspec

from ..._support.errors import LocationError, StorageError
from ..._support.storage import Entry, Storage, for_each, run_blocking
from ..._types import ScannerState
from ..rows.pair_records import ScannerPairs, counts_of_records

_END = b"PAR1"
_MARK = b"scoutsum"
_TAIL = 8  # length of the footer, and the end mark
_TRAILER = 16  # checksum and length of the totals, and our mark
_HASH = 8
_GUESS = 16 * 1024
"""Totals of most files are shorter, and read at once with their trailer."""


class _ScannerTotals(msgspec.Struct, frozen=True, array_like=True):
    """Counts of a scanner in a file, and a hash of each of its pairs."""

    scanner: str
    counts: ScannerState
    pairs: bytes


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[_ScannerTotals])


def insert_totals(file: bytes, pairs: Sequence[ScannerPairs]) -> bytes:
    """Put into a parquet file what its pairs amount to."""
    totals = [_ScannerTotals(own.scanner, counts_of_records(own.pairs), _hashes(own)) for own in pairs]
    encoded = _ENCODER.encode(totals)
    trailer = zlib.crc32(encoded).to_bytes(4, "little") + len(encoded).to_bytes(4, "little") + _MARK
    footer = len(file) - _TAIL - int.from_bytes(file[-_TAIL:-4], "little")
    return b"".join((file[:footer], encoded, trailer, file[footer:]))


async def sum_totals(storage: Storage, location: str, files: Sequence[Entry]) -> Mapping[str, ScannerState] | None:
    """Add up what files of a journal amount to; None if some do not say it readably, or a pair stands in two of them.

    Args:
        storage: Where the scan is.
        location: The scan.
        files: The files.
    """
    counts: dict[str, ScannerState] = {}
    pairs: dict[str, list[bytes]] = {}
    for encoded in await for_each(location, files, lambda entry: _totals_or_none(storage, entry)):
        if encoded is None:
            return None
        for one in encoded:
            counts[one.scanner] = counts[one.scanner] + one.counts if one.scanner in counts else one.counts
            pairs.setdefault(one.scanner, []).append(one.pairs)
    all_once = all(_all_distinct(pairs[scanner], counts[scanner].scans) for scanner in counts)
    return counts if all_once else None


async def _totals_or_none(storage: Storage, entry: Entry) -> list[_ScannerTotals] | None:
    try:
        return await run_blocking(entry.path, functools.partial(_read_totals, storage, entry))
    except (LocationError, StorageError, OSError, ValueError):
        return None  # merged since, or damaged: whoever looks at its pairs will say so


def _read_totals(storage: Storage, entry: Entry) -> list[_ScannerTotals] | None:
    if entry.size < _TAIL + _TRAILER:
        return None
    with storage.open_read(entry.path, entry) as file:
        tail = _read_at(file, entry.size - _TAIL, _TAIL)
        end = entry.size - _TAIL - int.from_bytes(tail[:4], "little")
        start = max(0, end - _GUESS)
        if tail[4:] != _END or end < _TRAILER:
            return None
        found = _read_at(file, start, end - start)
        if not found.endswith(_MARK):
            return None
        length = int.from_bytes(found[-12:-8], "little")
        if length > len(found) - _TRAILER:
            start = max(0, end - _TRAILER - length)
            found = _read_at(file, start, end - start)
    encoded = found[len(found) - _TRAILER - length : -_TRAILER]
    if zlib.crc32(encoded) != int.from_bytes(found[-_TRAILER:-12], "little"):
        return None
    return _DECODER.decode(encoded)


def _read_at(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def _hashes(own: ScannerPairs) -> bytes:
    ids = (record.transcript_id.encode("utf-8", "surrogatepass") for record in own.pairs)
    return b"".join(hashlib.blake2b(one, digest_size=_HASH).digest() for one in ids)


def _all_distinct(hashes: Iterable[bytes], count: int) -> bool:
    """Tell whether there are as many different hashes as pairs."""
    joined = b"".join(hashes)
    return len(joined) == count * _HASH and len(set(memoryview(joined).cast("Q"))) == count
