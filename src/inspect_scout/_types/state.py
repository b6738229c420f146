"""How a scan stands: one record, made of events by one pure fold.

The engine emits events; displays, the list of running scans, `--watch`, programs and the readers of a scan directory all see
the same `ScanState`. What is counted is added up, of what changes all the time the newest report of each worker counts: so
events that overtake one another, as those of several workers do, give the same state in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

Phase = Literal["planned", "running", "complete", "errors", "interrupted"]
"""planned (nothing was started yet); running; complete; errors (all done, some scanners failed or logs were not read); interrupted
(not all done, and nobody is at work on it)."""

Usage: TypeAlias = Mapping[str, Mapping[str, float]]
"""Tokens by model and kind."""


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record that survives JSON."""


class ConfusionCounts(_Record, frozen=True, kw_only=True):
    """How results of a scanner compare with their labelled cases.

    Args:
        tp: Positive cases that were found.
        fp: Negative cases taken for positive.
        tn: Negative cases left alone.
        fn: Positive cases that were missed.
        keyed: Whether these are verdicts by key; verdicts without keys do not add up with them, and are left out.
    """

    tp: int = 0
    fp: int = 0
    tn: int = 0
    fn: int = 0
    keyed: bool = False

    def __add__(self, other: ConfusionCounts) -> ConfusionCounts:
        """Add counts of the same scanner."""
        if self is _NOTHING_COMPARED or other is _NOTHING_COMPARED:  # nearly always: this is done for every pair
            return other if self is _NOTHING_COMPARED else self
        if self.keyed != other.keyed:
            return self if self.keyed else other
        added = (self.tp + other.tp, self.fp + other.fp, self.tn + other.tn, self.fn + other.fn)
        return ConfusionCounts(tp=added[0], fp=added[1], tn=added[2], fn=added[3], keyed=self.keyed)

    @property
    def score(self) -> float | None:
        """One number to show: balanced accuracy, or where that is not defined, the match rate; None if nothing was compared."""
        if self.tp + self.fn and self.tn + self.fp:
            return (self.tp / (self.tp + self.fn) + self.tn / (self.tn + self.fp)) / 2
        total = self.tp + self.fp + self.tn + self.fn
        return (self.tp + self.tn) / total if total else None


_NOTHING_COMPARED = ConfusionCounts()


class ScannerState(_Record, frozen=True, kw_only=True):
    """Counts of one scanner.

    Args:
        scans: Transcripts recorded.
        rows: Invocations, failed ones included.
        results: Results with a positive value (items of resultsets count one by one).
        errors: Invocations that failed.
        tokens: Tokens used.
        incomplete: Invocations whose input held messages or events that could not be read whole.
        unseen_citations: Invocations whose result cites messages that were not shown to the model.
        calls_without_usage: Answers of models that reported no tokens, or none that can be believed.
        not_compared: Results that could not be compared with their labelled case.
        agreement: How results compare with labelled cases.
        usage: Tokens by model and kind.
        fingerprints: Invocations by fingerprint of the scanner.
    """

    scans: int = 0
    rows: int = 0
    results: int = 0
    errors: int = 0
    tokens: int = 0
    incomplete: int = 0
    unseen_citations: int = 0
    calls_without_usage: int = 0
    not_compared: int = 0
    agreement: ConfusionCounts = _NOTHING_COMPARED
    usage: Usage = msgspec.field(default_factory=dict[str, Mapping[str, float]])
    fingerprints: Mapping[str, int] = msgspec.field(default_factory=dict[str, int])

    def __add__(self, other: ScannerState) -> ScannerState:
        """Add two counts of the same scanner."""
        return ScannerState(  # each by its name: this is done for every pair
            scans=self.scans + other.scans,
            rows=self.rows + other.rows,
            results=self.results + other.results,
            errors=self.errors + other.errors,
            tokens=self.tokens + other.tokens,
            incomplete=self.incomplete + other.incomplete,
            unseen_citations=self.unseen_citations + other.unseen_citations,
            calls_without_usage=self.calls_without_usage + other.calls_without_usage,
            not_compared=self.not_compared + other.not_compared,
            agreement=self.agreement + other.agreement,
            usage=added_usage(self.usage, other.usage),
            fingerprints=_added(self.fingerprints, other.fingerprints),
        )


class LongestRunning(_Record, frozen=True, kw_only=True):
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


class HeldBack(_Record, frozen=True, kw_only=True):
    """Model calls that wait because their provider refused some.

    Args:
        rate: Calls a second that are sent.
        seconds: Seconds until the next one is sent.
    """

    rate: float
    seconds: float


