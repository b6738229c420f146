"""Which place and which scan a request is about."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Query

from ..context import Context, ViewContext
from ..waiting import wait_for_store
from .answers import in_thread
from .asked import MAX_TEXT

Location = Annotated[str | None, Query(max_length=MAX_TEXT, description="Path or URL; without it, the configured one.")]


async def reachable_scans(context: Context, location: Location = None) -> str:
    """Give where the scans are that a request is about, when they can be read."""
    scans = context.check(location) if location else await in_thread(context.scans_place)
    await wait_for_store(context.kept, scans)
    return scans


Scans = Annotated[str, Depends(reachable_scans)]
"""The parameter of a route that takes where scans are."""


async def scan_directory(context: Context, scan_id: Annotated[str, Path(max_length=200)], scans: Scans) -> str:
    """Find the directory of the scan that a request is about."""
    from ..._app import scan_of_id

    return context.places.check(await scan_of_id(scans, scan_id))


async def scan_named(context: ViewContext, named: str) -> str:
    """Find the directory of a scan by its id, among those that are configured, or by its location."""
    if "/" in named:
        return context.check(named)
    return await scan_directory(context, named, await in_thread(context.scans_place))


Scan = Annotated[str, Depends(scan_directory)]
"""The parameter of a route that takes the directory of a scan."""
