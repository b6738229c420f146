"""What a running scan tells about itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from .._types import ScannerCounts
from .patience import CallTrouble
from .shares import HeldBack


@dataclass(frozen=True, slots=True)
class LongestRunning:
    """The transcript and the scanner that have been at work longest.

    Args:
        transcript: Id of the transcript.
        scanner: Key of the scanner.
        seconds: How long.
        blocks: Whether it does not let others run.
    """

    transcript: str
    scanner: str
    seconds: float
    blocks: bool = False


def longest_of(running: Iterable[LongestRunning | None]) -> LongestRunning | None:
    """Choose the one to name: what has been at work longest."""
    return max((each for each in running if each is not None), key=lambda each: each.seconds, default=None)


@dataclass(frozen=True, slots=True)
class Progress:
    """State of a running scan.

    Args:
        total: Pairs of transcript and scanner to do, those already recorded included.
        completed: Pairs recorded, those of earlier runs included.
        skipped: Pairs recorded by earlier runs.
        parsing: Transcripts being read.
        scanning: Scanners at work.
        idle: Workers with nothing to do.
        buffered: Transcripts read and waiting.
        scanners: Counts by scanner.
        memory_bytes: Resident memory (None: not known).
        process_count: Processes at work.
        calls: Model calls under way.
        connections: Model calls that may be under way at once (0: no model was called).
        retries: Model calls that providers refused so far, to be sent again later.
        trouble: Calls to models that fail at this moment.
        longest: The scanner that has been at work longest (None: none is).
        held_back: Model calls that wait because providers refused some (None: none does).
    """

    total: int
    completed: int = 0
    skipped: int = 0
    parsing: int = 0
    scanning: int = 0
    idle: int = 0
    buffered: int = 0
    scanners: Mapping[str, ScannerCounts] = field(default_factory=dict[str, ScannerCounts])
    memory_bytes: int | None = None
    process_count: int = 1
    calls: int = 0
    connections: int = 0
    retries: int = 0
    trouble: CallTrouble | None = None
    longest: LongestRunning | None = None
    held_back: HeldBack | None = None


class ProgressSink(Protocol):
    """Receives the state of a running scan, as often as it changes; throttles for itself."""

    def update(self, progress: Progress) -> None:
        """Take note of the newest state."""
        ...
