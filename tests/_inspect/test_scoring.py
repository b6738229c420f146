"""The names of inspect_ai that scoring needs behave as Scout relies on."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai._util.registry import registry_info
from inspect_ai.event import InfoEvent, timeline_build
from inspect_ai.log import transcript
from inspect_ai.log._transcript import Transcript, init_transcript
from inspect_ai.model import ChatMessageUser, ModelName
from inspect_ai.scorer import Score, Scorer, Target, accuracy, exact, mean, scorer, stderr
from inspect_ai.solver import TaskState
from inspect_ai.util import store

from inspect_scout._inspect import registry
from inspect_scout._inspect.scoring import (
    SCORER_METRICS,
    RunningEval,
    declared_metrics,
    decode_eval_sample,
    made_by_factory,
    run_scorer,
    running_eval,
    sample_record,
)
from support.logs import make_sample
from support.scoring import run_eval


@pytest.fixture
def own_transcript() -> Generator[Transcript]:
    """Record what happens in a transcript of the test's own."""
    made = Transcript()
    init_transcript(made)
    yield made
    init_transcript(Transcript())


def state() -> TaskState:
    return TaskState(model=ModelName("mockllm/model"), sample_id=1, epoch=1, input="q", messages=[], store={"kept": 1})


def test_metrics_are_found_where_inspect_keeps_them() -> None:
    names = [registry_info(metric).name for metric in declared_metrics(exact())]
    assert names == [registry_info(mean()).name, registry_info(stderr()).name]


def test_metadata_of_a_tag_is_what_inspect_reads() -> None:
    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=1)

    chosen = accuracy()
    registry.tag("scorer", score, "probe", {}, metadata={SCORER_METRICS: [chosen]})
    assert declared_metrics(score) == [chosen]


def test_factories_are_told_from_what_they_make() -> None:
    assert made_by_factory(exact())
    assert not made_by_factory(exact)


def test_nothing_runs_outside_of_evals() -> None:
    assert running_eval() is None


def test_a_running_sample_tells_of_its_eval(tmp_path: Path) -> None:
    heard: list[tuple[RunningEval | None, int, dict[str, Any]]] = []

    @scorer(metrics=[mean()])
    def listening() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score:
            held = sample_record()
            heard.append((running_eval(), len(held.events), held.options))
            return Score(value=1)

        return score

    log = run_eval(tmp_path, listening())
    told, events, options = heard[0]
    assert told is not None
    assert (told.eval_id, told.task, told.agent, told.model) == (
        log.eval.eval_id,
        "counting",
        "generate",
        "mockllm/model",
    )
    assert Path(told.log).name == Path(log.location).name
    assert told.started is not None
    assert told.seconds is not None
    assert told.seconds >= 0
    assert events > 3
    assert options == {}


@pytest.mark.anyio
async def test_scorers_run_in_the_surroundings_of_the_sample(own_transcript: Transcript) -> None:
    store().set("kept", "outer")
    events = [InfoEvent(source="a", data=1), InfoEvent(source="b", data=2)]
    line = timeline_build(list(events), name="own")
    seen: list[Any] = []

    async def score(state: TaskState, target: Target) -> Score:
        seen.extend([store().get("kept"), len(transcript().events), [t.name for t in transcript().timelines]])
        transcript().info("said")
        return Score(value=target.text)

    result = await run_scorer(score, state(), Target("t"), events, [line])
    assert result is not None
    assert result.value == "t"
    assert seen == [1, 2, ["own"]]
    assert store().get("kept") == "outer"
    assert [event.data for event in own_transcript.events if isinstance(event, InfoEvent)] == ["said"]


def test_samples_are_read_with_their_attachments() -> None:
    plain = make_sample(1)
    message = ChatMessageUser(content="attachment://abc")
    stored = plain.model_copy(update={"messages": [message], "attachments": {"abc": "long text"}})
    found = decode_eval_sample(stored.model_dump_json().encode())
    assert (found.messages[0].text, found.uuid) == ("long text", plain.uuid)


def test_what_is_no_sample_is_refused() -> None:
    for data in (b"nothing", b"{}"):
        with pytest.raises(ValueError):
            decode_eval_sample(data)
