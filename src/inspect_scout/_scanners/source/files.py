"""Scanner files on disk: read, described, and changed in place."""

from __future__ import annotations

import io
import os
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..._support.errors import ConfigError, LocationError, SourceChangedError, StorageError, UnknownNameError
from ..._support.regular import leads_nowhere, open_regular
from .edit import apply_scanner_changes
from .model import ScannerSource, SourceFile
from .parse import parse_scanner_file, source_unchanged
from .ruff import format_as_before

__all__ = [
    "ScannerFileReport",
    "SourceChangedError",
    "describe_scanner_files",
    "read_scanner_file",
    "write_scanner_changes",
]

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
        ConfigError: The file is no readable Python.
        UnknownNameError: The file has no scanner of that name.
    """
    path, name = _split(location)
    if path.is_dir():
        return [report for file in _python_files(path) if (report := _report(file)) is not None]
    found = read_scanner_file(path)
    if name is None:
        return [ScannerFileReport(str(path), found.scanners)]
    scanner = found.find(name)
    if scanner is None:
        raise UnknownNameError(f"scanner in {str(path)!r}", name, [scanner.name for scanner in found.scanners])
    return [ScannerFileReport(str(path), (scanner,))]


def read_scanner_file(path: str | Path) -> SourceFile:
    """Read the scanners of a file, without running it.

    Raises:
        LocationError: There is no such file.
        ConfigError: It is no readable Python.
    """
    file = Path(path)
    text, _ = _decoded(file, _bytes(file))
    return _named(file, text)


def write_scanner_changes(path: str | Path, seen: str, updated: ScannerSource) -> str:
    """Change a scanner of a file on disk, and nothing else in it.

    Comments and layout that changed on disk since the text was seen are kept. The file is formatted by ruff if it was
    before, ruff is on the PATH and the project configures it.

    Args:
        path: The file.
        seen: Its text as the caller saw it.
        updated: The scanner as it is to be; its function says which one it is.

    Returns:
        The new text.

    Raises:
        SourceChangedError: The file says something else by now than what the caller saw; nothing was written.
        ConfigError: The scanner cannot be changed but by hand.
        LocationError: There is no such file.
    """
    file = Path(path)
    text, encoding = _decoded(file, _bytes(file))
    if not source_unchanged(text, seen):
        raise SourceChangedError(
            f"The file {str(file)!r} was changed since it was read, so it was not written. Read it again, and repeat "
            "the change."
        )
    changed = format_as_before(file, text, apply_scanner_changes(text, updated))
    try:
        data = changed.encode(encoding)
    except UnicodeEncodeError as error:
        raise ConfigError(
            f"The file {str(file)!r} is written in {encoding}, which has no {error.object[error.start]!r}."
        ) from error
    _replace(file, data)
    return changed


def _split(location: str) -> tuple[Path, str | None]:
    front, at, name = location.rpartition("@")
    if not at or Path(location).exists() or not name:
        return Path(location).expanduser(), None
    return Path(front).expanduser(), name


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
        found = _named(file, _decoded(file, data)[0])
    except (ConfigError, LocationError, StorageError) as error:
        return ScannerFileReport(str(file), problem=str(error))
    return ScannerFileReport(str(file), found.scanners) if found.scanners else None


def _named(file: Path, text: str) -> SourceFile:
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
        raise LocationError(f"The file {str(file)!r} {leads_nowhere(str(file)) or 'does not exist'}.") from None
    except OSError as error:
        raise StorageError(f"The file {str(file)!r} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"The file {str(file)!r} is larger than {MAX_BYTES:,} bytes, which no scanner file is.")
    return data


def _decoded(file: Path, data: bytes) -> tuple[str, str]:
    """Read bytes as Python does, but leave line ends as they are; gives the text and its encoding."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding), encoding
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise ConfigError(f"The file {str(file)!r} is no Python text: {error}.") from error


def _replace(file: Path, data: bytes) -> None:
    """Write a file so that it is the old or the new one at any time."""
    real = file.resolve()
    draft = real.with_name(f".{real.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(data)
        draft.chmod(real.stat().st_mode & 0o7777)
        draft.replace(real)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StorageError(f"The file {str(file)!r} cannot be written: {error.strerror or error}.") from error
