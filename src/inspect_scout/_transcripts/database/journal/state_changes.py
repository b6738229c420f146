"""Changes to what counts in a database, as pure functions from one state to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..format.names import INDEX_FOLDER
from .commit_log import LogState
from .snapshot import DatabaseSnapshot

WriteMode = Literal["insert", "upsert", "update"]
"""What becomes of ids: those present are kept, or replaced; `update` adds none."""


@dataclass(frozen=True, slots=True)
class NewDataFile:
    """A data file to be added to the database.

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
class MergedIndex:
    """An index file that stands for others.

    Args:
        name: Its name.
        stands_for: The index files whose rows it has.
    """

    name: str
    stands_for: frozenset[str]


def with_files(
    snapshot: DatabaseSnapshot, files: Sequence[NewDataFile], mode: WriteMode, replaced: Sequence[str] = ()
) -> LogState | None:
    """Add data files; None if that was done before.

    Of several rows for one id exactly one counts: with `insert` that which is there already, else the last.

    Args:
        snapshot: What counts now.
        files: The data files.
        mode: What becomes of ids that are there, or are not.
        replaced: Files that are no longer needed once these count.
    """
    state = snapshot.state
    before = snapshot.files_of(id for file in files for id in file.ids)
    handled = {*state.retired, *state.tombstones, *before.values()}
    new = [file for file in files if file.name not in handled and file.index not in state.live]
    if not new and frozenset(replaced) <= frozenset(state.retired):
        return None
    tombstones = _superseded_rows(new, dict(before), mode)
    useless = {file.name: file for file in new if len(tombstones.get(file.name, ())) == len(file.ids)}
    live = (*state.live, *(file.index for file in new if file.name not in useless))
    retired = [*state.retired, *(file.marker for file in files), *replaced]
    retired += [name for file in useless.values() for name in (file.name, f"{INDEX_FOLDER}/{file.index}")]
    counts = {**snapshot.file_counts(), **{file.name: len(file.ids) for file in new}}
    return _with_tombstones(replace(state, live=live, retired=tuple(dict.fromkeys(retired))), tombstones, counts)


def _superseded_rows(files: Sequence[NewDataFile], here: dict[str, str], mode: WriteMode) -> dict[str, set[str]]:
    """Find the rows that no longer count, or never will, by data file."""
    tombstones: dict[str, set[str]] = {}
    for file in files:
        for id in file.ids:
            current = here.get(id)
            if (current is not None and mode == "insert") or (current is None and mode == "update"):
                tombstones.setdefault(file.name, set()).add(id)
                continue
            if current is not None:
                tombstones.setdefault(current, set()).add(id)
            here[id] = file.name
    return tombstones


def without_transcripts(snapshot: DatabaseSnapshot, ids: Iterable[str]) -> LogState | None:
    """Delete transcripts; None if the database has none of them."""
    tombstones: dict[str, set[str]] = {}
    for id, file in snapshot.files_of(ids).items():
        tombstones.setdefault(file, set()).add(id)
    return _with_tombstones(snapshot.state, tombstones, snapshot.file_counts()) if tombstones else None


def with_merged_index(state: LogState, merged: MergedIndex) -> LogState | None:
    """Put one index file in the place of others; None if some of those have been replaced already."""
    if not merged.stands_for <= frozenset(state.live):
        return None
    live = (merged.name, *(name for name in state.live if name not in merged.stands_for))
    replaced = [f"{INDEX_FOLDER}/{name}" for name in state.live if name in merged.stands_for]
    return replace(state, live=live, retired=(*state.retired, *replaced))


def with_rewritten_files(
    state: LogState,
    merged: MergedIndex,
    old: Mapping[str, frozenset[str]],
    new: Mapping[str, Collection[str]],
    markers: Sequence[str] = (),
) -> LogState | None:
    """Put data files in the place of others, together with the index that knows them.

    Args:
        state: What counts now.
        merged: The index file that names the new data files.
        old: Data files replaced, with the ids that had tombstones in them when they were read.
        new: New data files and the ids in them.
        markers: Files that say that those are not committed.

    Returns:
        None if the index files or data files have been replaced by another writer.
    """
    after = with_merged_index(state, merged)
    if after is None or not frozenset(old).isdisjoint(state.retired):
        return None
    died = {id for file, ids in old.items() for id in state.tombstones.get(file, frozenset()) - ids}
    tombstones = {file: ids for file, ids in after.tombstones.items() if file not in old}
    for file, ids in new.items():
        if died.intersection(ids):
            tombstones[file] = frozenset(died.intersection(ids))
    return replace(after, retired=(*after.retired, *old, *markers), tombstones=tombstones)


def _with_tombstones(state: LogState, tombstones: Mapping[str, Collection[str]], counts: Mapping[str, int]) -> LogState:
    """Add tombstones; a data file in which nothing counts any more is retired instead."""
    after = dict(state.tombstones)
    retired = list(state.retired)
    for file, ids in tombstones.items():
        if len(ids) >= counts.get(file, 0):
            after.pop(file, None)
            retired.append(file)
        else:
            after[file] = after.get(file, frozenset()) | frozenset(ids)
    return replace(state, tombstones=after, retired=tuple(dict.fromkeys(retired)))
