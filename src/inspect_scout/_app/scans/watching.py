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

from ..._results import ActiveScans, active_scan_of, read_overview, workers_of
from ..._types import ScanFacts, ScanState

UPDATE_SECONDS = 1.0
WATCH_SECONDS = 1.0

_RATE_SECONDS = 30.0

_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scout-progress")
"""Writes the progress of all scans of this process."""


@dataclass(frozen=True, slots=True)
class WatchedScan:
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


def recording_rate(seen: deque[tuple[float, int]], now: float, done: int) -> float | None:
    """Tell how many pairs are recorded in a second, over the last half minute (None: nothing was done yet).

    Args:
        seen: What was done when, as far as this has taken note of it.
        now: The time, in seconds.
        done: What is done by now.
    """
    seen.append((now, done))
    while len(seen) > 2 and seen[0][0] < now - _RATE_SECONDS:
        seen.popleft()
    began, before = seen[0]
    return (done - before) / (now - began) if now > began and done > before else None


async def watch_scan(
    location: str,
    wait: Callable[[float], Awaitable[object]] = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[WatchedScan]:
    """Look at a scan again and again, until it runs no more.

    Args:
        location: The scan.
        wait: Waits some seconds between two looks.
        clock: The time, in seconds.
    """
    seen, active = deque[tuple[float, int]](), ActiveScans()
    while True:
        began = clock()
        state = (await read_overview(location, errors=False)).state
        found = next((scan for scan in active.all().values() if scan.scan_id == state.facts.scan_id), None)
        if found is not None:
            state = msgspec.structs.replace(state, workers=workers_of(found))
        yield WatchedScan(state, recording_rate(seen, began, state.done))
        if state.phase != "running":
            return
        # Looking at a scan of millions takes time of its own, and must not become what the machine is busy with.
        await wait(max(WATCH_SECONDS, 5 * (clock() - began)))


@contextmanager
def publishing_progress(facts: ScanFacts) -> Generator[Callable[[ScanState], None]]:
    """Let other programs see a scan while the block runs it: gives a function that is told how it stands.

    That is written about once a second. Writing waits for a disk and for other programs that write there, so it is done
    in a thread, and what comes meanwhile is left out.
    """
    from ..._display import config_line, title_line

    scans, words = ActiveScans(), (title_line(facts), config_line(facts.options))
    written, writing = 0.0, Future[None]()
    writing.set_result(None)

    def update(state: ScanState) -> None:
        nonlocal written, writing
        now = time.time()
        if abs(now - written) >= UPDATE_SECONDS and writing.done():
            written = now
            writing = _writer.submit(scans.put, active_scan_of(state, *words, now))

    try:
        yield update
    finally:
        writing.result()
        scans.remove()
