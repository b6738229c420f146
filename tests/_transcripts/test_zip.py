"""Reading zip files by ranges."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import LogReadError
from inspect_scout._transcripts.eval_log.zip import CHUNK_BYTES, DEFLATED, STORED, ZSTD, ZipLog, ZipMember, zip64_sizes


def zip_log(data: bytes) -> ZipLog:
    return ZipLog(io.BytesIO(data), "x.eval")


def written(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, *, force_zip64: bool = False) -> bytes:
    """Write a zip file as Python does."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as target:
        for name, data in members.items():
            with target.open(name, "w", force_zip64=force_zip64) as member:
                member.write(data)
    return file.getvalue()


def by_hand(name: str, content: bytes, raw: bytes, method: int, *, size: int | None = None, flags: int = 0) -> bytes:
    """Write a zip file of one member, with any method and any lie."""
    encoded, size = name.encode(), len(content) if size is None else size
    crc = zlib.crc32(content)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 45, flags, method, 0, 0, crc, len(raw), size, len(encoded), 0)
    entry = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 45, 45, flags, method, 0, 0, crc, len(raw), size, len(encoded), 0, 0, 0, 0, 0, 0
    )
    directory = entry + encoded
    start = len(local) + len(encoded) + len(raw)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(directory), start, 0)
    return local + encoded + raw + directory + end


def both(log: ZipLog, member: ZipMember) -> bytes:
    """Read a member in both ways."""
    whole = log.read(member)
    pieces = list(log.chunks(member))
    assert b"".join(pieces) == whole
    assert all(len(piece) <= CHUNK_BYTES for piece in pieces)
    return whole


BIG = bytes(range(256)) * 4096 + b"x" * 3_000_000


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("content", [b"", b"a", b'{"a": 1}' * 1000, BIG])
def test_members_are_read_whole_and_in_pieces(method: int, content: bytes) -> None:
    log = zip_log(written({"other": b"first", "wanted": content}, method))
    assert both(log, log.members()["wanted"]) == content


@pytest.mark.parametrize("content", [b"", b"a", BIG])
@pytest.mark.parametrize("sized", [True, False])
def test_zstd_members_are_read(content: bytes, sized: bool) -> None:
    raw = zstandard.ZstdCompressor(write_content_size=sized).compress(content)
    log = zip_log(by_hand("a", content, raw, ZSTD))
    assert both(log, log.members()["a"]) == content


def test_zstd_members_of_several_frames_are_read() -> None:
    compressor = zstandard.ZstdCompressor()
    raw = compressor.compress(b"one ") + compressor.compress(b"two")
    log = zip_log(by_hand("a", b"one two", raw, ZSTD))
    assert both(log, log.members()["a"]) == b"one two"


def test_zip64_and_comments_are_understood() -> None:
    data = written({"a": b"x" * 1000, "b": b"y"}, force_zip64=True)
    members = zip_log(data).members()
    assert {name: zip_log(data).read(member) for name, member in members.items()} == {"a": b"x" * 1000, "b": b"y"}
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a") as target:
        target.comment = b"PK\5\6 or so" * 100
    assert zip_log(file.getvalue()).members().keys() == {"a", "b"}


def test_more_members_than_16_bits_can_count() -> None:
    data = written({f"{n}": b"" for n in range(66_000)}, zipfile.ZIP_STORED)
    assert len(zip_log(data).members()) == 66_000


def test_large_offsets_come_from_the_zip64_field() -> None:
    extra = struct.pack("<HHQQQ", 1, 24, 5, 6, 7)
    assert zip64_sizes(b"\x99\x99\x02\x00ab" + extra, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF) == (5, 6, 7)
    assert zip64_sizes(struct.pack("<HHQ", 1, 8, 7), 1, 2, 0xFFFFFFFF) == (1, 2, 7)


