"""Which transcripts a database holds: the log of commits, the index files it names, and those of other programs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import pyarrow as pa

from ...._support.arrow import array
from ...._support.errors import LocationError, LogReadError, StorageError
from ...._support.regular import warn_of_skipped
from ...._support.storage import Entry, Storage, is_local, join, local_path, storage_for
from ...contract import Progress
from ..files.data_file import DataFile
from ..files.index_file import IndexPart, index_of_data_file, read_index_file, text_values
from ..format.column_types import TEXT, cast_column, pc, simplify_type
from ..format.names import DATA_SUFFIX, INDEX_FOLDER, by_age, data_file_name, index_path, is_index, is_manifest, is_own
from ..format.schema import FILENAME, ID
from .commit_log import EntryBeingWrittenError, LogState, read_newest_state
from .snapshot_table import build_snapshot_table

T = TypeVar("T")

_TRIES = 8
_FIRST_WAIT_SECONDS = 0.01
_READS_AT_ONCE = 16


@dataclass(frozen=True, eq=False)
class DatabaseSnapshot:
    """All transcripts of a database at one moment.

    Args:
        table: One row per transcript: the index columns (missing ones of the schema as nulls) and FILENAME, in the order of insertion.
        rows: Row of each transcript in its data file; -1 where the index does not say.
        problems: What the index names but is not there, and what cannot be read, in words for the user, with the data files that
            each is about.
        state: The log entry that it was made from.
        foreign: Index files that the log does not know and that count.
        parts: The index of each index file (or data file, if there is no index), by path and version.
        signature: What was there; the same again means that nothing has changed.
    """

    table: pa.Table
    rows: Sequence[int]
    problems: Mapping[str, Sequence[str]]
    state: LogState
    foreign: tuple[str, ...]
    parts: Mapping[tuple[str, str], IndexPart]
    signature: tuple[object, ...]

    @property
    def log_is_complete(self) -> bool:
        """Whether a log says all that counts, so that changes can be applied to it."""
        return bool(self.state.number) and not self.foreign

    @cached_property
    def positions(self) -> dict[str, int]:
        """Position of each transcript, by id; listing does without."""
        return {str(id): position for position, id in enumerate(self.ids)}

    @property
    def ids(self) -> list[str]:
        """Id of each transcript."""
        return text_values(self.table, ID)

    @cached_property
    def files(self) -> list[str]:
        """Data file of each transcript."""
        return text_values(self.table, FILENAME)

    def files_of(self, ids: Iterable[str]) -> dict[str, str]:
        """Find the data files of transcripts; those that the database does not have are left out."""
        wanted = array(sorted(set(ids)), pa.large_string())
        if not len(wanted) or not self.table.num_rows:
            return {}
        table = self.table.select([ID, FILENAME])
        found = table.filter(pc.is_in(table.column(ID), value_set=wanted)).to_pydict()
        return dict(zip(found[ID], found[FILENAME], strict=True))

    def file_counts(self) -> dict[str, int]:
        """Count the transcripts of each data file."""
        counts: Any = pc.value_counts(self.table.column(FILENAME))
        return {item["values"]: item["counts"] for item in counts.to_pylist()}


@dataclass(frozen=True, slots=True)
class _FolderListing:
    """What lies in a database."""

    state: LogState
    foreign: tuple[Entry, ...]
    data: tuple[Entry, ...] | None


class _IndexFileGoneError(Exception):
    """An index file that the log names is not there."""

    def __init__(self, name: str, number: int) -> None:
        super().__init__(name)
        self.key = (name, number)


async def load_snapshot(
    location: str, snapshot: DatabaseSnapshot | None = None, *, tolerant: bool = False
) -> DatabaseSnapshot:
    """Find the transcripts of a database.

    Args:
        location: Folder, in full form, or a single data file. A folder that does not exist is an empty database.
        snapshot: The snapshot of the same database from an earlier time: index files that it has are not read again.
        tolerant: Data files without an index that cannot be read become problems, unless none can.

    Raises:
        LogReadError: An index file or data file is broken.
        StorageError: The log of commits cannot be understood.
    """
    storage = storage_for(location)
    gone: set[tuple[str, int]] = set()
    tries = newest_number = 0
    while True:
        try:
            found = await _list_folder(storage, location)
            if found.state.number > newest_number:  # as long as others make progress, reading goes on
                tries, newest_number = 0, found.state.number
            return await _load_listed(storage, location, found, snapshot, frozenset(gone), tolerant=tolerant)
        except _IndexFileGoneError as error:
            # Either a newer commit replaced it, or (the second time) another program deleted it.
            gone.add(error.key)
        except (LocationError, EntryBeingWrittenError):
            # Files are replaced while others read; a new listing is newer.
            tries += 1
            if tries == _TRIES:
                raise
            await asyncio.sleep(_FIRST_WAIT_SECONDS * 2**tries * random.uniform(0.25, 0.5))


def with_progress(items: Sequence[T], progress: Progress | None) -> Iterator[T]:
    """Go through items, saying how many are done."""
    for done, item in enumerate(items):
        if progress is not None:
            progress(done, len(items))
        yield item
    if progress is not None:
        progress(len(items), len(items))


async def list_index(storage: Storage, location: str) -> list[Entry]:
    """List what lies in the index folder, the log included."""
    return await storage.list(join(location, INDEX_FOLDER))


async def list_data_files(storage: Storage, location: str) -> list[Entry]:
    """List the data files of a database: all parquet files below it, or the file that it is."""
    if location.endswith(DATA_SUFFIX):
        entry = await storage.stat(location)
        if entry is not None:
            return [entry]
    if is_local(location):
        warn_of_skipped(local_path(location), lambda name: name.endswith(DATA_SUFFIX))
    index = join(location, INDEX_FOLDER) + "/"
    return [e for e in await storage.list(location) if e.path.endswith(DATA_SUFFIX) and not e.path.startswith(index)]


def build_index(location: str, path: str) -> IndexPart:
    """Read the index that a data file would have."""
    return index_of_data_file(data_file_name(location, path), DataFile(path).read_index_columns())


async def _load_listed(
    storage: Storage,
    location: str,
    found: _FolderListing,
    snapshot: DatabaseSnapshot | None,
    gone: frozenset[tuple[str, int]],
    *,
    tolerant: bool,
) -> DatabaseSnapshot:
    state = found.state
    live = [name for name in state.live if (name, state.number) not in gone]
    signature = (state.number, tuple(live), found.foreign, found.data)
    if snapshot is not None and snapshot.signature == signature:
        return snapshot
    parts = dict(snapshot.parts) if snapshot is not None else {}
    failed: dict[str, str] = {}
    wanted = [(name, "") for name in live] + [(_base_name(entry), entry.etag) for entry in found.foreign]
    if wanted or state.number:
        await _read_missing(wanted, parts, lambda key: _read_index_file(storage, location, key, state))
        table, rows, problems = _build_table(location, found, live, parts)
    else:
        wanted = [(entry.path, entry.etag) for entry in found.data or ()]
        failed = await _read_data_files(location, wanted, parts, tolerant=tolerant)
        wanted = [key for key in wanted if key in parts]
        table, rows, problems = build_snapshot_table([(parts[key], 0) for key in wanted], LogState(), None, location)
    return DatabaseSnapshot(
        table=_without_unscored(table),
        rows=rows,
        problems=problems | {problem: [name] for name, problem in failed.items()},
        state=replace(state, live=tuple(live)),
        foreign=tuple(_base_name(entry) for entry in found.foreign),
        parts={key: parts[key] for key in wanted},
        signature=() if failed else signature,  # what failed is tried again
    )


async def _list_folder(storage: Storage, location: str) -> _FolderListing:
    listing = await list_index(storage, location)
    state = await read_newest_state(storage, listing)
    named = {*state.live, *(name.rpartition("/")[2] for name in state.retired)}
    folder = join(location, INDEX_FOLDER) + "/"
    foreign = tuple(
        entry
        for entry in listing
        if is_index(entry.path.removeprefix(folder))
        and _base_name(entry) not in named
        and not (state.number and is_own(_base_name(entry)))
    )
    data = None if state.number and not foreign else tuple(await list_data_files(storage, location))
    return _FolderListing(state, foreign, data)


def _build_table(
    location: str, found: _FolderListing, live: Iterable[str], parts: Mapping[tuple[str, str], IndexPart]
) -> tuple[pa.Table, Sequence[int], dict[str, Sequence[str]]]:
    """Put index files together: the log's first, manifests before what came after them."""
    ordered = sorted(live, key=lambda name: (not is_manifest(name), by_age(name)))
    ranked = [(parts[name, ""], 0) for name in ordered]
    newest_first = sorted(found.foreign, key=lambda entry: by_age(_base_name(entry)), reverse=True)
    ranks = {_base_name(entry): rank for rank, entry in enumerate(newest_first, 1)}
    for entry in sorted(found.foreign, key=lambda e: (not is_manifest(_base_name(e)), by_age(_base_name(e)))):
        ranked.append((parts[_base_name(entry), entry.etag], ranks[_base_name(entry)]))
    present = None if found.data is None else [data_file_name(location, entry.path) for entry in found.data]
    table, rows, problems = build_snapshot_table(ranked, found.state, present, location)
    if len(ordered) < len(found.state.live) and not found.foreign:  # else a program put its own in their place
        problems[f"Index files of {location!r} are gone. Run `scout db index {location}` to rebuild them."] = ()
    return table, rows, problems


