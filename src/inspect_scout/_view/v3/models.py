"""What the routes about scans answer with, as the generated types of the page know it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from .asked import Phase


class AnswerModel(BaseModel):
    """What a route answers with: these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class ScannerVersionItem(AnswerModel):
    """What made some rows of a scanner."""

    fingerprint: str
    rows: int
    question: str | None
    current: bool


class ScanSummary(AnswerModel):
    """How a scan stands."""

    scan_id: str
    name: str
    location: str
    timestamp: str
    state: Phase
    complete: bool
    transcripts: int
    results: int | None = Field(description="Results that found something; null: not counted, as in old scans.")
    error_count: int
    versions: dict[str, list[ScannerVersionItem]] | None = None
    scanner_names: list[str]
    done: int | None = Field(description="Pairs of transcript and scanner that are recorded; null: not counted.")
    total: int
    model: str | None
    tags: list[str]
    cost: float | None


class ScanItem(ScanSummary):
    """A scan of a list."""

    unread: int = Field(description="Logs that were not read, or not whole.")


class ScanItems(AnswerModel):
    """A page of scans."""

    items: list[ScanItem]
    total: int
    next: str | None


class ScannerCounts(AnswerModel):
    """What is recorded of a scanner."""

    scans: int
    results: int
    errors: int
    tokens: int
    agreement: float | None
    rows: int
    incomplete: int
    unseen_citations: int
    calls_without_usage: int


class KindItem(AnswerModel):
    """How many results have one label, or one value."""

    value: JsonValue
    count: int


class RateItem(AnswerModel):
    """What was found of what was judged, with Wilson's interval."""

    scanner: str
    unit: Literal["transcript", "message", "event", "input", "result"]
    n: int
    found: int
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    results: int
    errors: int
    nulls: int | None


class FindingsItem(RateItem):
    """What a scanner found."""

    kinds_by: Literal["label", "value"]
    kinds: list[KindItem]
    kinds_left_out: int


class ErrorCause(AnswerModel):
    """Errors of one cause."""

    error: str
    count: int
    refusal: bool
    scanners: dict[str, int]
    transcript_count: int
    transcripts: list[str]
    traceback: str | None = None


class ErrorCauses(AnswerModel):
    """What went wrong, by cause, the most frequent first."""

    items: list[ErrorCause]
    total: int


class ScanDetail(ScanSummary):
    """All that is told of a scan."""

    config: dict[str, JsonValue]
    summary: dict[str, ScannerCounts]
    model_usage: dict[str, dict[str, int]]
    errors: list[str]
    unread: dict[str, str]
    accepted: dict[str, str]
    error_groups: list[ErrorCause]
    spec: dict[str, JsonValue] = Field(description="The file that defines the scan, without the ids of transcripts.")
    findings: list[FindingsItem] | None


class ResultItems(AnswerModel):
    """A page of results: each a record of its columns."""

    items: list[dict[str, JsonValue]]
    total: int | None
    next: str | None


class FacetGroup(AnswerModel):
    """What was found where a column has a value."""

    value: JsonValue
    n: int
    found: int
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    results: int
    errors: int
    nulls: int


class FacetItem(AnswerModel):
    """What was found by the values of a column."""

    by: str
    unit: str
    is_share: bool = Field(description="Each group is a share of all, not a rate of its own.")
    groups: list[FacetGroup]
    left_out: int


class FacetItems(AnswerModel):
    """What was found by the values of columns."""

    items: list[FacetItem]


class DistributionPartItem(AnswerModel):
    """How many results have a value, or one in a range."""

    value: JsonValue
    low: float | None
    high: float | None
    count: int
    rate: float | None
    rate_low: float | None
    rate_high: float | None


class DistributionGroupItem(AnswerModel):
    """The values of results that have something in common."""

    group: dict[str, JsonValue]
    n: int
    nulls: int
    parts: list[DistributionPartItem]
    left_out: int


class DistributionItem(AnswerModel):
    """How the values of a column are distributed."""

    column: str
    by: list[str]
    ranges: bool = Field(description="Parts are ranges of numbers.")
    groups: list[DistributionGroupItem]
    left_out: int


