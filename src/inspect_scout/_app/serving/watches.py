"""Seeing that files have changed, without reading any: names, times and sizes, as the system keeps them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from ..._support.shapes import is_mapping
from ..._support.storage import is_local, local_path
from .opening import served_places
from .signals import last_eval_file, last_scan_file

MAX_FOLDERS = 20_000
MAX_FILES = 2_000
_PROJECT_FILES = ("scout.yaml", "scout.local.yaml")
_CASES_SUFFIXES = (".csv", ".yaml", ".yml", ".json", ".jsonl")
_SCAN_FILES, _RUNNING = ("_summary.json", "_scan.json"), "_journal"
_MAX_SIGNAL = 10_000


Watched = Literal["project", "scans", "transcripts", "labels"]


def file_watches(
    project_dir: str, transcripts: str | None, scans: str | None
) -> Mapping[Watched, Callable[[], object]]:
    """Give a look for each topic: what it returns differs when files have changed.

    Of remote places only that is seen which a scan or an eval of this user on this machine wrote there.

    Args:
        project_dir: Folder of the project.
        transcripts: Where transcripts are, if that was said.
        scans: Where scans are, if that was said.
    """
    places = served_places(project_dir, transcripts, scans)
    logs, all_scans = Folders(places.transcripts), ScanFolders(places.scans)
    evals = Signal(last_eval_file(), places.transcripts)
    ended = Signal(last_scan_file(), [places.scans])
    return {
        "project": lambda: [_stamp(os.path.join(project_dir, name)) for name in _PROJECT_FILES],
        "labels": lambda: list(_stamps(project_dir, _CASES_SUFFIXES)),
        "transcripts": lambda: (logs.look(), evals.look()),
        "scans": lambda: (all_scans.look(), ended.look()),
    }


class Folders:
    """Folders of logs or data files: a new or deleted file changes its folder, whose names are then read again.

    Args:
        places: Paths and URLs; remote ones are not looked at.
    """

    def __init__(self, places: Sequence[str]) -> None:
        self._roots = [local_path(place) for place in places if is_local(place)]
        self._known: dict[str, tuple[int, list[str], list[str]]] = {}

    def look(self) -> object:
        """Look at the folders; of their files, at the size and time of so many."""
        found: list[object] = []
        files = 0
        seen: dict[str, tuple[int, list[str], list[str]]] = {}
        waiting = list(self._roots)
        while waiting and len(seen) < MAX_FOLDERS:
            folder = waiting.pop()
            listed = self._listed(folder)
            if listed is None:
                found.append(_stamp(folder))  # a file, or nothing
                continue
            seen[folder] = listed
            time, folders, names = listed
            found.append((folder, time))
            waiting += folders
            for name in names[: MAX_FILES - files]:
                found.append(_stamp(name))
                files += 1
        self._known = seen
        return hash(tuple(found))

    def _listed(self, folder: str) -> tuple[int, list[str], list[str]] | None:
        try:
            time = os.stat(folder).st_mtime_ns
            known = self._known.get(folder)
            if known is not None and known[0] == time:
                return known
            with os.scandir(folder) as entries:
                listed = sorted(
                    entries, key=lambda entry: entry.name, reverse=True
                )  # the newest logs have the last names
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return None
        folders = [entry.path for entry in listed if entry.is_dir(follow_symlinks=False) and entry.name[0] != "."]
        return time, folders, [entry.path for entry in listed if not entry.is_dir(follow_symlinks=False)]


class ScanFolders:
    """The folder of scans: which there are, and how each stands.

    Args:
        place: Path or URL; a remote one is not looked at.
    """

    def __init__(self, place: str) -> None:
        self._root = local_path(place) if is_local(place) else None

    def look(self) -> object:
        """Look at the folder, and at the small files that say how the scans in it stand."""
        if self._root is None:
            return None
        return hash(tuple(self._stamps(self._root)))

    @staticmethod
    def _stamps(root: str) -> Iterator[object]:
        try:
            with os.scandir(root) as entries:
                folders = sorted(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return
        for folder in folders[-MAX_FOLDERS:]:
            yield folder, os.path.exists(os.path.join(folder, _RUNNING))
            yield from (_stamp(os.path.join(folder, name)) for name in _SCAN_FILES)


class Signal:
    """A file that names the location of what ended last, of all that this user ran: only what is shown here counts.

    Args:
        path: The file.
        places: What is shown here.
    """

    def __init__(self, path: Path, places: Sequence[str]) -> None:
        self._path, self._places = path, [place.rstrip("/") for place in places]
        self._stamp: object = None
        self._count = 0

    def look(self) -> int:
        """Count how often the file named something that is shown here."""
        stamp = _stamp(str(self._path))
        if stamp != self._stamp:
            self._stamp = stamp
            location = self._location()
            self._count += any(location == place or location.startswith(f"{place}/") for place in self._places)
        return self._count

    def _location(self) -> str:
        try:
            with open(self._path, "rb") as file:
                said = json.loads(file.read(_MAX_SIGNAL))
        except (OSError, ValueError):
            return ""
        location = said.get("location") if is_mapping(said) else None
        return local_path(location) if isinstance(location, str) else ""


def _stamps(folder: str, suffixes: tuple[str, ...]) -> Iterator[object]:
    with os.scandir(folder) as entries:
        names = sorted(entry.path for entry in entries if entry.name.lower().endswith(suffixes))
    for name in names[:MAX_FILES]:
        yield name, _stamp(name)


def _stamp(path: str) -> object:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
