"""Listing and status for commands that must start at once: nothing here loads inspect_ai or a data frame library."""

from __future__ import annotations

from .._results import LightStatus, ScanEntry
from .._results import list_entries as _list_entries
from .._results import read_outcome as _read_outcome


def list_entries(scans_location: str) -> list[ScanEntry]:
    """List the scans below a location, newest first."""
    return _list_entries(scans_location)


def read_outcome(location: str) -> LightStatus:
    """Tell how a scan stands."""
    return _read_outcome(location)
