"""What two scans said of the same inputs, and what differed in what they asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .._results import (
    RecordedVerdict,
    ResultsTable,
    UnknownScannerError,
    read_spec_fields,
    read_verdicts,
)
from .._statistics import PairedCounts, Proportion, mcnemar_p
from .._support.errors import ConfigError
from .._support.shapes import is_list, is_mapping
from .._support.storage import storage_for
from .._types import explanation_of
from .._validation import class_of
from .bridge import run_sync

MAX_CLASSES: Final = 20
"""With more texts than these, they are free text: agreement beyond chance says nothing."""

_ASKED = {"question": "question", "answer": "answer", "template": "template"}
_SCANNER = {"version": "version", "package_version": "package version", "file": "file", "code": "code"}
_MODEL = {"model": "model", "base_url": "address of the model"}


@dataclass(frozen=True, slots=True)
class VerdictPair:
    """What two scans said of the same input.

    Args:
        first: What the first scan said.
        second: What the second one said.
    """

    first: RecordedVerdict
    second: RecordedVerdict


@dataclass(frozen=True, slots=True)
class SettingDifference:
    """Something that is recorded differently in two scans.

    Args:
        name: What it is.
        first: What the first scan recorded (None: nothing).
        second: What the second one recorded.
    """

    name: str
    first: object
    second: object


@dataclass(frozen=True, slots=True)
class ScannerDiff:
    """What a scanner said in two scans, or two scanners did.

    Args:
        scanner: Key of the scanner in the first scan.
        pairs: Inputs that both judged.
        only_first: Inputs that only the first scan has.
        only_second: Inputs that only the second one has.
        failed: Inputs of both, of which one or both failed; these are not compared.
        table: What both said of the pairs: classes where all values are texts, else whether something was found.
        gained: Pairs of which only the second scan found something (none for classes).
        lost: Pairs of which only the first one did (none for classes).
        changed: Other pairs with another value, or class.
        differences: What is recorded differently of the scanner.
        second_scanner: Key of the scanner in the second scan.
    """

    scanner: str
    pairs: Sequence[VerdictPair]
    only_first: int
    only_second: int
    failed: int
    table: PairedCounts[str | bool]
    gained: Sequence[VerdictPair]
    lost: Sequence[VerdictPair]
    changed: Sequence[VerdictPair]
    differences: Sequence[SettingDifference]
    second_scanner: str

    @property
    def by_class(self) -> bool:
        """Whether values are texts, of which none says that something was found."""
        return _are_texts(self.pairs)

    @property
    def same(self) -> Proportion:
        """Pairs of which both said the same."""
        return Proportion(len(self.pairs), len(self.pairs) - len([*self.gained, *self.lost, *self.changed]))

    @property
    def has_kappa(self) -> bool:
        """Whether agreement beyond chance says something: not of free text."""
        return len({name for pair in self.table.counts for name in pair}) <= MAX_CLASSES

    @property
    def mcnemar_p(self) -> float | None:
        """How likely so unequal flips are by chance (None for classes)."""
        return None if self.by_class else mcnemar_p(len(self.lost), len(self.gained))


@dataclass(frozen=True, slots=True)
class ScanDiff:
    """Two scans side by side.

    Args:
        first: Directory of the first.
        second: Directory of the second.
        scanners: Scanners that both have.
        only_first: Scanners that only the first has.
        only_second: Scanners that only the second has.
        differences: What is recorded differently of the scans as a whole.
    """

    first: str
    second: str
    scanners: Sequence[ScannerDiff]
    only_first: Sequence[str]
    only_second: Sequence[str]
    differences: Sequence[SettingDifference]


async def diff_scans(
    first: str, second: str, scanner: str | None = None, second_scanner: str | None = None
) -> ScanDiff:
    """Compare what two scans, or two scanners of one, said of the inputs that both have.

    Args:
        first: Directory of a scan (finished, interrupted or running).
        second: Directory of another, or of the same.
        scanner: Key of one scanner (None: all that both have).
        second_scanner: Key of the scanner of the second scan that it is compared with (None: the one of the same key).

    Raises:
        LocationError: There is no scan at a location.
        UnknownNameError: One of them has no such scanner.
        ConfigError: A scanner of the second scan is named, and none of the first.
    """
    if second_scanner is not None and scanner is None:
        raise ConfigError(
            f"The scanner of B, {second_scanner!r}, is compared with one of A: name that one as well, as `scanner`."
        )
    compared = None if scanner is None else (scanner, scanner if second_scanner is None else second_scanner)
    one, other = (ResultsTable.open(location, run_sync, rows="stored") for location in (first, second))
    spec, spec_other = [await read_spec_fields(storage_for(table.location), table.location) for table in (one, other)]
    keys, others = await one.scanners(), await other.scanners()
    for key, known in zip(compared or (), (keys, others), strict=False):
        if key not in known:
            raise UnknownScannerError(key, known)
    found: list[ScannerDiff] = []
    for key, key_other in [(key, key) for key in keys if key in others] if compared is None else [compared]:
        said_first, said_second = await read_verdicts(one, key), await read_verdicts(other, key_other)
        differences = _scanner_differences(spec, spec_other, key, key_other)
        found.append(compare_verdicts(key, said_first, said_second, differences, key_other))
    return ScanDiff(
        one.location,
        other.location,
        found,
        [key for key in keys if key not in others and scanner is None],
        [key for key in others if key not in keys and scanner is None],
        _scan_differences(spec, spec_other),
    )


def compare_verdicts(
    scanner: str,
    first: Iterable[RecordedVerdict],
    second: Iterable[RecordedVerdict],
    differences: Sequence[SettingDifference] = (),
    second_scanner: str | None = None,
) -> ScannerDiff:
    """Compare what a scanner said in two scans, or two scanners did, input by input.

    Args:
        scanner: Its key, in the first scan.
        first: What it said in the first scan.
        second: What it said in the second.
        differences: What is recorded differently of it.
        second_scanner: Its key in the second scan (None: the same).
    """
    one, other = ({(row.transcript_id, row.input_ids): row for row in rows} for rows in (first, second))
    both = [VerdictPair(row, other[key]) for key, row in one.items() if key in other]
    pairs = [pair for pair in both if pair.first.error is None and pair.second.error is None]
    name: Callable[[RecordedVerdict], str | bool] = _class if _are_texts(pairs) else _found
    gained, lost, changed = list[VerdictPair](), list[VerdictPair](), list[VerdictPair]()
    for pair in pairs:
        if name(pair.first) == name(pair.second) and _value(pair.first) == _value(pair.second):
            continue
        if name is _class or _found(pair.first) == _found(pair.second):
            changed.append(pair)
        else:
            (gained if pair.second.found else lost).append(pair)
    return ScannerDiff(
        scanner,
        pairs,
        only_first=len(one) - len(both),
        only_second=len(other) - len(both),
        failed=len(both) - len(pairs),
        table=PairedCounts[str | bool].of_pairs((name(pair.first), name(pair.second)) for pair in pairs),
        gained=gained,
        lost=lost,
        changed=changed,
        differences=differences,
        second_scanner=scanner if second_scanner is None else second_scanner,
    )


def diff_json(diff: ScanDiff, limit: int | None = None) -> dict[str, object]:
    """Write a comparison as programs read it.

    Args:
        diff: The comparison.
        limit: Pairs at most of each kind of difference (None: all).
    """
    return {
        "first": diff.first,
        "second": diff.second,
        "differences": list(map(_difference_json, diff.differences)),
        "only_first": list(diff.only_first),
        "only_second": list(diff.only_second),
        "scanners": [_scanner_json(each, limit) for each in diff.scanners],
    }


def said(row: RecordedVerdict) -> object:
    """Give what a scan said, as people read it: the text of a label for its letter, of a list the labels found."""
    if is_list(row.value) and row.value_type == "resultset":
        return [item.get("label") or item.get("value") for item in row.value if is_mapping(item) and item.get("value")]
    return _class(row) if isinstance(row.value, str) else row.value


def explained(row: RecordedVerdict) -> str | None:
    """Give the explanation of a verdict; of a list of results those of its items."""
    return explanation_of(row.value, row.value_type, row.explanation)


def _scanner_json(diff: ScannerDiff, limit: int | None) -> dict[str, object]:
    agreeing, kappa = diff.table.agreeing, diff.table.kappa if diff.has_kappa else None
    low, high = agreeing.interval() or (None, None)
    kappa_low, kappa_high = (diff.table.kappa_interval() if kappa is not None else None) or (None, None)
    kinds = {"gained": diff.gained, "lost": diff.lost, "changed": diff.changed}
    return {
        "scanner": diff.scanner,
        "n": len(diff.pairs),
        "only_first": diff.only_first,
        "only_second": diff.only_second,
        "failed": diff.failed,
        "by_class": diff.by_class,
        "same": diff.same.positive,
        "agreement": agreeing.rate,
        "agreement_low": low,
        "agreement_high": high,
        "kappa": kappa,
        "kappa_low": kappa_low,
        "kappa_high": kappa_high,
        "mcnemar_p": diff.mcnemar_p,
        "found": {side: sum(getattr(pair, side).found for pair in diff.pairs) for side in ("first", "second")},
        "tokens": {side: sum(getattr(pair, side).tokens for pair in diff.pairs) for side in ("first", "second")},
        "differences": list(map(_difference_json, diff.differences)),
        **{name: list(map(_pair_json, pairs[:limit])) for name, pairs in kinds.items()},
        "left_out": sum(len(pairs[limit:]) for pairs in kinds.values()) if limit is not None else 0,
        "confusion": [
            {"first": first, "second": second, "count": count}
            for (first, second), count in (diff.table.counts.items() if diff.has_kappa else ())
        ],
        "second_scanner": diff.second_scanner,
    }


def _pair_json(pair: VerdictPair) -> dict[str, object]:
    _, task_id, epoch = pair.first.task
    about = {"transcript_id": pair.first.transcript_id, "input_ids": list(pair.first.input_ids)}
    sides = {
        side: {"value": said(row), "explanation": explained(row)}
        for side, row in (("first", pair.first), ("second", pair.second))
    }
    return {**about, "task_id": task_id, "epoch": epoch, **sides}


def _difference_json(difference: SettingDifference) -> dict[str, object]:
    return {"name": difference.name, "first": difference.first, "second": difference.second}


def _are_texts(pairs: Iterable[VerdictPair]) -> bool:
    values = [row.value for pair in pairs for row in (pair.first, pair.second)]
    return any(isinstance(value, str) for value in values) and all(isinstance(v, str | None) for v in values)


def _class(row: RecordedVerdict) -> str:
    return class_of(row.value, row.answer)


def _found(row: RecordedVerdict) -> bool:
    return row.found


def _value(row: RecordedVerdict) -> object:
    """Give what makes values the same: of results in a list neither their ids nor their explanations count."""
    if is_list(row.value) and row.value_type == "resultset":
        return sorted(
            (str(item.get("label")), str(item.get("value"))) if is_mapping(item) else ("", str(item))
            for item in row.value
        )
    return _class(row) if isinstance(row.value, str) else row.value


def _scanner_differences(
    first: Mapping[str, object], second: Mapping[str, object], scanner: str, second_scanner: str
) -> list[SettingDifference]:
    asked_of = ((first, scanner), (second, second_scanner))
    one, other = (_member(_member(spec, "scanners"), key) for spec, key in asked_of)
    asked, asked_other = _member(one, "asked"), _member(other, "asked")
    found = [*_named(asked, asked_other, _ASKED)]
    if not found and asked.get("digest") != asked_other.get("digest"):
        found.append(SettingDifference("what the model is shown", asked.get("digest"), asked_other.get("digest")))
    # What a scanner asks is among its arguments as well, unless code makes it.
    told = {f"argument {name}" for name in _ASKED} if asked and asked_other else set[str]()
    arguments = _members("argument", _member(one, "params"), _member(other, "params"))
    return [*found, *_named(one, other, _SCANNER), *(each for each in arguments if each.name not in told)]


def _scan_differences(first: Mapping[str, object], second: Mapping[str, object]) -> list[SettingDifference]:
    def both(*path: str) -> tuple[Mapping[str, object], Mapping[str, object]]:
        one, other = first, second
        for name in path:
            one, other = _member(one, name), _member(other, name)
        return one, other

    return [
        *_named(*both("model"), _MODEL),
        *_members("model option", *both("model", "config")),
        *_members("model argument", *both("model", "args")),
        *_members("generation option", *both("generate_config")),
        *_members("model of role", *both("model_roles")),
        *_named(*both("transcripts"), {"filter": "filter", "location": "transcripts"}),
        *_members("option", *both("options")),
        *_named(*both("revision"), {"commit": "git commit"}),
        *_members("package", *both("packages")),
    ]


def _member(fields: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = fields.get(name)
    return found if is_mapping(found) else {}


def _named(
    first: Mapping[str, object], second: Mapping[str, object], names: Mapping[str, str]
) -> Iterable[SettingDifference]:
    for name, shown in names.items():
        if first.get(name) != second.get(name):
            yield SettingDifference(shown, first.get(name), second.get(name))


def _members(what: str, first: Mapping[str, object], second: Mapping[str, object]) -> Iterable[SettingDifference]:
    return _named(first, second, {name: f"{what} {name}" for name in dict.fromkeys([*first, *second])})
