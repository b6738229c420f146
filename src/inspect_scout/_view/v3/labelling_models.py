"""What the routes about labelling answer with."""

from __future__ import annotations

from pydantic import Field, JsonValue

from .models import AnswerModel


class QueueItem(AnswerModel):
    """A result to label; what the scanner said is left out."""

    key: str = Field(description="What its case is about, as URLs name it.")
    about: dict[str, JsonValue] = Field(description="The same as fields of a case: `id`, `task_id`, `epoch`.")
    transcript_id: str
    uuid: str = Field(description="Id of the result.")
    task_set: str | None
    model: str | None


class LabelQueue(AnswerModel):
    """Results to label, in their order."""

    items: list[QueueItem]
    question: str | None = Field(description="What the scanner asks of a model, if it is known.")
    classes: list[str] = Field(description="Texts that the scanner gives as values, if it does.")


class AgreementRow(AnswerModel):
    """Agreement with one group of cases, and one key or class of theirs; rates with the ends of their 95 % interval."""

    scanner: str
    group: str = Field(description="`all`, or a split, task or model.")
    key: str | None
    cases: int
    compared: int
    matched: int
    not_compared: int
    failed: int
    missing: int
    tp: int
    fp: int
    tn: int
    fn: int
    match_rate: float | None
    match_rate_low: float | None
    match_rate_high: float | None
    precision: float | None
    precision_low: float | None
    precision_high: float | None
    recall: float | None
    recall_low: float | None
    recall_high: float | None
    specificity: float | None
    specificity_low: float | None
    specificity_high: float | None
    f1: float | None
    accuracy: float | None
    numbers: int
    mean_error: float | None
    mean_absolute_error: float | None
    pearson: float | None
    spearman: float | None
    class_name: str | None = Field(alias="class")
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None


class DisagreementItem(AnswerModel):
    """A case whose target the scanner did not meet."""

    id: str
    expected: JsonValue
    given: JsonValue
    met: bool | None
    explanation: str | None
    predicate: str | None
    split: str | None
    task: str | None
    model: str | None


class ScannerAgreement(AnswerModel):
    """How far a scanner agrees with labels."""

    scanner: str
    rows: list[AgreementRow]
    unlisted_labels: dict[str, int]
    problems: dict[str, int] = Field(description="Why results could not be compared, and how often.")
    failed: list[str]
    missing: list[str]
    confusion: dict[str, dict[str, int]] = Field(description="Of classes: expected -> given -> cases.")
    unmatched: list[str]
    disagreements: list[DisagreementItem]


class RatedDifferentlyItem(AnswerModel):
    """A case to which two people gave different labels."""

    key: str
    fields: dict[str, JsonValue]
    first: JsonValue
    second: JsonValue


class RatersAgreementItem(AnswerModel):
    """How far two people agree; rates as value, lower end, upper end."""

    both: int
    agreeing: int
    rate: tuple[float, float, float] | None
    kappa: tuple[float, float, float] | None
    only_first: int
    only_second: int
    confusion: dict[str, dict[str, int]]
    disagreements: list[RatedDifferentlyItem]
