"""Which place and which scan a request is about."""

from __future__ import annotations

import os
from typing import Annotated

from fastapi import Depends, Path, Query

from ..._support.errors import ConfigError, LocationError
from ..._support.storage import is_local, local_path
from ..context import Context, ViewContext
from .asked import MAX_TEXT

Location = Annotated[str | None, Query(max_length=MAX_TEXT, description="Path or URL; without it, the configured one.")]


def scans_place(context: ViewContext, location: str | None) -> str:
    """Tell where the scans are that a request is about: where it says, or where they are configured to be.

    Raises:
        PlaceRefusedError: That may not be read.
    """
    from ..._app import default_scans

    settings = context.settings
    place = location or settings.file or settings.scans or default_scans()
    if is_local(place):
        place = os.path.join(settings.project_dir, local_path(place))
    return context.places.check(place)


def is_allowed(context: ViewContext, location: str) -> bool:
    """Tell whether a place may be read."""
    try:
        context.places.check(location)
    except (LocationError, ConfigError):
        return False
    return True


def path_in_project(context: ViewContext, name: str) -> str:
    """Find a file of the project by its relative path.

    Raises:
        ConfigError: It leads out of the project, or to what is hidden there.
    """
    folder = context.settings.project_dir
    path = context.places.check(os.path.join(folder, name))
    inside = os.path.relpath(os.path.realpath(path), os.path.realpath(folder))
    if any(part.startswith(".") for part in inside.split(os.sep)):
        raise ConfigError(
            f"{name!r} is not a file of the project {folder!r}, or is hidden there. Name one that is in it."
        )
    return path


async def scan_directory(
    context: Context, scan_id: Annotated[str, Path(max_length=200)], location: Location = None
) -> str:
    """Find the directory of the scan that a request is about."""
    from ..._app import scan_of_id

    return context.places.check(await scan_of_id(scans_place(context, location), scan_id))


async def scans_directory(context: Context, location: Location = None) -> str:
    """Find where the scans are that a request is about."""
    return scans_place(context, location)


Scan = Annotated[str, Depends(scan_directory)]
"""The parameter of a route that takes the directory of a scan."""

Scans = Annotated[str, Depends(scans_directory)]
"""The parameter of a route that takes where scans are."""
