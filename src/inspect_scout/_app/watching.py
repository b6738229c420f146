"""Letting others watch a running scan, and watching one."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from .._results import ActiveScans, entry_of, read_standing, workers_of
from .._types import ScanFacts, ScanState

UPDATE_SECONDS = 1.0
WATCH_SECONDS = 1.0

_PACE_SECONDS = 30.0

_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scout-progress")
"""Writes the progress of all scans of this process."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A scan that is watched.

    Args:
        state: How it stands; workers are known if it runs on this machine.
        rate: Pairs recorded in a second, of late (None: not known yet).
    """

    state: ScanState
    rate: float | None = None

    @property
    def left_seconds(self) -> float | None:
        """Time that is left at this rate (None: not known)."""
        return (self.state.due - self.state.done) / self.rate if self.rate else None


class Pace:
    """How many pairs are recorded in a second, over the last half minute."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def rate(self, now: float, done: int) -> float | None:
        """Take note of what is done, and tell the rate (None: nothing was done yet)."""
        self._seen.append((now, done))
        while len(self._seen) > 2 and self._seen[0][0] < now - _PACE_SECONDS:
            self._seen.popleft()
        began, before = self._seen[0]
        return (done - before) / (now - began) if now > began and done > before else None


async def watch(
    location: str,
    wait: Callable[[float], Awaitable[object]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Watched]:
    """Look at a scan again and again, until it runs no more.

    Args:
        location: The scan.
        wait: Waits some seconds between two looks.
        clock: The time, in seconds.
    """
    pace, active = Pace(), ActiveScans()
    while True:
        began = clock()
        state = (await read_standing(location, errors=False)).state
        found = next((scan for scan in active.all().values() if scan.scan_id == state.facts.scan_id), None)
        if found is not None:
            state = msgspec.structs.replace(state, workers=workers_of(found))
        yield Watched(state, pace.rate(began, state.done))
        if state.phase != "running":
            return
        # Looking at a scan of millions takes time of its own, and must not become what the machine is busy with.
        await wait(max(WATCH_SECONDS, 5 * (clock() - began)))


class Announcer:
    """Writes how a scan stands where other programs look, about once a second.

    Writing waits for a disk and for other programs that write there, so it is done in a thread, and what comes meanwhile
    is left out.

    Args:
        facts: The scan.
        scans: Where to write.
    """

    def __init__(self, facts: ScanFacts, scans: ActiveScans) -> None:
        from .._display import config_line, title_line

        self._words, self._scans = (title_line(facts), config_line(facts.options)), scans
        self._written = 0.0
        self._writing: Future[None] | None = None

    def update(self, state: ScanState) -> None:
        """Take note of the newest state."""
        now = time.time()
        if abs(now - self._written) >= UPDATE_SECONDS and (self._writing is None or self._writing.done()):
            self._written = now
            self._writing = _writer.submit(self._scans.put, entry_of(state, *self._words, now))

    def close(self) -> None:
        """Wait until nothing is being written any more."""
        if self._writing is not None:
            self._writing.result()


@contextmanager
def announced(facts: ScanFacts) -> Generator[Callable[[ScanState], None]]:
    """Let other programs see a scan while the block runs it: gives a function that is told how it stands."""
    scans = ActiveScans()
    announcer = Announcer(facts, scans)
    try:
        yield announcer.update
    finally:
        announcer.close()
        scans.remove()
