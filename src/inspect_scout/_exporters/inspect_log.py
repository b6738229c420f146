"""Transcripts as logs of Inspect, which `inspect view` opens and Scout reads like any other log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast, get_args

from .._support.shapes import is_list, is_mapping
from .content import Losses, description_of

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog, EvalSample, EvalSampleLimit
    from inspect_ai.scorer import Score, Value

    from .._types import Transcript

_SCORE: Final = "score"


def log_of(transcripts: Sequence[Transcript], losses: Losses) -> EvalLog:
    """Make a log of transcripts of one task, model and agent.

    Args:
        transcripts: The transcripts.
        losses: Is told what has no place in it.
    """
    from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalSpec

    first = transcripts[0]
    places = Counter[tuple[str, int]]()
    samples: list[EvalSample] = []
    for transcript in transcripts:
        place = transcript.task_id or transcript.transcript_id, transcript.task_repeat or 1
        id = place[0] if places[place] == 0 else transcript.transcript_id
        places[place] += 1
        samples.append(_sample(transcript, id, place[1], losses))
    spec = EvalSpec(
        created=first.date or "1970-01-01T00:00:00+00:00",
        task=first.task_set or "transcripts",
        dataset=EvalDataset(samples=len(samples)),
        model=first.model or "none/none",
        config=EvalConfig(),
        solver=first.agent,
        solver_args=first.agent_args or None,
    )
    return EvalLog(status="success", eval=spec, samples=samples)


def _sample(transcript: Transcript, id: str, epoch: int, losses: Losses) -> EvalSample:
    from inspect_ai.log import EvalError, EvalSample
    from inspect_ai.model import ModelOutput, ModelUsage

    last = next((each for each in reversed(transcript.events) if each.event == "model"), None)
    question = next((message for message in transcript.messages if message.role == "user"), None)
    tokens = transcript.total_tokens
    error = transcript.error
    described = description_of(transcript)
    return EvalSample(
        id=id,
        epoch=epoch,
        input=question.text if question is not None else "",
        target="",
        messages=transcript.messages,
        output=last.output if last is not None else ModelOutput(),
        scores={_SCORE: score} if (score := _score(transcript, losses)) is not None else None,
        metadata={**transcript.metadata, "scout": described},
        events=transcript.events,
        model_usage={transcript.model or "none/none": ModelUsage(total_tokens=tokens)} if tokens else {},
        total_time=transcript.total_time,
        uuid=transcript.transcript_id,
        error=EvalError(message=error, traceback="", traceback_ansi="") if error else None,
        limit=_limit(transcript, losses),
    )


def _score(transcript: Transcript, losses: Losses) -> Score | None:
    from inspect_ai.scorer import Score

    value = transcript.score
    if value is None:
        return None
    parts: list[object] = list(value.values()) if is_mapping(value) else value if is_list(value) else []
    if any(is_mapping(each) or is_list(each) for each in parts):
        losses["scores in parts of parts"] += 1
        return None
    return Score(value=cast("Value", value), explanation=transcript.score_explanation)


def _limit(transcript: Transcript, losses: Losses) -> EvalSampleLimit | None:
    """Give the limit that ended it; how large it was is not known."""
    from inspect_ai.log import EvalSampleLimit

    if not transcript.limit:
        return None
    if transcript.limit not in get_args(EvalSampleLimit.model_fields["type"].annotation):
        losses["limits of other kinds"] += 1
        return None
    return EvalSampleLimit.model_validate({"type": transcript.limit, "limit": 0})
