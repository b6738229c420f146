"""Small files by which programs of one user tell each other what has ended."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import platformdirs

WORKSPACE_VARIABLE = "INSPECT_WORKSPACE_ID"
"""Set by editors in their terminals, so that each tells scans of its own windows from others."""

logger = logging.getLogger("inspect_scout")


def last_scan_file() -> Path:
    """The file that says which scan of this user ended last, which editors look at."""
    return platformdirs.user_data_path("inspect_scout") / "view" / "last-scan"


def last_eval_file() -> Path:
    """The file that says which eval of this user ended last, as Inspect writes it."""
    return platformdirs.user_data_path("inspect_ai") / "view" / "last-eval-result"


def tell_scan_ended(location: str) -> None:
    """Let editors and servers of this user know that a scan has ended; not in tests of pytest, which end many.

    Args:
        location: Its directory, in full form.
    """
    if "PYTEST_VERSION" in os.environ:
        return
    path, workspace = last_scan_file(), os.environ.get(WORKSPACE_VARIABLE)
    said = {"location": location, **({"workspace_id": workspace} if workspace else {})}
    begun = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        begun.write_text(json.dumps(said, indent=2), encoding="utf-8")
        begun.replace(path)
    except OSError as error:  # a home that cannot be written to
        logger.debug("Cannot write %s: %s", path, error)
