"""Scan jobs: scanners, what they scan and how, in one object."""

from __future__ import annotations

import copy
import dataclasses
import functools
import os
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, cast, overload

from .._inspect import registry
from .._project import PlainOptions, ScanJobConfig
from .._scanners import annotate, name_scanners, origin_of, record_arguments, scanners_from_specs
from .._support.errors import ConfigError
from .._support.folder import current_folder
from .._types import Scanner, ScannerSpec

if TYPE_CHECKING:
    from os import PathLike

    from inspect_ai.model import GenerateConfig, Model, ModelConfig
    from inspect_ai.scorer import Scorer

    from .._project import ScanJobConfig as Config
    from .._transcripts import Duplicates, Transcripts
    from .._types import ScanLocation, ValidationSet, Worklist
    from .worklist import ScannerWork

_P = ParamSpec("_P")

ScannerList: TypeAlias = (
    "Sequence[Scanner[Any] | Scorer | tuple[str, Scanner[Any] | Scorer]] | Mapping[str, Scanner[Any] | Scorer]"
)
"""Scanners: a list (of scanners or of name and scanner) or a mapping from name to scanner.

Scorers of Inspect are taken as scanners, as by `as_scanner`."""

ModelRole: TypeAlias = "str | Model | ModelConfig | Mapping[str, Any]"
"""A model with a role: its name, itself, or its description, also as a mapping."""


@dataclass(frozen=True, slots=True)
class JobOrigin:
    """Where a scan job comes from.

    Args:
        file: Absolute path of its file (None for jobs of packages).
        args: Arguments that it was made with.
    """

    file: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, kw_only=True, eq=False)
class ScanJob(PlainOptions):
    """A scan, ready to be run by `scan(job)` or `scout scan FILE`; what it leaves open comes from the project.

    Args:
        scanners: Scanners: a list, a list of (name, scanner), or a mapping from name to scanner.
        transcripts: What to scan: `transcripts_from(...)`, paths of logs, or the `Status` of a scan whose transcripts are
            scanned again.
        duplicates: What becomes of a sample that several logs hold: `newest` or `all` (default: what `transcripts` say).
        scanner_timeout: Seconds that a scanner may take for a transcript.
        filter: SQL conditions that must hold besides.
        worklist: Transcripts by scanner, or a file that lists them.
        validation: Labelled cases by scanner.
        scans: Folder that scans are kept in.
        model: What `get_model()` gives in scanners: a model or its name.
        model_base_url: Where the model is served.
        model_args: Arguments for the provider of the model, or a YAML or JSON file of them.
        generate_config: Generation options.
        model_roles: What `get_model(role=...)` gives: models or names by role, or lists of them.
        max_transcripts: Transcripts in work at once.
        max_processes: Worker processes.
        executor: What runs the scan: `inline`, `processes` or `ray`.
        ray_address: Address of a Ray cluster.
        limit: Transcripts at most.
        shuffle: True or a seed.
        results_buffer: Bring the tables of the running scan up to date after this many records.
        tags: Tags kept with the scan.
        metadata: Metadata kept with the scan.
        log_level: Level of log messages.
        record_input: `auto`, `copy` or `reference`.
        name: Name of the scan (default: that of the `@scanjob` function).
        results: Older name of `scans`.

    Raises:
        ConfigError: Something given is not a scanner.
        TypeError: Both `scans` and `results` are given, or an argument does not exist.

    Example:
        ```python
        job = ScanJob(scanners=[refusals()], transcripts="logs", limit=10, tags=["nightly"])
        status = scan(job)
        ```
    """

    scanners: ScannerList
    transcripts: Transcripts | ScanLocation | Sequence[str | PathLike[str]] | None = None
    filter: str | Sequence[str] | None = None
    worklist: Sequence[ScannerWork] | Sequence[Worklist] | str | Path | None = None
    validation: str | ValidationSet | Mapping[str, str | ValidationSet] | None = None
    model: str | Model | None = None
    generate_config: GenerateConfig | None = None
    model_roles: Mapping[str, ModelRole | Sequence[ModelRole]] | None = None
    duplicates: Duplicates | None = None
    results: InitVar[str | PathLike[str] | None] = None
    origin: JobOrigin | None = field(default=None, init=False, repr=False)
    folder: str = field(default="", init=False, repr=False)
    """Directory that its relative paths are relative to: the current one, when it was made."""

    def __post_init__(self, results: str | PathLike[str] | None) -> None:
        """Name the scanners, and accept the older name of `scans`."""
        if results is not None:
            if self.scans is not None:
                raise TypeError("Both 'scans' and 'results' were given; 'results' is the older name: give 'scans'.")
            warnings.warn("'results' is deprecated; use 'scans'.", DeprecationWarning, stacklevel=3)
            self._set("scans", results)
        if self.scans is not None:
            self._set("scans", os.fspath(self.scans))
        self._set("folder", current_folder())
        # None at all are allowed here: those of the project may be enough.
        self._set("scanners", name_scanners(self.scanners) if self.scanners else {})

    @classmethod
    def from_config(cls, config: Config, folder: str | None = None) -> ScanJob:
        """Make the job that data describe.

        Args:
            config: The data.
            folder: Where files of scanners and of model arguments are looked for if they are not found from the
                working directory.

        Raises:
            LocationError: The file of a scanner does not exist.
            ConfigError: A scanner cannot be made.
        """
        base = current_folder()  # a scanner file that is run below may change it
        given = config.given()
        args = given.get("model_args")
        if isinstance(args, str):
            given["model_args"] = find_beside(args, folder)
        if config.validation:
            cases = config.validation.items()
            given["validation"] = {key: find_beside(v, folder) if isinstance(v, str) else v for key, v in cases}
        given["scanners"] = scanners_of(config, folder)
        made = cls(**given)
        made._set("folder", base)
        return made

    def made_by(self, origin: JobOrigin, name: str | None) -> ScanJob:
        """Copy the job, saying where it comes from; a name of its own stays.

        Args:
            origin: Where the job comes from.
            name: Name of the `@scanjob` function, taken where the job has none.
        """
        made = copy.copy(self)
        object.__setattr__(made, "origin", origin)
        if made.name is None:
            object.__setattr__(made, "name", name)
        return made

    def given(self) -> dict[str, Any]:
        """What the job sets, by option."""
        fields = (each.name for each in dataclasses.fields(self) if each.name not in {"origin", "folder"})
        return {name: value for name in fields if (value := getattr(self, name)) is not None}

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)


