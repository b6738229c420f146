"""What is at a location: eval logs or a database."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal
from urllib.parse import unquote

from .._support.errors import ConfigError, LocationError
from .._support.regular import irregular_kind, leads_nowhere
from .._support.storage import Storage, is_local, local_path, normalize, storage_for
from .eval_log.listing import find_logs, is_log, is_log_name

Kind = Literal["eval_log", "database", "undecided"]
"""What there may be. Undecided: a folder that has neither `.eval` nor parquet files, or is not there (yet)."""

_DATA = ".parquet"
_INDEX = "_index"


def find_location(location: str) -> tuple[Kind, str]:
    """Find out what is at a location; gives its full form, too.

    A folder with logs holds logs, whatever else is in it; one with parquet files and no logs is a database.

    Raises:
        LocationError: There is no such file, or it is something else.
        StorageError: A package that its scheme needs is not installed.
    """
    if not is_local(location):
        return _remote_kind(normalize(location)), normalize(location)
    path = _full_path(location)
    if os.path.isdir(path):
        return _folder_kind(_walk(path)), path
    _check_regular(path)
    if not os.path.exists(path):
        if not path.lower().endswith((_DATA, ".eval", ".json")):
            return "undecided", path
        raise LocationError(f"No transcripts at {path!r}: there is no such file or folder. Check the path.")
    if path.lower().endswith(_DATA):
        return "database", path
    if not is_log_name(path):
        raise LocationError(
            f"{path!r} is not an eval log or a database: name a .eval or .json log, a .parquet file, or a folder of these."
        )
    return "eval_log", path


def _check_regular(path: str) -> None:
    """Refuse what is there and can never be read."""
    what = leads_nowhere(path)
    if what is None:
        try:
            kind = irregular_kind(os.stat(path).st_mode)
        except OSError:
            return  # it is not there, or those who open it say why they cannot
        what = f"is {kind}" if kind is not None else None
    if what is not None:
        raise LocationError(
            f"{path!r} {what}: transcripts are read from regular files. Name a .eval or .json log, a .parquet file, or a "
            "folder of these."
        )


def database_location(location: str) -> str:
    """Give the full form of the location of a database, which need not exist.

    Raises:
        ConfigError: There are eval logs.
    """
    full = _full_path(location) if is_local(location) else normalize(location)
    if is_local(full):
        kind = find_location(full)[0] if os.path.exists(full) and not full.lower().endswith(_DATA) else "database"
        logs = kind == "eval_log" or (kind == "undecided" and any(map(is_log, _walk(full))))
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

    def look() -> Kind:
        return asyncio.run(_remote_folder_kind(storage, location))

    # In a thread, because this function is called where an event loop is running, too.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(look).result()


async def _remote_folder_kind(storage: Storage, location: str) -> Kind:
    kind, maybe_logs = _sorted_out(entry.path for entry in await storage.list(location))
    if kind != "database" or not maybe_logs:
        return kind
    logs, _ = await find_logs([location])
    return "eval_log" if logs else kind


def _folder_kind(paths: Iterable[str]) -> Kind:
    kind, maybe_logs = _sorted_out(paths)
    return "eval_log" if kind == "database" and any(map(is_log, maybe_logs)) else kind


def _sorted_out(paths: Iterable[str]) -> tuple[Kind, Sequence[str]]:
    """Tell what files look like by their names, and which of them may be logs all the same.

    A single `.eval` file settles it: the rest of a large folder is not looked at.
    """
    database, maybe_logs = False, list[str]()
    for path in paths:
        indexed = f"/{_INDEX}/" in path
        if path.endswith(".eval") and not indexed:
            return "eval_log", ()
        database = database or indexed or path.endswith(_DATA)
        if path.endswith(".json") and not indexed:
            maybe_logs.append(path)
    return ("database" if database else "undecided"), maybe_logs


def _walk(folder: str) -> Iterable[str]:
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            # What has the name of a file and is none decides nothing. Only names that matter cost a look.
            if not path.lower().endswith((_DATA, ".eval")) or os.path.isfile(path):
                yield path
