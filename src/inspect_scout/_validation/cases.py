"""Sets of labelled cases: from a file, from a data frame, from whatever a scan was given."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from pydantic import ValidationError

from .._support.errors import ConfigError, LocationError
from .._support.json import finite
from .._support.storage import storage_for
from .._types import PredicateType, ValidationCase, ValidationPredicate, ValidationSet
from .cases_file import CasesFile, missing_cases_error
from .cells import read_id
from .formats import CaseRow, nested_form, parse_rows, suffix_of
from .keys import case_key, case_name, task_of

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger("inspect_scout")

_PREDICATES = get_args(PredicateType)


def validation_set(
    cases: str | Path | pd.DataFrame,
    predicate: ValidationPredicate = "eq",
    split: str | list[str] | None = None,
) -> ValidationSet:
    """Read labelled cases.

    Args:
        cases: File (`.csv`, `.json`, `.jsonl`, `.yaml`, `.yml`) or data frame. A case has an `id` (or a list of ids, or
            `task_id` and `epoch` in its place) and a `target`, `target_<key>` columns, `labels`, or `label_<name>`
            columns; `split` and `predicate` may be left out. A `target` of `null` says that no value is expected.
        predicate: How results are compared with targets: the name of a built-in predicate or an async function.
        split: Use only the cases of this split, or of these.

    Raises:
        LocationError: There is no such file.
        ConfigError: It is not a file of cases, or a case is wrong; the message names file and line.

    Example:
        ```python
        cases = validation_set("cases.csv", predicate="eq", split="test")
        scan(my_scanners, "logs", validation={"refusals": cases})
        ```
    """
    if isinstance(cases, str | Path):
        name = str(cases)
        made = [_case(row, name) for row in read_file(name)]
    else:
        made = [_case(row, "the data frame") for row in _frame_rows(cases)]
        name = "the data frame"
    if not made:
        logger.warning("%s holds no labelled cases", name)
    kept = of_splits(made, split)
    if made and not kept:
        splits = sorted({case.split for case in made if case.split is not None})
        logger.warning("%s has no cases of split %r; its splits are: %s", name, split, ", ".join(splits) or "none")
    _warn_of_repeated(kept, name)
    return ValidationSet(cases=kept, predicate=predicate, split=split)


def resolved_set(given: object) -> ValidationSet:
    """Read a set of cases in any of the forms that a scan takes.

    Raises:
        ConfigError: It is not a set of cases, or a case is wrong.
    """
    if isinstance(given, ValidationSet):
        return given
    if isinstance(given, CasesFile):
        from .registered import predicate_named  # here: the registry is that of inspect_ai

        chosen = predicate_named(given.predicate) if given.predicate is not None else "eq"
        return validation_set(given.path, chosen)
    if isinstance(given, str | Path):
        return validation_set(given)
    raise ConfigError(f"{given!r} is not a set of labelled cases: give a file, or validation_set(...).")


def case_ids(validation: object) -> list[str]:
    """List the ids that cases are about, each once, in order; lists of ids are taken apart, tasks left out.

    Args:
        validation: A file, a set, a mapping from scanners to these, or a sequence of cases.
    """
    ids = (case.id for case in all_cases(validation) if case.id)
    return list(dict.fromkeys(part for id in ids for part in ([id] if isinstance(id, str) else id)))


def cases_by_ids(cases: Iterable[ValidationCase]) -> dict[tuple[str, ...], ValidationCase]:
    """Cases by what they are about, the first of each."""
    found: dict[tuple[str, ...], ValidationCase] = {}
    for case in cases:
        found.setdefault(case_key(case), case)
    return found


def of_splits(cases: Sequence[ValidationCase], split: str | list[str] | None) -> list[ValidationCase]:
    """Keep the cases of some splits (None: all)."""
    if split is None:
        return list(cases)
    wanted = {split} if isinstance(split, str) else set(split)
    return [case for case in cases if case.split in wanted]


def read_file(path: str) -> list[CaseRow]:
    """Read the rows of a file of cases.

    Raises:
        LocationError: There is no such file.
        ConfigError: It cannot be read.
    """
    return parse_file(read_bytes(path), path)


def read_bytes(path: str) -> bytes:
    """Read a file of cases as it is.

    Raises:
        LocationError: There is no such file.
    """
    suffix_of(path)
    try:
        with storage_for(path).open_read(path) as file:
            return file.read()
    except LocationError:
        raise missing_cases_error(path) from None


def parse_file(data: bytes, path: str) -> list[CaseRow]:
    """Read the rows of a file of cases from its content.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        return parse_rows(data, suffix_of(path))
    except ConfigError:
        raise
    except ValueError as error:
        raise ConfigError(f"The file of labelled cases {path!r} cannot be used: {error}.") from error


