"""Compaction: data files are rewritten without rows that no longer count, and small ones become big ones."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import pyarrow as pa

from ...._support.arrow import array
from ...._support.errors import LocationError, LogReadError, ScoutError
from ...._support.ids import new_id
from ...._support.storage import Storage, join, relative_to, storage_for
from ...contract import Progress, RawTranscript
from ..files.data_file import DataFile
from ..files.index_file import IndexPart, text_values
from ..format.names import INDEX_FOLDER, MARKER_FOLDER, MARKER_SUFFIX, data_file_name, data_file_path, is_index, is_own
from ..format.schema import FILENAME, ID
from ..journal.commit import commit_merge, delete_retired, file_namer, write_merged_index
from ..journal.pending_files import marked_data_file, marker_name, write_data_files
from ..journal.snapshot import DatabaseSnapshot, list_data_files, list_index, load_snapshot
from ..journal.state_changes import with_merged_index, with_rewritten_files

SMALL_FILE_BYTES = 25_000_000
"""Data files below this are joined with others."""
GROUP_BYTES = 100_000_000
"""Data files that are rewritten together, about."""
ABANDONED_SECONDS = 24 * 3600
"""What was not committed for so long has no writer any more."""


@dataclass(frozen=True, slots=True)
class CompactReport:
    """What compacting did.

    Args:
        files_before: Data files before it.
        files_after: Data files after it.
        bytes_before: Bytes of the data files before it.
        bytes_after: Bytes of the data files after it.
        rows_dropped: Rows that no longer counted and are gone now.
        abandoned: Files of writers that were killed, deleted now.
    """

    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int
    rows_dropped: int
    abandoned: int


async def compact(
    location: str, snapshot: DatabaseSnapshot, progress: Progress | None = None
) -> tuple[DatabaseSnapshot, CompactReport]:
    """Rewrite data files where that saves space, and delete what no longer counts."""
    storage = storage_for(location)
    before = await _data_file_sizes(storage, location)
    wide = await asyncio.to_thread(
        lambda: {name for name in snapshot.file_counts() if name in before and _is_wide(data_file_path(location, name))}
    )
    groups = _group_files(snapshot, before, wide)
    total = sum(count for group in groups for count in group.values())
    done = dropped = 0
    for group in groups:
        if progress is not None:
            progress(done, total)
        snapshot, rows = await _rewrite(storage, location, snapshot, tuple(group))
        dropped += rows
        done += sum(group.values())
    if len(snapshot.state.live) > 1:
        merged = await write_merged_index(location, snapshot, snapshot.state.live)
        snapshot = await commit_merge(location, merged, snapshot, lambda now: with_merged_index(now.state, merged))
    await delete_retired(storage, location, snapshot.state.retired)
    abandoned = await _delete_abandoned(storage, location, snapshot)
    if progress is not None:
        progress(total, total)
    after = await _data_file_sizes(storage, location)
    report = CompactReport(len(before), len(after), sum(before.values()), sum(after.values()), dropped, abandoned)
    return snapshot, report


def _is_wide(path: str) -> bool:
    """Tell whether a data file has more columns than we would give it."""
    try:
        return DataFile(path).wide
    except LocationError:
        return False  # another writer has just put it together with others


def _group_files(snapshot: DatabaseSnapshot, sizes: Mapping[str, int], wide: AbstractSet[str]) -> list[dict[str, int]]:
    """Choose data files to be rewritten together, with the number of their transcripts, in the order of the table."""
    worth_it = {*snapshot.state.tombstones, *wide}
    groups: list[dict[str, int]] = []
    group: dict[str, int] = {}
    filled = 0
    for name, count in snapshot.file_counts().items():
        if name not in sizes or not (name in worth_it or sizes[name] < SMALL_FILE_BYTES):
            continue
        if group and filled + sizes[name] > GROUP_BYTES:
            groups.append(group)
            group, filled = {}, 0
        group[name] = count
        filled += sizes[name]
    groups.append(group)
    return [g for g in groups if len(g) > 1 or not worth_it.isdisjoint(g)]


async def _rewrite(
    storage: Storage, location: str, snapshot: DatabaseSnapshot, old: Sequence[str]
) -> tuple[DatabaseSnapshot, int]:
    """Rewrite some data files and put the new ones in their place; tells how many rows were dropped."""
    session = f"compacting-{new_id()}"
    if not frozenset(old) <= frozenset(snapshot.table.column(FILENAME).to_pylist()):
        return snapshot, 0  # another writer was quicker
    deaths = {name: snapshot.state.tombstones.get(name, frozenset[str]()) for name in old}
    made: list[str] = []
    try:
        parts = await asyncio.to_thread(
            write_data_files, location, file_namer(snapshot), session, _live_rows(location, snapshot, old), made
        )
    except LocationError:
        await _discard(storage, location, made, session)
        return await load_snapshot(location, snapshot), 0  # another writer was quicker
    new = {name: text_values(part.table, ID) for name, part in zip(made, parts, strict=True)}
    part = _index_after_move(snapshot, new)
    merged = await write_merged_index(location, snapshot, snapshot.state.live, part)
    markers = tuple(marker_name(session, name) for name in new)
    snapshot = await commit_merge(
        location, merged, snapshot, lambda now: with_rewritten_files(now.state, merged, deaths, new, markers)
    )
    dropped = sum(map(len, deaths.values()))
    if merged.name not in snapshot.state.live and frozenset(new).isdisjoint(snapshot.file_counts()):
        dropped = 0  # other writers were quicker
        await _discard(storage, location, made, session)
    await delete_retired(storage, location, snapshot.state.retired)
    return snapshot, dropped


async def _discard(storage: Storage, location: str, names: Iterable[str], session: str) -> None:
    """Delete new data files that others have made useless."""
    for name in names:
        await storage.delete(join(location, name))
        await storage.delete(join(location, marker_name(session, name)))


def _live_rows(location: str, snapshot: DatabaseSnapshot, files: Iterable[str]) -> Iterator[RawTranscript]:
    """Read the transcripts of some data files, those that count, in the order of the table."""
    wanted: dict[str, list[tuple[str, int]]] = {name: [] for name in files}
    for name, id, row in zip(snapshot.files, snapshot.ids, snapshot.rows, strict=True):
        if name in wanted:
            wanted[name].append((id, row))
    for file, transcripts in wanted.items():
        path = data_file_path(location, file)
        data = DataFile(path)
        for id, row in transcripts:
            number = data.find_row(id, row)
            if number is None:
                raise LogReadError(path, f"the index says it is there; run `scout db index {location}`", repr(id))
            yield from data.read_rows([number])


def _index_after_move(snapshot: DatabaseSnapshot, new: Mapping[str, Sequence[str]]) -> IndexPart:
    """Give the index as it is once transcripts have moved to new files; their order stays."""
    moved = {id: (name, row) for name, ids in new.items() for row, id in enumerate(ids)}
    names = list(snapshot.files)
    rows = list(snapshot.rows)
    for position, id in enumerate(snapshot.ids):
        if id in moved:
            names[position], rows[position] = moved[id]
    column = snapshot.table.column_names.index(FILENAME)
    table = snapshot.table.set_column(column, FILENAME, array(names, pa.large_string()))
    return IndexPart(table, array(rows, pa.int32()))


async def _data_file_sizes(storage: Storage, location: str) -> dict[str, int]:
    return {data_file_name(location, e.path): e.size for e in await list_data_files(storage, location)}


async def _delete_abandoned(storage: Storage, location: str, snapshot: DatabaseSnapshot) -> int:
    """Delete what writers that are gone did not commit: data files with an empty marker, index files not in the log."""
    live = frozenset(snapshot.state.live)
    deleted = 0
    for entry in await list_index(storage, location):
        if time.time() - entry.modified < ABANDONED_SECONDS:
            continue
        name = relative_to(location, entry.path)
        base = name.rpartition("/")[2]
        left = is_index(name.removeprefix(INDEX_FOLDER + "/")) and is_own(base) and base not in live
        empty = name.startswith(MARKER_FOLDER) and name.endswith(MARKER_SUFFIX) and not entry.size
        with contextlib.suppress(ScoutError):
            if empty and not await _delete_if_old(storage, join(location, marked_data_file(name))):
                continue
            if left or empty:
                await storage.delete(entry.path)
                deleted += 1
    return deleted


async def _delete_if_old(storage: Storage, path: str) -> bool:
    """Delete a data file that is gone or old; False if it was written just now."""
    entry = await storage.stat(path)
    if entry is not None and time.time() - entry.modified < ABANDONED_SECONDS:
        return False
    await storage.delete(path)
    return True
