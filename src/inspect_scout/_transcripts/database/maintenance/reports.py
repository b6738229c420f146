"""Reports on a database: whether it is complete, and what is in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ...._support.errors import LocationError, LogReadError, StorageError
from ...._support.storage import storage_for
from ...contract import Progress
from ..files.data_file import DataFile
from ..format.column_types import pc
from ..format.names import data_file_name, data_file_path
from ..format.overflow import metadata_keys, overflow_keys
from ..format.schema import ID
from ..journal.pending_files import count_by_session, list_markers, marked_data_file
from ..journal.snapshot import DatabaseSnapshot, list_data_files, with_progress

ReadContent = Callable[[str], Awaitable[None]]
"""Reads the content of a transcript, by id; raises LogReadError if it cannot."""

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What verifying found.

    Args:
        transcripts: Transcripts in the index.
        files: Data files that the index names.
        deep: Whether content was also read.
        problems: What is wrong, in words, each with its remedy.
        notes: What is not a problem but may be of interest.
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


async def verify_database(
    location: str, snapshot: DatabaseSnapshot, read: ReadContent | None = None, progress: Progress | None = None
) -> VerifyReport:
    """Compare the index with the data files.

    Args:
        location: The database.
        snapshot: Its snapshot.
        read: Reads the content of a transcript (None: content is not read).
        progress: Told how many data files are done.
    """
    storage = storage_for(location)
    present = {data_file_name(location, e.path) for e in await list_data_files(storage, location)}
    left = await list_markers(storage, location, snapshot.state)
    problems = list(snapshot.problems)
    wanted: dict[str, dict[str, int]] = {}
    for name, id, row in zip(snapshot.files, snapshot.ids, snapshot.rows, strict=True):
        wanted.setdefault(name, {})[id] = row
    for name, expected in with_progress(list(wanted.items()), progress):
        found = await asyncio.to_thread(_check_file, location, name, expected, snapshot)
        problems += found
        if read is None or found:
            continue
        for id in expected:
            try:
                await read(id)
            except (LogReadError, LocationError, StorageError) as error:
                problems.append(str(error))
    unknown = sorted(present.difference(wanted, map(marked_data_file, left), snapshot.state.retired))
    if unknown and not any(problem.startswith("Index is stale") for problem in snapshot.problems):
        problems.append(f"{len(unknown)} data files are not in the index: {_shorten(unknown)}. {_advice(location)}")
    notes = [f"Session {session!r} has data files that are not committed." for session in count_by_session(left)]
    if dropped := sum(map(len, snapshot.state.tombstones.values())):
        notes.insert(0, f"{dropped} rows no longer count: `scout db compact {location}` drops them.")
    return VerifyReport(snapshot.table.num_rows, len(wanted), read is not None, tuple(problems), tuple(notes))


async def database_stats(location: str, snapshot: DatabaseSnapshot) -> DatabaseStats:
    """Count what is in a database."""
    storage = storage_for(location)
    entries = await list_data_files(storage, location)
    left = await list_markers(storage, location, snapshot.state)
    columns = set(metadata_keys(snapshot.table.column_names))
    dates: Any = pc.min_max(snapshot.table.column("date").cast(pa.large_string())).as_py()
    return DatabaseStats(
        location=location,
        transcripts=snapshot.table.num_rows,
        files=len(snapshot.file_counts()),
        bytes=sum(entry.size for entry in entries),
        dead_rows=sum(map(len, snapshot.state.tombstones.values())),
        index_files=len(snapshot.state.live) + len(snapshot.foreign),
        log_version=snapshot.state.number,
        first_date=dates["min"],
        last_date=dates["max"],
        uncommitted=count_by_session(left),
        metadata_columns=len(columns),
        other_keys=len(overflow_keys(snapshot.table) - columns),
    )


def _check_file(location: str, name: str, wanted: Mapping[str, int], snapshot: DatabaseSnapshot) -> list[str]:
    """Compare the rows that the index gives for a data file with the file."""
    path = data_file_path(location, name)
    try:
        ids: list[Any] = [str(i) for i in DataFile(path).read_index_columns().column(ID).to_pylist()]
    except (LocationError, LogReadError, StorageError) as error:
        return [str(error)]
    there = frozenset(ids)
    problems: list[str] = []
    if wrong := [id for id, row in wanted.items() if (id not in there if row < 0 else ids[row : row + 1] != [id])]:
        problems.append(
            f"{path!r} does not hold these transcripts where the index says: {_shorten(wrong)}. {_advice(location)}"
        )
    tombstones = snapshot.state.tombstones.get(name, frozenset[str]())
    if unknown := sorted(id for id in there - tombstones if id not in snapshot.positions):
        problems.append(
            f"{path!r} holds transcripts that are not in the index: {_shorten(unknown)}. {_advice(location)}"
        )
    return problems


def _advice(location: str) -> str:
    return f"Run `scout db index {location}` to rebuild the index."


def _shorten(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:_SHOWN])) + (f", ... ({len(names)} in all)" if len(names) > _SHOWN else "")