def case_of(fields: Mapping[str, Any]) -> ValidationCase:
    """Make a case of the fields of a row.

    Raises:
        ValueError: It is none.
    """
    if "id" not in fields and "task_id" not in fields:
        shown = ", ".join(map(repr, fields)) or "nothing"
        raise ValueError(
            f"it has no 'id'; it has {shown}, and needs 'id' (or 'task_id' and 'epoch') and 'target' or 'labels'"
        )
    known = {name: fields[name] for name in ("target", "labels", "predicate") if name in fields}
    if "target" not in known and "labels" not in known:
        raise ValueError(
            "it has no target: give 'target' (null if no value is expected), 'target_<key>', 'labels' or 'label_<name>'"
        )
    if "target" in known and finite(known["target"]) != known["target"]:
        raise ValueError(f"its target {known['target']!r} is not a finite number")
    if known.get("labels", ...) == {}:
        raise ValueError("its 'labels' are empty; name the labels that are expected or not")
    if known.get("predicate") not in (None, *_PREDICATES):
        raise ValueError(f"its predicate {known['predicate']!r} is not known; use one of {', '.join(_PREDICATES)}")
    task_id, repeat = task_of(fields)
    about = {
        "id": read_id(fields["id"]) if "id" in fields else "",
        "split": None if (said := fields.get("split")) is None else str(said),
        "task_id": task_id,
        "task_repeat": repeat,
    }
    try:
        return ValidationCase.model_validate({**known, **about})
    except ValidationError as error:
        raise ValueError("; ".join(_problems(error))) from error


def _case(row: CaseRow, source: str) -> ValidationCase:
    try:
        return case_of(row.fields)
    except ValueError as error:
        shown = f" (id {row.fields['id']!r})" if row.fields.get("id") else ""
        raise ConfigError(f"{source!r}, {row.where}{shown} cannot be used: {error}.") from error


def _problems(error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        where = ".".join(map(str, problem["loc"]))
        given = f" ({problem['input']!r} was given)" if where else ""
        yield f"{where + ': ' if where else ''}{problem['msg']}{given}"


def _frame_rows(frame: Any) -> Iterator[CaseRow]:
    if not all(hasattr(frame, name) for name in ("columns", "notna", "to_dict")):
        raise ConfigError(f"{frame!r} holds no labelled cases: give the path of a file, or a data frame.")
    cells = frame.astype(object).where(frame.notna(), None)
    for number, record in enumerate(cast("Iterable[dict[Any, Any]]", cells.to_dict("records")), 1):
        fields = {str(name): _plain(value) for name, value in record.items() if value is not None}
        try:
            yield CaseRow(f"row {number}", nested_form(fields))
        except ValueError as error:
            raise ConfigError(f"Row {number} of the data frame cannot be used: {error}.") from error


def _plain(value: Any) -> Any:
    """Give a cell as Python's own type."""
    if isinstance(value, str | bool | int | float | list | dict):
        return value  # pyright: ignore[reportUnknownVariableType]
    if hasattr(value, "tolist"):
        return value.tolist()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def all_cases(validation: object) -> Iterator[ValidationCase]:
    """List cases in any of the forms that `case_ids` takes."""
    if isinstance(validation, Mapping):
        for one in cast("Mapping[str, object]", validation).values():
            yield from all_cases(one)
    elif isinstance(validation, Sequence) and not isinstance(validation, str):
        for item in cast("Sequence[object]", validation):
            if not isinstance(item, ValidationCase):
                raise ConfigError(f"{item!r} is not a ValidationCase.")
            yield item
    else:
        found = resolved_set(validation)
        yield from of_splits(found.cases, found.split)


def _warn_of_repeated(cases: Iterable[ValidationCase], name: str) -> None:
    seen: set[tuple[str, ...]] = set()
    for case in cases:
        key = case_key(case)
        if key in seen:
            logger.warning("%s has several cases for %s; the first one counts", name, _quoted_name(case))
        seen.add(key)


def _quoted_name(case: ValidationCase) -> str:
    return f"id {case.id!r}" if case.id else case_name(case)
