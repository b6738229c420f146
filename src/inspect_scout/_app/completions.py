"""What there is to complete a word of the command line with. A shell waits for it, so it only looks, and only here."""

from __future__ import annotations

import os
from collections.abc import Sequence

from .._project import default_scans
from .._results import list_states, read_overview
from .._scanners import describe_scanner_files, find_scan_files
from .._support.errors import ScoutError
from .._support.storage import is_local
from .scans.reference import find_scan

MAX_SCANS = 50
"""Scans that are offered, the newest first."""


async def scans_to_name() -> list[tuple[str, str]]:
    """List the ids of scans, the newest first, each with its name and how it stands."""
    place = default_scans()
    states = await list_states(place) if is_local(place) else []
    return [(state.facts.scan_id, f"{state.facts.name}, {state.phase}") for state in states[:MAX_SCANS]]


async def scanners_to_name(scan: str | None) -> list[str]:
    """List the scanners of a scan.

    Args:
        scan: What it is named by (None: the newest).

    Raises:
        ScoutError: There is no such scan.
    """
    if not is_local(default_scans()):
        return []
    location = await find_scan(scan)
    return list((await read_overview(location, errors=False)).state.scanners) if is_local(location) else []


async def columns_to_name() -> list[str]:
    """List the columns that results have, by the shortest names that they are known by."""
    from .._results import HEAVY_COLUMNS, results_schema

    prefix = "transcript_"
    names: Sequence[str] = results_schema().names
    return [name.removeprefix(prefix) if name.removeprefix(prefix) not in names else name for name in names] + [
        *HEAVY_COLUMNS
    ]


async def targets_to_name(typed: str) -> list[tuple[str, str]]:
    """List what one can name to scan with, each with what it is.

    Args:
        typed: What was typed of it: up to an "@" it names a file, whose scanners and jobs are listed.
    """
    front, at, _ = typed.partition("@")
    if not at:
        return [target for file in find_scan_files() for target in file.targets]
    try:
        scanners = [scanner for report in describe_scanner_files(front) for scanner in report.scanners]
    except ScoutError:
        return []
    jobs = [
        job
        for file in find_scan_files(os.path.dirname(front) or ".")
        if file.path == os.path.basename(front)
        for job in file.jobs
    ]
    return [(f"{front}@{job}", "scan job") for job in jobs] + [
        (f"{front}@{scanner.name}", scanner.doc or "") for scanner in scanners
    ]
