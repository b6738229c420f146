"""Who is at work on a scan.

The owner of a scan is named in a file that only one process can create. On its own machine a process is asked for by
number. Other machines go by the age of the file: its owner writes it again every few seconds, so an old one is that of a
dead process. Of those who find an owner dead one succeeds it, whoever creates the file that is named after its claim.
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
from ..layout import JOURNAL, OWNER_FILE, SCAN_FILE

logger = logging.getLogger(__name__)

LEASE_SECONDS = 120.0
"""A claim of another machine lapses when it is older (clocks of machines may differ by most of that)."""

RENEW_SECONDS = 20.0
"""Time between two writings of a claim."""

_ATTEMPTS = 3
_WAIT_SECONDS = 0.5


class _HeldError(ScanStateError):
    """Another process holds the scan.

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
        self._said = (location, what, fate)
        recorded = "in it" if pairs is None else f"of {pairs:,} pairs of transcript and scanner"
        super().__init__(
            f"The directory of the scan, {location!r}, {what} while the scan ran: what was recorded {recorded} {fate}. "
            "Nothing more was written; start a new scan."
        )

    def __reduce__(self) -> tuple[type[ScanGoneError], tuple[str, str, str]]:
        return type(self), self._said

    def with_count(self, pairs: int) -> ScanGoneError:
        """Say how much was recorded."""
        return ScanGoneError(*self._said, pairs)


_here: set[str] = set()
"""Claims that this process holds."""


