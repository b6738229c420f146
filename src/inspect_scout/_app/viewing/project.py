"""The settings of a project, as `/api/v2` gives and takes them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from ..._project import ProjectConfig, default_transcripts, load_project, read_project_file, write_project_file
from ..._support.errors import ConfigError, UnknownNameError
from ..._support.storage import is_local, local_path, normalize

_DEFAULT_SCANS = "./scans"


@dataclass(frozen=True, slots=True)
class ProjectPlaces:
    """Where a project has what it shows, in full form.

    Args:
        transcripts: Its transcripts (None: nobody says).
        scans: Its scans.
        filters: SQL conditions that its transcripts must meet.
    """

    transcripts: str | None
    scans: str
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownSettings:
    """What a project is shown with, whatever its files say.

    Args:
        transcripts: Where transcripts are (None: the project says).
        scans: Where scans are (None: the project says).
        trust_content: False: never more than text (None: the project says).
    """

    transcripts: str | None = None
    scans: str | None = None
    trust_content: bool | None = None


def project_places(folder: str, shown: ShownSettings) -> ProjectPlaces:
    """Tell where a project has what it shows.

    Args:
        folder: The project.
        shown: What was said besides its files.

    Raises:
        ConfigError: Its files are broken.
    """
    config = load_project(folder).config
    transcripts = shown.transcripts or _first(config.transcripts) or default_transcripts(folder)
    scans = shown.scans or config.scans or os.environ.get("SCOUT_SCAN_SCANS") or _DEFAULT_SCANS
    filters = [config.filter] if isinstance(config.filter, str) else config.filter
    found = None if transcripts is None else _full(folder, transcripts)
    return ProjectPlaces(found, _full(folder, scans), tuple(text for text in filters if text))


def app_config(folder: str, shown: ShownSettings) -> dict[str, object]:
    """Tell all settings that hold, and where things are (as URIs).

    Args:
        folder: The project.
        shown: What was said besides its files.

    Raises:
        ConfigError: Its files are broken.
    """
    config, places = load_project(folder).config, project_places(folder, shown)
    fields: dict[str, object] = config.model_dump(mode="json")
    trust = False if shown.trust_content is False or config.trust_content is False else None
    known: dict[str, object] = {
        "transcripts": None
        if places.transcripts is None
        else {"dir": as_uri(places.transcripts), "source": _said(shown.transcripts)},
        "scans": {"dir": as_uri(places.scans), "source": _said(shown.scans)},
        "filter": list(places.filters),
        "trust_content": trust,
        "home_dir": as_uri(str(Path.home())),
        "project_dir": as_uri(folder),
    }
    return fields | known


def project_config(folder: str) -> tuple[dict[str, object], str]:
    """Give what the project file of a folder sets, and its etag.

    Raises:
        ConfigError: It is broken.
    """
    file = read_project_file(folder)
    return _set_fields(file.config), file.etag


def change_project_config(
    folder: str, changes: Mapping[str, JsonValue], etag: str | None
) -> tuple[dict[str, object], str]:
    """Change keys of the project file of a folder; gives what it sets then, and its etag.

    Args:
        folder: The project.
        changes: New values; null, or what is empty, removes the key.
        etag: The etag of what was read (None: change it whatever it is now).

    Raises:
        UnknownNameError: There is no such key.
        ScanStateError: The file is not the one that was read.
        ConfigError: The changed file would not be allowed.
    """
    for key in changes:
        if key not in ProjectConfig.model_fields:
            raise UnknownNameError("key", key, ProjectConfig.model_fields)
    file = write_project_file(changes, etag, folder)
    return _set_fields(file.config), file.etag


def as_uri(location: str) -> str:
    """Write a location as a URI."""
    return Path(local_path(normalize(location))).as_uri() if is_local(location) else location


def _said(given: str | None) -> str:
    return "project" if given is None else "cli"


def _set_fields(config: ProjectConfig) -> dict[str, object]:
    return config.model_dump(mode="json", exclude_none=True)


def _first(given: str | Sequence[str] | None) -> str | None:
    return given if given is None or isinstance(given, str) else next(iter(given), None)


def _full(folder: str, location: str) -> str:
    """Give a location in full form; relative ones start from the project."""
    if "\0" in location:
        raise ConfigError(f"{location!r} is not a path: it contains a NUL character.")
    if not is_local(location) or location.startswith("file:"):
        return normalize(location)
    return normalize(os.path.join(folder, os.path.expanduser(location)))
