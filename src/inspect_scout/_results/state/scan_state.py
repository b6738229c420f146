"""How the scans of directories stand: the one reader of it, for displays, lists, JSON and the public status.

Nothing here loads inspect_ai, pydantic or pandas, and Arrow is only loaded where rows must be counted.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..._support.causes.grouping import ErrorGroup, group_errors
from ..._support.gc_control import gc_paused
from ..._support.storage import (
    LocalStorage,
    Storage,
    join,
    listed_storage,
    normalize,
    run_blocking,
    run_in_thread,
)
from ..._types import AskedVersion, Phase, ScanFacts, ScannerState, ScanState
from ..files.errors import StoredError, read_errors
from ..files.light_spec import LightScanner, LightSpec, LightVersion, pair_count, read_light_spec, transcript_count
from ..files.summary import StoredSummary, doubtful_scanners, is_complete, read_summary
from ..journal.lock import lock_path, read_lock
from ..layout import EMPTY_FILE, JOURNAL, LOCK_FILE, TABLE_SUFFIX, file_name, scanner_of_table
from .scan_list import MIN_CACHED_SCANS, StateCache, find_scans, scan_stamp

if TYPE_CHECKING:
    from .row_counter import RowCounter

logger = logging.getLogger(__name__)

_PASSING_FILE = re.compile(r"inspect_scout[/\\]runs[/\\][^/\\]+[/\\]job\.json$")
"""A job that the page has started: its file is nobody's, and gone after some days."""


@dataclass(frozen=True, slots=True)
class RecordedCounts:
    """What is recorded of a scan.

    Args:
        scanners: Counts of each scanner: those it declares, then those that only its files know.
        counters: What was read of the rows of scanners.
        stored: What its summary says.
        complete: Whether it has nothing left to do, logs that were not read aside.
        has_journal: Whether its journal is newer than its summary.
        counted: Whether the counts are known.
    """

    scanners: Mapping[str, ScannerState]
    counters: Mapping[str, RowCounter] = field(default_factory=dict[str, "RowCounter"])
    stored: StoredSummary = field(default_factory=StoredSummary)
    complete: bool = False
    has_journal: bool = False
    counted: bool = True

    @property
    def is_final(self) -> bool:
        """Whether the summary says it all."""
        stored = self.stored.scanners.values()
        return bool(stored) and all(counts.scans for counts in stored) and not self.counters and not self.has_journal


@dataclass(frozen=True, slots=True)
class ScanOverview:
    """How a scan stands.

    Args:
        state: How it stands.
        errors: What went wrong in it, by cause.
        is_final: Whether its definition and its summary alone say so.
    """

    state: ScanState
    errors: Sequence[ErrorGroup] = ()
    is_final: bool = False


async def list_states(scans_location: str, storage: Storage | None = None) -> list[ScanState]:
    """Tell how the scans below a location stand, newest first; what cannot be read is left out.

    A list does not count the rows of older scans without a summary: it would read every table (`counted` says so).

    Args:
        scans_location: Where scans are kept; they are found at any depth.
        storage: Where that is (None: what serves the location).
    """
    scans = await find_scans(scans_location, storage)
    many = isinstance(scans.storage, LocalStorage) and len(scans.folders) >= MIN_CACHED_SCANS
    cache = StateCache(scans.root) if many else None
    known = cache.take_unchanged(scans.folders) if cache is not None else {}

    async def read(folder: str) -> tuple[str, ScanState]:
        stamp = scan_stamp(folder) if cache is not None else None
        # Who has a stamp has no journal: what begins meanwhile is in the next list, as there is no stamp then.
        journal: Sequence[str] | None = () if stamp is not None else None
        overview = await _read_report(listed_storage(folder, scans.storage), folder, journal, listed=True)
        if cache is not None and overview.is_final:
            cache.put(folder, stamp, overview.state)
        return folder, overview.state

    others = replace(scans, folders=[folder for folder in scans.folders if folder not in known])
    with gc_paused() if cache is not None else nullcontext():  # it would walk again and again what is kept
        states = known | dict(await others.read_each(read))
    if cache is not None:
        cache.save()
    found = [states[folder] for folder in scans.folders if folder in states]
    return sorted(found, key=lambda state: state.facts.created_at, reverse=True)


