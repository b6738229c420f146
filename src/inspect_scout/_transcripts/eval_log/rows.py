"""From the header and the summaries of a log to what the index keeps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from ..._support.ids import encode_number, id_from_text
from ..._support.shapes import is_list, is_mapping
from .records import EvalSpec, FullSample, Header, LogRows, Plan, SampleRow, SampleSummary
from .scores import read_scores
from .summaries import input_text, summarise_metadata, target_text

# Under this name Inspect itself first reads the one score of samples written before scores had names.
_UNNAMED_SCORE = "88F74D2C"
_INT64_MAX = 2**63 - 1


class SampleIdentity(Protocol):
    """What has the names of a sample."""

    id: str | int
    epoch: int
    uuid: str | None


N = TypeVar("N", bound=SampleIdentity)


def log_rows(
    header: Header,
    summaries: Sequence[SampleSummary],
    notices: Iterable[str] = (),
    *,
    repeated: int = 0,
    unlisted: int = 0,
) -> LogRows[SampleRow]:
    """Make what the index keeps of a log.

    Args:
        header: The header of the log.
        summaries: The summaries of its samples; of several with the same id and epoch the last counts.
        notices: What is wrong with the log without keeping its other samples from being read.
        repeated: Samples that the log holds under the name of another.
        unlisted: Samples whose summary was made of themselves.
    """
    spec, eval_id = header.eval, eval_id_of(header.eval)
    latest = latest_samples(summaries)
    named = transcript_ids(eval_id, latest)
    agent, agent_args = _agent(spec, header.plan)
    return LogRows(
        eval_id=eval_id,
        date=_date(spec.created),
        eval_status=header.status,
        eval_tags=",".join(spec.tags or ()),
        eval_metadata=_object_text(spec.metadata),
        task_set=spec.task.split("/", 1)[-1],
        task_args=_object_text(spec.task_args),
        agent=agent,
        agent_args=_object_text(agent_args),
        model=spec.model,
        generate_config=_object_text(_without_nulls(spec.model_generate_config)),
        model_roles=_object_text(_without_nulls(spec.model_roles)),
        trust_content=_trust_content(spec.viewer),
        samples=[_sample_row(id, summary) for id, summary in named.items()],
        notices=list(notices),
        superseded=max(len(summaries) - len(latest), _count_replaced(latest, repeated)),
        shared_uuids=sum(1 for id, summary in named.items() if summary.uuid and summary.uuid != id),
        unlisted=unlisted,
    )


def _count_replaced(latest: Sequence[SampleSummary], repeated: int) -> int:
    """Count the samples that others of the same name replace: those with the ids 1 and "1" share a name, and both count."""
    return repeated and repeated + len({sample_key(s.id, s.epoch) for s in latest}) - len(latest)


def summarise_sample(sample: FullSample, first_scorer: str | None) -> SampleSummary:
    """Make the summary of a whole sample, as Inspect's own writer would."""
    if sample.scores is None and sample.score is not None:
        sample.scores = {first_scorer or _UNNAMED_SCORE: sample.score}
    error, limit = sample.error, sample.limit
    sample.error = error.get("message") if is_mapping(error) else error
    sample.limit = limit.get("type") if is_mapping(limit) else limit
    sample.message_count, sample.messages = len(sample.messages or ()), None
    return sample


def sample_key(id: str | int, epoch: int) -> str:
    """Name a sample within its log, as the members of a log are named."""
    return f"{id}_epoch_{epoch}"


def latest_samples(samples: Sequence[N]) -> list[N]:
    """Keep the last of several samples with the same id and epoch; the ids 1 and "1" are two samples."""
    return list({(sample.id, sample.epoch): sample for sample in samples}.values())


def transcript_ids(eval_id: str, samples: Sequence[N]) -> dict[str, N]:
    """Name samples across all logs: by their uuid, else by an id derived from eval, id and epoch.

    Args:
        eval_id: The eval.
        samples: Samples of one log, each id and epoch once.
    """
    numeric = _numeric_ids(samples)
    named: dict[str, N] = {}
    for sample in samples:
        id = sample.uuid
        # A log put together by hand may carry one uuid twice: both samples are kept.
        if not id or id in named:
            ambiguous = isinstance(sample.id, str) and (sample.id, sample.epoch) in numeric
            id = id_from_text(f"{eval_id}_{repr(sample.id) if ambiguous else sample.id}_{sample.epoch}")
        while id in named:
            id = id_from_text(f"{id}_")
        named[id] = sample
    return named


def _numeric_ids(samples: Sequence[SampleIdentity]) -> set[tuple[str, int]]:
    """Find the numbers among ids, as text, if there may be text that looks like them."""
    if len({type(sample.id) for sample in samples}) < 2:
        return set()
    return {(str(sample.id), sample.epoch) for sample in samples if isinstance(sample.id, int)}


def _sample_row(transcript_id: str, summary: SampleSummary) -> SampleRow:
    scores = read_scores(summary.scores)
    metadata = summary.metadata if is_mapping(summary.metadata) else {}
    return SampleRow(
        transcript_id=transcript_id,
        id=str(summary.id),
        epoch=summary.epoch,
        input=input_text(summary.input),
        target=target_text(summary.target),
        metadata=_object_text(summarise_metadata(metadata)) if metadata else "{}",
        score=scores.value,
        score_explanation=scores.explanation,
        success=scores.success,
        scores=scores.values,
        total_tokens=_total_tokens(summary.model_usage),
        message_count=summary.message_count,
        total_time=summary.total_time,
        working_time=summary.working_time,
        error=str(summary.error or ""),
        limit=str(summary.limit or ""),
    )


def eval_id_of(spec: EvalSpec) -> str:
    """Give the id of an eval."""
    if spec.eval_id:
        return spec.eval_id
    # Logs written before evals had ids: the id that Inspect derives when it reads them.
    created = _parse_time(spec.created)
    text = f"{spec.run_id or ''}{spec.task_id or ''}{created.isoformat() if created else spec.created}"
    digest = hashlib.blake2s(text.encode("utf-8", "replace"), digest_size=16).digest()
    return encode_number(int.from_bytes(digest, "big"))


def _parse_time(created: str | float | None) -> datetime | None:
    try:
        if isinstance(created, str):
            moment = datetime.fromisoformat(created)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        return None if created is None else datetime.fromtimestamp(created, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _date(created: str | float | None) -> str | None:
    moment = _parse_time(created)
    return str(moment) if moment else (None if created is None else str(created))


def _agent(spec: EvalSpec, plan: Plan | None) -> tuple[str | None, Any]:
    last = plan.steps[-1] if plan and plan.steps else None
    if spec.solver is not None:
        return spec.solver, spec.solver_args
    return last.solver if last else None, spec.solver_args or (last.params if last else None)


def _trust_content(viewer: Any) -> bool | None:
    value = viewer.get("trust_content") if is_mapping(viewer) else None
    # Anything but a boolean is untrusted, as Inspect's viewer has it.
    return value if value is None or isinstance(value, bool) else False


def _total_tokens(usage: Any) -> int:
    total = 0
    for model in usage.values() if is_mapping(usage) else ():
        tokens = model.get("total_tokens") if is_mapping(model) else None
        total += int(tokens) if isinstance(tokens, int) else 0
    return min(total, _INT64_MAX)


def _without_nulls(value: Any) -> Any:
    if not is_mapping(value):
        return value
    return {key: _without_nulls(item) for key, item in value.items() if item is not None}


def _object_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if (is_list(value) or is_mapping(value)) and value else "{}"
