"""One scan directory: created, filled, merged, read."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import pyarrow as pa
from pydantic_core import to_json

from .._support.clock import SYSTEM_CLOCK, Clock
from .._support.errors import LocationError
from .._support.storage import Storage, for_each, join, normalize, run_blocking, run_in_thread, storage_for
from .._types import Error, ScanFacts, ScanSpec, ScanState, Status, Summary
from .files.errors import read_errors
from .files.light_spec import (
    LightSpec,
    no_scan_message,
    pair_count,
    parse_light_spec,
    read_light_spec,
    read_spec_text,
    without_ids,
)
from .files.spec import MODELS, parse_spec, unread_errors, with_models, with_transcripts
from .files.summary import read_summary
from .journal.index import JournalIndex, load_index, load_table_index, pairs_of_writer
from .journal.lock import check_lock, locked, read_lock_text
from .journal.writer import JournalWriter, file_stamp
from .layout import (
    EMPTY_FILE,
    ERRORS_FILE,
    JOURNAL,
    LOCK_FILE,
    SCAN_FILE,
    SUMMARY_FILE,
    file_name,
    scan_directory,
    table_path,
)
from .rows.arrow_tables import cells, select_fields
from .rows.cells import json_text
from .rows.pair_records import PairRecord
from .rows.parquet import open_table, write_tables
from .rows.row_writer import RecordInput, RowWriter
from .rows.schema import results_schema
from .state.row_counter import RowCounter, count_rows
from .state.scan_list import find_scans
from .state.scan_state import RecordedCounts, facts_of_light_spec, journal_files, phase_of, read_counts
from .state.summary import MEASURED_COLUMNS, compute_row_metrics, summary_of

if TYPE_CHECKING:
    from .._inspect.metrics import Metrics

RunSpecRead: TypeAlias = Callable[[Callable[[], Coroutine[object, None, ScanSpec]]], ScanSpec]
"""Runs what reads a spec for code that cannot await."""

_PAIR_COLUMNS = ("transcript_id", "scan_error", "scanner_fingerprint")


@dataclass(frozen=True, slots=True)
class RecordedPairs:
    """Pairs of transcript and scanner that a scan directory holds.

    Args:
        done: Transcripts recorded without error, by scanner.
        failed: Transcripts recorded with an error, by scanner.
        fingerprints: Fingerprint of the scanner that made the rows of a transcript, by scanner, where it is known.
        rows: Rows by fingerprint, by scanner.
    """

    done: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    failed: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    fingerprints: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])

    def is_done(self, transcript_id: str, scanner: str) -> bool:
        """Tell whether a pair is recorded without error."""
        return transcript_id in self.done.get(scanner, ())


def facts_of(spec: ScanSpec, location: str) -> ScanFacts:
    """Tell what is known of a scan before it runs, as readers of its directory will tell it."""
    transcripts = spec.transcripts
    if transcripts is None:
        return facts_of_light_spec(parse_light_spec(_spec_text(spec)), location)
    # The ids may be millions, and are only counted.
    few = spec.model_copy(update={"transcripts": transcripts.model_copy(update={"transcript_ids": {}})})
    facts = facts_of_light_spec(parse_light_spec(_spec_text(few)), location)
    return msgspec.structs.replace(facts, transcripts=len(transcripts.transcript_ids))


def _spec_text(spec: ScanSpec) -> bytes:
    try:
        return to_json(spec, indent=2, exclude_none=True, inf_nan_mode="null", fallback=str)
    except ValueError:  # lone surrogates
        return json_text(spec).encode()


class ScanStore:
    """A scan directory.

    Args:
        location: The directory.
        storage: Where it is (None: what serves the location).
    """

    def __init__(self, location: str, storage: Storage | None = None) -> None:
        self.location = normalize(location)
        self._storage = storage if storage is not None else storage_for(location)
        self._spec: ScanSpec | None = None
        self._strict = False

    @classmethod
    async def create(cls, spec: ScanSpec, scans_location: str, storage: Storage | None = None) -> ScanStore:
        """Make the directory of a scan (an existing one is used again).

        Args:
            spec: The scan.
            scans_location: Where scans are kept.
            storage: Where that is (None: what serves the location).
        """
        store = cls(scan_directory(scans_location, spec.scan_id), storage)
        await store.write_spec(spec)
        return store

    @classmethod
    async def open(cls, location: str, storage: Storage | None = None) -> ScanStore:
        """Open the directory of a scan.

        Raises:
            LocationError: There is no scan at the location.
        """
        store = cls(location, storage)
        if await store._storage.stat(join(store.location, SCAN_FILE)) is None:
            raise LocationError(await no_scan_message(store._storage, store.location))
        return store

    async def spec(self, *, strict: bool = False) -> ScanSpec:
        """Tell what defines the scan, read once. Optional parts that cannot be read are left out, with a warning.

        Args:
            strict: Refuse where a part cannot be read that decides what is scanned.

        Raises:
            LocationError: There is no scan at the location.
        """
        if self._spec is None or (strict and not self._strict):
            text = await read_spec_text(self._storage, self.location)
            self._spec, self._strict = parse_spec(text, join(self.location, SCAN_FILE), strict=strict), strict
        return self._spec

    async def write_spec(self, spec: ScanSpec) -> None:
        """Write what defines the scan."""
        text = _spec_text(spec)
        await self._storage.write(join(self.location, SCAN_FILE), text)
        self._spec = None  # what is read differs from what is written, as in lists for tuples

    async def update_spec(self, spec: ScanSpec) -> None:
        """Write what may change when a scan goes on: transcripts, worklist, models, versions of scanners, `scanner_timeout`."""
        path = join(self.location, SCAN_FILE)
        before = await self.spec()
        if spec.transcripts is not None:
            text, seconds = await self._storage.read(path), spec.options.scanner_timeout
            text = with_transcripts(text, spec.transcripts, spec.worklist, spec.scanners, seconds)
            text = with_models(text, {n: getattr(spec, n) for n in MODELS if getattr(spec, n) != getattr(before, n)})
            await self._storage.write(path, text)
            self._spec = spec

    async def accept_unread(self) -> None:
        """Record that the scan is complete without the logs that were not read."""
        path = join(self.location, SCAN_FILE)
        spec = await self.spec()
        snapshot = spec.transcripts
        if snapshot is not None and snapshot.unread:
            accepted = {**(snapshot.accepted or {}), **snapshot.unread}
            changed = snapshot.model_copy(update={"unread": None, "accepted": accepted, "selection": None})
            await self._storage.write(path, with_transcripts(await self._storage.read(path), changed))
            self._spec = spec.model_copy(update={"transcripts": changed})

    async def journal_index(self) -> JournalIndex:
        """Read which rows are where."""
        return await load_index(self._storage, self.location)

    async def recorded_pairs(self) -> RecordedPairs:
        """List the pairs that are recorded; a pair with several invocations has failed if one of them has."""
        index = await self.journal_index()
        keys = index.recorded_scanners()
        found = [await run_in_thread(self.location, functools.partial(_pairs_of, index, key)) for key in keys]
        return RecordedPairs(*(dict(zip(keys, column)) for column in zip(*found))) if found else RecordedPairs()

    def lock(self, wait: bool = False) -> AbstractAsyncContextManager[None]:
        """Hold the lock of the scan for a block, so that no other process works on it.

        Args:
            wait: Wait until whoever holds the lock releases it.

        Raises:
            ScanStateError: Another process holds it.
        """
        return locked(self._storage, self.location, wait=wait)

    async def open_journal(
        self,
        fingerprints: Mapping[str, str] | None = None,
        record_input: RecordInput = "auto",
        clock: Clock = SYSTEM_CLOCK,
        writer_id: str | None = None,
        spec: ScanSpec | None = None,
    ) -> JournalWriter:
        """Open a journal to write to; a scan may have several at once.

        Args:
            fingerprints: Fingerprint of each scanner, by key.
            record_input: Whether rows hold copies of inputs.
            clock: Time.
            writer_id: Name of this writer, different from all others of the scan (None: a new one).
            spec: The scan, if it is known already; its transcripts may be missing.
        """
        rows = RowWriter(spec if spec is not None else await self.spec(), fingerprints, record_input, clock)
        entries = await self._storage.list(join(self.location, JOURNAL), recursive=False)
        newest = max((file_stamp(file_name(entry.path)) for entry in entries), default=0)
        is_locked = any(file_name(entry.path) == LOCK_FILE for entry in entries)
        text = await read_lock_text(self._storage, self.location) if is_locked else None
        check = functools.partial(check_lock, self._storage, self.location, text) if text is not None else None
        return JournalWriter(self.location, self._storage, rows, newest, clock, writer_id, check)

    async def pairs_of_writer(self, writer_id: str) -> Mapping[str, Mapping[str, PairRecord]]:
        """List the pairs that the journal files of one writer hold: scanner -> transcript id -> what they say of it."""
        return await pairs_of_writer(self._storage, self.location, writer_id)

    async def compact(
        self,
        order: Sequence[str],
        complete: bool,
        metrics: Mapping[str, Metrics] | None = None,
        pairs: int | None = None,
    ) -> Summary:
        """Merge the journal into one table for each scanner, and write summary and errors.

        Others may go on writing to the journal; what they write meanwhile stays in it. Ending at any moment loses
        nothing and counts nothing twice: the journal goes last, and merging it again gives the same tables. Parts that
        are damaged stay until the scan is complete.

        Args:
            order: Transcript ids in the order that rows are to have; rows of others follow.
            complete: Whether the scan has nothing left to do (not so while logs are recorded as unread).
            pairs: Recorded pairs without which it is not complete in any case (None: it is as `complete` says).
            metrics: Metrics that scanners declare, by key (None: not known here, those computed before stay).
        """
        spec, index = await self.spec(), await self.journal_index()
        keys = list(dict.fromkeys([*spec.scanners, *index.recorded_scanners()]))
        merged: dict[str, RowCounter] = {}
        for scanner, part in index.with_shared_groups(keys):
            merge = functools.partial(self._merge, part, scanner, order)
            merged[scanner] = await run_in_thread(self.location, merge)
            if scanner in index.journal and not merged[scanner].transcripts:
                await self._storage.delete(table_path(self.location, scanner))
        counters = {key: merged[key] for key in keys}
        await self._write_empty_pairs(counters.values())
        counts = {key: counter.counts for key, counter in counters.items()}
        complete = complete and (pairs is None or sum(one.scans for one in counts.values()) >= pairs)
        complete = complete and not (spec.transcripts is not None and spec.transcripts.unread)
        summary = summary_of(counts, complete, counters, {})
        await self._add_metrics(summary, order, metrics)
        errors = b"".join(error.model_dump_json().encode() + b"\n" for error in _errors_of(counters.values()))
        await self._storage.write(join(self.location, ERRORS_FILE), errors)
        await self._storage.write(join(self.location, SUMMARY_FILE), summary.model_dump_json().encode())
        done = index.files if complete else [path for path in index.files if path not in index.damaged]
        await for_each(self.location, done, self._storage.delete)
        await self._remove_journal(complete)
        return summary

    async def status(self) -> Status:
        """Tell how the scan stands."""
        return (await self.status_and_state())[0]

    async def counted_status(self) -> Status:
        """Tell how the scan stands; many transcripts are counted (`spec.transcripts.count`), in place of their ids."""
        text = await read_spec_text(self._storage, self.location)
        parts = None if await journal_files(self._storage, self.location) else without_ids(text)
        if parts is None:
            return await self.status()
        rest, light = parts
        recorded, errors = await _read_recorded(self._storage, self.location, light)
        spec = parse_spec(rest, join(self.location, SCAN_FILE))
        if (
            recorded.counters or spec.transcripts is None
        ):  # errors of rows that are counted stand in the order of the ids
            return await self.status()
        facts = facts_of_light_spec(light, self.location)
        spec.transcripts.count = max(spec.transcripts.count, facts.transcripts)
        complete = recorded.complete and not facts.unread
        return Status(complete, spec, self.location, _summary(recorded, complete), [*errors, *unread_errors(spec)])

    async def status_and_state(self) -> tuple[Status, ScanState]:
        """Tell how the scan stands, for programs and for displays: its directory is read once for both."""
        spec = await self.spec()
        recorded, errors = await _read_recorded(self._storage, self.location, spec)
        facts, due = facts_of(spec, self.location), pair_count(spec)
        complete = recorded.complete and not facts.unread
        summary = _summary(recorded, complete)
        state = ScanState(
            facts=facts,
            phase=phase_of(recorded, due, bool(facts.unread)),
            due=due,
            scanners=recorded.scanners,
            problems=Counter(facts.unread.values()),
        )
        return Status(complete, spec, self.location, summary, [*errors, *unread_errors(spec)]), state

    def _merge(self, index: JournalIndex, scanner: str, order: Sequence[str]) -> RowCounter:
        """Write the table of a scanner again, if the journal has something for it, and count its rows."""
        if scanner not in index.journal:
            return count_rows(index, scanner, order)
        counter = RowCounter(scanner, empty=index.empty_pairs(scanner))
        path = table_path(self.location, scanner)
        schema = index.schema(scanner)

        def count_while_merging() -> Iterator[pa.Table]:
            for table in index.rows(scanner, order, schema):
                counter.add_rows(table)
                yield table

        rows = count_while_merging()
        for first in rows:  # none: no table
            write_tables(self._storage, path, schema, chain([first], rows))
        return counter

    async def _add_metrics(self, summary: Summary, order: Sequence[str], metrics: Mapping[str, Metrics] | None) -> None:
        """Add metrics to a summary."""
        if metrics is None:
            stored = await read_summary(self._storage, self.location)
            before = summary_of(stored.scanners, False, {}, stored.fields).scanners if stored is not None else {}
            for scanner, counts in summary.scanners.items():
                if scanner in before:
                    counts.metrics = before[scanner].metrics
        elif metrics:
            # From the tables alone: they hold now what the summary counts.
            index = await load_table_index(self._storage, self.location)
            columns = select_fields(results_schema(), MEASURED_COLUMNS)
            for scanner, declared in metrics.items():
                if scanner in summary.scanners:
                    rows = index.rows(scanner, order, columns)
                    work = functools.partial(compute_row_metrics, scanner, rows, declared)
                    summary.scanners[scanner].metrics = await run_blocking(self.location, work)

    async def _remove_journal(self, complete: bool) -> None:
        folder = join(self.location, JOURNAL)
        await self._storage.sweep(self.location)
        await self._storage.sweep(folder)
        if complete and not await self._storage.list(folder):
            await self._storage.delete_tree(folder)

    async def _write_empty_pairs(self, counters: Iterable[RowCounter]) -> None:
        path = join(self.location, EMPTY_FILE)
        empty = {counter.scanner: sorted(counter.empty) for counter in counters if counter.empty}
        if empty:
            await self._storage.write(path, msgspec.json.encode(empty))
        else:
            await self._storage.delete(path)


def transcript_order(spec: ScanSpec) -> list[str]:
    """Transcript ids of a scan in the order of scanning."""
    return list(spec.transcripts.transcript_ids) if spec.transcripts is not None else []


def _pairs_of(
    index: JournalIndex, scanner: str
) -> tuple[frozenset[str], frozenset[str], dict[str, str], dict[str, int]]:
    """Transcripts recorded without and with an error, fingerprint of the scanner by transcript, rows by fingerprint."""
    entries = index.journal.get(scanner, {})
    seen: set[str] = set()
    failed = {transcript_id for transcript_id, entry in entries.items() if entry.record.errors}
    fingerprints: dict[str, str] = {}
    rows: Counter[str] = Counter()
    if scanner in index.tables:
        with open_table(index.storage, index.tables[scanner]) as file:
            table = file.read(_PAIR_COLUMNS)
        for transcript_id, error, made_by in zip(*(cells(table, name) for name in _PAIR_COLUMNS)):
            if transcript_id not in entries:
                (seen if error is None else failed).add(transcript_id)
                if made_by is not None:
                    fingerprints[transcript_id] = made_by
                    rows[made_by] += 1
    for transcript_id, entry in entries.items():
        if entry.record.fingerprint is not None and entry.record.rows:
            fingerprints[transcript_id] = entry.record.fingerprint
            rows[entry.record.fingerprint] += entry.record.rows
    done = (seen | set(entries) | index.empty_pairs(scanner)) - failed
    return frozenset(done), frozenset(failed), fingerprints, dict(rows)


def _errors_of(counters: Iterable[RowCounter]) -> list[Error]:
    return [Error(**asdict(error)) for counter in counters for error in counter.errors]


async def read_status(location: str, storage: Storage | None = None, *, ids: bool = True) -> Status:
    """Tell how a scan stands.

    Args:
        location: Directory of the scan.
        storage: Where it is (None: what serves the location).
        ids: Whether the ids of its transcripts matter, and not only how many there are (`spec.transcripts.count`).

    Raises:
        LocationError: There is no scan at the location.
    """
    store = await ScanStore.open(location, storage)
    return await (store.status() if ids else store.counted_status())


async def list_statuses(scans_location: str, run: RunSpecRead, storage: Storage | None = None) -> list[Status]:
    """Tell how the scans below a location stand, newest first; a missing location holds none.

    Args:
        scans_location: Where scans are kept; they are found at any depth.
        run: Runs what reads a spec when it is asked for.
        storage: Where that is (None: what serves the location).
    """
    scans = await find_scans(scans_location, storage)
    found = await scans.read_each(lambda folder: _list_status(scans.storage, folder, run))
    return [status for _, status in sorted(found, key=lambda each: each[0], reverse=True)]


async def _list_status(storage: Storage, location: str, run: RunSpecRead) -> tuple[float, Status]:
    """Tell when a scan was made, and how it stands, without reading all that defines it."""
    spec = await read_light_spec(storage, location, ids=True)
    recorded, errors = await _read_recorded(storage, location, spec)
    facts = facts_of_light_spec(spec, location)
    complete = recorded.complete and not facts.unread
    summary, every_error = _summary(recorded, complete), [*errors, *unread_errors(spec)]
    read_spec = functools.partial(_read_spec, run, location, storage)
    return facts.created_at, Status.with_spec_later(complete, read_spec, location, summary, every_error)


async def _read_recorded(
    storage: Storage, location: str, spec: ScanSpec | LightSpec
) -> tuple[RecordedCounts, list[Error]]:
    """Tell what is recorded of a scan, and what went wrong in its scanners."""
    journal = await journal_files(storage, location)
    recorded = await read_counts(storage, location, spec, journal, each=True)
    lines = [] if recorded.has_journal else await read_errors(storage, location)
    with_lines = {line.scanner for line in lines}
    errors = [Error(**asdict(line)) for line in lines]
    errors += _errors_of(counter for key, counter in recorded.counters.items() if key not in with_lines)
    return recorded, errors


def _read_spec(run: RunSpecRead, location: str, storage: Storage) -> ScanSpec:
    return run(ScanStore(location, storage).spec)


def _summary(recorded: RecordedCounts, complete: bool) -> Summary:
    newer = recorded.counters if recorded.has_journal else dict[str, RowCounter]()
    kept = {key: fields for key, fields in recorded.stored.fields.items() if key not in newer}
    return summary_of(recorded.scanners, complete, recorded.counters, kept)
