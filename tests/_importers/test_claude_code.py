"""Sessions of Claude Code become transcripts that say what was said, once."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from _importers.claude_sessions import Session, call, small, text
from inspect_scout import Transcript, transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, claude_code
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio


async def read(place: Path, **options: Any) -> list[Transcript]:
    return [transcript async for transcript in claude_code(place, **options)]


async def only(place: Path) -> Transcript:
    (found,) = await read(place)
    return found


def roles(transcript: Transcript) -> list[str]:
    return [message.role for message in transcript.messages]


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        from inspect_scout.sources import trace_reader

        return trace_reader("claude_code")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for id in ("a", "b", "c"):
            small(id).write(tmp_path)
        return tmp_path

    def grow(self, file: Path) -> None:
        more = small(file.stem)
        more.user("And now?")
        more.write(file.parent)


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        for id in ("a", "b", "c"):
            small(id).write(tmp_path / "sessions")
        return transcripts_from(tmp_path / "sessions").source


async def test_a_session_is_what_was_said_in_it(tmp_path: Path) -> None:
    small("a").write(tmp_path)
    found = await only(tmp_path)
    assert roles(found) == ["user", "assistant", "tool", "assistant"]
    assert [message.text for message in found.messages] == ["Fix the test a", "I look.", "1 failed", "Done."]
    assert (found.transcript_id, found.agent, found.model) == ("a", "claude-code", "claude-opus-4-6")
    assert (found.total_tokens, found.message_count, found.task_set) == (30, 4, "/home/ada/shop")
    assert found.metadata["records"] == 6
    assert (found.metadata["skipped"], found.metadata["unknown"], found.metadata["broken"]) == (1, 0, 0)
    calls = [event for event in found.events if event.event == "tool"]
    assert [(event.function, event.arguments, event.result) for event in calls] == [
        ("Bash", {"command": "pytest"}, "1 failed")
    ]
    asked = [event for event in found.events if event.event == "model"]
    assert [len(event.input) for event in asked] == [1, 3]


async def test_one_answer_is_counted_once_with_its_largest_usage(tmp_path: Path) -> None:
    session = Session()
    session.user("Go")
    session.assistant("m", text("First"), usage=(10, 1, 100, 0))
    session.assistant("m", call("t"), usage=(10, 7, 100, 0))
    session.result("t", "ok")
    session.assistant("m", call("t2"), usage=(10, 20, 100, 0))
    session.assistant("m", text("First"), usage=(10, 3, 100, 0))
    session.write(tmp_path)
    found = await only(tmp_path)
    assert roles(found) == ["user", "assistant", "tool"]
    assert found.total_tokens == 130
    (asked,) = [event for event in found.events if event.event == "model"]
    assert asked.output.usage is not None
    assert (asked.output.usage.output_tokens, asked.output.usage.input_tokens_cache_read) == (20, 100)
    assert [one.id for one in asked.output.message.tool_calls or ()] == ["t", "t2"]
    assert [event.pending for event in found.events if event.event == "tool"] == [None, True]


async def test_what_was_rewound_is_a_branch_and_not_among_the_messages(tmp_path: Path) -> None:
    session = Session()
    root = session.user("Start")
    session.user("Wrong")
    session.assistant("m1", text("As you wish"))
    session.rewind(root)
    session.user("Right")
    session.assistant("m2", text("Better"))
    session.write(tmp_path)
    found = await only(tmp_path)
    assert [message.text for message in found.messages] == ["Start", "Right", "Better"]
    (branch,) = [event for event in found.events if event.event == "span_begin" and event.type == "branch"]
    inside = [event for event in found.events if event.event == "model" and event.span_id == branch.id]
    assert [event.output.completion for event in inside] == ["As you wish"]


async def test_a_compaction_empties_the_context(tmp_path: Path) -> None:
    session = Session()
    session.user("Start")
    session.assistant("m1", text("Working"))
    session.system("compact_boundary", content="Compacted", compactMetadata={"trigger": "auto", "preTokens": 900})
    session.user("Summary of it all", isCompactSummary=True)
    session.assistant("m2", text("On"))
    session.write(tmp_path)
    found = await only(tmp_path)
    (boundary,) = [event for event in found.events if event.event == "compaction"]
    assert boundary.tokens_before == 900
    last = [event for event in found.events if event.event == "model"][-1]
    assert [message.text for message in last.input] == ["Summary of it all"]
    assert len(found.messages) == 4


async def test_what_follows_a_clear_is_a_transcript_of_its_own(tmp_path: Path) -> None:
    session = small("a")
    session.user("<command-name>/clear</command-name>")
    session.user("Something else")
    session.assistant("m9", text("Sure"))
    session.write(tmp_path)
    first, second = sorted(await read(tmp_path), key=lambda found: found.transcript_id)
    assert (first.transcript_id, second.transcript_id) == ("a-0", "a-1")
    assert (len(first.messages), len(second.messages)) == (4, 2)


@pytest.mark.parametrize("nested", [False, True])
async def test_sub_agents_are_read_from_their_files(tmp_path: Path, nested: bool) -> None:
    session = Session("main")
    session.user("Do it")
    session.assistant("m1", call("t1", "Task", prompt="Look", subagent_type="Explore"))
    session.result("t1", "Found", toolUseResult={"agentId": "ag1"})
    session.assistant("m2", text("Thanks"))
    session.write(tmp_path)
    agent = Session("main", isSidechain=True, agentId="ag1")
    agent.user("Look", uuid="g1")
    if nested:
        agent.assistant("n1", call("t2", "Agent", prompt="Deeper"))
        agent.result("t2", "Deep", toolUseResult={"agentId": "ag2"}, uuid="g5")
        deeper = Session("main", isSidechain=True, agentId="ag2")
        deeper.user("Deeper", uuid="d1")
        deeper.assistant("o1", text("Deep"), usage=(1, 2, 3, 4))
        deeper.write(tmp_path / "main" / "subagents", "agent-ag2")
    agent.assistant("n2", text("Found"), usage=(100, 10, 0, 0))
    agent.write(tmp_path / "main" / "subagents", "agent-ag1")
    found = await only(tmp_path)
    spans = [event for event in found.events if event.event == "span_begin" and event.type == "agent"]
    assert [span.name for span in spans] == ["Explore", "agent"][: 1 + nested]
    assert roles(found) == ["user", "assistant", "tool", "assistant"]
    assert found.total_tokens == 30 + 110 + (25 if nested else 0)
    if nested:
        assert spans[1].parent_id == spans[0].id
    (started,) = [event for event in found.events if event.event == "tool" and event.function == "Task"]
    assert started.agent_span_id == spans[0].id


async def test_the_file_of_a_sub_agent_that_is_missing_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    session = Session("main")
    session.user("Do it")
    session.assistant("m1", call("t1", "Task", prompt="Look"))
    session.result("t1", "Found", toolUseResult={"agentId": "lost"})
    session.write(tmp_path)
    (tmp_path / "main" / "subagents").mkdir(parents=True)
    with caplog.at_level(logging.WARNING):
        assert roles(await only(tmp_path)) == ["user", "assistant", "tool"]
    assert "'lost'" in caplog.text


@pytest.mark.parametrize(
    ("name", "is_read"), [("tool-results/big.txt", True), ("tool-results/../../secret.txt", False)]
)
async def test_large_results_are_read_only_beside_their_session(tmp_path: Path, name: str, is_read: bool) -> None:
    (tmp_path / "a" / "tool-results").mkdir(parents=True)
    (tmp_path / "a" / "tool-results" / "big.txt").write_text("all of it")
    (tmp_path / "secret.txt").write_text("a secret")
    session = Session("a")
    session.user("Go")
    session.assistant("m", call("t"))
    preview = f"<persisted-output>\nsaved to: {tmp_path}/a/{name}\nPreview: al...\n</persisted-output>"
    session.result("t", preview)
    session.write(tmp_path)
    assert (await only(tmp_path)).messages[-1].text == ("all of it" if is_read else preview)


async def test_a_session_that_is_being_written_is_not_broken(tmp_path: Path) -> None:
    file = small("a").write(tmp_path)
    with file.open("a") as end:
        end.write('{"type": "user", "mess')
    found = await only(tmp_path)
    assert (len(found.messages), found.metadata["broken"]) == (4, 0)


async def test_unknown_and_broken_records_are_counted_and_the_first_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = small("a").write(tmp_path)
    with file.open("a") as end:
        end.write('{"type": "of-tomorrow"}\n{broken}\n{"type": "user", "message": 5}\n')
    with caplog.at_level(logging.WARNING):
        found = await only(tmp_path)
    assert (found.metadata["unknown"], found.metadata["broken"]) == (1, 2)
    assert found.metadata["unknown_types"] == "of-tomorrow"
    assert found.metadata["records"] == 6 + 3
    assert "line 8" in caplog.text


async def test_errors_of_the_service_are_events_and_no_answers(tmp_path: Path) -> None:
    session = Session()
    session.user("Go")
    session._add(
        "assistant",
        isApiErrorMessage=True,
        message={"id": "e", "role": "assistant", "model": "<synthetic>", "content": [text("Overloaded")]},
    )
    session.assistant("m", text("Back"))
    session.write(tmp_path)
    found = await only(tmp_path)
    assert [message.text for message in found.messages] == ["Go", "Back"]
    assert [event.error.message for event in found.events if event.event == "error"] == ["Overloaded"]
    assert found.model == "claude-opus-4-6"


async def test_sessions_of_one_plan_are_one_transcript_and_forks_count_once(tmp_path: Path) -> None:
    first = Session("s1", slug="bold-plan")
    first.user("Plan it")
    first.assistant("m1", text("A plan"))
    first.write(tmp_path)
    second = Session("s2", slug="bold-plan")
    second.records = [{**record, "sessionId": "s2"} for record in first.records]
    second.user("Now do it")
    second.assistant("m2", text("Done"))
    second.write(tmp_path)
    found = await only(tmp_path)
    assert [message.text for message in found.messages] == ["Plan it", "A plan", "Now do it", "Done"]
    assert (found.total_tokens, found.task_id) == (30, "bold-plan")
    assert json.loads(json.dumps(found.metadata["session_ids"])) == ["s1", "s2"]


async def test_limit_session_and_times_choose(tmp_path: Path) -> None:
    import os
    from datetime import UTC, datetime

    for number, id in enumerate("abc"):
        file = small(id).write(tmp_path)
        os.utime(file, (1_700_000_000 + number, 1_700_000_000 + number))
    assert [t.transcript_id for t in await read(tmp_path)] == ["c", "b", "a"]
    assert [t.transcript_id for t in await read(tmp_path, limit=2)] == ["c", "b"]
    assert [t.transcript_id for t in await read(tmp_path, session_id="b")] == ["b"]
    middle = datetime.fromtimestamp(1_700_000_001, UTC)
    assert [t.transcript_id for t in await read(tmp_path, from_time=middle)] == ["c", "b"]
    assert [t.transcript_id for t in await read(tmp_path, to_time=middle)] == ["a"]
