"""How scans stand, for commands that must start at once: nothing here loads inspect_ai, pydantic or pandas."""

from __future__ import annotations

import functools
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from .._support.causes import ErrorGroup, group_errors
from .._support.errors import LocationError, ScoutError, StorageError
from .._support.storage import Storage, for_each, is_local, join, normalize, run_blocking, storage_for
from .._types import ScannerCounts
from .blocking import wait_lightly
from .files import (
    LightScanner,
    LightSpec,
    LightVersion,
    StoredError,
    StoredScanner,
    StoredSummary,
    doubtful_scanners,
    is_complete,
    pair_count,
    parse_light_spec,
    read_errors,
    read_summary,
    transcript_count,
)
from .find import scan_folders
from .layout import JOURNAL, OWNER_FILE, SCAN_FILE, TABLE_SUFFIX, file_name, table_key
from .owner import owner_path, read_claim

if TYPE_CHECKING:
    from .tally import RowVerdict

logger = logging.getLogger(__name__)

State = Literal["complete", "errors", "interrupted", "running"]
"""complete; errors (all done, some scanners failed); interrupted (not all done); running."""


@dataclass(frozen=True, slots=True)
class RowVersion:
    """A version of a scanner that made rows of a scan.

    Args:
        fingerprint: Its fingerprint.
        rows: Rows that it made.
        question: What it asked, if that is recorded.
        current: Whether it is what the scan goes on with.
    """

    fingerprint: str
    rows: int
    question: str | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class ScanEntry:
    """A scan in a list.

    Args:
        scan_id: Its id.
        name: Its name, or the job file it came from.
        location: Its directory.
        timestamp: When it was made, in ISO format.
        epoch: The same in seconds.
        state: How it stands.
        error_count: Scanner errors.
        transcripts: Number of transcripts.
        results: Results found, over all scanners (None: nobody counted them, and a list does not either).
        unread: Logs that were not read (or not whole), without which the scan is not complete.
        versions: What made the rows of a scanner, for scanners with rows of more than one version, as far as it is counted.
    """

    scan_id: str
    name: str
    location: str
    timestamp: str
    epoch: float
    state: State
    error_count: int
    transcripts: int
    results: int | None
    unread: int = 0
    versions: Mapping[str, Sequence[RowVersion]] = field(default_factory=dict[str, Sequence["RowVersion"]])


@dataclass(frozen=True, slots=True)
class LightStatus:
    """How a scan stands.

    Args:
        entry: The scan.
        counts: Counts by scanner.
        total: Pairs of transcript and scanner to do.
        model_usage: Tokens by model and kind.
        config: Options worth showing.
        error_groups: What went wrong, by cause.
        unread: Logs that were not read, or not whole: path -> reason.
        accepted: The same, of those without which the scan was declared complete.
    """

    entry: ScanEntry
    counts: Mapping[str, ScannerCounts]
    total: int
    model_usage: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    config: Mapping[str, object] = field(default_factory=dict[str, object])
    error_groups: Sequence[ErrorGroup] = ()
    unread: Mapping[str, str] = field(default_factory=dict[str, str])
    accepted: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class _Counted:
    """Counts of a scan, however they were found."""

    complete: bool
    scanners: Mapping[str, StoredScanner]
    counted: bool = True


def list_entries(scans_location: str, storage: Storage | None = None) -> list[ScanEntry]:
    """List the scans below a location, newest first; what cannot be read is left out.

    Args:
        scans_location: Where scans are kept; they are found at any depth.
        storage: Where that is (None: what serves the location).
    """
    where = storage if storage is not None else storage_for(scans_location)
    root = normalize(scans_location) if is_local(scans_location) else scans_location

    async def entries() -> list[ScanEntry]:
        async def read(folder: str) -> ScanEntry | None:
            try:
                return (await _outcome(where, folder, listed=True)).entry
            except StorageError as error:
                logger.warning("Left out of the list of scans: %s", error)
            except ScoutError:
                pass  # removed meanwhile, or no scan
            return None

        found = [entry for entry in await for_each(root, await scan_folders(where, root), read) if entry is not None]
        return sorted(found, key=lambda entry: entry.epoch, reverse=True)

    return wait_lightly(scans_location, entries)


def read_outcome(location: str, storage: Storage | None = None, *, errors: bool = True) -> LightStatus:
    """Tell how a scan stands.

    Args:
        location: Directory of the scan.
        storage: Where it is (None: what serves the location).
        errors: Whether to read what went wrong, and not only how often.

    Raises:
        LocationError: There is no scan at the location.
    """
    where = storage if storage is not None else storage_for(location)
    folder = normalize(location)
    return wait_lightly(location, lambda: _outcome(where, folder, errors=errors))


