"""From a request to a plan: everything that can be wrong is found here, before anything is created."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._inspect.models import ModelError, close_models
from .._project import OPTION_BY_NAME
from .._results import RecordedPairs
from .._scanners import (
    ScannerConfig,
    name_scanners,
    scanner_config,
    scanner_specs,
    scanners_from_specs,
)
from .._support.errors import ConfigError, ScanStateError
from .._support.loop_iterations import own_loop_iteration
from .._support.shapes import is_mapping
from .._transcripts import (
    Progress,
    TranscriptIndex,
    Transcripts,
    TranscriptSource,
    nearby_advice,
    no_cases_message,
    restore_transcripts,
    snapshot_of,
    transcripts_from,
)
from .._types import (
    Scanner,
    ScannerVersion,
    ScanOptions,
    ScanSpec,
    ValidationSet,
    Worklist,
)
from .._validation import Validator, validation_spec
from .checks import check_request, check_seconds
from .missing_models import check_own_models, missing_models, names_model
from .models import PlannedModels, plan_models
from .precedence import DEFAULT_MAX_BATCHED
from .request import ResumeRequest, ScanRequest
from .resumed_models import resumed_models
from .revision import package_versions, scan_revision
from .unread import selection_specs, with_restored_transcripts
from .validation import match_cases, plan_validation, restore_validation
from .versions import accepted_fingerprints, reconcile_versions, version_of, with_version
from .worklist import resolve_worklist

logger = logging.getLogger("inspect_scout")

IsRecorded = Callable[[str, str], bool]
"""Whether a pair of transcript id and scanner key is recorded and need not be scanned again."""


@dataclass(frozen=True, slots=True)
class PlannedScanner:
    """A scanner of a plan.

    Args:
        key: Its key.
        scan: The function.
        config: What its declaration says.
        fingerprint: Fingerprint of what it asks, its code and its models.
        validator: Compares its results with labelled cases, if it has any.
    """

    key: str
    scan: Scanner[Any]
    config: ScannerConfig
    fingerprint: str
    validator: Validator | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A transcript and the scanners due on it.

    Args:
        position: Position of the transcript in the index.
        scanners: Keys of the scanners, in the order of the plan.
    """

    position: int
    scanners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """All that is needed to run a scan.

    Args:
        spec: What will be written as `_scan.json`.
        scanners: Scanners by key.
        source: Where transcripts are read.
        index: The transcripts, in the order of scanning.
        units: Work that is due, in the order of the index.
        total: Pairs of transcript and scanner, recorded ones included.
        models: The models that scanners may call.
        widens: Whether more transcripts may be in work than `max_transcripts`, to use the connections to models.
        problems: Logs that could not be indexed, as messages.
    """

    spec: ScanSpec
    scanners: Mapping[str, PlannedScanner]
    source: TranscriptSource
    index: TranscriptIndex
    units: Sequence[Unit]
    total: int
    models: PlannedModels
    widens: bool = True
    problems: Sequence[str] = ()

    @property
    def due(self) -> int:
        """Pairs that are not recorded yet."""
        return sum(len(unit.scanners) for unit in self.units)

    @property
    def skipped(self) -> int:
        """Pairs that earlier runs recorded."""
        return self.total - self.due

    def counts(self) -> dict[str, int]:
        """Transcripts due by scanner."""
        counts = dict.fromkeys(self.scanners, 0)
        for unit in self.units:
            for key in unit.scanners:
                counts[key] += 1
        return counts


async def plan_scan(request: ScanRequest, progress: Progress | None = None) -> ScanPlan:
    """Plan a new scan.

    Args:
        request: What is asked for, as `resolve_request` has completed it.
        progress: Is told how far the transcripts are indexed.

    Raises:
        ConfigError: Something in the request cannot be used (nothing has been created).
        LogReadError: No log could be read.
    """
    await own_loop_iteration()
    check_request(request)
    named = name_scanners(request.scanners)
    transcripts = _transcripts(request)
    worklist = None
    if request.worklist is not None:
        worklist = await resolve_worklist(request.worklist, named)
    await _check_models(request, named if worklist is None else {w.scanner: named[w.scanner] for w in worklist})
    validation = plan_validation(request.validation, named)
    index = await transcripts.index(progress)
    problems = list(dict.fromkeys(map(str, index.problems)))
    if len(index) == 0:
        raise ConfigError(_nothing_to_scan(transcripts, problems))
    validation = match_cases(validation, named, index)
    await own_loop_iteration()
    models = plan_models(request)  # last, because clients are opened that must be closed
    versions = _versions(named, models)
    spec = ScanSpec(
        scan_name=request.scan_name or "scan",
        scan_file=request.scan_file,
        scan_args=dict(request.scanner_args) or None,
        tags=list(request.tags) if request.tags else None,
        metadata=dict(request.metadata) if request.metadata else None,
        model=models.model,
        model_roles=models.roles,
        generate_config=models.config,
        revision=scan_revision(),
        packages=package_versions(),
        options=_recorded_options(request, models),
        transcripts=snapshot_of(transcripts, index, selection_specs(request.worklist)),
        scanners={k: with_version(s, versions[k]) for k, s in scanner_specs(named, request.folder).items()},
        worklist=worklist,
        validation={key: validation_spec(cases, request.folder) for key, cases in validation.items()} or None,
        work_dir=request.folder,
    )
    work = _units_due(spec, named, index, lambda _id, _scanner: False)
    widens = request.max_transcripts is None
    planned = _planned_scanners(named, validation, versions)
    return ScanPlan(spec, planned, transcripts.source, index, *work, models, widens, problems)


