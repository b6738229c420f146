"""`TranscriptsDB`: databases of transcripts for users."""

from __future__ import annotations

import os
from collections.abc import Iterable
from os import PathLike
from types import TracebackType
from typing import Self, cast

from ..._query import Condition, condition_from_sql
from ..._support.errors import ConfigError
from ..._support.ids import new_id
from ..._support.loops import asyncio_only
from ..._types import TranscriptContent, TranscriptInfo
from ..contract import Progress
from ..location_probe import database_location
from .format.names import session_name
from .ingest.ingestion import Ingestion, OnAdded, commit_session
from .ingest.inputs import IngestInput
from .journal.commit import commit as commit_change
from .journal.commit import merge_index_if_needed, prepare_log
from .journal.commit_log import LogState
from .journal.snapshot import DatabaseSnapshot, load_snapshot
from .journal.state_changes import WriteMode, without_transcripts
from .maintenance.compaction import CompactReport, compact
from .maintenance.index_rebuild import rebuild_index
from .maintenance.reports import DatabaseStats, VerifyReport, database_stats, verify_database
from .reading.reader import DatabaseReader
from .reading.source import DatabaseSource

# What others change while we look is not a problem: we look again.
_LOOKS = 5
_EVERYTHING = TranscriptContent(messages="all", events="all", timeline="all")


def transcripts_db(location: str | PathLike[str]) -> TranscriptsDB:
    """Open a database of transcripts, or begin one.

    Args:
        location: Its folder: a path, or a URL such as `s3://bucket/transcripts`. It need not exist: writing makes it,
            reading finds it empty. A single parquet file can be read.

    Raises:
        ConfigError: There are eval logs (this is a ValueError).
        StorageError: A package that the scheme of the URL needs is not installed.

    Example:
        ```python
        db = transcripts_db("transcripts")
        await db.insert(transcripts_from("logs"))
        print(await db.count())
        ```
    """
    given = cast("object", location)
    text: object = os.fspath(cast("PathLike[str]", given)) if isinstance(given, str | PathLike) else None
    if not isinstance(text, str) or not text:
        raise ConfigError(f"{location!r} is not a location of a database: give the path or URL of a folder.")
    return TranscriptsDB(database_location(text))


