"""Who is at work on a scan."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncGenerator

import msgspec

from .._support.errors import LocationError, ScanStateError
from .._support.ids import new_id
from .._support.storage import Storage, host_name, join, process_exists
from .layout import JOURNAL, OWNER_FILE

_here: set[str] = set()
"""Claims that this process holds."""


class Owner(msgspec.Struct, frozen=True):
    """A process at work on a scan.

    Args:
        pid: Number of the process.
        host: Name of its machine.
        token: Tells its claims apart.
        born: When the process started, as the system counts; a later process with the same number differs ("": not known).
    """

    pid: int
    host: str
    token: str
    born: str = ""


_DECODER = msgspec.json.Decoder(Owner)


def owner_path(location: str) -> str:
    """File that names the owner of a scan."""
    return join(location, JOURNAL, OWNER_FILE)


def parse_owner(text: bytes) -> Owner | None:
    """Read a claim; None if it is damaged."""
    try:
        return _DECODER.decode(text)
    except ValueError:
        return None


def is_alive(owner: Owner) -> bool:
    """Tell whether a process is still at work, as far as this machine can see (others are taken for gone)."""
    if owner.host != host_name():
        return False
    if owner.pid == os.getpid():
        return owner.token in _here
    if not process_exists(owner.pid):
        return False
    return not owner.born or _born(owner.pid) in ("", owner.born)


@contextlib.asynccontextmanager
async def claimed(storage: Storage, location: str) -> AsyncGenerator[None]:
    """Hold a scan for the block.

    Raises:
        ScanStateError: A live process of this machine holds it.
    """
    owner = Owner(os.getpid(), host_name(), new_id(), _born(os.getpid()))
    await _take(storage, location, owner)
    _here.add(owner.token)
    try:
        yield
    finally:
        _here.discard(owner.token)
        await _give_back(storage, location, owner)


async def _take(storage: Storage, location: str, owner: Owner) -> None:
    path, text = owner_path(location), msgspec.json.encode(owner)
    try:
        await storage.create(path, text)
    except FileExistsError:
        holder = await _read(storage, path)
        if holder is not None and is_alive(holder):
            where = "this process" if holder.pid == os.getpid() else f"process {holder.pid}"
            raise ScanStateError(
                f"The scan at {location!r} is being worked on by {where}. Wait for it, or stop it, and try again."
            ) from None
        await storage.write(path, text)  # its owner is gone


async def _give_back(storage: Storage, location: str, owner: Owner) -> None:
    path = owner_path(location)
    holder = await _read(storage, path)
    if holder is not None and holder.token == owner.token:
        await storage.delete(path)
    if not await storage.list(join(location, JOURNAL)):
        await storage.delete_tree(join(location, JOURNAL))


async def _read(storage: Storage, path: str) -> Owner | None:
    try:
        return parse_owner(await storage.read(path))
    except LocationError:
        return None


def _born(pid: int) -> str:
    """Start of a process in clock ticks since boot, where the system tells."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return ""
    return fields[19].decode() if len(fields) > 19 else ""