def _recorded_options(request: ScanRequest, models: PlannedModels) -> ScanOptions:
    values = {name: getattr(request, name) for name in ScanOptions.model_fields if name in OPTION_BY_NAME}
    values["max_transcripts"] = request.max_transcripts or _default_max_transcripts(models)
    if request.record_input == "auto":
        values["record_input"] = None
    return ScanOptions(**values)


async def plan_resume(
    spec: ScanSpec,
    request: ResumeRequest,
    recorded: RecordedPairs,
    progress: Progress | None = None,
) -> ScanPlan:
    """Plan what is left of an earlier scan.

    Args:
        spec: The scan.
        request: How it is to go on.
        recorded: Which pairs are recorded.
        progress: Told how far indexing has come.

    Raises:
        ScanStateError: The scan does not say which transcripts it is about, was made of transcripts in memory, or asks
            something else than it did, or another model.
        ConfigError: A scanner cannot be made again, or a model is missing or cannot be used.
    """
    models = resumed_models(spec, request)
    try:
        return await _plan_resumed(spec, request, recorded, models, progress)
    except BaseException:  # however planning ends, the models are closed; raised again
        await close_models(models.active)
        raise


async def _plan_resumed(
    spec: ScanSpec, request: ResumeRequest, recorded: RecordedPairs, models: PlannedModels, progress: Progress | None
) -> ScanPlan:
    snapshot = spec.transcripts
    if snapshot is None:
        raise ScanStateError(
            f"The scan at {request.location!r} stopped before its transcripts were known. Start a new scan."
        )
    if request.scanner_timeout is not None:
        check_seconds("scanner_timeout", request.scanner_timeout)
        options = spec.options.model_copy(update={"scanner_timeout": request.scanner_timeout})
        spec = spec.model_copy(update={"options": options})
    named = scanners_from_specs(spec.scanners, spec.work_dir)
    versions = _versions(named, models)
    told = {"model": models.model, "model_roles": models.roles, "generate_config": models.config}
    spec = spec.model_copy(update=told)
    spec = reconcile_versions(spec, versions, recorded, request.rescan_changed, request.accept_changed)
    planned = _planned_scanners(named, restore_validation(spec, request.predicate_overrides or {}), versions)
    is_done = _done_under(spec, recorded)
    listed = {one.scanner: len(one.transcripts) for one in spec.worklist or ()}
    found = await restore_transcripts(snapshot, listed, progress)
    wanted = _wanted_ids(spec.worklist, named)

    def is_due(transcript_id: str) -> bool:
        keys = [k for k in named if wanted is None or transcript_id in wanted[k]]
        return not all(is_done(transcript_id, k) for k in keys)

    spec = with_restored_transcripts(spec, found, is_due)
    problems = list(dict.fromkeys(map(str, found.index.problems)))
    work = _units_due(spec, named, found.index, is_done, found.recorded)
    due = {key: named[key] for unit in work[0] for key in unit.scanners}
    lacking = missing_models(due, names_model(models.active.model), models.active.roles, again=True)
    if lacking is not None:
        raise ModelError(lacking)
    await check_own_models(due)
    return ScanPlan(spec, planned, found.source, found.index, *work, models, _widened(spec.options, models), problems)


async def _check_models(request: ScanRequest, named: Mapping[str, Scanner[Any]]) -> None:
    """Refuse a scan that lacks a model; a dry run counts all the same."""
    roles: Mapping[str, Any] = request.model_roles if is_mapping(request.model_roles) else {}
    lacking = missing_models(named, names_model(request.model), roles)
    if lacking is None:
        await check_own_models(named)
    elif not request.dry_run:
        raise ModelError(lacking)
    else:
        logger.warning("%s", lacking)


