"""A file of labelled cases, before it is read."""

from __future__ import annotations

import os
from dataclasses import dataclass

from .._support.errors import LocationError
from .._support.storage import is_local, local_path


@dataclass(frozen=True, slots=True)
class CasesFile:
    """A file of labelled cases, and the predicate to compare by.

    Args:
        path: The file.
        predicate: Name of a built-in or registered predicate (None: eq).
    """

    path: str
    predicate: str | None = None


def missing_cases_error(path: str) -> LocationError:
    """Say that there is no such file."""
    return LocationError(f"The file of labelled cases {path!r} does not exist.")


def refuse_missing_cases(path: str) -> None:
    """Refuse a local file that is not there, before anything is loaded that reads it."""
    if is_local(path) and not os.path.lexists(local_path(path)):
        raise missing_cases_error(path)
