"""Locations as text: paths and URLs, joined and compared without touching anything."""

from __future__ import annotations

import os
import re

from ..errors import ConfigError
from ..folder import absolute

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+)://")
_FILE = "file://"
_SIMPLE_NAME = re.compile(r"[A-Za-z0-9_=-][A-Za-z0-9_.=-]*")


def scheme_of(location: str) -> str:
    """Name the scheme of a location, in lower case; "file" for plain paths."""
    match = _SCHEME.match(location)
    return match.group(1).lower() if match else "file"


def is_local(location: str) -> bool:
    """Tell whether a location is a path of this machine (plain or `file://`)."""
    return scheme_of(location) == "file"


def local_path(location: str) -> str:
    """Give the plain path of a local location."""
    if location[: len(_FILE)].lower() != _FILE:
        return location
    path = location[len(_FILE) :]
    return path[len("localhost") :] if path.startswith("localhost/") else path


def normalize(location: str) -> str:
    """Write a location so that equal places give equal text: absolute paths, URLs without a trailing slash."""
    if is_local(location):
        return absolute(local_path(location))
    root = _SCHEME.match(location)
    start = root.end() if root else 0
    return location[:start].lower() + location[start:].rstrip("/")


def join(location: str, *parts: str) -> str:
    """Add parts to a location.

    Args:
        location: Path or URL of a folder.
        parts: Names or relative paths below it ("/" separates folders).

    Raises:
        ConfigError: A part is absolute or leads out of the folder; untrusted names must not escape.

    Example:
        ```python
        print(join("s3://bucket/scans", "scan_id=1", "scan.json"))
        ```
    """
    if (
        len(parts) == 1 and _SIMPLE_NAME.fullmatch(parts[0]) and location
    ):  # nearly always; the rest takes three times as long
        return f"{location}{parts[0]}" if location[-1] == "/" else f"{location}/{parts[0]}"
    for part in parts:
        steps = part.replace("\\", "/").split("/") if os.sep == "\\" else part.split("/")
        if ".." in steps or part.startswith(("/", _FILE)) or "\0" in part or os.path.isabs(part):
            raise ConfigError(f"{part!r} is not a name below {location!r}: use a relative path without '..'.")
    below = "/".join(part.strip("/") for part in parts if part.strip("/"))
    if not below:
        return location
    if not location:
        return below
    return (location if location.endswith("/") else location + "/") + below


def relative_to(location: str, path: str) -> str:
    """Give the part of `path` below the folder `location` (both in the same form)."""
    root = location if location.endswith("/") else location + "/"
    return path.removeprefix(root)
