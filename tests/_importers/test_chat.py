"""Chats in files become transcripts, in whichever of their variants they are written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inspect_scout import Transcript, TranscriptContent, transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio

TALK = [{"role": "user", "content": "Which number?"}, {"role": "assistant", "content": "Seven."}]


async def read(place: Path) -> list[Transcript]:
    source = transcripts_from(place).source
    index = await transcripts_from(place).index()
    everything = TranscriptContent(messages="all", events="all")
    found = [index.info(position) for position in range(len(index))]
    return [(await (await source.locate(info)).read(everything)).transcript for info in found]


def lines(file: Path, *rows: Any) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("chat")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for name in "abc":
            lines(tmp_path / f"{name}.jsonl", {"messages": TALK}, {"messages": TALK})
        return tmp_path

    def grow(self, file: Path) -> None:
        with file.open("a") as end:
            end.write(json.dumps({"messages": TALK}) + "\n")


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        lines(tmp_path / "chats.jsonl", *({"id": f"chat-{n}", "messages": TALK, "model": f"m{n}"} for n in range(3)))
        return transcripts_from(tmp_path / "chats.jsonl").source


@pytest.mark.parametrize(
    "written",
    [
        {"messages": TALK},
        [{"messages": TALK}],
        TALK,
        {"conversations": [{"from": "human", "value": "Which number?"}, {"from": "gpt", "value": "Seven."}]},
        {"traj": TALK, "reward": 1.0, "task_id": 3},
        {"messages": [{"role": m["role"], "content": [{"type": "text", "content": m["content"]}]} for m in TALK]},
        {"messages": [{"role": m["role"], "content": [{"type": "text", "value": m["content"]}]} for m in TALK]},
    ],
    ids=range(7),
)
async def test_variants_say_the_same(tmp_path: Path, written: Any) -> None:
    (tmp_path / "chat.json").write_text(json.dumps(written))
    (found,) = await read(tmp_path)
    assert [(message.role, message.text) for message in found.messages] == [
        ("user", "Which number?"),
        ("assistant", "Seven."),
    ]


async def test_calls_without_ids_are_answered_in_their_order(tmp_path: Path) -> None:
    calls = [{"type": "function", "function": {"name": name, "arguments": '{"a": 1}'}} for name in ("one", "two")]
    messages = [
        {"role": "user", "content": "Go"},
        {"role": "assistant", "content": None, "tool_calls": calls},
        {"role": "tool", "content": "first"},
        {"role": "tool", "content": "second"},
    ]
    lines(tmp_path / "c.jsonl", {"messages": messages})
    (found,) = await read(tmp_path)
    called = [(event.function, event.result, event.arguments) for event in found.events if event.event == "tool"]
    assert called == [("one", "first", {"a": 1}), ("two", "second", {"a": 1})]


async def test_thoughts_stand_before_what_is_said(tmp_path: Path) -> None:
    said = [
        {"role": "assistant", "content": "Seven.", "reasoning_content": "Think"},
        {"role": "assistant", "content": "<think>Think</think>\nSeven."},
    ]
    lines(tmp_path / "c.jsonl", *({"messages": [TALK[0], each]} for each in said))
    for found in await read(tmp_path):
        content = found.messages[1].content
        assert isinstance(content, list)
        assert [part.type for part in content] == ["reasoning", "text"]
        assert found.messages[1].text == "Seven."


async def test_rewards_tasks_and_other_keys_are_kept(tmp_path: Path) -> None:
    row = {
        "task_id": 4,
        "trial": 2,
        "reward": 0.0,
        "traj": TALK,
        "info": {"user": "u"},
        "messages_extra": 5,
        "error": "late",
    }
    (tmp_path / "runs.json").write_text(json.dumps([row, {**row, "trial": 3, "reward": 1}]))
    first, second = await read(tmp_path)
    assert (first.transcript_id, first.task_id, first.task_repeat) == ("runs:4:2", "4", 2)
    assert (first.score, first.success, second.success, first.error) == (0.0, False, True, "late")
    assert first.metadata["info"] == {"user": "u"}


async def test_speakers_with_names_are_assistants(tmp_path: Path) -> None:
    lines(tmp_path / "c.jsonl", {"messages": [TALK[0], {"role": "WebSurfer", "content": "Found"}]})
    (found,) = await read(tmp_path)
    assert (found.messages[1].role, found.messages[1].metadata) == ("assistant", {"name": "WebSurfer"})


async def test_rows_that_are_no_chats_are_named(tmp_path: Path) -> None:
    lines(tmp_path / "c.jsonl", {"messages": TALK}, {"nothing": 1}, {"messages": TALK})
    index = await transcripts_from(tmp_path).index()
    assert len(index) == 2
    assert ["line 2" in str(problem) for problem in index.problems] == [True]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
MESSAGES = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool", "system", "x"]) | JSON},
    optional={
        "content": JSON,
        "tool_calls": JSON,
        "tool_call_id": JSON,
        "reasoning": JSON,
        "timestamp": JSON,
        "error": JSON,
    },
)


@given(st.lists(MESSAGES, min_size=1, max_size=4))
@example([{"role": "user", "content": float("inf")}])
async def test_whatever_stands_in_messages_they_are_read(messages: list[Any]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        lines(Path(folder, "c.jsonl"), {"messages": [*TALK, *messages]})
        (found,) = await read(Path(folder))
        assert len(found.messages) == 2 + len(messages)


async def test_columns_with_the_name_of_messages_that_hold_something_else_are_metadata(tmp_path: Path) -> None:
    lines(tmp_path / "c.jsonl", {"messages": TALK, "chat": "support", "trajectory": 7})
    (found,) = await read(tmp_path)
    assert (found.metadata["chat"], found.metadata["trajectory"]) == ("support", 7)


async def test_of_many_broken_rows_the_first_are_named_and_the_others_counted(tmp_path: Path) -> None:
    lines(tmp_path / "c.jsonl", {"messages": TALK}, *({"id": str(number)} for number in range(500)))
    index = await transcripts_from(tmp_path).index()
    assert len(index) == 1
    assert len(index.problems) == 21
    assert "the others are not named" in str(index.problems[-1])


async def test_calls_that_use_an_id_again_have_spans_of_their_own(tmp_path: Path) -> None:
    call = {"id": "call_0", "type": "function", "function": {"name": "ls", "arguments": "{}"}}
    turn = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_0", "content": "a"},
    ]
    lines(tmp_path / "chats.jsonl", {"messages": [TALK[0], *turn, *turn, TALK[1]]})
    (found,) = await read(tmp_path)
    ids = [event.uuid for event in found.events]
    spans = [event.id for event in found.events if event.event == "span_begin"]
    assert len(set(ids)) == len(ids)
    assert len(set(spans)) == len(spans) == 2
    assert [event.result for event in found.events if event.event == "tool"] == ["a", "a"]
