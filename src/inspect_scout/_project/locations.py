"""Where transcripts and scans are by default."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

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


def project_transcripts() -> list[str]:
    """Transcripts that the project names (none: it names none)."""
    name, value = _project_value("transcripts")
    if value is None or isinstance(value, str):
        return [value] if value else []
    if isinstance(value, list) and all(isinstance(item, str) for item in cast("list[object]", value)):
        return cast("list[str]", value)
    raise ConfigError(
        f"{name!r}, key 'transcripts': {value!r} is neither a text nor a list of texts. Write one, as in "
        "'transcripts: ./logs'."
    )


def _project_text(*keys: str) -> str | None:
    """Read one text of the project's files."""
    name, value = _project_value(*keys)
    if value is None or isinstance(value, str):
        return value
    raise ConfigError(f"{name!r}, key {keys[0]!r}: {value!r} is not a text. Write one text, as in '{keys[0]}: ...'.")


def _project_value(*keys: str) -> tuple[str, object]:
    """Read one value of the project's files; the rest of them is not looked at, so that light commands stay light.

    Returns:
        The file, and the value under the first of the keys that has one.
    """
    for name in (LOCAL_FILE, PROJECT_FILE):
        if not file_exists(name):
            continue
        data: dict[str, Any] = read_document(name).data
        for key in keys:
            if data.get(key) is not None:
                return name, data[key]
    return PROJECT_FILE, None
