"""The version of the installed package."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    """Version of the installed distribution ("unknown" where the code runs without being installed)."""
    try:
        return metadata.version("inspect-scout")
    except metadata.PackageNotFoundError:
        return "unknown"