async def read_overview(location: str, storage: Storage | None = None, *, errors: bool = True) -> ScanOverview:
    """Tell how a scan stands, with what went wrong by cause.

    Args:
        location: Directory of the scan.
        storage: Where it is (None: what serves the location).
        errors: Whether to read what went wrong, and not only how often.

    Raises:
        LocationError: There is no scan at the location.
    """
    where = listed_storage(location, storage)
    return await _read_report(where, normalize(location), errors=errors)


async def read_error_groups(
    location: str, scanner: str | None = None, storage: Storage | None = None
) -> list[ErrorGroup]:
    """Tell what went wrong in a scan, by cause, the most frequent first; it may be running or damaged.

    Args:
        location: Directory of the scan.
        scanner: Only what went wrong in this scanner (None: in all, and in reading logs).
        storage: Where it is (None: what serves the location).

    Raises:
        LocationError: There is no scan at the location.
        UnknownNameError: There is no such scanner.
    """
    where, folder = listed_storage(location, storage), normalize(location)
    spec = await read_light_spec(where, folder)
    found = await _error_groups(where, folder, spec, await read_errors(where, folder), scanner)
    unread = (spec.transcripts.unread if spec.transcripts is not None and scanner is None else None) or {}
    return [*found, *group_errors(StoredError("", "", reason, "", False) for reason in unread.values())]


async def read_counts(
    storage: Storage, location: str, spec: Any, journal: Sequence[str], *, each: bool = False, listed: bool = False
) -> RecordedCounts:
    """Tell what is recorded of a scan: by its summary, or by its journal and rows where they are newer or it is doubtful.

    Args:
        storage: Where the scan is.
        location: Its directory.
        spec: The scan (`LightSpec` or `ScanSpec`).
        journal: Names of the files in its journal.
        each: Read each error and verdict of rows that are counted, in the order of transcripts.
        listed: Count no rows of scans without a summary.
    """
    stored, has_journal = await read_summary(storage, location), any(n.endswith(TABLE_SUFFIX) for n in journal)
    nothing = {key: ScannerState() for key in spec.scanners}
    if stored is None and not has_journal:
        if not any(scanner_of_table(entry.path) for entry in await storage.list(location, recursive=False)):
            return RecordedCounts(nothing)
        if listed:
            failed = Counter(error.scanner for error in await read_errors(storage, location))
            return RecordedCounts({key: ScannerState(errors=failed[key]) for key in nothing}, counted=False)
    if stored is None or has_journal:
        stored = stored or StoredSummary()
        return RecordedCounts(
            *await _count_rows(storage, location, spec, stored, None, each=each), stored, has_journal=has_journal
        )
    scanners: Mapping[str, ScannerState] = stored.scanners
    counters: Mapping[str, RowCounter] = {}
    doubtful = await doubtful_scanners(storage, location, stored, spec.scanners, transcript_count(spec))
    if doubtful:
        scanners, counters = await _count_rows(storage, location, spec, stored, doubtful, each=each)
    return RecordedCounts(scanners, counters, stored, is_complete(stored, scanners.values(), pair_count(spec)))


async def _count_rows(
    storage: Storage, location: str, spec: Any, stored: StoredSummary, doubtful: Sequence[str] | None, *, each: bool
) -> tuple[dict[str, ScannerState], dict[str, RowCounter]]:
    """Count the rows of some scanners (None: of all); where they cannot be read, what the summary says counts."""
    if doubtful is None and not each:
        added = await _sum_journal(storage, location)
        if added is not None:
            return {key: added.get(key, ScannerState()) for key in dict.fromkeys([*spec.scanners, *sorted(added)])}, {}
    from ..journal.index import JournalIndex, with_index
    from .row_counter import count_scanners

    order = list(spec.transcripts.transcript_ids) if each and spec.transcripts is not None else []

    def count(index: JournalIndex) -> tuple[list[str], dict[str, RowCounter]]:
        keys = list(dict.fromkeys([*spec.scanners, *index.recorded_scanners()]))
        return keys, count_scanners(index, keys if doubtful is None else doubtful, order if each else None)

    known, counters = await with_index(storage, location, count, run_in_thread if each else run_blocking)
    if doubtful is not None:
        known = list(dict.fromkeys([*known, *stored.scanners]))
        counters = {key: counter for key, counter in counters.items() if counter.counts.scans}
    scanners = {
        key: counters[key].counts if key in counters else stored.scanners.get(key, ScannerState()) for key in known
    }
    return scanners, counters


