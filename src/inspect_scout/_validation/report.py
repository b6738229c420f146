"""How far a scanner agrees with its labelled cases, in all and by group."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from .._statistics import PairedCounts, Proportion
from .._support.shapes import is_mapping
from .._types import ValidationCase, ValidationMetrics
from .cases import cases_by_ids
from .equality import class_of, names_of
from .metrics import Confusion, pearson, spearman

T = TypeVar("T", bound=Hashable)
GroupBy = Literal["split", "task", "model"]

ALL = "all"
"""Group of all cases."""

MAX_CLASSES = 20
"""With more targets than these, text is free text and no table of classes is made."""

_EQUAL = ("eq", "iequals")  # a function of the user's has no name, or one of its own


@dataclass(frozen=True, slots=True)
class Comparison:
    """A recorded row that a case is about.

    Args:
        ids: Ids of the input.
        target: What was expected.
        value: What the scanner said.
        valid: Whether it met the target (None: it was not compared).
        predicate: How they were compared.
        split: Split of the case.
        task: Set of the transcript's task.
        model: Model of the transcript.
        error: Why they could not be compared.
        scan_error: Why the scanner failed.
        unlisted: Labels that were found and that the case does not list.
        answer: The answer of the result: the text of a label, where the value is its letter.
        explanation: The explanation of the result.
    """

    ids: tuple[str, ...]
    target: Any = None
    value: Any = None
    valid: bool | Mapping[str, bool] | None = None
    predicate: str | None = None
    split: str | None = None
    task: str | None = None
    model: str | None = None
    error: str | None = None
    scan_error: str | None = None
    unlisted: tuple[str, ...] = ()
    answer: str | None = None
    explanation: str | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the target was met, with all of its keys (None: it was not compared)."""
        return self.valid if self.valid is None or isinstance(self.valid, bool) else all(self.valid.values())


@dataclass(frozen=True, slots=True)
class Rate:
    """A share (or kappa) with its 95 % interval.

    Args:
        value: The share.
        low: Lower end.
        high: Upper end.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class NumericAgreement:
    """Agreement of numbers with numeric targets.

    Args:
        count: Pairs of numbers.
        mean_error: Mean of value less target: whether values are too high or too low.
        mean_absolute_error: Mean distance of value and target.
        pearson: Linear correlation (None: too few pairs, or no variation).
        spearman: Correlation of ranks.
    """

    count: int
    mean_error: float
    mean_absolute_error: float
    pearson: float | None
    spearman: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of one scanner with one group of cases (and one key of their targets, or one class).

    Args:
        scanner: Key of the scanner.
        group: The group: a split, task or model, or "all".
        key: Key of targets with keys, or label (None: all keys together).
        cases: Cases of the group (0: not known for the key or group alone).
        compared: Verdicts.
        matched: Verdicts that the target was met.
        counts: Verdicts by whether their target is positive.
        match_rate: Share of the verdicts that the target was met.
        precision: Share of the found that are positive (None for numbers and classes, as for the next two).
        recall: Share of the positive that were found.
        specificity: Share of the negative that were left alone.
        numbers: Agreement of numbers, where targets are numbers.
        not_compared: Results that could not be compared.
        failed: Cases whose scan failed.
        missing: Cases that were not scanned.
        class_name: Class that the row is about, where targets are classes (None: all of them): its match rate is the
            share of its cases that the scanner put into it.
        kappa: Agreement beyond chance (Cohen's kappa) where targets are positive or negative, or classes: 1 always, 0 as
            by chance (None: of numbers and free text, and where one answer is the only one).
    """

    scanner: str
    group: str
    key: str | None
    cases: int
    compared: int
    matched: int
    counts: ValidationMetrics
    match_rate: Rate | None
    precision: Rate | None
    recall: Rate | None
    specificity: Rate | None
    numbers: NumericAgreement | None = None
    not_compared: int = 0
    failed: int = 0
    missing: int = 0
    class_name: str | None = None
    kappa: Rate | None = None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return self.counts.f1 if self.precision is not None else None

    @property
    def accuracy(self) -> float | None:
        """Balanced accuracy: the mean of recall and specificity."""
        return self.counts.accuracy if self.recall is not None else None