class HitItem(AnswerModel):
    """A cell in which a text was found: data of the event `hit`."""

    position: int = Field(description="Place of the row under the same condition and order, from 0.")
    uuid: str | None
    transcript_id: str | None
    label: str | None
    column: str
    text: str
    start: int
    stop: int
    offset: int
    count: int


class FindProgressItem(AnswerModel):
    """How far a search has come: data of the events `progress` and `done`."""

    rows: int
    hits: int
    done: bool


class EvidenceTranscript(AnswerModel):
    """The transcript that results are about."""

    transcript_id: str
    task_set: str | None
    task_id: str | None
    task_repeat: int | None
    model: str | None
    score: JsonValue
    source_uri: str | None


class EvidenceReference(AnswerModel):
    """A message or event that a result cites."""

    type: str
    cite: str
    id: str


class EvidenceResult(AnswerModel):
    """A result, and what it cites."""

    scanner: str
    uuid: str | None
    value: JsonValue
    label: str | None
    answer: str | None
    explanation: str | None
    metadata: dict[str, JsonValue]
    scan_error: str | None
    validation_target: str | None
    validation_result: JsonValue
    references: list[EvidenceReference]
    unseen_citations: list[str]


class EvidencePassage(AnswerModel):
    """A message or event that is shown."""

    number: int
    id: str
    role: str
    cited: bool
    text: str
    marked: list[str] = Field(description="The words of it that the result quotes.")
    characters_left_out: int


class EvidenceItem(AnswerModel):
    """Results on one input, and what they rest on."""

    transcript: EvidenceTranscript
    input_type: str
    results: list[EvidenceResult]
    message_count: int
    messages: list[EvidencePassage]
    events: list[EvidencePassage]
    dropped: int
    remarks: list[str]


class EvidenceItems(AnswerModel):
    """What results rest on."""

    location: str
    evidence: list[EvidenceItem]
    others: int


class DifferenceItem(AnswerModel):
    """Something that is recorded differently in two scans."""

    name: str
    first: JsonValue
    second: JsonValue


class VerdictItem(AnswerModel):
    """What one of two scans said of an input."""

    value: JsonValue
    explanation: str | None


class VerdictPairItem(AnswerModel):
    """What two scans said of the same input."""

    transcript_id: str
    input_ids: list[str]
    task_id: str | None
    epoch: int | None
    first: VerdictItem
    second: VerdictItem


class BothCounts(AnswerModel):
    """A number for each of two scans."""

    first: int
    second: int


class ConfusionCell(AnswerModel):
    """How many inputs got one value from the first scan and one from the second."""

    first: str | bool
    second: str | bool
    count: int


class ScannerComparison(AnswerModel):
    """What a scanner said in two scans."""

    scanner: str
    n: int
    only_first: int
    only_second: int
    failed: int
    by_class: bool
    same: int
    agreement: float | None
    agreement_low: float | None
    agreement_high: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    mcnemar_p: float | None
    found: BothCounts
    tokens: BothCounts
    differences: list[DifferenceItem]
    confusion: list[ConfusionCell]
    gained: list[VerdictPairItem]
    lost: list[VerdictPairItem]
    changed: list[VerdictPairItem]
    left_out: int = Field(description="Pairs beyond the limit of each of `gained`, `lost` and `changed`.")


class ScanComparison(AnswerModel):
    """Two scans side by side."""

    first: str
    second: str
    differences: list[DifferenceItem]
    only_first: list[str]
    only_second: list[str]
    scanners: list[ScannerComparison]


class Mistake(AnswerModel):
    """Why a request was refused."""

    detail: str


class LabelFileItem(AnswerModel):
    """A file of labelled cases."""

    file: str = Field(description="Its name in URLs.")
    name: str
    cases: int | None
    problem: str | None


class LabelFileItems(AnswerModel):
    """The files of labelled cases of a project."""

    items: list[LabelFileItem]
    total: int
    next: str | None


class LabelCaseItem(AnswerModel):
    """A case of a file."""

    key: str = Field(description="What it is about, as URLs name it.")
    fields: dict[str, JsonValue]


class LabelCases(AnswerModel):
    """A page of the cases of a file."""

    items: list[LabelCaseItem]
    total: int
    next: str | None
    etag: str


class LabelChange(AnswerModel):
    """What a file is like after a change."""

    file: str
    name: str
    cases: int
    etag: str


