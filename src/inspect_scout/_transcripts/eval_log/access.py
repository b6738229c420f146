"""Finding the samples of logs, with what is worth remembering between two of them."""

from __future__ import annotations

import contextlib
import os
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Generic, TypeVar

from ..._support.errors import LogReadError
from ..decode import BytesSource
from .reading import is_zip, json_samples, open_log
from .records import decode_json_log
from .rows import sample_key
from .zip import Member, ZipLog

_DIRECTORIES = 32
# A JSON log is kept whole, so that reading its samples one by one decodes it once.
_JSON_LOGS = 2
_CHUNKED = "/sample.json"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SampleSource:
    """The JSON of one sample of a log.

    Args:
        member: Its name within the log.
        fingerprint: What changes when its stored bytes change.
        size: Bytes of the JSON.
        read: Reads everything at once.
        chunks: Reads anew, piece by piece.
    """

    member: str
    fingerprint: str
    size: int
    read: Callable[[], bytes]
    chunks: Callable[[], Iterator[bytes]]


class LogAccess:
    """Samples of logs; remembers the zip directories and JSON logs used last, and notices when a log changes."""

    def __init__(self) -> None:
        self._directories = _Recent[Mapping[str, Member]](_DIRECTORIES)
        self._json_logs = _Recent[Mapping[str, bytes]](_JSON_LOGS)

    def sample(self, path: str, id: str, epoch: int) -> SampleSource:
        """Find a sample by its id and epoch.

        Raises:
            LogReadError: The log cannot be read, or has no such sample.
        """
        return self._find(path, f"samples/{sample_key(id, epoch)}.json", f"{id!r} epoch {epoch}")

    def member(self, path: str, name: str) -> SampleSource:
        """Find a sample by the name of its member.

        Raises:
            LogReadError: The log cannot be read, or has no such sample.
        """
        return self._find(path, name, repr(name))

    def _find(self, path: str, name: str, sample: str) -> SampleSource:
        with open_log(path) as file:
            version = (path, _version(file))
            if is_zip(path, file):
                members = self._directories.get(version, lambda: ZipLog(file, path).members())
                return self._zip_sample(path, name, sample, members)
            samples = self._json_logs.get(version, lambda: _read_json(file, path))
        data = samples.get(name)
        if data is None:
            raise LogReadError(path, "the log has no such sample", sample)
        source = BytesSource(data)
        fingerprint = f"{zlib.crc32(data):08x}:{len(data)}"
        return SampleSource(name, fingerprint, len(data), source.read, source.chunks)

    def _zip_sample(self, path: str, name: str, sample: str, members: Mapping[str, Member]) -> SampleSource:
        member = members.get(name)
        if member is None:
            if name.removesuffix(".json") + _CHUNKED in members:
                raise LogReadError(path, "it is stored in chunks, which this version cannot read", sample)
            raise LogReadError(path, "the log has no such sample", sample)

        def read() -> bytes:
            with _naming(sample), open_log(path) as file:
                return ZipLog(file, path).read(member)

        def chunks() -> Iterator[bytes]:
            with _naming(sample), open_log(path) as file:
                yield from ZipLog(file, path).chunks(member)

        return SampleSource(name, member.fingerprint, member.size, read, chunks)


@contextlib.contextmanager
def _naming(sample: str) -> Generator[None]:
    """Let errors name the sample concerned."""
    try:
        yield
    except LogReadError as error:
        raise LogReadError(error.log, error.reason, sample) from error


class _Recent(Generic[T]):
    """The values used last, made once also when threads ask at the same time."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[tuple[str, str], T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str], make: Callable[[], T]) -> T:
        """Give the value of a key, making it if it is not remembered."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            value = make()
            self._values[key] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
            return value


def _read_json(file: BinaryIO, path: str) -> dict[str, bytes]:
    try:
        data = file.read()
    except OSError as error:
        raise LogReadError(path, f"reading failed ({error})") from error
    samples = json_samples(decode_json_log(data, path))
    return {f"samples/{key}.json": bytes(raw) for key, raw in samples.items()}


def _version(file: BinaryIO) -> str:
    """Tell one content of a path from another."""
    try:
        state = os.fstat(file.fileno())
    except (OSError, AttributeError):
        return str(file.seek(0, os.SEEK_END))
    return f"{state.st_mtime_ns:x}-{state.st_size:x}-{state.st_ino:x}"
