"""The index of eval logs: one row per sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ..._support.arrow import array
from ..._support.json import dumps, finite, loads
from ..selected_index import typed_column
from .records import LogRows, SampleRow

if TYPE_CHECKING:
    from ..._types import TranscriptInfo

SOURCE_TYPE = "eval_log"


@dataclass(frozen=True, slots=True)
class EvalRow:
    """A sample of a log.

    Args:
        location: The log (None: it was never in a file).
        log: What the index keeps of the log.
        sample: What the index keeps of the sample.
    """

    location: str | None
    log: LogRows
    sample: SampleRow

    @property
    def transcript_id(self) -> str:
        """Id of the sample."""
        return self.sample.transcript_id

    def info(self) -> TranscriptInfo:
        """Describe the sample; every call gives new objects."""
        from ..._types import TranscriptInfo

        log, sample = self.log, self.sample
        return TranscriptInfo(
            transcript_id=sample.transcript_id,
            source_type=SOURCE_TYPE,
            source_id=log.eval_id,
            source_uri=self.location,
            date=log.date,
            task_set=log.task_set,
            task_id=sample.id,
            task_repeat=sample.epoch,
            agent=log.agent,
            agent_args=_object(log.agent_args),
            model=log.model,
            model_options=_object(log.generate_config),
            score=sample.score,
            score_explanation=sample.score_explanation,
            success=sample.success,
            message_count=sample.message_count,
            total_time=sample.total_time,
            total_tokens=sample.total_tokens,
            error=sample.error,
            limit=sample.limit,
            trust_content=log.trust_content,
            metadata=self._metadata(),
        )

    def _metadata(self) -> dict[str, Any]:
        log, sample = self.log, self.sample
        metadata: dict[str, Any] = {
            "sample_id": sample.transcript_id,
            "eval_id": log.eval_id,
            "log": self.location,
            "eval_status": log.eval_status,
            "eval_tags": log.eval_tags,
            "eval_metadata": _object(log.eval_metadata),
            "task_args": _object(log.task_args),
            "generate_config": _object(log.generate_config),
            "model_roles": _object(log.model_roles),
            "id": sample.id,
            "epoch": sample.epoch,
            "input": sample.input,
            "target": sample.target,
            "sample_metadata": _object(sample.metadata),
        }
        for name, value in sample.scores.items():
            if value is not None and name != "explanation":
                metadata[f"score_{name}"] = value
        if sample.working_time is not None:
            metadata["working_time"] = sample.working_time
        if self.location is None:
            del metadata["log"]
        return metadata


def _object(text: str) -> dict[str, Any]:
    value: dict[str, Any] = {} if text == "{}" else loads(text)
    return value


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
