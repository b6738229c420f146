"""Folders near a place that hold transcripts: for messages about a place that holds none, and for a first guess."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from .._support.errors import LocationError
from .._support.folder import current_folder
from .._support.storage import is_local
from .._support.terminal import plural
from .database.format.names import DATA_SUFFIX, INDEX_FOLDER
from .eval_log.log_names import named_by_inspect

MAX_NAMED = 3
"""Folders that a message names."""

_MAX_ENTRIES = 4_000
_DEPTH = 3
_NOT_ENTERED = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist", "venv", "env"})
_SCAN_PREFIX = "scan_id="


@dataclass(frozen=True, slots=True)
class NearbyFolder:
    """A folder that holds transcripts.

    Args:
        path: The folder, relative to the working directory where that is shorter.
        logs: Number of logs in it (0: it is a transcript database).
    """

    path: str
    logs: int

    def __str__(self) -> str:
        return f"{self.path!r} ({plural(self.logs, 'log') if self.logs else 'a database'})"


def find_nearby(place: str = ".") -> list[NearbyFolder]:
    """Find folders with transcripts: below a place (or what there is of its path), below the working directory, or beside it.

    The first of these that has some is enough. Only names are read, and only so many that it is done at once. The nearest come first.

    Args:
        place: A local path, which need not exist.
    """
    here = current_folder()
    if not here:
        return []
    for root, depth in ((_existing(os.path.abspath(place)), 2), (here, _DEPTH), (os.path.dirname(here), 2)):
        # All of a machine is not near.
        if root != os.path.dirname(root) and (found := list(_folders_with_transcripts(root, depth))):
            return [NearbyFolder(_shortest(folder, here), logs) for folder, logs in found]
    return []


def missing_location_error(location: str) -> LocationError:
    """Say that there is nothing at a place, and where near it transcripts are."""
    advice = (nearby_advice(location) if is_local(location) else "") or "Check the path."
    return LocationError(f"No transcripts at {location!r}: there is no such file or folder. {advice}")


def nearby_advice(place: str = ".") -> str:
    """Name folders near a place that hold transcripts ("" if there are none)."""
    nearby = find_nearby(place)[:MAX_NAMED]
    return f"There are some in {', '.join(map(str, nearby))}." if nearby else ""


def _existing(path: str) -> str:
    """The folder that a path leads to, as far as there is one."""
    while not os.path.isdir(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    return path


def _shortest(folder: str, here: str) -> str:
    relative = os.path.relpath(folder, here)
    return relative if len(relative) < len(folder) else folder


def _folders_with_transcripts(root: str, depth: int) -> Iterator[tuple[str, int]]:
    """Walk over folders, the nearest first; gives those with transcripts, and how many logs they hold."""
    waiting, seen = deque([(root, depth)]), 0
    while waiting and seen < _MAX_ENTRIES:
        folder, left = waiting.popleft()
        logs, database = 0, False
        for entry in _entries(folder, _MAX_ENTRIES - seen):
            seen += 1
            if entry.is_dir(follow_symlinks=False):
                database = database or entry.name == INDEX_FOLDER
                if left and _is_entered(entry.name):
                    waiting.append((entry.path, left - 1))
            else:
                logs += entry.name.endswith(".eval") or named_by_inspect(entry.name)
                database = database or entry.name.endswith(DATA_SUFFIX)
        if logs or database:
            yield folder, logs


def _entries(folder: str, limit: int) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted((entry for entry, _ in zip(entries, range(limit))), key=lambda entry: entry.name)
    except OSError:
        return []


def _is_entered(name: str) -> bool:
    return name not in _NOT_ENTERED and not name.startswith((".", "_", _SCAN_PREFIX))
