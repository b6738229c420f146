"""Where transcripts and scans are by default."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .._support.errors import ConfigError
from .._support.shapes import is_list, is_mapping
from .documents import file_exists, read_document

DEFAULT_SCANS = "./scans"
PROJECT_FILE, LOCAL_FILE = "scout.yaml", "scout.local.yaml"
LOG_LEVEL_VARIABLE = "SCOUT_LOG_LEVEL"


def default_scans(folder: str = "") -> str:
    """Scans location when none is given: of the project, else from the environment, else `./scans`.

    Args:
        folder: The folder of the project (default: the working directory).
    """
    variables = ("SCOUT_SCAN_SCANS", "SCOUT_SCAN_RESULTS")  # the newer name first
    return _project_text("scans", "results", folder=folder) or next(
        filter(None, map(os.environ.get, variables)), DEFAULT_SCANS
    )


def default_model() -> str | None:
    """Model when none is given: of the project, else from the environment."""
    return _project_text("model") or os.environ.get("SCOUT_SCAN_MODEL") or None


def default_log_level() -> str | None:
    """Level of log messages when none is given: of the project, else from the environment."""
    return _project_text("log_level") or os.environ.get(LOG_LEVEL_VARIABLE) or None


def default_transcripts(folder: str = "") -> str | None:
    """Transcripts when none are given: `./transcripts`, else `$INSPECT_LOG_DIR`, else `./logs`; None if there are none.

    Args:
        folder: The folder of the project (default: the working directory).
    """
    if Path(folder, "transcripts").is_dir():
        return "./transcripts"
    configured = os.environ.get("INSPECT_LOG_DIR")
    if configured:
        return configured
    return "./logs" if Path(folder, "logs").is_dir() else None


def project_transcripts(folder: str = "") -> list[str]:
    """Where the files of a project say that transcripts are, as they say it; empty if they do not.

    Args:
        folder: The folder of the project (default: the working directory).
    """
    where, value = _project_value("transcripts", folder=folder)
    if isinstance(value, str):
        return [value]
    if value is not None and not (is_list(value) and all(isinstance(each, str) for each in value)):
        raise ConfigError(f"{where}: {value!r} is not a text or a list of texts. Write where transcripts are.")
    return list(value or ())


def project_case_files(folder: str = "") -> dict[str, list[str]]:
    """Which files of labelled cases a project names for which scanners, as it names them; empty if it names none.

    Args:
        folder: The folder of the project (default: the working directory).
    """
    _, value = _project_value("validation", folder=folder)
    return {str(scanner): _paths(given) for scanner, given in (value if is_mapping(value) else {}).items()}


def _paths(given: object) -> list[str]:
    listed = given if is_list(given) else [given]
    return [each for each in listed if isinstance(each, str)]


def _project_text(*keys: str, folder: str = "") -> str | None:
    """Read one text of the project's files."""
    where, value = _project_value(*keys, folder=folder)
    if value is not None and not isinstance(value, str):
        raise ConfigError(f"{where}: {value!r} is not a text. Write one text, as in '{keys[0]}: ...'.")
    return value


def _project_value(*keys: str, folder: str = "") -> tuple[str, object]:
    """Read one value of the project's files; the rest of them is not looked at, so that light commands stay light.

    Returns:
        Which file and key it is from, and the value (None: no file has it).
    """
    for name in (os.path.join(folder, LOCAL_FILE), os.path.join(folder, PROJECT_FILE)):
        if not file_exists(name):
            continue
        data: dict[str, Any] = read_document(name).data
        for key in keys:
            if data.get(key) is not None:
                return f"{name!r}, key {key!r}", data[key]
    return "", None
