"""Moving files to the trash of this machine, from which a person can take them back."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import platformdirs

from ..._support.errors import ConfigError, LocationError, StorageError
from ..._support.storage import is_local, local_path


def move_to_trash(location: str) -> Path:
    """Move a file or a folder to the trash.

    Args:
        location: What is to go.

    Returns:
        Where it is now.

    Raises:
        ConfigError: It is not on this machine, so there is no trash for it.
        LocationError: It is gone.
        StorageError: It cannot be moved.
    """
    if not is_local(location):
        raise ConfigError(
            f"{location!r} is not on this machine, so it cannot go to the trash. `scout scan rm` deletes a scan for good."
        )
    path = Path(local_path(location))
    try:
        return _to_folder(path) if sys.platform in ("darwin", "win32") else _to_freedesktop(path)
    except FileNotFoundError as error:
        raise LocationError(f"{location!r} is gone.") from error
    except OSError as error:
        raise StorageError(f"{location!r} cannot be moved to the trash: {error}. Delete it by other means.") from error


def _to_folder(path: Path) -> Path:
    """Move to the trash of macOS, or where there is none that is a folder to one of our own."""
    trash = (
        Path.home() / ".Trash" if sys.platform == "darwin" else platformdirs.user_data_path("inspect_scout") / "trash"
    )
    trash.mkdir(parents=True, exist_ok=True)
    return _moved(path, trash / _free_name(path.name, trash))


def _to_freedesktop(path: Path) -> Path:
    """Move to the trash of the user as desktops of Linux have it, with a note that says where it was."""
    trash = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "Trash"
    files, notes = trash / "files", trash / "info"
    for folder in (files, notes):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = _free_name(path.name, files, notes)
    note = notes / f"{name}.trashinfo"
    when = datetime.now().astimezone().strftime("%Y-%m-%dT%H:%M:%S")
    with note.open("x", encoding="ascii") as file:
        file.write(f"[Trash Info]\nPath={quote(str(path.absolute()))}\nDeletionDate={when}\n")
    try:
        return _moved(path, files / name)
    except OSError:
        note.unlink()
        raise


def _moved(path: Path, to: Path) -> Path:
    path.lstat()
    shutil.move(path, to)
    return to


def _free_name(name: str, files: Path, notes: Path | None = None) -> str:
    """Give a name that the trash does not hold yet."""
    stem, suffix = os.path.splitext(name)
    number = 1
    found = name
    while os.path.lexists(files / found) or (notes is not None and os.path.lexists(notes / f"{found}.trashinfo")):
        number += 1
        found = f"{stem}.{number}{suffix}"
    return found
