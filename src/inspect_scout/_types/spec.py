"""The specification of a scan, as `_scan.json` holds it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal, NotRequired, Required, get_args

from inspect_ai.model import GenerateConfig, ModelConfig
from pydantic import (
    BaseModel,
    Field,
    JsonValue,
    SerializerFunctionWrapHandler,
    field_serializer,
    field_validator,
    model_serializer,
)
from pydantic.json_schema import SkipJsonSchema
from typing_extensions import TypedDict

from .._support.ids import new_id
from .._support.reprs import Words, shortened
from .._support.terminal import plural
from .validation import PredicateType


class TranscriptField(TypedDict, total=False):
    """A column of a transcript index (older scans store them).

    Example:
        ```python
        for field in scan_status("scans/scan_id=...").spec.transcripts.fields or []:
            print(field["name"], field["type"])
        ```
    """

    name: Required[str]
    type: Required[str]
    tz: NotRequired[str]


class OrderBySpec(BaseModel):
    """A column that transcripts are ordered by."""

    column: str
    """Name of the column ("total_tokens")."""

    direction: Literal["ASC", "DESC"] = "ASC"
    """From the smallest, or from the largest."""


class SelectionSpec(BaseModel):
    """How transcripts were chosen: those of logs that are read later are chosen in the same way."""

    filter: list[str] | None = None
    """Conditions as SQL ("score = 'I'"), where they are not those of the scan."""

    limit: int | None = None
    """Number of transcripts at most."""

    shuffle: int | None = None
    """Seed of the order."""

    order_by: list[OrderBySpec] | None = None
    """Columns by which they were sorted."""

    cases: list[list[str]] | None = None
    """Ids of labelled cases; a transcript is meant by each of these lists."""

    by_scanner: dict[str, list[SelectionSpec]] | None = None
    """Selections of a worklist, by scanner."""

    duplicates: Literal["all"] | None = None
    """Whether all copies of a sample were taken that several logs hold (None: the newest)."""


class ScanTranscripts(BaseModel):
    """The transcripts of a scan: which they are and where they were found.

    Example:
        ```python
        scanned = scan_status("scans/scan_id=...").spec.transcripts
        print(scanned.type, scanned.count)
        ```
    """

    type: str = Field(min_length=1)
    """Kind of source: "eval_log", "database", or one that another package adds."""

    location: str | None = None
    """Location of the database (None for logs)."""

    filter: list[str] | None = None
    """The conditions that chose them, as SQL ("score = 'I'")."""

    transcript_ids: dict[str, str | None] = Field(default_factory=dict[str, str | None])
    """Id -> log or file that holds it, in the order of scanning."""

    conditions: list[dict[str, JsonValue]] | None = Field(default=None, exclude=True, repr=False)
    """The conditions as older scans store them; reading a scan turns them into `filter`."""

    count: int = 0
    """No longer used."""

    fields: list[TranscriptField] | None = None
    """Columns of `data` (older scans)."""

    data: str | None = None
    """The index as CSV (older scans)."""

    unread: dict[str, str] | None = None
    """Logs (data files of a database) that were not read, or not whole: path -> reason. The scan is not complete without them."""

    accepted: dict[str, str] | None = None
    """Logs that were not read, and without which the scan was declared complete: path -> reason."""

    selection: SelectionSpec | None = None
    """How the transcripts were chosen, besides `filter`; recorded where something was not read."""

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        # Counted, not listed: there may be a million.
        yield "type", self.type
        yield "location", shortened(self.location)
        yield "filter", shortened(self.filter)
        yield None, Words(plural(len(self.transcript_ids), "transcript"))

    @model_serializer(mode="wrap")
    def _without_nothing(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Scans that could read everything look as other programs know them.
        fields: dict[str, Any] = handler(self)
        return {k: v for k, v in fields.items() if v is not None or k not in ("unread", "accepted", "selection")}


class Worklist(BaseModel):
    """Transcripts that one scanner is to scan.

    Example:
        ```python
        work = [Worklist(scanner="length", transcripts=[transcript.transcript_id])]
        status = scan([length(), refusals()], "logs", worklist=work)
        ```
    """

    scanner: str
    """Key of the scanner ("refusals")."""

    transcripts: list[str]
    """Ids of its transcripts."""


class AskedSpec(BaseModel):
    """What a scanner asks of a model."""

    question: str | None = None
    """The question; if a function makes it, its source."""

    answer: JsonValue = None
    """Kind of answer."""

    template: str | None = None
    """Hash of the template."""

    digest: str = ""
    """Hash of all that decides what is asked."""


class ScannerVersion(BaseModel):
    """What made some of the rows of a scanner."""

    fingerprint: str
    """Fingerprint in its rows."""

    asked: AskedSpec | None = None
    """What it asks of a model (None: nothing, as far as is known)."""

    code: str | None = None
    """Hash of its code, version and other arguments."""


class ScannerSpec(BaseModel):
    """How to make a scanner again.

    Example:
        ```python
        for key, made in scan_status("scans/scan_id=...").spec.scanners.items():
            print(key, made.name, made.params)
        ```
    """

    name: str
    """Registered name: "refusals", or "package/refusals" for scanners of packages."""

    version: int = 0
    """Version number declared by its author."""

    package_version: str | None = None
    """Version of its package ("1.2.0")."""

    file: str | None = None
    """Source file ("scanners.py"), relative to the working directory where it is below it; None for those of packages."""

    params: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Arguments it was made with, defaults left out (`{"phrase": "I cannot"}`)."""

    # Scans record what follows; job files do not say it, so the schema of job files leaves it out.

    fingerprint: SkipJsonSchema[str | None] = None
    """Fingerprint in the rows that it makes: of what it asks, its code and its models (None: not recorded)."""

    asked: SkipJsonSchema[AskedSpec | None] = None
    """What it asks of a model (None: nothing, as far as is known)."""

    code: SkipJsonSchema[str | None] = None
    """Hash of its code, version and other arguments."""

    earlier: SkipJsonSchema[list[ScannerVersion] | None] = None
    """Versions that made rows of the scan before, and whose rows are kept."""


