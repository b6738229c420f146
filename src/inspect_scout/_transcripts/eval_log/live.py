"""Describing a sample that is being scored as the index would describe it once its log is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..decode.sample import SampleDetails
from .eval_row import EvalRow
from .records import EvalSpec, Header, SampleSummary
from .rows import log_rows

if TYPE_CHECKING:
    from ..._types import TranscriptInfo

# What the index tells of a finished log, and nobody knows while a sample is scored.
_NOT_YET = ("eval_tags", "eval_metadata", "task_args", "model_roles")


def live_info(eval: EvalSpec, sample: SampleSummary, log: str | None) -> TranscriptInfo:
    """Describe a sample that is being scored, metadata, target and scores in full.

    Args:
        eval: Its eval, as far as it is known (otherwise it has no id, and the name of its task is empty).
        sample: What its log will say about it.
        log: Where its log is written (None: unknown).
    """
    rows = log_rows(Header(eval=eval), [sample])
    info = EvalRow(log, rows, rows.samples[0].transcript_id, rows.samples[0]).info()
    known = {key: value for key, value in info.metadata.items() if key not in _NOT_YET}
    if eval.eval_id is None:
        known.update(eval_id="", eval_status="")
    return info.model_copy(
        update={
            "source_id": eval.eval_id,
            "task_set": info.task_set if eval.task else None,
            "metadata": SampleDetails(sample.metadata, sample.target, sample.scores).overlay(known),
        }
    )
