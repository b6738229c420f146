"""Scanners that a user names (a Python file, one scanner of it, one of an installed package), or that a scan recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..._support.errors import ConfigError, LocationError, UnknownNameError
from ..._types import Scanner, ScannerSpec
from ..declare.config import OWN_PACKAGE
from ..declare.specs import accepted_arguments, create_with, find_factory, find_registered, make_scanner
from .discover import Declarations
from .modules import ScannerFile, load_file
from .named import check_named, check_one_job


@dataclass(frozen=True, slots=True)
class ScanTarget:
    """What a user named: a scan job, a file of one, or scanners.

    Args:
        job: What makes the scan job.
        job_file: The YAML or JSON file of a scan job.
        scanners: What makes the scanners.
    """

    job: Callable[..., Any] | None = None
    job_file: Path | None = None
    scanners: Sequence[Callable[..., Any]] = ()


def load_scanners(spec: str, args: Mapping[str, Any]) -> list[Scanner[Any]]:
    """Make the scanners that a user names.

    Args:
        spec: `file.py` (all its scanners), `file.py@name` (one of them), or `package/name`.
        args: Arguments; each scanner gets those that it declares.

    Raises:
        LocationError: There is no such file.
        ConfigError: The file has no scanner, is broken, or raises; an argument is unknown or missing; or it is a scan
            job.
        UnknownNameError: The file or package has no scanner of that name.
    """
    found = find_target(spec)
    if found.job is not None or found.job_file is not None:
        raise ConfigError(
            f"{spec!r} is a scan job, where scanners are asked for; name one of them, as in file.py@name."
        )
    return make_scanners(found.scanners, args)


def find_target(spec: str) -> ScanTarget:
    """Find the scan job or the scanners that a user names.

    Args:
        spec: `file.py` (its scan job, else all its scanners), `file.py@name` (a scan job or scanner of it),
            `package/name`, or a YAML or JSON file of a scan job.

    Raises:
        LocationError: There is no such file.
        ConfigError: The file has neither, has several scan jobs, is broken, or raises.
        UnknownNameError: The file or package has nothing of that name.
    """
    named = check_named(spec)
    if named.declared is not None:
        return _from_file(named.path, named.name, named.declared)
    if named.is_job_file:
        return ScanTarget(job_file=named.path)
    job = find_registered("scanjob", spec)
    return ScanTarget(job=job) if job is not None else ScanTarget(scanners=[_registered(spec)])


def make_scanners(factories: Sequence[Callable[..., Any]], args: Mapping[str, Any]) -> list[Scanner[Any]]:
    """Make scanners, each with those arguments that it declares.

    Raises:
        ConfigError: An argument is declared by none of them, or one is missing.
    """
    _check_known(factories, args)
    return [_make(factory, args) for factory in factories]


def _registered(name: str) -> Callable[..., Any]:
    try:
        return find_factory(name)
    except UnknownNameError as error:
        package = name.split("/", maxsplit=1)[0]
        known = [other for other in error.known if other.startswith(f"{package}/")]
        if known:
            raise UnknownNameError("scanner", name, known) from None
        raise LocationError(
            f"{name!r} is neither a file nor a registered scanner or scan job. For a file write its name with .py; a package "
            f"{package!r} with scanners must be installed and announce them in the entry point group 'inspect_ai'."
        ) from None


def _from_file(path: Path, name: str | None, declared: Declarations) -> ScanTarget:
    loaded = load_file(path)
    if name is not None:
        if (job := loaded.find_job(name)) is not None:
            return ScanTarget(job=job)
        if (scanner := loaded.find(name)) is not None:
            return ScanTarget(scanners=[scanner])
        raise loaded.unknown("scanner or scan job", name)
    check_one_job(path, list(loaded.jobs))
    if loaded.jobs:
        return ScanTarget(job=next(iter(loaded.jobs.values())))
    if not loaded.factories and loaded.missed:
        raise ConfigError(loaded.early_end())
    if not loaded.factories:
        kind, declarations = ("scanner", declared.scanners) if declared.scanners else ("scanjob", declared.jobs)
        raise ConfigError(
            f"The file {str(path)!r} has no {kind}s: what decorates {declarations[0].function!r} is not the {kind} of "
            "inspect_scout."
        )
    return ScanTarget(scanners=list(loaded.factories.values()))


def _check_known(factories: Sequence[Callable[..., Any]], args: Mapping[str, Any]) -> None:
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
    return make_scanner(factory, given)


def scanners_from_specs(
    specs: Mapping[str, ScannerSpec], base: str | None, *, recorded: bool = True
) -> dict[str, Scanner[Any]]:
    """Make scanners from their specs.

    Args:
        specs: Specs by name.
        base: Directory that the scan was started from; relative files are looked for there, then in the working
            directory.
        recorded: Whether a scan ran with them already (otherwise arguments are checked against annotations).

    Raises:
        LocationError: A file does not exist.
        UnknownNameError: A file or package has no scanner of that name.
        ConfigError: A file is broken, or arguments do not fit or were not recorded.
    """
    # All are looked for before one is run, which may change the current directory.
    paths = {spec.file: _resolve(spec.file, base).absolute() for spec in specs.values() if spec.file is not None}
    files: dict[str, ScannerFile] = {}
    made: dict[str, Scanner[Any]] = {}
    for key, spec in specs.items():
        try:
            made[key] = _remade(spec, paths, files, recorded)
        except (UnknownNameError, LocationError):
            raise
        except ConfigError as error:
            raise ConfigError(f"Scanner {key!r}: {error}") from error
    return made


def run_recorded_file(file: str, base: str | None) -> None:
    """Run a recorded Python file for what it registers.

    Args:
        file: The file.
        base: Directory that the scan was started from.

    Raises:
        LocationError: It does not exist.
        ConfigError: It is broken.
    """
    load_file(_resolve(file, base))


def _remade(
    spec: ScannerSpec, paths: Mapping[str, Path], files: dict[str, ScannerFile], recorded: bool
) -> Scanner[Any]:
    factory: Callable[..., Any] | None = None
    if spec.file is not None:
        file = files.get(spec.file)
        if file is None:
            file = files[spec.file] = load_file(paths[spec.file])
        factory = file.find(spec.name)
        # One of Scout's own may be made of something in the file.
        if factory is None and not spec.name.startswith(f"{OWN_PACKAGE}/"):
            raise file.unknown("scanner", spec.name)
    return create_with(factory or find_factory(spec.name), spec.params, recorded=recorded)


def _resolve(file: str, base: str | None) -> Path:
    tried = [Path(file)] if Path(file).is_absolute() or base is None else [Path(base) / file, Path(file)]
    for path in tried:
        if path.is_file():
            return path
    shown = " or ".join(repr(str(path.absolute())) for path in dict.fromkeys(tried))
    raise LocationError(
        f"The file {shown} of a recorded scanner does not exist. Put it back, or start from the directory of the scan."
    )
