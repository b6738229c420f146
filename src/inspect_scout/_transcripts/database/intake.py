"""Transcripts on their way into a database: into data files, and from there into the log."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from ..._support.errors import ConfigError, LocationError, ScoutError
from ..._support.storage import join, storage_for
from ..contract import RawTranscript
from .catalogue import StoreCatalogue, load_store, places
from .changes import Mode, NewFile, with_files
from .commits import commit, names_for
from .contract import DataWriter, WrittenFile
from .datafile import open_data_file, open_data_writer
from .index_files import IndexPart, part_of, texts, write_part
from .layout import Names, data_path, index_path
from .schema import ID
from .sessions import Held, held_by, hold, mark, marker_for

Added = Callable[[str], None]
"""Called with the id of each transcript that was written."""

# Session files above this are big enough to stay as they are.
_SMALL_BYTES = 25_000_000
_TRIES = 3


@dataclass
class Intake:
    """Writes transcripts into a database.

    Args:
        location: The database.
        known: Its catalogue, with a log.
        mode: What becomes of ids that are there already.
        session: Folder of the markers.
        held: Whether files wait for the commit of the session.
        named: Session to name data files after.
        added: Told what was written.
        count: Transcripts written.
        ids: Ids that are there already, those written included.
    """

    location: str
    known: StoreCatalogue
    mode: Mode
    session: str
    held: bool = False
    named: str | None = None
    added: Added | None = None
    count: int = 0
    ids: set[str] = field(default_factory=set[str])
    _writer: DataWriter | None = None
    _names: Names | None = None
    _marker: str = ""
    _complete: list[NewFile] = field(default_factory=list[NewFile])

    async def begin(self) -> None:
        """Find out which ids are there already."""
        self.ids.update(texts(self.known.table, ID))
        if self.held:
            for held in await held_by(storage_for(self.location), self.location, self.session, self.known):
                self.ids.update(held.ids)

    async def take(self, transcripts: AsyncIterator[RawTranscript]) -> StoreCatalogue:
        """Write transcripts, and commit them unless they are held; gives the catalogue after it.

        What `insert` and `upsert` wrote is committed file by file, so that being killed loses the last file at most;
        `update` is committed as a whole.

        Raises:
            ConfigError: A transcript cannot be written, or `update` got one that the database does not have.
        """
        try:
            async for transcript in transcripts:
                await self._take(transcript)
            await self._finish_file()
            await self._commit()
        except BaseException:
            await self._give_up()
            raise
        return self.known

    async def _take(self, transcript: RawTranscript) -> None:
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
            self._writer = await self._begin_file()
        self._writer.add(transcript)
        self.ids.add(id)
        self.count += 1
        if self.added is not None:
            self.added(id)
        if self._writer.full:
            await self._finish_file()

    async def _begin_file(self) -> DataWriter:
        if self._names is None:
            self._names = names_for(self.known)
        name = self._names.data(self.named)
        self._marker = marker_for(self.session, name)
        # Of no worth after a loss of power, so that it need not be synced.
        await mark(storage_for(self.location, durable=False), self.location, self._marker)
        return open_data_writer(self.location, name)

    async def _finish_file(self) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            file = await asyncio.to_thread(writer.close)
        except BaseException:
            writer.abandon()
            raise
        part = part_of(file)
        if self.held:
            await hold(storage_for(self.location), self.location, self._marker, part)
            return
        self._complete.append(await listed(self.location, self.known, file, part, self._marker))
        if self.mode != "update":
            await self._commit()

    async def _commit(self) -> None:
        files, self._complete = tuple(self._complete), []
        if files:
            self.known = await commit(self.location, lambda c: with_files(c, files, self.mode), self.known)

    async def _give_up(self) -> None:
        """Leave nothing behind of a file that is not complete, and of files that shall not be committed."""
        storage = storage_for(self.location)
        left = [join(self.location, self._marker)] if self._writer is not None else []
        if self._writer is not None:
            self._writer.abandon()
        for file in self._complete:
            left += [index_path(self.location, file.index), data_path(self.location, file.name)]
            left.append(join(self.location, file.marker))
        with contextlib.suppress(ScoutError):
            for path in left:
                await storage.delete(path)


async def listed(location: str, known: StoreCatalogue, file: WrittenFile, part: IndexPart, marker: str) -> NewFile:
    """Write the index file of a data file, which counts as soon as the log names it."""
    names = names_for(known)
    names.see([file.name])
    index = names.like(file.name)
    await asyncio.to_thread(write_part, storage_for(location), index_path(location, index), part)
    return NewFile(file.name, index, texts(part.table, ID), marker)


async def commit_session(location: str, known: StoreCatalogue, session: str) -> StoreCatalogue:
    """Commit what a session has written; its small files become one, as long as that is not too big."""
    for _ in range(_TRIES):
        try:
            return await _commit_session(location, known, session)
        except LocationError:
            # Somebody else has just committed the same session.
            known = await load_store(location, known)
    return await _commit_session(location, known, session)


async def _commit_session(location: str, known: StoreCatalogue, session: str) -> StoreCatalogue:
    held = await held_by(storage_for(location), location, session, known)
    known_ids = places(known, (id for item in held for id in item.ids))
    small = [item for item in held if item.size < _SMALL_BYTES]
    if len(small) < 2:
        small = []
    files = [
        await listed(location, known, WrittenFile(item.name, item.part.table), item.part, item.marker)
        for item in held
        if item not in small
    ]
    if small:
        files += await _joined(location, known, session, small, frozenset(known_ids))
    if not held:
        return known
    replaced = [name for item in small for name in (item.name, item.marker)]
    return await commit(location, lambda c: with_files(c, files, "insert", replaced), known)


async def _joined(
    location: str, known: StoreCatalogue, session: str, held: Sequence[Held], present: frozenset[str]
) -> list[NewFile]:
    """Write the transcripts of several files into as few as they fill."""
    storage = storage_for(location, durable=False)
    taken = set(present)
    files: list[NewFile] = []
    writer: DataWriter | None = None
    marker = ""

    async def finish() -> None:
        nonlocal writer
        if writer is not None:
            file = await asyncio.to_thread(writer.close)
            files.append(await listed(location, known, file, part_of(file), marker))
            writer = None

    for item in held:
        data = open_data_file(data_path(location, item.name))
        for row, id in enumerate(item.ids):
            if id in taken:
                continue
            taken.add(id)
            if writer is None:
                name = names_for(known).data()
                marker = marker_for(f"joining-{session}", name)
                await mark(storage, location, marker)
                writer = open_data_writer(location, name)
            for transcript in data.stored([row]):
                writer.add(transcript)
            if writer.full:
                await finish()
    await finish()
    return files