def _transcripts(request: ScanRequest) -> Transcripts:
    given = request.transcripts
    if given is None:
        raise ConfigError(
            "There are no transcripts: none were given, and there is neither ./transcripts nor $INSPECT_LOG_DIR nor "
            f"./logs. Give a log file or a directory of logs, or name them in scout.yaml. {nearby_advice()}".rstrip()
        )
    transcripts = given if isinstance(given, Transcripts) else transcripts_from(given)
    if request.duplicates is not None:
        transcripts = transcripts.with_duplicates(request.duplicates)
    for condition in request.filter or ():
        transcripts = transcripts.where(condition)
    if request.shuffle is not None and request.shuffle is not False:
        transcripts = transcripts.shuffle(None if request.shuffle is True else request.shuffle)
    if request.limit is not None:
        transcripts = transcripts.limit(request.limit)
    return transcripts


def _nothing_to_scan(transcripts: Transcripts, problems: Sequence[str]) -> str:
    if problems:
        return f"There are no transcripts to scan. {' '.join(problems)} Nothing was created."
    if transcripts.cases:
        return f"{no_cases_message(transcripts)} Nothing was created."
    if transcripts.filters:
        return f"No transcript meets the filter {' AND '.join(transcripts.filters)!r}. Nothing was created."
    return "There are no transcripts to scan: what was given holds none. Nothing was created."


def _versions(named: Mapping[str, Scanner[Any]], models: PlannedModels) -> dict[str, ScannerVersion]:
    return {key: version_of(scanner_config(scan), models) for key, scan in named.items()}


def _planned_scanners(
    named: Mapping[str, Scanner[Any]], validation: Mapping[str, ValidationSet], versions: Mapping[str, ScannerVersion]
) -> dict[str, PlannedScanner]:
    planned: dict[str, PlannedScanner] = {}
    for key, scan in named.items():
        config, cases = scanner_config(scan), validation.get(key)
        validator = None if cases is None else Validator(cases, config.values)
        planned[key] = PlannedScanner(key, scan, config, versions[key].fingerprint, validator)
    return planned


def _done_under(spec: ScanSpec, recorded: RecordedPairs) -> IsRecorded:
    """Tell which pairs need not be scanned again: those recorded without error by a version that the scan accepts."""
    accepted = {key: accepted_fingerprints(scanner) for key, scanner in spec.scanners.items()}

    def is_done(transcript_id: str, scanner: str) -> bool:
        if not recorded.is_done(transcript_id, scanner):
            return False
        allowed, made_by = accepted[scanner], recorded.fingerprints.get(scanner, {}).get(transcript_id)
        return allowed is None or made_by is None or made_by in allowed

    return is_done


def _units_due(
    spec: ScanSpec,
    scanners: Mapping[str, Scanner[Any]],
    index: TranscriptIndex,
    is_recorded: IsRecorded,
    recorded: Iterable[str] = (),
) -> tuple[list[Unit], int]:
    """Find the units that are due, and count all pairs: also those of recorded transcripts that are not there now."""
    wanted = _wanted_ids(spec.worklist, scanners)
    units: list[Unit] = []

    def wanting(transcript_id: str) -> list[str]:
        return [k for k in scanners if wanted is None or transcript_id in wanted[k]]

    total = sum(len(wanting(transcript_id)) for transcript_id in {*recorded, *index.ids})
    for position, transcript_id in enumerate(index.ids):
        keys = wanting(transcript_id)
        due = tuple(k for k in keys if not is_recorded(transcript_id, k))
        if due:
            units.append(Unit(position, due))
    return units, total


def _widened(options: ScanOptions, models: PlannedModels) -> bool:
    """Tell whether the user of an earlier scan left the number of transcripts in work open.

    Who set it has also set the connections; otherwise the recorded number is the default.
    """
    default = _default_max_transcripts(models)
    return options.max_transcripts == default and models.active.config.max_connections != default


def _default_max_transcripts(models: PlannedModels) -> int:
    return DEFAULT_MAX_BATCHED if models.active.config.batch else int(OPTION_BY_NAME["max_transcripts"].default)


def _wanted_ids(worklist: Sequence[Worklist] | None, scanners: Iterable[str]) -> dict[str, set[str]] | None:
    if worklist is None:
        return None
    wanted: dict[str, set[str]] = {key: set() for key in scanners}
    for item in worklist:
        wanted[item.scanner].update(item.transcripts)
    return wanted
