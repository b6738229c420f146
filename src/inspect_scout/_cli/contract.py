"""What other programs rely on: the version, and the exit codes (usage errors end with 2, which is click's own)."""

from __future__ import annotations

DONE = 0
FAILED = 1
SCANNER_ERRORS = 3
INTERRUPTED = 130


def version() -> str:
    """Version of the installed distribution ("unknown" where the code runs without being installed)."""
    from importlib import metadata  # here: it takes longer to load than all else that a command needs to begin

    try:
        return metadata.version("inspect-scout")
    except metadata.PackageNotFoundError:
        return "unknown"
