"""How far a scan has come: summary, errors, status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from inspect_ai.model import ModelUsage
from pydantic import BaseModel, Field, JsonValue, computed_field, model_validator

from .._support.causes.grouping import ErrorGroup, group_errors
from .._support.reprs import Words, html_table, one_line_repr
from .._support.shapes import is_list, is_mapping
from .._support.terminal import plural
from .result import Error
from .spec import ScanSpec

_READ_SPEC = "_read_spec"


class ValidationEntry(BaseModel):
    """Outcome of one labelled case."""

    id: str | list[str]
    """Id of the input, or ids of a list of messages or events."""

    target: JsonValue
    """Value that was expected."""

    valid: bool | dict[str, bool]
    """Whether it was met, in all or by label."""


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


class ValidationMetrics(BaseModel):
    """Agreement with the labelled cases; ratios are None where nothing can be divided."""

    tp: int = 0
    """Number of positive cases that were found."""

    fp: int = 0
    """Number of negative cases taken for positive."""

    tn: int = 0
    """Number of negative cases left alone."""

    fn: int = 0
    """Number of positive cases that were missed."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def total(self) -> int:
        """Number of cases."""
        return self.tp + self.fp + self.tn + self.fn

    @computed_field  # type: ignore[prop-decorator]
    @property
    def match_rate(self) -> float | None:
        """Share of the cases whose target was met."""
        return _ratio(self.tp + self.tn, self.total)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def precision(self) -> float | None:
        """Share of the found that are positive."""
        return _ratio(self.tp, self.tp + self.fp)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def recall(self) -> float | None:
        """Share of the positive that were found."""
        return _ratio(self.tp, self.tp + self.fn)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def specificity(self) -> float | None:
        """Share of the negative that were left alone."""
        return _ratio(self.tn, self.tn + self.fp)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        precision, recall = self.precision, self.recall
        if precision is None or recall is None or precision + recall == 0:
            return None
        return 2 * precision * recall / (precision + recall)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def accuracy(self) -> float | None:
        """Balanced accuracy: the mean of recall and specificity."""
        recall, specificity = self.recall, self.specificity
        return None if recall is None or specificity is None else (recall + specificity) / 2

    @property
    def agreement(self) -> float | None:
        """One number to show: balanced accuracy, or where that is not defined, the match rate."""
        return self.match_rate if self.accuracy is None else self.accuracy


class ValidationResults(BaseModel):
    """Outcome of the labelled cases of one scanner."""

    entries: list[ValidationEntry] = Field(default_factory=list[ValidationEntry])
    """The cases, one by one."""

    metrics: ValidationMetrics | None = None
    """Agreement over all cases."""

    metrics_by_key: dict[str, ValidationMetrics] | None = None
    """Agreement by label (key of the target)."""

    not_compared: int = 0
    """Number of results that could not be compared with their case."""


class ScannerSummary(BaseModel):
    """Counts of one scanner, computed from its recorded rows."""

    scans: int = 0
    """Number of transcripts recorded."""

    results: int = 0
    """Number of results with a positive value (items of resultsets count one by one)."""

    errors: int = 0
    """Number of invocations that failed."""

    validation: ValidationResults | None = None
    """Agreement with labelled cases."""

    metrics: dict[str, dict[str, float]] | None = None
    """Metrics of scanners that have some, by score and name of the metric."""

    tokens: int = 0
    """Number of tokens used, over all models."""

    model_usage: dict[str, ModelUsage] = Field(default_factory=dict[str, ModelUsage])
    """Tokens used, by model ("openai/gpt-5-mini")."""

    fingerprints: dict[str, int] = Field(default_factory=dict[str, int])
    """Invocations by fingerprint of the scanner: more than one if it was changed before the scan was resumed."""

    incomplete: int = 0
    """Number of invocations whose input held messages or events that could not be read whole."""

    unseen_citations: int = 0
    """Number of invocations whose result cites messages that were not shown to the model."""

    calls_without_usage: int = 0
    """Number of answers of models that reported no tokens, or none that can be believed: they are missing in `tokens`."""

    @model_validator(mode="before")
    @classmethod
    def _older_validation(cls, data: Any) -> Any:
        verdicts = data.get("validation") if is_mapping(data) else None
        if not is_list(verdicts):
            return data
        entries = [{"id": "", "target": None, "valid": verdict} for verdict in verdicts]
        return {**data, "validation": {"entries": entries} if entries else None}


