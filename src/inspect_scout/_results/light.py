"""How scans stand, for commands that must start at once: nothing here loads inspect_ai, pydantic or pandas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec

from .._support.errors import LocationError, ScoutError
from .._support.storage import Storage, for_each, is_local, join, normalize, run_blocking, storage_for
from .._types import ScannerCounts
from .blocking import wait_lightly
from .find import scan_folders
from .layout import ERRORS_FILE, JOURNAL, OWNER_FILE, SCAN_FILE, SUMMARY_FILE, TABLE_SUFFIX, file_name, table_key
from .owner import owner_path, read_claim

State = Literal["complete", "errors", "interrupted", "running"]
"""complete; errors (all done, some scanners failed); interrupted (not all done); running."""

SAMPLES = 200
"""Error messages that an outcome shows."""


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


@dataclass(frozen=True, slots=True)
class LightStatus:
    """How a scan stands.

    Args:
        entry: The scan.
        counts: Counts by scanner.
        total: Pairs of transcript and scanner to do.
        model_usage: Tokens by model and kind.
        config: Options worth showing.
        error_samples: A few error messages.
    """

    entry: ScanEntry
    counts: Mapping[str, ScannerCounts]
    total: int
    model_usage: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    config: Mapping[str, object] = field(default_factory=dict[str, object])
    error_samples: Sequence[str] = ()


class _Transcripts(msgspec.Struct):
    transcript_ids: dict[str, msgspec.Raw] = {}
    data: str | None = None


class _Work(msgspec.Struct):
    scanner: str
    transcripts: list[str]


class _Model(msgspec.Struct):
    model: str = ""
    config: dict[str, Any] = {}


class _Spec(msgspec.Struct):
    scan_id: str
    scan_name: str
    scanners: dict[str, msgspec.Raw]
    timestamp: str = ""
    scan_file: str | None = None
    scan_args: dict[str, Any] | None = None
    tags: list[str] | None = None
    model: _Model | None = None
    options: dict[str, Any] = {}
    transcripts: _Transcripts | None = None
    worklist: list[_Work] | None = None


class _Metrics(msgspec.Struct):
    tp: int = 0
    fp: int = 0
    tn: int = 0
    fn: int = 0
    accuracy: float | None = None


class _Validation(msgspec.Struct):
    metrics: _Metrics | None = None


class _Scanner(msgspec.Struct):
    scans: int = 0
    results: int = 0
    errors: int = 0
    tokens: int = 0
    model_usage: Mapping[str, Mapping[str, int | float | None]] = {}
    validation: msgspec.Raw = msgspec.Raw(b"null")
    fingerprints: dict[str, int] = {}
    incomplete: int = 0
    unseen_citations: int = 0


class _Summary(msgspec.Struct):
    complete: bool = True
    scanners: dict[str, _Scanner] = {}
    counted: bool = True


class _Error(msgspec.Struct):
    scanner: str = ""
    error: str = ""


_SPEC = msgspec.json.Decoder(_Spec)
_SUMMARY = msgspec.json.Decoder(_Summary)
_VALIDATION = msgspec.json.Decoder(_Validation | None)
_ERROR = msgspec.json.Decoder(_Error)


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
            except ScoutError:
                return None  # removed meanwhile, or no scan

        found = [entry for entry in await for_each(root, await scan_folders(where, root), read) if entry is not None]
        return sorted(found, key=lambda entry: entry.epoch, reverse=True)

    return wait_lightly(scans_location, entries)


def read_outcome(location: str, storage: Storage | None = None) -> LightStatus:
    """Tell how a scan stands.

    Args:
        location: Directory of the scan.
        storage: Where it is (None: what serves the location).

    Raises:
        LocationError: There is no scan at the location.
    """
    where = storage if storage is not None else storage_for(location)
    folder = location.rstrip("/") or location
    return wait_lightly(location, lambda: _outcome(where, folder))


async def _outcome(storage: Storage, location: str, *, listed: bool = False) -> LightStatus:
    spec = await _read_spec(storage, location)
    journal = [file_name(entry.path) for entry in await storage.list(join(location, JOURNAL), recursive=False)]
    counted = await _counted(storage, location, spec, journal, listed=listed)
    total = _total(spec)
    counts = {
        key: ScannerCounts(
            s.scans,
            s.results,
            s.errors,
            s.tokens,
            _agreement(s.validation),
            sum(s.fingerprints.values()),
            s.incomplete,
            s.unseen_citations,
        )
        for key, s in counted.scanners.items()
    }
    entry = ScanEntry(
        scan_id=spec.scan_id,
        name=spec.scan_file or spec.scan_name,
        location=location,
        timestamp=spec.timestamp,
        epoch=_epoch(spec.timestamp),
        state=await _state(storage, location, counted, total, journal),
        error_count=sum(scanner.errors for scanner in counts.values()),
        transcripts=_transcripts(spec),
        results=sum(scanner.results for scanner in counts.values()) if counted.counted else None,
    )
    shown = await _samples(storage, location) if entry.error_count and not listed else []
    return LightStatus(entry, counts, total, _usage(counted), _config(spec), shown)


def _agreement(validation: msgspec.Raw) -> float | None:
    """Agreement with labelled cases, as far as a summary (older ones hold other things) tells it."""
    try:
        found = _VALIDATION.decode(validation)
    except msgspec.DecodeError:
        return None
    metrics = found.metrics if found is not None else None
    if metrics is None or metrics.accuracy is not None:
        return None if metrics is None else metrics.accuracy
    total = metrics.tp + metrics.fp + metrics.tn + metrics.fn
    return (metrics.tp + metrics.tn) / total if total else None


async def _read_spec(storage: Storage, location: str) -> _Spec:
    path = join(location, SCAN_FILE)
    try:
        return _SPEC.decode(await storage.read(path))
    except LocationError:
        raise LocationError(
            f"There is no scan at {location!r}: the directory of a scan is called 'scan_id=...' and holds {SCAN_FILE}. "
            "`scout scan list` shows the scans of a folder."
        ) from None
    except ValueError as error:
        raise LocationError(f"{path!r} does not describe a scan: {error}") from error


async def _counted(storage: Storage, location: str, spec: _Spec, journal: Sequence[str], *, listed: bool) -> _Summary:
    """Read the summary; where the journal is newer, or there is no summary, count what is recorded.

    A list does not count the rows of scans that lack a summary (older ones do): it would read every table.
    """
    if not any(name.endswith(TABLE_SUFFIX) for name in journal):
        try:
            return _SUMMARY.decode(await storage.read(join(location, SUMMARY_FILE)))
        except (LocationError, ValueError):
            if not any(table_key(e.path) for e in await storage.list(location, recursive=False)):
                return _Summary(False, {key: _Scanner() for key in spec.scanners})
            if listed:
                errors = Counter(error.scanner for error in await _errors(storage, location))
                return _Summary(False, {key: _Scanner(errors=errors[key]) for key in spec.scanners}, counted=False)
    from .catalog import load_catalog
    from .tally import tally_recorded

    catalog = await load_catalog(storage, location)
    keys = dict.fromkeys([*spec.scanners, *catalog.known()])
    tallies = await run_blocking(location, lambda: [tally_recorded(catalog, key) for key in keys])
    return _Summary(
        False,
        {
            t.scanner: _Scanner(
                t.scans,
                t.results,
                t.error_count,
                t.tokens,
                t.usage,
                fingerprints=t.fingerprints,
                incomplete=t.incomplete,
                unseen_citations=t.unseen_citations,
            )
            for t in tallies
        },
    )


async def _state(storage: Storage, location: str, counted: _Summary, total: int, journal: Sequence[str]) -> State:
    claim = await read_claim(storage, owner_path(location)) if OWNER_FILE in journal else None
    if claim is not None and claim.is_held:
        return "running"
    if counted.complete:
        return "complete"
    scanners = counted.scanners.values()
    all_done = sum(scanner.scans for scanner in scanners) >= total
    return "errors" if all_done and any(scanner.errors for scanner in scanners) else "interrupted"


def _total(spec: _Spec) -> int:
    if spec.worklist is None:
        return _transcripts(spec) * len(spec.scanners)
    ids = spec.transcripts.transcript_ids if spec.transcripts is not None else {}
    return sum(len(set(work.transcripts) & ids.keys()) for work in spec.worklist)


def _transcripts(spec: _Spec) -> int:
    if spec.transcripts is None:
        return 0
    # Older scans hold a table of their transcripts: a line each, after the headings.
    rows = len(spec.transcripts.data.strip().splitlines()) - 1 if spec.transcripts.data else 0
    return len(spec.transcripts.transcript_ids) or max(0, rows)


def _usage(counted: _Summary) -> dict[str, dict[str, int]]:
    total: dict[str, dict[str, int]] = {}
    for scanner in counted.scanners.values():
        for model, kinds in scanner.model_usage.items():
            into = total.setdefault(model, {})
            for kind, number in kinds.items():
                if isinstance(number, int):
                    into[kind] = into.get(kind, 0) + number
    return total


def _config(spec: _Spec) -> dict[str, object]:
    model = {"model": spec.model.model, **spec.model.config} if spec.model is not None else {}
    options = {key: value for key, value in spec.options.items() if value is not None}
    tags = {"tags": ",".join(spec.tags)} if spec.tags else {}
    return {**(spec.scan_args or {}), **options, **model, **tags}


async def _samples(storage: Storage, location: str) -> list[str]:
    return [f"{error.scanner}: {error.error}" for error in (await _errors(storage, location))[:SAMPLES]]


async def _errors(storage: Storage, location: str) -> list[_Error]:
    try:
        lines = (await storage.read(join(location, ERRORS_FILE))).splitlines()
    except LocationError:
        return []
    found: list[_Error] = []
    for line in lines:
        with suppress(ValueError):
            found.append(_ERROR.decode(line))
    return found


def _epoch(timestamp: str) -> float:
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except ValueError:
        return 0.0
