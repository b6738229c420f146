"""Names of the files in a scan directory."""

from __future__ import annotations

from .._support.errors import ConfigError
from .._support.storage import join

SCAN_FILE = "_scan.json"
SUMMARY_FILE = "_summary.json"
ERRORS_FILE = "_errors.jsonl"
EMPTY_FILE = "_empty.json"
"""Pairs that were recorded without a row: {scanner: [transcript ids]}."""
JOURNAL = "_journal"
LOCK_FILE = "owner.json"
TABLE_SUFFIX = ".parquet"
SCAN_PREFIX = "scan_id="


def scan_directory(scans_location: str, scan_id: str) -> str:
    """Directory of a scan below the location of scans."""
    if not scan_id or "/" in scan_id or "\\" in scan_id:
        raise ConfigError(f"{scan_id!r} cannot be the id of a scan: use letters, digits, '-' and '_'.")
    return join(scans_location, SCAN_PREFIX + scan_id)


def scan_id_of(location: str) -> str:
    """Id of the scan in a directory, by the name of the directory, given with or without the folders above it."""
    return file_name(location.rstrip("/")).removeprefix(SCAN_PREFIX)


def table_path(location: str, scanner: str) -> str:
    """Parquet file of a scanner.

    Raises:
        ConfigError: The key cannot be a file name; a scan directory of a stranger must not write elsewhere.
    """
    if not scanner or scanner[0] in "._" or any(c in scanner for c in "/\\\0:"):
        raise ConfigError(
            f"{scanner!r} cannot be the key of a scanner: use letters, digits and '_', beginning with a letter."
        )
    return join(location, scanner + TABLE_SUFFIX)


def file_name(path: str) -> str:
    """Last part of a path."""
    return path.rpartition("/")[2]


def scanner_of_table(path: str) -> str | None:
    """Key of the scanner that a file of a scan directory belongs to; None for other files."""
    name = file_name(path)
    if not name.endswith(TABLE_SUFFIX) or name[0] in "._":
        return None
    return name[: -len(TABLE_SUFFIX)]