RECORDED_FIELDS = frozenset({"fingerprint", "asked", "code", "earlier"})
"""Fields of `ScannerSpec` that scans record, and that nobody writes."""


class ScanOptions(BaseModel):
    """How a scan is run.

    Example:
        ```python
        options = scan_status("scans/scan_id=...").spec.options
        print(options.max_transcripts, options.limit)
        ```
    """

    max_transcripts: int = 25
    """Number of transcripts in work at once."""

    max_processes: int | None = None
    """Number of worker processes (1: none beside this one; None: as many as are worth starting)."""

    executor: str | None = None
    """What runs the scan, where that was given: "inline", "processes", "ray"."""

    limit: int | None = None
    """Number of transcripts at most (None: all)."""

    shuffle: bool | int | None = None
    """Whether the order is shuffled (True: with seed 0), or the seed, a number."""

    results_buffer: int | None = None
    """Number of records after which the tables of a running scan are brought up to date."""

    record_input: Literal["copy", "reference"] | None = None
    """Whether results hold copies of their input, where that was given: a resumed scan goes on in the same way."""

    scanner_timeout: float | None = None
    """Seconds that a scanner may take for a transcript (None: any number)."""


class ScanRevision(BaseModel):
    """Revision of the code that scanned.

    Example:
        ```python
        revision = scan_status("scans/scan_id=...").spec.revision
        if revision is not None:
            print(revision.commit)
        ```
    """

    type: Literal["git"] = "git"
    """Kind of repository."""

    origin: str
    """Where it comes from, without credentials ("https://github.com/org/scanners.git")."""

    version: str = "0.0.0-dev.0+unknown"
    """Version derived from the last tag."""

    commit: str
    """Short hash of the commit ("3f2a91c")."""


class PredicateSpec(BaseModel):
    """How a predicate that is not a built-in can be found again (data only: reading it runs nothing)."""

    kind: Literal["registered", "unavailable"]
    """Whether it can be found again: "registered", or "unavailable"."""

    name: str | None = None
    """Name it is registered under ("close_to")."""

    args: dict[str, JsonValue] | None = None
    """Arguments it was made with (`{"distance": 0.1}`)."""

    file: str | None = None
    """Source file, relative to the working directory where it is below it."""

    package_version: str | None = None
    """Version of its package."""

    display_name: str | None = None
    """What reports call it."""

    reason: str | None = None
    """Why it is not available."""


class ValidationSetSpec(BaseModel):
    """Labelled cases as a scan stores them."""

    cases: list[dict[str, JsonValue]]
    """The cases, None fields left out."""

    predicate: str | PredicateSpec | None = "eq"
    """How results are compared with targets."""

    split: str | list[str] | None = None
    """Splits that were used."""

    @field_validator("predicate", mode="before")
    @classmethod
    def _older_predicate(cls, predicate: object) -> object:
        # Older scans hold pickled functions as text; nothing of a scan is run, or even unpickled, by reading it.
        if isinstance(predicate, str) and predicate not in get_args(PredicateType):
            return {"kind": "unavailable", "reason": "legacy"}
        return predicate


class ScanSpec(BaseModel):
    """Everything that defines a scan.

    Example:
        ```python
        spec = scan_status("scans/scan_id=...").spec
        print(spec.scan_id, spec.timestamp, *spec.scanners)
        ```
    """

    scan_id: str = Field(default_factory=new_id)
    """Unique id of 22 characters."""

    scan_name: str
    """Name of the scan ("nightly"); several scans may have one name."""

    scan_file: str | None = None
    """Job file ("job.py"; None if there is none)."""

    scan_args: dict[str, Any] | None = None
    """Arguments of the job (`{"limit": 100}`)."""

    timestamp: datetime = Field(default_factory=lambda: datetime.now().astimezone())
    """When it was made: local time with its offset."""

    tags: list[str] | None = None
    """Tags (`["nightly", "v2"]`)."""

    metadata: dict[str, Any] | None = None
    """Metadata: whatever the user wanted to keep with the scan."""

    model: ModelConfig | None = None
    """Default model, secrets left out (`model.model` is its name)."""

    model_roles: dict[str, ModelConfig | list[ModelConfig]] | None = None
    """Models by role."""

    generate_config: GenerateConfig | None = None
    """Generation options of a scan without a default model (with one, they stand in `model`)."""

    revision: ScanRevision | None = None
    """Revision of the code."""

    packages: dict[str, str] = Field(default_factory=dict[str, str])
    """Versions of inspect_ai and inspect_scout (`{"inspect_scout": "0.7.0"}`)."""

    options: ScanOptions = Field(default_factory=ScanOptions)
    """How it is run."""

    transcripts: ScanTranscripts | None = None
    """What is scanned."""

    scanners: dict[str, ScannerSpec]
    """Scanners by key (`spec.scanners["refusals"].params`)."""

    worklist: list[Worklist] | None = None
    """Transcripts by scanner, where not every scanner gets all."""

    validation: dict[str, ValidationSetSpec] | None = None
    """Labelled cases by scanner."""

    work_dir: str | None = None
    """Directory that the scan was started from: relative files are looked for there on resume."""

    @field_serializer("timestamp")
    def _local_timestamp(self, value: datetime) -> str:
        return value.astimezone().isoformat()
