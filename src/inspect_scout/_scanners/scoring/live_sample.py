"""A sample that is being scored -> the transcript that its scanner is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspect_ai.event import ErrorEvent, Event, ModelEvent, SampleLimitEvent, SpanBeginEvent
from inspect_ai.scorer import Target
from inspect_ai.solver import TaskState

from ..._inspect.scoring import running_eval, sample_record
from ..._support.storage import normalize
from ..._transcripts import EvalSpec, SampleSummary, build_timelines, live_info
from ..._types import Transcript, TranscriptContent

_SOLVERS = "solvers"


def transcript_of(state: TaskState, target: Target, content: TranscriptContent) -> Transcript:
    """Make the transcript of a sample that is being scored; timelines are built if they are asked for and none is stored."""
    sample, eval = sample_record(), running_eval()
    events = sample.events
    usages = [event.output.usage for event in events if isinstance(event, ModelEvent)]
    info = live_info(
        EvalSpec(
            eval_id=None if eval is None else eval.eval_id,
            created=(events[0].timestamp.isoformat() if events else None) if eval is None else eval.started,
            task="" if eval is None else eval.task,
            solver=(None if eval is None else eval.agent) or _agent(events),
            model=str(state.model) if eval is None else eval.model,
            model_generate_config=dict(sample.options),
        ),
        SampleSummary(
            uuid=state.uuid,
            id=state.sample_id,
            epoch=state.epoch,
            input=_input(state),
            target=target.target[0] if len(target.target) == 1 else list(target.target),
            metadata=dict(state.metadata),
            scores={name: s.model_dump(mode="json", exclude_none=True) for name, s in (state.scores or {}).items()},
            model_usage={
                "": {"total_tokens": state.token_usage or sum(u.total_tokens for u in usages if u is not None)}
            },
            message_count=len(state.messages),
            total_time=None if eval is None else eval.seconds,
            error=next((e.error.message for e in reversed(events) if isinstance(e, ErrorEvent)), ""),
            limit=next((e.type for e in reversed(events) if isinstance(e, SampleLimitEvent)), ""),
        ),
        log=None if eval is None else normalize(eval.log),
    )
    stored = sample.timelines if content.timeline is not None else []
    return Transcript.model_construct(
        None,
        **info.__dict__,
        messages=list(state.messages),
        events=events,
        timelines=stored or build_timelines(events, content.timeline),
    )


def _input(state: TaskState) -> Any:
    if isinstance(state.input, str):
        return state.input
    return [message.model_dump(mode="json", exclude_none=True) for message in state.input]


def _agent(events: Sequence[Event]) -> str | None:
    """Name of the last step of the plan, from the spans that solvers ran in."""
    begins = [event for event in events if isinstance(event, SpanBeginEvent)]
    solvers = {event.id for event in begins if event.name == _SOLVERS}
    return next((event.name for event in reversed(begins) if event.parent_id in solvers), None)
