"""All that is told of one scan: how it stands, what was asked, what its scanners found."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ..._results import read_overview, read_spec_head
from ..._support.storage import Storage, listed_storage
from ..scans.as_json import overview_json
from .off_loop import off_loop

if TYPE_CHECKING:
    from ..findings import ScannerFindings


async def scan_detail(location: str, findings: bool = True) -> dict[str, object]:
    """Describe a scan: how it stands, its definition without the ids of transcripts, and what was found.

    Args:
        location: Directory of the scan (finished, interrupted or running).
        findings: Whether to count what was found; of a long scan that runs, that takes longest.

    Raises:
        LocationError: There is no scan.
    """
    files = listed_storage(location)
    # Side by side: in a store, each of them waits for one answer after the other.
    overview, head, found = await asyncio.gather(
        off_loop(location, lambda: read_overview(location, files)),
        off_loop(location, lambda: read_spec_head(files, location)),
        _findings(location, files, findings),
    )
    told = None if found is None else [findings_json(each) for each in found]
    return {**overview_json(overview), "spec": head, "findings": told}


async def _findings(location: str, files: Storage, wanted: bool) -> list[ScannerFindings] | None:
    if not wanted:
        return None
    from ..findings import scanner_findings  # here: it loads Arrow

    return await off_loop(location, lambda: scanner_findings(location, storage=files))


def findings_json(found: ScannerFindings) -> dict[str, object]:
    """Write what a scanner found as programs read it."""
    low, high = found.found.interval() or (None, None)
    return {
        "scanner": found.scanner,
        "unit": found.unit,
        "n": found.found.n,
        "found": found.found.positive,
        "rate": found.found.rate,
        "rate_low": low,
        "rate_high": high,
        "results": found.results,
        "errors": found.errors,
        "nulls": found.nulls,
        "kinds_by": found.kinds_by,
        "kinds": [{"value": kind.value, "count": kind.count} for kind in found.kinds[:MAX_KINDS]],
        "kinds_left_out": max(0, len(found.kinds) - MAX_KINDS),
    }


MAX_KINDS = 50
"""Values of a scanner that are told; the rest is a matter of its distribution."""
