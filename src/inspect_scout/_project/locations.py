"""Where transcripts and scans are when nobody says it."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from .environment import environment_scans

logger = logging.getLogger("inspect_scout")

DEFAULT_SCANS = "./scans"


def default_scans() -> str:
    """Scans location when none is given: from the environment, else `./scans`."""
    return environment_scans() or DEFAULT_SCANS


def default_transcripts() -> str | None:
    """Transcripts when none are given: `./transcripts`, else `$INSPECT_LOG_DIR`, else `./logs`; None if there are none."""
    if Path("transcripts").is_dir():
        return "./transcripts"
    configured = os.environ.get("INSPECT_LOG_DIR")
    if configured:
        return configured
    return "./logs" if Path("logs").is_dir() else None


def warn_of_project_file() -> None:
    """Say that a project file in the working directory has no effect yet, lest its filters seem applied."""
    for name in ("scout.yaml", "scout.local.yaml"):
        if Path(name).is_file():
            logger.warning("%s is not read by this version: give its settings as arguments or options.", name)