@dataclass(frozen=True, slots=True)
class ScannerReport:
    """Agreement of a scanner with its labelled cases.

    Args:
        scanner: Its key.
        rows: All cases first, then the groups; after each of them its keys or classes.
        unlisted: Labels found that no case lists, and how often.
        problems: Why results could not be compared, the most frequent first, and how often.
        failed: Ids of cases whose scan failed.
        missing: Ids of cases that were not scanned.
        confusion: Where targets are classes, expected class -> class that the scanner gave -> cases.
        verdicts: Rows that were compared.
        unmatched: Those of the missing cases whose key no transcript of the scan has.
    """

    scanner: str
    rows: Sequence[Agreement]
    unlisted: Mapping[str, int] = field(default_factory=dict[str, int])
    problems: Mapping[str, int] = field(default_factory=dict[str, int])
    failed: Sequence[str] = ()
    missing: Sequence[str] = ()
    confusion: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    verdicts: Sequence[Comparison] = ()
    unmatched: Sequence[str] = ()

    @property
    def disagreements(self) -> list[Comparison]:
        """Rows that did not meet their target."""
        return [row for row in self.verdicts if row.is_met is False]


def scanner_report(
    scanner: str,
    cases: Sequence[ValidationCase],
    rows: Iterable[Comparison],
    by: GroupBy | None = None,
    transcripts: Collection[str] | None = None,
) -> ScannerReport:
    """Sum up how far a scanner agrees with its cases.

    Args:
        scanner: Key of the scanner.
        cases: All cases of the scanner.
        rows: Recorded rows; those that no case is about are passed over.
        by: What groups there are besides all cases (None: none).
        transcripts: Ids of the transcripts of the scan (None: not known).
    """
    expected = cases_by_ids(cases)
    # A row that was compared counts even if the scan no longer lists its case.
    found = [row for row in rows if row.valid is not None or row.error is not None or row.ids in expected]
    seen = {row.ids for row in found}
    lost = [Comparison(ids, split=case.split) for ids, case in expected.items() if ids not in seen]
    with_splits = [_with_split(row, expected) for row in found] + lost
    return ScannerReport(
        scanner,
        _agreements_by_group(scanner, with_splits, by),
        unlisted=dict(Counter(label for row in found for label in row.unlisted).most_common()),
        problems=dict(Counter(filter(None, (row.error for row in found))).most_common()),
        failed=[", ".join(row.ids) for row in found if _failed(row)],
        missing=[", ".join(row.ids) for row in lost],
        confusion=_confusion(with_splits) if _are_classes(with_splits) else {},
        verdicts=[row for row in with_splits if row.valid is not None],
        unmatched=_unmatched(lost, transcripts),
    )


def _agreements_by_group(scanner: str, rows: list[Comparison], by: GroupBy | None) -> list[Agreement]:
    groups = {ALL: rows, **(_grouped(rows, by) if by is not None else {})}
    return [row for name, members in groups.items() for row in _agreements(scanner, name, members)]


def _unmatched(lost: Iterable[Comparison], transcripts: Collection[str] | None) -> list[str]:
    return [] if transcripts is None else [", ".join(row.ids) for row in lost if row.ids[0] not in transcripts]