class Owner(msgspec.Struct, frozen=True):
    """A process at work on a scan.

    Args:
        pid: Number of the process.
        host: Name of its machine.
        token: Tells its claims apart.
        born: When the process started, as the system counts; a later process with the same number differs ("": not known).
        machine: Tells machines of one name apart, and containers, each of which counts processes anew ("": not known).
    """

    pid: int
    host: str
    token: str
    born: str = ""
    machine: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the file of an owner says.

    Args:
        text: All of it.
        owner: The owner (None: it is damaged).
        age: Seconds since it was written.
    """

    text: bytes
    owner: Owner | None
    age: float

    @property
    def is_held(self) -> bool:
        """Tell whether the owner is still at work, as far as can be seen from here."""
        return self.owner is not None and is_alive(self.owner, self.age)


_DECODER = msgspec.json.Decoder(Owner)


def owner_path(location: str) -> str:
    """File that names the owner of a scan."""
    return join(location, JOURNAL, OWNER_FILE)


async def owner_text(storage: Storage, location: str) -> bytes | None:
    """Read what the owner of a scan has written; None if it has none."""
    try:
        return await storage.read(owner_path(location))
    except LocationError:
        return None


async def check_still_there(storage: Storage, location: str, text: bytes) -> None:
    """See whether a scan is still where it was, and held by the same owner.

    Args:
        storage: Where the scan is.
        location: Its directory.
        text: What its owner has written.

    Raises:
        ScanGoneError: It was deleted, or another is in its place.
        ScanStateError: Another process took it over.
    """
    found = await owner_text(storage, location)
    if found == text:
        return
    if found is None:
        if await storage.stat(join(location, SCAN_FILE)) is None:
            raise ScanGoneError(location, "was deleted")
        # Another one in its place; or a process that took the scan over when this one was asleep is through with it.
        raise ScanGoneError(location, "was replaced by another", "may be lost")
    raise taken_over(location)


def taken_over(location: str) -> ScanStateError:
    """Say that another process goes on with a scan."""
    return ScanStateError(
        f"The scan at {location!r} was taken over by another process, because this one gave no sign of life for "
        f"{LEASE_SECONDS:.0f} seconds. What it recorded is kept; the other process does the rest."
    )


async def read_claim(storage: Storage, path: str) -> Claim | None:
    """Read a claim; None if there is none."""
    entry = await storage.stat(path)
    if entry is None:
        return None
    try:
        text = await storage.read(path)
    except LocationError:
        return None
    owner: Owner | None = None
    with contextlib.suppress(ValueError):
        owner = _DECODER.decode(text)
    return Claim(text, owner if owner is not None and owner.pid > 0 else None, time.time() - entry.modified)


def is_alive(owner: Owner, age: float) -> bool:
    """Tell whether a process is still at work.

    Args:
        owner: The process.
        age: Seconds since it last wrote its claim.
    """
    if _is_elsewhere(owner):
        return age < LEASE_SECONDS
    if owner.pid == os.getpid():
        return owner.token in _here
    if not process_exists(owner.pid):
        return False
    return not owner.born or _born(owner.pid) in ("", owner.born)


@contextlib.asynccontextmanager
async def claimed(
    storage: Storage, location: str, renew_seconds: float = RENEW_SECONDS, wait: bool = False
) -> AsyncGenerator[None]:
    """Hold a scan for the block.

    A process that was asleep for so long that another one took the scan over is stopped as soon as it notices.

    Args:
        storage: Where the scan is.
        location: Its directory.
        renew_seconds: Time between two writings of the claim.
        wait: Wait until whoever holds it is done with it.

    Raises:
        ScanStateError: Another process holds it, or took it over meanwhile.
    """
    import asyncio  # here: commands that only look start without it

    owner = Owner(os.getpid(), host_name(), new_id(), _born(os.getpid()), _machine())
    text, path = msgspec.json.encode(owner), owner_path(location)
    waiting = False
    while True:
        try:
            await _take(storage, location, text)
            break
        except _HeldError as held:
            if not wait:
                raise
            if not waiting:
                logger.warning("Waiting: %s", held.holder)
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
        _here.discard(owner.token)
        await _give_back(storage, location, text)
    if lost.is_set():
        if task is not None:
            task.uncancel()
        if await owner_text(storage, location) is None and await storage.stat(join(location, SCAN_FILE)) is None:
            raise ScanGoneError(location, "was deleted")
        raise taken_over(location)


async def _take(storage: Storage, location: str, text: bytes) -> None:
    # Before the claim can be read: others in this process would take it for that of a dead one.
    token = _DECODER.decode(text).token
    _here.add(token)
    try:
        await _take_over(storage, location, text)
    except BaseException:  # a cancelled attempt has not taken it either; raised again
        _here.discard(token)
        raise


async def _take_over(storage: Storage, location: str, text: bytes) -> None:
    path = owner_path(location)
    for _ in range(_ATTEMPTS):
        with contextlib.suppress(FileExistsError):
            await storage.create(path, text)
            return
        claim = await read_claim(storage, path)
        if claim is None:
            continue  # given back just now
        _refuse_if_held(claim, location)
        heirs = await _succeed(storage, location, claim, text)
        current = await read_claim(storage, path)
        is_first = current is not None and current.text == claim.text
        if is_first:
            await storage.write(path, text)
        for heir in heirs:
            await storage.delete(heir)
        if is_first:
            return
    raise ScanStateError(f"The scan at {location!r} is being taken over by other processes. Try again.")


async def _succeed(storage: Storage, location: str, dead: Claim, text: bytes) -> list[str]:
    """Become the one that may take the place of a dead owner; gives the files that say so.

    Raises:
        ScanStateError: Another process is doing it.
    """
    path = join(location, JOURNAL, f"heir-{hashlib.sha256(dead.text).hexdigest()[:24]}.json")
    try:
        await storage.create(path, text)
    except FileExistsError:
        heir = await read_claim(storage, path)
        if heir is None:
            return []  # it has just taken its place
        _refuse_if_held(heir, location)
        return [path, *await _succeed(storage, location, heir, text)]  # it died before it did
    return [path]


def _refuse_if_held(claim: Claim, location: str) -> None:
    owner = claim.owner
    if owner is None or not claim.is_held:
        return
    if _is_elsewhere(owner):
        left = max(1, round(LEASE_SECONDS - claim.age))
        raise _HeldError(
            f"The scan at {location!r} is being worked on by process {owner.pid} on {owner.host!r}, which last said so "
            f"{max(0, round(claim.age))} seconds ago.",
            f"Wait for it (--wait), or stop it there, and try again; if it is dead, the "
            f"scan is free in {left} seconds.",
        )
    where = "this process" if owner.pid == os.getpid() else f"process {owner.pid}"
    raise _HeldError(
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
            return lost()  # taken over, and given back since
        except StorageError as error:
            logger.warning("The claim to the scan could not be renewed (next try in %g s): %s", seconds, error)


async def _give_back(storage: Storage, location: str, text: bytes) -> None:
    path, folder = owner_path(location), join(location, JOURNAL)
    with contextlib.suppress(LocationError):
        if await storage.read(path) == text:
            await storage.delete(path)
    if not await storage.list(folder):
        await storage.delete_tree(folder)


def _is_elsewhere(owner: Owner) -> bool:
    return owner.host != host_name() or bool(owner.machine and owner.machine != _machine())


def _born(pid: int) -> str:
    """Start of a process in clock ticks since boot, where the system tells."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return ""
    return fields[19].decode() if len(fields) > 19 else ""


def _machine() -> str:
    """What tells this machine, and the space that its processes are counted in, from others, where the system tells."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return f"{file.read().strip()}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""