@overload
def scanjob(factory: Callable[_P, ScanJob], /) -> Callable[_P, ScanJob]: ...


@overload
def scanjob(*, name: str | None = None) -> Callable[[Callable[_P, ScanJob]], Callable[_P, ScanJob]]: ...


def scanjob(factory: Callable[..., ScanJob] | None = None, /, *, name: str | None = None) -> Any:
    """Make a scan job of what a function returns, so that `scout scan file.py` finds it.

        @scanjob
        def nightly(limit: int = 100) -> ScanJob:
            return ScanJob(scanners=[refusals()], transcripts="./logs", limit=limit)

    Args:
        factory: The function, when the decorator is used without parentheses. Its parameters are set by `-S`.
        name: Registered name (default: name of the function).

    Raises:
        ConfigError: It decorates something else than a function, or (when it is called) the function returns something
            else than a `ScanJob`.
    """
    decorate = functools.partial(_decorate, name=name)
    return decorate if factory is None else decorate(factory)


def _decorate(factory: Callable[..., ScanJob], name: str | None) -> Callable[..., ScanJob]:
    if not isinstance(cast("object", factory), FunctionType):
        raise ConfigError(f"@scanjob decorates a function that returns a ScanJob, not {factory!r}.")
    origin = origin_of(factory, name or factory.__name__)

    @functools.wraps(factory)
    def make(*args: Any, **kwargs: Any) -> ScanJob:
        job = factory(*args, **kwargs)
        if not isinstance(cast("object", job), ScanJob):
            raise ConfigError(f"The scan job {origin.name!r} returned {job!r}; it must return a ScanJob.")
        return job.made_by(JobOrigin(origin.file, record_arguments(factory, args, kwargs)), origin.name)

    annotate(make, factory)
    registry.register("scanjob", make, origin.name, ScanJob)
    return make


def scanners_of(config: ScanJobConfig, folder: str | None = None, base: str | None = None) -> dict[str, Scanner[Any]]:
    """Make the scanners that data describe, by name; none if they name none.

    Args:
        config: The data.
        folder: Where their files are looked for if they are not found from the working directory.
        base: The working directory (None: the current one).
    """
    if not config.scanners:
        return {}
    located = {
        key: spec if spec.file is None else spec.model_copy(update={"file": find_beside(spec.file, folder)})
        for key, spec in scanner_specs(config).items()
    }
    made = scanners_from_specs(located, base, recorded=False)
    return name_scanners(made if isinstance(config.scanners, dict) else list(made.values()))


def scanner_specs(config: ScanJobConfig) -> dict[str, ScannerSpec]:
    """Name the scanners that data describe, without running their files."""
    specs = config.scanners or []
    keyed = dict(specs) if isinstance(specs, dict) else dict[str, ScannerSpec]()
    seen: Counter[str] = Counter()
    for spec in specs if isinstance(specs, list) else ():
        # Two of one name are told apart here, and get their names as scanners of a list do.
        seen[spec.name] += 1
        keyed[spec.name if seen[spec.name] == 1 else f"{spec.name} ({seen[spec.name]})"] = spec
    return keyed


def find_beside(file: str, folder: str | None) -> str:
    """Find a file from the working directory, or else in a folder."""
    if folder and not Path(file).exists() and (other := Path(folder) / file).exists():
        return str(other)
    return file
