"""Writing transcripts into a database: into data files, and from there into the commit log."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ...._support.errors import ConfigError, LocationError, ScoutError
from ...._support.storage import join, storage_for
from ...contract import RawTranscript
from ..files.data_file import DataFile
from ..files.data_file_writer import DataFileWriter
from ..files.index_file import IndexPart, text_values, write_index_file
from ..format.names import FileNamer, data_file_path, index_name_for, index_path
from ..format.schema import ID
from ..journal.commit import commit, file_namer
from ..journal.pending_files import PendingFile, list_pending_files, marker_name, start_data_file, write_data_files
from ..journal.snapshot import DatabaseSnapshot, load_snapshot
from ..journal.state_changes import NewDataFile, WriteMode, with_files
from .inputs import IngestInput, input_rows

OnAdded = Callable[[str], None]
"""Called with the id of each transcript that was written."""

# Session files above this are big enough to stay as they are.
_SMALL_FILE_BYTES = 25_000_000
_TRIES = 3


@dataclass
class Ingestion:
    """Writes transcripts into a database.

    Args:
        location: The database.
        snapshot: Its snapshot, with a log.
        mode: What becomes of ids that are there already.
        session: Folder of the markers.
        deferred: Whether files wait for the commit of the session.
        session_in_names: Session to name data files after.
        on_added: Called with the id of each transcript that was written.
        count: Transcripts written.
        ids: Ids that are there already, those written included.
    """

    location: str
    snapshot: DatabaseSnapshot
    mode: WriteMode
    session: str
    deferred: bool = False
    session_in_names: str | None = None
    on_added: OnAdded | None = None
    count: int = 0
    ids: set[str] = field(default_factory=set[str])
    _writer: DataFileWriter | None = None
    _names: FileNamer | None = None
    _complete_files: list[NewDataFile] = field(default_factory=list[NewDataFile])

    async def write(self, transcripts: IngestInput) -> None:
        """Write transcripts, and commit them unless that is deferred.

        What `insert` and `upsert` wrote is committed file by file, so that being killed loses the last file at most;
        `update` is committed as a whole.

        Raises:
            ConfigError: A transcript cannot be written, or `update` got one that the database does not have.
        """
        self.ids.update(self.snapshot.ids)
        if self.deferred:
            for pending in await list_pending_files(self.location, self.session, self.snapshot):
                self.ids.update(pending.ids)
        try:
            async for transcript in input_rows(transcripts, self.ids if self.mode == "insert" else frozenset[str]()):
                await self._write_one(transcript)
            await self._finish_file()
            await self._commit()
        except BaseException:  # the source may raise anything; no file stays half-written; raised again
            await self._discard_uncommitted()
            raise

    async def _write_one(self, transcript: RawTranscript) -> None:
        id = transcript.transcript_id
        present = id in self.ids
        if self.mode == "insert" and present:
            return
        if self.mode == "update" and not present:
            raise ConfigError(
                f"Cannot update {id!r}: there is no such transcript in {self.location!r}. Nothing was changed; "
                "use upsert to add what is missing."
            )
        if self._writer is not None and self.mode != "insert" and id in self._writer.ids:
            await self._finish_file()  # one file has one row for an id
        if self._writer is None:
            self._names = self._names or file_namer(self.snapshot)
            self._writer = await asyncio.to_thread(
                start_data_file, self.location, self._names.data_file(self.session_in_names), self.session
            )
        self._writer.add(transcript)
        self.ids.add(id)
        self.count += 1
        if self.on_added is not None:
            self.on_added(id)
        if self._writer.full:
            await self._finish_file()

    async def _finish_file(self) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            part = await asyncio.to_thread(writer.close)
        except BaseException:  # a cancelled writer must let go of its file as well; raised again
            writer.abandon()
            raise
        marker = marker_name(self.session, writer.name)
        if self.deferred:
            # Kept until the session is committed.
            await asyncio.to_thread(write_index_file, storage_for(self.location), join(self.location, marker), part)
            return
        self._complete_files.append(await _write_index(self.location, writer.name, part, marker))
        if self.mode != "update":
            await self._commit()

    async def _commit(self) -> None:
        files, self._complete_files = tuple(self._complete_files), []
        if files:
            self.snapshot = await commit(self.location, lambda now: with_files(now, files, self.mode), self.snapshot)

    async def _discard_uncommitted(self) -> None:
        """Leave nothing behind of a file that is not complete, and of files that shall not be committed."""
        storage = storage_for(self.location)
        left: list[str] = []
        if self._writer is not None:
            self._writer.abandon()
            left.append(join(self.location, marker_name(self.session, self._writer.name)))
        for file in self._complete_files:
            left += [index_path(self.location, file.index), data_file_path(self.location, file.name)]
            left.append(join(self.location, file.marker))
        with contextlib.suppress(ScoutError):
            for path in left:
                await storage.delete(path)


async def _write_index(location: str, name: str, part: IndexPart, marker: str) -> NewDataFile:
    """Write the index file of a data file, which counts as soon as the log names it."""
    index = index_name_for(name)
    await asyncio.to_thread(write_index_file, storage_for(location), index_path(location, index), part)
    return NewDataFile(name, index, text_values(part.table, ID), marker)


async def commit_session(location: str, snapshot: DatabaseSnapshot, session: str) -> DatabaseSnapshot:
    """Commit what a session has written; its small files become one, as long as that is not too big."""
    for _ in range(_TRIES):
        try:
            return await _commit_session(location, snapshot, session)
        except LocationError:
            # Another writer has just committed the same session.
            snapshot = await load_snapshot(location, snapshot)
    return await _commit_session(location, snapshot, session)


async def _commit_session(location: str, snapshot: DatabaseSnapshot, session: str) -> DatabaseSnapshot:
    pending = await list_pending_files(location, session, snapshot)
    if not pending:
        return snapshot
    small = [item for item in pending if item.size < _SMALL_FILE_BYTES]
    if len(small) < 2:
        small = []
    files = [await _write_index(location, item.name, item.part, item.marker) for item in pending if item not in small]
    if small:
        taken = set(snapshot.files_of(id for item in pending for id in item.ids))
        joining, made = f"joining-{session}", list[str]()
        parts = await asyncio.to_thread(
            write_data_files, location, file_namer(snapshot), joining, _unique_rows(location, small, taken), made
        )
        for name, part in zip(made, parts, strict=True):
            files.append(await _write_index(location, name, part, marker_name(joining, name)))
    replaced = [name for item in small for name in (item.name, item.marker)]
    return await commit(location, lambda now: with_files(now, files, "insert", replaced), snapshot)


def _unique_rows(location: str, pending: Sequence[PendingFile], taken: set[str]) -> Iterator[RawTranscript]:
    """Read the transcripts of several files, each once, without those that are there already."""
    for item in pending:
        rows = [row for row, id in enumerate(item.ids) if id not in taken]
        taken.update(item.ids)
        yield from DataFile(data_file_path(location, item.name)).read_rows(rows)
