"""Describing a sample that is being scored as the index would describe it once its log is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..decode.sample import Body
from .records import Header, Spec, Summary
from .rows import log_rows
from .table import EvalRow

if TYPE_CHECKING:
    from ..._types import TranscriptInfo

_UNKNOWN = ""
# What the index tells of a finished log, and nobody knows while a sample is scored.
_NOT_YET = ("eval_tags", "eval_metadata", "task_args", "model_roles")


@dataclass(frozen=True, slots=True)
class LiveSample:
    """What is known of a sample while it is scored; values as its log will hold them.

    Args:
        uuid: Id of the sample, across all logs.
        id: Its id within the dataset.
        epoch: Its repetition, from 1.
        input: Its input: text, or messages as JSON.
        target: Its target: a text, or several.
        metadata: Its metadata.
        scores: Its scores so far, as JSON by name.
        message_count: Number of its messages.
        total_tokens: Tokens used so far.
        total_time: Seconds so far.
        error: Message of the error that ended it.
        limit: Limit that ended it.
        eval_id: Id of the eval (None: unknown, as all that follows may be).
        log: Where its log is written.
        date: When it started.
        task: Name of the task.
        agent: Name of the agent.
        model: The model.
        model_options: Its generation options.
    """

    uuid: str
    id: str | int
    epoch: int
    input: Any
    target: str | Sequence[str]
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    scores: Mapping[str, Any] = field(default_factory=dict[str, Any])
    message_count: int | None = None
    total_tokens: int = 0
    total_time: float | None = None
    error: str = ""
    limit: str = ""
    eval_id: str | None = None
    log: str | None = None
    date: str | None = None
    task: str | None = None
    agent: str | None = None
    model: str | None = None
    model_options: Mapping[str, Any] = field(default_factory=dict[str, Any])


def live_info(sample: LiveSample) -> TranscriptInfo:
    """Describe a sample that is being scored, metadata, target and scores in full."""
    spec = Spec(
        eval_id=sample.eval_id or _UNKNOWN,
        created=sample.date,
        task=sample.task or _UNKNOWN,
        solver=sample.agent,
        model=sample.model,
        model_generate_config=dict(sample.model_options),
    )
    summary = Summary(
        id=sample.id,
        epoch=sample.epoch,
        input=sample.input,
        target=sample.target,
        metadata=dict(sample.metadata),
        scores=dict(sample.scores),
        model_usage={_UNKNOWN: {"total_tokens": sample.total_tokens}},
        total_time=sample.total_time,
        uuid=sample.uuid,
        error=sample.error,
        limit=sample.limit,
        message_count=sample.message_count,
    )
    rows = log_rows(Header(eval=spec), [summary])
    info = EvalRow(sample.log, rows, rows.samples[0]).info()
    known = {key: value for key, value in info.metadata.items() if key not in _NOT_YET}
    if sample.eval_id is None:
        known.update(eval_id=_UNKNOWN, eval_status=_UNKNOWN)
    body = Body(dict(sample.metadata), sample.target, dict(sample.scores))
    return info.model_copy(
        update={
            "source_id": sample.eval_id,
            "task_set": None if sample.task is None else info.task_set,
            "metadata": body.overlay(known),
        }
    )
