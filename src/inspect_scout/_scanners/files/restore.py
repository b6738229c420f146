"""Making the scanners of a recorded scan again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..._support.errors import ConfigError, LocationError, UnknownNameError
from ..._types import Scanner, ScannerSpec
from ..declare.config import OWN_PACKAGE
from ..declare.specs import create_with, find_factory
from .modules import ScannerFile, load_file


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
            made[key] = _make(spec, paths, files, recorded)
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


def _make(spec: ScannerSpec, paths: Mapping[str, Path], files: dict[str, ScannerFile], recorded: bool) -> Scanner[Any]:
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
