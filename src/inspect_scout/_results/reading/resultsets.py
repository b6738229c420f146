"""Resultsets: one stored row that holds several results, read as one row for each."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from ..._support.arrow import Array, array
from ..._support.gc_control import gc_paused
from ..._support.json import dumps, loads
from ..._support.shapes import is_list, is_mapping
from ..._types import is_positive, unseen_in
from ..rows.arrow_tables import (
    CHUNK_ROWS,
    Int64Array,
    column,
    compute,
    fields,
    fill_nulls,
    filter_rows,
    is_text,
    nulls,
    repeat,
    scalar,
    schema_of,
    table_of,
    to_numpy,
)
from ..rows.cells import VALUE_TYPES, value_text, value_type
from ..rows.counting import RESULTSET
from .shared_rows import SharedRows, share_rows

logger = logging.getLogger(__name__)

KIND_COLUMN, ITEM_COLUMN = "scout.kind", "scout.item"
"""Columns that exist while rows are prepared: the type of each value, and whether it is an item of a resultset."""

NEEDED_COLUMNS = ("value", "value_type", "validation_target", "validation_result")
"""Columns that expanding needs."""

_CHUNK_CHARS = 2**26
_LONG_CHARS = 2**20
_OWN = ("uuid", "label", "value", "value_type", "answer", "explanation", "metadata")
_CITED = ("message_references", "event_references", "unseen_citations")
_REPLACED = (*_OWN, *_CITED, "validation_result", KIND_COLUMN, ITEM_COLUMN)
_NULLED = ("scan_total_tokens", "scan_model_usage")

OWN_COLUMNS = frozenset((*_REPLACED, *_NULLED))
"""Columns that a result of a set does not have in common with the others."""

RESULT_OWN_COLUMNS = frozenset((*_OWN, *_CITED, "validation_result"))
"""Of these, what a result says itself: about it, a question is one about results, and not about inputs of a scanner."""

_CONTAINERS = (dict, list)
_SPLITTER = msgspec.json.Decoder(list[msgspec.Raw])
_ENCODER = msgspec.json.Encoder()

Item = Mapping[str, Any]
Cells = Sequence[str | None] | str
"""The cells of a column, or the text that all of them hold."""


@dataclass(slots=True)
class _NewRows:
    """Some rows to be made: the stored row, the result and the verdict of each."""

    rows: list[int] = field(default_factory=list[int])
    items: list[Item] = field(default_factory=list[Item])
    verdicts: list[str | None] = field(default_factory=list["str | None"])
    chars: int = 0
    finite: bool = True
    """Whether no number is infinite or none at all, which only Python's own writer can write."""

    def add(self, row: int, items: Sequence[Item], verdicts: Iterable[str | None]) -> None:
        self.rows += [row] * len(items)
        self.items += items
        self.verdicts += verdicts

    def cells(self, name: str) -> Cells:
        """Make the cells of a column."""
        return _CELL_MAKERS[name](self)

    def write(self, value: Any) -> str:
        """Write what was read of JSON, fast where there is no infinity in it."""
        try:
            return _ENCODER.encode(value).decode() if self.finite else dumps(value)
        except (ValueError, OverflowError, RecursionError):
            return dumps(value)


def has_resultsets(table: pa.Table) -> bool:
    """Tell whether a table holds resultsets."""
    return "value_type" in table.column_names and bool(compute.any(_is_resultset(table)).as_py())


def plain_rows(table: pa.Table) -> SharedRows:
    """Leave out the resultsets."""
    return SharedRows(filter_rows(table, compute.invert(_is_resultset(table))) if has_resultsets(table) else table)


def expanded_rows(table: pa.Table, most: int = CHUNK_ROWS) -> Iterator[SharedRows]:
    """Make one row for each result of the resultsets, at most `most` at once; other rows are left out."""
    sets = filter_rows(table, _is_resultset(table))
    for own, rows in _expanded(sets, most):
        yield share_rows(sets, own, rows)


def absent_label_rows(table: pa.Table) -> SharedRows:
    """Make a row for each label that was expected not to be found in a resultset, and was not."""
    sets = filter_rows(table, _is_resultset(table))
    return share_rows(sets, *_absent_labels(sets))