def test_of_two_members_of_one_name_the_last_counts() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        target.writestr("a", "old")
        with pytest.warns(UserWarning, match="Duplicate"):
            target.writestr("a", "new")
    log = zip_log(file.getvalue())
    assert log.read(log.members()["a"]) == b"new"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"PK", "cut off"),
        (b"no zip at all", "neither a zip file nor JSON"),
        (written({"a": b"x" * 5000})[:-30], "cut off"),
        (written({"a": b"x" * 5000}, zipfile.ZIP_STORED)[200:], "outside the file|damaged"),
    ],
)
def test_files_that_are_no_zip_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(LogReadError, match=reason) as raised:
        log = zip_log(data)
        log.read(log.members()["a"])
    assert "x.eval" in str(raised.value)


@pytest.mark.parametrize("method", [STORED, DEFLATED, ZSTD])
@pytest.mark.parametrize("declared", [1000, 99_999, 100_001, 2**32 - 2])
def test_no_member_inflates_beyond_what_it_declares(method: int, declared: int) -> None:
    content = b"z" * 100_000
    raw = {
        STORED: lambda: content,
        DEFLATED: lambda: zlib.compress(content, wbits=-15),
        ZSTD: lambda: zstandard.compress(content),
    }[method]()
    log = zip_log(by_hand("bomb", content, raw, method, size=declared))
    member = log.members()["bomb"]
    with pytest.raises(LogReadError, match=f"'bomb': it does not hold the {declared} bytes"):
        log.read(member)
    seen = 0
    with pytest.raises(LogReadError, match="bomb"):
        for piece in log.chunks(member):
            seen += len(piece)
    assert seen <= declared


def test_a_bomb_is_not_blown_up() -> None:
    # 4 GiB of zeros, as a zstd frame of runs: a few hundred kB.
    compressor = zstandard.ZstdCompressor().compressobj()
    raw = b"".join(compressor.compress(bytes(1 << 22)) for _ in range(64)) + compressor.flush()
    log = zip_log(by_hand("bomb", b"", raw, ZSTD, size=1000))
    with pytest.raises(LogReadError, match="1000 bytes"):
        log.read(log.members()["bomb"])


def test_encrypted_and_unknown_members_are_refused() -> None:
    for flags, method, reason in ((1, STORED, "encrypted"), (0, 12, "compression method 12")):
        log = zip_log(by_hand("a", b"x", b"x", method, flags=flags))
        with pytest.raises(LogReadError, match=reason):
            log.read(log.members()["a"])
        with pytest.raises(LogReadError, match=reason):
            list(log.chunks(log.members()["a"]))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/abs", "a\\b", "\u202e\x1b[31m", "x" * 60_000, "samples/é.json"])
def test_hostile_names_are_only_names(name: str) -> None:
    log = zip_log(by_hand(name, b"x", b"x", STORED, flags=0x800))
    ((found, member),) = log.members().items()
    assert (found, log.read(member)) == (name, b"x")


def test_damaged_content_is_noticed() -> None:
    data = bytearray(written({"a": bytes(random.Random(1).choices(range(97, 123), k=1000))}))
    for at in range(40, 90, 7):
        broken = bytearray(data)
        broken[at] ^= 0x10
        log = zip_log(bytes(broken))
        with pytest.raises(LogReadError, match="'a'"):
            log.read(log.members()["a"])
        with pytest.raises(LogReadError, match="'a'"):
            list(log.chunks(log.members()["a"]))


@given(st.binary(max_size=300), st.integers(0, 3))
def test_no_bytes_crash_the_reader(noise: bytes, place: int) -> None:
    good = written({"a": b"content" * 10})
    data = [noise, noise + good, good + noise, good[:50] + noise + good[50 + len(noise) :]][place]
    with contextlib.suppress(LogReadError):
        log = zip_log(data)
        for member in log.members().values():
            log.read(member)
            list(log.chunks(member))


def test_reading_fails_with_the_name_of_the_file(tmp_path: Path) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the disk is gone")

    with pytest.raises(LogReadError, match=r"x\.eval.*the disk is gone"):
        ZipLog(Failing(b"x" * 100), "x.eval").members()
