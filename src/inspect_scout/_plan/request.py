"""What a caller asks for, packed into one record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, cast

from .._project import OPTIONS, Option, options_of
from .._support.folder import current_folder

if TYPE_CHECKING:
    from .._project import ScanJobConfig
    from .._types import ValidationSet
    from .._validation import CasesFile
    from .job import ScanJob, ScannerList

Scanners: TypeAlias = "ScannerList | ScanJob | ScanJobConfig | str | Path"
"""What `scan` takes: a list of scanners (or of name and scanner), a mapping from name to scanner, a scan job, or the text
that names any of these on the command line (`"scanners.py"`, `"scanners.py@refusals"`, `"job.yaml"`)."""

Validation: TypeAlias = "str | Path | ValidationSet | CasesFile"
"""Labelled cases: a file of them, a set, or a file with the name of a predicate."""


def _defaults_of(options: Iterable[Option]) -> dict[str, Any]:
    # What several sources may set is open at first.
    return {option.field: None if option.is_merged else option.default for option in options}


class _Request:
    """Values by name. What is None is left to job, project, environment and defaults.

    Args:
        values: Options by the names of their parameters in Python, and what only this kind of request holds.

    Raises:
        TypeError: A value has a name that is not known, or one that is needed is missing.
    """

    __slots__ = ("_values",)
    _defaults: ClassVar[Mapping[str, Any]]
    _needed: ClassVar[str]

    def __init__(self, **values: Any) -> None:
        if unknown := values.keys() - self._defaults.keys():
            known = ", ".join(self._defaults)
            raise TypeError(f"{type(self).__name__} has no {', '.join(map(repr, sorted(unknown)))}; use {known}.")
        if self._needed not in values:
            raise TypeError(f"{type(self).__name__} needs {self._needed!r}.")
        self._values = {**self._defaults, **values}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._values:
            raise AttributeError(f"{type(self).__name__} has no {name!r}.")
        return self._values[name]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values == cast("_Request", other)._values

    __hash__ = None  # type: ignore[assignment]  # its values may be lists and mappings

    def __repr__(self) -> str:
        values = (f"{name}={value!r}" for name, value in self._values.items() if value != self._defaults[name])
        return f"{type(self).__name__}({', '.join(values)})"

    def changed(self, **values: Any) -> Self:
        """Copy it with other values."""
        return type(self)(**{**self._values, **values})


class ScanRequest(_Request):
    """Everything that `scan` and `scout scan` accept: the options that are not for resuming alone, and what is listed here.

    Args:
        scanners: Scanners, a scan job, or the text that names them ("file.py", "file.py@name", "package/name",
            "job.yaml").
        scan_file: File of the scan job (known when the request is resolved).
        environment: What the command line has read of the environment, by option.
        from_command_line: Whether the values were typed, not given in Python: for explanations.
        folder: Directory that relative paths are relative to: the current one, when they are given.
    """

    __slots__ = ()
    _needed = "scanners"
    _defaults: ClassVar = {
        **_defaults_of(option for option in OPTIONS if option.is_for_scan),
        "scan_file": None,
        "environment": {},
        "from_command_line": False,
        "folder": None,
    }

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"folder": current_folder(), **values})


class ResumeRequest(_Request):
    """Everything that `scan_resume` and `scout scan resume` accept: the options for resuming, and what is listed here.

    Args:
        location: The scan.
        predicate_overrides: Predicates by scanner, instead of recorded ones of the user's own.
        on_progress: Is told how the scan stands.
    """

    __slots__ = ()
    _needed = "location"
    _defaults: ClassVar = {
        **_defaults_of(options_of("resume")),
        "location": None,
        "predicate_overrides": None,
        "on_progress": None,
    }
