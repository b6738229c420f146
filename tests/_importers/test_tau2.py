"""Results of tau2 become transcripts, one for each simulation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from _importers.documents import read, write
from inspect_scout import transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio

INFO = {
    "agent_info": {"implementation": "llm_agent", "llm": "gpt-5"},
    "user_info": {"llm": "user-model"},
    "environment_info": {"domain_name": "airline", "policy": "Be polite"},
}


def simulation(number: int, **fields: Any) -> dict[str, Any]:
    call = {"id": "c1", "name": "find", "arguments": {"a": 1}, "requestor": "assistant"}
    own: dict[str, Any] = {"id": "u1", "name": "look", "arguments": {}, "requestor": "user"}
    messages: list[dict[str, Any]] = [
        {"role": "assistant", "content": "Hello", "usage": {"prompt_tokens": 10, "completion_tokens": 2}},
        {"role": "user", "content": "Find it", "usage": {"prompt_tokens": 999, "completion_tokens": 1}},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_messages": [{"role": "tool", "id": "c1", "content": "found", "requestor": "assistant"}]},
        {"role": "user", "content": None, "tool_calls": [own]},
        {"role": "tool", "id": "u1", "content": "a screen", "requestor": "user"},
        {"role": "assistant", "content": "Done"},
    ]
    return {
        "id": f"sim-{number}",
        "task_id": f"t{number}",
        "trial": 1,
        "start_time": "2026-02-01T10:00:00",
        "duration": 12.5,
        "termination_reason": "user_stop",
        "reward_info": {"reward": 1.0},
        "messages": messages,
        **fields,
    }


def results(*simulations: dict[str, Any]) -> dict[str, Any]:
    return {"timestamp": "2026-02-01", "info": INFO, "tasks": [], "simulations": list(simulations)}


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("tau2")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for number in range(3):
            write(tmp_path / f"run-{number}.json", results(simulation(number)))
        return tmp_path

    def grow(self, file: Path) -> None:
        number = int(file.stem[-1])
        write(file, results(simulation(number), simulation(number + 10)))


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        folder = tmp_path / "experiment"
        write(folder / "results.json", {"info": INFO, "tasks": []})
        for number in range(3):
            write(folder / "simulations" / f"sim-{number}.json", simulation(number))
        return transcripts_from(folder).source


async def test_calls_of_the_user_are_not_those_of_the_agent(tmp_path: Path) -> None:
    write(tmp_path / "run.json", results(simulation(1)))
    (found,) = await read(tmp_path)
    roles = [message.role for message in found.messages]
    assert roles == ["system", "assistant", "user", "assistant", "tool", "user", "user", "assistant"]
    assert [event.function for event in found.events if event.event == "tool"] == ["find"]
    assert found.total_tokens == 12
    assert (found.task_set, found.task_id, found.task_repeat, found.agent, found.model) == (
        "airline",
        "t1",
        1,
        "llm_agent",
        "gpt-5",
    )
    assert (found.score, found.success, found.total_time) == (1.0, True, 12.5)


@pytest.mark.parametrize(
    ("ended", "error", "limit", "score"),
    [
        ("max_steps", None, "message", 1.0),
        ("timeout", None, "time", 1.0),
        ("agent_error", "agent_error", None, 1.0),
        ("infrastructure_error", "infrastructure_error", None, None),
    ],
)
async def test_how_it_ended(
    tmp_path: Path, ended: str, error: str | None, limit: str | None, score: float | None
) -> None:
    write(tmp_path / "run.json", results(simulation(1, termination_reason=ended)))
    (found,) = await read(tmp_path)
    assert (found.error, found.limit, found.score) == (error, limit, score)


async def test_a_simulation_that_is_named_is_read_with_what_describes_it(tmp_path: Path) -> None:
    whole = results()
    del whole["simulations"]
    write(tmp_path / "results.json", whole)
    file = tmp_path / "simulations" / "x.json"
    write(file, simulation(1))
    infos = [info async for info in transcripts_from(file)]
    assert [(info.source_type, info.model) for info in infos] == [("tau2", "gpt-5")]
