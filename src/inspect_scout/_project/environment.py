"""The environment: `.env` files and the variables that name locations."""

from __future__ import annotations

import functools
import os


@functools.cache
def load_dotenv_once() -> str | None:
    """Load the nearest `.env` from the working directory upward, once per process; variables that exist stay.

    Returns:
        The file that was loaded, if there was one.
    """
    from dotenv import find_dotenv, load_dotenv

    path = find_dotenv(usecwd=True)
    if not path:
        return None
    load_dotenv(path, override=False)
    return path


def environment_scans() -> str | None:
    """Scans location from `SCOUT_SCAN_SCANS`, else from the older `SCOUT_SCAN_RESULTS`."""
    return os.environ.get("SCOUT_SCAN_SCANS") or os.environ.get("SCOUT_SCAN_RESULTS") or None
