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
    """What a scanner said in two scans, or two scanners did."""

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
    second_scanner: str = Field(description="Key of the scanner in the second scan.")


class ScanComparison(AnswerModel):
    """Two scans side by side."""

    first: str
    second: str
    differences: list[DifferenceItem]
    only_first: list[str]
    only_second: list[str]
    scanners: list[ScannerComparison]


class Refusal(AnswerModel):
    """Why a request was refused."""

    detail: str
