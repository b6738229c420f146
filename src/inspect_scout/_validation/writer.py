"""Editing files of labelled cases: read, change, write back in the same format and layout."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._support.errors import ConfigError, LocationError
from .._support.storage import storage_for
from .._support.text import decode_text
from .cases import case_of, parse_file, read_bytes, read_file
from .cells import id_key, read_id
from .formats import LABEL, SUFFIXES, is_nested, suffix_of, write_rows
from .keys import fields_key

_SKIPPED = frozenset({"node_modules", "__pycache__", "dist", "build", "venv", "env", "site-packages"})

_KEYS = frozenset({"id", "task_id"})

Case = Mapping[str, Any]
"""A case as plain fields: `id`, `target` or `labels`, `split`, `predicate`, and whatever else its file has."""


class CasesFileExistsError(ConfigError, FileExistsError):
    """A file of labelled cases that was to be made exists already."""

    def __str__(self) -> str:
        return Exception.__str__(self)


class ValidationFileWriter:
    """Reads and changes one file of labelled cases. Fields that Scout does not know are kept; comments are not.

    Args:
        path: The file.

    Raises:
        ConfigError: Its name tells of no format that is known.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self._suffix = suffix_of(self.path)

    @classmethod
    def create_new(
        cls, path: str | os.PathLike[str], cases: Sequence[Case] = (), nested_splits: bool = False
    ) -> ValidationFileWriter:
        """Make a file that does not exist yet.

        Args:
            path: The file.
            cases: Its cases.
            nested_splits: Whether cases stand in groups by split (YAML and JSON only).

        Raises:
            CasesFileExistsError: It exists.
        """
        writer = cls(path)
        try:
            with storage_for(writer.path).open_read(writer.path):
                raise CasesFileExistsError(f"The file {writer.path!r} exists already; choose another name.")
        except LocationError:
            writer.write_cases(cases, nested_splits)
        return writer

    def read_cases(self) -> list[dict[str, Any]]:
        """Read the cases as plain fields, labels and keys of targets gathered.

        Raises:
            LocationError: There is no such file.
            ConfigError: It cannot be read.
        """
        cases: list[dict[str, Any]] = []
        for row in read_file(self.path):
            try:
                about = {} if _names_task(row.fields) else {"id": read_id(row.fields.get("id"))}
                cases.append({**_normal(row.fields), **about})
            except ValueError as error:
                raise ConfigError(f"{self.path!r}, {row.where} cannot be used: {error}.") from error
        return cases

    def write_cases(self, cases: Sequence[Case], nested_splits: bool | None = None) -> None:
        """Write all cases, in the layout that the file has.

        Args:
            cases: The cases.
            nested_splits: Whether they stand in groups by split (None: as before).

        Raises:
            ConfigError: One of them is not a case, or cannot be written.
        """
        for number, case in enumerate(cases, 1):
            try:
                case_of(case)
            except ValueError as error:
                raise ConfigError(f"Case {number} cannot be written to {self.path!r}: {error}.") from error
        nested = nested_splits or False
        if nested_splits is None:
            with contextlib.suppress(LocationError):
                nested = is_nested(read_bytes(self.path), self._suffix)
        try:
            data = write_rows([_normal(case) for case in cases], self._suffix, nested=nested)
            parse_file(data, self.path)
        except (ValueError, TypeError) as error:
            raise ConfigError(f"The cases cannot be written to {self.path!r}: {error}.") from error
        with storage_for(self.path).open_write(self.path) as file:
            file.write(data)

    @staticmethod
    def find_case_index(cases: Sequence[Case], id: str | list[str]) -> int | None:
        """Find the case of an id (of a list of ids in any order); None if there is none."""
        wanted = id_key(id)
        return next((i for i, case in enumerate(cases) if "id" in case and id_key(case["id"]) == wanted), None)

    def upsert_case(self, case: Case) -> None:
        """Put a case in the place of the one with its id (or task), or else behind the last one of its split."""
        cases, new = self.read_cases(), _normal(case)
        key = fields_key(new)
        found = next((i for i, other in enumerate(cases) if fields_key(other) == key), None)
        if found is not None:
            cases[found] = new
        else:
            same = [i for i, other in enumerate(cases) if other.get("split") == new.get("split")]
            cases.insert(same[-1] + 1 if same else len(cases), new)
        self.write_cases(cases)

    def delete_case(self, id: str | list[str]) -> bool:
        """Take a case out; False if there is none of that id."""
        cases = self.read_cases()
        found = self.find_case_index(cases, id)
        if found is None:
            return False
        del cases[found]
        self.write_cases(cases)
        return True


def is_validation_file(path: str | os.PathLike[str]) -> bool:
    """Tell whether a file holds labelled cases: its first case has an id, and a target or labels.

    A CSV file without any case is one if its headings are those of such a file: it was just made.
    """
    if not _may_hold(path):
        return False
    try:
        rows = read_file(os.fspath(path))
        if not rows:
            return _has_headings(os.fspath(path))
    except (ConfigError, OSError):
        return False
    return bool(_KEYS & rows[0].fields.keys()) and bool({"target", "labels"} & rows[0].fields.keys())


def scan_validation_files(
    directory: str | os.PathLike[str], holds_cases: Callable[[str], bool] = is_validation_file
) -> list[str]:
    """List the files of labelled cases below a folder; hidden, installed and built ones are passed over.

    Args:
        directory: The folder.
        holds_cases: Tells of a file whose name ends as theirs do whether it holds cases.
    """
    found: list[str] = []
    for folder, folders, files in os.walk(directory):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        found += [p for p in (os.path.join(folder, f) for f in sorted(files)) if _may_hold(p) and holds_cases(p)]
    return found


def _has_headings(path: str) -> bool:
    if suffix_of(path) != ".csv":
        return False
    headings = {heading.strip() for heading in decode_text(read_bytes(path)).split("\n", 1)[0].split(",")}
    return bool(_KEYS & headings) and any(heading.startswith(("target", LABEL)) for heading in headings)


def _may_hold(path: str | os.PathLike[str]) -> bool:
    return os.fspath(path).lower().endswith(SUFFIXES)


def _names_task(fields: Case) -> bool:
    return "id" not in fields and "task_id" in fields


def _normal(fields: Case) -> dict[str, Any]:
    """Leave out what says nothing: what is None, but for the target. A text is the one id that it is."""
    kept = {name: value for name, value in fields.items() if value is not None or name == "target"}
    if kept.get("labels") is not None and kept.get("target", ...) is None:
        del kept["target"]
    if not isinstance(kept.get("id", ""), str):
        kept["id"] = read_id(kept["id"])
    return kept
