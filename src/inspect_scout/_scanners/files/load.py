"""Scanners named by the user: a Python file, one scanner of it, or a scanner of an installed package."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..._support.errors import ConfigError, LocationError, NotAvailableError, UnknownNameError
from ..._types import Scanner
from ..declare import accepted_arguments, check_arguments, find_factory, scanner_config
from .discover import Declarations
from .modules import load_file, read_declarations

_JOB_FILES = frozenset({".yaml", ".yml", ".json"})
_REGISTERED = re.compile(r"[A-Za-z_][\w-]*/[^/\\@]+")
_NAME = re.compile(r"[\w./-]+")


def load_scanners(spec: str, args: Mapping[str, Any]) -> list[Scanner[Any]]:
    """Make the scanners that a user names.

    Args:
        spec: `file.py` (all its scanners), `file.py@name` (one of them), or `package/name`.
        args: Arguments; each scanner gets those that it declares.

    Raises:
        LocationError: There is no such file.
        ConfigError: The file has no scanner, is broken, or raises; or an argument is unknown or missing.
        UnknownNameError: The file or package has no scanner of that name.
        NotAvailableError: A scan job was named.
    """
    path, name = _split(spec)
    if name is None and not path.is_file() and not path.suffix and _REGISTERED.fullmatch(spec):
        factories = [_registered(spec)]
    else:
        factories = _from_file(path, name)
    _check_known(factories, args)
    return [_make(factory, args) for factory in factories]


def _split(spec: str) -> tuple[Path, str | None]:
    front, at, name = spec.rpartition("@")
    if not at or Path(spec).exists() or not _NAME.fullmatch(name):
        return Path(spec).expanduser(), None
    return Path(front).expanduser(), name


def _registered(name: str) -> Callable[..., Any]:
    try:
        return find_factory(name)
    except UnknownNameError as error:
        package = name.split("/", maxsplit=1)[0]
        known = [other for other in error.known if other.startswith(f"{package}/")]
        if known:
            raise UnknownNameError("scanner", name, known) from None
        raise LocationError(
            f"{name!r} is neither a file nor a registered scanner. For a file write its name with .py; a package "
            f"{package!r} with scanners must be installed and announce them in the entry point group 'inspect_ai'."
        ) from None


def _from_file(path: Path, name: str | None) -> list[Callable[..., Any]]:
    if path.suffix.lower() in _JOB_FILES and path.is_file():
        raise NotAvailableError(f"Scan job files ({str(path)!r})", "Name a Python file with scanners instead.")
    if path.is_file() and path.suffix.lower() != ".py":
        raise ConfigError(f"{str(path)!r} is no Python file: scanners are loaded from .py files.")
    _, declared = read_declarations(path)
    _check_declared(path, name, declared)
    loaded = load_file(path)
    if not loaded.factories:
        raise ConfigError(
            f"The file {str(path)!r} has no scanners: what decorates {declared.scanners[0].function!r} is not the "
            "scanner of inspect_scout."
        )
    if name is None:
        return list(loaded.factories.values())
    found = loaded.find(name)
    if found is None:
        raise UnknownNameError(f"scanner in {str(path)!r}", name, loaded.names)
    return [found]


def _check_declared(path: Path, name: str | None, declared: Declarations) -> None:
    """Refuse what can be refused without running the file."""
    known = name is not None and any(name in (each.name, each.function) for each in declared.scanners)
    if declared.jobs and not known:
        jobs = ", ".join(repr(job.function) for job in declared.jobs)
        raise NotAvailableError(
            f"Scan jobs ({jobs} in {str(path)!r})", f"Name one of its scanners, as in {path.name}@my_scanner."
        )
    if not declared.scanners:
        raise ConfigError(
            f"The file {str(path)!r} has no scanners: it needs a function decorated with @scanner at its top level."
        )
    certain = [each.name for each in declared.scanners if each.name is not None]
    if name is not None and not known and len(certain) == len(declared.scanners):
        raise UnknownNameError(f"scanner in {str(path)!r}", name, certain)


def _check_known(factories: list[Callable[..., Any]], args: Mapping[str, Any]) -> None:
    accepted = [accepted_arguments(factory) for factory in factories]
    if any(any_name for _, any_name in accepted):
        return
    known = set[str]().union(*(names for names, _ in accepted))
    for argument in args:
        if argument not in known:
            raise UnknownNameError("scanner argument", argument, known)


def _make(factory: Callable[..., Any], args: Mapping[str, Any]) -> Scanner[Any]:
    accepted, any_name = accepted_arguments(factory)
    given = dict(args) if any_name else {name: value for name, value in args.items() if name in accepted}
    check_arguments(factory, given)
    made: Scanner[Any] = factory(**given)
    scanner_config(made)
    return made