def agreement_record(row: Agreement) -> dict[str, Any]:
    """Write an agreement as a flat record, for tables and JSON."""
    counts, numbers = row.counts, row.numbers
    record: dict[str, Any] = {
        **{name: getattr(row, name) for name in ("scanner", "group", "key", "cases", "compared", "matched")},
        **{name: getattr(row, name) for name in ("not_compared", "failed", "missing")},
        **{name: getattr(counts, name) for name in ("tp", "fp", "tn", "fn")},
    }
    for name in ("match_rate", "precision", "recall", "specificity"):
        rate: Rate | None = getattr(row, name)
        for column, part in ((name, "value"), (f"{name}_low", "low"), (f"{name}_high", "high")):
            record[column] = None if rate is None else getattr(rate, part)
    record |= {"f1": row.f1, "accuracy": row.accuracy, "numbers": 0 if numbers is None else numbers.count}
    for name in ("mean_error", "mean_absolute_error", "pearson", "spearman"):
        record[name] = None if numbers is None else getattr(numbers, name)
    kappa = row.kappa
    record |= {"class": row.class_name, "kappa": None if kappa is None else kappa.value}
    return record | {f"kappa_{end}": None if kappa is None else getattr(kappa, end) for end in ("low", "high")}


def verdict_record(row: Comparison) -> dict[str, object]:
    """Write a row that was compared as a flat record; of targets with keys only those that were not met, if any."""
    expected, given = row.target, row.value
    if is_mapping(row.valid):
        keys = [key for key, met in row.valid.items() if not met] or list(row.valid)
        expected = {key: row.target.get(key) if is_mapping(row.target) else row.target for key in keys}
        # Labels are found or not; what they were expected to be says which, where that was not met.
        given = {k: row.value.get(k) if is_mapping(row.value) else expected[k] == row.valid[k] for k in keys}
    return {
        "id": ", ".join(row.ids),
        "expected": expected,
        "given": names_of(given, row.answer)[-1],
        "met": row.is_met,
        "explanation": row.explanation,
        **{name: getattr(row, name) for name in ("predicate", "split", "task", "model")},
    }


def _are_classes(rows: Sequence[Comparison]) -> bool:
    """Tell whether what was expected are classes: a few texts, each compared for equality."""
    compared = [row for row in rows if row.valid is not None]
    if not compared or not all(isinstance(row.target, str) and row.predicate in _EQUAL for row in compared):
        return False
    return len({row.target for row in compared}) <= MAX_CLASSES


def _confusion(rows: Iterable[Comparison]) -> dict[str, dict[str, int]]:
    """Count cases by the class that was expected and the one that was given; rows that were not compared are left out."""
    table: dict[str, dict[str, int]] = {}
    for row in rows:
        if row.valid is None:
            continue
        expected = str(row.target)
        given = expected if row.valid is True else class_of(row.value, row.answer)
        counts = table.setdefault(expected, {})
        counts[given] = counts.get(given, 0) + 1
    return {expected: dict(sorted(counts.items())) for expected, counts in sorted(table.items())}


def _with_split(row: Comparison, expected: Mapping[tuple[str, ...], ValidationCase]) -> Comparison:
    return replace(row, split=expected[row.ids].split) if row.split is None and row.ids in expected else row


def _failed(row: Comparison) -> bool:
    return row.scan_error is not None and row.valid is None


def _grouped(rows: Iterable[Comparison], by: GroupBy) -> dict[str, list[Comparison]]:
    groups: dict[str, list[Comparison]] = {}
    for row in rows:
        name: str | None = getattr(row, by)
        groups.setdefault(f"({by} not known)" if name is None else name, []).append(row)
    return dict(sorted(groups.items(), key=lambda item: (item[0].startswith("("), item[0])))


