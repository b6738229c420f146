"""The project file as a text that somebody is at work on: changed by a form or by hand, checked, and written whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from ..._project import (
    Mistake,
    check_project_text,
    new_project_files,
    patch_project_text,
    project_text,
    write_project_text,
)
from ..._support.errors import ScanStateError
from ..new_project import guess_transcripts
from .changed_file import ANY_STATE, ChangedFileError


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """A project file that may not be written yet.

    Args:
        text: The file.
        config: What it sets, by key, as far as it can be read.
        mistakes: What keeps it from being a project file.
    """

    text: str
    config: Mapping[str, object]
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class WrittenProject(ProjectDraft):
    """The project file of a folder.

    Args:
        path: Where it is, or would be.
        exists: Whether there is one.
        etag: Names its state.
    """

    path: str
    exists: bool
    etag: str


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that a new project would have.

    Args:
        name: Its name.
        text: What would be in it.
        exists: Whether there is one already, which is left as it is.
    """

    name: str
    text: str
    exists: bool


def written_project(folder: str) -> WrittenProject:
    """Read the project file of a folder, also one that is broken; blocks.

    Raises:
        ConfigError: It is not text.
    """
    text, etag = project_text(folder)
    config, mistakes = check_project_text(text)
    path = os.path.join(folder, "scout.yaml")
    return WrittenProject(text, config, tuple(mistakes), path, os.path.isfile(path), etag)


def draft_project(text: str, changes: Mapping[str, object]) -> ProjectDraft:
    """Change keys in the text of a project file, and check it; nothing is written.

    Args:
        text: The text.
        changes: New values by key; None, or an empty text, list or mapping, removes the key.

    Raises:
        ConfigError: Something is to be changed in a text that is not YAML.
    """
    patched = patch_project_text(text, changes) if changes else text
    config, mistakes = check_project_text(patched)
    return ProjectDraft(patched, config, tuple(mistakes))


def write_project(folder: str, text: str, etag: str) -> WrittenProject:
    """Write the project file of a folder; blocks.

    Args:
        folder: The folder.
        text: All of it.
        etag: The state that was read (`ANY_STATE`: whatever it is).

    Raises:
        ChangedFileError: The file is in another state.
        ConfigError: Such a file would not be allowed; the one that is there is left as it was.
    """
    try:
        write_project_text(text, None if etag == ANY_STATE else etag, folder)
    except ScanStateError as error:
        raise ChangedFileError(str(error)) from None
    return written_project(folder)


def new_files(folder: str) -> list[NewFile]:
    """Tell what `scout init` would write into a folder; blocks."""
    found = guess_transcripts(folder)
    seen = None if found is None else os.path.join(os.curdir, os.path.relpath(found, folder))
    files = new_project_files(os.path.basename(os.path.abspath(folder)) or "project", seen, None)
    return [NewFile(name, text, os.path.lexists(os.path.join(folder, name))) for name, text in files.items()]