class NewCases(BaseModel):
    """The cases of a file."""

    cases: list[dict[str, JsonValue]] = Field([], max_length=100_000)


class NewLabelFile(NewCases):
    """A file of labelled cases to be made."""

    name: str = Field(min_length=1, max_length=1000, description="Path in the project; its ending tells the format.")
    nested_splits: bool = Field(False, description="Cases stand in groups by split (YAML and JSON).")


class ProjectItem(AnswerModel):
    """The project file."""

    path: str
    exists: bool
    etag: str
    text: str
    config: dict[str, JsonValue]


class FlagItem(AnswerModel):
    """A spelling of an option on the command line."""

    names: list[str]
    parameter: str
    kind: str
    help: str
    choices: list[str]


class OptionItem(AnswerModel):
    """An option of a scan, with its value in the project."""

    name: str
    kind: str
    help: str
    choices: list[str]
    default: JsonValue
    default_help: str
    merge: str
    set_in: list[str]
    variables: list[str]
    flags: list[FlagItem]
    value: JsonValue
    sources: list[str] = Field(description="Where the value comes from, the strongest first.")


class OptionItems(AnswerModel):
    """The options of a scan."""

    items: list[OptionItem]


class ParameterItem(AnswerModel):
    """A parameter of a scanner, as text of its file."""

    name: str
    annotation: str | None
    default: str | None


class ScannerSourceItem(AnswerModel):
    """A scanner of a file."""

    name: str
    function: str
    kind: Literal["llm", "grep", "custom"]
    doc: str | None
    question: str | None
    parameters: list[ParameterItem]
    editable: bool


class ScannerFileItem(AnswerModel):
    """The scanners of a file."""

    path: str
    problem: str | None
    scanners: list[ScannerSourceItem]


class ScannerFileItems(AnswerModel):
    """The scanners of a project."""

    items: list[ScannerFileItem]
    total: int


class NewRun(BaseModel):
    """A scan to be started."""

    job: dict[str, JsonValue] = Field(description="A scan job, as job files have it (schema `scanjob`).")
    dry_run: bool = Field(False, description="Only count what would be scanned.")


class ResumeAsked(BaseModel):
    """How to go on with a scan."""

    rescan_changed: bool = Field(False, description="Scan again what was recorded when scanners were different.")
    accept_changed: bool = Field(False, description="Go on although scanners ask something else than before.")

    def flags(self) -> list[str]:
        """Write it as the command takes it."""
        given = {"--rescan-changed": self.rescan_changed, "--accept-changed": self.accept_changed}
        return [flag for flag, is_set in given.items() if is_set]


class RunItem(AnswerModel):
    """A scan that runs, or ran, in a process that was started here."""

    run_id: str
    kind: Literal["scan", "resume", "complete"]
    state: Literal["running", "ended", "failed"]
    started: float
    scan_id: str | None
    location: str | None
    exit_code: int | None
    problem: str | None


class DryRunItem(AnswerModel):
    """What a job would scan."""

    name: str
    location: str
    state: Literal["dry-run"]
    complete: bool
    transcripts: int
    total: int
    scanners: dict[str, int]
    problems: list[str]


class RunningCounts(AnswerModel):
    """Counts of a scanner at work."""

    scans: int
    results: int
    errors: int
    tokens: int


class RunningScanItem(ScanItem):
    """A scan that runs: data of the events `state`, the last of which says how it has ended."""

    pid: int
    started: float | None
    rate: float | None
    left_seconds: float | None
    counts: dict[str, RunningCounts]
    processes: int
    slots: int
    idle: int
    reading: int
    scanning: int
    buffered: int
    memory_bytes: int
    trouble: str


class RunItems(AnswerModel):
    """Runs that were started here, and scans that run on this machine."""

    items: list[RunItem]
    running: list[RunningScanItem]


class CancelledScan(AnswerModel):
    """A scan that was asked to end."""

    location: str
    pid: int


class DeletedScan(AnswerModel):
    """A scan that was, or would be, deleted."""

    location: str
    files: int
    bytes: int
    state: ScanItem | None
    deleted: bool


class ChangeItem(AnswerModel):
    """Something has changed: data of the event `changed`."""

    topic: Literal["project", "scans", "transcripts", "labels"]
    time: str
