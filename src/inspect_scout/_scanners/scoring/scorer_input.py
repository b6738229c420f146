"""A transcript -> the state and the target that a scorer is given."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, TypeAlias

from inspect_ai.event import Event, Timeline
from inspect_ai.log import EvalSample
from inspect_ai.model import ChatCompletionChoice, ChatMessage, ChatMessageAssistant, ModelName, ModelOutput
from inspect_ai.scorer import Target
from inspect_ai.solver import TaskState

from ..._support.shapes import is_list, is_mapping
from ..._transcripts import read_sample
from ..._types import Transcript

_NO_MODEL = "none/none"


ScorerInput: TypeAlias = tuple[TaskState, Target, Sequence[Event], Sequence[Timeline]]
"""What a scorer is given: the state of a sample at its end, its target, events and timelines."""


async def scorer_input(transcript: Transcript) -> ScorerInput:
    """Make what a scorer is given of a transcript.

    A transcript from a log in a file is scored as `inspect score` scores its sample, which is read whole from there.
    Any other is made of what the transcript holds: its messages (the input are those before the first
    answer, the output is the last answer), and its metadata `target` and `sample_metadata`.

    Raises:
        LogReadError: The log or the sample cannot be read.
    """
    if transcript.source_type == "eval_log" and transcript.metadata.get("log"):
        return _of_sample(await read_sample(transcript), transcript.model)
    return _of_transcript(transcript)


def _of_sample(sample: EvalSample, model: str | None) -> ScorerInput:
    target = Target(sample.target)
    state = TaskState(
        model=ModelName(model or _NO_MODEL),
        sample_id=sample.id,
        epoch=sample.epoch,
        input=sample.input,
        target=target,
        choices=sample.choices,
        messages=sample.messages,
        output=sample.output,
        completed=True,
        metadata=sample.metadata,
        store=sample.store,
        scores=dict(sample.scores or {}),
        sample_uuid=sample.uuid,
    )
    return state, target, sample.events, sample.timelines or []


def _of_transcript(transcript: Transcript) -> ScorerInput:
    given: Any = transcript.metadata.get("target", "")
    target = Target([str(item) for item in given] if is_list(given) else str(given))
    metadata: Any = transcript.metadata.get("sample_metadata")
    state = TaskState(
        model=ModelName(transcript.model or _NO_MODEL),
        sample_id=transcript.task_id or transcript.transcript_id,
        epoch=transcript.task_repeat or 1,
        input=_input(transcript),
        target=target,
        messages=list(transcript.messages),
        output=_output(transcript),
        completed=True,
        metadata=dict(metadata) if is_mapping(metadata) else {},
        scores={},
        sample_uuid=transcript.transcript_id,
    )
    return state, target, [], []


def _input(transcript: Transcript) -> str | list[ChatMessage]:
    asked = list(itertools.takewhile(lambda message: message.role != "assistant", transcript.messages))
    return asked[0].text if len(asked) == 1 else asked


def _output(transcript: Transcript) -> ModelOutput:
    said = [message for message in transcript.messages if isinstance(message, ChatMessageAssistant)]
    model = transcript.model or _NO_MODEL
    return ModelOutput(model=model, choices=[ChatCompletionChoice(message=message) for message in said[-1:]])
