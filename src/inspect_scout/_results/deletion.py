"""Deleting scan directories: only what is one, and nobody is at work on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .._support.errors import LocationError, ScanStateError
from .._support.storage import (
    Entry,
    Storage,
    for_each,
    is_local,
    join,
    local_path,
    normalize,
    relative_to,
    run_in_thread,
    storage_for,
)
from .files.light_spec import read_light_spec
from .journal.lock import lock_path, locked, read_lock
from .layout import JOURNAL, SCAN_FILE, TABLE_SUFFIX, scan_id_of

MAX_NAMED = 3


@dataclass(frozen=True, slots=True)
class ScanFiles:
    """What is in a scan directory.

    Args:
        location: The directory.
        count: Number of its files.
        size: Their bytes.
    """

    location: str
    count: int
    size: int


async def deletable_files(location: str, storage: Storage | None = None) -> ScanFiles:
    """Look at what would be deleted with a scan.

    Args:
        location: Its directory.
        storage: Where it is (None: what serves the location).

    Raises:
        LocationError: It is not the directory of a scan, or holds more than a scan.
        ScanStateError: The scan is running.
    """
    where, folder = storage if storage is not None else storage_for(location), normalize(location)
    await _refuse_other(where, folder)  # before anything is listed: some other directory may be as large as a bucket
    lock = await read_lock(where, lock_path(folder))
    if lock is not None and lock.is_held:
        raise ScanStateError(
            f"The scan at {folder!r} is running, so it cannot be deleted. Stop it (Ctrl-C where it runs), or wait for it."
        )
    _refuse_links(folder)
    entries = await where.list(folder)
    _refuse_strange(folder, entries)
    return ScanFiles(folder, len(entries), sum(entry.size for entry in entries))


async def files_of_scan(location: str, storage: Storage | None = None) -> list[Entry]:
    """List the files of a scan, those left out that say who is at work on it.

    Raises:
        LocationError: It is not the directory of a scan, or holds more than a scan.
    """
    where, folder = storage if storage is not None else storage_for(location), normalize(location)
    await read_light_spec(where, folder)  # a copy of a scan may have any name
    _refuse_links(folder)
    entries = await where.list(folder)
    _refuse_strange(folder, entries)
    return [entry for entry in entries if entry.path != lock_path(folder)]


async def _refuse_other(where: Storage, folder: str) -> None:
    """Refuse a directory that is not that of a scan: its file must define one, which has the id that the directory has."""
    scan_id = (await read_light_spec(where, folder)).scan_id
    if scan_id != scan_id_of(folder):
        raise LocationError(
            f"{folder!r} is not the directory of the scan that it describes, whose id is {scan_id!r}. Name the directory "
            f"'scan_id={scan_id}' if it is a copy of that scan; delete anything else by other means."
        )


def _refuse_strange(folder: str, entries: Sequence[Entry]) -> None:
    strange = [name for entry in entries if not _belongs_to_scan(name := relative_to(folder, entry.path))]
    if strange:
        named = ", ".join(map(repr, strange[:MAX_NAMED])) + (", ..." if len(strange) > MAX_NAMED else "")
        raise LocationError(
            f"The directory of the scan, {folder!r}, holds files that are not part of a scan: {named}. Move them away, "
            "or delete the directory by other means."
        )


async def delete_scan(location: str, storage: Storage | None = None) -> None:
    """Delete the directory of a scan. If that is cut short, what is left is a scan that can be deleted again.

    Args:
        location: The directory.
        storage: Where it is (None: what serves the location).

    Raises:
        LocationError: It is not the directory of a scan, or holds more than a scan.
        ScanStateError: The scan is running.
    """
    where, folder = storage if storage is not None else storage_for(location), normalize(location)
    await deletable_files(folder, where)
    async with locked(where, folder):  # so that nobody goes on with it meanwhile
        last = {join(folder, SCAN_FILE), lock_path(folder)}
        paths = [entry.path for entry in await where.list(folder) if entry.path not in last]
        await for_each(folder, paths, where.delete)
        await where.delete_tree(folder)


async def move_scan(location: str, move: Callable[[str], str | os.PathLike[str]]) -> None:
    """Move the directory of a scan of this machine elsewhere, under its lock.

    Args:
        location: The directory.
        move: Moves it, in a thread; returns where it is then.

    Raises:
        LocationError: It is not the directory of a scan, or holds more than a scan.
        ScanStateError: The scan is running.
    """
    where, folder = storage_for(location), normalize(location)
    await deletable_files(folder, where)
    async with locked(where, folder):  # so that nobody goes on with it meanwhile
        moved = await run_in_thread(folder, lambda: move(folder))
    # The lock went along, and who takes the scan back is to find it free. The places of a server do not hold the trash.
    lock = lock_path(os.fspath(moved))
    with contextlib.suppress(OSError):
        os.unlink(lock)
        os.rmdir(os.path.dirname(lock))


def _refuse_links(folder: str) -> None:
    """Refuse a directory that leads elsewhere: what is there need not be part of a scan."""
    if not is_local(folder):
        return
    for path in (folder, join(folder, JOURNAL)):
        if os.path.islink(local_path(path)):
            raise LocationError(
                f"{path!r} is a link, so it is not deleted. Delete the link, and what it leads to, yourself."
            )


def _belongs_to_scan(name: str) -> bool:
    """Tell whether scans make files of this name, relative to their directory."""
    above, _, file = name.rpartition("/")
    if above:
        return above == JOURNAL
    return file.startswith(("_", ".")) or file.endswith(TABLE_SUFFIX)
