"""Which files are logs."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Sequence

from ..._support.errors import LogReadError, ScoutError, StorageError
from ..._support.regular import describe_skipped, irregular_below
from ..._support.storage import Entry, Storage, for_each, is_local, local_path, storage_for
from ..contract import HEAD_BYTES, SourceLocation
from ..nearby import missing_location_error
from .log_names import may_be_log, named_by_inspect

_DATABASE_INDEX = "_index"
_FIRST_KEY = re.compile(
    rb'\s*\{\s*"(?:version|status|eval|plan|results|stats|error|samples|location|tags|metadata)"\s*:'
)
_EVAL_KEY = re.compile(rb'"eval"\s*:\s*\{')


async def find_logs(
    locations: Sequence[str], unread: Sequence[str] = ()
) -> tuple[list[Entry], dict[str, LogReadError]]:
    """List the logs at some locations: those of folders sorted by path, no file twice; and what cannot be opened.

    Args:
        locations: Files and folders, in full form.
        unread: Further logs, which may be gone.

    Raises:
        LocationError: A location is gone.
    """
    entries: dict[str, Entry] = {}
    failed: dict[str, LogReadError] = {}
    many = len(locations) + len(unread) > 1
    for location in dict.fromkeys([*locations, *unread]):
        storage = storage_for(location)
        try:
            entry = await storage.stat(location)
        except StorageError as error:
            if not (many and may_be_log(location)):
                raise
            failed[location] = LogReadError(location, str(error))
            continue
        if entry is not None:
            entries.setdefault(entry.path, entry)
            continue
        if location in unread:
            failed[location] = LogReadError(location, "it is gone; put it back, or accept the scan without it")
            continue
        found = await storage.list(location)
        if not found and not _is_folder(location):
            raise missing_location_error(location)
        for entry, kept in zip(found, await for_each(location, found, functools.partial(_is_log, storage))):
            if isinstance(kept, LogReadError):
                failed[entry.path] = kept
            elif kept:
                entries.setdefault(entry.path, entry)
    return list(entries.values()), failed


def describe_skipped_files(locations: Sequence[str]) -> str | None:
    """Say what the folders among some locations hold that has the name of a log and is not a file."""
    folders = [local_path(location) for location in locations if _is_folder(location)]
    return describe_skipped([found for folder in folders for found in irregular_below(folder, may_be_log)])


def _is_folder(location: str) -> bool:
    # Object stores know no empty folders.
    return is_local(location) and os.path.isdir(location)


async def _is_log(storage: Storage, entry: Entry) -> bool | LogReadError:
    """Tell whether a file of a folder is a log; an error if that cannot be told."""
    name = entry.path.rsplit("/", 1)[-1]
    if not name.endswith(".json"):
        return name.endswith(".eval")
    try:
        return _starts_like_log(name, await storage.read_range(entry.path, 0, HEAD_BYTES))
    except (ScoutError, OSError) as error:
        return LogReadError(entry.path, str(error))


def _starts_like_log(name: str, start: bytes) -> bool:
    """Tell by the beginning of a `.json` file whether it is a log."""
    if _FIRST_KEY.match(start) and _EVAL_KEY.search(start):
        return True
    return named_by_inspect(name) and not start.lstrip().startswith((b"{", b"["))


def is_log_by_name_only(place: SourceLocation) -> bool:
    """Whether a location is a file on this machine that has the name of a log, and begins like another document."""
    path = place.location
    if place.paths is not None or not path.endswith(".json") or not is_local(path):
        return False
    head = next(iter(place.heads([path])), b"")
    return bool(head) and not _starts_like_log(os.path.basename(path), head)


def holds_logs(place: SourceLocation) -> bool:
    """Whether a file has the name of a log, or a folder has logs, whatever else is in it.

    A single `.eval` file decides it: the rest of a large folder is not looked at.
    """
    if place.paths is None:
        return may_be_log(place.location)
    maybe: list[str] = []
    for path in place.paths:
        if f"/{_DATABASE_INDEX}/" not in path:
            if path.endswith(".eval"):
                return True
            if path.endswith(".json"):
                maybe.append(path)
    names = [path.rsplit("/", 1)[-1] for path in maybe]
    return any(head and _starts_like_log(name, head) for name, head in zip(names, place.heads(maybe)))
