"""The index of eval logs as the table that conditions refer to: one row per sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ..._support.arrow import array
from ..._support.cache import Cache
from ..._support.json import dumps, finite, loads
from ..index_row import ID_COLUMN
from ..index_table import ArrowColumn, typed_column
from .eval_row import SOURCE_TYPE, EvalRow

if TYPE_CHECKING:
    from ..._query import Query

_KEPT_BYTES = 24 << 20


def _strict_json(text: str) -> str:
    """Write JSON that every reader takes: the columns with JSON are searched by a strict one."""
    return dumps(finite(loads(text))) if "NaN" in text or "Infinity" in text else text


_COLUMNS: dict[str, tuple[pa.DataType | None, Callable[[EvalRow], Any]]] = {
    "sample_id": (pa.string(), lambda r: r.transcript_id),
    "eval_id": (pa.string(), lambda r: r.log.eval_id),
    "log": (pa.string(), lambda r: r.location),
    "source_type": (pa.string(), lambda _: SOURCE_TYPE),
    "source_id": (pa.string(), lambda r: r.log.eval_id),
    "source_uri": (pa.string(), lambda r: r.location),
    "date": (pa.string(), lambda r: r.log.date),
    "eval_status": (pa.string(), lambda r: r.log.eval_status),
    "eval_tags": (pa.string(), lambda r: r.log.eval_tags),
    "eval_metadata": (pa.string(), lambda r: _strict_json(r.log.eval_metadata)),
    "task_set": (pa.string(), lambda r: r.log.task_set),
    "task_args": (pa.string(), lambda r: _strict_json(r.log.task_args)),
    "agent": (pa.string(), lambda r: r.log.agent),
    "agent_args": (pa.string(), lambda r: _strict_json(r.log.agent_args)),
    "model": (pa.string(), lambda r: r.log.model),
    "model_options": (pa.string(), lambda r: _strict_json(r.log.generate_config)),
    "generate_config": (pa.string(), lambda r: _strict_json(r.log.generate_config)),
    "model_roles": (pa.string(), lambda r: _strict_json(r.log.model_roles)),
    "trust_content": (pa.bool_(), lambda r: r.log.trust_content),
    "task_id": (pa.string(), lambda r: r.sample.id),
    "id": (pa.string(), lambda r: r.sample.id),
    "task_repeat": (pa.int64(), lambda r: r.sample.epoch),
    "epoch": (pa.int64(), lambda r: r.sample.epoch),
    "input": (pa.string(), lambda r: r.sample.input),
    "target": (pa.string(), lambda r: r.sample.target),
    "sample_metadata": (pa.string(), lambda r: _strict_json(r.sample.metadata)),
    "score": (None, lambda r: _cell(r.sample.score)),
    "score_explanation": (pa.string(), lambda r: r.sample.score_explanation),
    "success": (pa.bool_(), lambda r: r.sample.success),
    "total_tokens": (pa.int64(), lambda r: r.sample.total_tokens),
    "message_count": (pa.int64(), lambda r: r.sample.message_count),
    "total_time": (pa.float64(), lambda r: r.sample.total_time),
    "working_time": (pa.float64(), lambda r: r.sample.working_time),
    "error": (pa.string(), lambda r: r.sample.error),
    "limit": (pa.string(), lambda r: r.sample.limit),
    "transcript_id": (pa.string(), lambda r: r.transcript_id),
}


class EvalTable:
    """The table that conditions refer to, with one column `score_<name>` for each score.

    Columns are made when a query names them, and those used last are kept: 100 000 samples would take 300 MB otherwise.

    Args:
        rows: The samples.
    """

    def __init__(self, rows: Sequence[EvalRow]) -> None:
        self._rows = rows
        self._made: Cache[str, ArrowColumn] = Cache(_KEPT_BYTES, lambda column: column.nbytes)
        scores = dict.fromkeys(f"score_{name}" for row in rows for name in row.sample.scores)
        self._names = tuple(dict.fromkeys([*_COLUMNS, *scores]))

    def for_query(self, query: Query) -> pa.Table:
        """Give the table as a query needs it: the columns that it does not name are empty."""
        from ..._query import referenced_names

        wanted = {ID_COLUMN, *referenced_names(query)}
        nothing: ArrowColumn = pa.nulls(len(self._rows))
        columns = [self._column(name) if name in wanted else nothing for name in self._names]
        return pa.table(columns, names=list(self._names))

    def _column(self, name: str) -> ArrowColumn:
        return self._made.fetch(name, lambda: self._make(name))

    def _make(self, name: str) -> ArrowColumn:
        if name not in _COLUMNS:
            score = name.removeprefix("score_")
            return typed_column([row.sample.scores.get(score) for row in self._rows])
        kind, value = _COLUMNS[name]
        values = [value(row) for row in self._rows]
        return typed_column(values) if kind is None else array(values, kind)


def build_table(rows: Sequence[EvalRow], query: Query) -> pa.Table:
    """Make the table that the conditions and the order of a query refer to."""
    return EvalTable(rows).for_query(query)


def _cell(value: Any) -> Any:
    return dumps(value) if isinstance(value, list | dict) else value
