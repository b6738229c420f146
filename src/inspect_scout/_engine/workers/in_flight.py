"""What is going on in a process at this moment."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from ..._support.foreign import Cancellation, current_work, work_of
from ..._types import LongestRunning
from ..admission.open_pairs import OpenPairs


class RunningPair:
    """A transcript with a scanner that is at work on it.

    Args:
        transcript: Id of the transcript.
        scanner: Key of the scanner.
    """

    __slots__ = ("began", "blocks", "cancellation", "scanner", "task", "transcript")

    def __init__(self, transcript: str, scanner: str) -> None:
        self.transcript, self.scanner = transcript, scanner
        self.began = time.monotonic()
        self.task = asyncio.current_task()
        self.cancellation: Cancellation | None = None
        """Ends it when its time is over (None: it has all the time it wants)."""
        self.blocks = False
        """Whether it was found to hold up the event loop."""

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self.began

    def run_in(self, task: asyncio.Task[Any], cancellation: Cancellation) -> None:
        """Take note that it runs in a task of its own, which can be ended."""
        self.task, self.cancellation = task, cancellation

    def mark_blocking(self) -> None:
        """Take note that it holds up the event loop."""
        self.blocks = True


class Activity:
    """What is under way."""

    def __init__(self) -> None:
        self.parsing = 0
        """Transcripts being read."""
        self.pairs = OpenPairs()
        """Pairs of transcript and scanner, until they are recorded."""
        self._blocking: RunningPair | None = None
        self._running: dict[RunningPair, None] = {}

    @property
    def scanning(self) -> int:
        """Scanners at work."""
        return len(self.pairs)

    @contextmanager
    def at_work(self, transcript: str, scanner: str) -> Generator[RunningPair]:
        """Count a scanner that is at work in the block."""
        pair = RunningPair(transcript, scanner)
        token = current_work.set(pair)
        self._running[pair] = None
        try:
            yield pair
        finally:
            del self._running[pair]
            current_work.reset(token)

    @contextmanager
    def reading(self) -> Generator[None]:
        """Count a transcript that is read in the block."""
        self.parsing += 1
        try:
            yield
        finally:
            self.parsing -= 1

    def longest(self) -> LongestRunning | None:
        """Name the pair that holds up the others, else the one that has been running longest; from any thread."""
        pair = self._blocking or self._oldest()
        if pair is None:
            return None
        blocks = pair is self._blocking
        return LongestRunning(transcript=pair.transcript, scanner=pair.scanner, seconds=pair.seconds, blocks=blocks)

    def set_blocking(self, pair: RunningPair | None) -> None:
        """Say what holds up the event loop at this moment, as far as is known; from any thread."""
        self._blocking = pair

    def blocked_by(self, task: asyncio.Task[Any] | None) -> RunningPair | None:
        """Find the pair that a task of the event loop is at work on; from any thread."""
        found = work_of(task)
        if isinstance(found, RunningPair):
            return found
        return next((pair for pair in list(self._running) if pair.task is task), None)

    def _oldest(self) -> RunningPair | None:
        # The first that came is the oldest. Another thread may change the mapping meanwhile.
        try:
            return next(iter(self._running), None)
        except RuntimeError:
            return None


def resident_bytes() -> int | None:
    """Memory that this process has in use; None where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


class ProcessorUse:
    """Tells how much of a processor this process could use since it was last asked: what it used, and waited for.

    On a machine that others keep busy, too, a process that computes all the time gets half a processor or less.
    """

    def __init__(self) -> None:
        self._wanted, self._wall = _wanted_seconds(), time.monotonic()

    def share(self) -> float:
        """Processor seconds used or waited for in a second since the last call."""
        wanted, wall = _wanted_seconds(), time.monotonic()
        more, passed = wanted - self._wanted, wall - self._wall
        self._wanted, self._wall = wanted, wall
        return more / passed if passed > 0 else 0.0


def _wanted_seconds() -> float:
    waited = 0.0
    try:
        with open("/proc/thread-self/schedstat", "rb") as file:  # of this thread, which runs the event loop
            waited = int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        pass  # where the system does not say, what was used is all that is known
    return time.process_time() + waited
