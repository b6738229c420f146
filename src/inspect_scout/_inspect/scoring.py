"""What inspect_ai knows of a sample while it is scored, and the surroundings in which its scorers run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from inspect_ai._util.constants import DESERIALIZING
from inspect_ai._util.registry import has_registry_params
from inspect_ai.event import Event, Timeline
from inspect_ai.log import EvalSample
from inspect_ai.log._condense import resolve_sample_attachments
from inspect_ai.log._resolve import rebind_sample_timelines
from inspect_ai.log._samples import sample_active
from inspect_ai.log._transcript import Transcript, init_transcript, transcript
from inspect_ai.model import Model
from inspect_ai.model._model import active_model_context_var
from inspect_ai.scorer import Score, Scorer, Target
from inspect_ai.scorer._scorer import SCORER_METRICS as _METRICS
from inspect_ai.scorer._scorer import scorer_metrics
from inspect_ai.solver import TaskState
from inspect_ai.util._store import init_subtask_store

SCORER_METRICS: Final = _METRICS
"""Name under which a scorer keeps its metrics."""

declared_metrics: Final = scorer_metrics
"""Gives the metrics that a scorer was declared with."""

made_by_factory: Final = has_registry_params
"""Tells what a registered factory made from the factory itself."""


@dataclass(frozen=True, slots=True)
class RunningEval:
    """What is known of the eval that a sample belongs to, while the sample runs.

    Args:
        eval_id: Id of the eval.
        log: Where its log is written.
        task: Name of the task.
        agent: Name of the agent (the last step of the plan).
        model: The model, with its provider.
        started: When the sample started: ISO format, UTC.
        seconds: How long it has been running.
    """

    eval_id: str
    log: str
    task: str
    agent: str | None
    model: str
    started: str | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class SampleRecord:
    """What the transcript of the current sample holds.

    Args:
        events: Its events so far.
        timelines: The timelines that a solver stored.
        options: Generation options of the model that is evaluated.
    """

    events: list[Event]
    timelines: list[Timeline]
    options: dict[str, Any]


def running_eval() -> RunningEval | None:
    """Tell what is known of the running sample; None if no eval is running (a log is scored again)."""
    sample = sample_active()
    if sample is None:
        return None
    now = datetime.now(UTC).timestamp()
    return RunningEval(
        eval_id=sample.eval_id,
        log=sample.log_location,
        task=sample.task,
        agent=sample.agent_name,
        model=sample.model,
        started=None if sample.started is None else datetime.fromtimestamp(sample.started, UTC).isoformat(),
        seconds=None if sample.started is None else now - sample.started,
    )


def sample_record() -> SampleRecord:
    """Give what the transcript of the current sample holds."""
    current = transcript()
    model: Model | None = active_model_context_var.get(None)
    options = {} if model is None else model.config.model_dump(mode="json", exclude_none=True)
    return SampleRecord(list(current.events), list(current.timelines), options)


def decode_eval_sample(data: bytes) -> EvalSample:
    """Read a sample as its log holds it, with everything that is stored apart put in its place.

    Raises:
        ValueError: It is not JSON, or not a sample.
    """
    sample = EvalSample.model_validate(json.loads(data), context={DESERIALIZING: True})
    return rebind_sample_timelines(resolve_sample_attachments(sample))


async def run_scorer(
    scorer: Scorer, state: TaskState, target: Target, events: Sequence[Event], timelines: Sequence[Timeline]
) -> Score | None:
    """Run a scorer as the scoring of a log does: with the store and the transcript of the sample.

    What the scorer records is recorded by the caller's transcript; the caller's own surroundings stay as they are.

    Args:
        scorer: The scorer.
        state: State of the sample.
        target: Its target.
        events: Its events.
        timelines: Its timelines.
    """
    outer = transcript()

    async def score() -> Score | None:
        inner = Transcript([*events], log_model_api=False, bounded=False)
        init_transcript(inner)
        init_subtask_store(state.store)
        for timeline in timelines:
            inner.add_timeline(timeline)
        try:
            call = cast("Callable[[TaskState, Target], Awaitable[Score | None]]", scorer)
            return await call(state, target)
        finally:
            for event in inner.events[len(events) :]:
                outer._event(event)

    # Only a task of its own keeps what is set for the scorer from the scanners that come after it.
    return await asyncio.get_running_loop().create_task(score(), context=copy_context())
