"""What a caller asks for, packed into one record at the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from .._support.folder import current_folder

if TYPE_CHECKING:
    from inspect_ai.model import GenerateConfig, Model, ModelConfig
    from inspect_ai.scorer import Scorer

    from .._project import ScanJobConfig
    from .._results import RecordInput
    from .._transcripts import Duplicates, Transcripts
    from .._types import PredicateFn, Scanner, ValidationSet, Worklist
    from .._validation import CasesFile
    from .job import ScanJob
    from .worklist import ScannerWork

ScannerList: TypeAlias = (
    "Sequence[Scanner[Any] | Scorer | tuple[str, Scanner[Any] | Scorer]] | Mapping[str, Scanner[Any] | Scorer]"
)
"""Scanners: a list (of scanners or of name and scanner) or a mapping from name to scanner.

Scorers of Inspect are taken as scanners, as by `as_scanner`."""

Scanners: TypeAlias = "ScannerList | ScanJob | ScanJobConfig"
"""What `scan` takes: a list of scanners (or of name and scanner), a mapping from name to scanner, or a scan job."""

Validation: TypeAlias = "str | Path | ValidationSet | CasesFile"
"""Labelled cases: a file of them, a set, or a file with the name of a predicate."""

ModelRole: TypeAlias = "str | Model | ModelConfig | Mapping[str, Any]"
"""A model with a role: its name, itself, or its description, also as a mapping."""


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """Everything that `scan` and `scout scan` accept. What is None is left to job, project, environment and defaults.

    Args:
        scanners: Scanners, a scan job, or the text that names them ("file.py", "file.py@name", "package/name",
            "job.yaml").
        scanner_args: Arguments for the scanners, or for the scan job, of a Python file.
        transcripts: What to scan (None: the default of the working directory).
        duplicates: What becomes of a sample that several logs hold: newest, all (None: what `transcripts` say, else newest).
        filter: SQL conditions, added to those of `transcripts`.
        scans: Where scans are kept (None: the default).
        worklist: Transcripts by scanner, or a file that lists them.
        model: Default model; several names separated by commas: the first (None: that of `SCOUT_SCAN_MODEL`, if any).
        model_config: Generation options.
        model_base_url: Where the default model is served.
        model_args: Arguments of the default model, or a YAML or JSON file of them.
        model_roles: Models by role.
        validation: Labelled cases, for the only scanner or by scanner.
        max_transcripts: Transcripts in work at once (None: 25, or as many as the connections to models need).
        max_processes: Worker processes (1: none; None: none at first, and as many as pay).
        executor: What runs the scan: inline, processes, ray (None: this process, and processes once they pay).
        ray_address: Address of a Ray cluster (None: `$RAY_ADDRESS`, else a cluster on this machine).
        limit: Transcripts at most.
        shuffle: True or a seed: shuffle the transcripts.
        results_buffer: Bring the tables up to date after this many records.
        tags: Tags kept with the scan.
        metadata: Metadata kept with the scan.
        display: How to show progress: rich, plain, log, none.
        log_level: Level of log messages.
        fail_on_error: Stop at the first scanner that raises, and raise its exception.
        dry_run: Only count what would be scanned.
        record_input: Whether results hold a copy of their input: auto, copy, reference.
        scanner_timeout: Seconds that a scanner may take for a transcript (None: as many as it wants).
        scan_name: Name of the scan.
        scan_file: File of the scan job (known when the request is settled).
        environment: What the command line has read of the environment, by option.
        from_command_line: Whether the values were typed, not given in Python: for explanations.
        folder: Directory that relative paths are relative to: the current one, when they are given.
    """

    scanners: Scanners | str
    scanner_args: Mapping[str, Any] = field(default_factory=dict[str, Any])
    transcripts: Transcripts | str | Sequence[str] | None = None
    duplicates: Duplicates | None = None
    filter: Sequence[str] = ()
    scans: str | None = None
    worklist: Sequence[ScannerWork | Worklist | str | Path] | str | Path | None = None
    model: str | Model | None = None
    model_config: GenerateConfig | None = None
    model_base_url: str | None = None
    model_args: Mapping[str, Any] | str | None = None
    model_roles: Mapping[str, ModelRole | Sequence[ModelRole]] | None = None
    validation: Validation | Mapping[str, Validation] | None = None
    max_transcripts: int | None = None
    max_processes: int | None = None
    executor: str | None = None
    ray_address: str | None = None
    limit: int | None = None
    shuffle: bool | int | None = None
    results_buffer: int | None = None
    tags: Sequence[str] | None = None
    metadata: Mapping[str, Any] | None = None
    display: str | None = None
    log_level: str | None = None
    fail_on_error: bool = False
    dry_run: bool = False
    record_input: RecordInput | None = None
    scanner_timeout: float | None = None
    scan_name: str | None = None
    scan_file: str | None = None
    environment: Mapping[str, Any] = field(default_factory=dict[str, Any])
    from_command_line: bool = False
    folder: str = field(default_factory=current_folder)


@dataclass(frozen=True, slots=True)
class ResumeRequest:
    """Everything that `scan_resume` and `scout scan resume` accept.

    Args:
        location: The scan.
        display: How to show progress.
        log_level: Level of log messages.
        fail_on_error: Stop at the first scanner that raises.
        predicate_overrides: Predicates by scanner, instead of recorded ones of the user's own.
        executor: What runs it (None: what was said when it was started).
        ray_address: Address of a Ray cluster.
        wait: If another process is at work on it, wait for that.
        rescan_changed: Scan again what was recorded by other versions of the scanners.
        accept_changed: Keep what was recorded by other versions of the scanners, whatever these have asked.
        model: Default model, if none was recorded (or the recorded one).
        model_config: Generation options; of a recorded model only those that decide how it is reached.
        model_base_url: Where the default model is served now.
        model_args: Arguments of the default model, or a YAML or JSON file of them; as for options.
        model_roles: Models by role, as for the default model.
        scanner_timeout: Seconds that a scanner may take for a transcript (None: what was said when it was started).
    """

    location: str
    display: str | None = None
    log_level: str | None = None
    fail_on_error: bool = False
    predicate_overrides: Mapping[str, PredicateFn] | None = None
    executor: str | None = None
    ray_address: str | None = None
    wait: bool = False
    rescan_changed: bool = False
    accept_changed: bool = False
    model: str | Model | None = None
    model_config: GenerateConfig | None = None
    model_base_url: str | None = None
    model_args: Mapping[str, Any] | str | None = None
    model_roles: Mapping[str, ModelRole | Sequence[ModelRole]] | None = None
    scanner_timeout: float | None = None
