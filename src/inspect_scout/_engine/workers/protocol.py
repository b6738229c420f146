"""The messages of a worker and its parent. Small: transcripts and results never pass here."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from ..._types import ScannerState, TranscriptInfo, WorkerState
from ..admission.call_failures import CallOutcome
from ..admission.meter import MeterReading
from ..admission.quota import Demand, Quota


@dataclass(frozen=True, slots=True)
class Setup:
    """First message of the parent to another process: what to run.

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
class Start:
    """Results go to this scan directory.

    Args:
        location: The scan directory.
        writer_id: Name of this worker's journal files.
        tasks: Units in work at once.
        memory_bytes: Bytes of transcript JSON in work at once.
        workers: Among how many workers the limits of models are divided.
    """

    location: str
    writer_id: str
    tasks: int
    memory_bytes: int
    workers: int


@dataclass(frozen=True, slots=True)
class Units:
    """Units to be done.

    Args:
        items: Ticket, transcript, keys of scanners.
        more: Whether others will follow when some of these are done; if not, the parent waits for them to be durable.
    """

    items: Sequence[tuple[int, TranscriptInfo, tuple[str, ...]]]
    more: bool


@dataclass(frozen=True, slots=True)
class LimitsDivided:
    """The limits of models are divided among so many workers from now on."""

    workers: int


@dataclass(frozen=True, slots=True)
class Quotas:
    """Quotas that have changed, by key of their limit."""

    quotas: Mapping[str, Quota]


@dataclass(frozen=True, slots=True)
class SlotGranted:
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
class UnitsFinished:
    """Units that are done; their rows are written soon."""

    tickets: Sequence[int]


@dataclass(frozen=True, slots=True)
class Committed:
    """What has become durable.

    Args:
        tickets: Units all of whose rows have.
        counts: What the pairs amount to that have, by scanner.
        reused: Pairs among these whose reports were recalled.
        parts: Pairs among these (id of the transcript, scanner) whose unit is not in `tickets`.
    """

    tickets: Sequence[int] = ()
    counts: Mapping[str, ScannerState] = field(default_factory=dict[str, ScannerState])
    reused: int = 0
    parts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class WorkerStats:
    """State of a worker, some times a second.

    Args:
        state: What it is doing.
        budget_bytes: Bytes of transcript JSON in work.
        busy: Processor seconds used in a second.
        demands: What it could use of the limits of models.
        calls: Calls to models so far.
    """

    state: WorkerState
    budget_bytes: int
    busy: float
    demands: Sequence[Demand] = ()
    calls: MeterReading = field(default_factory=MeterReading)


@dataclass(frozen=True, slots=True)
class CallOutcomes:
    """What became of calls to models, in the order in which it happened."""

    outcomes: Sequence[CallOutcome]


@dataclass(frozen=True, slots=True)
class SlotRequest:
    """A transcript that is larger than the worker's share of memory: it wants to begin, or has ended."""

    begins: bool


@dataclass(frozen=True, slots=True)
class Logged:
    """A log message."""

    record: logging.LogRecord


@dataclass(frozen=True, slots=True)
class Overdue:
    """A scanner holds up the worker, and its time is over: the worker is about to kill itself.

    Args:
        transcript_id: Id of the transcript.
        scanner: Key of the scanner.
        trace: Where it was.
    """

    transcript_id: str
    scanner: str
    trace: str


@dataclass(frozen=True, slots=True)
class Failed:
    """What makes going on impossible.

    Args:
        stage: "load" (scanners cannot be loaded) or "work" (anything else).
        error: The exception (from another process: written by `to_bytes`; None: it cannot be written).
        text: Class and message.
        trace: Traceback.
    """

    stage: str
    error: bytes | BaseException | None
    text: str
    trace: str


@dataclass(frozen=True, slots=True)
class Exited:
    """Last message of a worker: all that it recorded is durable."""


ToWorker: TypeAlias = "Setup | Start | Units | LimitsDivided | Quotas | SlotGranted | Finish | Drain | Stop"
ToParent: TypeAlias = (
    "Ready | UnitsFinished | Committed | WorkerStats | CallOutcomes | SlotRequest | Logged | Overdue | Failed | Exited"
)


class WorkerChannel(Protocol):
    """Leads from a parent to a worker."""

    def send(self, message: ToWorker) -> None:
        """Send a message; never waits."""
        ...

    async def receive(self) -> ToParent | None:
        """Wait for the next message; None: the worker is gone."""
        ...

    def kill(self) -> None:
        """End the worker at once; from any thread."""
        ...

    async def ended(self) -> str:
        """Tell how the worker, which is gone or about to be, has ended."""
        ...

    async def release(self) -> None:
        """Let a worker go that has sent its last message."""
        ...


class ParentChannel(Protocol):
    """Leads from a worker to its parent."""

    def send(self, message: ToParent) -> None:
        """Send a message; never waits."""
        ...

    def send_from_thread(self, message: ToParent) -> None:
        """Send a message from another thread, while that of the event loop is blocked; it may be left out."""
        ...

    async def receive(self) -> ToWorker | None:
        """Wait for the next message; None: the parent is gone."""
        ...

    async def listen(self, handle: Callable[[ToWorker | None], None]) -> None:
        """Let a function handle all messages to come; the last one is None: the parent is gone."""
        ...


async def relay(receive: Callable[[], Awaitable[ToWorker | None]], handle: Callable[[ToWorker | None], None]) -> None:
    """Let a function handle all messages that are received."""
    while (message := await receive()) is not None:
        handle(message)
    handle(None)


class WorkerBackend(Protocol):
    """Starts workers of one kind."""

    async def start(self) -> WorkerChannel:
        """Start a worker.

        Raises:
            WorkerError: None can be started.
        """
        ...

    async def aclose(self) -> None:
        """Give up what was needed to start workers."""
        ...
