"""Editing a project file for its user: what is not changed stays as it was written, comments included."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from .._support.errors import ScanStateError
from .._support.text import read_text
from .config import ProjectConfig
from .documents import Document, file_exists, parse_document
from .locations import DEFAULT_SCANS, PROJECT_FILE, default_transcripts
from .parse import parse_config
from .patch import patch_mapping


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """The project file of a folder, without its local file.

    Args:
        config: What it sets.
        etag: Hash of its text; a writer shows it to prove that it knows what it changes.
        path: Where it is, or would be.
    """

    config: ProjectConfig
    etag: str
    path: str


def read_project_file(folder: str = "") -> ProjectFile:
    """Read the project file of a folder; where there is none, the settings that hold without one.

    Raises:
        ConfigError: It is broken, has keys that do not exist, or values that cannot be.
    """
    return _read(_document(folder))


def write_project_file(changes: Mapping[str, Any], etag: str | None = None, folder: str = "") -> ProjectFile:
    """Change the project file of a folder, or make it.

    Args:
        changes: New values (as JSON) by key; None, or an empty text, list or mapping, removes the key.
        etag: The `etag` of what was read (None: change it whatever it is now).
        folder: The folder (default: the working directory).

    Raises:
        ScanStateError: The file is not the one that was read.
        ConfigError: The changed file would not be allowed; it is left as it was.
    """
    document = _document(folder)
    if etag is not None and etag != _etag(document.text):
        raise ScanStateError(
            f"The project file {document.path!r} was changed by somebody else since it was read: read it again, then change it."
        )
    existing = document.text if file_exists(document.path) else ""
    wanted = dict(changes)
    if wanted.get("scans"):
        wanted["results"] = None
    changed = parse_document(document.path, patch_mapping(existing, wanted))
    written = _read(changed)
    _replace(document.path, changed.text)
    return written


def _document(folder: str) -> Document:
    path = os.path.join(folder, PROJECT_FILE)
    return parse_document(path, read_text(path) if file_exists(path) else _default_text(folder))


def _default_text(folder: str) -> str:
    transcripts = default_transcripts(folder)
    return patch_mapping("", {**({"transcripts": transcripts} if transcripts else {}), "scans": DEFAULT_SCANS})


def _read(document: Document) -> ProjectFile:
    return ProjectFile(parse_config(document, ProjectConfig), _etag(document.text), document.path)


def _etag(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()


def _replace(path: str, text: str) -> None:
    """Write a file so that others see the old text or the new one."""
    mode = os.stat(path).st_mode & 0o777 if os.path.isfile(path) else None
    beside = Path(f"{path}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(text.encode("utf-8"))
        if mode is not None:
            beside.chmod(mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
