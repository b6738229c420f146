"""Names of the files of a database."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ...._support.errors import ConfigError
from ...._support.storage import join, relative_to

SOURCE_TYPE = "database"
"""Kind of source, as scans record it."""

INDEX_FOLDER = "_index"
"""Folder of the index files."""
LOG_FOLDER = "_index/log"
"""Folder of the log of commits."""
MARKER_FOLDER = "_index/pending"
"""Folder of the markers of data files that are not committed."""
INDEX_SUFFIX, DATA_SUFFIX, MARKER_SUFFIX = ".idx", ".parquet", ".pending"

_TIMESTAMP_FORMAT = "%Y%m%dT%H%M%S%f"
_SECONDS_LENGTH = len("20260101T000000")
_LAST_TIMESTAMP = "9" * 8 + "T" + "9" * 12
# The seconds, and the microseconds of our own names: after the seconds, or (in manifests) before the random suffix.
_TIMESTAMP = re.compile(r"_(\d{8}T\d{6})(?:(\d{6})_[0-9A-Za-z]+|_(\d{6})[0-9a-f]{8}|_[0-9A-Za-z]+)\.[a-z]+$")
_INDEX_NAME = re.compile(r"[^/\\\0]+\.idx")
_SAFE_SESSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_UNSAFE = re.compile(r"[^A-Za-z0-9-]+")


def timestamp_in(name: str) -> str:
    """Give the moment that a name tells, as text that compares like the moments; empty if it tells none."""
    seconds, micros = _timestamp_parts(name)
    return seconds and seconds + (micros or "000000")


def is_own(name: str) -> bool:
    """Tell whether an index file was named here (with microseconds), so that it counts only when the log says so."""
    return bool(_timestamp_parts(name)[1])


def is_index(name: str) -> bool:
    """Tell whether a name directly in the index folder is that of an index file."""
    return bool(_INDEX_NAME.fullmatch(name)) and not name.startswith(".")


def is_manifest(name: str) -> bool:
    """Tell whether an index file is a manifest: one that stands for others."""
    return name.startswith("_manifest_")


def by_age(name: str) -> tuple[str, str]:
    """Order names of index files from old to new."""
    return timestamp_in(name), name


class FileNamer:
    """New names, each later than all names before it, also where the clock goes backwards.

    Args:
        present: Names that are there already.
    """

    def __init__(self, present: Iterable[str] = ()) -> None:
        self._last = max(("", *map(_latest_timestamp, present)))

    def next_timestamp(self) -> str:
        """Make a timestamp."""
        now = datetime.now(UTC).strftime(_TIMESTAMP_FORMAT)
        self._last = now if now > self._last else _next_timestamp(self._last)
        return self._last

    def data_file(self, session: str | None = None) -> str:
        """Name a data file."""
        middle = f"{session}_" if session else ""
        return f"transcripts_{middle}{self.next_timestamp()}_{_random_suffix()}{DATA_SUFFIX}"

    def manifest(self) -> str:
        """Name a manifest.

        The published package passes over index files beside a manifest whose name has more than the seconds in their
        place, so the microseconds stand behind them.
        """
        timestamp = self.next_timestamp()
        return f"_manifest_{timestamp[:_SECONDS_LENGTH]}_{timestamp[_SECONDS_LENGTH:]}{_random_suffix()}{INDEX_SUFFIX}"


def index_name_for(name: str) -> str:
    """Name an index file that stands for a file, also in the order of names."""
    return f"index_{timestamp_in(name) or FileNamer().next_timestamp()}_{_random_suffix()}{INDEX_SUFFIX}"


def session_name(session_id: str) -> str:
    """Make a session's id fit for file names; different ids give different names.

    Raises:
        ConfigError: It is empty.
    """
    if not session_id:
        raise ConfigError(f"{session_id!r} is not a session: give some text, or None.")
    if _SAFE_SESSION.fullmatch(session_id):
        return session_id
    digest = hashlib.sha256(session_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{_UNSAFE.sub('-', session_id)[:32].strip('-')}-{digest}".lstrip("-")


def index_path(location: str, name: str) -> str:
    """Give the full location of an index file."""
    return join(location, INDEX_FOLDER, name)


def data_file_name(location: str, path: str) -> str:
    """Give the name that the index has for a data file."""
    return path.rpartition("/")[2] if path == location else relative_to(location, path)


def data_file_path(location: str, name: str) -> str:
    """Give the full location of a data file.

    Raises:
        ConfigError: The name leads out of the database.
    """
    if location.endswith(DATA_SUFFIX) and location.rpartition("/")[2] == name:
        return location
    return join(location, name)


def data_file_location(location: str, name: str) -> str:
    """Say where a data file is; of a name that leads out of the database, the database."""
    try:
        return data_file_path(location, name)
    except ConfigError:
        return location


def _latest_timestamp(name: str) -> str:
    """Give the last moment that a name may mean: names of other programs end with the seconds, and sort behind them."""
    seconds, micros = _timestamp_parts(name)
    return seconds and seconds + (micros or "999999")


def _timestamp_parts(name: str) -> tuple[str, str]:
    """Give the seconds and the microseconds that a name tells, each empty if it does not."""
    match = _TIMESTAMP.search(name)
    return (match[1], match[2] or match[3] or "") if match else ("", "")


def _next_timestamp(stamp: str) -> str:
    try:
        return (datetime.strptime(stamp, _TIMESTAMP_FORMAT).replace(tzinfo=UTC) + timedelta(microseconds=1)).strftime(
            _TIMESTAMP_FORMAT
        )
    except (ValueError, OverflowError):
        # No moment of any calendar: it was not meant as a time.
        return min(stamp, _LAST_TIMESTAMP)


def _random_suffix() -> str:
    return os.urandom(4).hex()
