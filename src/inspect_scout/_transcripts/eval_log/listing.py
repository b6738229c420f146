"""Which files are logs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from ..._support.errors import LocationError, LogReadError, NotAvailableError, ScoutError
from ..._support.storage import Entry, Storage, is_local, local_path, normalize, storage_for

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
        NotAvailableError: It is remote, or a transcript database.
    """
    if not is_local(location):
        storage_for(location)
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
        for entry in found:
            try:
                if _is_log(storage, entry):
                    entries.setdefault(entry.path, entry)
            except (ScoutError, OSError) as error:
                failed[entry.path] = LogReadError(entry.path, str(error))
    return list(entries.values()), failed


def _is_folder(location: str) -> bool:
    return not is_local(location) or os.path.isdir(location)


def _is_log(storage: Storage, entry: Entry) -> bool:
    """Tell whether a file of a folder is a log."""
    name = entry.path.rsplit("/", 1)[-1]
    if name.endswith(".eval"):
        return True
    if not name.endswith(".json"):
        return False
    start = _start(storage, entry.path)
    if _FIRST_KEY.match(start) and _EVAL_KEY.search(start):
        return True
    return bool(_NAMED_AS_LOG.match(name)) and not start.lstrip().startswith((b"{", b"["))


def _start(storage: Storage, path: str) -> bytes:
    with storage.open_read(path) as file:
        return file.read(_SNIFFED_BYTES)


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
        return _is_log(storage_for(path), Entry(path, 0, "", 0.0))
    except (ScoutError, OSError):
        return False
