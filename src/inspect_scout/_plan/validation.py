"""Which labelled cases the results of each scanner are compared with."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from .._scanners import run_recorded_file, safe_name, scanner_config
from .._support.errors import ConfigError, UnknownNameError
from .._types import PredicateFn, PredicateSpec, Scanner, ScanSpec, ValidationSet
from .._validation import (
    TaskTranscript,
    case_name,
    check_predicate,
    id_key,
    is_custom,
    names_tasks,
    never_met,
    of_splits,
    resolved_set,
    validation_from_spec,
    validation_spec,
    with_ids,
)

if TYPE_CHECKING:
    from .._transcripts import TranscriptIndex

logger = logging.getLogger("inspect_scout")

_SHOWN = 5


def plan_validation(given: object, scanners: Mapping[str, Scanner[Any]]) -> dict[str, ValidationSet]:
    """Find the cases of each scanner.

    Args:
        given: A set or file (for the only scanner), or a mapping from scanners to these.
        scanners: Scanners by key.

    Raises:
        LocationError: There is no such file.
        ConfigError: A case or predicate is wrong, or it is not clear which scanner cases are for.
        UnknownNameError: There is no such scanner.
    """
    sets = cases_by_scanner(given, list(scanners))
    for key, cases in sets.items():
        _warn_of_unnamed(key, cases)
        values = scanner_config(scanners[key]).values
        if values is not None and (lost := never_met(cases, values)) is not None:
            logger.warning("Scanner %r: %s. Its values are %s.", key, lost, values)
    return sets


def cases_by_scanner(given: object, known: list[str]) -> dict[str, ValidationSet]:
    """Read the cases of each scanner.

    Args:
        given: A set or file (for the only scanner), or a mapping from scanners to these (None: there are none).
        known: Keys of the scanners.

    Raises:
        LocationError: There is no such file.
        ConfigError: A case or predicate is wrong, or it is not clear which scanner cases are for.
        UnknownNameError: There is no such scanner.
    """
    if given is None:
        return {}
    if isinstance(given, Mapping):
        by_scanner = {_scanner_key(name, known): one for name, one in cast("Mapping[Any, Any]", given).items()}
    elif len(known) == 1:
        by_scanner = {known[0]: given}
    else:
        raise ConfigError(
            f"The labelled cases do not say which scanner they are for; there are {', '.join(known)}. "
            f"Name it, as in -V {known[0]}:FILE (in Python: validation={{{known[0]!r}: ...}})."
        )
    sets = {key: resolved_set(one) for key, one in by_scanner.items()}
    for cases in sets.values():
        check_predicate(cases.predicate)
    return sets


def match_cases(
    sets: Mapping[str, ValidationSet], scanners: Mapping[str, Scanner[Any]], index: TranscriptIndex
) -> dict[str, ValidationSet]:
    """Find the transcripts of cases that name a task, and say which cases are about nothing that is scanned.

    Args:
        sets: Cases by scanner.
        scanners: Scanners by key.
        index: The transcripts that are scanned.

    Raises:
        ConfigError: A case matches several transcripts.
    """
    used = {key: of_splits(cases.cases, cases.split) for key, cases in sets.items()}
    tasks: list[TaskTranscript] = []
    if any(map(names_tasks, used.values())):
        infos = map(index.info, range(len(index)))
        tasks = [(info.transcript_id, info.task_id, info.task_repeat) for info in infos]
    ids = frozenset(index.ids) if sets else frozenset[str]()
    found: dict[str, ValidationSet] = {}
    for key, cases in used.items():
        found[key] = sets[key].model_copy(update={"cases": with_ids(cases, tasks)})
        # Ids of messages and events are known only once they are read.
        whole = scanner_config(scanners[key]).kind == "transcript"
        lost = [case for case in found[key].cases if not case.id or (whole and id_key(case.id)[0] not in ids)]
        if lost:
            logger.warning(
                "Scanner %r: %s of %s labelled cases match no transcript of this scan: %s",
                key,
                f"{len(lost):,}",
                f"{len(cases):,}",
                ", ".join(map(case_name, lost[:_SHOWN])) + (", ..." if len(lost) > _SHOWN else ""),
            )
    return found


def restore_validation(spec: ScanSpec, overrides: Mapping[str, PredicateFn]) -> dict[str, ValidationSet]:
    """Make the cases of an earlier scan again.

    Args:
        spec: The scan.
        overrides: Predicates by scanner, instead of recorded ones of the user's own.

    Raises:
        ScanStateError: A predicate was not recorded, and none is given instead.
        ConfigError: A predicate is given for a scanner that has none of the user's own, or cannot be used.
    """
    recorded = spec.validation or {}
    custom = sorted(key for key, cases in recorded.items() if is_custom(cases))
    for key, predicate in overrides.items():
        if key not in custom:
            allowed = ", ".join(custom) or "none"
            raise ConfigError(
                f"predicate_overrides names {key!r}, but only predicates of your own can be given again; scanners of this "
                f"scan that have one: {allowed}."
            )
        check_predicate(predicate)

    def load_file(file: str) -> None:
        run_recorded_file(file, spec.work_dir)

    return {key: validation_from_spec(key, cases, overrides.get(key), load_file) for key, cases in recorded.items()}


def _scanner_key(name: Any, known: list[str]) -> str:
    key = name if name in known else safe_name(name) if isinstance(name, str) and name else name
    if key not in known:
        raise UnknownNameError("scanner in validation", str(name), known)
    return str(key)


def _warn_of_unnamed(key: str, cases: ValidationSet) -> None:
    spec = validation_spec(cases).predicate
    if isinstance(spec, PredicateSpec) and spec.kind == "unavailable":
        logger.warning(
            "The predicate of scanner %r cannot be recorded: to resume this scan, it must be given again with "
            "predicate_overrides=. Predicates made with @validation_predicate are recorded.",
            key,
        )
