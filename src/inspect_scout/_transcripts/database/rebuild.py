"""Making the index anew from the data files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyarrow as pa

from ..._support.errors import LocationError, LogReadError, StorageError
from ..._support.storage import Entry, Storage, join, storage_for
from ..contract import Progress
from .assemble import union
from .catalogue import Catalogue, data_listing, data_part, index_listing, load, told
from .commits import sweep
from .index_files import IndexPart, texts, write_part
from .layout import INDEX, Names, data_name, index_path, is_index, is_ours, newness
from .log import EntryBeingWrittenError, State, append, entries_of, newest
from .rest import promoted
from .schema import FILENAME, ID
from .sessions import data_of, markers

_TRIES = 20


async def rebuild_index(location: str, progress: Progress | None = None) -> str | None:
    """Make the index anew from the data files.

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
        listing = await index_listing(storage, location)
        state = await _readable_state(storage, listing)
        known = await _readable_catalogue(location)
        if known is not None and known.state.number != state.number:
            continue  # somebody has just committed
        # First the data files, then the markers: a file that is being written has a marker before it is there.
        entries = await data_listing(storage, location)
        left_out = {*state.retired, *(map(data_of, await markers(storage, location, state)))}
        entries = [e for e in entries if data_name(location, e.path) not in left_out]
        if not entries:
            return None
        try:
            await asyncio.to_thread(_read, location, entries, parts, progress)
        except LocationError:
            continue  # compacted away meanwhile
        path = await _commit(storage, location, state, known, [parts[e.path, e.etag] for e in entries], listing)
        if path is not None:
            return path
    raise StorageError(f"Cannot index {location!r}: others change it all the time. Try again.")


def _read(
    location: str, entries: list[Entry], parts: dict[tuple[str, str], IndexPart], progress: Progress | None
) -> None:
    for entry in told(entries, progress):
        if (entry.path, entry.etag) not in parts:
            parts[entry.path, entry.etag] = data_part(location, entry.path)


async def _commit(
    storage: Storage,
    location: str,
    state: State,
    known: Catalogue | None,
    parts: list[IndexPart],
    listing: list[Entry],
) -> str | None:
    """Write the index and name it in the log; None if somebody else was quicker."""
    part, dead = _counting(
        parts, state, {} if known is None else dict(zip(texts(known.table, ID), known.files, strict=True))
    )
    folder = join(location, INDEX) + "/"
    index = [e.path.removeprefix(folder) for e in listing if is_index(e.path.removeprefix(folder))]
    # One of ours that the log does not name belongs to a writer who is about to commit it.
    outdated = [old for old in index if not state.number or old in state.live or not is_ours(old)]
    name = Names([*index, *texts(part.table, FILENAME)]).manifest()
    await asyncio.to_thread(write_part, storage, index_path(location, name), part)
    retired = tuple(dict.fromkeys((*state.retired, *(f"{INDEX}/{old}" for old in outdated))))
    after = replace(state, number=state.number + 1, live=(name,), retired=retired, dead=dead)
    if not await append(storage, location, after):
        await storage.delete(index_path(location, name))
        return None
    await sweep(storage, location, retired)
    return index_path(location, name)


def _counting(
    parts: Iterable[IndexPart], state: State, places: Mapping[str, str]
) -> tuple[IndexPart, dict[str, frozenset[str]]]:
    """Choose one row for each id; the others are tombstones."""
    ordered = sorted(parts, key=_age)
    rows: dict[str, tuple[int, str]] = {}
    ids: list[str | None] = []
    files: list[str] = []
    dead: dict[str, set[str]] = {}
    for part in ordered:
        name = part.table.column(FILENAME)[0].as_py() if part.table.num_rows else ""
        for id in part.table.column(ID).cast(pa.large_string()).to_pylist():
            position = len(ids)
            ids.append(id)
            files.append(name)
            if id is None:
                continue
            if id in state.dead.get(name, ()):
                dead.setdefault(name, set()).add(id)
                continue
            other = rows.get(id)
            if other is None:
                rows[id] = (position, name)
            elif other[1] == name or places.get(id) != other[1]:
                # the last of one file counts, as reading it says; of several files the newest, unless the index says
                rows[id] = (position, name)
                if other[1] != name:
                    dead.setdefault(other[1], set()).add(id)
            else:
                dead.setdefault(name, set()).add(id)
    kept = [position for position, _ in sorted(rows.values())]
    whole = IndexPart(
        promoted(union([part.table for part in ordered])),
        pa.chunked_array([part.rows for part in ordered], pa.int32()).combine_chunks(),
    )
    return whole.take(kept), {name: frozenset(gone) for name, gone in dead.items()}


def _age(part: IndexPart) -> tuple[str, str]:
    return newness(part.table.column(FILENAME)[0].as_py() if part.table.num_rows else "")


async def _readable_catalogue(location: str) -> Catalogue | None:
    """Read the index, if it is whole."""
    try:
        return await load(location)
    except (LogReadError, StorageError):
        return None


async def _readable_state(storage: Storage, listing: list[Entry]) -> State:
    """Read the newest entry of the log that can be understood, and number it like the newest."""
    entries = entries_of(listing)
    number = entries[-1][0] if entries else 0
    while True:
        try:
            return replace(await newest(storage, [entry for _, entry in entries]), number=number)
        except EntryBeingWrittenError:
            raise
        except StorageError:
            if not entries:
                raise
            entries.pop()
