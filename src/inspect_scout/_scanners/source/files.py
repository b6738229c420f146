"""Scanner files on disk, read and described."""

from __future__ import annotations

import io
import os
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..._support.errors import ConfigError, LocationError, StorageError, UnknownNameError
from ..._support.regular import leads_nowhere, open_regular
from ..files.named import close_files
from .model import ScannerSource
from .parse import parse_scanner_file

MAX_BYTES = 4_000_000
"""Size of a file beyond which it is not read."""

_SUFFIX = ".py"
_MENTION = b"scanner"
_NO_SOURCES = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist", "venv", "env"})


@dataclass(frozen=True, slots=True)
class ScannerFileReport:
    """What a file says of its scanners.

    Args:
        path: The file.
        scanners: Its scanners.
        problem: Why it could not be read (None: it could).
    """

    path: str
    scanners: tuple[ScannerSource, ...] = ()
    problem: str | None = None


def describe_scanner_files(location: str) -> list[ScannerFileReport]:
    """Describe the scanners of a file, of one scanner of a file ("file.py@name"), or of all files below a folder.

    No file is run or imported. Of a folder, files without scanners are left out, and those that cannot be read are
    reported; folders that are hidden or hold installed or built things are not entered.

    Args:
        location: The file or folder.

    Raises:
        LocationError: There is no such file or folder.
        ConfigError: The file is not readable Python.
        UnknownNameError: The file has no scanner of that name.
    """
    front, at, name = location.rpartition("@")
    if not at or not name or Path(location).exists():
        front, name = location, ""
    path = Path(front).expanduser()
    if path.is_dir():
        return [report for file in _python_files(path) if (report := _report(file)) is not None]
    scanners = _scanners(path, _bytes(path))
    if not name:
        return [ScannerFileReport(str(path), scanners)]
    by_name = {scanner.function_name: scanner for scanner in reversed(scanners)}
    by_name |= {scanner.name: scanner for scanner in reversed(scanners)}
    if name not in by_name:
        raise UnknownNameError(f"scanner in {str(path)!r}", name, [scanner.name for scanner in scanners])
    return [ScannerFileReport(str(path), (by_name[name],))]


def _python_files(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _NO_SOURCES)
        folders[:] = [f for f in folders if not (Path(parent) / f / "pyvenv.cfg").exists()]
        yield from (Path(parent) / file for file in sorted(files) if file.endswith(_SUFFIX))


def _report(file: Path) -> ScannerFileReport | None:
    try:
        data = _bytes(file)
        if _MENTION not in data:
            return None
        scanners = _scanners(file, data)
    except (ConfigError, LocationError, StorageError) as error:
        return ScannerFileReport(str(file), problem=str(error))
    return ScannerFileReport(str(file), scanners) if scanners else None


def _scanners(file: Path, data: bytes) -> tuple[ScannerSource, ...]:
    """Read the scanners of a file, decoded as Python does."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise ConfigError(f"The file {str(file)!r} is not Python text: {error}.") from error
    try:
        return parse_scanner_file(text)
    except ConfigError as error:
        raise ConfigError(f"{str(file)!r}: {error}") from error


def _bytes(file: Path) -> bytes:
    if file.is_dir():
        raise ConfigError(f"{str(file)!r} is a directory: name the Python file that holds the scanners.")
    try:
        with open_regular(file) as opened:
            data = opened.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise LocationError(
            f"The file {str(file)!r} {leads_nowhere(str(file)) or 'does not exist'}.{close_files(file)}"
        ) from None
    except OSError as error:
        raise StorageError(f"The file {str(file)!r} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"The file {str(file)!r} is larger than {MAX_BYTES:,} bytes, which no scanner file is.")
    return data
