"""Which transcripts a database holds: the log of commits, the index files it names, and those of other programs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute

from ..._support.arrow import array
from ..._support.cache import Cache
from ..._support.errors import LocationError, LogReadError, StorageError
from ..._support.regular import warn_of_skipped
from ..._support.storage import Entry, Storage, is_local, join, local_path, storage_for
from .assemble import Assembled, Source, assemble
from .contract import FILENAME, Catalogue, WrittenFile
from .datafile import open_data_file
from .index_files import IndexPart, part_of, read_part
from .layout import DATA_SUFFIX, INDEX, data_name, index_path, is_index, is_manifest, is_ours, newness
from .log import EntryBeingWrittenError, State, newest
from .schema import ID

# Its stubs are less than half known.
pc: Any = pyarrow.compute

_TRIES = 8
_FIRST_WAIT_SECONDS = 0.01
_READS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class StoreCatalogue(Catalogue):
    """A catalogue, and what it was made from.

    Args:
        state: The log entry.
        foreign: Index files that the log does not know and that count.
        parts: What each index file (or data file, if there is no index) says, by path and version.
        signature: What was there; the same again means that nothing has changed.
    """

    state: State = field(default_factory=State)
    foreign: tuple[str, ...] = ()
    parts: Mapping[tuple[str, str], IndexPart] = field(default_factory=dict[tuple[str, str], IndexPart])
    signature: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """What lies in a database."""

    state: State
    foreign: tuple[Entry, ...]
    data: tuple[Entry, ...] | None


_MOST_BYTES: Final = 32 << 20
"""Size of a catalogue up to which it is kept: a larger one is not held for a question that may never come."""

_RECENT: Final = 4
_recent: Cache[str, StoreCatalogue] = Cache(
    _RECENT, weigh=lambda catalogue: 1 if catalogue.table.nbytes <= _MOST_BYTES else _RECENT + 1
)
"""The catalogues used last: a program that asks one database many questions reads its index once.

Whoever takes one from here compares its signature with what is there now, as with one of its own. Measured for seven queries
over 20 000 transcripts, each through a new collection: 0.36 s of CPU instead of 0.50 s.
"""


class _GoneError(Exception):
    """An index file that the log names is not there."""

    def __init__(self, name: str, number: int) -> None:
        super().__init__(name)
        self.place = (name, number)


async def load_catalogue(location: str, known: Catalogue | None = None, *, tolerant: bool = False) -> Catalogue:
    """Find the transcripts of a database.

    Args:
        location: Folder, in full form, or a single data file. A folder that does not exist is an empty database.
        known: Catalogue of the same database from an earlier time: index files that it has are not read again.
        tolerant: Data files without an index that cannot be read become problems, unless none can.

    Raises:
        LogReadError: An index file or data file is broken.
        StorageError: The log of commits cannot be understood.
    """
    before = known if isinstance(known, StoreCatalogue) else _recent.get(location)
    found = await load_store(location, before, tolerant=tolerant)
    _recent.put(location, found)
    return found


async def load_store(location: str, known: Catalogue | None = None, *, tolerant: bool = False) -> StoreCatalogue:
    """Find the transcripts of a database, with what the store needs to change them."""
    before = known if isinstance(known, StoreCatalogue) else None
    gone: set[tuple[str, int]] = set()
    for attempt in range(_TRIES):
        try:
            return await _load(storage_for(location), location, before, frozenset(gone), tolerant=tolerant)
        except _GoneError as error:
            # Either a newer commit replaced it, or (the second time) another program deleted it.
            gone.add(error.place)
        except (LocationError, EntryBeingWrittenError):
            # Files are replaced while others read; what is listed anew is newer.
            if attempt == _TRIES - 1:
                raise
            await asyncio.sleep(_FIRST_WAIT_SECONDS * 2**attempt * random.uniform(0.5, 1))
    raise LocationError(f"The index of {location!r} changes faster than it can be read. Try again.")


async def index_listing(storage: Storage, location: str) -> list[Entry]:
    """List what lies in the index folder, the log included."""
    return await storage.list(join(location, INDEX))


async def data_listing(storage: Storage, location: str) -> list[Entry]:
    """List the data files of a database: all parquet files below it, or the file that it is."""
    if location.endswith(DATA_SUFFIX):
        entry = await storage.stat(location)
        if entry is not None:
            return [entry]
    if is_local(location):
        warn_of_skipped(local_path(location), lambda name: name.endswith(DATA_SUFFIX))
    index = join(location, INDEX) + "/"
    return [e for e in await storage.list(location) if e.path.endswith(DATA_SUFFIX) and not e.path.startswith(index)]


def places(catalogue: Catalogue, ids: Iterable[str]) -> dict[str, str]:
    """Find the data files of transcripts; those that the database does not have are left out."""
    wanted = array(sorted(set(ids)), pa.large_string())
    if not len(wanted) or not catalogue.table.num_rows:
        return {}
    table = catalogue.table.select([ID, FILENAME])
    found = table.filter(pc.is_in(table.column(ID), value_set=wanted)).to_pydict()
    return dict(zip(found[ID], found[FILENAME], strict=True))


def files_of(catalogue: Catalogue) -> dict[str, int]:
    """Count the transcripts of each data file."""
    counts: Any = pc.value_counts(catalogue.table.column(FILENAME))
    return {item["values"]: item["counts"] for item in counts.to_pylist()}


async def _load(
    storage: Storage,
    location: str,
    known: StoreCatalogue | None,
    gone: frozenset[tuple[str, int]],
    *,
    tolerant: bool,
) -> StoreCatalogue:
    found = await _find(storage, location)
    state = found.state
    live = [name for name in state.live if (name, state.number) not in gone]
    signature = (state.number, tuple(live), found.foreign, found.data)
    if known is not None and known.signature == signature:
        return known
    parts = dict(known.parts) if known is not None else {}
    failed: dict[str, str] = {}
    wanted = [(name, "") for name in live] + [(_base(entry), entry.etag) for entry in found.foreign]
    if wanted or state.number:
        await _read(wanted, parts, lambda key: _part(storage, location, key, state))
        assembled = _assembled(location, found, live, parts)
    else:
        wanted = [(entry.path, entry.etag) for entry in found.data or ()]
        failed = await _read_data(location, wanted, parts, tolerant=tolerant)
        wanted = [key for key in wanted if key in parts]
        assembled = assemble([Source(parts[key], 0) for key in wanted], State(), None, location)
    lost = _lost(location, found) if len(live) < len(state.live) else ()
    return StoreCatalogue(
        table=_without_unscored(assembled.table),
        rows=assembled.rows,
        version=state.number,
        problems=(*assembled.problems, *lost, *failed.values()),
        files={**assembled.files, **{problem: [name] for name, problem in failed.items()}},
        state=State(state.number, tuple(live), state.retired, state.dead),
        foreign=tuple(_base(entry) for entry in found.foreign),
        parts={key: parts[key] for key in wanted},
        signature=() if failed else signature,  # what failed is tried again
    )


async def _find(storage: Storage, location: str) -> _Found:
    listing = await index_listing(storage, location)
    state = await newest(storage, listing)
    named = {*state.live, *(name.rpartition("/")[2] for name in state.retired)}
    folder = join(location, INDEX) + "/"
    foreign = tuple(
        entry
        for entry in listing
        if is_index(entry.path.removeprefix(folder))
        and _base(entry) not in named
        and not (state.number and is_ours(_base(entry)))
    )
    data = None if state.number and not foreign else tuple(await data_listing(storage, location))
    return _Found(state, foreign, data)


def _assembled(
    location: str, found: _Found, live: Iterable[str], parts: Mapping[tuple[str, str], IndexPart]
) -> Assembled:
    """Put index files together: the log's first, manifests before what came after them."""
    ordered = sorted(live, key=lambda name: (not is_manifest(name), newness(name)))
    sources = [Source(parts[name, ""], 0) for name in ordered]
    newest_first = sorted(found.foreign, key=lambda entry: newness(_base(entry)), reverse=True)
    ranks = {_base(entry): rank for rank, entry in enumerate(newest_first, 1)}
    for entry in sorted(found.foreign, key=lambda e: (not is_manifest(_base(e)), newness(_base(e)))):
        sources.append(Source(parts[_base(entry), entry.etag], ranks[_base(entry)]))
    present = None if found.data is None else [data_name(location, entry.path) for entry in found.data]
    return assemble(sources, found.state, present, location)


