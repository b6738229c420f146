"""The log of commits: one order of all changes, without locks.

Each entry is a whole description of the state, under the number after the last one, created only if there is none of that
number. A writer that comes second reads the entry of the first, applies its own change to it, and takes the next number.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ...._support.errors import ConfigError, StorageError
from ...._support.shapes import is_list, is_mapping
from ...._support.storage import Entry, Storage, join
from ..format.names import LOG_FOLDER, is_index

KEPT_ENTRIES = 40
"""Entries that stay: finding the newest lists them all, so their number adds to the cost of a commit."""
PRUNE_EVERY = 16
"""Commits after which old entries are deleted."""
_DELETED_AT_ONCE = 200
_NAME = re.compile(r"(\d{20})\.json")
_FORMAT = 1
# A file system without hard links may show an entry that is still being written.
_WRITING_SECONDS = 60


class EntryBeingWrittenError(StorageError):
    """The last entry of the log is not whole yet."""


@dataclass(frozen=True, slots=True)
class LogState:
    """What counts in a database.

    Args:
        number: Number of the log entry; 0 if there is no log.
        live: Index files that count.
        retired: Data and index files (relative to the database) that no longer count but may still be there.
        tombstones: Ids by data file: their rows there do not count.
    """

    number: int = 0
    live: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    tombstones: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


def log_entries(listing: Iterable[Entry]) -> list[tuple[int, Entry]]:
    """Find the entries of the log in a listing, oldest first."""
    found: list[tuple[int, Entry]] = []
    for entry in listing:
        folder, _, name = entry.path.rpartition("/")
        match = _NAME.fullmatch(name)
        if match and folder.endswith(LOG_FOLDER):
            found.append((int(match[1]), entry))
    return sorted(found, key=lambda item: item[0])


async def read_newest_state(storage: Storage, listing: Iterable[Entry]) -> LogState:
    """Read the newest entry of the log.

    Raises:
        EntryBeingWrittenError: It is not whole yet; look again.
        LocationError: It is gone since the listing; list again.
        StorageError: It cannot be understood.
    """
    broken = 0
    for number, entry in reversed(log_entries(listing)):
        try:
            state = decode_state(await storage.read(entry.path), number, entry.path)
        except ValueError as error:
            if time.time() - entry.modified < _WRITING_SECONDS:
                raise EntryBeingWrittenError(f"{entry.path!r} is still being written. Try again.") from error
            broken = max(broken, number)  # its writer was killed: it never counted, but its number is taken
            continue
        return LogState(max(broken, number), state.live, state.retired, state.tombstones)
    return LogState(broken)


async def append_entry(storage: Storage, location: str, state: LogState) -> bool:
    """Write an entry; False if another writer took its number."""
    path = _entry_path(location, state.number)
    data = encode_state(state)
    try:
        await storage.create(path, data)
    except (FileExistsError, StorageError) as error:
        try:
            # Perhaps by an earlier try of ours, whose answer was lost on the way.
            ours = await storage.read(path) == data
        except OSError:
            ours = False
        if not ours and isinstance(error, FileExistsError):
            return False
        if not ours:
            raise
    if state.number > 1 and await storage.stat(_entry_path(location, state.number - 1)) is None:
        # The number was free because it had been taken and deleted since: others are far ahead. Or others have gone on
        # from this entry, also far ahead: then it is theirs already, and doing the change again finds it done.
        await storage.delete(path)
        return False
    return True


async def prune_entries(storage: Storage, listing: Sequence[Entry]) -> None:
    """Delete old entries, the oldest first; a writer who is behind them sees that the one before its own is gone.

    The first stays, because there is none before it.
    """
    old = [entry for number, entry in log_entries(listing)[:-KEPT_ENTRIES] if number > 1]
    for entry in old[:_DELETED_AT_ONCE]:
        await storage.delete(entry.path)


def _entry_path(location: str, number: int) -> str:
    return join(location, LOG_FOLDER, f"{number:020d}.json")


def encode_state(state: LogState) -> bytes:
    """Write an entry. Two writers never write equal ones."""
    entry = {
        "format": _FORMAT,
        "live": state.live,
        "retired": state.retired,
        "dead": {file: sorted(ids) for file, ids in state.tombstones.items()},
        "writer": os.urandom(8).hex(),
    }
    return json.dumps(entry, separators=(",", ":")).encode()


def decode_state(data: bytes, number: int, path: str) -> LogState:
    """Read an entry.

    Raises:
        ValueError: It is not complete JSON.
        StorageError: It is not of this form, or names a file outside the database.
    """
    entry: Any = json.loads(data)
    if is_mapping(entry) and isinstance(entry.get("format"), int) and entry["format"] > _FORMAT:
        raise StorageError(f"{path!r} was written by a newer version of Scout: use that one.")
    try:
        live, retired = _string_tuple(entry["live"]), _string_tuple(entry["retired"])
        tombstones = {
            file: frozenset(_string_tuple(ids)) for file, ids in cast("Mapping[str, Any]", entry["dead"]).items()
        }
        for name in (*retired, *tombstones):
            join("database", name)  # refuses names that lead out of it
        if not all(map(is_index, live)):
            raise TypeError("a name in `live` is not an index file")
    except (KeyError, TypeError, AttributeError, ConfigError) as error:
        advice = "Run `scout db index` with the location of the database to rebuild it from the data files."
        raise StorageError(f"{path!r} is not an entry of a commit log ({error}). {advice}") from error
    return LogState(number, live, retired, tombstones)


def _string_tuple(value: Any) -> tuple[str, ...]:
    if not is_list(value) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"{value!r} is not a list of texts")
    return tuple(value)