def _without_unscored(table: pa.Table) -> pa.Table:
    """Take back that a sample failed where it was never scored.

    The published package describes an unscored sample of an eval log as one without a score whose `success` is false, and
    databases that it has written say so for ever.
    """
    success: Any = table.column("success")
    if success.type != pa.bool_():
        return table
    score: Any = table.column("score")
    unscored = pc.is_null(score, nan_is_null=True)
    if simplify_type(score.type) == TEXT:
        unscored = pc.or_(unscored, pc.is_in(cast_column(score, TEXT), value_set=array(["NaN", "nan"], TEXT)))
    # Not fill_null, which makes a scalar: that imports pandas (0.2 s).
    suspects = pc.and_(pc.and_kleene(pc.is_valid(success), pc.invert(success)), unscored)
    if not pc.any(suspects).as_py():
        return table
    of_log = pc.is_in(cast_column(table.column("source_type"), TEXT), value_set=array(["eval_log"], TEXT))
    mended = pc.if_else(pc.and_(suspects, of_log), pa.scalar(None, pa.bool_()), success)
    return table.set_column(table.column_names.index("success"), "success", mended)


async def _read_index_file(storage: Storage, location: str, key: tuple[str, str], state: LogState) -> IndexPart:
    try:
        return await read_index_file(storage, index_path(location, key[0]))
    except LocationError:
        if key[1]:
            raise
        raise _IndexFileGoneError(key[0], state.number) from None


