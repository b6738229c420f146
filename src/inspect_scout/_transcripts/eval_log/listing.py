"""Which files are logs."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from ..._support.errors import LocationError, LogReadError, NotAvailableError, ScoutError
from ..._support.storage import Entry, Storage, for_each, is_local, local_path, normalize, storage_for

_SNIFFED_BYTES = 16 << 10
# What Inspect names its own log files; of such a name a broken file is reported, of any other it is just another file.
_NAMED_AS_LOG = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}[:-]\d{2}[:-]\d{2}.*\.json$")
_FIRST_KEY = re.compile(
    rb'\s*\{\s*"(?:version|status|eval|plan|results|stats|error|samples|location|tags|metadata)"\s*:'
)
_EVAL_KEY = re.compile(rb'"eval"\s*:\s*\{')


def is_log_name(path: str) -> bool:
    """Tell whether a name is one of a log (`.json` files may be something else all the same)."""
    return path.lower().endswith((".eval", ".json"))


def check_location(location: str) -> str:
    """Make sure that a location exists and may hold eval logs; gives its full form.

    Raises:
        LocationError: There is nothing at the location, or what is there is no log.
        NotAvailableError: It is a transcript database.
        StorageError: It is remote, and a package that it needs is not installed.
    """
    if not is_local(location):
        storage_for(location)  # whether anything is there shows when it is listed
        return normalize(location)
    path = normalize(os.path.expanduser(local_path(location)))
    if location != local_path(location) and not os.path.exists(path):
        path = unquote(path)  # file:// as `Path.as_uri` writes it
    if os.path.isdir(path):
        if _is_database(path):
            raise NotAvailableError(f"Reading transcript databases ({path!r} holds parquet files)", "Name eval logs.")
    elif not os.path.exists(path):
        raise LocationError(f"No transcripts at {path!r}: there is no such file or folder. Check the path.")
    elif path.lower().endswith(".parquet"):
        raise NotAvailableError(f"Reading transcript databases ({path!r})", "Name eval logs.")
    elif not is_log_name(path):
        raise LocationError(f"{path!r} is no eval log: name a .eval or .json log, or a folder of logs.")
    return path


async def find_logs(locations: Sequence[str]) -> tuple[list[Entry], dict[str, LogReadError]]:
    """List the logs at some locations: those of folders sorted by path, no file twice; and what cannot be opened.

    Args:
        locations: Files and folders, in full form.

    Raises:
        LocationError: A location is gone.
    """
    entries: dict[str, Entry] = {}
    failed: dict[str, LogReadError] = {}
    for location in locations:
        storage = storage_for(location)
        entry = await storage.stat(location)
        if entry is not None:
            entries.setdefault(entry.path, entry)
            continue
        found = await storage.list(location)
        if not found and not _is_folder(location):
            raise LocationError(f"No transcripts at {location!r}: there is no such file or folder. Check the path.")
        for entry, kept in zip(found, await for_each(location, found, functools.partial(_is_log, storage))):
            if isinstance(kept, LogReadError):
                failed[entry.path] = kept
            elif kept:
                entries.setdefault(entry.path, entry)
    return list(entries.values()), failed


def _is_folder(location: str) -> bool:
    # Object stores know no empty folders.
    return is_local(location) and os.path.isdir(location)


async def _is_log(storage: Storage, entry: Entry) -> bool | LogReadError:
    """Tell whether a file of a folder is a log; an error if that cannot be told."""
    name = entry.path.rsplit("/", 1)[-1]
    if not name.endswith(".json"):
        return name.endswith(".eval")
    try:
        return _starts_a_log(name, await storage.read_range(entry.path, 0, _SNIFFED_BYTES))
    except (ScoutError, OSError) as error:
        return LogReadError(entry.path, str(error))


def _starts_a_log(name: str, start: bytes) -> bool:
    """Tell by the beginning of a `.json` file whether it is a log."""
    if _FIRST_KEY.match(start) and _EVAL_KEY.search(start):
        return True
    return bool(_NAMED_AS_LOG.match(name)) and not start.lstrip().startswith((b"{", b"["))


def _is_database(folder: str) -> bool:
    """Tell whether a folder holds parquet files and no logs."""
    parquet, maybe_logs = False, list[str]()
    for name in _walk(folder):
        if name.endswith(".eval"):
            return False
        parquet = parquet or name.endswith(".parquet")
        if name.endswith(".json"):
            maybe_logs.append(name)
    return parquet and not any(_sniffed(name) for name in maybe_logs)


def _walk(folder: str) -> Iterable[str]:
    for root, _, names in os.walk(folder):
        for name in names:
            yield os.path.join(root, name)


def _sniffed(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return _starts_a_log(os.path.basename(path), file.read(_SNIFFED_BYTES))
    except OSError:
        return False
