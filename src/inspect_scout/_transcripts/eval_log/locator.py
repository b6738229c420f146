"""Where the samples of logs are, with what is worth remembering between two of them."""

from __future__ import annotations

import contextlib
import os
import zlib
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Literal

import anyio.from_thread

from ..._support.cache import Cache
from ..._support.clock import SYSTEM_CLOCK, Clock
from ..._support.errors import ConfigError, LogReadError, ScoutError
from ..._support.storage import Entry, is_local, local_path, run_blocking, storage_for
from ..contract import PackedSample
from ..decode.source import MemoryBytes
from .indexing import choose_sample, is_zip, json_samples, open_log
from .records import decode_json_log
from .rows import sample_key
from .zip import DEFLATED, STORED, ZSTD, ZipLog, ZipMember

if TYPE_CHECKING:
    from ..._types import TranscriptInfo

_DIRECTORIES = 32
_FRESH_SECONDS = 10.0
# A JSON log is kept whole, so that reading its samples one by one decodes it once.
_JSON_LOGS = 2
# Choosing among samples of one name reads all of them.
_CHOICES = 1024
_CHUNKED, _ZIP = "/sample.json", ".eval"
_Key = tuple[str, str]
ENCODINGS: Mapping[int, Literal["identity", "deflate", "zstd"]] = {
    STORED: "identity",
    DEFLATED: "deflate",
    ZSTD: "zstd",
}
"""Names of the ways in which members are compressed."""


@dataclass(frozen=True, slots=True)
class SampleSource:
    """The JSON of one sample of a log.

    Args:
        member: Its name within the log.
        version: What changes when its log changes.
        fingerprint: What changes when its stored bytes change.
        size: Bytes of the JSON.
        read: Reads everything at once.
        chunks: Reads again from the start, in chunks.
        stored: The JSON as the log holds it.
    """

    member: str
    version: str
    fingerprint: str
    size: int
    read: Callable[[], bytes]
    chunks: Callable[[], Generator[bytes]]
    stored: PackedSample


