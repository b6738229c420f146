"""Looks at a location, so that the kinds of sources can recognise it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import unquote

from .._support.confinement import leads_out
from .._support.errors import ConfigError, LocationError, ScoutError
from .._support.regular import irregular_kind, leads_nowhere, open_regular
from .._support.storage import is_local, local_path, normalize, storage_for
from .contract import HEAD_BYTES, SourceLocation
from .eval_log.listing import holds_logs
from .nearby import missing_location_error

_DATA_SUFFIX = ".parquet"
_AT_ONCE = 16

REMOTE_TRACES: Final = "Sessions and traces are read from this machine: copy them here first."
"""What to do about what is not a log or a database, and not on this machine."""


def probe_location(location: str) -> SourceLocation:
    """Look at a location; a remote one is taken for a file.

    Raises:
        LocationError: There is something that can never be read.
        StorageError: A package that its scheme needs is not installed.
    """
    if not is_local(location):
        storage_for(location)
        return SourceLocation(normalize(location), None, _remote_heads)
    path = _full_path(location)
    if os.path.isdir(path):
        return SourceLocation(path, _LazyFileList(path), _local_heads)
    _check_regular(path)
    return SourceLocation(path, None, _local_heads)


def refuse_missing(location: str) -> None:
    """Refuse a local path that leads nowhere, before anything is loaded that reads it.

    Raises:
        LocationError: There is no such file or folder.
    """
    if is_local(location) and not os.path.lexists(path := _full_path(location)):
        raise missing_location_error(path)


async def probe_remote_folder(location: str) -> SourceLocation:
    """Look at a remote folder.

    Raises:
        StorageError: It cannot be listed.
    """
    return SourceLocation(location, [entry.path for entry in await storage_for(location).list(location)], _remote_heads)


def database_location(location: str) -> str:
    """Give the full form of the location of a database, which need not exist.

    Raises:
        ConfigError: There are eval logs.
    """
    place = probe_location(location)
    is_file = place.paths is None and is_local(place.location) and os.path.isfile(place.location)
    if is_file and not place.location.lower().endswith((_DATA_SUFFIX, ".eval", ".json")):
        raise not_recognised_error(place.location)
    named = place.paths is None and not is_file and is_local(place.location)  # it is not there yet
    if not named and holds_logs(place):
        raise ConfigError(
            f"{place.location!r} holds eval logs and is not a transcript database: copy them into one (scout db copy), read them with transcripts_from, or name "
            "another folder."
        )
    return place.location


def not_recognised_error(path: str, advice: str = "") -> LocationError:
    """Say that a file is nothing that any kind of source reads."""
    said = (
        f"{path!r} is not an eval log or a database: name a .eval or .json log, a .parquet file, or a folder of these."
    )
    return LocationError(f"{said} {advice}".rstrip())


def _check_regular(path: str) -> None:
    """Refuse what is there and can never be read."""
    what = leads_nowhere(path)
    if what is None:
        try:
            kind = irregular_kind(os.stat(path).st_mode)
        except OSError:
            return  # it is not there, or those who open it say why they cannot
        what = f"is {kind}" if kind is not None else None
    if what is not None:
        raise LocationError(
            f"{path!r} {what}: transcripts are read from regular files. Name a .eval or .json log, a .parquet file, or a "
            "folder of these."
        )


def _full_path(location: str) -> str:
    path = normalize(os.path.expanduser(local_path(location)))
    if location != local_path(location) and not os.path.exists(path):
        path = unquote(path)  # file:// as `Path.as_uri` writes it
    return path


class _LazyFileList:
    """The files below a local folder, found lazily, each once."""

    def __init__(self, folder: str) -> None:
        self._found: list[str] = []
        self._rest = _walk(folder)

    def __iter__(self) -> Iterator[str]:
        yield from self._found
        for path in self._rest:
            self._found.append(path)
            yield path


def _walk(folder: str) -> Iterator[str]:
    seen = set[tuple[int, int]]()
    for root, folders, names in os.walk(folder, followlinks=True):
        try:
            state = os.stat(root)
        except OSError:
            continue  # deleted since
        if (state.st_dev, state.st_ino) in seen or (os.path.islink(root) and leads_out(root)):
            folders.clear()  # a circle of links, or a way out
            continue
        seen.add((state.st_dev, state.st_ino))
        for name in names:
            path = os.path.join(root, name)
            # What has the name of a file and is none decides nothing. Only names that matter cost a look.
            if not path.lower().endswith((_DATA_SUFFIX, ".eval")) or os.path.isfile(path):
                yield path


def _local_heads(paths: Sequence[str]) -> Iterable[bytes]:
    for path in paths:
        try:
            with open_regular(path) as file:
                yield file.read(HEAD_BYTES)
        except OSError:
            yield b""


def _remote_heads(paths: Sequence[str]) -> Iterable[bytes]:
    if not paths:
        return
    with ThreadPoolExecutor(_AT_ONCE, "scout-heads") as pool:
        for start in range(0, len(paths), _AT_ONCE):
            yield from pool.map(_remote_head, paths[start : start + _AT_ONCE])


def _remote_head(path: str) -> bytes:
    try:
        with storage_for(path).open_read(path) as file:
            return file.read(HEAD_BYTES)
    except (ScoutError, OSError):
        return b""
