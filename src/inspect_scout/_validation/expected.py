"""Cases that a scanner can never meet: found before anything is scanned."""

from __future__ import annotations

from collections import Counter

from .._support.json import dumps
from .._support.shapes import is_list, is_mapping
from .._types import PossibleValues, ValidationCase, ValidationPredicate, ValidationSet
from .cases import of_splits
from .meaning import label_place, label_places, number, same, truth

_ORDERED = ("gt", "gte", "lt", "lte")
_EQUAL = (None, "eq", "iequals")
_SHOWN = 5


def never_met(cases: ValidationSet, values: PossibleValues) -> str | None:
    """Say which targets no result of a scanner can ever meet; None if there are none.

    Args:
        cases: Labelled cases of the scanner.
        values: Which values it can give.
    """
    used = list(of_splits(cases.cases, cases.split))
    lost: Counter[str] = Counter()
    for case in used:
        if not _possible(case, case.predicate or cases.predicate, values):
            name, said = ("target", case.target) if case.labels is None else ("labels", dict(case.labels))
            lost[f"{name} {dumps(said)[:80]}"] += 1
    if not lost:
        return None
    listed = [text + (f" ({count:,} cases)" if count > 1 else "") for text, count in lost.most_common(_SHOWN)]
    more = [f"and {len(lost) - _SHOWN:,} more"] if len(lost) > _SHOWN else []
    return f"{lost.total():,} of {len(used):,} labelled cases can never be met: {', '.join([*listed, *more])}"


def _possible(case: ValidationCase, predicate: ValidationPredicate | None, values: PossibleValues) -> bool:
    if case.labels is not None:
        return False  # labels are looked for in lists of results, and each of these values is a single one
    target = case.target
    if predicate in _EQUAL:
        return target is None or _can_equal(target, values)
    if predicate == "ne" or not isinstance(predicate, str):
        return True
    if predicate in _ORDERED:
        return isinstance(target, int | float) and (values.numbered or values.kind in {"boolean", "number"})
    return isinstance(target, str) and values.kind in {"text", "label"} and _holds_text(target, predicate, values)


def _can_equal(target: object, values: PossibleValues) -> bool:
    match values.kind:
        case "boolean":
            return truth(target) is not None or (values.numbered and number(target) is not None)
        case "number":
            return number(target) is not None or truth(target) is not None
        case "text":
            return not is_list(target) and not is_mapping(target)
        case "labels":
            return label_places(target, values) is not None
        case "label":
            if label_place(target, values) is not None or any(same(label, target) for label in values.labels):
                return True
            return values.numbered and number(target) is not None


def _holds_text(target: str, predicate: str, values: PossibleValues) -> bool:
    """Tell whether a text predicate can find a text in a label (in free text, it always can)."""
    find = {"contains": str.__contains__, "startswith": str.startswith, "endswith": str.endswith}
    found = find.get(predicate, lambda text, wanted: wanted.casefold() in text.casefold())
    return values.kind == "text" or any(found(text, target) for text in (*values.labels, *values.letters))
