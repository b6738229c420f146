"""The index of eval logs as the table that conditions refer to: one row per sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from ..._support.arrow import array
from ..._support.json import dumps, finite, loads
from ..index_table import typed_column
from .eval_row import SOURCE_TYPE, EvalRow


def _strict_json(text: str) -> str:
    """Write JSON that every reader takes: the columns with JSON are searched by a strict one."""
    return dumps(finite(loads(text))) if "NaN" in text or "Infinity" in text else text


_COLUMNS: dict[str, tuple[pa.DataType | None, Callable[[EvalRow], Any]]] = {
    "sample_id": (pa.string(), lambda r: r.sample.transcript_id),
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
    "transcript_id": (pa.string(), lambda r: r.sample.transcript_id),
}


def build_table(rows: Sequence[EvalRow]) -> pa.Table:
    """Make the table that conditions refer to, with one column `score_<name>` for each score."""
    columns: dict[str, Any] = {}
    for name, (kind, value) in _COLUMNS.items():
        values = [value(row) for row in rows]
        columns[name] = typed_column(values) if kind is None else array(values, kind)
    names = dict.fromkeys(name for row in rows for name in row.sample.scores)
    for name in names:
        columns.setdefault(f"score_{name}", typed_column([row.sample.scores.get(name) for row in rows]))
    return pa.table(columns)


def _cell(value: Any) -> Any:
    return dumps(value) if isinstance(value, list | dict) else value
