"""Editing a project file for its user: what is not changed stays as it was written, comments included."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from .._support.errors import ConfigError, ScanStateError
from .._support.text import read_text
from .._support.yaml import YamlError
from .config import ProjectConfig
from .documents import Document, file_exists, parse_document
from .locations import DEFAULT_SCANS, PROJECT_FILE, default_transcripts
from .parse import Mistake, find_mistakes, parse_config
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
    _refuse_changed(document.path, etag, _etag(document.text))
    existing = document.text if file_exists(document.path) else ""
    wanted = dict(changes)
    if wanted.get("scans"):
        wanted["results"] = None
    changed = parse_document(document.path, patch_mapping(existing, wanted))
    written = _read(changed)
    _replace(document.path, changed.text)
    return written


def project_text(folder: str = "") -> tuple[str, str]:
    """Read the text of the project file of a folder, however broken it is, and its etag ("" where none is there).

    Raises:
        ConfigError: It is not text.
    """
    path = os.path.join(folder, PROJECT_FILE)
    if file_exists(path):
        text = read_text(path)
        return text, _etag(text)
    return "", _etag(_default_text(folder))


def write_project_text(text: str, etag: str | None = None, folder: str = "") -> ProjectFile:
    """Write the whole text of the project file of a folder, or make it.

    Args:
        text: The text.
        etag: The `etag` of what was read (None: write over whatever is there now).
        folder: The folder (default: the working directory).

    Raises:
        ScanStateError: The file is not the one that was read.
        ConfigError: Such a file would not be allowed; the one that is there is left as it was.
    """
    path = os.path.join(folder, PROJECT_FILE)
    _refuse_changed(path, etag, project_text(folder)[1])
    written = _read(parse_document(path, text))
    _replace(path, text)
    return written


def check_project_text(text: str) -> tuple[dict[str, object], list[Mistake]]:
    """Tell what a text would set as a project file, as far as it can be read, and what is wrong with it."""
    try:
        document = parse_document(PROJECT_FILE, text)
    except ConfigError as error:
        cause = error.__cause__
        if isinstance(cause, YamlError):
            return {}, [Mistake(cause.line, "", f"This is not YAML: {cause.problem}.")]
        return {}, [Mistake(1, "", str(error))]
    return document.data, find_mistakes(document, ProjectConfig)


def patch_project_text(text: str, changes: Mapping[str, object]) -> str:
    """Change keys in the text of a project file; other lines stay as they were written.

    Raises:
        ConfigError: The text is not YAML that holds a mapping.
    """
    return patch_mapping(parse_document(PROJECT_FILE, text).text, changes)


def _refuse_changed(path: str, known: str | None, etag: str) -> None:
    if known is not None and known != etag:
        raise ScanStateError(
            f"The project file {path!r} was changed by somebody else since it was read: read it again, then change it."
        )


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
