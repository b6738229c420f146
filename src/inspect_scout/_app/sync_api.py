"""The public sync functions: each is one call through the bridge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._plan import ModelRole, ResumeRequest, Scanners, ScannerWork, ScanRequest
from .._results import RecordInput
from .._scanners import end_loading
from .._types import PredicateFn, Status, ValidationSet, Worklist
from . import async_api, scanning
from .bridge import in_sync, in_sync_items, run_sync

if TYPE_CHECKING:
    from inspect_ai.model import GenerateConfig, Model

    from .._display import DisplayType
    from .._transcripts import Duplicates, Transcripts


def scan(
    scanners: Scanners,
    transcripts: Transcripts | str | Sequence[str] | None = None,
    scans: str | None = None,
    worklist: Sequence[ScannerWork] | Sequence[Worklist] | str | Path | None = None,
    validation: str | Path | ValidationSet | Mapping[str, str | Path | ValidationSet] | None = None,
    model: str | Model | None = None,
    model_config: GenerateConfig | None = None,
    model_base_url: str | None = None,
    model_args: dict[str, Any] | str | None = None,
    model_roles: Mapping[str, ModelRole | Sequence[ModelRole]] | None = None,
    max_transcripts: int | None = None,
    max_processes: int | None = None,
    limit: int | None = None,
    shuffle: bool | int | None = None,
    results_buffer: int | None = None,
    tags: list[str] | None = None,
    metadata: dict[str, Any] | None = None,
    display: DisplayType | None = None,
    log_level: str | None = None,
    fail_on_error: bool = False,
    dry_run: bool = False,
    record_input: RecordInput | None = None,
    *,
    executor: str | None = None,
    ray_address: str | None = None,
    duplicates: Duplicates | None = None,
    scanner_timeout: float | None = None,
    results: str | None = None,
) -> Status:
    """Scan transcripts (`aio.scan_async`, which documents the arguments, run to its end).

    Args:
        scanners: Scanners: a list, a list of (name, scanner), or a mapping from name to scanner; or a scan job
            (`ScanJob`, `ScanJobConfig`), which the other arguments refine.
        transcripts: What to scan: `transcripts_from(...)`, or paths of logs.
        scans: Where scans are kept.
        worklist: Transcripts by scanner, or a file that lists them.
        validation: Labelled cases that results are compared with: a file or `validation_set(...)` for the only scanner,
            or a mapping from names of scanners to these.
        model: What `get_model()` gives in scanners: a model or its name (default: `$SCOUT_SCAN_MODEL`, else none).
        model_config: Generation options (`inspect_ai.model.GenerateConfig`).
        model_base_url: Where `model` is served.
        model_args: Arguments for the provider of `model`, or a YAML or JSON file of them.
        model_roles: What `get_model(role=...)` gives: models, names or descriptions (`{"model": NAME, "max_connections":
            3}`) by role, or lists of them.
        max_transcripts: Transcripts in work at once (default 25, or as many as the connections to models need).
        max_processes: Worker processes (1: scan in this process alone; default: as many as pay, up to 4).
        limit: Transcripts at most.
        shuffle: True or a seed.
        results_buffer: Bring the tables of the running scan up to date after this many records.
        tags: Tags kept with the scan.
        metadata: Metadata kept with the scan.
        display: How to show progress: `rich` (the default in a terminal), `plain`, `log`, `none`.
        log_level: Level of log messages.
        fail_on_error: Stop at the first scanner that raises, and raise its exception after saving.
        dry_run: Only count what would be scanned.
        record_input: `auto` (the default), `copy` or `reference`.
        executor: What runs the scan: `inline` (this process), `processes` (workers on this machine), `ray` (workers on a
            Ray cluster). Default: this process, and workers beside it once they pay.
        ray_address: Address of a Ray cluster (default: `$RAY_ADDRESS`, else a cluster on this machine).
        duplicates: Of a sample in several logs, `newest` scans that of the log modified last, `all` every one (default: what
            `transcripts` say, else `newest`).
        scanner_timeout: Seconds that a scanner may take for a transcript; one that takes longer is an error (default: no limit).
        results: Older name of `scans`.

    Raises:
        ScoutError: The request cannot be carried out; nothing was created.
        Exception: What a scanner raised, if `fail_on_error` is set.
        KeyboardInterrupt: On Ctrl-C, after saving what was recorded.
    """
    given = dict(locals())
    end_loading(scanners)
    given["scans"] = async_api.older_scans(scans, given.pop("results"))
    request = ScanRequest(**given)
    return run_sync(lambda: scanning.run_scan(request))


def scan_resume(
    scan_location: str,
    display: DisplayType | None = None,
    log_level: str | None = None,
    fail_on_error: bool = False,
    predicate_overrides: Mapping[str, PredicateFn] | None = None,
    *,
    executor: str | None = None,
    ray_address: str | None = None,
    wait: bool = False,
    rescan_changed: bool = False,
    accept_changed: bool = False,
    model: str | Model | None = None,
    model_config: GenerateConfig | None = None,
    model_base_url: str | None = None,
    model_args: dict[str, Any] | str | None = None,
    model_roles: Mapping[str, ModelRole | Sequence[ModelRole]] | None = None,
    scanner_timeout: float | None = None,
) -> Status:
    """Go on with an interrupted or partly failed scan (`aio.scan_resume_async`).

    Args:
        scan_location: Directory of the scan (`.../scan_id=...`).
        display: How to show progress: `rich`, `plain`, `log`, `none`.
        log_level: Level of log messages.
        fail_on_error: Stop at the first scanner that raises, and raise its exception after saving.
        predicate_overrides: Predicates by scanner, for scanners whose results are compared by a function of your own:
            needed if it was not made with `@validation_predicate`, and used instead of it if it was.
        executor: What runs it: `inline`, `processes`, `ray` (default: what was said when the scan was started).
        ray_address: Address of a Ray cluster (default: `$RAY_ADDRESS`, else a cluster on this machine).
        wait: If another process is at work on the scan, wait for it instead of refusing.
        rescan_changed: Scan again what was recorded when scanners asked something else, or had other code: those rows are
            replaced.
        accept_changed: Go on although scanners ask something else than before; the rows of both versions stay.
        model: The model, for a scan that was made without one, which is recorded from now on. Another one than was recorded
            is refused: verdicts of two judges would stand side by side.
        model_config: Generation options: those that decide how models are reached (`max_connections`, `max_retries`,
            `timeout`, `attempt_timeout`); with a model that was not recorded, all.
        model_base_url: Where the model is served now.
        model_args: Arguments for the provider of the model, or a YAML or JSON file of them: its key, or how it is reached.
        model_roles: Models by role, for roles that were not recorded, or with other connections, retries or timeouts.
        scanner_timeout: Seconds that a scanner may take for a transcript (default: what was said when the scan was started).

    Raises:
        ScanStateError: The scan is complete, another process is at work on it, a question, an answer or a template has
            changed since (and neither `rescan_changed` nor `accept_changed` is given), or another model is given than was
            recorded.
        ConfigError: A scanner calls a model, and none was recorded or given.
    """
    given = dict(locals())
    end_loading()
    request = ResumeRequest(location=given.pop("scan_location"), **given)
    return run_sync(lambda: scanning.resume_scan(request))


def scan_complete(scan_location: str, display: DisplayType | None = None, log_level: str | None = None) -> Status:
    """Declare a scan complete although some of it failed or is missing (`aio.scan_complete_async`).

    Args:
        scan_location: Directory of the scan.
        display: How to show the outcome: `rich`, `plain`, `log`, `none`.
        log_level: Level of log messages.

    Raises:
        ScanStateError: The scan is complete already.
    """
    end_loading()
    return run_sync(lambda: scanning.complete_scan(scan_location, display, log_level))


scan_list = in_sync(async_api.scan_list_async)
scan_status = in_sync(async_api.scan_status_async)
scan_results_df = in_sync(async_api.scan_results_df_async)
scan_results_arrow = in_sync(async_api.scan_results_arrow_async)
scan_results_batches = in_sync_items(async_api.scan_results_batches_async)
