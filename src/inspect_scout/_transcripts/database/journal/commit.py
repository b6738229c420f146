"""Commits: a change is applied to the newest state, and retried until no other writer was quicker."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from ...._support.arrow import array
from ...._support.errors import ConfigError, ScoutError, StorageError
from ...._support.storage import Storage, join, storage_for
from ..files.index_file import IndexPart, text_values, write_index_file
from ..format.column_types import pc
from ..format.names import DATA_SUFFIX, INDEX_FOLDER, FileNamer, by_age, index_name_for, index_path, is_manifest
from ..format.overflow import rebalance
from ..format.schema import FILENAME
from .commit_log import PRUNE_EVERY, LogState, append_entry, prune_entries
from .snapshot import DatabaseSnapshot, list_index, load_snapshot
from .state_changes import MergedIndex, with_merged_index

StateChange = Callable[[DatabaseSnapshot], LogState | None]
"""Gives the next state, or None if there is nothing to change."""

MERGE_AT = 16
"""Index files, besides the manifest, that are merged into one."""
_TRIES = 500
_LONGEST_WAIT_SECONDS = 0.5
# Merging everything costs as much as the manifest is long: smaller files are merged among themselves.
_MANIFEST_SHARE = 4


async def commit(location: str, change: StateChange, snapshot: DatabaseSnapshot | None = None) -> DatabaseSnapshot:
    """Make a change durable and visible to all.

    Args:
        location: The database.
        change: Makes the next state; called again whenever another writer was quicker.
        snapshot: The snapshot from an earlier time.

    Returns:
        The snapshot after the change.

    Raises:
        StorageError: Too many others write at the same time, or writing failed.
    """
    storage = storage_for(location)
    for attempt in range(_TRIES):
        snapshot = await load_snapshot(location, snapshot)
        after = change(snapshot) if snapshot.log_is_complete else await _adopt_foreign_files(location, snapshot)
        if after is None:
            return snapshot
        await delete_retired(storage, location, snapshot.state.retired)
        if not await _append_next(storage, location, snapshot, after):
            await asyncio.sleep(random.uniform(0, min(_LONGEST_WAIT_SECONDS, 0.005 * 2 ** min(attempt, 10))))
        elif snapshot.log_is_complete:
            if (snapshot.state.number + 1) % PRUNE_EVERY == 0:
                with contextlib.suppress(ScoutError):
                    await prune_entries(storage, await list_index(storage, location))
            return await load_snapshot(location, snapshot)
    raise StorageError(f"Cannot commit to {location!r}: others commit without a pause. Try again.")


async def prepare_log(location: str, snapshot: DatabaseSnapshot | None = None) -> DatabaseSnapshot:
    """Give a database its log, and add what other programs wrote; writers begin with this.

    Raises:
        ConfigError: The location is a single file.
    """
    snapshot = await load_snapshot(location, snapshot)
    if location.endswith(DATA_SUFFIX) and await storage_for(location).stat(location) is not None:
        raise ConfigError(f"Cannot write into {location!r}: it is a single data file. Name a folder.")
    return snapshot if snapshot.log_is_complete else await commit(location, lambda _: None, snapshot)


async def delete_retired(storage: Storage, location: str, retired: Iterable[str]) -> None:
    """Delete files that no longer count."""
    for name in retired:
        await storage.delete(join(location, name))


async def merge_index_if_needed(location: str, snapshot: DatabaseSnapshot) -> DatabaseSnapshot:
    """Merge index files if there are many, or if readers of the published format would see what no longer counts.

    Nothing depends on it, so failing here does not matter.
    """
    with contextlib.suppress(ScoutError):
        if names := _index_files_to_merge(snapshot):
            merged = await write_merged_index(location, snapshot, names)
            snapshot = await commit_merge(location, merged, snapshot, lambda now: with_merged_index(now.state, merged))
        await delete_retired(storage_for(location), location, snapshot.state.retired)
    return snapshot


async def commit_merge(
    location: str, merged: MergedIndex, snapshot: DatabaseSnapshot, change: StateChange
) -> DatabaseSnapshot:
    """Commit a merged index file, and delete it if other writers were quicker."""
    after = await commit(location, change, snapshot)
    if merged.name not in after.state.live:
        await storage_for(location).delete(index_path(location, merged.name))
    return after


async def write_merged_index(
    location: str, snapshot: DatabaseSnapshot, names: Iterable[str], part: IndexPart | None = None
) -> MergedIndex:
    """Write one index file for several.

    Args:
        location: The database.
        snapshot: Its snapshot.
        names: The index files; if these are all, the new one is a manifest.
        part: What to write (default: what counts of the index files).
    """
    chosen = sorted(names, key=by_age)
    everything = len(chosen) == len(snapshot.state.live)
    if part is None:
        part = IndexPart(snapshot.table, array(snapshot.rows, pa.int32()))
        if not everything:
            files = {name for key in chosen for name in text_values(snapshot.parts[key, ""].table, FILENAME)}
            mask = pc.is_in(snapshot.table.column(FILENAME), value_set=array(sorted(files), pa.large_string()))
            part = part.take(pc.indices_nonzero(mask))
    if everything:
        part = replace(part, table=rebalance(part.table))
    # A merged file takes the place of its newest, so that the order of transcripts stays.
    name = file_namer(snapshot).manifest() if everything else index_name_for(chosen[-1])
    await asyncio.to_thread(write_index_file, storage_for(location), index_path(location, name), part)
    return MergedIndex(name, frozenset(chosen))


def file_namer(snapshot: DatabaseSnapshot) -> FileNamer:
    """Make names that are later than those of a snapshot."""
    return FileNamer([*snapshot.state.live, *snapshot.foreign, *snapshot.state.retired, *snapshot.file_counts()])


def _index_files_to_merge(snapshot: DatabaseSnapshot) -> list[str]:
    """Choose the index files to merge; none if there is no need."""
    live = snapshot.state.live
    rows = {name: snapshot.parts[name, ""].table.num_rows for name in live}
    if sum(rows.values()) > snapshot.table.num_rows:
        return list(live)  # some rows no longer count
    if any(snapshot.parts[name, ""].wide for name in live):
        return list(live)
    small = [name for name in live if not is_manifest(name)]
    if len(small) < MERGE_AT:
        return []
    if len(small) < len(live) and _MANIFEST_SHARE * sum(rows[name] for name in small) < snapshot.table.num_rows:
        return small
    return list(live)


async def _adopt_foreign_files(location: str, snapshot: DatabaseSnapshot) -> LogState:
    """Add what other programs wrote to the log, as one index file."""
    if not snapshot.table.num_rows and not snapshot.foreign:
        return replace(snapshot.state, live=())
    merged = await write_merged_index(location, snapshot, snapshot.state.live)
    old = (*snapshot.state.live, *snapshot.foreign)
    retired = (*snapshot.state.retired, *(f"{INDEX_FOLDER}/{index}" for index in old))
    return replace(snapshot.state, live=(merged.name,), retired=retired)


async def _append_next(storage: Storage, location: str, snapshot: DatabaseSnapshot, after: LogState) -> bool:
    """Write the next entry. What the last one retired has been deleted, and is forgotten if no index names it."""
    old = [name for name in snapshot.state.retired if name.endswith(DATA_SUFFIX)]
    named = _still_named(snapshot, old) if old else frozenset[str]()
    kept = [name for name in after.retired if name not in snapshot.state.retired or name in named]
    return await append_entry(storage, location, replace(after, number=snapshot.state.number + 1, retired=tuple(kept)))


def _still_named(snapshot: DatabaseSnapshot, files: Sequence[str]) -> frozenset[str]:
    """Find the data files, of some, that index files name."""
    wanted = array(files, pa.large_string())
    named: set[str] = set()
    for part in snapshot.parts.values():
        column: Any = part.table.column(FILENAME).cast(pa.large_string())
        named.update(pc.unique(column.filter(pc.is_in(column, value_set=wanted))).to_pylist())
    return frozenset(named)
