"""Recorded rows as the report on labelled cases needs them, and the file that keeps such a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from .._support.json import dumps
from .._support.shapes import is_list, is_mapping
from .._support.storage import join, storage_for
from .._types import RESULTSET, Reference, Result, ScanSpec, explanation_of
from .._validation import Comparison, RecordedResult, id_key, unlisted_labels
from .journal.index import JournalIndex
from .rows.arrow_tables import cells, select_fields
from .rows.cells import VALUE_TYPES, read_json, read_value
from .rows.schema import results_schema
from .state.row_counter import case_id
from .store import ScanStore, transcript_order

T = TypeVar("T")
Row = Mapping[str, Any]

_SHARED = (
    "transcript_id",
    "transcript_task_set",
    "transcript_model",
    "input_ids",
    "value",
    "value_type",
    "answer",
    "explanation",
    "scan_error",
)
_COMPARED = (
    *_SHARED,
    "validation_target",
    "validation_result",
    "validation_predicate",
    "validation_split",
    "validation_error",
)
_RESULTS = (
    *_SHARED,
    "transcript_task_id",
    "transcript_task_repeat",
    "uuid",
    "label",
    "metadata",
    "message_references",
    "event_references",
)


async def read_comparisons(location: str) -> tuple[ScanSpec, Mapping[str, list[Comparison]]]:
    """Read what a scan recorded of comparisons, and its rows with errors.

    Args:
        location: Directory of the scan (finished, interrupted or running).

    Returns:
        The scan, and rows by scanner; rows without comparison or error are among them, as cases may be about them.

    Raises:
        LocationError: There is no scan at the location.
    """
    return await _read(location, _COMPARED, _comparison)


async def read_recorded_results(location: str) -> tuple[ScanSpec, Mapping[str, list[RecordedResult]]]:
    """Read the results of a scan as its scanners gave them.

    Args:
        location: Directory of the scan (finished, interrupted or running).

    Returns:
        The scan, and results by scanner.

    Raises:
        LocationError: There is no scan at the location.
    """
    return await _read(location, _RESULTS, _recorded)


async def save_validation(location: str, document: Mapping[str, object]) -> str:
    """Keep a report as a file in the directory of its scan; returns the path. Recorded rows stay as they are.

    Raises:
        LocationError: There is no scan at the location.
        StorageError: The file cannot be written.
    """
    store = await ScanStore.open(location)
    path = join(store.location, time.strftime("_validation_%Y-%m-%dT%H-%M-%SZ.json", time.gmtime()))
    await storage_for(store.location).write(path, dumps(document).encode())
    return path


async def _read(
    location: str, columns: Sequence[str], make: Callable[[Row], T]
) -> tuple[ScanSpec, Mapping[str, list[T]]]:
    store = await ScanStore.open(location)
    spec, index = await store.spec(), await store.journal_index()
    keys = dict.fromkeys([*spec.scanners, *index.recorded_scanners()])
    return spec, {key: [make(row) for row in _rows(index, key, spec, columns)] for key in keys}


def _rows(index: JournalIndex, scanner: str, spec: ScanSpec, columns: Sequence[str]) -> Iterator[Row]:
    if scanner in index.scanners_with_rows():
        for table in index.rows(scanner, transcript_order(spec), select_fields(results_schema(), columns)):
            for row in zip(*(cells(table, name) for name in columns), strict=True):
                yield dict(zip(columns, row, strict=True))


def _comparison(row: Row) -> Comparison:
    target, valid = read_json(row["validation_target"]), read_json(row["validation_result"])
    compared, kind = isinstance(valid, bool) or is_mapping(valid), row["value_type"]
    value = read_value(row["value"], kind) if compared else None
    return Comparison(
        ids=_ids(row),
        target=target,
        value=value,
        answer=row["answer"],
        valid=valid if compared else None,
        predicate=row["validation_predicate"],
        split=row["validation_split"],
        task=row["transcript_task_set"],
        model=row["transcript_model"],
        error=row["validation_error"],
        scan_error=row["scan_error"],
        unlisted=unlisted_labels(value, kind, target) if compared else (),
        explanation=explanation_of(value, kind, row["explanation"]) if compared else None,
    )


def _recorded(row: Row) -> RecordedResult:
    return RecordedResult(
        ids=_ids(row),
        transcript=(row["transcript_id"] or "", row["transcript_task_id"], row["transcript_task_repeat"]),
        task=row["transcript_task_set"],
        model=row["transcript_model"],
        result=_result(row) if row["scan_error"] is None else None,
        scan_error=row["scan_error"],
    )


def _ids(row: Row) -> tuple[str, ...]:
    return id_key(case_id(row["input_ids"], row["transcript_id"]))


def _result(row: Row) -> Result:
    """Make a result again; of what is damaged nothing is left."""
    kind, metadata = row["value_type"], read_json(row["metadata"])
    declared = None if kind in VALUE_TYPES.values() else kind
    value = read_value(row["value"], kind)
    return Result(
        uuid=row["uuid"] or "",
        value=value if declared != RESULTSET or is_list(value) else [],
        answer=row["answer"],
        explanation=row["explanation"],
        metadata=metadata if is_mapping(metadata) else None,
        references=[*_references(row["message_references"]), *_references(row["event_references"])],
        label=row["label"],
        type=declared,
    )


def _references(text: str | None) -> list[Reference]:
    listed = read_json(text)
    parts = [item for item in listed if is_mapping(item)] if is_list(listed) else []
    return [
        Reference(type=part["type"], cite=part.get("cite"), id=part["id"])
        for part in parts
        if part.get("type") in {"message", "event"} and isinstance(part.get("id"), str)
    ]
