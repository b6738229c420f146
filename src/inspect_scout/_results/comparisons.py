"""Recorded rows as the report on labelled cases needs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._support.shapes import is_mapping
from .._types import RESULTSET, ScanSpec
from .._validation import Comparison, found_labels, id_key
from .journal.index import JournalIndex
from .rows.arrow_tables import cells, select_fields
from .rows.cells import read_json, read_value
from .rows.schema import results_schema
from .state.row_counter import case_id
from .store import ScanStore, transcript_order

_COLUMNS = (
    "transcript_id",
    "transcript_task_set",
    "transcript_model",
    "input_ids",
    "value",
    "value_type",
    "answer",
    "scan_error",
    "validation_target",
    "validation_result",
    "validation_predicate",
    "validation_split",
    "validation_error",
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
    store = await ScanStore.open(location)
    spec, index = await store.spec(), await store.journal_index()
    keys = dict.fromkeys([*spec.scanners, *index.recorded_scanners()])
    return spec, {key: list(_rows(index, key, spec)) for key in keys}


def _rows(index: JournalIndex, scanner: str, spec: ScanSpec) -> Iterator[Comparison]:
    if scanner in index.scanners_with_rows():
        for table in index.rows(scanner, transcript_order(spec), select_fields(results_schema(), _COLUMNS)):
            for row in zip(*(cells(table, name) for name in _COLUMNS), strict=True):
                yield _comparison(dict(zip(_COLUMNS, row, strict=True)))


def _comparison(row: Mapping[str, Any]) -> Comparison:
    target, valid = read_json(row["validation_target"]), read_json(row["validation_result"])
    compared = isinstance(valid, bool) or is_mapping(valid)
    value = read_value(row["value"], row["value_type"]) if compared else None
    listed = row["value_type"] == RESULTSET and compared
    return Comparison(
        ids=id_key(case_id(row["input_ids"], row["transcript_id"])),
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
        unlisted=tuple(sorted(found_labels(value) - set(target))) if listed and is_mapping(target) else (),
    )