async def _read_data_files(
    location: str,
    wanted: Sequence[tuple[str, str]],
    parts: dict[tuple[str, str], IndexPart],
    *,
    tolerant: bool,
) -> dict[str, str]:
    """Read the columns of data files; what cannot be read, by name, unless that is everything."""
    errors: dict[str, LogReadError | StorageError] = {}

    async def read(key: tuple[str, str]) -> IndexPart | None:
        try:
            return await asyncio.to_thread(build_index, location, key[0])
        except (LogReadError, StorageError) as error:
            errors[data_file_name(location, key[0])] = error
            return None

    await _read_missing(wanted, parts, read)
    if errors and not (tolerant and len(errors) < len(wanted)):
        raise next(iter(errors.values()))
    return {name: str(error) for name, error in sorted(errors.items())}


async def _read_missing(
    wanted: Sequence[tuple[str, str]],
    parts: dict[tuple[str, str], IndexPart],
    read: Callable[[tuple[str, str]], Awaitable[IndexPart | None]],
) -> None:
    """Read what is not known yet, some at once; None is left out."""
    unknown = [key for key in wanted if key not in parts]
    for start in range(0, len(unknown), _READS_AT_ONCE):
        chunk = unknown[start : start + _READS_AT_ONCE]
        found = zip(chunk, await asyncio.gather(*map(read, chunk)), strict=True)
        parts.update((key, part) for key, part in found if part is not None)


def _base_name(entry: Entry) -> str:
    return entry.path.rpartition("/")[2]
