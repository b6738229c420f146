"""Files of labelled cases, as `/api/v2` shows and changes them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from ..._support.cache import Cache
from ..._support.errors import ConfigError
from ..._validation import CasesFileExistsError, is_validation_file, read_cell, read_id, scan_validation_files
from ..editing.labels import create_labels, key_of, read_labels
from .trash import move_to_trash

_FIELDS: Final = ("target", "labels", "split", "predicate", "task_id", "task_repeat")
_FORBIDDEN: Final = '/\\:*?"<>|'
_MAX_BYTES: Final = 32 << 20
"""Larger files are not looked into when files of cases are listed."""

_KNOWN_FILES: Final = 20_000
_known: Final[Cache[tuple[str, int, int], bool]] = Cache(_KNOWN_FILES)


def list_case_files(folder: str) -> list[str]:
    """List the files of labelled cases of a project; those that have not changed are not read again."""
    return scan_validation_files(folder, _holds_cases)


def create_case_file(path: str, cases: Sequence[Mapping[str, JsonValue]]) -> None:
    """Make a file of cases.

    Args:
        path: The file.
        cases: Its cases, each with an id.

    Raises:
        CasesFileExistsError: It exists.
        ConfigError: Its name tells of no known format, or a case is wrong.
    """
    create_labels(path, [{"id": _id(case.get("id")), **case_fields(case)} for case in cases])


def case_fields(given: Mapping[str, JsonValue]) -> dict[str, object]:
    """Take what a case holds out of what a client sends.

    A target that is text is read as a cell of CSV is: the published page sends "true" where it means true.

    Raises:
        ConfigError: It has neither a target nor labels, or both.
    """
    labels, target = given.get("labels"), given.get("target")
    if (labels is None and "target" not in given) or (labels is not None and target is not None):
        raise ConfigError("A case needs exactly one of 'target' and 'labels'.")
    fields: dict[str, object] = {name: given[name] for name in _FIELDS if given.get(name) is not None}
    if labels is not None:
        return fields
    return {**fields, "target": read_cell(target) if isinstance(target, str) else target}


def case_key(id: str) -> str:
    """Name a case as files of labels are edited by.

    Args:
        id: Its id; several ids as a JSON list.

    Raises:
        ConfigError: It is not an id.
    """
    return key_of({"id": _id(id)})


def trash_case_file(path: str) -> None:
    """Move a file of cases to the trash.

    Raises:
        LocationError: There is no such file.
        ConfigError: It does not hold cases.
    """
    read_labels(path)
    move_to_trash(path)


def rename_case_file(path: str, name: str) -> str:
    """Give a file of cases another name, in the same folder and with the same suffix; returns its path.

    Args:
        path: The file.
        name: The name, without a suffix.

    Raises:
        LocationError: There is no such file.
        CasesFileExistsError: There is one of that name.
        ConfigError: It cannot be a name, or the file does not hold cases.
    """
    if not name.strip(". ") or not name.isprintable() or set(name) & set(_FORBIDDEN):
        raise ConfigError(f"{name!r} cannot be the name of a file: leave out {' '.join(_FORBIDDEN)}.")
    read_labels(path)
    renamed = Path(path).with_name(name + Path(path).suffix)
    try:
        os.link(path, renamed)  # unlike renaming, this never replaces a file
    except FileExistsError:
        raise CasesFileExistsError(f"The file {str(renamed)!r} exists already; choose another name.") from None
    os.unlink(path)
    return str(renamed)


def _id(given: JsonValue) -> str | list[str]:
    try:
        return read_id(given)
    except ValueError as error:
        raise ConfigError(f"A case cannot be used: {error}. Give the id of a transcript, or a list of ids.") from None


def _holds_cases(path: str) -> bool:
    try:
        state = os.stat(path)
    except OSError:
        return False
    key = (path, state.st_mtime_ns, state.st_size)
    return state.st_size <= _MAX_BYTES and _known.fetch(key, lambda: is_validation_file(path))