class Summary(BaseModel):
    """Counts of a scan, by scanner. `Summary(scanners=["a"])` makes zero counts.

    Example:
        ```python
        for key, counts in scan_status("scans/scan_id=...").summary.scanners.items():
            print(key, counts.scans, counts.results, counts.errors, counts.tokens)
        ```
    """

    complete: bool = True
    """Whether every pair of transcript and scanner is recorded without error (or the scan was declared complete)."""

    scanners: dict[str, ScannerSummary] = Field(default_factory=dict[str, ScannerSummary])
    """Counts by scanner (`summary["refusals"].results`)."""

    @model_validator(mode="before")
    @classmethod
    def _names(cls, data: Any) -> Any:
        names = data.get("scanners") if is_mapping(data) else None
        if not is_list(names):
            return data
        return {**data, "scanners": {name: ScannerSummary() for name in names}}

    def __getitem__(self, scanner: str) -> ScannerSummary:
        """Counts of one scanner."""
        return self.scanners[scanner]


@dataclass(frozen=True)
class DryRun:
    """What a scan would do: what `scan(..., dry_run=True)` counts.

    Args:
        transcripts: Transcripts that are selected.
        scanners: Transcripts that each scanner would scan.

    Example:
        ```python
        counted = scan("scanners.py", "logs", dry_run=True).dry_run
        print(counted.transcripts, counted.scanners["refusals"])
        ```
    """

    transcripts: int
    scanners: Mapping[str, int]

    @property
    def total(self) -> int:
        """Pairs of transcript and scanner."""
        return sum(self.scanners.values())


@dataclass(repr=False)
class Status:
    """State of a scan.

    Args:
        complete: Whether nothing is left to do.
        spec: What defines the scan; statuses of a list read it when it is first asked for.
        location: Directory of the scan.
        summary: Counts by scanner.
        errors: Scanners that failed, one entry for each failure.
        dry_run: What the scan would do, if it was a dry run.

    Example:
        ```python
        status = scan("scanners.py", "logs")
        print(status.complete, status.location, status.summary["refusals"].results)
        ```
    """

    complete: bool
    spec: ScanSpec
    location: str
    summary: Summary
    errors: list[Error] = field(default_factory=list[Error])
    dry_run: DryRun | None = field(default=None, kw_only=True)

    @classmethod
    def with_spec_later(
        cls, complete: bool, read_spec: Callable[[], ScanSpec], location: str, summary: Summary, errors: list[Error]
    ) -> Self:
        """Make a status that reads what defines its scan when it is first asked for: that takes most of the time.

        Args:
            complete: Whether nothing is left to do.
            read_spec: Reads what defines the scan.
            location: Directory of the scan.
            summary: Counts by scanner.
            errors: Scanners that failed.
        """
        status = cls(complete, None, location, summary, errors)  # type: ignore[arg-type]
        del status.spec
        status.__dict__[_READ_SPEC] = read_spec
        return status

    if not TYPE_CHECKING:  # it would say that a status has any attribute

        def __getattr__(self, name: str) -> ScanSpec:
            """Read the spec, as nothing else is missing."""
            read_spec = self.__dict__.get(_READ_SPEC) if name == "spec" else None
            if read_spec is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            self.spec = read_spec()
            return self.spec

    def __getstate__(self) -> dict[str, object]:
        """Give all that it says to a copy, which cannot read the spec later."""
        read_now = {"spec": self.spec}
        return {**{name: value for name, value in self.__dict__.items() if name != _READ_SPEC}, **read_now}

    @property
    def error_groups(self) -> list[ErrorGroup]:
        """The errors by what caused them, the most frequent first."""
        return group_errors(self.errors)

    def __repr__(self) -> str:
        if self.dry_run is not None:
            scanners, transcripts = len(self.dry_run.scanners), self.dry_run.transcripts
            return one_line_repr(
                self, Words("dry run"), Words(plural(scanners, "scanner")), Words(plural(transcripts, "transcript"))
            )
        counts = self.summary.scanners.values()
        parts = (
            "complete" if self.complete else "incomplete",
            plural(len(counts), "scanner"),
            plural(self._transcripts(), "transcript"),
            plural(sum(one.results for one in counts), "positive result"),
            plural(len(self.errors), "error"),
        )
        return one_line_repr(self, *map(Words, parts), location=Words(repr(self.location)))

    def _repr_html_(self) -> str:
        if self.dry_run is not None:
            counts = [*self.dry_run.scanners.items(), ("total", self.dry_run.total)]
            return html_table("dry run: nothing was scanned", counts, ("scanner", "transcripts"))
        state = "complete" if self.complete else "incomplete"
        title = f"{state}, {plural(self._transcripts(), 'transcript')}, {self.location}"
        rows = [(name, one.scans, one.results, one.errors, one.tokens) for name, one in self.summary.scanners.items()]
        return html_table(title, rows, ("scanner", "scanned", "positive", "errors", "tokens"))

    def _transcripts(self) -> int:
        """Transcripts recorded, as far as the counts of scanners tell: their descriptions need not be read for it."""
        return max((one.scans for one in self.summary.scanners.values()), default=0)
