"""What `scout view` opens: a project, or one file or directory without one."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass

from ..._project import (
    default_log_level,
    default_scans,
    default_transcripts,
    load_dotenv_once,
    project_transcripts,
    start_logging,
)
from ..._support.errors import ConfigError, LocationError
from ..._support.folder import absolute
from ..._support.storage import is_local, local_path, normalize
from ..._transcripts import refuse_missing

logger = logging.getLogger("inspect_scout")

_PROJECT_FILES = ("scout.yaml", "scout.local.yaml")
_PROJECT_FOLDERS = ("transcripts", "logs", "scans")
_SCAN_FILE, _SCAN_PREFIX = "_scan.json", "scan_id="
_KNOWN_SUFFIXES = (".eval", ".json", ".parquet")


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened.

    Args:
        project_dir: Folder of the project; of one file, the folder that it is in.
        transcripts: Where transcripts are (None: the project says).
        scans: Where scans are (None: the project says).
        file: The file or directory, if it was opened without a project.
    """

    project_dir: str
    transcripts: str | None = None
    scans: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class ServedPlaces:
    """Where the server finds what it shows, in full form.

    Args:
        transcripts: Places of transcripts.
        scans: Place of scans.
    """

    transcripts: tuple[str, ...]
    scans: str


def open_place(place: str | None) -> Opened:
    """Decide what a word of the command line opens.

    Args:
        place: A folder, a file, or a URL (None: the working directory).

    Raises:
        LocationError: There is nothing, or nothing that can be shown.
    """
    if place is None:
        return Opened(absolute("."))
    if not is_local(place):
        location = normalize(place)
        folder, _, name = location.rpartition("/")
        if name.startswith(_SCAN_PREFIX):
            return Opened(absolute("."), scans=folder, file=location)
        return Opened(absolute("."), transcripts=location, file=location)
    path = absolute(os.path.expanduser(local_path(place)))
    if os.path.isdir(path):
        return _open_folder(path)
    refuse_missing(path)
    if not path.lower().endswith(_KNOWN_SUFFIXES):
        from ..._transcripts import transcripts_from  # here: it loads Arrow

        transcripts_from([path])  # raises if no kind of source knows it
    return Opened(os.path.dirname(path), transcripts=path, file=path)


def _open_folder(path: str) -> Opened:
    names = set(os.listdir(path))
    if _SCAN_FILE in names or os.path.basename(path).startswith(_SCAN_PREFIX):
        return Opened(os.path.dirname(path), scans=os.path.dirname(path), file=path)
    is_project = not names.isdisjoint((*_PROJECT_FILES, *_PROJECT_FOLDERS))
    if not is_project and any(name.lower().endswith((".eval", ".parquet")) for name in names):
        return Opened(path, transcripts=path, file=path)
    return Opened(path)


def served_places(project_dir: str, transcripts: str | None = None, scans: str | None = None) -> ServedPlaces:
    """Find out where transcripts and scans are: as was said, else as the project says, else in the usual folders.

    A project file that cannot be read is passed over with a warning: whoever opens the project may want to mend it.

    Args:
        project_dir: Folder of the project; relative places are seen from there.
        transcripts: Where transcripts are, if that was said.
        scans: Where scans are, if that was said.
    """
    found, place = [transcripts or ""], scans
    try:
        if transcripts is None:
            found = project_transcripts(project_dir)
        if scans is None:
            place = default_scans(project_dir)
    except ConfigError as error:
        logger.warning("The project is shown without its settings: %s", error)
    found = [*filter(None, found)] or [*filter(None, [default_transcripts(project_dir)])]
    return ServedPlaces(
        tuple(_seen_from(project_dir, each) for each in found), _seen_from(project_dir, place or "./scans")
    )


def make_scans_folder(place: str) -> None:
    """Make the folder of scans if it is local and not there yet.

    Raises:
        LocationError: It cannot be made.
    """
    if not is_local(place):
        return
    try:
        os.makedirs(local_path(place), exist_ok=True)
    except OSError as error:
        raise LocationError(
            f"Cannot make the folder of scans {place!r}: {error.strerror}. Name another: --scans DIR."
        ) from error


def _seen_from(folder: str, place: str) -> str:
    if not is_local(place):
        return normalize(place)
    return os.path.normpath(os.path.join(folder, os.path.expanduser(local_path(place))))


def prepare_viewing(log_level: str | None) -> None:
    """Load `.env` and set up logging.

    Args:
        log_level: Level of log messages (None: of the project, else of the environment).
    """
    load_dotenv_once()
    start_logging(log_level or default_log_level())
