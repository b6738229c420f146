"""The lock of a scan: one process at a time writes to it.

A file that only one process can create names the holder of the lock. On its own machine a process is looked up by its number.
Other machines go by the age of the file: the holder writes it again every few seconds, so an old one is that of a dead
process. Of those who find the holder dead one takes the lock over: whoever creates the file that is named after its record.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

import msgspec

from ..._support.errors import LocationError, ScanStateError, StorageError
from ..._support.ids import new_id
from ..._support.storage import Storage, host_name, join, process_exists
from ..._support.storage.processes import machine_id, process_start
from ..layout import JOURNAL, LOCK_FILE, SCAN_FILE

logger = logging.getLogger(__name__)

LEASE_SECONDS = 120.0
"""A lock of another machine lapses when its record is older (clocks of machines may differ by most of that)."""

RENEW_SECONDS = 20.0
"""Time between two writings of the record."""

_ATTEMPTS = 3
_WAIT_SECONDS = 0.5


class _LockedError(ScanStateError):
    """Another process holds the lock.

    Args:
        holder: One sentence that says which.
        advice: What to do.
    """

    def __init__(self, holder: str, advice: str) -> None:
        super().__init__(f"{holder} {advice}")
        self.holder = holder


class ScanGoneError(ScanStateError):
    """The directory of a scan was deleted or replaced while the scan ran.

    Args:
        location: The directory.
        what: What was done to it.
        fate: What that means for what was recorded in it.
        pairs: Pairs of transcript and scanner that were recorded (None: not known here).
    """

    def __init__(self, location: str, what: str, fate: str = "is lost", pairs: int | None = None) -> None:
        self._parts = (location, what, fate)
        recorded = "in it" if pairs is None else f"of {pairs:,} pairs of transcript and scanner"
        super().__init__(
            f"The directory of the scan, {location!r}, {what} while the scan ran: what was recorded {recorded} {fate}. "
            "Nothing more was written; start a new scan."
        )

    def __reduce__(self) -> tuple[type[ScanGoneError], tuple[str, str, str]]:
        return type(self), self._parts

    def with_count(self, pairs: int) -> ScanGoneError:
        """Say how much was recorded."""
        return ScanGoneError(*self._parts, pairs)


_own_tokens: set[str] = set()
"""Tokens of the locks that this process holds."""


class LockHolder(msgspec.Struct, frozen=True):
    """A process at work on a scan.

    Args:
        pid: Number of the process.
        host: Name of its machine.
        token: Tells its locks apart.
        started: When the process started, as the system counts; a later process with the same number differs ("": not known).
        machine: Tells machines of one name apart, and containers, each of which numbers its processes from 1 ("": not known).
    """

    pid: int
    host: str
    token: str
    started: str = msgspec.field(default="", name="born")
    machine: str = ""


@dataclass(frozen=True, slots=True)
class LockRecord:
    """What the file of a lock says.

    Args:
        text: All of it.
        holder: Who holds the lock (None: it is damaged).
        age: Seconds since it was written.
    """

    text: bytes
    holder: LockHolder | None
    age: float

    @property
    def is_held(self) -> bool:
        """Tell whether the holder is still at work, as far as can be seen from here."""
        return self.holder is not None and is_alive(self.holder, self.age)


_DECODER = msgspec.json.Decoder(LockHolder)


def lock_path(location: str) -> str:
    """File that names the holder of the lock."""
    return join(location, JOURNAL, LOCK_FILE)


async def read_lock_text(storage: Storage, location: str) -> bytes | None:
    """Read the file of the lock; None if nobody holds it."""
    try:
        return await storage.read(lock_path(location))
    except LocationError:
        return None


async def check_lock(storage: Storage, location: str, text: bytes) -> None:
    """See whether a scan is still where it was, and locked by the same process.

    Args:
        storage: Where the scan is.
        location: Its directory.
        text: What the file of its lock said.

    Raises:
        ScanGoneError: It was deleted, or another is in its place.
        ScanStateError: Another process took it over.
    """
    found = await read_lock_text(storage, location)
    if found == text:
        return
    if found is None:
        if await storage.stat(join(location, SCAN_FILE)) is None:
            raise ScanGoneError(location, "was deleted")
        # Another one in its place; or a process that took the scan over when this one was asleep is done with it.
        raise ScanGoneError(location, "was replaced by another", "may be lost")
    raise taken_over_error(location)


async def local_holder(storage: Storage, location: str) -> LockHolder:
    """Tell which process of this machine is at work on a scan.

    Raises:
        ScanStateError: Nobody is, or a process of another machine.
    """
    record = await read_lock(storage, lock_path(location))
    if record is None or record.holder is None or not record.is_held:
        raise ScanStateError(f"Nobody is at work on the scan at {location!r}, so there is nothing to cancel.")
    if _is_on_other_machine(record.holder):
        raise ScanStateError(f"The scan at {location!r} runs on {record.holder.host!r}; cancel it there.")
    return record.holder


def taken_over_error(location: str) -> ScanStateError:
    """Say that another process goes on with a scan."""
    return ScanStateError(
        f"The scan at {location!r} was taken over by another process, because this one gave no sign of life for "
        f"{LEASE_SECONDS:.0f} seconds. What it recorded is kept; the other process does the rest."
    )


async def read_lock(storage: Storage, path: str) -> LockRecord | None:
    """Read the record in a file; None if there is none."""
    entry = await storage.stat(path)
    if entry is None:
        return None
    try:
        text = await storage.read(path)
    except LocationError:
        return None
    holder: LockHolder | None = None
    with contextlib.suppress(ValueError):
        holder = _DECODER.decode(text)
    return LockRecord(text, holder if holder is not None and holder.pid > 0 else None, time.time() - entry.modified)


def is_alive(holder: LockHolder, age: float) -> bool:
    """Tell whether a process is still at work.

    Args:
        holder: The process.
        age: Seconds since it last wrote its record.
    """
    if _is_on_other_machine(holder):
        return age < LEASE_SECONDS
    if holder.pid == os.getpid():
        return holder.token in _own_tokens
    if not process_exists(holder.pid):
        return False
    return not holder.started or process_start(holder.pid) in ("", holder.started)


@contextlib.asynccontextmanager
async def locked(
    storage: Storage, location: str, renew_seconds: float = RENEW_SECONDS, wait: bool = False
) -> AsyncGenerator[None]:
    """Hold the lock of a scan for the block.

    A process that was asleep for so long that another one took the scan over is stopped as soon as it notices.

    Args:
        storage: Where the scan is.
        location: Its directory.
        renew_seconds: Time between two writings of the record.
        wait: Wait until whoever holds the lock releases it.

    Raises:
        ScanStateError: Another process holds the lock, or took it over meanwhile.
    """
    import asyncio  # here: commands that only look start without it

    holder = LockHolder(os.getpid(), host_name(), new_id(), process_start(os.getpid()), machine_id())
    text, path = msgspec.json.encode(holder), lock_path(location)
    waiting = False
    while True:
        try:
            await _acquire(storage, location, text)
            break
        except _LockedError as error:
            if not wait:
                raise
            if not waiting:
                logger.warning("Waiting: %s", error.holder)
            waiting = True
        await asyncio.sleep(_WAIT_SECONDS)  # another process gives no signal
    task, lost = asyncio.current_task(), asyncio.Event()

    def stop() -> None:
        lost.set()
        if task is not None:
            task.cancel()

    renewing = asyncio.create_task(_renew(storage, path, text, renew_seconds, stop))
    try:
        yield
    except asyncio.CancelledError:
        if not lost.is_set():
            raise
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        _own_tokens.discard(holder.token)
        await _release(storage, location, text)
    if lost.is_set():
        if task is not None:
            task.uncancel()
        if await read_lock_text(storage, location) is None and await storage.stat(join(location, SCAN_FILE)) is None:
            raise ScanGoneError(location, "was deleted")
        raise taken_over_error(location)


async def _acquire(storage: Storage, location: str, text: bytes) -> None:
    # Before the record can be read: others in this process would take it for that of a dead one.
    token = _DECODER.decode(text).token
    _own_tokens.add(token)
    try:
        await _create_or_take_over(storage, location, text)
    except BaseException:  # a cancelled attempt has not taken it either; raised again
        _own_tokens.discard(token)
        raise


async def _create_or_take_over(storage: Storage, location: str, text: bytes) -> None:
    path = lock_path(location)
    for _ in range(_ATTEMPTS):
        with contextlib.suppress(FileExistsError):
            await storage.create(path, text)
            return
        record = await read_lock(storage, path)
        if record is None:
            continue  # released just now
        _refuse_if_locked(record, location)
        successors = await _become_successor(storage, location, record, text)
        current = await read_lock(storage, path)
        is_first = current is not None and current.text == record.text
        if is_first:
            await storage.write(path, text)
        for successor in successors:
            await storage.delete(successor)
        if is_first:
            return
    raise ScanStateError(f"The scan at {location!r} is being taken over by other processes. Try again.")


async def _become_successor(storage: Storage, location: str, previous: LockRecord, text: bytes) -> list[str]:
    """Become the one that may take over the lock of a dead holder; returns the files that say so.

    Raises:
        ScanStateError: Another process is doing it.
    """
    path = join(location, JOURNAL, f"heir-{hashlib.sha256(previous.text).hexdigest()[:24]}.json")
    try:
        await storage.create(path, text)
    except FileExistsError:
        successor = await read_lock(storage, path)
        if successor is None:
            return []  # it has just taken the lock over
        _refuse_if_locked(successor, location)
        return [path, *await _become_successor(storage, location, successor, text)]  # it died before it did
    return [path]


def _refuse_if_locked(record: LockRecord, location: str) -> None:
    holder = record.holder
    if holder is None or not record.is_held:
        return
    if _is_on_other_machine(holder):
        left = max(1, round(LEASE_SECONDS - record.age))
        raise _LockedError(
            f"The scan at {location!r} is being worked on by process {holder.pid} on {holder.host!r}, which last said so "
            f"{max(0, round(record.age))} seconds ago.",
            f"Wait for it (--wait), or stop it there, and try again; if it is dead, the "
            f"scan is free in {left} seconds.",
        )
    where = "this process" if holder.pid == os.getpid() else f"process {holder.pid}"
    raise _LockedError(
        f"The scan at {location!r} is being worked on by {where}.",
        "Wait for it (--wait), or stop it, and try again.",
    )


async def _renew(storage: Storage, path: str, text: bytes, seconds: float, lost: Callable[[], None]) -> None:
    import asyncio

    while True:
        await asyncio.sleep(seconds)
        try:
            if await storage.read(path) != text:
                return lost()
            await storage.write(path, text)
        except LocationError:
            return lost()  # taken over, and released since
        except StorageError as error:
            logger.warning("The lock of the scan could not be renewed (next try in %g s): %s", seconds, error)


async def _release(storage: Storage, location: str, text: bytes) -> None:
    path, folder = lock_path(location), join(location, JOURNAL)
    with contextlib.suppress(LocationError):
        if await storage.read(path) == text:
            await storage.delete(path)
    if not await storage.list(folder):
        await storage.delete_tree(folder)


def _is_on_other_machine(holder: LockHolder) -> bool:
    return holder.host != host_name() or bool(holder.machine and holder.machine != machine_id())
