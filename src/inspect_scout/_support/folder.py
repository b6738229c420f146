"""The current directory, which may have been deleted: whoever says absolute paths does without it."""

from __future__ import annotations

import importlib
import os

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


def import_elsewhere(module: str) -> None:
    """Import a module that asks for the current directory when it is imported, from a directory that is there."""
    back = os.open(".", os.O_RDONLY)  # a directory that was deleted can be gone back to, but has no name
    try:
        os.chdir(os.sep)
        importlib.import_module(module)
    finally:
        os.fchdir(back)
        os.close(back)
