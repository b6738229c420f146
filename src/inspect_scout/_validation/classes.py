"""Targets that are classes: which class was expected, and which one the scanner gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from .meaning import class_of

MAX_CLASSES = 20
"""With more targets than these, text is free text and no table of classes is made."""

_EQUAL = ("eq", "iequals")  # a function of the user's has no name, or one of its own


class Classified(Protocol):
    """A row that was compared with a case."""

    @property
    def target(self) -> object:
        """What was expected."""
        ...

    @property
    def value(self) -> object:
        """What the scanner gave."""
        ...

    @property
    def answer(self) -> str | None:
        """The answer of the result."""
        ...

    @property
    def valid(self) -> bool | Mapping[str, bool] | None:
        """Whether the target was met."""
        ...

    @property
    def predicate(self) -> str | None:
        """How they were compared."""
        ...


def are_classes(rows: Sequence[Classified]) -> bool:
    """Tell whether what was expected are classes: a few texts, each compared for equality."""
    compared = [row for row in rows if row.valid is not None]
    if not compared or not all(isinstance(row.target, str) and row.predicate in _EQUAL for row in compared):
        return False
    return len({row.target for row in compared}) <= MAX_CLASSES


def confusion_of(rows: Iterable[Classified]) -> dict[str, dict[str, int]]:
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
