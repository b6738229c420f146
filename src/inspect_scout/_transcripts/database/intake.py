"""Transcripts on their way into a database: into data files, and from there into the log."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ..._support.errors import ConfigError, LocationError, ScoutError
from ..._support.storage import join, storage_for
from ..contract import RawTranscript
from .catalogue import Catalogue, load, places
from .changes import Mode, NewFile, with_files
from .commits import commit, names_for
from .datafile import DataFile
from .incoming import Input, rows_of
from .index_files import IndexPart, texts, write_part
from .layout import Names, data_path, index_like, index_path
from .schema import ID
from .sessions import Held, begin, copied, held_by, marker_for
from .writer import DataFileWriter

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
    known: Catalogue
    mode: Mode
    session: str
    held: bool = False
    named: str | None = None
    added: Added | None = None
    count: int = 0
    ids: set[str] = field(default_factory=set[str])
    _writer: DataFileWriter | None = None
    _names: Names | None = None
    _complete: list[NewFile] = field(default_factory=list[NewFile])

    async def take(self, transcripts: Input) -> None:
        """Write transcripts, and commit them unless they are held.

        What `insert` and `upsert` wrote is committed file by file, so that being killed loses the last file at most;
        `update` is committed as a whole.

        Raises:
            ConfigError: A transcript cannot be written, or `update` got one that the database does not have.
        """
        self.ids.update(texts(self.known.table, ID))
        if self.held:
            for held in await held_by(storage_for(self.location), self.location, self.session, self.known):
                self.ids.update(held.ids)
        try:
            async for transcript in rows_of(transcripts, self.ids if self.mode == "insert" else frozenset[str]()):
                await self._take(transcript)
            await self._finish_file()
            await self._commit()
        except BaseException:  # the source may raise anything; no file stays half-written; raised again
            await self._give_up()
            raise

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
            self._names = self._names or names_for(self.known)
            self._writer = await asyncio.to_thread(begin, self.location, self._names.data(self.named), self.session)
        self._writer.add(transcript)
        self.ids.add(id)
        self.count += 1
        if self.added is not None:
            self.added(id)
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
        marker = marker_for(self.session, writer.name)
        if self.held:
            # Kept until the session is committed.
            await asyncio.to_thread(write_part, storage_for(self.location), join(self.location, marker), part)
            return
        self._complete.append(await _listed(self.location, writer.name, part, marker))
        if self.mode != "update":
            await self._commit()

    async def _commit(self) -> None:
        files, self._complete = tuple(self._complete), []
        if files:
            self.known = await commit(self.location, lambda c: with_files(c, files, self.mode), self.known)

    async def _give_up(self) -> None:
        """Leave nothing behind of a file that is not complete, and of files that shall not be committed."""
        storage = storage_for(self.location)
        left: list[str] = []
        if self._writer is not None:
            self._writer.abandon()
            left.append(join(self.location, marker_for(self.session, self._writer.name)))
        for file in self._complete:
            left += [index_path(self.location, file.index), data_path(self.location, file.name)]
            left.append(join(self.location, file.marker))
        with contextlib.suppress(ScoutError):
            for path in left:
                await storage.delete(path)


async def _listed(location: str, name: str, part: IndexPart, marker: str) -> NewFile:
    """Write the index file of a data file, which counts as soon as the log names it."""
    index = index_like(name)
    await asyncio.to_thread(write_part, storage_for(location), index_path(location, index), part)
    return NewFile(name, index, texts(part.table, ID), marker)


async def commit_session(location: str, known: Catalogue, session: str) -> Catalogue:
    """Commit what a session has written; its small files become one, as long as that is not too big."""
    for _ in range(_TRIES):
        try:
            return await _commit_session(location, known, session)
        except LocationError:
            # Somebody else has just committed the same session.
            known = await load(location, known)
    return await _commit_session(location, known, session)


async def _commit_session(location: str, known: Catalogue, session: str) -> Catalogue:
    held = await held_by(storage_for(location), location, session, known)
    if not held:
        return known
    small = [item for item in held if item.size < _SMALL_BYTES]
    if len(small) < 2:
        small = []
    files = [await _listed(location, item.name, item.part, item.marker) for item in held if item not in small]
    if small:
        taken = set(places(known, (id for item in held for id in item.ids)))
        joining, made = f"joining-{session}", list[str]()
        parts = await asyncio.to_thread(
            copied, location, names_for(known), joining, _once(location, small, taken), made
        )
        for name, part in zip(made, parts, strict=True):
            files.append(await _listed(location, name, part, marker_for(joining, name)))
    replaced = [name for item in small for name in (item.name, item.marker)]
    return await commit(location, lambda c: with_files(c, files, "insert", replaced), known)


def _once(location: str, held: Sequence[Held], taken: set[str]) -> Iterator[RawTranscript]:
    """Read the transcripts of several files, each once, without those that are there already."""
    for item in held:
        rows = [row for row, id in enumerate(item.ids) if id not in taken]
        taken.update(item.ids)
        yield from DataFile(data_path(location, item.name)).stored(rows)
