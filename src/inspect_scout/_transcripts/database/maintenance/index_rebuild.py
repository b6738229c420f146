"""Rebuilding the index from the data files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyarrow as pa

from ...._support.errors import LocationError, LogReadError, StorageError
from ...._support.storage import Entry, Storage, join, storage_for
from ...contract import Progress
from ..files.index_file import IndexPart, text_values, write_index_file
from ..format.names import INDEX_FOLDER, FileNamer, by_age, data_file_name, index_path, is_index, is_own
from ..format.overflow import rebalance
from ..format.schema import FILENAME, ID
from ..journal.commit import delete_retired
from ..journal.commit_log import EntryBeingWrittenError, LogState, append_entry, log_entries, read_newest_state
from ..journal.pending_files import list_markers, marked_data_file
from ..journal.snapshot import DatabaseSnapshot, build_index, list_data_files, list_index, load_snapshot, with_progress
from ..journal.snapshot_table import union_tables

_TRIES = 20


async def rebuild_index(location: str, progress: Progress | None = None) -> str | None:
    """Rebuild the index from the data files.

    What was deleted or replaced stays so, and what no writer committed stays out. Of several rows for one id that counts
    which the index has now, else that of the newest file name.

    Args:
        location: The database, in full form.
        progress: Told how many data files have been read.

    Returns:
        Location of the new index file; None if there are no data files.

    Raises:
        LogReadError: A data file is broken.
        StorageError: Others change the database all the time, or writing failed.
    """
    storage = storage_for(location)
    parts: dict[tuple[str, str], IndexPart] = {}
    for _ in range(_TRIES):
        listing = await list_index(storage, location)
        state = await _newest_readable_state(storage, listing)
        snapshot = await _load_if_readable(location)
        if snapshot is not None and snapshot.state.number != state.number:
            continue  # another writer has just committed
        # First the data files, then the markers: a file that is being written has a marker before it is there.
        entries = await list_data_files(storage, location)
        left_out = {*state.retired, *(map(marked_data_file, await list_markers(storage, location, state)))}
        entries = [e for e in entries if data_file_name(location, e.path) not in left_out]
        if not entries:
            return None
        try:
            await asyncio.to_thread(_read_data_files, location, entries, parts, progress)
        except LocationError:
            continue  # compacted away meanwhile
        path = await _commit(storage, location, state, snapshot, [parts[e.path, e.etag] for e in entries], listing)
        if path is not None:
            return path
    raise StorageError(f"Cannot index {location!r}: others change it all the time. Try again.")


def _read_data_files(
    location: str, entries: list[Entry], parts: dict[tuple[str, str], IndexPart], progress: Progress | None
) -> None:
    for entry in with_progress(entries, progress):
        if (entry.path, entry.etag) not in parts:
            parts[entry.path, entry.etag] = build_index(location, entry.path)


async def _commit(
    storage: Storage,
    location: str,
    state: LogState,
    snapshot: DatabaseSnapshot | None,
    parts: list[IndexPart],
    listing: list[Entry],
) -> str | None:
    """Write the index and name it in the log; None if another writer was quicker."""
    part, tombstones = _choose_rows(
        parts,
        state,
        {} if snapshot is None else dict(zip(snapshot.ids, snapshot.files, strict=True)),
    )
    folder = join(location, INDEX_FOLDER) + "/"
    index = [e.path.removeprefix(folder) for e in listing if is_index(e.path.removeprefix(folder))]
    # One of ours that the log does not name belongs to a writer who is about to commit it.
    outdated = [old for old in index if not state.number or old in state.live or not is_own(old)]
    name = FileNamer([*index, *text_values(part.table, FILENAME)]).manifest()
    await asyncio.to_thread(write_index_file, storage, index_path(location, name), part)
    retired = tuple(dict.fromkeys((*state.retired, *(f"{INDEX_FOLDER}/{old}" for old in outdated))))
    after = replace(state, number=state.number + 1, live=(name,), retired=retired, tombstones=tombstones)
    if not await append_entry(storage, location, after):
        await storage.delete(index_path(location, name))
        return None
    await delete_retired(storage, location, retired)
    return index_path(location, name)


def _choose_rows(
    parts: Iterable[IndexPart], state: LogState, indexed: Mapping[str, str]
) -> tuple[IndexPart, dict[str, frozenset[str]]]:
    """Choose one row for each id; the others are tombstones."""
    ordered = sorted(parts, key=_part_order)
    rows: dict[str, tuple[int, str]] = {}
    ids: list[str | None] = []
    files: list[str] = []
    tombstones: dict[str, set[str]] = {}
    for part in ordered:
        name = part.table.column(FILENAME)[0].as_py() if part.table.num_rows else ""
        for id in part.table.column(ID).cast(pa.large_string()).to_pylist():
            position = len(ids)
            ids.append(id)
            files.append(name)
            if id is None:
                continue
            if id in state.tombstones.get(name, ()):
                tombstones.setdefault(name, set()).add(id)
                continue
            other = rows.get(id)
            if other is None:
                rows[id] = (position, name)
            elif other[1] == name or indexed.get(id) != other[1]:
                # the last of one file counts, as reading it says; of several files the newest, unless the index says
                rows[id] = (position, name)
                if other[1] != name:
                    tombstones.setdefault(other[1], set()).add(id)
            else:
                tombstones.setdefault(name, set()).add(id)
    kept = [position for position, _ in sorted(rows.values())]
    whole = IndexPart(
        rebalance(union_tables([part.table for part in ordered])),
        pa.chunked_array([part.rows for part in ordered], pa.int32()).combine_chunks(),
    )
    return whole.take(kept), {name: frozenset(gone) for name, gone in tombstones.items()}


def _part_order(part: IndexPart) -> tuple[str, str]:
    return by_age(part.table.column(FILENAME)[0].as_py() if part.table.num_rows else "")


async def _load_if_readable(location: str) -> DatabaseSnapshot | None:
    """Read the index, if it is whole."""
    try:
        return await load_snapshot(location)
    except (LogReadError, StorageError):
        return None


async def _newest_readable_state(storage: Storage, listing: list[Entry]) -> LogState:
    """Read the newest entry of the log that can be understood, and number it like the newest."""
    entries = log_entries(listing)
    number = entries[-1][0] if entries else 0
    while True:
        try:
            return replace(await read_newest_state(storage, [entry for _, entry in entries]), number=number)
        except EntryBeingWrittenError:
            raise
        except StorageError:
            if not entries:
                raise
            entries.pop()
