"""The settings of a project, as `/api/v2` gives and takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from ..._project import ProjectConfig, load_project, read_project_file, write_project_file
from ..._support.errors import UnknownNameError
from ..._support.storage import is_local, local_path, normalize
from ..serving.opening import served_places


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
    served = served_places(folder, shown.transcripts, shown.scans)
    filters = [config.filter] if isinstance(config.filter, str) else config.filter
    return ProjectPlaces(next(iter(served.transcripts), None), served.scans, tuple(filter(None, filters)))


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