def _agreements(scanner: str, group: str, rows: Sequence[Comparison]) -> list[Agreement]:
    confusion = Confusion()
    for row in rows:
        if row.valid is not None:
            confusion.add(row.target, row.valid if isinstance(row.valid, bool) else dict(row.valid))
    pairs = _pairs(rows, bool(confusion.by_key))
    table = _confusion(rows) if _are_classes(rows) else {}
    classes = sorted(table)
    # Texts are neither positive nor negative.
    texts = any(isinstance(row.target, str) and isinstance(row.valid, bool) for row in rows)
    rates = _rates(confusion.total, pairs.get(None, []), counted=not classes and not texts)
    if classes:
        rates["kappa"] = _kappa({(one, other): n for one, given in table.items() for other, n in given.items()})
    total = Agreement(
        scanner,
        group,
        None,
        cases=len({row.ids for row in rows}),
        **rates,
        not_compared=sum(row.error is not None for row in rows),
        failed=sum(map(_failed, rows)),
        missing=sum(row.valid is None and row.error is None and row.scan_error is None for row in rows),
    )
    keys = [
        Agreement(scanner, group, key, cases=counts.total, **_rates(counts, pairs.get(key, [])))
        for key, counts in sorted(confusion.by_key.items())
    ]
    return [total, *keys, *(_class(scanner, group, name, rows) for name in classes)]


def _class(scanner: str, group: str, name: str, rows: Iterable[Comparison]) -> Agreement:
    confusion = Confusion()
    for row in rows:
        if row.target == name and isinstance(row.valid, bool):
            confusion.add(True, row.valid)
    counts = confusion.total
    rates = _rates(counts, [], counted=False)
    return Agreement(scanner, group, None, cases=counts.total, **rates, class_name=name)


def _rates(counts: ValidationMetrics, pairs: Sequence[tuple[float, float]], *, counted: bool = True) -> dict[str, Any]:
    matched = counts.tp + counts.tn
    # A number is neither positive nor negative: what is found among numbers says nothing.
    counted = counted and (len(pairs) < counts.total or not pairs)
    return {
        "compared": counts.total,
        "matched": matched,
        "counts": counts,
        "match_rate": _rate(matched, counts.total),
        "precision": _rate(counts.tp, counts.tp + counts.fp) if counted else None,
        "recall": _rate(counts.tp, counts.tp + counts.fn) if counted else None,
        "specificity": _rate(counts.tn, counts.tn + counts.fp) if counted else None,
        "numbers": _numbers(pairs),
        "kappa": _kappa_of_counts(counts) if counted else None,
    }


def _kappa_of_counts(counts: ValidationMetrics) -> Rate | None:
    pairs = {(True, True): counts.tp, (True, False): counts.fn, (False, True): counts.fp, (False, False): counts.tn}
    return _kappa({pair: count for pair, count in pairs.items() if count})


def _kappa(pairs: Mapping[tuple[T, T], int]) -> Rate | None:
    table = PairedCounts(pairs)
    kappa, interval = table.kappa, table.kappa_interval()
    return None if kappa is None or interval is None else Rate(kappa, *interval)


def _rate(part: int, whole: int) -> Rate | None:
    interval = Proportion(whole, part).interval()
    return None if interval is None else Rate(part / whole, *interval)


def _pairs(rows: Iterable[Comparison], keyed: bool) -> dict[str | None, list[tuple[float, float]]]:
    """Pairs of value and target that are numbers, by key (None: all of them)."""
    pairs: dict[str | None, list[tuple[float, float]]] = {}
    for row in rows:
        if row.valid is None or isinstance(row.valid, bool) == keyed:
            continue
        for key in (None,) if isinstance(row.valid, bool) else row.valid:
            sides: tuple[Any, ...] = (row.value, row.target)
            if key is not None:
                sides = tuple(side.get(key) if is_mapping(side) else None for side in sides)
            if all(map(_is_number, sides)):
                value, target = map(float, sides)
                for place in {None, key}:
                    pairs.setdefault(place, []).append((value, target))
    return pairs


def _is_number(value: object) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def _numbers(pairs: Sequence[tuple[float, float]]) -> NumericAgreement | None:
    if not pairs:
        return None
    values, targets = [v for v, _ in pairs], [t for _, t in pairs]
    errors = [v - t for v, t in pairs]
    return NumericAgreement(
        count=len(pairs),
        mean_error=math.fsum(errors) / len(errors),
        mean_absolute_error=math.fsum(map(abs, errors)) / len(errors),
        pearson=pearson(values, targets),
        spearman=spearman(values, targets),
    )
