"""Where transcripts and scans are by default."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .._support.errors import ConfigError
from .documents import file_exists, read_document

DEFAULT_SCANS = "./scans"
PROJECT_FILE, LOCAL_FILE = "scout.yaml", "scout.local.yaml"
LOG_LEVEL_VARIABLE = "SCOUT_LOG_LEVEL"


def default_scans() -> str:
    """Scans location when none is given: of the project, else from the environment, else `./scans`."""
    variables = ("SCOUT_SCAN_SCANS", "SCOUT_SCAN_RESULTS")  # the newer name first
    return _project_text("scans", "results") or next(filter(None, map(os.environ.get, variables)), DEFAULT_SCANS)


def default_model() -> str | None:
    """Model when none is given: of the project, else from the environment."""
    return _project_text("model") or os.environ.get("SCOUT_SCAN_MODEL") or None


def default_log_level() -> str | None:
    """Level of log messages when none is given: of the project, else from the environment."""
    return _project_text("log_level") or os.environ.get(LOG_LEVEL_VARIABLE) or None


def default_transcripts() -> str | None:
    """Transcripts when none are given: `./transcripts`, else `$INSPECT_LOG_DIR`, else `./logs`; None if there are none."""
    if Path("transcripts").is_dir():
        return "./transcripts"
    configured = os.environ.get("INSPECT_LOG_DIR")
    if configured:
        return configured
    return "./logs" if Path("logs").is_dir() else None


def _project_text(*keys: str) -> str | None:
    """Read one text of the project's files; the rest of them is not looked at, so that light commands stay light."""
    for name in (LOCAL_FILE, PROJECT_FILE):
        if not file_exists(name):
            continue
        data: dict[str, Any] = read_document(name).data
        for key in keys:
            value = data.get(key)
            if value is None:
                continue
            if not isinstance(value, str):
                raise ConfigError(
                    f"{name!r}, key {key!r}: {value!r} is not a text. Write one text, as in '{key}: ...'."
                )
            return value
    return None
