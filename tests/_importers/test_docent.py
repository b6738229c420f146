"""Agent runs of Docent become transcripts: one for each run, however many it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from _importers.documents import read, write
from inspect_scout import transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio


def part(name: str = "main", **fields: Any) -> dict[str, Any]:
    call = {"id": "c1", "function": "add", "arguments": {"a": 2}, "type": "function", "parse_error": None}
    messages = [
        {"id": None, "role": "user", "content": [{"type": "text", "text": "2+2?", "refusal": None}]},
        {
            "role": "assistant",
            "content": [{"type": "reasoning", "reasoning": "add"}],
            "model": "m",
            "tool_calls": [call],
        },
        {"id": None, "role": "tool", "content": "4", "tool_call_id": "c1", "function": "add", "error": None},
    ]
    return {"id": f"t-{name}", "name": name, "created_at": "2026-02-01T10:00:00", "messages": messages, **fields}


def run(id: str = "run-1", *parts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    metadata = {"model": "m", "task_id": "sum", "epoch": 2, "scores": {"correct": 1}}
    return {"id": id, "transcripts": list(parts) or [part()], "transcript_groups": [], "metadata": metadata, **fields}


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("docent")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for id in "abc":
            write(tmp_path / f"{id}.json", run(id))
        return tmp_path

    def grow(self, file: Path) -> None:
        write(file, [run(file.stem), run(f"{file.stem}-2")])


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        write(tmp_path / "runs.jsonl", [run(id) for id in "abc"])
        return transcripts_from(tmp_path / "runs.jsonl").source


async def test_one_transcript_is_the_run(tmp_path: Path) -> None:
    write(tmp_path / "r.json", run())
    (found,) = await read(tmp_path)
    assert [message.role for message in found.messages] == ["user", "assistant", "tool"]
    assert (found.task_id, found.task_repeat, found.model, found.score) == ("sum", 2, "m", 1)
    assert not [event for event in found.events if event.event == "span_begin" and event.type == "agent"]


@pytest.mark.parametrize("circle", [False, True])
async def test_several_are_agents_in_their_groups(tmp_path: Path, circle: bool) -> None:
    groups = [
        {"id": "g1", "name": "outer", "parent_transcript_group_id": "g2" if circle else None},
        {"id": "g2", "name": "inner", "parent_transcript_group_id": "g1"},
    ]
    parts = (part("main", transcript_group_id="g1"), part("helper", transcript_group_id="g2"))
    write(tmp_path / "r.json", run("r", *parts, transcript_groups=groups))
    (found,) = await read(tmp_path)
    names = [event.name for event in found.events if event.event == "span_begin" and event.type in ("agent", None)]
    assert [name for name in names if name in ("main", "helper")] == ["main", "helper"]
    assert {"outer", "inner"} <= set(names)
    assert len(found.messages) == 3


async def test_older_files_have_transcripts_by_name(tmp_path: Path) -> None:
    write(tmp_path / "r.json", run(transcripts={"main": part()}))
    (found,) = await read(tmp_path)
    assert len(found.messages) == 3
