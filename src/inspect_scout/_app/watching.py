"""Letting others watch a running scan, and watching one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._results import ActiveCounts, ActiveMetrics, ActiveScan, ActiveScans, ActiveSummary
from .light import read_standing

if TYPE_CHECKING:
    from .._display import ScanTitle
    from .._engine import Progress, ProgressSink
    from .._types import ScanState

UPDATE_SECONDS = 1.0
WATCH_SECONDS = 1.0

_PACE_SECONDS = 30.0

_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scout-progress")
"""Writes the progress of all scans of this process."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A scan that is watched.

    Args:
        state: How it stands.
        rate: Pairs recorded in a second, of late (None: not known yet).
        active: What it is doing, if it runs on this machine.
    """

    state: ScanState
    rate: float | None = None
    active: ActiveScan | None = None

    @property
    def done(self) -> int:
        """Pairs recorded."""
        return self.state.done

    @property
    def left_seconds(self) -> float | None:
        """Time that is left at this rate (None: not known)."""
        return (self.state.due - self.done) / self.rate if self.rate else None


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


def watch(
    location: str, wait: Callable[[float], object] = time.sleep, clock: Callable[[], float] = time.monotonic
) -> Iterator[Watched]:
    """Look at a scan again and again, until it runs no more.

    Args:
        location: The scan.
        wait: Waits some seconds between two looks.
        clock: The time, in seconds.
    """
    pace, active = Pace(), ActiveScans()
    while True:
        began = clock()
        state = read_standing(location, errors=False).state
        found = next((scan for scan in active.all().values() if scan.scan_id == state.facts.scan_id), None)
        yield Watched(state, pace.rate(began, state.done), found)
        if state.phase != "running":
            return
        # Looking at a scan of millions takes time of its own, and must not become what the machine is busy with.
        wait(max(WATCH_SECONDS, 5 * (clock() - began)))


class ActiveSink:
    """Passes progress on, and writes it where other programs look, about once a second.

    Writing waits for a disk and for other programs that write there, so it is done in a thread, and what comes meanwhile
    is left out.

    Args:
        inner: Who wants to know.
        title: What is scanned.
        scan_id: Id of the scan.
        words: Title and options as displays show them.
        scans: Where to write.
    """

    def __init__(
        self, inner: ProgressSink, title: ScanTitle, scan_id: str, words: tuple[str, str], scans: ActiveScans
    ) -> None:
        self._inner, self._title, self._scan_id, self._words, self._scans = inner, title, scan_id, words, scans
        self._began, self._written = time.time(), 0.0
        self._writing: Future[None] | None = None

    def update(self, progress: Progress) -> None:
        """Take note of the newest state."""
        self._inner.update(progress)
        now = time.time()
        if abs(now - self._written) >= UPDATE_SECONDS and (self._writing is None or self._writing.done()):
            self._written = now
            self._writing = _writer.submit(self._scans.put, self._entry(progress, now))

    def close(self) -> None:
        """Wait until nothing is being written any more."""
        if self._writing is not None:
            self._writing.result()

    def _entry(self, progress: Progress, now: float) -> ActiveScan:
        counts = {
            key: ActiveCounts(scans=c.scans, results=c.results, errors=c.errors, tokens=c.tokens)
            for key, c in progress.scanners.items()
        }
        return ActiveScan(
            scan_id=self._scan_id,
            title=self._words[0],
            config=self._words[1],
            total_scans=progress.total,
            start_time=self._began,
            last_updated=now,
            scanner_names=list(progress.scanners),
            summary=ActiveSummary(complete=progress.completed >= progress.total, scanners=counts),
            metrics=ActiveMetrics(
                process_count=progress.process_count,
                task_count=progress.parsing + progress.scanning + progress.idle,
                tasks_idle=progress.idle,
                tasks_parsing=progress.parsing,
                tasks_scanning=progress.scanning,
                buffered_scanner_jobs=progress.buffered,
                completed_scans=progress.completed,
                memory_usage=progress.memory_bytes or 0,
                trouble=progress.trouble.text if progress.trouble is not None else "",
            ),
            location=self._title.location,
        )


@contextmanager
def announced(inner: ProgressSink, title: ScanTitle, scan_id: str, words: tuple[str, str]) -> Generator[ActiveSink]:
    """Let other programs see a scan while the block runs it."""
    scans = ActiveScans()
    sink = ActiveSink(inner, title, scan_id, words, scans)
    try:
        yield sink
    finally:
        sink.close()
        scans.remove()
