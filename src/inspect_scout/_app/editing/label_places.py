"""Where files of labelled cases may be made: not among what is scanned or recorded, and not under the names of others."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ..._results import SCAN_FILE, SCAN_PREFIX
from ..._support.errors import ConfigError
from ..._support.storage import is_local, local_path

_TAKEN: Final = frozenset({"scout.yaml", "scout.yml", "scout.local.yaml", "scout.local.yml"})
_ADVICE: Final = "Choose another folder of the project, such as 'labels/'."
_FORBIDDEN: Final = '/\\:*?"<>|'


def refuse_label_place(path: str, project: str, transcripts: Sequence[str] = ()) -> None:
    """Refuse a place where no file of labelled cases may be; blocks.

    Args:
        path: The file, which is in the project.
        project: Folder of the project.
        transcripts: Where its transcripts are, if it is to be made.

    Raises:
        ConfigError: It is in the directory of a scan or among transcripts, or has the name of another kind of file.
    """
    refuse_label_name(os.path.basename(path))
    root, file = Path(os.path.realpath(project)), Path(os.path.realpath(path))
    for folder in file.parents:
        if folder.name.startswith(SCAN_PREFIX) or os.path.lexists(folder / SCAN_FILE):
            raise ConfigError(f"{path!r} is in the directory of a scan. {_ADVICE}")
        if folder == root:
            break
    for place in map(Path, (os.path.realpath(local_path(each)) for each in transcripts if is_local(each))):
        if place != root and root in place.parents and (place in file.parents or place == file):
            raise ConfigError(f"{path!r} is among the transcripts in {str(place)!r}. {_ADVICE}")


def refuse_label_name(name: str) -> None:
    """Refuse what cannot be the name of a file of labelled cases, given with or without its suffix.

    Raises:
        ConfigError: It cannot be one.
    """
    if not name.strip(". ") or name.startswith(".") or not name.isprintable() or set(name) & set(_FORBIDDEN):
        raise ConfigError(
            f"{name!r} cannot be the name of a file of labelled cases: leave out {' '.join(_FORBIDDEN)}, and a dot at its "
            "beginning."
        )
    if name.lower() in _TAKEN:
        raise ConfigError(f"{name!r} is the name of a project file. Choose another name for the labelled cases.")
