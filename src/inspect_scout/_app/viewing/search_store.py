"""What was searched for, and what was found: a small database of this user, of which the newest entries are kept."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import Final

import msgspec
import platformdirs

from ..._support.errors import StorageError

MAX_ENTRIES: Final = 500
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS entries (kind TEXT, key TEXT, number INTEGER, value BLOB, PRIMARY KEY (kind, key))"
)


class SearchStore:
    """Entries by kind and key, the newest of each kind.

    Args:
        path: The file (None: in the user's data).
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or platformdirs.user_data_path("inspect_scout") / "search" / "searches_v1.db"

    def put(self, kind: str, key: str, value: object) -> None:
        """Keep an entry as the newest of its kind."""
        with self._opened() as database:
            number = "(SELECT COALESCE(MAX(number), 0) + 1 FROM entries WHERE kind = ?)"
            entry = (kind, key, kind, msgspec.json.encode(value))
            database.execute(f"INSERT OR REPLACE INTO entries VALUES (?, ?, {number}, ?)", entry)  # noqa: S608 - no values
            kept = "(SELECT key FROM entries WHERE kind = ? ORDER BY number DESC LIMIT ?)"
            database.execute(f"DELETE FROM entries WHERE kind = ? AND key NOT IN {kept}", (kind, kind, MAX_ENTRIES))  # noqa: S608 - no values

    def get(self, kind: str, key: str) -> object:
        """Give an entry; None if there is none."""
        with self._opened() as database:
            rows = database.execute("SELECT value FROM entries WHERE kind = ? AND key = ?", (kind, key)).fetchall()
        return msgspec.json.decode(rows[0][0]) if rows else None

    def newest(self, kind: str, count: int) -> list[object]:
        """Give the newest entries of a kind, the newest first."""
        with self._opened() as database:
            found = database.execute(
                "SELECT value FROM entries WHERE kind = ? ORDER BY number DESC LIMIT ?", (kind, count)
            ).fetchall()
        return [msgspec.json.decode(value) for (value,) in found]

    @contextlib.contextmanager
    def _opened(self) -> Generator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self._path, timeout=5.0)) as database, database:
                database.execute(_TABLE)
                yield database
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                f"The searches in {str(self._path)!r} cannot be used: {error}. Delete the file."
            ) from error
