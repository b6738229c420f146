"""Starting a project: its files, and a guess at where its transcripts are."""

from __future__ import annotations

import os
from dataclasses import dataclass

from .._project import new_project_files
from .._support.errors import StorageError
from .._support.storage import is_local
from .._transcripts import find_nearby


@dataclass(frozen=True, slots=True)
class NewProject:
    """What became of the files of a new project.

    Args:
        folder: The folder of the project.
        written: Files that were written.
        kept: Files that were there already, which were left as they are.
        transcripts: Where its transcripts are, seen from there (None: they were not found).
    """

    folder: str
    written: tuple[str, ...]
    kept: tuple[str, ...]
    transcripts: str | None


def guess_transcripts(folder: str) -> str | None:
    """Say which folder near a place holds transcripts, nearest first (None: none was found)."""
    return next((found.path for found in find_nearby(folder)), None)


async def start_project(folder: str, transcripts: str | None, model: str | None) -> NewProject:
    """Write the files of a new project into a folder, which is made if it is not there. Nothing is overwritten.

    Args:
        folder: The folder.
        transcripts: Where the transcripts are, seen from the working directory (None: a folder nearby that holds some).
        model: The model that scanners ask (None: none yet).

    Raises:
        StorageError: A file cannot be written.
    """
    found = guess_transcripts(folder) if transcripts is None else transcripts
    return _write_project(folder, None if found is None else _seen_from(folder, found), model)


def _write_project(folder: str, transcripts: str | None, model: str | None) -> NewProject:
    files = new_project_files(os.path.basename(os.path.abspath(folder)) or "project", transcripts, model)
    try:
        os.makedirs(folder, exist_ok=True)
        done = {name: _write_new(os.path.join(folder, name), text) for name, text in files.items()}
    except OSError as error:
        why = "it is not a folder" if os.path.exists(folder) and not os.path.isdir(folder) else error.strerror
        raise StorageError(f"Cannot write into {folder!r}: {why}. Name another folder.") from error
    written, kept = (tuple(name for name, new in done.items() if new is wanted) for wanted in (True, False))
    return NewProject(folder, written, kept, transcripts)


def _seen_from(folder: str, location: str) -> str:
    """Write a location relative to a folder, where it is below it or beside it; others stay as they are."""
    if not is_local(location) or os.path.isabs(location) or location.startswith("~"):
        return location
    relative = os.path.relpath(location, folder)
    return relative if relative.startswith(os.pardir) else os.path.join(os.curdir, relative)


def _write_new(path: str, text: str) -> bool:
    """Write a file that is not there yet; tells whether it was written."""
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True
