"""Which format a file has. What was found out is kept by folder, so that a folder without changes is listed and not read."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from ..contract import TraceFile
from .cache_file import open_cache

MOST: Final = 50_000
"""Folders that are remembered."""
_SELECT: Final = "SELECT path, data FROM folders WHERE path IN (SELECT value FROM json_each(?))"
_INSERT: Final = "INSERT OR REPLACE INTO folders (path, data) VALUES (?, ?)"
_DROP_OLDEST: Final = (
    "DELETE FROM folders WHERE rowid <= (SELECT rowid FROM folders ORDER BY rowid DESC LIMIT 1 OFFSET ?)"
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the head of a file says.

    Args:
        format: Name of its format (None: no reader knows it).
        links: What its format has to know of it to say which files are read together.
    """

    format: str | None
    links: tuple[str, ...] = ()


_Kept: TypeAlias = "tuple[int, int, str | None, tuple[str, ...]]"
_decode: Final = msgspec.msgpack.Decoder(tuple[str, dict[str, tuple[int, int, str | None, tuple[str, ...]]]]).decode
_encode: Final = msgspec.msgpack.Encoder().encode


@dataclass(slots=True)
class _Folder:
    before: dict[str, _Kept]
    now: dict[str, _Kept] = field(default_factory=dict[str, "_Kept"])
    has_news: bool = False


def recognise_all(
    files: Iterable[TraceFile], recognise: Callable[[str], Recognised], known: str, cache: Path | None = None
) -> dict[str, Recognised]:
    """Say of each file which format it has; one that has not changed since it was looked into is not opened.

    Args:
        files: The files.
        recognise: Looks into a file; an OSError leaves the file out, to be looked into again.
        known: Says which formats there are: what was found out with others does not count.
        cache: The file of the cache (None: the user's).
    """
    by_folder: dict[str, list[TraceFile]] = {}
    for file in files:
        by_folder.setdefault(os.path.dirname(file.path), []).append(file)
    before = _fetch(list(by_folder), known, cache)
    found: dict[str, Recognised] = {}
    for path, some in by_folder.items():
        folder = _Folder(before.get(path, {}))
        for file in some:
            seen = _look(folder, file, recognise)
            if seen is not None:
                found[file.path] = seen
        before[path] = folder.now if folder.has_news else {}
    _store({path: now for path, now in before.items() if now}, known, cache)
    return found


def _look(folder: _Folder, file: TraceFile, recognise: Callable[[str], Recognised]) -> Recognised | None:
    name = os.path.basename(file.path)
    kept = folder.before.get(name)
    if kept is None or kept[:2] != (file.size, file.modified):
        try:
            seen = recognise(file.path)
        except OSError:
            return None
        kept = (file.size, file.modified, seen.format, seen.links)
        folder.has_news = True
    folder.now[name] = kept
    return Recognised(kept[2], kept[3])


def _fetch(folders: list[str], known: str, cache: Path | None) -> dict[str, dict[str, _Kept]]:
    found: dict[str, dict[str, _Kept]] = {}
    with open_cache(cache) as db:
        if db is not None:
            for path, data in db.execute(_SELECT, (json.dumps(folders),)):
                try:
                    made_with, kept = _decode(data)
                except (msgspec.MsgspecError, TypeError):
                    continue
                if made_with == known:
                    found[path] = kept
    return found


def _store(folders: dict[str, dict[str, _Kept]], known: str, cache: Path | None) -> None:
    rows: list[tuple[str, bytes]] = []
    for path, kept in folders.items():
        with contextlib.suppress(UnicodeEncodeError):  # names that are not Unicode cannot be kept
            path.encode()
            rows.append((path, _encode((known, kept))))
    if rows:
        with open_cache(cache) as db:
            if db is not None:
                db.executemany(_INSERT, rows)
                db.execute(_DROP_OLDEST, (MOST,))