def read_error_groups(location: str, scanner: str | None = None, storage: Storage | None = None) -> list[ErrorGroup]:
    """Tell what went wrong in a scan, by cause, the most frequent first; it may be running or damaged.

    Args:
        location: Directory of the scan.
        scanner: Only what went wrong in this scanner (None: in all, and in reading logs).
        storage: Where it is (None: what serves the location).

    Raises:
        LocationError: There is no scan at the location.
        UnknownNameError: There is no such scanner.
    """
    where = storage if storage is not None else storage_for(location)
    folder = normalize(location)

    async def groups() -> list[ErrorGroup]:
        spec = await _read_spec(where, folder)
        found = await _groups(where, folder, spec, await read_errors(where, folder), scanner)
        unread = (spec.transcripts.unread if spec.transcripts is not None and scanner is None else None) or {}
        return [*found, *group_errors(StoredError("", "", reason, "", False) for reason in unread.values())]

    return wait_lightly(location, groups)


async def _groups(
    storage: Storage, location: str, spec: LightSpec, lines: Sequence[StoredError], scanner: str | None = None
) -> list[ErrorGroup]:
    from .failed import errors_in_rows

    listed: dict[str, list[StoredError]] = {}
    for line in lines:
        listed.setdefault(line.scanner, []).append(line)
    return await errors_in_rows(storage, location, list(spec.scanners), listed, scanner)


async def _outcome(storage: Storage, location: str, *, listed: bool = False, errors: bool = False) -> LightStatus:
    spec = await _read_spec(storage, location)
    journal = [file_name(entry.path) for entry in await storage.list(join(location, JOURNAL), recursive=False)]
    counted = await _counted(storage, location, spec, journal, listed=listed)
    total = pair_count(spec)
    counts = {
        key: ScannerCounts(
            s.scans,
            s.results,
            s.errors,
            s.tokens,
            s.agreement,
            sum(s.fingerprints.values()),
            s.incomplete,
            s.unseen_citations,
            s.calls_without_usage,
        )
        for key, s in counted.scanners.items()
    }
    unread = (spec.transcripts.unread if spec.transcripts is not None else None) or {}
    accepted = (spec.transcripts.accepted if spec.transcripts is not None else None) or {}
    entry = ScanEntry(
        scan_id=spec.scan_id,
        name=spec.scan_file or spec.scan_name,
        location=location,
        timestamp=spec.timestamp,
        epoch=_epoch(spec.timestamp),
        state=await _state(storage, location, counted, total, journal, len(unread)),
        error_count=sum(scanner.errors for scanner in counts.values()),
        transcripts=transcript_count(spec),
        results=sum(scanner.results for scanner in counts.values()) if counted.counted else None,
        unread=len(unread),
        versions={
            key: _row_versions(spec, key, s.fingerprints)
            for key, s in counted.scanners.items()
            if len(s.fingerprints) > 1
        },
    )
    shown: list[ErrorGroup] = []
    if entry.error_count and errors:
        lines = await read_errors(storage, location)
        # The list is written when rows are merged, and not by every program; reading rows loads Arrow.
        is_whole = bool(lines) and not any(name.endswith(TABLE_SUFFIX) for name in journal)
        shown = group_errors(lines) if is_whole else await _groups(storage, location, spec, lines)
    return LightStatus(entry, counts, total, _usage(counted), _config(spec), shown, unread, accepted)


def _row_versions(spec: LightSpec, scanner: str, rows: Mapping[str, int]) -> list[RowVersion]:
    """Describe what made the rows of a scanner, in the order in which the scan knows its versions, the oldest first."""
    now = spec.scanners.get(scanner) or LightScanner("")
    versions = [*reversed(now.earlier or ()), LightVersion(now.fingerprint, now.asked)]
    known = {each.fingerprint: each for each in versions if each.fingerprint is not None}
    ordered = [*(f for f in rows if f not in known), *(f for f in known if f in rows)]
    questions = {f: each.asked.question for f, each in known.items() if each.asked is not None}
    return [RowVersion(f, rows[f], questions.get(f), f == now.fingerprint) for f in ordered]


