"""The settings of a project, as `/api/v2` gives and takes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..._project import ProjectConfig, load_project
from ..._support.storage import is_local, local_path, normalize
from ..editing.project import ProjectState
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
        file: The one file or directory that was opened without a project, whatever is beside it.
    """

    transcripts: str | None = None
    scans: str | None = None
    trust_content: bool | None = None
    file: str | None = None


def project_places(folder: str, shown: ShownSettings) -> ProjectPlaces:
    """Tell where a project has what it shows.

    Args:
        folder: The project.
        shown: What was said besides its files.

    Raises:
        ConfigError: Its files are broken.
    """
    if shown.file is not None:
        return ProjectPlaces(shown.transcripts, shown.scans or shown.file)
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
    config = ProjectConfig() if shown.file is not None else load_project(folder).config
    places = project_places(folder, shown)
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


def project_config(state: ProjectState) -> dict[str, object]:
    """Write what a project file sets as `/api/v2` has it: with the defaults that are not null."""
    return ProjectConfig.model_validate(dict(state.config)).model_dump(mode="json", exclude_none=True)


def as_uri(location: str) -> str:
    """Write a location as a URI."""
    return Path(local_path(normalize(location))).as_uri() if is_local(location) else location


def _said(given: str | None) -> str:
    return "project" if given is None else "cli"
