"""The current directory, which may have been deleted: whoever says absolute paths does without it."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .errors import LocationError


def current_folder() -> str:
    """Name the current directory; "" if it is gone."""
    try:
        return os.getcwd()
    except OSError:
        return ""


def absolute(path: str) -> str:
    """Make a path absolute.

    Raises:
        LocationError: It is relative, and the current directory is gone.
    """
    try:
        return os.path.abspath(path)
    except OSError:
        raise LocationError(
            f"{path!r} cannot be found: it is relative, and the current directory was deleted. Give an absolute path, or "
            "change to a directory that is there."
        ) from None


def relative_file(file: str, folder: str | None = None) -> str:
    """Write a path relative to a directory (None: the current one), where it is below it."""
    try:
        return Path(file).relative_to(folder or Path.cwd()).as_posix()
    except (ValueError, OSError):  # OSError: the current directory was deleted
        return file


def source_file(function: Callable[..., Any]) -> str | None:
    """Absolute path of the file that a function or callable object comes from; None if there is none."""
    for thing in (function, type(function)):
        with contextlib.suppress(TypeError):  # neither a function nor a class: a callable object
            file = inspect.getsourcefile(thing)
            return str(Path(file).absolute()) if file and Path(file).is_file() else None
    return None


def import_elsewhere(module: str) -> None:
    """Import a module that asks for the current directory when it is imported, from a directory that is there."""
    back = os.open(".", os.O_RDONLY)  # a directory that was deleted can be gone back to, but has no name
    try:
        os.chdir(os.sep)
        importlib.import_module(module)
    finally:
        os.fchdir(back)
        os.close(back)
