"""What project files and job files may hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, cast

from inspect_ai.model import GenerateConfig, ModelConfig
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from .._support.errors import UnknownNameError
from .._types import RECORDED_FIELDS, ScannerSpec, ValidationSet, Worklist
from .options import OPTION_BY_NAME

LogLevel = Literal["debug", "trace", "http", "sandbox", "info", "warning", "error", "critical", "notset"]


def _refuse_unknown_keys(model: type[BaseModel], **below: type[BaseModel]) -> BeforeValidator:
    """Refuse keys that a model does not have: a misspelt key must not be a setting without effect.

    Args:
        model: The model.
        below: Models of some of its keys, which do not refuse keys themselves as our models do.
    """

    def check(value: Any) -> Any:
        _check_keys(value, model)
        for name, inner in below.items():
            _check_keys(cast("Mapping[Any, Any]", value).get(name) if isinstance(value, Mapping) else None, inner, name)
        return cast("Any", value)

    return BeforeValidator(check)


def _check_keys(value: Any, model: type[BaseModel], *path: str) -> None:
    # What scans record of scanners has no effect in a job.
    known = [name for name in model.model_fields if model is not ScannerSpec or name not in RECORDED_FIELDS]
    for key in cast("Mapping[Any, Any]", value) if isinstance(value, Mapping) else ():
        if key not in known:
            problem = str(UnknownNameError("key", str(key), known))
            raise PydanticCustomError("unknown_key", "{problem}", {"problem": problem, "keys": (*path, key)})


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


_Spec: TypeAlias = Annotated[ScannerSpec, _refuse_unknown_keys(ScannerSpec)]
_Work: TypeAlias = Annotated[Worklist, _refuse_unknown_keys(Worklist)]
_Set: TypeAlias = Annotated[ValidationSet, _refuse_unknown_keys(ValidationSet)]
_Model: TypeAlias = Annotated[ModelConfig, _refuse_unknown_keys(ModelConfig, config=GenerateConfig)]
_Count: TypeAlias = Annotated[StrictInt, Field(ge=1)]
_Amount: TypeAlias = Annotated[StrictInt, Field(ge=0)]
_OtherExecutor: TypeAlias = Annotated[str, BeforeValidator(OPTION_BY_NAME["executor"].check_choice)]


class ScanJobConfig(BaseModel):
    """A scan job as data, as YAML and JSON files hold it; other keys are refused.

    Example:
        ```python
        made_by = ScannerSpec(name="refusals", file="scanners.py")
        config = ScanJobConfig(scanners=[made_by], transcripts="logs", limit=10)
        status = scan(ScanJob.from_config(config))
        ```
    """

    model_config = ConfigDict(extra="forbid", title="Scan job")

    name: str | None = None
    """Name of the scan (default: of the project, else of the working directory)."""

    transcripts: str | list[str] | None = None
    """What to scan: a log or a folder of logs, or several ("./logs", "s3://bucket/logs")."""

    filter: str | list[str] = Field(default_factory=list[str])
    """SQL conditions that all must hold ("score = 'I'")."""

    scanners: list[_Spec] | dict[str, _Spec] | None = None
    """Scanners: a list, or names and scanners."""

    worklist: list[_Work] | None = None
    """Which transcripts each scanner gets (default: all get all)."""

    validation: dict[str, str | _Set] | None = None
    """Labelled cases by scanner: a file ("cases.csv"), or the cases."""

    scans: str | None = None
    """Folder that scans are kept in ("./scans")."""

    model: str | None = None
    """Model that scanners call, as provider/name ("openai/gpt-5-mini")."""

    model_base_url: str | None = None
    """Where the model is served ("http://localhost:8000/v1")."""

    model_args: dict[str, Any] | str | None = None
    """Arguments for the provider of the model, or a YAML or JSON file of them."""

    generate_config: Annotated[GenerateConfig, _refuse_unknown_keys(GenerateConfig)] | None = None
    """Generation options (`{"temperature": 0, "max_connections": 20}`)."""

    model_roles: dict[str, _Model | str | list[_Model | str]] | None = None
    """Models by role: a name, a description, or several of these."""

    max_transcripts: _Count | None = None
    """Number of transcripts in work at once (default 25, or as many as the connections to models need)."""

    max_processes: _Count | None = None
    """Number of worker processes (1: none beside this one)."""

    executor: Literal["inline", "processes", "ray"] | _OtherExecutor | None = None
    """What runs the scan: this process, workers on this machine, workers on a Ray cluster, or what a package adds."""

    ray_address: str | None = None
    """Address of a Ray cluster ("ray://head:10001")."""

    limit: _Amount | None = None
    """Number of transcripts at most."""

    shuffle: StrictBool | StrictInt | None = None
    """Whether to shuffle the transcripts (True: with seed 0), or the seed, a number."""

    results_buffer: StrictInt | None = None
    """Number of records after which the tables of the running scan are brought up to date."""

    tags: list[str] | None = None
    """Tags kept with the scan (`["nightly"]`)."""

    metadata: dict[str, Any] | None = None
    """Metadata kept with the scan."""

    log_level: Annotated[LogLevel, BeforeValidator(_lower)] | None = None
    """Level of log messages ("info"; default: "warning")."""

    record_input: Literal["auto", "copy", "reference"] | None = None
    """Whether results hold a copy of their input."""

    duplicates: Literal["newest", "all"] | None = None
    """Which of the logs that hold the same sample counts: the one modified last, or all."""

    scanner_timeout: Annotated[StrictInt | StrictFloat, Field(gt=0)] | None = None
    """Seconds that a scanner may take for a transcript; one that takes longer is an error."""

    results: str | None = Field(default=None, deprecated=False, json_schema_extra={"deprecated": True})
    """Older name of `scans`."""

    @model_validator(mode="after")
    def _newer_name(self) -> ScanJobConfig:
        if self.results is not None:
            if self.scans is not None:
                raise ValueError("both 'scans' and 'results' are given; 'results' is the older name: give 'scans'")
            self.scans, self.results = self.results, None
            self.model_fields_set.discard("results")
        return self

    def given(self) -> dict[str, Any]:
        """What was set, by field; what was left out, or set to nothing, is left out."""
        return {name: value for name in self.model_fields_set if (value := getattr(self, name)) is not None}


class ProjectConfig(ScanJobConfig):
    """A project as its files (`scout.yaml`, `scout.local.yaml`) describe it: what jobs do not set themselves.

    Example:
        ```python
        project = ProjectConfig(transcripts="logs", scans="scans", max_transcripts=10)
        print(project.model_dump_json(exclude_none=True))
        ```
    """

    model_config = ConfigDict(extra="forbid", title="Scout project")

    trust_content: bool | None = None
    """Whether pages that show transcripts may run what is in them (for `scout view`)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PlainOptions:
    """The options of a scan job in Python that are plain data there as well; `ScanJob` explains them."""

    name: str | None = None
    scans: str | PathLike[str] | None = None
    model_base_url: str | None = None
    model_args: Mapping[str, Any] | str | Path | None = None
    max_transcripts: int | None = None
    max_processes: int | None = None
    executor: str | None = None
    ray_address: str | None = None
    limit: int | None = None
    shuffle: bool | int | None = None
    results_buffer: int | None = None
    tags: Sequence[str] | None = None
    metadata: Mapping[str, Any] | None = None
    log_level: str | None = None
    record_input: str | None = None
    scanner_timeout: float | None = None
