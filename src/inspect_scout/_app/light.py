"""Listing and status for commands that must start at once: nothing here loads inspect_ai or a data frame library."""

from __future__ import annotations

from .._results import Standing, wait_lightly
from .._results import list_states as _list_states
from .._results import read_error_groups as _read_error_groups
from .._results import read_standing as _read_standing
from .._support.causes import ErrorGroup
from .._types import ScanState


def list_states(scans_location: str) -> list[ScanState]:
    """Tell how the scans below a location stand, newest first."""
    return wait_lightly(scans_location, lambda: _list_states(scans_location))


def read_standing(location: str, *, errors: bool = True) -> Standing:
    """Tell how a scan stands, with what went wrong or only how often."""
    return wait_lightly(location, lambda: _read_standing(location, errors=errors))


def read_error_groups(location: str, scanner: str | None = None) -> list[ErrorGroup]:
    """Tell what went wrong in a scan, by cause, the most frequent first."""
    return wait_lightly(location, lambda: _read_error_groups(location, scanner))
