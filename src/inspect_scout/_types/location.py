"""How a program says where a scan is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeAlias, cast

from .._support.errors import ConfigError

if TYPE_CHECKING:
    from .status import Status

ScanLocation: TypeAlias = "str | os.PathLike[str] | Status"
"""Where a scan is: a path, a URL, or what a function told of the scan."""


def location_text(location: ScanLocation) -> str:
    """Write a location as text: the one conversion of whatever public functions take as a location.

    Args:
        location: A path, a URL, or the `Status` of a scan.

    Raises:
        ConfigError: It is something else.
    """
    given = cast("object", location)
    if isinstance(given, str):
        return given
    if isinstance(given, os.PathLike):
        text = cast("object", os.fspath(cast("os.PathLike[str]", given)))
        if isinstance(text, str):
            return text
    from .status import Status  # here: it needs inspect_ai, which reading results alone does not

    if isinstance(given, Status):
        return given.location
    raise ConfigError(f"{location!r} is not a location: give a path, a URL, or the `Status` of a scan.")
