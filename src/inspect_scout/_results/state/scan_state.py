"""How the scans of directories stand: the one reader of it, for displays, lists, JSON and the public status.

Nothing here loads inspect_ai, pydantic or pandas, and Arrow is only loaded where rows must be counted.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..._support.causes.grouping import ErrorGroup, group_errors
from ..._support.storage import (
    LocalStorage,
    Storage,
    join,
    normalize,
    run_blocking,
    run_long,
    storage_for,
)
from ..._types import AskedVersion, Phase, ScanFacts, ScannerState, ScanState
from ..files.errors import StoredError, read_errors
from ..files.light_spec import LightScanner, LightSpec, LightVersion, light_spec, pair_count, transcript_count
from ..files.summary import StoredSummary, doubtful_scanners, is_complete, read_summary
from ..journal.lock import owner_path, read_claim
from ..layout import EMPTY_FILE, JOURNAL, OWNER_FILE, TABLE_SUFFIX, file_name, table_key
from .scan_list import MANY, ListedScans, find_scans, stamp_of

if TYPE_CHECKING:
    from .row_counter import Tally

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Counted:
    """What is recorded of a scan.

    Args:
        scanners: Counts of each scanner: those it declares, then those that only its files know.
        tallies: What was read of the rows of scanners.
        stored: What its summary says.
        complete: Whether it has nothing left to do, logs that were not read aside.
        has_journal: Whether its journal is newer than its summary.
        counted: Whether the counts are known.
    """

    scanners: Mapping[str, ScannerState]
    tallies: Mapping[str, Tally] = field(default_factory=dict[str, "Tally"])
    stored: StoredSummary = field(default_factory=StoredSummary)
    complete: bool = False
    has_journal: bool = False
    counted: bool = True

    @property
    def is_settled(self) -> bool:
        """Whether the summary says it all."""
        told = self.stored.scanners.values()
        return bool(told) and all(counts.scans for counts in told) and not self.tallies and not self.has_journal


@dataclass(frozen=True, slots=True)
class Standing:
    """How a scan stands.

    Args:
        state: How it stands.
        errors: What went wrong in it, by cause.
        is_settled: Whether its definition and its summary alone say so.
    """

    state: ScanState
    errors: Sequence[ErrorGroup] = ()
    is_settled: bool = False


async def list_states(scans_location: str, storage: Storage | None = None) -> list[ScanState]:
    """Tell how the scans below a location stand, newest first; what cannot be read is left out.

    A list does not count the rows of older scans without a summary: it would read every table (`counted` says so).

    Args:
        scans_location: Where scans are kept; they are found at any depth.
        storage: Where that is (None: what serves the location).
    """
    scans = await find_scans(scans_location, storage)
    many = isinstance(scans.storage, LocalStorage) and len(scans.folders) >= MANY
    kept = ListedScans(scans.root) if many else None

    async def read(folder: str) -> ScanState:
        known = kept.get(folder) if kept is not None else None
        if known is not None:
            return known
        stamp = stamp_of(folder) if kept is not None else None
        standing = await _standing(scans.storage, folder, listed=True)
        if kept is not None and standing.is_settled:
            kept.put(folder, stamp, standing.state)
        return standing.state

    found = await scans.read_each(read)
    if kept is not None:
        kept.save()
    return sorted(found, key=lambda state: state.facts.created_at, reverse=True)


async def read_state(location: str, storage: Storage | None = None, *, errors: bool = True) -> ScanState:
    """Tell how a scan stands.

    Args:
        location: Directory of the scan.
        storage: Where it is (None: what serves the location).
        errors: Whether to read what went wrong, and not only how often.

    Raises:
        LocationError: There is no scan at the location.
    """
    return (await read_standing(location, storage, errors=errors)).state


async def read_standing(location: str, storage: Storage | None = None, *, errors: bool = True) -> Standing:
    """Tell how a scan stands, with what went wrong by cause; see `read_state`."""
    where = storage if storage is not None else storage_for(location)
    return await _standing(where, normalize(location), errors=errors)


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
    where, folder = storage if storage is not None else storage_for(location), normalize(location)
    spec = await light_spec(where, folder)
    found = await _groups(where, folder, spec, await read_errors(where, folder), scanner)
    unread = (spec.transcripts.unread if spec.transcripts is not None and scanner is None else None) or {}
    return [*found, *group_errors(StoredError("", "", reason, "", False) for reason in unread.values())]


async def recorded_of(
    storage: Storage,
    location: str,
    spec: Any,
    journal: Sequence[str],
    *,
    each: bool = False,
    listed: bool = False,
) -> Counted:
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
        if not any(table_key(entry.path) for entry in await storage.list(location, recursive=False)):
            return Counted(nothing)
        if listed:
            failed = Counter(error.scanner for error in await read_errors(storage, location))
            return Counted({key: ScannerState(errors=failed[key]) for key in nothing}, counted=False)
    if stored is None or has_journal:
        stored = stored or StoredSummary()
        return Counted(
            *await _counted(storage, location, spec, stored, None, each=each), stored, has_journal=has_journal
        )
    scanners: Mapping[str, ScannerState] = stored.scanners
    tallies: Mapping[str, Tally] = {}
    doubtful = await doubtful_scanners(storage, location, stored, spec.scanners, transcript_count(spec))
    if doubtful:
        scanners, tallies = await _counted(storage, location, spec, stored, doubtful, each=each)
    return Counted(scanners, tallies, stored, is_complete(stored, scanners.values(), pair_count(spec)))


async def _counted(
    storage: Storage,
    location: str,
    spec: Any,
    stored: StoredSummary,
    doubtful: Sequence[str] | None,
    *,
    each: bool,
) -> tuple[dict[str, ScannerState], dict[str, Tally]]:
    """Count the rows of some scanners (None: of all); where they cannot be read, what the summary says counts."""
    if doubtful is None and not each:
        added = await _journal_alone(storage, location)
        if added is not None:
            return {key: added.get(key, ScannerState()) for key in dict.fromkeys([*spec.scanners, *sorted(added)])}, {}
    from ..journal.index import Catalog, with_catalog
    from .row_counter import read_tallies

    order = list(spec.transcripts.transcript_ids) if each and spec.transcripts is not None else []

    def tallied(catalog: Catalog) -> tuple[list[str], dict[str, Tally]]:
        keys = list(dict.fromkeys([*spec.scanners, *catalog.known()]))
        return keys, read_tallies(catalog, keys if doubtful is None else doubtful, order if each else None)

    known, tallies = await with_catalog(storage, location, tallied, run_long if each else run_blocking)
    if doubtful is not None:
        known = list(dict.fromkeys([*known, *stored.scanners]))
        tallies = {key: tally for key, tally in tallies.items() if tally.counts.scans}
    scanners = {
        key: tallies[key].counts if key in tallies else stored.scanners.get(key, ScannerState()) for key in known
    }
    return scanners, tallies


async def _journal_alone(storage: Storage, location: str) -> Mapping[str, ScannerState] | None:
    """Add up what the files of a journal say; None where there is more to a scan, or they do not say it."""
    files = [e for e in await storage.list(join(location, JOURNAL), recursive=False) if e.path.endswith(TABLE_SUFFIX)]
    # The journal is listed first: what is merged meanwhile is then seen in tables.
    beside = await storage.list(location, recursive=False)
    if any(table_key(entry.path) or file_name(entry.path) == EMPTY_FILE for entry in beside):
        return None
    from ..journal.totals import added_totals

    return await added_totals(storage, location, files)


async def journal_files(storage: Storage, location: str) -> list[str]:
    """Name the files in the journal of a scan."""
    return [file_name(entry.path) for entry in await storage.list(join(location, JOURNAL), recursive=False)]


async def _standing(storage: Storage, location: str, *, listed: bool = False, errors: bool = False) -> Standing:
    spec = await light_spec(storage, location)
    journal = await journal_files(storage, location)
    recorded = await recorded_of(storage, location, spec, journal, listed=listed)
    facts, due = facts_in(spec, location), pair_count(spec)
    is_held = OWNER_FILE in journal and (claim := await read_claim(storage, owner_path(location))) and claim.is_held
    groups: list[ErrorGroup] = []
    if errors and any(counts.errors for counts in recorded.scanners.values()):
        lines = await read_errors(storage, location)
        # The list is written when rows are merged, and not by every program; reading rows loads Arrow.
        is_whole = bool(lines) and not recorded.has_journal
        groups = group_errors(lines) if is_whole else await _groups(storage, location, spec, lines)
    state = ScanState(
        facts=facts,
        phase="running" if is_held else phase_of(recorded, due, bool(facts.unread)),
        due=due,
        scanners=recorded.scanners,
        problems=Counter(facts.unread.values()),
        errors={group.headline: group.count for group in groups},
        counted=recorded.counted,
    )
    return Standing(state, groups, recorded.is_settled and not journal)


def phase_of(recorded: Counted, due: int, has_unread: bool) -> Phase:
    """Tell how a scan stands that nobody is at work on."""
    if recorded.complete and not has_unread:
        return "complete"
    scanners = recorded.scanners.values()
    all_done = sum(counts.scans for counts in scanners) >= due
    return "errors" if all_done and (has_unread or any(counts.errors for counts in scanners)) else "interrupted"


async def _groups(
    storage: Storage, location: str, spec: LightSpec, lines: Sequence[StoredError], scanner: str | None = None
) -> list[ErrorGroup]:
    from .row_counter import errors_in_rows

    listed: dict[str, list[StoredError]] = {}
    for line in lines:
        listed.setdefault(line.scanner, []).append(line)
    return await errors_in_rows(storage, location, list(spec.scanners), listed, scanner)


def facts_in(spec: LightSpec, location: str) -> ScanFacts:
    """Tell what the file of a scan says of it."""
    logs, model = spec.transcripts, spec.model
    options = {key: value for key, value in spec.options.items() if value is not None}
    return ScanFacts(
        scan_id=spec.scan_id,
        name=spec.scan_file or spec.scan_name,
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
    )


def _versions(scanner: LightScanner) -> tuple[AskedVersion, ...]:
    known: list[LightVersion | LightScanner] = [*reversed(scanner.earlier or ()), scanner]
    return tuple(
        AskedVersion(fingerprint=each.fingerprint, question=each.asked.question if each.asked is not None else None)
        for each in known
    )