async def _read_spec(storage: Storage, location: str) -> LightSpec:
    path = join(location, SCAN_FILE)
    try:
        return parse_light_spec(await storage.read(path))
    except LocationError:
        raise LocationError(
            f"There is no scan at {location!r}: the directory of a scan is called 'scan_id=...' and holds {SCAN_FILE}. "
            "`scout scan list` shows the scans of a folder."
        ) from None
    except ValueError as error:
        raise LocationError(f"{path!r} does not describe a scan: {error}") from error


async def _counted(
    storage: Storage, location: str, spec: LightSpec, journal: Sequence[str], *, listed: bool
) -> _Counted:
    """Read the summary; count what is recorded where the journal is newer, and where there is no summary to be believed.

    A list does not count the rows of scans that lack a summary (older ones do): it would read every table.
    """
    stored, has_journal = await read_summary(storage, location), any(n.endswith(TABLE_SUFFIX) for n in journal)
    if stored is None and not has_journal:
        if not any(table_key(e.path) for e in await storage.list(location, recursive=False)):
            return _Counted(False, {key: StoredScanner() for key in spec.scanners})
        if listed:
            errors = Counter(error.scanner for error in await read_errors(storage, location))
            return _Counted(False, {key: StoredScanner(errors=errors[key]) for key in spec.scanners}, counted=False)
    if stored is None or has_journal:
        return _Counted(False, await _with_tallies(storage, location, stored or StoredSummary(), None, spec))
    scanners = stored.scanners
    doubtful = await doubtful_scanners(storage, location, stored, spec.scanners, transcript_count(spec))
    if doubtful:
        scanners = await _with_tallies(storage, location, stored, doubtful, spec)
    return _Counted(is_complete(stored, scanners.values(), pair_count(spec)), scanners)


async def _with_tallies(
    storage: Storage, location: str, stored: StoredSummary, doubtful: Sequence[str] | None, spec: LightSpec
) -> dict[str, StoredScanner]:
    """Count the rows of some scanners (None: of all); where they cannot be read, what the summary says counts."""
    from .catalog import load_catalog
    from .tally import tally_recorded

    catalog = await load_catalog(storage, location)
    keys = dict.fromkeys([*spec.scanners, *catalog.known(), *(stored.scanners if doubtful is not None else ())])
    counted = {key: stored.scanners.get(key, StoredScanner()) for key in keys}
    for key in keys if doubtful is None else doubtful:
        try:
            tally = await run_blocking(location, functools.partial(tally_recorded, catalog, key))
        except StorageError:
            continue  # the full status says so
        if tally.scans or doubtful is None:
            agreement = _agreement(tally.verdicts) if tally.verdicts else counted[key].agreement
            counted[key] = StoredScanner(
                tally.scans,
                tally.results,
                tally.error_count,
                tally.tokens,
                tally.usage,
                agreement,
                tally.fingerprints,
                tally.incomplete,
                tally.unseen_citations,
                calls_without_usage=tally.calls_without_usage,
            )
    return counted


def _agreement(verdicts: Sequence[RowVerdict]) -> float | None:
    """Agreement of counted rows with labelled cases, as the full status computes it."""
    from .._validation import Confusion

    confusion = Confusion()
    for verdict in verdicts:
        if verdict.known:
            confusion.add(verdict.target, verdict.valid)
    return confusion.total.agreement


async def _state(
    storage: Storage, location: str, counted: _Counted, total: int, journal: Sequence[str], unread: int
) -> State:
    claim = await read_claim(storage, owner_path(location)) if OWNER_FILE in journal else None
    if claim is not None and claim.is_held:
        return "running"
    if counted.complete and not unread:
        return "complete"
    scanners = counted.scanners.values()
    all_done = sum(scanner.scans for scanner in scanners) >= total
    return "errors" if all_done and (unread or any(scanner.errors for scanner in scanners)) else "interrupted"


def _usage(counted: _Counted) -> dict[str, dict[str, int]]:
    total: dict[str, dict[str, int]] = {}
    for scanner in counted.scanners.values():
        for model, kinds in scanner.model_usage.items():
            into = total.setdefault(model, {})
            for kind, number in kinds.items():
                if isinstance(number, int):
                    into[kind] = into.get(kind, 0) + number
    return total


def _config(spec: LightSpec) -> dict[str, object]:
    model = {"model": spec.model.model, **spec.model.config} if spec.model is not None else {}
    options = {key: value for key, value in spec.options.items() if value is not None}
    tags = {"tags": ",".join(spec.tags)} if spec.tags else {}
    return {**(spec.scan_args or {}), **options, **model, **tags}


def _epoch(timestamp: str) -> float:
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except ValueError:
        return 0.0
