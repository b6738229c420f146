"""Writes transcripts as they end, however many do so at the same time."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from .._project import load_project
from .._support.errors import ScoutError
from .._support.ids import new_id
from .._transcripts import transcripts_db

if TYPE_CHECKING:
    from .._transcripts import TranscriptsDB
    from .._types import Transcript

logger = logging.getLogger(__name__)


class Writer:
    """Writes to a database. Those that end while another one is being written are written together with the next one.

    A program is not ended because its transcripts cannot be written: that is logged, and tried again with the next one.

    Args:
        db: The database.
    """

    def __init__(self, db: TranscriptsDB) -> None:
        self._db = db
        self._session = new_id()[:12]
        self._pending: list[Transcript] = []
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._failed = ""

    @classmethod
    def to(cls, db: str | TranscriptsDB | None) -> Writer:
        """Write to a database, or to that of the project.

        Raises:
            ConfigError: It is not a database.
        """
        if db is None:
            db = _project_database()
        return cls(transcripts_db(db) if isinstance(db, str) else db)

    async def write(self, transcript: Transcript) -> None:
        """Write a transcript; it is in the database then. Blocks while another thread is writing."""
        with self._lock:
            self._pending.append(transcript)
        with self._writing:
            await self._flush()

    async def close(self) -> None:
        """Try what could not be written once more, and say what is lost."""
        with self._writing:
            await self._flush()
        if self._pending:
            ids = ", ".join(each.transcript_id for each in self._pending)
            logger.error("%d transcripts were not written (%s): %s", len(self._pending), self._failed, ids)

    async def _flush(self) -> None:
        with self._lock:
            taken, self._pending = self._pending, []
        if not taken:
            return  # another thread has written it
        try:
            await self._db.insert(taken, self._session)
        except (ScoutError, OSError) as error:
            with self._lock:
                self._pending = [*taken, *self._pending]
            if str(error) != self._failed:
                self._failed = str(error)
                logger.warning("A transcript could not be written, and waits for the next one: %s", error)


def _project_database() -> str:
    """The database of the project: where it says that transcripts are, if that is one place."""
    named = load_project().config.transcripts
    if isinstance(named, str):
        return named
    return named[0] if named is not None and len(named) == 1 else "./transcripts"