def expand_resultsets(table: pa.Table) -> SharedRows:
    """Expand all resultsets of a table: plain rows first, then results, then absent labels."""
    if not has_resultsets(table):
        return SharedRows(table)
    is_set = _is_resultset(table)
    plain, of_sets = compute.invert(is_set), to_numpy(compute.indices_nonzero(is_set)).astype(np.int64)
    sets = filter_rows(table, is_set)
    first = filter_rows(table, plain).select([name for name in table.column_names if name in OWN_COLUMNS])
    tables, row_numbers = [first], [to_numpy(compute.indices_nonzero(plain)).astype(np.int64)]
    for own, rows in (*_expanded(sets, CHUNK_ROWS), _absent_labels(sets)):
        tables.append(own)
        row_numbers.append(of_sets[rows])
    return share_rows(table, pa.concat_tables(tables), np.concatenate(row_numbers))


def _is_resultset(table: pa.Table) -> Any:
    if "value_type" not in table.column_names:
        return array([False] * table.num_rows, pa.bool_())
    types = column(table, "value_type")
    return fill_nulls(compute.equal(types, scalar(RESULTSET, types.type)), False)


def _expanded(sets: pa.Table, most: int) -> Iterator[tuple[pa.Table, Int64Array]]:
    """Make the own columns of results, and say which set each comes from."""
    for new in _new_rows(sets, most):
        yield _own_columns(sets, len(new.rows), new.cells), np.asarray(new.rows, np.int64)


def _new_rows(sets: pa.Table, most: int) -> Iterator[_NewRows]:
    new = _NewRows()
    for row, (text, verdicts, stored) in enumerate(
        zip(_cells(sets, "value"), _verdicts(sets), _cells(sets, "validation_result"))
    ):
        finite = not isinstance(text, str) or not ("NaN" in text or "Infinity" in text)
        new.chars += len(text) if isinstance(text, str) else 0
        for listed in _items(text):
            items = listed
            while items:
                new.finite = new.finite and finite
                part = items[: most - len(new.items)]
                items = items[len(part) :]
                verdict_texts = (
                    stored if verdicts is None else _verdict_text(verdicts, item.get("label")) for item in part
                )
                new.add(row, part, verdict_texts)
                if len(new.items) >= most or new.chars > _CHUNK_CHARS:
                    yield new
                    new = _NewRows()
    if new.items:
        yield new


def _items(text: Any) -> Iterator[list[Item]]:
    """The items of a resultset, some at a time; what is damaged, or no list, holds none."""
    if isinstance(text, str) and len(text) > _LONG_CHARS:
        with contextlib.suppress(msgspec.DecodeError, UnicodeError, RecursionError):
            parts: list[Any] = _SPLITTER.decode(text)  # without making objects of the items
            for start in range(0, len(parts), CHUNK_ROWS):
                yield _mappings(_parsed(b"[" + b",".join(parts[start : start + CHUNK_ROWS]) + b"]"))
            return
    items = _parsed(text)
    if not is_list(items):
        logger.warning("Skipping a resultset that cannot be read")
        return
    yield _mappings(items)


def _mappings(items: list[Any]) -> list[Item]:
    return [item if is_mapping(item) else {"value": item} for item in items]


def _cells(sets: pa.Table, name: str) -> Iterator[Any]:
    """Give the cells of a column one after the other: together, the texts of sets are much."""
    if name not in sets.column_names:
        return iter([None] * sets.num_rows)
    return (cell.as_py() for cell in column(sets, name))


def _verdicts(sets: pa.Table) -> Iterator[dict[str, Any] | None]:
    """The verdict by label of each resultset, where labels were expected."""
    for targets, result in zip(_targets(sets), _cells(sets, "validation_result")):
        verdicts = _parsed(result) if targets else None
        yield verdicts if is_mapping(verdicts) else None


def _targets(sets: pa.Table) -> Iterator[dict[str, Any]]:
    parsed = map(_parsed, _cells(sets, "validation_target"))
    return (targets if is_mapping(targets) else {} for targets in parsed)


def _parsed(text: Any) -> Any:
    try:
        # So many objects would make the collector walk all that the program holds, again and again.
        with gc_paused():
            return loads(text) if isinstance(text, str | bytes) else None
    except (ValueError, RecursionError):
        return None