@asyncio_only
class TranscriptsDB(DatabaseReader):
    """A database of transcripts: parquet files in a folder, with an index.

    Made by `transcripts_db`. Any number of programs may read and write one database at the same time. Reading shows what
    is committed; writing waits for the disk, so that what a method has returned from outlives the process.

    Args:
        location: Its folder (or a single data file, to read), in full form.

    Example:
        ```python
        async with transcripts_db("transcripts") as db:
            await db.insert(transcripts_from("logs"))
            print(await db.count())
        ```
    """

    def __init__(self, location: str) -> None:
        super().__init__(location)
        # Files that wait for a commit without naming a session are this object's own.
        self._session = f"unnamed-{new_id()}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.location!r})"

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.disconnect()

    async def connect(self) -> None:
        """Read the index. Other methods do it when they need to; a database that does not exist yet is empty."""
        await self._refreshed()

    async def disconnect(self) -> None:
        """Forget what was read."""
        self._snapshot = None
        self._source = DatabaseSource(self._location)

    async def insert(
        self,
        transcripts: IngestInput,
        session_id: str | None = None,
        commit: bool = True,
        *,
        progress: OnAdded | None = None,
    ) -> int:
        """Add transcripts; those whose id is there already, or comes a second time, are passed over.

        What is written is committed file by file, so that a killed program can start again and continue.

        Args:
            transcripts: An iterable or async iterable of transcripts, a collection made by `transcripts_from`, or a
                `pyarrow.RecordBatchReader` with the columns of `transcripts_db_schema`.
            session_id: Name of a group of writers whose files are committed together.
            commit: Make them visible. If False, nobody sees them before `commit` is called for the session (without
                a session: on this object).
            progress: Called with the id of each transcript that was written.

        Returns:
            Number of transcripts added.

        Raises:
            ConfigError: They are not transcripts, or one of them cannot be written.
            StorageError: Writing failed; what was committed so far stays.
        """
        session = self._session_name(session_id)
        snapshot = await prepare_log(self._location, self._snapshot)
        named = session if session_id is not None and not commit else None
        ingestion = Ingestion(
            self._location, snapshot, "insert", session, deferred=not commit, session_in_names=named, on_added=progress
        )
        await ingestion.write(transcripts)
        self._snapshot = ingestion.snapshot
        if commit:
            await self.commit(session_id)
        return ingestion.count

    async def commit(self, session_id: str | None = None) -> None:
        """Make visible what a session has written with `commit=False`, and put its small files together.

        Args:
            session_id: The session (None: what this object has written without one).

        Raises:
            StorageError: It failed; the files wait for another try.
        """
        snapshot = await prepare_log(self._location, self._snapshot)
        snapshot = await commit_session(self._location, snapshot, self._session_name(session_id))
        self._snapshot = await merge_index_if_needed(self._location, snapshot)

    async def upsert(self, transcripts: IngestInput, *, progress: OnAdded | None = None) -> int:
        """Add transcripts, in the place of those with the same ids.

        Args:
            transcripts: As for `insert`. Of several with one id the last counts.
            progress: Called with the id of each transcript that was written.

        Returns:
            Number of transcripts written.
        """
        return await self._write("upsert", transcripts, progress)

    async def update(self, transcripts: IngestInput, *, progress: OnAdded | None = None) -> int:
        """Replace transcripts that are there; all of them or, if something is wrong, none.

        Args:
            transcripts: As for `insert`. Of several with one id the last counts.
            progress: Called with the id of each transcript that was written.

        Returns:
            Number of transcripts written.

        Raises:
            ConfigError: The database does not have one of them.
        """
        return await self._write("update", transcripts, progress)

    async def delete(
        self, ids: Iterable[str] | Condition | None = None, *, where: Condition | str | None = None
    ) -> int:
        """Delete transcripts. Their bytes are gone from the disk after `compact`.

        Args:
            ids: Their ids (missing ones are not an error), or a condition.
            where: Condition, or SQL text of one, instead of ids.

        Returns:
            Number of transcripts deleted.

        Raises:
            ConfigError: Neither or both were given.
        """
        if isinstance(ids, Condition):
            where = ids if where is None else ids & (condition_from_sql(where) if isinstance(where, str) else where)
            ids = None
        if (ids is None) == (where is None):
            raise ConfigError("Say what to delete: give ids, or where= with a condition.")
        if isinstance(ids, str):
            raise ConfigError(f"{ids!r} is one text: give a list of ids, or where= with a condition.")
        chosen = frozenset(ids if ids is not None else (await self._selected(where)).ids)
        deleted = 0

        def change(now: DatabaseSnapshot) -> LogState | None:
            nonlocal deleted
            deleted = len(now.files_of(chosen))
            return without_transcripts(now, chosen)

        snapshot = await commit_change(self._location, change, await prepare_log(self._location, self._snapshot))
        self._snapshot = await merge_index_if_needed(self._location, snapshot)
        return deleted

    async def compact(self, *, progress: Progress | None = None) -> CompactReport:
        """Rewrite data files without what was deleted or replaced, and put small files together.

        Args:
            progress: Called with the number of transcripts done and their total.
        """
        snapshot = await prepare_log(self._location, self._snapshot)
        self._snapshot, report = await compact(self._location, snapshot, progress)
        return report

    async def rebuild_index(self, *, progress: Progress | None = None) -> str | None:
        """Rebuild the index from the data files, which may have come or gone without telling it.

        Args:
            progress: Called with the number of data files read and their total.

        Returns:
            Location of the index; None if there are no data files.
        """
        return await rebuild_index(self._location, progress)

    async def verify(self, *, deep: bool = False, progress: Progress | None = None) -> VerifyReport:
        """Compare the index with the data files.

        Args:
            deep: Also read the content of all transcripts.
            progress: Called with the number of data files done and their total.
        """

        async def read(id: str) -> None:
            await (await self._source.locate(TranscriptInfo(transcript_id=id))).read(_EVERYTHING)

        snapshot = await load_snapshot(self._location, self._snapshot)
        report = await verify_database(self._location, snapshot, read if deep else None, progress)
        for _ in range(_LOOKS):
            before, snapshot = snapshot, await load_snapshot(self._location, snapshot)
            if report.ok or snapshot is before:
                break
            report = await verify_database(self._location, snapshot, read if deep else None, progress)
        return report

    async def stats(self) -> DatabaseStats:
        """Count what is in the database."""
        return await database_stats(self._location, await self._refreshed())

    async def _write(self, mode: WriteMode, transcripts: IngestInput, progress: OnAdded | None) -> int:
        snapshot = await prepare_log(self._location, self._snapshot)
        ingestion = Ingestion(self._location, snapshot, mode, self._session, on_added=progress)
        await ingestion.write(transcripts)
        self._snapshot = await merge_index_if_needed(self._location, ingestion.snapshot)
        return ingestion.count

    def _session_name(self, session_id: str | None) -> str:
        return self._session if session_id is None else session_name(session_id)
