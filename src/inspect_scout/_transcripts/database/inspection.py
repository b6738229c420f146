"""Looking at a database without changing it: is it whole, and what is in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute

from ..._support.errors import LocationError, LogReadError, StorageError
from ..._support.storage import storage_for
from ..contract import Progress
from .catalogue import Catalogue, data_listing, files_of, told
from .datafile import DataFile
from .index_files import texts
from .layout import data_name, data_path
from .rest import keys_of, own_names
from .schema import ID
from .sessions import data_of, markers, sessions_of

# Its stubs are less than half known.
pc: Any = pyarrow.compute

Read = Callable[[str], Awaitable[None]]
"""Reads the content of a transcript, by id; raises LogReadError if it cannot."""

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What verifying found.

    Args:
        transcripts: Transcripts in the index.
        files: Data files that the index names.
        deep: Whether content was read, too.
        problems: What is wrong, in words, each with its remedy.
        notes: What is no problem but may be of interest.
    """

    transcripts: int
    files: int
    deep: bool
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class DatabaseStats:
    """What is in a database.

    Args:
        location: The database.
        transcripts: Transcripts in the index.
        files: Data files that count.
        bytes: Bytes of all data files.
        dead_rows: Rows that no longer count: `compact` drops them.
        index_files: Index files that count.
        log_version: Number of the last commit (0: there is no log).
        first_date: Earliest date of a transcript.
        last_date: Latest date of a transcript.
        uncommitted: Sessions with data files that are not committed, with their number.
        metadata_columns: Keys of metadata that are columns of the index.
        other_keys: Keys of metadata that fewer transcripts share, kept in one column.
    """

    location: str
    transcripts: int
    files: int
    bytes: int
    dead_rows: int
    index_files: int
    log_version: int
    first_date: str | None
    last_date: str | None
    uncommitted: Mapping[str, int]
    metadata_columns: int = 0
    other_keys: int = 0


async def verify(
    location: str, known: Catalogue, read: Read | None = None, progress: Progress | None = None
) -> VerifyReport:
    """Hold the index against the data files.

    Args:
        location: The database.
        known: Its catalogue.
        read: Reads the content of a transcript (None: content is not read).
        progress: Told how many data files are done.
    """
    storage = storage_for(location)
    present = {data_name(location, e.path) for e in await data_listing(storage, location)}
    left = await markers(storage, location, known.state)
    problems = list(known.problems)
    wanted: dict[str, dict[str, int]] = {}
    for name, id, row in zip(known.files, texts(known.table, ID), known.rows, strict=True):
        wanted.setdefault(name, {})[id] = row
    for name, places in told(list(wanted.items()), progress):
        found = await asyncio.to_thread(_check_file, location, name, places, known)
        problems += found
        if read is None or found:
            continue
        for id in places:
            try:
                await read(id)
            except (LogReadError, LocationError, StorageError) as error:
                problems.append(str(error))
    unknown = sorted(present.difference(wanted, map(data_of, left), known.state.retired))
    if unknown and not any(problem.startswith("Index is stale") for problem in known.problems):
        problems.append(f"{len(unknown)} data files are not in the index: {_list(unknown)}. {_again(location)}")
    notes = [f"Session {session!r} has data files that are not committed." for session in sessions_of(left)]
    if rows := sum(map(len, known.state.dead.values())):
        notes.insert(0, f"{rows} rows no longer count: `scout db compact {location}` drops them.")
    return VerifyReport(known.table.num_rows, len(wanted), read is not None, tuple(problems), tuple(notes))


async def stats(location: str, known: Catalogue) -> DatabaseStats:
    """Count what is in a database."""
    storage = storage_for(location)
    entries = await data_listing(storage, location)
    left = await markers(storage, location, known.state)
    columns = set(own_names(known.table.column_names))
    dates: Any = pc.min_max(known.table.column("date").cast(pa.large_string())).as_py()
    return DatabaseStats(
        location=location,
        transcripts=known.table.num_rows,
        files=len(files_of(known)),
        bytes=sum(entry.size for entry in entries),
        dead_rows=sum(map(len, known.state.dead.values())),
        index_files=len(known.state.live) + len(known.foreign),
        log_version=known.state.number,
        first_date=dates["min"],
        last_date=dates["max"],
        uncommitted=sessions_of(left),
        metadata_columns=len(columns),
        other_keys=len(keys_of(known.table) - columns),
    )


def _check_file(location: str, name: str, wanted: Mapping[str, int], known: Catalogue) -> list[str]:
    """Hold what the index says of a data file, the row of each transcript, against the file."""
    path = data_path(location, name)
    try:
        ids: list[Any] = [str(i) for i in DataFile(path).index().column(ID).to_pylist()]
    except (LocationError, LogReadError, StorageError) as error:
        return [str(error)]
    there = frozenset(ids)
    problems: list[str] = []
    if wrong := [id for id, row in wanted.items() if (id not in there if row < 0 else ids[row : row + 1] != [id])]:
        problems.append(
            f"{path!r} does not hold these transcripts where the index says: {_list(wrong)}. {_again(location)}"
        )
    dead = known.state.dead.get(name, frozenset[str]())
    if unknown := sorted(id for id in there - dead if id not in known.positions):
        problems.append(f"{path!r} holds transcripts that are not in the index: {_list(unknown)}. {_again(location)}")
    return problems


def _again(location: str) -> str:
    return f"Run `scout db index {location}` to make the index anew."


def _list(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:_SHOWN])) + (f", ... ({len(names)} in all)" if len(names) > _SHOWN else "")