def _texts(new: _NewRows, name: str) -> Cells:
    return [
        text if type(text) is str else new.write(text) if type(text) in _CONTAINERS else value_text(text)
        for text in (item.get(name) for item in new.items)
    ]


def _metadata(new: _NewRows) -> Cells:
    found = [item.get("metadata") for item in new.items]
    return [new.write(fields) if fields else "{}" for fields in found] if any(found) else "{}"


def _unseen(new: _NewRows) -> Cells:
    found = [unseen_in(item.get("metadata")) for item in new.items]
    return [dumps(cited) for cited in found] if any(found) else "[]"


def _cited(new: _NewRows, kind: str) -> Cells:
    found = [cited if is_list(cited := item.get("references")) else [] for item in new.items]
    if not any(found):
        return "[]"
    return [
        new.write([each for each in references if is_mapping(each) and each.get("type") == kind])
        if references
        else "[]"
        for references in found
    ]


def _kinds(new: _NewRows) -> list[str | None]:
    """Types of the values; a type that the result gives itself says nothing of how its value is written."""
    return [VALUE_TYPES[type(item.get("value"))] for item in new.items]


def _value_types(new: _NewRows) -> Cells:
    return [
        value_type(item.get("value"), declared, any_declared=True) if isinstance(declared, str) else kind
        for item, kind, declared in ((i, k, i.get("type")) for i, k in zip(new.items, _kinds(new), strict=True))
    ]


_CELL_MAKERS: Mapping[str, Callable[[_NewRows], Cells]] = {
    **{name: functools.partial(_texts, name=name) for name in ("uuid", "label", "value", "answer", "explanation")},
    "value_type": _value_types,
    "metadata": _metadata,
    "message_references": functools.partial(_cited, kind="message"),
    "event_references": functools.partial(_cited, kind="event"),
    "unseen_citations": _unseen,
    "validation_result": lambda new: new.verdicts,
    KIND_COLUMN: _kinds,
    ITEM_COLUMN: lambda _: "true",
}
"""Make the cells of results, column by column: row by row, it took three times as long."""


def _absent_labels(sets: pa.Table) -> tuple[pa.Table, Int64Array]:
    """Make the own columns of labels that were not found, and say in which set."""
    rows: list[int] = []
    made: dict[str, list[str | None]] = {name: [] for name in _REPLACED}
    for row, (text, targets, verdicts) in enumerate(zip(_cells(sets, "value"), _targets(sets), _verdicts(sets))):
        if verdicts is None:
            continue
        present = {item.get("label") for items in _items(text) for item in items}
        for label, expected in targets.items():
            if label not in present and not is_positive(expected):
                rows.append(row)
                absent = {**_absent_cells(label, expected), "validation_result": _verdict_text(verdicts, label)}
                for name, known in made.items():
                    known.append(absent.get(name))
    return _own_columns(sets, len(rows), made.__getitem__), np.asarray(rows, np.int64)


def _absent_cells(label: str, expected: Any) -> dict[str, str | None]:
    return {
        "label": label,
        "value": value_text(expected),
        "value_type": value_type(expected, None),
        KIND_COLUMN: value_type(expected, None),
        ITEM_COLUMN: "true",
        "metadata": "{}",
        "message_references": "[]",
        "event_references": "[]",
        "unseen_citations": "[]",
    }


def _verdict_text(verdicts: Mapping[str, Any], label: Any) -> str | None:
    return dumps(verdicts[label]) if isinstance(label, str) and label in verdicts else None


def _own_columns(sets: pa.Table, count: int, make: Callable[[str], Cells]) -> pa.Table:
    """Make the own columns of rows, with the order and types of the table that they come from."""
    own = [each for each in fields(sets.schema) if each.name in OWN_COLUMNS]
    columns: list[Array] = []
    for each in own:
        # Not text: another writer found nothing in this column.
        cells = make(each.name) if each.name in _REPLACED and is_text(each.type) else None
        if cells is None:
            columns.append(nulls(count, each.type))
        elif isinstance(cells, str):
            columns.append(repeat(cells, each.type, count))
        else:
            columns.append(array(cells, each.type))
    return table_of(columns, schema_of(own))
