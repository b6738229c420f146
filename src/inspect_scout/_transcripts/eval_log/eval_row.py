"""A sample of a log, as the index describes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from ..._support.json import loads
from .records import AnyLogRows, SampleId, SampleRow

if TYPE_CHECKING:
    from ..._types import TranscriptInfo

SOURCE_TYPE = "eval_log"

_decode = msgspec.msgpack.Decoder(SampleRow).decode
_decode_id = msgspec.msgpack.Decoder(SampleId).decode


@dataclass(frozen=True, slots=True)
class EvalRow:
    """A sample of a log.

    Args:
        location: The log (None: it was never in a file).
        log: What the index keeps of the log.
        transcript_id: Id of the sample, or of this copy of it.
        kept: What the index keeps of the sample. As the cache has it: 100 000 of them take 55 MB, as objects 140.
    """

    location: str | None
    log: AnyLogRows
    transcript_id: str
    kept: SampleRow | msgspec.Raw

    @property
    def sample(self) -> SampleRow:
        """What the index keeps of the sample, but for its id. Takes 1 us."""
        return self.kept if isinstance(self.kept, SampleRow) else _decode(self.kept)

    def info(self) -> TranscriptInfo:
        """Describe the sample; every call gives new objects."""
        from ..._types import TranscriptInfo

        log, sample = self.log, self.sample
        return TranscriptInfo(
            transcript_id=self.transcript_id,
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
            metadata=self._metadata(sample),
        )

    def _metadata(self, sample: SampleRow) -> dict[str, Any]:
        log = self.log
        metadata: dict[str, Any] = {
            "sample_id": self.transcript_id,
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


def eval_rows(location: str, log: AnyLogRows) -> Iterator[EvalRow]:
    """Give the samples of a log."""
    for kept in log.samples:
        yield EvalRow(
            location, log, kept.transcript_id if isinstance(kept, SampleRow) else _decode_id(kept).transcript_id, kept
        )


def _object(text: str) -> dict[str, Any]:
    value: dict[str, Any] = {} if text == "{}" else loads(text)
    return value
