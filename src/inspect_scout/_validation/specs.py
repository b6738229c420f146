"""Sets of cases as a scan records them: data only, so that reading a scan runs nobody's code."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import JsonValue, ValidationError

from .._support.errors import ScanStateError
from .._types import PredicateFn, PredicateSpec, ValidationCase, ValidationPredicate, ValidationSet, ValidationSetSpec
from .cases import of_splits
from .predicates import BUILTINS
from .registered import create_predicate, predicate_spec

LoadFile = Callable[[str], None]
"""Runs a recorded file, so that what it registers is known."""


def validation_spec(cases: ValidationSet, folder: str | None = None) -> ValidationSetSpec:
    """Describe a set of cases as a scan records it; only the cases of its splits are kept.

    Args:
        cases: The set.
        folder: Directory that the file of its predicate is written relative to (None: the current one).
    """
    used = of_splits(cases.cases, cases.split)
    return ValidationSetSpec(
        cases=[_case_fields(case) for case in used],
        predicate=predicate_spec(cases.predicate, folder),
        split=cases.split,
    )


def validation_from_spec(
    scanner: str, spec: ValidationSetSpec, override: PredicateFn | None, load_file: LoadFile
) -> ValidationSet:
    """Make a recorded set of cases again.

    Args:
        scanner: Key of its scanner.
        spec: What the scan recorded.
        override: Predicate to use instead of the recorded one.
        load_file: Runs the file that registers the predicate.

    Raises:
        ScanStateError: Its predicate cannot be found again.
        ConfigError: Its file or arguments cannot be used any more.
    """
    return ValidationSet(cases=recorded_cases(spec), predicate=_predicate(scanner, spec, override, load_file))


def recorded_cases(spec: ValidationSetSpec) -> list[ValidationCase]:
    """Read the cases that a scan recorded; those that cannot be read are left out."""
    found: list[ValidationCase] = []
    for fields in spec.cases:
        # Writers that leave out what is None also leave out a target of None.
        given = fields if fields.get("labels") is not None or "target" in fields else {**fields, "target": None}
        try:
            found.append(ValidationCase.model_validate(given))
        except ValidationError:
            continue
    return found


def is_custom(spec: ValidationSetSpec) -> bool:
    """Tell whether the predicate of a recorded set is none of the built-in ones."""
    return isinstance(spec.predicate, PredicateSpec)


def _case_fields(case: ValidationCase) -> dict[str, JsonValue]:
    fields: dict[str, JsonValue] = case.model_dump(mode="json", exclude_none=True)
    if case.labels is None:
        fields.setdefault("target", None)
    return fields


def _predicate(
    scanner: str, spec: ValidationSetSpec, override: PredicateFn | None, load_file: LoadFile
) -> ValidationPredicate | None:
    recorded = spec.predicate
    if override is not None:
        return override
    if not isinstance(recorded, PredicateSpec):
        return recorded if recorded in BUILTINS else "eq"  # type: ignore[return-value]
    if recorded.kind == "unavailable" or recorded.name is None:
        shown = f" {recorded.display_name!r}" if recorded.display_name else ""
        raise ScanStateError(
            f"The predicate{shown} that results of scanner {scanner!r} are compared with was not recorded "
            f"({recorded.reason or 'it has no name'}). Resume in Python with "
            f"scan_resume(..., predicate_overrides={{{scanner!r}: my_predicate}}), or register predicates with "
            "@validation_predicate before scanning."
        )
    if recorded.file is not None:
        load_file(recorded.file)
    return create_predicate(recorded.name, recorded.args or {})
