"""Descriptions of transcripts that were read before, kept on disk by file and state, so that an unchanged folder is not read again."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from .._types import TranscriptInfo
from .contract import TraceItem
from .files.cache_file import open_cache

MOST: Final = 100_000
_SELECT = "SELECT path, cursor, data FROM items WHERE path IN (SELECT value FROM json_each(?))"
_INSERT = "INSERT OR REPLACE INTO items (path, cursor, data) VALUES (?, ?, ?)"
_DROP_OLDEST = "DELETE FROM items WHERE rowid <= (SELECT rowid FROM items ORDER BY rowid DESC LIMIT 1 OFFSET ?)"
_decode = msgspec.msgpack.Decoder(list[tuple[str, str]]).decode


@dataclass(frozen=True, slots=True)
class Described:
    """The description of a transcript, as JSON: thousands are kept, and few are asked for."""

    id: str
    json: str

    @classmethod
    def of(cls, info: TranscriptInfo) -> Described:
        """Write a description."""
        return cls(info.transcript_id, info.model_dump_json())

    def info(self) -> TranscriptInfo:
        """Give the description."""
        return TranscriptInfo.model_validate_json(self.json)


class DescriptionCache:
    """What was described before. Whatever goes wrong with it costs time, never a result.

    Args:
        path: The SQLite file (None: the user's).
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._new: list[tuple[str, str, bytes]] = []

    def fetch(self, items: Sequence[TraceItem]) -> dict[str, list[Described]]:
        """Find the items that have not changed since they were stored, by location."""
        cursors = {item.location: item.cursor for item in items}
        found: dict[str, list[Described]] = {}
        with open_cache(self._path) as db:
            if db is not None:
                for path, cursor, data in db.execute(_SELECT, (json.dumps(list(cursors)),)):
                    if cursors.get(path) == cursor:
                        with contextlib.suppress(msgspec.MsgspecError, TypeError):
                            found[path] = [Described(*each) for each in _decode(data)]
        return found

    def store(self, item: TraceItem, described: Sequence[Described]) -> None:
        """Keep what was described; `close` writes it."""
        with contextlib.suppress(UnicodeEncodeError):  # a name that is not Unicode cannot be kept
            item.location.encode()
            data = msgspec.msgpack.encode([(each.id, each.json) for each in described])
            self._new.append((item.location, item.cursor, data))

    def close(self) -> None:
        """Write what is new."""
        if not self._new:
            return
        with open_cache(self._path) as db:
            if db is not None:
                db.executemany(_INSERT, self._new)
                db.execute(_DROP_OLDEST, (MOST,))
        self._new = []