def _without_unscored(table: pa.Table) -> pa.Table:
    """Take back that a sample failed where it was never scored.

    The published package describes an unscored sample of an eval log as one without a score whose `success` is false, and
    databases that it has written say so for ever.
    """
    names = table.column_names
    if not {"success", "score", "source_type"} <= set(names):
        return table
    success: Any = table.column("success")
    score: Any = table.column("score")
    source: Any = table.column("source_type")
    if success.type != pa.bool_():
        return table
    # Not fill_null, which makes a scalar: that imports pandas (0.2 s).
    failed = pc.and_kleene(pc.is_valid(success), pc.invert(success))
    suspects = pc.and_(failed, pc.or_(pc.is_null(score, nan_is_null=True), _says_nan(score)))
    if not pc.any(suspects).as_py():
        return table
    of_log = pc.is_in(source, value_set=array(["eval_log"], source.type))
    mended = pc.if_else(pc.and_(suspects, of_log), pa.scalar(None, pa.bool_()), success)
    return table.set_column(names.index("success"), "success", mended)


def _says_nan(score: Any) -> Any:
    text = pa.types.is_string(score.type) or pa.types.is_large_string(score.type)
    return pc.is_in(score, value_set=array(["NaN", "nan"], score.type)) if text else pa.scalar(False)


def _lost(location: str, found: _Found) -> list[str]:
    """Report index files that somebody deleted, unless it was a program that put its own in their place."""
    if found.foreign:
        return []
    return [f"Index files of {location!r} are gone. Run `scout db index {location}` to make them anew."]


async def _part(storage: Storage, location: str, key: tuple[str, str], state: State) -> IndexPart:
    try:
        return await read_part(storage, index_path(location, key[0]))
    except LocationError:
        if key[1]:
            raise
        raise _GoneError(key[0], state.number) from None


async def _data_part(location: str, path: str) -> IndexPart:
    """Read the columns of a data file that no index describes."""
    file = await asyncio.to_thread(open_data_file, path)
    table = await asyncio.to_thread(file.index)
    return part_of(WrittenFile(data_name(location, path), table))


async def _read_data(
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
            return await _data_part(location, key[0])
        except (LogReadError, StorageError) as error:
            errors[data_name(location, key[0])] = error
            return None

    await _read(wanted, parts, read)
    if errors and not (tolerant and len(errors) < len(wanted)):
        raise next(iter(errors.values()))
    return {name: str(error) for name, error in sorted(errors.items())}


async def _read(
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


def _base(entry: Entry) -> str:
    return entry.path.rpartition("/")[2]
