"""The index of logs that were read before, kept on disk by path and etag.

One SQLite file for all processes of a user. Whatever goes wrong with it costs time, never a result.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import platformdirs

from ..._support.storage import Entry
from .records import AnyLogRows, LogRows

# Raise this whenever LogRows, or what is put into it, changes.
VERSION = 3
MAX_LOGS = 5000
BUSY_SECONDS = 2.0
_CREATE = "CREATE TABLE IF NOT EXISTS logs (path TEXT UNIQUE, etag TEXT, data BLOB)"
_SELECT = "SELECT path, etag, data FROM logs WHERE path IN (SELECT value FROM json_each(?))"
_INSERT = "INSERT OR REPLACE INTO logs (path, etag, data) VALUES (?, ?, ?)"
_DROP_OLDEST = "DELETE FROM logs WHERE rowid <= (SELECT rowid FROM logs ORDER BY rowid DESC LIMIT 1 OFFSET ?)"

T = TypeVar("T")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(LogRows[msgspec.Raw]).decode
_REFUSED = (msgspec.MsgspecError, OverflowError, UnicodeEncodeError)


def packed_rows(rows: AnyLogRows) -> AnyLogRows:
    """Keep the samples of a log as the cache has them; what it cannot hold stays as it is."""
    try:
        return _decode(_encode(rows))
    except _REFUSED:
        return rows


def default_path() -> Path:
    """Say where the cache of this user is."""
    return platformdirs.user_cache_path("inspect_scout") / f"log_index_v{VERSION}.sqlite"


class IndexCache:
    """What was read from logs before.

    Args:
        path: The SQLite file (made when needed; None: the user's).
        max_logs: Logs kept at most; those stored longest ago go first.
        busy_seconds: Time to wait for another process that is writing.
    """

    def __init__(self, path: Path | None = None, max_logs: int = MAX_LOGS, busy_seconds: float = BUSY_SECONDS) -> None:
        self._path, self._max_logs, self._busy_seconds = path, max_logs, busy_seconds

    def fetch(self, entries: Sequence[Entry]) -> dict[str, AnyLogRows]:
        """Find the logs that have not changed since they were stored, by path."""
        etags = {entry.path: entry.etag for entry in entries}

        def work(db: sqlite3.Connection) -> dict[str, AnyLogRows]:
            found: dict[str, AnyLogRows] = {}
            for path, etag, data in db.execute(_SELECT, (json.dumps(list(etags)),)):
                if etags.get(path) == etag:
                    with contextlib.suppress(msgspec.MsgspecError, TypeError):
                        found[path] = _decode(data)
            return found

        return self._try(work) or {}

    def store(self, entries: Sequence[Entry], rows: Mapping[str, AnyLogRows]) -> None:
        """Keep what was read from logs."""
        values: list[tuple[str, str, bytes]] = []
        for entry in entries:
            if entry.path in rows:
                with contextlib.suppress(*_REFUSED):
                    values.append((entry.path, entry.etag, _encode(rows[entry.path])))

        def work(db: sqlite3.Connection) -> None:
            db.executemany(_INSERT, values)
            db.execute(_DROP_OLDEST, (self._max_logs,))

        if values:
            self._try(work)

    def _try(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Work with the cache; None if it cannot be used."""
        path = self._path
        try:
            path = path or default_path()
            path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(path, timeout=self._busy_seconds)) as db, db:
                # Losing the cache with the power does no harm; waiting for the disk would be.
                db.execute("PRAGMA synchronous = OFF")
                db.execute(_CREATE)
                return work(db)
        except sqlite3.OperationalError:
            return None  # locked for long, or the disk is full or read-only
        except sqlite3.DatabaseError:
            with contextlib.suppress(OSError):
                (path or default_path()).unlink(missing_ok=True)  # not a database: made again next time
            return None
        except (OSError, RuntimeError, UnicodeEncodeError):
            return None  # no such folder, no home, a path that is not text
