"""What parent and worker say to each other. Small: transcripts and results never pass here."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from .._types import ScannerState, TranscriptInfo, WorkerState
from .calls import CallOutcome
from .shares import Claim, Grant


@dataclass(frozen=True, slots=True)
class Setup:
    """First word of the parent: what to run.

    Args:
        blob: The `WorkerSetup`, written by `pack`.
        path: Where modules are looked for.
        folder: Working directory of the parent.
        environment: Variables that a worker on another machine may lack.
        log_level: Level of log messages.
    """

    blob: bytes
    path: Sequence[str] = ()
    folder: str = ""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    log_level: int = logging.WARNING


@dataclass(frozen=True, slots=True)
class Begin:
    """Results go to this scan directory.

    Args:
        location: The scan directory.
        writer_id: Name of this worker's journal files.
        tasks: Units in work at once.
        memory_bytes: Bytes of transcript JSON in work at once.
        workers: Among how many workers the limits of models are shared.
    """

    location: str
    writer_id: str
    tasks: int
    memory_bytes: int
    workers: int


@dataclass(frozen=True, slots=True)
class Units:
    """Units to be done: ticket, transcript, keys of scanners."""

    items: Sequence[tuple[int, TranscriptInfo, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Granted:
    """Shares of the limits of models that have changed."""

    grants: Mapping[str, Grant]


@dataclass(frozen=True, slots=True)
class YourTurn:
    """A transcript that is larger than the worker's share of memory may be read now."""


@dataclass(frozen=True, slots=True)
class Finish:
    """No more units will come: end when those at hand are done."""


@dataclass(frozen=True, slots=True)
class Drain:
    """Begin nothing new: end when the pairs under way have ended."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Break off, write what is recorded, and end."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Scanners are loaded.

    Args:
        seconds: How long it took since the worker was started.
    """

    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """Units that are through; their rows are written soon."""

    tickets: Sequence[int]


@dataclass(frozen=True, slots=True)
class Recorded:
    """Units whose rows have become durable.

    Args:
        tickets: The units.
        counts: What has become durable, by scanner.
    """

    tickets: Sequence[int]
    counts: Mapping[str, ScannerState]


@dataclass(frozen=True, slots=True)
class Gauges:
    """State of a worker, about once a second.

    Args:
        state: What it is doing.
        budget_bytes: Bytes of transcript JSON in work.
        busy: Processor seconds used in a second.
        claims: Gates to models.
    """

    state: WorkerState
    budget_bytes: int
    busy: float
    claims: Sequence[Claim] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of calls to models, in the order in which it happened."""

    outcomes: Sequence[CallOutcome]


@dataclass(frozen=True, slots=True)
class Turn:
    """A transcript that is larger than the worker's share of memory: it wants to begin, or has ended."""

    begins: bool


@dataclass(frozen=True, slots=True)
class Logged:
    """A log message."""

    record: logging.LogRecord


@dataclass(frozen=True, slots=True)
class Failed:
    """What makes going on impossible.

    Args:
        stage: "load" (scanners cannot be loaded), "scanner" (`fail_on_error`), "missing" (a model or package is) or
            "work" (anything else).
        error: The exception, written by `to_bytes` (None: it cannot be written).
        text: Class and message.
        trace: Traceback.
    """

    stage: str
    error: bytes | None
    text: str
    trace: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Last word of a worker: all that it recorded is durable."""


Down: TypeAlias = "Setup | Begin | Units | Granted | YourTurn | Finish | Drain | Stop"
Up: TypeAlias = "Ready | Done | Recorded | Gauges | Heard | Turn | Logged | Failed | Ended"