class WorkerState(_Record, frozen=True, kw_only=True):
    """What one worker reported last of what it is doing.

    Args:
        at: When it reported so, in seconds since the epoch.
        slots: Transcripts that it may have in work at once.
        reading: Transcripts being read.
        scanning: Scanners at work.
        buffered: Transcripts read and waiting.
        memory_bytes: Resident memory (0: not known).
        calls: Model calls under way.
        connections: Model calls that may be under way at once (0: no model was called).
        retries: Model calls that providers refused so far, to be sent again later.
        held_back: Model calls that wait because providers refused some (None: none does).
        trouble: Why calls to models fail at this moment ("": they do not).
        longest: The scanner that has been at work longest (None: none is).
        awaited: Pairs under way that are worth waiting for when the scan ends before its time.
    """

    at: float = 0.0
    slots: int = 0
    reading: int = 0
    scanning: int = 0
    buffered: int = 0
    memory_bytes: int = 0
    calls: int = 0
    connections: int = 0
    retries: int = 0
    held_back: HeldBack | None = None
    trouble: str = ""
    longest: LongestRunning | None = None
    awaited: int = 0

    @property
    def idle(self) -> int:
        """Slots with nothing to do."""
        return max(0, self.slots - self.reading - self.scanning)


class AskedVersion(_Record, frozen=True, kw_only=True):
    """What a scan asked of a scanner at some time.

    Args:
        fingerprint: Fingerprint of the scanner (None: not recorded).
        question: What it asked, if that is recorded.
    """

    fingerprint: str | None = None
    question: str | None = None


class ScanFacts(_Record, frozen=True, kw_only=True):
    """What is known of a scan before it runs.

    Args:
        scan_id: Its id.
        name: Its name, or the job file it came from.
        location: Its directory.
        transcripts: Number of its transcripts.
        scanners: Keys of its scanners.
        options: Options worth showing, as key and value (values fit for JSON).
        created: When it was made, in ISO format.
        tags: Its tags.
        model: Its default model ("": none).
        unread: Logs that were not read, or not whole, and why: the scan is not complete without them.
        accepted: The same, of those without which it was declared complete.
        versions: Versions of each scanner, the oldest first; the last is what the scan goes on with.
        own_name: The name that it was given, also where it came from a job file.
    """

    scan_id: str
    name: str
    location: str
    transcripts: int = 0
    scanners: tuple[str, ...] = ()
    options: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])
    created: str = ""
    tags: tuple[str, ...] = ()
    model: str = ""
    unread: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    accepted: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    versions: Mapping[str, tuple[AskedVersion, ...]] = msgspec.field(
        default_factory=dict[str, tuple[AskedVersion, ...]]
    )
    own_name: str = ""

    @property
    def created_at(self) -> float:
        """When it was made, in seconds since the epoch (0: not known)."""
        try:
            return datetime.fromisoformat(self.created).timestamp()
        except ValueError:
            return 0.0


class ScanState(_Record, frozen=True, kw_only=True):
    """How a scan stands.

    Args:
        facts: What is known of it before it runs.
        phase: How far it has come.
        due: Pairs of transcript and scanner to do, those already recorded included.
        skipped: Pairs that earlier runs had recorded when this one began.
        started_units: Transcripts that this run has begun with.
        reused: Pairs recorded in this run whose reports were recalled.
        scanners: Counts by scanner, those of earlier runs left out while a run goes on, and in otherwise.
        workers: What each worker at work reported last.
        workers_lost: Workers that died.
        retries: Model calls that providers refused in this run, to be sent again later; those of workers that are gone included.
        problems: What went wrong with the scan as a whole (logs that were not read, ...), and how often.
        errors: What went wrong in scanners, by cause, and how often, as far as somebody has read it: what has one cause
            shows when all errors are compared, so it is not made of events.
        cost: Money spent in US dollars (None: not known).
        started: When this run began, in seconds since the epoch (0: not known).
        updated: When the newest event happened, in the same way.
        counted: Whether `scanners` says what is recorded; of older scans a list tells only errors, the rest would cost
            reading their rows.

    Example:
        ```python
        with start_scan([length()], "logs") as run:
            for state in run.states():
                print(state.done, "of", state.due, state.scanners["length"].results)
        ```
    """

    facts: ScanFacts
    phase: Phase = "planned"
    due: int = 0
    skipped: int = 0
    started_units: int = 0
    reused: int = 0
    scanners: Mapping[str, ScannerState] = msgspec.field(default_factory=dict[str, ScannerState])
    workers: Mapping[str, WorkerState] = msgspec.field(default_factory=dict[str, WorkerState])
    workers_lost: int = 0
    retries: int = 0
    problems: Mapping[str, int] = msgspec.field(default_factory=dict[str, int])
    errors: Mapping[str, int] = msgspec.field(default_factory=dict[str, int])
    cost: float | None = None
    started: float = 0.0
    updated: float = 0.0
    counted: bool = True

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.phase}, {self.done} of {self.due}, location={self.facts.location!r})"

    @property
    def recorded(self) -> int:
        """Pairs recorded in this run."""
        return sum(scanner.scans for scanner in self.scanners.values())

    @property
    def done(self) -> int:
        """Pairs recorded, those of earlier runs included."""
        return self.skipped + self.recorded

    @property
    def error_count(self) -> int:
        """Invocations that failed."""
        return sum(scanner.errors for scanner in self.scanners.values())

    @property
    def throughput(self) -> float | None:
        """Pairs recorded in a second of this run, on average (None: nothing was recorded yet, or its times are not known)."""
        seconds = self.updated - self.started
        return self.recorded / seconds if self.started and seconds > 0 and self.recorded else None

    @property
    def usage(self) -> Usage:
        """Tokens of all scanners by model and kind."""
        total: Usage = {}
        for scanner in self.scanners.values():
            total = added_usage(total, scanner.usage)
        return total

    @property
    def doing(self) -> WorkerState:
        """What all workers do together: numbers added up, of what fails the newest, the longest of what is running."""
        workers = list(self.workers.values())
        held = [worker.held_back for worker in workers if worker.held_back is not None]
        running = [
            msgspec.structs.replace(w.longest, seconds=w.longest.seconds + max(0.0, self.updated - w.at))
            for w in workers
            if w.longest is not None
        ]
        newest = max(workers, key=lambda worker: worker.at, default=WorkerState())
        return WorkerState(
            **{name: sum(getattr(worker, name) for worker in workers) for name in _SUMMED},
            at=newest.at,
            held_back=HeldBack(rate=sum(h.rate for h in held), seconds=min(h.seconds for h in held)) if held else None,
            trouble=newest.trouble,
            longest=max(running, key=lambda each: each.seconds, default=None),
        )

    def durable(self) -> ScanState:
        """Give what a scan directory knows as well: without workers, times, and what was only so for this run."""
        known = ScanState(facts=self.facts, phase=self.phase, due=self.due, problems=self.problems, cost=self.cost)
        return msgspec.structs.replace(known, scanners=dict(sorted(self.scanners.items())))


