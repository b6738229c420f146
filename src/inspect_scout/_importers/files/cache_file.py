"""A file of SQLite that remembers what was found out before. Whatever goes wrong with it costs time, never a result."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import Final

import platformdirs

VERSION: Final = 3
"""Raise it whenever a file is recognised, or what is in it described, in another way than before."""
BUSY_SECONDS: Final = 2.0
_CREATE: Final = (
    "CREATE TABLE IF NOT EXISTS items (path TEXT UNIQUE, cursor TEXT, data BLOB)",
    "CREATE TABLE IF NOT EXISTS folders (path TEXT UNIQUE, data BLOB)",
)


@contextlib.contextmanager
def open_cache(path: Path | None = None) -> Generator[sqlite3.Connection | None]:
    """Open the cache: `items` has descriptions of transcripts, `folders` what was recognised; None if it cannot be opened.

    What fails inside the block ends the block.

    Args:
        path: The file (None: the user's).
    """
    path = path or platformdirs.user_cache_path("inspect_scout") / f"traces_v{VERSION}.sqlite"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(path, timeout=BUSY_SECONDS)
    except (OSError, sqlite3.Error, RuntimeError):
        yield None
        return
    try:
        with contextlib.closing(db), db:
            db.execute("PRAGMA synchronous = OFF")  # losing it with the power does no harm
            for table in _CREATE:
                db.execute(table)
            yield db
    except sqlite3.OperationalError:
        return  # locked for long, or the disk is full or read-only
    except (sqlite3.DatabaseError, UnicodeEncodeError):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)  # not a database: made again next time
