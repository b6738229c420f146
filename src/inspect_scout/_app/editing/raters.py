"""Two people who label the same cases: each in a file of his own, so that neither sees what the other one says."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..._statistics import PairedCounts
from ..._support.json import dumps
from ..._support.shapes import is_mapping
from ..._validation import class_of_target, fields_key
from .labels import key_of, read_labels


@dataclass(frozen=True, slots=True)
class RatedDifferently:
    """A case to which two people gave different labels.

    Args:
        key: What it is about, as it is named in URLs.
        fields: The case of the first.
        first: What the first says.
        second: What the second says.
    """

    key: str
    fields: Mapping[str, object]
    first: object
    second: object


@dataclass(frozen=True, slots=True)
class RatersAgreement:
    """How far two people agree who labelled the same cases.

    Args:
        both: Cases that both have labelled.
        agreeing: Those to which both gave the same label.
        rate: The share of these, with the ends of its 95 % interval (None: of nothing).
        kappa: Cohen's kappa, with the ends of its interval (None: where one label is the only one).
        only_first: Cases that only the first has labelled.
        only_second: Cases that only the second has labelled.
        confusion: Label of the first -> label of the second -> cases.
        disagreements: The cases to which they gave different labels.
    """

    both: int
    agreeing: int
    rate: tuple[float, float, float] | None
    kappa: tuple[float, float, float] | None
    only_first: int
    only_second: int
    confusion: Mapping[str, Mapping[str, int]]
    disagreements: list[RatedDifferently]


def main_file_of(name: str, names: Collection[str]) -> tuple[str, str] | None:
    """Tell of a file of a second rater (`cases.anna.csv`) whose cases it judges (`cases.csv`), and the name of the rater.

    Args:
        name: The file.
        names: The files that there are.
    """
    stem, suffix = os.path.splitext(name)
    main, dot, rater = stem.rpartition(".")
    return (main + suffix, rater) if dot and rater and main + suffix in names else None


def raters_agreement(path: str, other: str) -> RatersAgreement:
    """Tell how far two files of labels agree on the cases that both have; blocks.

    Args:
        path: The labels of the first.
        other: Those of the second.

    Raises:
        LocationError: There is no such file.
        ConfigError: It is not one of labelled cases.
    """
    first = {fields_key(case.fields): case.fields for case in read_labels(path).cases}
    second = {fields_key(case.fields): case.fields for case in read_labels(other).cases}
    pairs = {key: (_label(fields), _label(second[key])) for key, fields in first.items() if key in second}
    classes = {key: (_class(one), _class(two)) for key, (one, two) in pairs.items()}
    counts = PairedCounts[str].of_pairs(classes.values())
    confusion: dict[str, dict[str, int]] = {}
    for (one, two), count in sorted(Counter(classes.values()).items()):
        confusion.setdefault(one, {})[two] = count
    return RatersAgreement(
        both=counts.n,
        agreeing=counts.agreeing.positive,
        rate=_rate(counts.agreeing.rate, counts.agreeing.interval()),
        kappa=_rate(counts.kappa, counts.kappa_interval()),
        only_first=len(first) - counts.n,
        only_second=len(second) - counts.n,
        confusion=confusion,
        disagreements=[
            RatedDifferently(key_of(first[key]), first[key], *pairs[key])
            for key, (one, two) in classes.items()
            if one != two
        ],
    )


def _label(fields: Mapping[str, object]) -> object:
    return fields.get("labels", fields.get("target"))


def _class(label: object) -> str:
    if is_mapping(label):
        return dumps({name: class_of_target(label[name]) for name in sorted(label)})
    return class_of_target(label)


def _rate(value: float | None, ends: tuple[float, float] | None) -> tuple[float, float, float] | None:
    return None if value is None or ends is None else (value, *ends)
