"""What sessions of Claude Code say by their links: branches, forks, what a compaction keeps, and which file a sub-agent is in."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from _importers.claude_sessions import Session, call, small, text
from inspect_scout import Transcript, transcripts_from
from inspect_scout.sources import claude_code

pytestmark = pytest.mark.anyio


async def read(place: Path) -> list[Transcript]:
    return [transcript async for transcript in claude_code(place)]


async def only(place: Path) -> Transcript:
    (found,) = await read(place)
    return found


def said(transcript: Transcript) -> list[str]:
    return [message.text for message in transcript.messages]


def asked(transcript: Transcript) -> list[list[str]]:
    """What each call of a model was given."""
    return [[message.text for message in event.input] for event in transcript.events if event.event == "model"]


def agents(transcript: Transcript) -> list[str]:
    return [event.name for event in transcript.events if event.event == "span_begin" and event.type == "agent"]


def infos(transcript: Transcript) -> list[Any]:
    return [event.data for event in transcript.events if event.event == "info"]


async def test_the_branch_that_goes_on_is_the_conversation(tmp_path: Path) -> None:
    session = Session("a")
    session.user("Hello")
    start = session.assistant("m1", text("Hi"))
    session.user("First way")
    first = session.assistant("m2", text("One"))
    session.rewind(start)
    session.user("Second way")
    session.assistant("m3", text("Two"))
    session.rewind(first)
    session.user("More of the first")
    session.assistant("m4", text("One and a half"))
    session.write(tmp_path)
    found = await only(tmp_path)
    assert said(found) == ["Hello", "Hi", "First way", "One", "More of the first", "One and a half"]
    assert asked(found) == [
        ["Hello"],
        ["Hello", "Hi", "First way"],
        ["Hello", "Hi", "Second way"],
        ["Hello", "Hi", "First way", "One", "More of the first"],
    ]


async def test_a_prompt_that_was_edited_before_its_answer_is_kept(tmp_path: Path) -> None:
    session = Session("a")
    session.user("Hello")
    start = session.assistant("m1", text("Hi"))
    session.user("Frist")
    session.rewind(start)
    session.user("First")
    session.assistant("m2", text("Yes"))
    session.write(tmp_path)
    found = await only(tmp_path)
    assert said(found) == ["Hello", "Hi", "First", "Yes"]
    assert infos(found) == [{"rewound": ["Frist"]}]


@pytest.mark.parametrize("how", ["messages", "segment"])
async def test_what_a_compaction_preserves_stays_behind_the_summary(tmp_path: Path, how: str) -> None:
    session = Session("a")
    session.user("Long ago")
    session.assistant("m1", text("Old"))
    head = session.user("Lately")
    tail = session.assistant("m2", text("New"))
    kept: dict[str, dict[str, Any]] = {
        "messages": {"preservedMessages": {"anchorUuid": "sum", "uuids": [head, tail], "allUuids": [head, tail]}},
        "segment": {"preservedSegment": {"headUuid": head, "anchorUuid": "sum", "tailUuid": tail}},
    }
    session.rewind(None)
    session.system("compact_boundary", logicalParentUuid=tail, compactMetadata={"trigger": "auto", **kept[how]})
    session.user("The summary", isCompactSummary=True, uuid="sum")
    session.user("Go on")
    session.assistant("m3", text("Sure"))
    session.write(tmp_path)
    assert asked(await only(tmp_path))[-1] == ["The summary", "Lately", "New", "Go on"]


@pytest.mark.parametrize("slug", ["a-plan", None])
async def test_a_fork_goes_on_where_its_session_was(tmp_path: Path, slug: str | None) -> None:
    session = Session("a", slug=slug)
    session.user("Hello")
    shared = session.assistant("m1", text("Hi"))
    fork = Session("b", slug=slug)
    fork.records = [{**record, "sessionId": "b"} for record in session.records]
    session.user("One way")
    session.assistant("m2", text("One"))
    session.write(tmp_path)
    fork.rewind(shared)
    fork.user("Another way")
    fork.assistant("m3", text("Another"))
    fork.write(tmp_path)
    found = await only(tmp_path)
    assert asked(found) == [["Hello"], ["Hello", "Hi", "One way"], ["Hello", "Hi", "Another way"]]
    assert found.total_tokens == 3 * 15
    assert found.metadata["session_ids"] == ["a", "b"]
    assert infos(found) == [{"context": "fork", "session_id": "b"}]


async def test_a_record_that_contradicts_another_of_its_uuid_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    session = small("a")
    session.records.append(dict(session.records[-1]))
    session.user("Something else", uuid=session.records[1]["uuid"])
    session.write(tmp_path)
    with caplog.at_level(logging.WARNING):
        found = await only(tmp_path)
    assert len(found.messages) == 4
    assert (found.metadata["skipped"], found.metadata["broken"]) == (2, 1)
    assert "another record has the uuid 'a-2' as well" in caplog.text


async def test_answers_that_were_refused_are_told_of(tmp_path: Path) -> None:
    session = small("a")
    refused = {"originalModel": "claude-big", "fallbackModel": "claude-small", "retractedMessageUuids": ["x"]}
    session.system("model_refusal_fallback", **refused, apiRefusalCategory="policy")
    session.write(tmp_path)
    assert infos(await only(tmp_path)) == [
        {
            "model_refusal_fallback": {
                "api_refusal_category": "policy",
                "original_model": "claude-big",
                "fallback_model": "claude-small",
                "retracted_message_uuids": ["x"],
            }
        }
    ]


async def test_all_versions_that_wrote_a_session_are_said(tmp_path: Path) -> None:
    session = Session("a", version="2.1.80")
    session.user("Hello")
    session.assistant("m1", text("Hi"), version="2.1.81")
    session.write(tmp_path)
    assert (await only(tmp_path)).metadata["versions"] == ["2.1.80", "2.1.81"]


def agent(id: str, task: str) -> Session:
    found = Session("main", isSidechain=True, agentId=id)
    found.user(task, uuid=f"{id}-1")
    found.assistant(f"n-{id}", text(f"{id} has done it"), uuid=f"{id}-2")
    return found


async def test_each_agent_of_a_workflow_has_its_own_line(tmp_path: Path) -> None:
    session = Session("main")
    session.user("Sweep")
    session.assistant("m1", call("t1", "Workflow", script="sweep"))
    session.result("t1", "Launched", toolUseResult={"runId": "wf1", "isAsync": True, "status": "async_launched"})
    session.write(tmp_path)
    run = tmp_path / "main" / "subagents" / "workflows" / "wf1"
    agent("w1", "Left half").write(run, "agent-w1")
    agent("w2", "Right half").write(run, "agent-w2")
    (run / "journal.jsonl").write_text('{"type":"started","key":"w1"}\n')
    found = await only(tmp_path)
    assert agents(found) == ["workflow", "agent-w1", "agent-w2"]
    assert asked(found) == [["Sweep"], ["Left half"], ["Right half"]]
    assert found.total_tokens == 3 * 15


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_workflow_without_files_is_named_if_it_should_have_some(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, is_async: bool
) -> None:
    session = Session("main")
    session.user("Sweep")
    session.assistant("m1", call("t1", "Workflow", script="sweep"))
    session.result("t1", "Launched", toolUseResult={"runId": "wf1", "isAsync": is_async})
    session.write(tmp_path)
    with caplog.at_level(logging.WARNING):
        await only(tmp_path)
    assert ("the files of this workflow are not there" in caplog.text) is not is_async


@pytest.mark.parametrize("is_answered", [True, False])
async def test_a_sub_agent_that_nothing_names_is_known_by_its_task(tmp_path: Path, is_answered: bool) -> None:
    session = Session("main")
    session.user("Do it")
    session.assistant("m1", call("t1", "Task", prompt="Look around", subagent_type="Explore"))
    if is_answered:
        session.result("t1", "Found")
    session.write(tmp_path)
    beside = tmp_path / "main" / "subagents"
    agent("ag1", "Look around").write(beside, "agent-ag1")
    found = await only(tmp_path)
    assert agents(found) == ["Explore"]
    assert asked(found) == [["Do it"], ["Look around"]]


async def test_a_sub_agent_that_belongs_to_no_call_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    small("main").write(tmp_path)
    beside = tmp_path / "main" / "subagents"
    agent("ag1", "Look around").write(beside, "agent-ag1")
    agent("c1", "Write a summary").write(beside, "agent-acompact-c1")
    with caplog.at_level(logging.WARNING):
        assert len((await only(tmp_path)).messages) == 4
    assert "agent-ag1.jsonl': no call names this sub-agent" in caplog.text
    assert "acompact" not in caplog.text


@pytest.mark.parametrize("place", ["main/subagents", "."])
async def test_a_sub_agent_without_its_session_is_read_by_itself(tmp_path: Path, place: str) -> None:
    file = agent("ag1", "Look around").write(tmp_path / place, "agent-ag1")
    for where in (tmp_path, file):
        (found,) = [info async for info in transcripts_from(where)]
        assert (found.transcript_id, found.source_id, found.message_count) == ("ag1", "main", 2)


async def test_a_sub_agent_can_be_named_though_its_session_is_there(tmp_path: Path) -> None:
    small("main").write(tmp_path)
    file = agent("ag1", "Look around").write(tmp_path, "agent-ag1")
    assert [info.transcript_id async for info in transcripts_from(file)] == ["ag1"]
    assert [info.transcript_id async for info in transcripts_from(tmp_path)] == ["main"]


async def test_sessions_are_where_the_program_was_told_to_keep_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small("a").write(tmp_path / "projects" / "-home-ada-shop")
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path))
    assert [transcript.transcript_id async for transcript in claude_code()] == ["a"]


async def test_a_contradiction_behind_a_repeated_record_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    session = small("a")
    session.records.append(dict(session.records[1]))
    later = session.user("And then")
    session.user("Something else", uuid=later)
    session.write(tmp_path)
    with caplog.at_level(logging.WARNING):
        assert said(await only(tmp_path))[-1] == "And then"
    assert f"another record has the uuid {later!r} as well" in caplog.text


async def test_a_call_that_waits_starts_an_agent_only_if_it_has_a_file(tmp_path: Path) -> None:
    session = Session("main")
    session.user("Do it")
    session.assistant("m1", call("t1", "Task", prompt="Look around"))
    session.write(tmp_path)
    found = await only(tmp_path)
    assert agents(found) == []
    assert [(event.function, event.pending) for event in found.events if event.event == "tool"] == [("Task", True)]


async def test_an_agent_in_the_file_of_its_session_starts_once(tmp_path: Path) -> None:
    session = Session("main")
    session.user("Do it")
    session.assistant("m1", call("t1", "Task", prompt="Look around"))
    session.rewind(None)
    session.user("Look around", isSidechain=True)
    session.assistant("n1", text("Nothing"), isSidechain=True)
    session.write(tmp_path)
    found = await only(tmp_path)
    assert agents(found) == ["agent"]
    assert asked(found) == [["Do it"], ["Look around"]]


async def test_an_agent_that_a_sub_agent_waits_for_is_read(tmp_path: Path) -> None:
    session = Session("main")
    session.user("Do it")
    session.assistant("m1", call("t1", "Task", prompt="Look around"))
    session.write(tmp_path)
    beside = tmp_path / "main" / "subagents"
    outer = Session("main", isSidechain=True, agentId="ag1")
    outer.user("Look around", uuid="g1")
    outer.assistant("n1", call("t2", "Task", prompt="Look deeper"), uuid="g2")
    outer.write(beside, "agent-ag1")
    agent("ag2", "Look deeper").write(beside, "agent-ag2")
    assert asked(await only(tmp_path)) == [["Do it"], ["Look around"], ["Look deeper"]]
