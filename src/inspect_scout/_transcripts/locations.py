"""What is at a location: eval logs or a database."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal
from urllib.parse import unquote

from .._support.errors import ConfigError, LocationError
from .._support.storage import Storage, is_local, local_path, normalize, storage_for
from .eval_log import find_logs, is_log, is_log_name

Kind = Literal["eval_log", "database"]
"""What there may be."""

_DATA = ".parquet"
_INDEX = "_index"


def find_location(location: str) -> tuple[Kind, str]:
    """Find out what is at a location; gives its full form, too.

    A folder with logs holds logs, whatever else is in it; one with parquet files and no logs is a database.

    Raises:
        LocationError: There is nothing, or something else.
        StorageError: A package that its scheme needs is not installed.
    """
    if not is_local(location):
        return _remote_kind(normalize(location)), normalize(location)
    path = _full_path(location)
    if os.path.isdir(path):
        return ("database" if _is_database(_walk(path)) else "eval_log"), path
    if not os.path.exists(path):
        raise LocationError(f"No transcripts at {path!r}: there is no such file or folder. Check the path.")
    if path.lower().endswith(_DATA):
        return "database", path
    if not is_log_name(path):
        raise LocationError(
            f"{path!r} is no eval log and no database: name a .eval or .json log, a .parquet file, or a folder of these."
        )
    return "eval_log", path


def database_location(location: str) -> str:
    """Give the full form of the location of a database, which need not exist.

    Raises:
        ConfigError: There are eval logs.
    """
    full = _full_path(location) if is_local(location) else normalize(location)
    if is_local(full):
        logs = os.path.exists(full) and not full.lower().endswith(_DATA) and find_location(full)[0] == "eval_log"
        logs = logs and (not os.path.isdir(full) or any(is_log(path) for path in _walk(full)))
    else:
        storage_for(full)
        logs = is_log_name(full)
    if logs:
        raise ConfigError(
            f"{full!r} holds eval logs and is no transcript database: read them with transcripts_from, or name another "
            "folder."
        )
    return full


def _full_path(location: str) -> str:
    path = normalize(os.path.expanduser(local_path(location)))
    if location != local_path(location) and not os.path.exists(path):
        path = unquote(path)  # file:// as `Path.as_uri` writes it
    return path


def _remote_kind(location: str) -> Kind:
    storage = storage_for(location)
    if is_log_name(location):
        return "eval_log"
    if location.lower().endswith(_DATA):
        return "database"
    # In a thread, because this function is called where an event loop is running, too.
    with ThreadPoolExecutor(max_workers=1) as thread:
        database = thread.submit(lambda: asyncio.run(_is_remote_database(storage, location))).result()
    return "database" if database else "eval_log"


async def _is_remote_database(storage: Storage, location: str) -> bool:
    database, maybe_logs = _sorted_out(entry.path for entry in await storage.list(location))
    if not database or not maybe_logs:
        return database
    logs, _ = await find_logs([location])
    return not logs


def _is_database(paths: Iterable[str]) -> bool:
    """Tell whether there are parquet files or an index among local files, and no logs."""
    database, maybe_logs = _sorted_out(paths)
    return database and not any(map(is_log, maybe_logs))


def _sorted_out(paths: Iterable[str]) -> tuple[bool, Sequence[str]]:
    """Tell whether files look like a database, by their names, and which of them may be logs all the same.

    A single `.eval` file settles it: the rest of a large folder is not looked at.
    """
    database, maybe_logs = False, list[str]()
    for path in paths:
        indexed = f"/{_INDEX}/" in path
        if path.endswith(".eval") and not indexed:
            return False, ()
        database = database or indexed or path.endswith(_DATA)
        if path.endswith(".json") and not indexed:
            maybe_logs.append(path)
    return database, maybe_logs


def _walk(folder: str) -> Iterable[str]:
    for root, _, names in os.walk(folder):
        for name in names:
            yield os.path.join(root, name)
