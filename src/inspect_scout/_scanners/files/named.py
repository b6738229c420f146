"""What a user names to scan with, checked as far as that is possible without running it: a refusal costs no import."""

from __future__ import annotations

import difflib
import importlib.util
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..._support.causes.describing import brief
from ..._support.errors import ConfigError, LocationError, UnknownNameError
from ..._support.regular import IrregularFileError, open_regular
from .discover import Declarations, find_declarations

JOB_FILES = frozenset({".yaml", ".yml", ".json"})
"""Endings of files of scan jobs."""

_REGISTERED = re.compile(r"[A-Za-z_][\w-]*/[^/\\@]+")
_NAME = re.compile(r"[\w./-]+")


@dataclass(frozen=True, slots=True)
class NamedTarget:
    """What a user named.

    Args:
        path: The file (what an installed package has registered, if there is no such file).
        name: What of the file (None: all of it).
        is_job_file: Whether it is a YAML or JSON file of a scan job.
        declared: What the file declares, if it is a Python file.
    """

    path: Path
    name: str | None = None
    is_job_file: bool = False
    declared: Declarations | None = None


def check_named(spec: str) -> NamedTarget:
    """Refuse what cannot be scanned with, as far as its text tells.

    Args:
        spec: `file.py`, `file.py@name`, `package/name`, or a YAML or JSON file of a scan job.

    Raises:
        LocationError: There is no such file.
        ConfigError: The file has neither scanners nor jobs, has several jobs, or is not one that can be read.
        UnknownNameError: The file has nothing of that name.
    """
    path, name = _split(spec)
    if name is None and not path.is_file() and not path.suffix and _REGISTERED.fullmatch(spec):
        return NamedTarget(path)
    if path.suffix.lower() in JOB_FILES and path.is_file():
        if name is not None:
            raise ConfigError(f"{str(path)!r} holds a single scan job: name it without @{name}.")
        return NamedTarget(path, is_job_file=True)
    if path.is_file() and path.suffix.lower() != ".py":
        raise ConfigError(
            f"{str(path)!r} is not a Python file: scanners are loaded from .py files, scan jobs also from YAML and JSON."
        )
    _, declared = read_declarations(path)
    _check_declared(path, name, declared)
    return NamedTarget(path, name, declared=declared)


def check_one_job(path: Path, jobs: Sequence[str]) -> None:
    """Refuse a file with several scan jobs of which none is named."""
    if len(jobs) > 1:
        raise ConfigError(
            f"The file {str(path)!r} has {len(jobs)} scan jobs ({', '.join(jobs)}): name one, as in {path.name}@{jobs[0]}."
        )


def _split(spec: str) -> tuple[Path, str | None]:
    front, at, name = spec.rpartition("@")
    if not at or Path(spec).exists() or not _NAME.fullmatch(name):
        return Path(spec).expanduser(), None
    return Path(front).expanduser(), name


def read_declarations(path: Path) -> tuple[str, Declarations]:
    """Read a Python file and find what it declares, without running it.

    Returns:
        Text of the file, and its declarations.

    Raises:
        LocationError: There is no such file.
        ConfigError: It is not readable Python.
    """
    if not path.exists():
        raise LocationError(f"The file {str(path)!r} does not exist.{close_files(path)}")
    if path.is_dir():
        raise ConfigError(f"{str(path)!r} is a directory: name the Python file that holds the scanners.")
    try:
        with open_regular(path) as file:
            text = importlib.util.decode_source(file.read())
        return text, find_declarations(text, str(path))
    except SyntaxError as error:
        where = f", line {error.lineno}" if error.lineno else ""
        raise ConfigError(f"The file {str(path)!r} is not valid Python{where}: {error.msg}.") from error
    except IrregularFileError as error:
        raise ConfigError(f"The file {str(path)!r} cannot be read: {error.strerror}. Name a Python file.") from None
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        raise ConfigError(f"The file {str(path)!r} cannot be read as Python: {brief(error)}") from error


def close_files(path: Path) -> str:
    """Name the files beside a path whose names are like its name."""
    try:
        names = [file.name for file in path.parent.iterdir() if file.suffix.lower() in {".py", *JOB_FILES}]
    except OSError:
        return ""
    close = difflib.get_close_matches(path.name, names, n=2, cutoff=0.75)
    return f" Did you mean {' or '.join(repr(str(path.with_name(name))) for name in close)}?" if close else ""


def _check_declared(path: Path, name: str | None, declared: Declarations) -> None:
    everything = (*declared.jobs, *declared.scanners)
    if not everything:
        raise ConfigError(
            f"The file {str(path)!r} has no scanners and no scan jobs: it needs a function decorated with @scanner or "
            "@scanjob at its top level."
        )
    known = any(name in (each.name, each.function) for each in everything)
    certain = [each.name for each in everything if each.name is not None]
    if name is not None and not known and len(certain) == len(everything):
        raise UnknownNameError(f"scanner or scan job in {str(path)!r}", name, certain)
    if name is None and all(job.name is not None and job.unconditional for job in declared.jobs):
        check_one_job(path, list(dict.fromkeys(job.name for job in declared.jobs if job.name is not None)))
