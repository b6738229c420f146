"""Changes to what counts in a database, as pure functions from one state to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .catalogue import Catalogue, files_of, places
from .layout import INDEX
from .log import State

Mode = Literal["insert", "upsert", "update"]
"""What becomes of ids: those present are kept, or replaced; `update` adds none."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A data file to be taken into the database.

    Args:
        name: Its name.
        index: Name of its index file.
        ids: The transcripts in it.
        marker: The file, relative to the database, that says it is not committed yet.
    """

    name: str
    index: str
    ids: Sequence[str]
    marker: str


@dataclass(frozen=True, slots=True)
class Merged:
    """An index file that stands for others.

    Args:
        name: Its name.
        stands_for: The index files whose rows it has.
    """

    name: str
    stands_for: frozenset[str]


def with_files(
    catalogue: Catalogue, files: Sequence[NewFile], mode: Mode, replaced: Sequence[str] = ()
) -> State | None:
    """Take data files in; None if that was done before.

    Of several rows for one id exactly one counts: with `insert` that which is there already, else the last.

    Args:
        catalogue: What counts now.
        files: The data files.
        mode: What becomes of ids that are there, or are not.
        replaced: Files that are no longer needed once these count.
    """
    state = catalogue.state
    before = places(catalogue, (id for file in files for id in file.ids))
    known = {*state.retired, *state.dead, *before.values()}
    new = [file for file in files if file.name not in known and file.index not in state.live]
    if not new and frozenset(replaced) <= frozenset(state.retired):
        return None
    dead = _outdone(new, dict(before), mode)
    useless = {file.name: file for file in new if len(dead.get(file.name, ())) == len(file.ids)}
    live = (*state.live, *(file.index for file in new if file.name not in useless))
    retired = [*state.retired, *(file.marker for file in files), *replaced]
    retired += [name for file in useless.values() for name in (file.name, f"{INDEX}/{file.index}")]
    counts = {**files_of(catalogue), **{file.name: len(file.ids) for file in new}}
    return _buried(replace(state, live=live, retired=tuple(dict.fromkeys(retired))), dead, counts)


def _outdone(files: Sequence[NewFile], here: dict[str, str], mode: Mode) -> dict[str, set[str]]:
    """Find the rows that no longer count, or never will, by data file."""
    dead: dict[str, set[str]] = {}
    for file in files:
        for id in file.ids:
            place = here.get(id)
            if (place is not None and mode == "insert") or (place is None and mode == "update"):
                dead.setdefault(file.name, set()).add(id)
                continue
            if place is not None:
                dead.setdefault(place, set()).add(id)
            here[id] = file.name
    return dead


def without(catalogue: Catalogue, ids: Iterable[str]) -> State | None:
    """Let transcripts no longer count; None if the database has none of them."""
    dead: dict[str, set[str]] = {}
    for id, file in places(catalogue, ids).items():
        dead.setdefault(file, set()).add(id)
    return _buried(catalogue.state, dead, files_of(catalogue)) if dead else None


def with_merged(state: State, merged: Merged) -> State | None:
    """Put one index file in the place of others; None if some of those have been replaced already."""
    if not merged.stands_for <= frozenset(state.live):
        return None
    live = (merged.name, *(name for name in state.live if name not in merged.stands_for))
    replaced = [f"{INDEX}/{name}" for name in state.live if name in merged.stands_for]
    return replace(state, live=live, retired=(*state.retired, *replaced))


def with_moved(
    state: State,
    merged: Merged,
    old: Mapping[str, frozenset[str]],
    new: Mapping[str, Collection[str]],
    markers: Sequence[str] = (),
) -> State | None:
    """Put data files in the place of others, together with the index that knows them.

    Args:
        state: What counts now.
        merged: The index file that names the new data files.
        old: Data files replaced, with the ids that were dead in them when they were read.
        new: New data files and the ids in them.
        markers: Files that say that those are not committed.

    Returns:
        None if the index files or data files have been replaced by somebody else.
    """
    after = with_merged(state, merged)
    if after is None or not frozenset(old).isdisjoint(state.retired):
        return None
    died = {id for file, ids in old.items() for id in state.dead.get(file, frozenset()) - ids}
    dead = {file: ids for file, ids in after.dead.items() if file not in old}
    for file, ids in new.items():
        if died.intersection(ids):
            dead[file] = frozenset(died.intersection(ids))
    return replace(after, retired=(*after.retired, *old, *markers), dead=dead)


def _buried(state: State, dead: Mapping[str, Collection[str]], counts: Mapping[str, int]) -> State:
    """Add tombstones; a data file in which nothing counts any more is retired instead."""
    after = dict(state.dead)
    retired = list(state.retired)
    for file, ids in dead.items():
        if len(ids) >= counts.get(file, 0):
            after.pop(file, None)
            retired.append(file)
        else:
            after[file] = after.get(file, frozenset()) | frozenset(ids)
    return replace(state, dead=after, retired=tuple(dict.fromkeys(retired)))