class Planned(_Record, frozen=True, kw_only=True, tag="planned"):
    """A run is about to begin.

    Args:
        at: When, in seconds since the epoch.
        facts: What is known of the scan.
        due: Pairs to do, those already recorded included.
        skipped: Pairs that are recorded already.
    """

    at: float
    facts: ScanFacts
    due: int
    skipped: int = 0


class UnitStarted(_Record, frozen=True, kw_only=True, tag="unit_started"):
    """Work on transcripts has begun.

    Args:
        at: When.
        units: How many.
    """

    at: float
    units: int = 1


class PairRecorded(_Record, frozen=True, kw_only=True, tag="pair_recorded"):
    """Pairs of transcripts and one scanner were recorded.

    Args:
        at: When.
        scanner: Key of the scanner.
        counts: What they amount to (`scans`: how many pairs there are).
    """

    at: float
    scanner: str
    counts: ScannerState


class PairsReused(_Record, frozen=True, kw_only=True, tag="pairs_reused"):
    """Pairs were recorded whose reports were recalled; `PairRecorded` counts them as well.

    Args:
        at: When.
        pairs: How many.
    """

    at: float
    pairs: int


class WorkerJoined(_Record, frozen=True, kw_only=True, tag="worker_joined"):
    """A worker is there. A worker of this name that was lost is another one.

    Args:
        at: When.
        worker: Its name.
    """

    at: float
    worker: str


class WorkerLost(_Record, frozen=True, kw_only=True, tag="worker_lost"):
    """A worker is gone.

    Args:
        at: When.
        worker: Its name.
        died: Whether it was not asked to leave.
    """

    at: float
    worker: str
    died: bool = False


class WorkerReported(_Record, frozen=True, kw_only=True, tag="usage"):
    """A worker reported what it is doing and what it uses.

    Args:
        worker: Its name.
        state: What it reported; `state.at` is when.
    """

    worker: str
    state: WorkerState


class Problem(_Record, frozen=True, kw_only=True, tag="problem"):
    """Something went wrong with the scan as a whole.

    Args:
        at: When.
        message: What.
    """

    at: float
    message: str


class Ended(_Record, frozen=True, kw_only=True, tag="ended"):
    """Nobody is at work on the scan any more.

    Args:
        at: When.
        phase: How it stands.
    """

    at: float
    phase: Literal["complete", "errors", "interrupted"]


ScanEvent: TypeAlias = (
    Planned | UnitStarted | PairRecorded | PairsReused | WorkerJoined | WorkerLost | WorkerReported | Problem | Ended
)
"""All that can happen to a scan."""

_SUMMED = tuple(name for name in WorkerState.__struct_fields__ if name not in {"at", "held_back", "trouble", "longest"})


def added_usage(one: Usage, other: Usage) -> Usage:
    """Add tokens by model and kind."""
    if not one or not other:
        return one or other
    total = dict(one)
    for model, kinds in other.items():
        known = total.get(model, {})
        total[model] = {
            kind: known.get(kind, 0) + kinds.get(kind, 0) for kind in (*known, *(kinds.keys() - known.keys()))
        }
    return total


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    if not one or not other:
        return one or other
    return {key: one.get(key, 0) + other.get(key, 0) for key in (*one, *(other.keys() - one.keys()))}
