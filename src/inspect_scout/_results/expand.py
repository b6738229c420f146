"""Resultsets: one stored row that holds several results, read as one row for each."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from .._support.arrow import Array, array
from .._support.json import dumps, loads
from .._support.shapes import is_list, is_mapping
from .._types import is_positive, unseen_in
from .cast import ITEM, KIND
from .encode import value_text, value_type
from .table import Column, cells, column, compute, fields, is_text, nulls, scalar, table_of, take

logger = logging.getLogger(__name__)

RESULTSET = "resultset"
NEEDED_COLUMNS = ("value", "value_type", "validation_target", "validation_result")
"""Columns that expanding needs."""

_OWN = ("uuid", "label", "value", "value_type", "answer", "explanation", "metadata")
_NULLED = ("scan_total_tokens", "scan_model_usage")


@dataclass(slots=True)
class _Items:
    """Cells that replace those of the row they come from, and the number of that row."""

    rows: list[int]
    cells: dict[str, list[str | None]]

    def add(self, row: int, replaced: Mapping[str, str | None]) -> None:
        self.rows.append(row)
        for name, known in self.cells.items():
            known.append(replaced.get(name))


_REPLACED = (*_OWN, "message_references", "event_references", "validation_result", "unseen_citations", KIND, ITEM)


def has_sets(table: pa.Table) -> bool:
    """Tell whether a table holds resultsets."""
    return "value_type" in table.column_names and bool(compute.any(_is_set(table)).as_py())


def plain_rows(table: pa.Table) -> pa.Table:
    """Leave out the resultsets."""
    return _filter(table, compute.invert(_is_set(table))) if has_sets(table) else table


def expanded_rows(table: pa.Table) -> pa.Table:
    """Make one row for each result of the resultsets; other rows are left out."""
    sets = _filter(table, _is_set(table))
    found = _Items([], {name: [] for name in _REPLACED})
    results = cells(sets, "validation_result")
    for row, (items, verdicts, stored) in enumerate(zip(_sets(sets), _verdicts(sets), results)):
        for item in items:
            verdict = stored if verdicts is None else _verdict_text(verdicts, item.get("label"))
            found.add(row, {**_cells(item), "validation_result": verdict})
    return _replace(sets, found)


def absent_rows(table: pa.Table) -> pa.Table:
    """Make a row for each label that was expected not to be found in a resultset, and was not."""
    sets = _filter(table, _is_set(table))
    found = _Items([], {name: [] for name in _REPLACED})
    for row, (items, verdicts, targets) in enumerate(zip(_sets(sets), _verdicts(sets), _targets(sets))):
        if verdicts is None:
            continue
        present = {item.get("label") for item in items}
        for label, expected in targets.items():
            if label not in present and not is_positive(expected):
                found.add(row, {**_absent(label, expected), "validation_result": _verdict_text(verdicts, label)})
    return _replace(sets, found)


def expand(table: pa.Table) -> pa.Table:
    """Expand all resultsets of a table: plain rows first, then results, then absent labels."""
    if not has_sets(table):
        return table
    return pa.concat_tables([plain_rows(table), expanded_rows(table), absent_rows(table)])


def _filter(table: Any, chosen: Any) -> pa.Table:
    rows: pa.Table = table.filter(chosen)
    return rows


def _is_set(table: pa.Table) -> Any:
    if "value_type" not in table.column_names:
        return array([False] * table.num_rows, pa.bool_())
    types = column(table, "value_type")
    return compute.fill_null(compute.equal(types, scalar(RESULTSET, types.type)), False)


def _sets(sets: pa.Table) -> Iterator[list[dict[str, Any]]]:
    """The items of each resultset; what is damaged, or no list, holds none."""
    for text in cells(sets, "value"):
        items = _parsed(text)
        if not isinstance(items, list):
            logger.warning("Skipping a resultset that cannot be read")
        yield [item if is_mapping(item) else {"value": item} for item in _list(items)]


def _verdicts(sets: pa.Table) -> Iterator[dict[str, Any] | None]:
    """The verdict by label of each resultset, where labels were expected."""
    for targets, result in zip(_targets(sets), cells(sets, "validation_result")):
        verdicts = _parsed(result) if targets else None
        yield verdicts if is_mapping(verdicts) else None


def _targets(sets: pa.Table) -> Iterator[dict[str, Any]]:
    for text in cells(sets, "validation_target"):
        targets = _parsed(text)
        yield targets if is_mapping(targets) else {}


def _parsed(text: Any) -> Any:
    try:
        return loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def _list(value: Any) -> list[Any]:
    return value if is_list(value) else []


def _cells(item: Mapping[str, Any]) -> dict[str, str | None]:
    value = item.get("value")
    declared = item.get("type")
    references = [r for r in _list(item.get("references")) if is_mapping(r)]
    return {
        "uuid": value_text(item.get("uuid")),
        "label": value_text(item.get("label")),
        "value": value_text(value),
        "value_type": value_type(value, declared if isinstance(declared, str) else None, any_declared=True),
        # A type that the result gives itself says nothing of how its value is written.
        KIND: value_type(value, None),
        ITEM: "true",
        "answer": value_text(item.get("answer")),
        "explanation": value_text(item.get("explanation")),
        "metadata": dumps(item.get("metadata") or {}),
        "message_references": dumps([r for r in references if r.get("type") == "message"]),
        "event_references": dumps([r for r in references if r.get("type") == "event"]),
        "unseen_citations": dumps(unseen_in(item.get("metadata"))),
    }


def _absent(label: str, expected: Any) -> dict[str, str | None]:
    return {
        "label": label,
        "value": value_text(expected),
        "value_type": value_type(expected, None),
        KIND: value_type(expected, None),
        ITEM: "true",
        "metadata": "{}",
        "message_references": "[]",
        "event_references": "[]",
        "unseen_citations": "[]",
    }


def _verdict_text(verdicts: Mapping[str, Any], label: Any) -> str | None:
    return dumps(verdicts[label]) if isinstance(label, str) and label in verdicts else None


def _replace(sets: pa.Table, found: _Items) -> pa.Table:
    """Repeat rows, with the cells of their items; columns keep their order and their types."""
    rows = take(sets, found.rows)
    columns: list[Column | Array] = []
    for field in fields(sets.schema):
        if field.name in found.cells:
            # Not text: another writer found nothing in this column.
            columns.append(
                array(found.cells[field.name] if is_text(field.type) else [None] * len(found.rows), field.type)
            )
        elif field.name in _NULLED:
            columns.append(nulls(len(found.rows), field.type))
        else:
            columns.append(column(rows, field.name))
    return table_of(columns, sets.schema)
