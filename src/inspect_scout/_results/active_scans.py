"""The scans that run on this machine, for whoever wants to watch them: a small database that all programs share.

It is the one that other programs around Inspect read: an entry for each process at work, by its number.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import platformdirs

from .._support.storage import process_exists
from .._types import ScanState, WorkerState

DATABASE_FILE = "scout_active_scans.db"

_VERSION_KEY, _VERSION = "__version__", "4"
_TABLE = (
    "CREATE TABLE IF NOT EXISTS kv_store "
    "(key TEXT PRIMARY KEY, value TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)"
)

logger = logging.getLogger("inspect_scout")


class ActiveMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """What a running scan is doing.

    Args:
        process_count: Processes at work.
        task_count: Units that may be in work at once.
        tasks_idle: Of these, how many have nothing to do.
        tasks_parsing: How many read a transcript.
        tasks_scanning: How many are in a scanner.
        buffered_scanner_jobs: Transcripts read and waiting.
        completed_scans: Pairs recorded.
        memory_usage: Resident bytes.
        batch_pending: Calls that wait in a batch of a provider.
        batch_failures: Calls of batches that failed.
        batch_oldest_created: When the oldest batch was made.
        trouble: Why calls to models fail at this moment ("": they do not).
    """

    process_count: int = 1
    task_count: int = 0
    tasks_idle: int = 0
    tasks_parsing: int = 0
    tasks_scanning: int = 0
    buffered_scanner_jobs: int = 0
    completed_scans: int = 0
    memory_usage: int = 0
    batch_pending: int = 0
    batch_failures: int = 0
    batch_oldest_created: int | None = None
    trouble: str = ""


class ActiveCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of a scanner."""

    scans: int = 0
    results: int = 0
    errors: int = 0
    validation: object = None
    metrics: object = None
    tokens: int = 0
    model_usage: Mapping[str, object] = msgspec.field(default_factory=dict[str, object])


class ActiveSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of all scanners."""

    complete: bool = True
    scanners: Mapping[str, ActiveCounts] = msgspec.field(default_factory=dict[str, ActiveCounts])


class ActiveScan(msgspec.Struct, frozen=True, kw_only=True):
    """A running scan.

    Args:
        scan_id: Its id.
        title: Title, as displays show it.
        config: Options, as displays show them.
        total_scans: Pairs of transcript and scanner.
        start_time: Seconds since the epoch.
        last_updated: The same, of this entry.
        scanner_names: Keys of its scanners.
        summary: Counts so far.
        metrics: What it is doing.
        location: Its directory.
    """

    scan_id: str
    title: str
    config: str
    total_scans: int
    start_time: float
    last_updated: float
    scanner_names: Sequence[str]
    summary: ActiveSummary
    metrics: ActiveMetrics
    location: str


_DECODER = msgspec.json.Decoder(ActiveScan)


def active_scan_of(state: ScanState, title: str, config: str, now: float) -> ActiveScan:
    """Describe a running scan as other programs read it.

    Args:
        state: How it stands.
        title: Its title, as displays show it.
        config: Its options, as displays show them.
        now: Seconds since the epoch.
    """
    doing = state.doing
    counts = {
        key: ActiveCounts(scans=c.scans, results=c.results, errors=c.errors, tokens=c.tokens)
        for key, c in state.scanners.items()
    }
    return ActiveScan(
        scan_id=state.facts.scan_id,
        title=title,
        config=config,
        total_scans=state.due,
        start_time=state.started,
        last_updated=now,
        scanner_names=list(state.scanners),
        summary=ActiveSummary(complete=state.done >= state.due, scanners=counts),
        metrics=ActiveMetrics(
            process_count=max(1, len(state.workers)),
            task_count=doing.reading + doing.scanning + doing.idle,
            tasks_idle=doing.idle,
            tasks_parsing=doing.reading,
            tasks_scanning=doing.scanning,
            buffered_scanner_jobs=doing.buffered,
            completed_scans=state.done,
            memory_usage=doing.memory_bytes,
            trouble=doing.trouble,
        ),
        location=state.facts.location,
    )


def workers_of(scan: ActiveScan) -> dict[str, WorkerState]:
    """Tell what the workers of a running scan do: an entry adds them up, so the first one stands for all."""
    doing, at = scan.metrics, scan.last_updated
    all_of_them = WorkerState(
        at=at,
        slots=doing.task_count,
        reading=doing.tasks_parsing,
        scanning=doing.tasks_scanning,
        buffered=doing.buffered_scanner_jobs,
        memory_bytes=doing.memory_usage,
        trouble=doing.trouble,
    )
    others = {str(number): WorkerState() for number in range(2, doing.process_count + 1)}
    return {"1": all_of_them, **others}


class ActiveScans:
    """The database of running scans. Watching must never stop a scan: what goes wrong here is only logged.

    Args:
        path: The file (None: where all programs of this user look).
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(platformdirs.user_data_dir("inspect_ai")) / "kvstore" / DATABASE_FILE

    def put(self, scan: ActiveScan) -> None:
        """Write the entry of this process."""
        entry = (str(os.getpid()), msgspec.json.encode(scan).decode())
        self._change("INSERT OR REPLACE INTO kv_store (key, value) VALUES (?, ?)", entry)

    def remove(self) -> None:
        """Remove the entry of this process."""
        self._change("DELETE FROM kv_store WHERE key = ?", (str(os.getpid()),))

    def all(self) -> dict[int, ActiveScan]:
        """List the running scans by process."""
        found: dict[int, ActiveScan] = {}
        for key, value in self._change("SELECT key, value FROM kv_store") if self.path.exists() else ():
            if str(key).isdigit():
                with contextlib.suppress(ValueError):  # written by something newer
                    found[int(key)] = _DECODER.decode(value)
        return found

    def _change(self, statement: str, values: Sequence[str] = ()) -> Sequence[tuple[str, str]]:
        """Carry out a statement, after removing the entries of dead processes and of other versions."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self.path, timeout=1.0)) as database, database:
                database.execute("PRAGMA synchronous = OFF")  # a machine that crashes has no running scans to tell of
                _purge(database)
                return database.execute(statement, values).fetchall()
        except (OSError, sqlite3.Error) as error:
            logger.debug("The list of running scans cannot be used: %s", error)
            return ()


def _purge(database: sqlite3.Connection) -> None:
    database.execute(_TABLE)
    rows = dict(database.execute("SELECT key, value FROM kv_store").fetchall())
    if rows.get(_VERSION_KEY) != _VERSION:
        database.execute("DELETE FROM kv_store")
        database.execute("INSERT INTO kv_store (key, value) VALUES (?, ?)", (_VERSION_KEY, _VERSION))
        return
    gone = [(key,) for key in rows if str(key).isdigit() and process_exists(int(key)) is False]
    database.executemany("DELETE FROM kv_store WHERE key = ?", gone)
