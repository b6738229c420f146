"""Compaction: data files are written anew without rows that no longer count, and small ones become big ones."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import pyarrow as pa

from ..._support.arrow import array
from ..._support.errors import LocationError, LogReadError, ScoutError
from ..._support.ids import new_id
from ..._support.storage import Storage, join, relative_to, storage_for
from ..contract import Progress, RawTranscript
from .catalogue import Catalogue, data_listing, files_of, index_listing, load
from .changes import with_merged, with_moved
from .commits import commit_merged, merge, names_for, sweep
from .datafile import DataFile
from .index_files import IndexPart, texts
from .layout import INDEX, PENDING, PENDING_SUFFIX, data_name, data_path, is_index, is_ours
from .schema import FILENAME, ID
from .sessions import copied, data_of, marker_for

SMALL_BYTES = 25_000_000
"""Data files below this are joined with others."""
GROUP_BYTES = 100_000_000
"""Data files that are written anew together, about."""
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


async def compact(location: str, known: Catalogue, progress: Progress | None = None) -> tuple[Catalogue, CompactReport]:
    """Write data files anew where that is worth it, and delete what no longer counts."""
    storage = storage_for(location)
    before = await _sizes(storage, location)
    wide = await asyncio.to_thread(
        lambda: {name for name in files_of(known) if name in before and _is_wide(data_path(location, name))}
    )
    groups = _groups(known, before, wide)
    total = sum(count for group in groups for count in group.values())
    done = dropped = 0
    for group in groups:
        if progress is not None:
            progress(done, total)
        known, rows = await _rewrite(storage, location, known, tuple(group))
        dropped += rows
        done += sum(group.values())
    if len(known.state.live) > 1:
        merged = await merge(location, known, known.state.live)
        known = await commit_merged(location, merged, known, lambda c: with_merged(c.state, merged))
    await sweep(storage, location, known.state.retired)
    abandoned = await _delete_abandoned(storage, location, known)
    if progress is not None:
        progress(total, total)
    after = await _sizes(storage, location)
    report = CompactReport(len(before), len(after), sum(before.values()), sum(after.values()), dropped, abandoned)
    return known, report


def _is_wide(path: str) -> bool:
    """Tell whether a data file has more columns than we would give it."""
    try:
        return DataFile(path).wide
    except LocationError:
        return False  # somebody else has just put it together with others


def _groups(known: Catalogue, sizes: Mapping[str, int], wide: AbstractSet[str]) -> list[dict[str, int]]:
    """Choose data files to be written anew together, with the number of their transcripts, in the order of the table."""
    worth_it = {*known.state.dead, *wide}
    groups: list[dict[str, int]] = []
    group: dict[str, int] = {}
    filled = 0
    for name, count in files_of(known).items():
        if name not in sizes or not (name in worth_it or sizes[name] < SMALL_BYTES):
            continue
        if group and filled + sizes[name] > GROUP_BYTES:
            groups.append(group)
            group, filled = {}, 0
        group[name] = count
        filled += sizes[name]
    groups.append(group)
    return [g for g in groups if len(g) > 1 or not worth_it.isdisjoint(g)]


async def _rewrite(storage: Storage, location: str, known: Catalogue, old: Sequence[str]) -> tuple[Catalogue, int]:
    """Write some data files anew and put the new ones in their place; tells how many rows were dropped."""
    session = f"compacting-{new_id()}"
    if not frozenset(old) <= frozenset(known.table.column(FILENAME).to_pylist()):
        return known, 0  # somebody else was quicker
    deaths = {name: known.state.dead.get(name, frozenset[str]()) for name in old}
    made: list[str] = []
    try:
        parts = await asyncio.to_thread(
            copied, location, names_for(known), session, _stored(location, known, old), made
        )
    except LocationError:
        await _discard(storage, location, made, session)
        return await load(location, known), 0  # somebody else was quicker
    new = {name: texts(part.table, ID) for name, part in zip(made, parts, strict=True)}
    part = _redirected(known, new)
    merged = await merge(location, known, known.state.live, part)
    markers = tuple(marker_for(session, name) for name in new)
    known = await commit_merged(location, merged, known, lambda c: with_moved(c.state, merged, deaths, new, markers))
    dropped = sum(map(len, deaths.values()))
    if merged.name not in known.state.live and frozenset(new).isdisjoint(files_of(known)):
        dropped = 0  # others were quicker
        await _discard(storage, location, made, session)
    await sweep(storage, location, known.state.retired)
    return known, dropped


async def _discard(storage: Storage, location: str, names: Iterable[str], session: str) -> None:
    """Delete new data files that others have made useless."""
    for name in names:
        await storage.delete(join(location, name))
        await storage.delete(join(location, marker_for(session, name)))


def _stored(location: str, known: Catalogue, files: Iterable[str]) -> Iterator[RawTranscript]:
    """Read the transcripts of some data files, those that count, in the order of the table."""
    wanted: dict[str, list[tuple[str, int]]] = {name: [] for name in files}
    for name, id, row in zip(texts(known.table, FILENAME), texts(known.table, ID), known.rows, strict=True):
        if name in wanted:
            wanted[name].append((id, row))
    for file, transcripts in wanted.items():
        path = data_path(location, file)
        data = DataFile(path)
        for id, row in transcripts:
            place = data.find(id, row)
            if place is None:
                raise LogReadError(path, f"the index says it is there; run `scout db index {location}`", repr(id))
            yield from data.stored([place])


def _redirected(known: Catalogue, new: Mapping[str, Sequence[str]]) -> IndexPart:
    """Give the index as it is once transcripts have moved to new files; their order stays."""
    moved = {id: (name, row) for name, ids in new.items() for row, id in enumerate(ids)}
    names = texts(known.table, FILENAME)
    rows = list(known.rows)
    for position, id in enumerate(texts(known.table, ID)):
        if id in moved:
            names[position], rows[position] = moved[id]
    column = known.table.column_names.index(FILENAME)
    table = known.table.set_column(column, FILENAME, array(names, pa.large_string()))
    return IndexPart(table, array(rows, pa.int32()))


async def _sizes(storage: Storage, location: str) -> dict[str, int]:
    return {data_name(location, e.path): e.size for e in await data_listing(storage, location)}


async def _delete_abandoned(storage: Storage, location: str, known: Catalogue) -> int:
    """Delete what writers that are gone did not commit: data files with an empty marker, index files not in the log."""
    live = frozenset(known.state.live)
    deleted = 0
    for entry in await index_listing(storage, location):
        if time.time() - entry.modified < ABANDONED_SECONDS:
            continue
        name = relative_to(location, entry.path)
        base = name.rpartition("/")[2]
        left = is_index(name.removeprefix(INDEX + "/")) and is_ours(base) and base not in live
        empty = name.startswith(PENDING) and name.endswith(PENDING_SUFFIX) and not entry.size
        with contextlib.suppress(ScoutError):
            if empty and not await _delete_old(storage, join(location, data_of(name))):
                continue
            if left or empty:
                await storage.delete(entry.path)
                deleted += 1
    return deleted


async def _delete_old(storage: Storage, path: str) -> bool:
    """Delete a data file that is gone or old; False if somebody has written it just now."""
    entry = await storage.stat(path)
    if entry is not None and time.time() - entry.modified < ABANDONED_SECONDS:
        return False
    await storage.delete(path)
    return True
