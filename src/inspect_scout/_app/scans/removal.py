"""Deleting scans: first what would go, then the deed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ..._results import deletable_files, delete_scan, list_states, read_overview
from ..._support.errors import LocationError, ScanStateError
from ..._support.storage import normalize
from ..._types import Phase, ScanFacts, ScanState
from .selection import ScanSelection

logger = logging.getLogger(__name__)

PRUNABLE: tuple[Phase, ...] = ("complete", "errors", "interrupted")
"""How scans that nobody is at work on may stand."""


@dataclass(frozen=True, slots=True)
class RemovableScan:
    """A scan that can be deleted.

    Args:
        state: How it stands.
        location: Its directory.
        files: Number of its files.
        size: Their bytes.
    """

    state: ScanState
    location: str
    files: int
    size: int

    @property
    def facts(self) -> ScanFacts:
        """What is known of it."""
        return self.state.facts


async def removable_scans(locations: Sequence[str]) -> list[RemovableScan]:
    """Look at scans that are to be deleted; the same one counts once.

    Args:
        locations: Their directories.

    Raises:
        LocationError: One is not the directory of a scan, or holds more than a scan.
        ScanStateError: One is running.
    """
    return [await _removable(location) for location in dict.fromkeys(map(normalize, locations))]


async def prunable_scans(scans_location: str, selection: ScanSelection) -> list[RemovableScan]:
    """Look at the scans below a location that are chosen to be deleted, newest first.

    Running ones are never chosen; those whose directories hold more than a scan are left out with a warning.

    Args:
        scans_location: Where scans are kept.
        selection: Which ones are to go.
    """
    states = await list_states(scans_location)
    found: list[RemovableScan] = []
    for state in selection.of(state for state in states if state.phase in PRUNABLE):
        try:
            files = await deletable_files(state.facts.location)
        except (LocationError, ScanStateError) as error:  # begun or removed meanwhile, or with files of somebody's own
            logger.warning("Left alone: %s", error)
            continue
        found.append(RemovableScan(state, files.location, files.count, files.size))
    return found


async def remove_scan(scan: RemovableScan) -> None:
    """Delete a scan.

    Args:
        scan: The scan, as it was looked at.

    Raises:
        LocationError: Its directory is gone, or holds more than a scan by now.
        ScanStateError: It runs by now.
    """
    await delete_scan(scan.location)


async def _removable(location: str) -> RemovableScan:
    files = await deletable_files(location)
    state = (await read_overview(location, errors=False)).state
    return RemovableScan(state, files.location, files.count, files.size)
