"""Lists of scans: finding their directories, and how they stood when they were listed last.

A list of many scans reads again only those that have changed since. What it knows is in a file in the user's cache for each place
that holds many scans; it may be deleted, and is not used where it is damaged. A process that lists again and again, as the server
does, keeps what it read of the file for as long as the file is the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
import platformdirs

from ..._support.cache import Cache
from ..._support.errors import ScoutError, StorageError
from ..._support.regular import warn_of_skipped
from ..._support.storage import Storage, for_each, is_local, local_path, normalize, storage_for
from ..._types import ScanState
from ..layout import JOURNAL, SCAN_FILE, SCAN_PREFIX, SUMMARY_FILE, file_name

logger = logging.getLogger(__name__)

T = TypeVar("T")

_DEPTH = 12


@dataclass(frozen=True, slots=True)
class FoundScans:
    """Scans below a location.

    Args:
        storage: Where they are.
        root: The location.
        folders: Their directories.
    """

    storage: Storage
    root: str
    folders: Sequence[str]

    async def read_each(self, read: Callable[[str], Awaitable[T]]) -> list[T]:
        """Read something of each; those of which it cannot be read are left out."""

        async def read_one(folder: str) -> list[T]:
            try:
                return [await read(folder)]
            except StorageError as error:
                logger.warning("Left out of the list of scans: %s", error)
            except ScoutError as error:
                logger.debug("Left out of the list of scans: %s", error)  # removed meanwhile, or not a scan
            return []

        return [one for found in await for_each(self.root, self.folders, read_one) for one in found]


async def find_scans(location: str, storage: Storage | None = None) -> FoundScans:
    """Find the scan directories at and below a location, whatever their depth; a missing location holds none.

    Args:
        location: Where scans are kept.
        storage: Where that is (None: what serves the location).
    """
    where = storage if storage is not None else storage_for(location)
    root = normalize(location) if is_local(location) else location
    if file_name(root.rstrip("/")).startswith(SCAN_PREFIX):
        return FoundScans(where, root, [root.rstrip("/")])
    return FoundScans(where, root, await _find_below(where, root, _DEPTH))


async def _find_below(storage: Storage, folder: str, depth: int) -> list[str]:
    # The depth is limited because links may lead in circles.
    found: list[str] = []
    if is_local(folder):
        warn_of_skipped(local_path(folder), lambda name: name.startswith(SCAN_PREFIX), deep=False)
    try:
        folders = await storage.folders(folder)
    except StorageError as error:
        if depth == _DEPTH or not is_local(folder):
            raise
        logger.warning("Left out of the list of scans: %s", error)
        return []
    for below in folders:
        name = file_name(below)
        if name.startswith(SCAN_PREFIX):
            found.append(below)
        elif depth and not name.startswith("."):
            found += await _find_below(storage, below, depth - 1)
    return found


CACHE_VERSION = 3
"""Goes up with each change of what is kept."""

MIN_CACHED_SCANS = 50
"""Fewer scans are read as fast as the file."""

_STABLE_SECONDS = 2.0
"""A file changed twice within a tick of the clock of its disk looks unchanged: what is newer is read again."""

Stamp = tuple[int, ...]
"""Size, time and number of the files that say how a scan stands."""


class _CachedState(msgspec.Struct, frozen=True, array_like=True):
    stamp: Stamp
    state: ScanState


_DECODER = msgspec.msgpack.Decoder(dict[str, _CachedState])

_Found = Mapping[str, _CachedState]


@dataclass(frozen=True, slots=True)
class _KeptFile:
    """What a file said when it was read or written last.

    Args:
        stamp: The file then (None: there was none).
        states: What it said.
        size: Its length in bytes.
    """

    stamp: Stamp | None
    states: _Found
    size: int


KEPT_BYTES = 16 << 20
"""Length of all files that are kept in memory. A scan takes 0.8 KB in the file, and 2.5 KB in memory."""

_KEPT: Cache[Path, _KeptFile] = Cache(KEPT_BYTES, lambda kept: kept.size)

_LISTED: Cache[Path, bool] = Cache(1000)
"""What was listed before in this process. A command lists once: what it kept it would only take apart at its end, for 0.1 s."""


class StateCache:
    """How the scans below a local folder stood when they were listed last.

    Args:
        root: The folder.
        folder: Where the cache is (None: in the user's cache).
    """

    def __init__(self, root: str, folder: Path | None = None) -> None:
        name = hashlib.blake2b(root.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
        cache = folder or platformdirs.user_cache_path("inspect_scout") / f"lists_v{CACHE_VERSION}"
        self.path = cache / f"{name}.msgpack"
        self._lists_again = _LISTED.get(self.path) is not None
        _LISTED.put(self.path, True)
        self._loaded = self._load()
        self._current: dict[str, _CachedState] = {}

    def take_unchanged(self, scans: Sequence[str]) -> dict[str, ScanState]:
        """Tell how scans stand that were listed before and have not changed; the others must be read."""
        loaded, current = self._loaded, self._current
        for scan in scans:
            found = loaded.get(scan)
            if found is not None and found.stamp == scan_stamp(scan):
                current[scan] = found
        return {scan: found.state for scan, found in current.items()}

    def put(self, scan: str, stamp: Stamp | None, state: ScanState) -> None:
        """Keep how a scan stands.

        Args:
            scan: Its directory.
            stamp: What `scan_stamp` said before it was read.
            state: How it stands.
        """
        if stamp is not None and max(stamp[1], stamp[4]) < (time.time() - _STABLE_SECONDS) * 1e9:
            self._current[scan] = _CachedState(stamp, state)

    def save(self) -> None:
        """Write down what has changed; if that is not possible, this process alone knows it."""
        if self._current == self._loaded:
            return
        encoded = msgspec.msgpack.encode(self._current)
        temporary = self.path.with_suffix(f".{os.getpid():x}-{os.urandom(4).hex()}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(zlib.crc32(encoded).to_bytes(4, "little") + encoded)
            stamp = _file_stamp(temporary)
            os.replace(temporary, self.path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            stamp = _file_stamp(self.path)
        self._keep(_KeptFile(stamp, self._current, len(encoded)))

    def _load(self) -> _Found:
        stamp, kept = _file_stamp(self.path), _KEPT.get(self.path)
        if kept is not None and kept.stamp == stamp:
            return kept.states
        states, size = self._read()
        self._keep(_KeptFile(stamp, states, size))
        return states

    def _keep(self, kept: _KeptFile) -> None:
        if self._lists_again or kept.stamp is None:  # or there is no other place for it
            _KEPT.put(self.path, kept)

    def _read(self) -> tuple[_Found, int]:
        try:
            text = self.path.read_bytes()
            if zlib.crc32(memoryview(text)[4:]) == int.from_bytes(text[:4], "little"):
                return _DECODER.decode(memoryview(text)[4:]), len(text)
        except (OSError, ValueError):
            pass  # never kept, damaged, or of a version that kept something else
        return {}, 0


def _file_stamp(path: Path) -> Stamp | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def scan_stamp(scan: str) -> Stamp | None:
    """Describe the files that say how a scan stands; None where there is more to read, as in one that runs."""
    try:
        spec, summary = os.stat(f"{scan}/{SCAN_FILE}"), os.stat(f"{scan}/{SUMMARY_FILE}")
        journal = f"{scan}/{JOURNAL}"
        # Nearly no scan has one, and to list what is not there takes a third longer than to ask for it.
        if os.access(journal, os.F_OK) and os.listdir(journal):
            return None
    except (OSError, ValueError):
        return None
    return spec.st_size, spec.st_mtime_ns, spec.st_ino, summary.st_size, summary.st_mtime_ns, summary.st_ino