async def _sum_journal(storage: Storage, location: str) -> Mapping[str, ScannerState] | None:
    """Add up what the files of a journal say; None where there is more to a scan, or they do not say it."""
    files = [e for e in await storage.list(join(location, JOURNAL), recursive=False) if e.path.endswith(TABLE_SUFFIX)]
    # The journal is listed first: what is merged meanwhile is then seen in tables.
    entries = await storage.list(location, recursive=False)
    if any(scanner_of_table(entry.path) or file_name(entry.path) == EMPTY_FILE for entry in entries):
        return None
    from ..journal.totals import sum_totals

    return await sum_totals(storage, location, files)


async def journal_files(storage: Storage, location: str) -> list[str]:
    """Name the files in the journal of a scan."""
    return [file_name(entry.path) for entry in await storage.list(join(location, JOURNAL), recursive=False)]


async def _read_report(
    storage: Storage,
    location: str,
    journal: Sequence[str] | None = None,
    *,
    listed: bool = False,
    errors: bool = False,
) -> ScanOverview:
    spec = await read_light_spec(storage, location)
    if journal is None:
        journal = await journal_files(storage, location)
    recorded = await read_counts(storage, location, spec, journal, listed=listed)
    facts, due = facts_of_light_spec(spec, location), pair_count(spec)
    is_held = LOCK_FILE in journal and (lock := await read_lock(storage, lock_path(location))) and lock.is_held
    groups: list[ErrorGroup] = []
    if errors and any(counts.errors for counts in recorded.scanners.values()):
        lines = await read_errors(storage, location)
        # The list is written when rows are merged, and not by every program; reading rows loads Arrow.
        is_whole = bool(lines) and not recorded.has_journal
        groups = group_errors(lines) if is_whole else await _error_groups(storage, location, spec, lines)
    state = ScanState(
        facts=facts,
        phase="running" if is_held else phase_of(recorded, due, bool(facts.unread)),
        due=due,
        scanners=recorded.scanners,
        problems=Counter(facts.unread.values()) if facts.unread else {},
        errors={group.headline: group.count for group in groups},
        counted=recorded.counted,
    )
    return ScanOverview(state, groups, recorded.is_final and not journal)


def phase_of(recorded: RecordedCounts, due: int, has_unread: bool) -> Phase:
    """Tell how a scan stands that nobody is at work on."""
    if recorded.complete and not has_unread:
        return "complete"
    scanners = recorded.scanners.values()
    all_done = sum(counts.scans for counts in scanners) >= due
    return "errors" if all_done and (has_unread or any(counts.errors for counts in scanners)) else "interrupted"


async def _error_groups(
    storage: Storage, location: str, spec: LightSpec, lines: Sequence[StoredError], scanner: str | None = None
) -> list[ErrorGroup]:
    from .row_counter import group_row_errors

    listed: dict[str, list[StoredError]] = {}
    for line in lines:
        listed.setdefault(line.scanner, []).append(line)
    return await group_row_errors(storage, location, list(spec.scanners), listed, scanner)


def _name_of(spec: LightSpec) -> str:
    own = spec.scan_file if spec.scan_file and not _PASSING_FILE.search(spec.scan_file) else None
    return own or spec.scan_name


def facts_of_light_spec(spec: LightSpec, location: str) -> ScanFacts:
    """Tell what the file of a scan says of it."""
    logs, model = spec.transcripts, spec.model
    options = {key: value for key, value in spec.options.items() if value is not None}
    return ScanFacts(
        scan_id=spec.scan_id,
        name=_name_of(spec),
        location=location,
        transcripts=transcript_count(spec),
        scanners=tuple(spec.scanners),
        options={
            **(spec.scan_args or {}),
            **options,
            **({"model": model.model, **model.config} if model is not None else {}),
            **({"tags": ",".join(spec.tags)} if spec.tags else {}),
        },
        created=spec.timestamp,
        tags=tuple(spec.tags or ()),
        model=model.model if model is not None else "",
        unread=(logs.unread if logs is not None else None) or {},
        accepted=(logs.accepted if logs is not None else None) or {},
        versions={key: _versions(scanner) for key, scanner in spec.scanners.items()},
        own_name=spec.scan_name,
    )


def _versions(scanner: LightScanner) -> tuple[AskedVersion, ...]:
    known: list[LightVersion | LightScanner] = [*reversed(scanner.earlier or ()), scanner]
    return tuple(
        AskedVersion(fingerprint=each.fingerprint, question=each.asked.question if each.asked is not None else None)
        for each in known
    )