class SampleLocator:
    """Samples of logs; remembers the zip directories and JSON logs used last, and notices when a log changes.

    A remote log is asked for changes at most once in some seconds; one that changes in between is noticed when it is
    read, because reading holds to the content that was described. The loop does the asking, so remote logs are found in its threads.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._entries: Cache[_Key, Entry] = Cache(_DIRECTORIES)
        self._directories: Cache[_Key, Mapping[str, ZipMember]] = Cache(_DIRECTORIES)
        self._json_logs: Cache[_Key, Mapping[str, list[bytes]]] = Cache(_JSON_LOGS)
        self._chosen: Cache[_Key, int] = Cache(_CHOICES)

    def sample(self, path: str, id: str, epoch: int, info: TranscriptInfo | None = None) -> SampleSource:
        """Find a sample by its id and epoch.

        Args:
            path: The log.
            id: The id, as text.
            epoch: The epoch.
            info: Says which sample is meant if the log has several of this name, such as those with the ids 1 and "1"
                (None: the last).

        Raises:
            LogReadError: The log cannot be read, or has no such sample.
        """
        name = f"samples/{sample_key(id, epoch)}.json"
        version, found = self._find(path, name, f"{id!r} epoch {epoch}")
        if len(found) == 1 or info is None:
            return found[-1]

        def choose() -> int:
            return choose_sample(info.source_id or "", info.transcript_id, [source.read() for source in found])

        return found[self._chosen.fetch((repr(version), f"{name}\0{info.transcript_id}"), choose)]

    def member(self, path: str, name: str, fingerprint: str) -> SampleSource:
        """Find a sample by the name of its member, and by its fingerprint if the log has several of this name.

        Raises:
            LogReadError: The log cannot be read, or has no such sample.
        """
        _, found = self._find(path, name, repr(name))
        return next((source for source in found if source.fingerprint == fingerprint), found[-1])

    def forget(self, path: str) -> None:
        """Ask again for changes of a log."""
        self._entries.drop(self._freshness_key(path))

    def _find(self, path: str, name: str, sample: str) -> tuple[tuple[str, str], list[SampleSource]]:
        """Find the samples of a name, in the order of the log, and say of which content of the log they are."""
        entry = self._entry(path)
        version = (path, entry.etag if entry is not None else _local_version(path))
        if path.lower().endswith(_ZIP):  # known to be a zip file, which need not be opened if its directory is known

            def members() -> Mapping[str, ZipMember]:
                with open_log(path, entry) as file:
                    return ZipLog(file, path).members()

            return version, self._zip_samples(version, name, sample, self._directories.fetch(version, members), entry)
        with open_log(path, entry) as file:
            if is_zip(path, file):
                found = self._directories.fetch(version, lambda: ZipLog(file, path).members())
                return version, self._zip_samples(version, name, sample, found, entry)
            samples = self._json_logs.fetch(version, lambda: _read_json(file, path))
        if name not in samples:
            raise LogReadError(path, "the log has no such sample", sample)
        return version, [_json_sample(name, version[1], data) for data in samples[name]]

    def _entry(self, path: str) -> Entry | None:
        """Say what is known of a remote log, as it was some seconds ago at the earliest; None for a local one."""
        if is_local(path):
            return None
        return self._entries.fetch(self._freshness_key(path), lambda: _stat(path))

    def _freshness_key(self, path: str) -> tuple[str, str]:
        return (path, f"{self._clock.monotonic() // _FRESH_SECONDS}")

    def _zip_samples(
        self,
        version: tuple[str, str],
        name: str,
        sample: str,
        members: Mapping[str, ZipMember],
        entry: Entry | None,
    ) -> list[SampleSource]:
        path, found = version[0], members.get(name)
        if found is None:
            if name.removesuffix(".json") + _CHUNKED in members:
                raise LogReadError(path, "it is stored in chunks, which this version cannot read", sample)
            raise LogReadError(path, "the log has no such sample", sample)

        def read(member: ZipMember) -> bytes:
            with self._opened(path, sample, entry) as log:
                return log.read(member)

        def chunks(member: ZipMember) -> Generator[bytes]:
            with self._opened(path, sample, entry) as log:
                yield from log.chunks(member)

        def stored_chunks(member: ZipMember) -> Generator[bytes]:
            with self._opened(path, sample, entry) as log:
                yield from log.stored_chunks(member)

        def source(member: ZipMember) -> SampleSource:
            decoded = partial(chunks, member)
            encoding = ENCODINGS.get(member.method, "identity")
            stored = PackedSample(encoding, member.size, member.crc, partial(stored_chunks, member), decoded)
            return SampleSource(
                name, version[1], member.fingerprint, member.size, partial(read, member), decoded, stored
            )

        return [source(member) for member in found.versions]

    @contextlib.contextmanager
    def _opened(self, path: str, sample: str, entry: Entry | None) -> Generator[ZipLog]:
        """Let errors name the sample concerned, and the next attempt ask what has become of the log."""
        try:
            with open_log(path, entry) as file:
                yield ZipLog(file, path)
        except LogReadError as error:
            self.forget(path)
            raise LogReadError(error.log, error.reason, sample) from error


async def find_sample(locator: SampleLocator, info: TranscriptInfo) -> SampleSource:
    """Find the sample that a transcript is.

    Raises:
        LogReadError: The log cannot be read, or has no such sample.
        ConfigError: The transcript does not come from an eval log.
    """
    log, id, epoch = log_of(info), info.task_id, info.task_repeat
    if id is None or epoch is None:
        raise ConfigError(f"Transcript {info.transcript_id!r} does not come from an eval log: it names no sample.")
    return await run_blocking(log, lambda: locator.sample(log, id, epoch, info))


def log_of(info: TranscriptInfo) -> str:
    """Say which log a transcript is in.

    Raises:
        ConfigError: The transcript does not come from an eval log.
    """
    log: object = info.metadata.get("log") or info.source_uri
    if not isinstance(log, str):
        raise ConfigError(f"Transcript {info.transcript_id!r} does not come from an eval log: it names none.")
    return log


def _stat(path: str) -> Entry:
    try:
        entry = anyio.from_thread.run(storage_for(path).stat, path)
    except ScoutError as error:
        raise LogReadError(path, str(error)) from error
    if entry is None:
        raise LogReadError(path, "there is no such file; check the path")
    return entry


def _json_sample(name: str, version: str, data: bytes) -> SampleSource:
    source, crc = MemoryBytes(data), zlib.crc32(data)
    stored = PackedSample("identity", len(data), crc, source.chunks, source.chunks)
    return SampleSource(name, version, f"{crc:08x}:{len(data)}", len(data), source.read, source.chunks, stored)


def _read_json(file: BinaryIO, path: str) -> dict[str, list[bytes]]:
    try:
        data = file.read()
    except OSError as error:
        raise LogReadError(path, f"reading failed ({error})") from error
    samples = json_samples(decode_json_log(data, path))
    return {f"samples/{key}.json": [bytes(raw) for raw in found] for key, found in samples.items()}


def _local_version(path: str) -> str:
    """Tell one content of a local log from another."""
    try:
        state = os.stat(local_path(path))
    except OSError:
        with open_log(path) as file:  # says in its own words why not
            state = os.fstat(file.fileno())
    return f"{state.st_mtime_ns:x}-{state.st_size:x}-{state.st_ino:x}"
