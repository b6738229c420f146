"""Commits: a change is put on top of the newest state, again and again until no other writer was quicker."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute

from ..._support.arrow import array
from ..._support.errors import ConfigError, ScoutError, StorageError
from ..._support.storage import Storage, join, storage_for
from .catalogue import Catalogue, files_of, index_listing, load
from .changes import Merged, with_merged
from .index_files import IndexPart, texts, write_part
from .layout import DATA_SUFFIX, INDEX, Names, index_like, index_path, is_manifest, newness
from .log import FORGET_EVERY, State, append, forget
from .rest import promoted
from .schema import FILENAME

# Its stubs are less than half known.
pc: Any = pyarrow.compute

Change = Callable[[Catalogue], State | None]
"""Gives the next state, or None if there is nothing to change."""

MERGE_AT = 16
"""Index files, besides the manifest, that are merged into one."""
_TRIES = 500
_LONGEST_WAIT_SECONDS = 0.5
# Merging everything costs as much as the manifest is long: smaller files are merged among themselves.
_MANIFEST_SHARE = 4


async def commit(location: str, change: Change, known: Catalogue | None = None) -> Catalogue:
    """Make a change durable and visible to all.

    Args:
        location: The database.
        change: Makes the next state; called again whenever another writer was quicker.
        known: Catalogue from an earlier time.

    Returns:
        The catalogue after the change.

    Raises:
        StorageError: Too many others write at the same time, or writing failed.
    """
    storage = storage_for(location)
    for attempt in range(_TRIES):
        known = await load(location, known)
        after = change(known) if known.ready else await _adopted(location, known)
        if after is None:
            return known
        await sweep(storage, location, known.state.retired)
        if not await _appended(storage, location, known, after):
            await asyncio.sleep(random.uniform(0, min(_LONGEST_WAIT_SECONDS, 0.005 * 2 ** min(attempt, 10))))
        elif known.ready:
            if (known.state.number + 1) % FORGET_EVERY == 0:
                with contextlib.suppress(ScoutError):
                    await forget(storage, await index_listing(storage, location))
            return await load(location, known)
    raise StorageError(f"Cannot commit to {location!r}: others commit without a pause. Try again.")


async def prepare(location: str, known: Catalogue | None = None) -> Catalogue:
    """Give a database its log, and take in what other programs wrote; writers begin with this.

    Raises:
        ConfigError: The location is a single file.
    """
    known = await load(location, known)
    if location.endswith(DATA_SUFFIX) and await storage_for(location).stat(location) is not None:
        raise ConfigError(f"Cannot write into {location!r}: it is a single data file. Name a folder.")
    return known if known.ready else await commit(location, lambda _: None, known)


async def sweep(storage: Storage, location: str, retired: Iterable[str]) -> None:
    """Delete files that no longer count."""
    for name in retired:
        await storage.delete(join(location, name))


async def tidy(location: str, known: Catalogue) -> Catalogue:
    """Merge index files if there are many, or if readers of the published format would see what no longer counts.

    Nothing depends on it, so failing here is no failure.
    """
    with contextlib.suppress(ScoutError):
        if names := _mergeable(known):
            merged = await merge(location, known, names)
            known = await commit_merged(location, merged, known, lambda c: with_merged(c.state, merged))
        await sweep(storage_for(location), location, known.state.retired)
    return known


async def commit_merged(location: str, merged: Merged, known: Catalogue, change: Change) -> Catalogue:
    """Commit a merged index file, and delete it if others were quicker."""
    after = await commit(location, change, known)
    if merged.name not in after.state.live:
        await storage_for(location).delete(index_path(location, merged.name))
    return after


async def merge(location: str, known: Catalogue, names: Iterable[str], part: IndexPart | None = None) -> Merged:
    """Write one index file for several.

    Args:
        location: The database.
        known: Its catalogue.
        names: The index files; if these are all, the new one is a manifest.
        part: What to write (default: what counts of the index files).
    """
    chosen = sorted(names, key=newness)
    everything = len(chosen) == len(known.state.live)
    if part is None:
        part = IndexPart(known.table, array(known.rows, pa.int32()))
        if not everything:
            files = {name for key in chosen for name in texts(known.parts[key, ""].table, FILENAME)}
            mask = pc.is_in(known.table.column(FILENAME), value_set=array(sorted(files), pa.large_string()))
            part = part.take(pc.indices_nonzero(mask))
    if everything:
        part = replace(part, table=promoted(part.table))
    # A merged file takes the place of its newest, so that the order of transcripts stays.
    name = names_for(known).manifest() if everything else index_like(chosen[-1])
    await asyncio.to_thread(write_part, storage_for(location), index_path(location, name), part)
    return Merged(name, frozenset(chosen))


def names_for(known: Catalogue) -> Names:
    """Make names that are later than those of a catalogue."""
    return Names([*known.state.live, *known.foreign, *known.state.retired, *files_of(known)])


def _mergeable(known: Catalogue) -> list[str]:
    """Choose the index files to merge; none if there is no need."""
    live = known.state.live
    rows = {name: known.parts[name, ""].table.num_rows for name in live}
    if sum(rows.values()) > known.table.num_rows:
        return list(live)  # some rows no longer count
    if any(known.parts[name, ""].wide for name in live):
        return list(live)
    small = [name for name in live if not is_manifest(name)]
    if len(small) < MERGE_AT:
        return []
    if len(small) < len(live) and _MANIFEST_SHARE * sum(rows[name] for name in small) < known.table.num_rows:
        return small
    return list(live)


async def _adopted(location: str, known: Catalogue) -> State:
    """Take what other programs wrote into the log, as one index file."""
    if not known.table.num_rows and not known.foreign:
        return replace(known.state, live=())
    merged = await merge(location, known, known.state.live)
    old = (*known.state.live, *known.foreign)
    retired = (*known.state.retired, *(f"{INDEX}/{index}" for index in old))
    return replace(known.state, live=(merged.name,), retired=retired)


async def _appended(storage: Storage, location: str, known: Catalogue, after: State) -> bool:
    """Write the next entry. What the last one retired has been deleted, and is forgotten if no index names it."""
    old = [name for name in known.state.retired if name.endswith(DATA_SUFFIX)]
    named = _named(known, old) if old else frozenset[str]()
    kept = [name for name in after.retired if name not in known.state.retired or name in named]
    return await append(storage, location, replace(after, number=known.state.number + 1, retired=tuple(kept)))


def _named(known: Catalogue, files: Sequence[str]) -> frozenset[str]:
    """Find the data files, of some, that index files name."""
    wanted = array(files, pa.large_string())
    named: set[str] = set()
    for part in known.parts.values():
        column: Any = part.table.column(FILENAME).cast(pa.large_string())
        named.update(pc.unique(column.filter(pc.is_in(column, value_set=wanted))).to_pylist())
    return frozenset(named)
