"""The public functions that scan, and tell how scans stand; those that read results are in `results.py` and
`result_frames.py`.

The words stand at the sync functions; the async ones are described by them.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._plan import ModelRole, ResumeRequest, Scanners, ScannerWork, ScanRequest
from .._results import RecordInput
from .._results import list_statuses as _list_statuses
from .._results import read_status as _read_status
from .._scanners import end_loading
from .._support.loops import asyncio_only
from .._types import PredicateFn, ScanLocation, Status, ValidationSet, Worklist, location_text
from .bridge import described_as, run_sync
from .running.following import OnProgress
from .running.scanning import complete_scan, resume_scan, run_scan

if TYPE_CHECKING:
    from inspect_ai.model import GenerateConfig, Model

    from .._display import DisplayType
    from .._transcripts import Duplicates, Transcripts


def scan(
    scanners: Scanners,
    transcripts: Transcripts | ScanLocation | Sequence[str | PathLike[str]] | None = None,
    scans: str | PathLike[str] | None = None,
    worklist: Sequence[ScannerWork] | Sequence[Worklist] | str | Path | None = None,
    validation: str | Path | ValidationSet | Mapping[str, str | Path | ValidationSet] | None = None,
    model: str | Model | None = None,
    model_config: GenerateConfig | None = None,
    model_base_url: str | None = None,
    model_args: dict[str, Any] | str | Path | None = None,
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
    on_progress: OnProgress | None = None,
    results: str | PathLike[str] | None = None,
) -> Status:
    """Scan transcripts.

    What is not given here is asked of the scan job, then of the project (`scout.yaml` in the working directory), then,
    for `model` and `scans`, of the environment. Conditions, tags, metadata and worklists of all of them count together.

    Args:
        scanners: Scanners: a list, a list of (name, scanner), or a mapping from name to scanner; what the command line takes
            as FILE (`"scanners.py"`, `"scanners.py@refusals"`, `"package/scanner"`); or a scan job (`ScanJob`,
            `ScanJobConfig`, `"job.yaml"`), which the other arguments refine.
        transcripts: What to scan: `transcripts_from(...)`, paths of logs, or the `Status` of a scan whose transcripts are
            scanned again (default: `./transcripts`, `$INSPECT_LOG_DIR`, `./logs`, whichever exists first).
        scans: Folder that scans are kept in (default: `$SCOUT_SCAN_SCANS`, else `./scans`).
        worklist: Transcripts by scanner, or a JSON or YAML file that lists them (default: all for all).
        validation: Labelled cases that results are compared with: a file or `validation_set(...)` for the only scanner,
            or a mapping from names of scanners to these.
        model: What `get_model()` gives in scanners: a model or its name, as `provider/name`; of several names separated
            by commas the first counts (default: `$SCOUT_SCAN_MODEL`, else none, and scanners that call one are refused).
        model_config: Generation options (`inspect_ai.model.GenerateConfig`): for `model`, and, as far as they are about
            connections, retries and caching, for all models that do not bring their own. Connections are those of
            `max_connections`, else as many as `max_transcripts` if that is given, else they adapt to what the provider
            takes.
        model_base_url: Where `model` is served, if it is given by name.
        model_args: Arguments for the provider of `model`, or a YAML or JSON file of them. Secrets among them are not
            stored: on resume they come from the environment.
        model_roles: What `get_model(role=...)` gives: models, names or descriptions (`{"model": NAME, "max_connections":
            3}`) by role, or lists of them.
        max_transcripts: Transcripts in work at once (default 25, or as many as the connections to models need).
        max_processes: Worker processes (1: scan in this process alone; default: as many as are worth starting, up to 4).
        limit: Transcripts at most.
        shuffle: True or a seed: scan in an order that depends on the ids and the seed alone.
        results_buffer: Bring the tables of the running scan up to date after this many records.
        tags: Tags kept with the scan.
        metadata: Metadata kept with the scan.
        display: What to show, and how: `rich` (the default; lines where it cannot be drawn), `plain` (lines), `log`, `none`.
        log_level: Level of log messages (default warning).
        fail_on_error: Stop at the first scanner that raises, and raise its exception after saving.
        dry_run: Only count what would be scanned (`dry_run` of the status); nothing is written.
        record_input: Whether results hold a copy of their input: `auto` (the default) copies what is small or cannot be found
            again, and else stores where it is; `copy` always copies; `reference` copies only what cannot be found.
        executor: What runs the scan: `inline` (this process), `processes` (workers on this machine), `ray` (workers on a
            Ray cluster). Default: this process, and workers beside it once that is faster.
        ray_address: Address of a Ray cluster (default: `$RAY_ADDRESS`, else a cluster on this machine).
        duplicates: Of a sample in several logs, `newest` scans that of the log modified last, `all` every one (default: what
            `transcripts` say, else `newest`; see `transcripts_from`).
        scanner_timeout: Seconds that a scanner may take for a transcript; one that takes longer is an error (default: no limit).
        on_progress: A function that is told how the scan stands (`ScanState`), at most ten times a second and at the end, on the
            thread of the event loop that the scan runs on. What it raises is logged once, and does not end the scan.
        results: Older name of `scans`.

    Returns:
        How the scan ended: `complete` is False if some scanners failed.

    Raises:
        ScoutError: The request cannot be carried out; nothing was created.
        Exception: What a scanner raised, if `fail_on_error` is set.
        KeyboardInterrupt: On Ctrl-C, after saving what was recorded.

    Example:
        ```python
        status = scan("scanners.py", transcripts_from("logs").where("score = 'I'"), model="openai/gpt-5-mini")
        print(status)
        ```
    """
    request = scan_request(locals())
    return run_sync(lambda: run_scan(request))


@described_as(scan)
@asyncio_only
async def scan_async(
    scanners: Scanners,
    transcripts: Transcripts | ScanLocation | Sequence[str | PathLike[str]] | None = None,
    scans: str | PathLike[str] | None = None,
    worklist: Sequence[ScannerWork] | Sequence[Worklist] | str | Path | None = None,
    validation: str | Path | ValidationSet | Mapping[str, str | Path | ValidationSet] | None = None,
    model: str | Model | None = None,
    model_config: GenerateConfig | None = None,
    model_base_url: str | None = None,
    model_args: dict[str, Any] | str | Path | None = None,
    model_roles: Mapping[str, ModelRole | Sequence[ModelRole]] | None = None,
    max_transcripts: int | None = None,
    max_processes: int | None = None,
    limit: int | None = None,
    shuffle: bool | int | None = None,
    results_buffer: int | None = None,
    tags: list[str] | None = None,
    metadata: dict[str, Any] | None = None,
    log_level: str | None = None,
    fail_on_error: bool = False,
    dry_run: bool = False,
    record_input: RecordInput | None = None,
    *,
    display: DisplayType | None = None,
    executor: str | None = None,
    ray_address: str | None = None,
    duplicates: Duplicates | None = None,
    scanner_timeout: float | None = None,
    on_progress: OnProgress | None = None,
    results: str | PathLike[str] | None = None,
) -> Status:
    """Scan transcripts, as `scan` does."""
    return await run_scan(scan_request({**locals(), "display": quiet_display(display)}, stacklevel=4))


def scan_resume(
    scan_location: ScanLocation,
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
    model_args: dict[str, Any] | str | Path | None = None,
    model_roles: Mapping[str, ModelRole | Sequence[ModelRole]] | None = None,
    scanner_timeout: float | None = None,
    on_progress: OnProgress | None = None,
) -> Status:
    """Go on with an interrupted or partly failed scan; what is recorded without error is not scanned again.

    Args:
        scan_location: Where the scan is: its directory (`.../scan_id=...`), as a path or URL, or its `Status`.
        display: What to show, as for `scan`: `rich`, `plain`, `log`, `none`.
        log_level: Level of log messages.
        fail_on_error: Stop at the first scanner that raises, and raise its exception after saving.
        predicate_overrides: Predicates by scanner, for scanners whose results are compared by a function of your own:
            needed if it was not made with `@validation_predicate`, and used instead of it if it was.
        executor: What runs it: `inline`, `processes`, `ray` (default: as when the scan was started).
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
        scanner_timeout: Seconds that a scanner may take for a transcript (default: as when the scan was started).
        on_progress: A function that is told how the scan stands, as for `scan`.

    Raises:
        ScanStateError: The scan is complete, another process is at work on it, a question, an answer or a template has
            changed since (and neither `rescan_changed` nor `accept_changed` is given), or another model is given than was
            recorded.
        ConfigError: A scanner calls a model, and none was recorded or given.

    Example:
        ```python
        stopped = [status for status in scan_list("scans") if not status.complete]
        status = scan_resume(stopped[0])
        ```
    """
    request = _resume_request(locals())
    return run_sync(lambda: resume_scan(request))


@described_as(scan_resume)
@asyncio_only
async def scan_resume_async(
    scan_location: ScanLocation,
    log_level: str | None = None,
    fail_on_error: bool = False,
    predicate_overrides: Mapping[str, PredicateFn] | None = None,
    *,
    display: DisplayType | None = None,
    executor: str | None = None,
    ray_address: str | None = None,
    wait: bool = False,
    rescan_changed: bool = False,
    accept_changed: bool = False,
    model: str | Model | None = None,
    model_config: GenerateConfig | None = None,
    model_base_url: str | None = None,
    model_args: dict[str, Any] | str | Path | None = None,
    model_roles: Mapping[str, ModelRole | Sequence[ModelRole]] | None = None,
    scanner_timeout: float | None = None,
    on_progress: OnProgress | None = None,
) -> Status:
    """Go on with a scan, as `scan_resume` does."""
    return await resume_scan(_resume_request({**locals(), "display": quiet_display(display)}))


def scan_complete(
    scan_location: ScanLocation, display: DisplayType | None = None, log_level: str | None = None
) -> Status:
    """Declare a scan complete although some of it failed or is missing; errors stay listed.

    Args:
        scan_location: Where the scan is: its directory, as a path or URL, or its `Status`.
        display: How to show the outcome: `rich`, `plain`, `log`, `none`.
        log_level: Level of log messages.

    Raises:
        ScanStateError: The scan is complete already.

    Example:
        ```python
        stopped = [status for status in scan_list("scans") if not status.complete]
        print(stopped[0].error_groups)
        status = scan_complete(stopped[0])
        ```
    """
    end_loading()
    return run_sync(lambda: complete_scan(location_text(scan_location), display, log_level))


@described_as(scan_complete)
@asyncio_only
async def scan_complete_async(
    scan_location: ScanLocation, log_level: str | None = None, *, display: DisplayType | None = None
) -> Status:
    """Declare a scan complete, as `scan_complete` does."""
    end_loading()
    return await complete_scan(location_text(scan_location), quiet_display(display), log_level)


def scan_list(scans_location: ScanLocation) -> list[Status]:
    """List the scans below a location; a location that does not exist has none.

    Args:
        scans_location: Folder that holds scans, at any depth: a path or URL.

    Returns:
        How each of them stands, the newest first; `spec` is read when it is first asked for.

    Raises:
        ConfigError: It is not a location.
        StorageError: The location cannot be reached.

    Example:
        ```python
        for status in scan_list("scans"):
            print(status)
        ```
    """
    return run_sync(lambda: scan_list_async(scans_location))


@described_as(scan_list)
@asyncio_only
async def scan_list_async(scans_location: ScanLocation) -> list[Status]:
    """List the scans below a location, as `scan_list` does."""
    return await _list_statuses(location_text(scans_location), run_sync)


def scan_status(scan_location: ScanLocation) -> Status:
    """Tell how a scan stands, also while it runs.

    Args:
        scan_location: Where the scan is: its directory, as a path or URL, or its `Status`.

    Raises:
        LocationError: There is no scan.

    Example:
        ```python
        status = scan_status("scans/scan_id=...")
        print(status.complete, status.summary["refusals"].results)
        ```
    """
    return run_sync(lambda: scan_status_async(scan_location))


@described_as(scan_status)
@asyncio_only
async def scan_status_async(scan_location: ScanLocation) -> Status:
    """Tell how a scan stands, as `scan_status` does."""
    return await _read_status(location_text(scan_location))


def quiet_display(display: DisplayType | None) -> DisplayType | None:
    """Callers of the async functions own the terminal, so nothing is shown unless they or the environment ask for it."""
    return display or (None if os.environ.get("SCOUT_DISPLAY") else "none")


def scan_request(given: Mapping[str, Any], stacklevel: int = 3) -> ScanRequest:
    """Pack the arguments of `scan` or its twin, with the older name of `scans`.

    Args:
        given: The arguments by name.
        stacklevel: Who is warned of the older name.
    """
    values = dict(given)
    if isinstance(values["scanners"], Path):
        values["scanners"] = str(values["scanners"])
    end_loading(values["scanners"])
    if (results := values.pop("results")) is not None:
        if values["scans"] is not None:
            raise TypeError(
                "Both 'scans' and 'results' were given; 'results' is the older name of 'scans': give 'scans'."
            )
        warnings.warn("'results' is deprecated; use 'scans'.", DeprecationWarning, stacklevel=stacklevel)
        values["scans"] = results
    if values["scans"] is not None:
        values["scans"] = os.fspath(values["scans"])
    return ScanRequest(**values)


def _resume_request(given: Mapping[str, Any]) -> ResumeRequest:
    values = dict(given)
    end_loading()
    return ResumeRequest(location=location_text(values.pop("scan_location")), **values)
