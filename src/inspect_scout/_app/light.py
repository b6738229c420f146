"""Listing and status for commands that must start at once: nothing here loads inspect_ai or a data frame library."""

from __future__ import annotations

from .._results import LightStatus, ScanEntry
from .._results import list_entries as _list_entries
from .._results import read_error_groups as _read_error_groups
from .._results import read_outcome as _read_outcome
from .._support.causes import ErrorGroup


def list_entries(scans_location: str) -> list[ScanEntry]:
    """List the scans below a location, newest first."""
    return _list_entries(scans_location)


def read_outcome(location: str, *, errors: bool = True) -> LightStatus:
    """Tell how a scan stands, with what went wrong or only how often."""
    return _read_outcome(location, errors=errors)


def read_error_groups(location: str, scanner: str | None = None) -> list[ErrorGroup]:
    """Tell what went wrong in a scan, by cause, the most frequent first."""
    return _read_error_groups(location, scanner)
