"""What is exported says the same as before, but for what is counted as lost; what is read back is equal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import atif
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from inspect_ai.event import Event, InfoEvent, ModelEvent, SpanBeginEvent, SpanEndEvent, ToolEvent
from inspect_ai.log import read_eval_log_async
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentImage,
    ContentReasoning,
    ContentText,
    GenerateConfig,
    ModelOutput,
    ModelUsage,
)
from inspect_ai.tool import ToolCall, ToolCallError, ToolInfo

from inspect_scout import Transcript, TranscriptContent, transcripts_db, transcripts_from
from support.cli import scout

pytestmark = pytest.mark.anyio

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
IMAGE = ContentImage(image=f"data:image/png;base64,{PIXEL}")


def conversation(id: str = "t-1", **fields: Any) -> Transcript:
    """Make a transcript with a tool, a sub-agent, an image, thoughts and an error."""
    call = ToolCall(id="c1", function="ask", arguments={"q": "weather"})
    answer = ChatMessageAssistant(
        id="a1",
        content=[ContentReasoning(reasoning="Hm."), ContentText(text="I ask.")],
        tool_calls=[call],
        source="generate",
    )
    question = ChatMessageUser(id="u1", content=[ContentText(text="Weather?"), IMAGE])
    result = ChatMessageTool(
        id="r1", content="sunny", tool_call_id="c1", function="ask", error=ToolCallError("timeout", "late")
    )
    last = ChatMessageAssistant(id="a2", content="It is sunny.", source="generate")
    system = ChatMessageSystem(id="s1", content="Be brief.")
    inner = ChatMessageUser(id="i1", content="weather")
    found = ChatMessageAssistant(id="i2", content="sunny", source="generate")
    usage = ModelUsage(input_tokens=10, output_tokens=5, total_tokens=19, input_tokens_cache_read=4)

    def model(given: list[Any], said: ChatMessageAssistant, span: str | None = None) -> ModelEvent:
        output = ModelOutput.from_message(said)
        output.usage, output.model = usage, "m-1"
        return ModelEvent(
            model="m-1",
            input=given,
            tools=[ToolInfo(name="ask", description="Ask.")],
            tool_choice="auto",
            config=GenerateConfig(),
            output=output,
            span_id=span,
        )

    events: list[Event] = [
        model([system, question], answer),
        SpanBeginEvent(id="sub", name="helper", type="agent", span_id="sub"),
        model([inner], found, "sub"),
        SpanEndEvent(id="sub", span_id="sub"),
        ToolEvent(id="c1", function="ask", arguments=call.arguments, result="sunny", agent_span_id="sub"),
        InfoEvent(data="a note"),
        model([system, question, answer, result], last),
    ]
    described: dict[str, Any] = {
        "source_type": "test",
        "source_id": "run-7",
        "task_set": "weather",
        "task_id": f"task {id}",
        "agent": "forecaster",
        "model": "m-1",
        "score": 0.5,
        "total_tokens": 57,
        "total_time": 2.5,
        "metadata": {"n": 1, "nested": {"a": [1, None]}},
    }
    messages: list[ChatMessage] = [system, question, answer, result, last]
    whole: dict[str, Any] = {"transcript_id": id, **described, **fields}
    return Transcript(**whole, messages=messages, events=events)


async def stored(place: Path, *transcripts: Transcript) -> Path:
    await transcripts_db(str(place)).insert(transcripts or [conversation()])
    return place


async def read(place: Path) -> list[Transcript]:
    source = transcripts_from(place).source
    index = await transcripts_from(place).index()
    everything = TranscriptContent(messages="all", events="all")
    return [(await (await source.locate(index.info(n))).read(everything)).transcript for n in range(len(index))]


def exported(source: Path, target: Path, form: str, *more: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        scout("db", "export", str(source), str(target), "--format", form, "--json", *more).out
    )
    return told


def described(transcript: Transcript, *without: str) -> dict[str, Any]:
    return transcript.model_dump(exclude={"source_uri", "metadata", "messages", "events", "timelines", *without})


async def test_lines_of_scout_are_read_back_as_they_were(tmp_path: Path) -> None:
    place = await stored(tmp_path / "db")
    told = exported(place, tmp_path / "all.jsonl", "jsonl")
    assert (told["transcripts"], told["losses"]) == (1, {})
    (before,), (after,) = await read(place), await read(tmp_path / "all.jsonl")
    assert after.messages == before.messages
    assert after.events == before.events
    assert described(after) == described(before)
    assert {name: after.metadata[name] for name in before.metadata} == before.metadata


async def test_samples_of_logs_keep_all_that_reading_them_gives(tmp_path: Path, example_logs: Path) -> None:
    exported(example_logs, tmp_path / "all.jsonl", "jsonl")
    before = {each.transcript_id: each for each in await read(example_logs)}
    for after in await read(tmp_path / "all.jsonl"):
        same = before.pop(after.transcript_id)
        assert (after.messages, after.events) == (same.messages, same.events)
        assert {name: after.metadata.get(name) for name in same.metadata} == same.metadata
    assert not before


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(
    id=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
    texts=st.lists(TEXT.filter(bool), min_size=1, max_size=4),
    score=st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | st.lists(TEXT, max_size=2),
    metadata=st.dictionaries(st.sampled_from("abc"), st.none() | TEXT | st.lists(st.integers(0, 9), max_size=2)),
)
@example(id="a#b", texts=["x"], score=None, metadata={})
@settings(max_examples=10, deadline=None)
def test_any_transcript_comes_back(
    tmp_path_factory: pytest.TempPathFactory, id: str, texts: list[str], score: Any, metadata: dict[str, Any]
) -> None:
    import asyncio

    folder = tmp_path_factory.mktemp("export")
    messages: list[ChatMessage] = [ChatMessageUser(id=str(n), content=text) for n, text in enumerate(texts)]
    transcript = Transcript(transcript_id=id, score=score, metadata=metadata, messages=messages, events=[])
    place = asyncio.run(stored(folder / "db", transcript))
    (before,) = asyncio.run(read(place))
    for form, target in (("jsonl", "a.jsonl"), ("openai", "b.jsonl"), ("atif", "c"), ("eval", "d")):
        exported(place, folder / target, form)
        (after,) = asyncio.run(read(folder / target))
        assert [message.text for message in after.messages] == texts
        if form != "openai":
            assert after.transcript_id == id
        if form in ("jsonl", "eval"):
            assert after.score == before.score


async def test_conversations_of_openai_keep_what_they_can(tmp_path: Path) -> None:
    place = await stored(tmp_path / "db")
    told = exported(place, tmp_path / "c.jsonl", "openai")
    assert told["losses"]["errors of tools"] == 1
    assert told["losses"]["info events"] == 1
    (line,) = (tmp_path / "c.jsonl").read_text().splitlines()
    chat = json.loads(line)
    system, question, answer, result, last = chat["messages"]
    assert system == {"role": "system", "content": "Be brief."}
    assert [part["type"] for part in question["content"]] == ["text", "image_url"]
    assert (answer["content"], answer["reasoning_content"]) == ("I ask.", "Hm.")
    (call,) = answer["tool_calls"]
    assert (call["id"], call["function"]["name"], json.loads(call["function"]["arguments"])) == (
        "c1",
        "ask",
        {"q": "weather"},
    )
    assert result == {"role": "tool", "content": "sunny", "tool_call_id": "c1"}
    assert last == {"role": "assistant", "content": "It is sunny."}
    assert [tool["function"]["name"] for tool in chat["tools"]] == ["ask"]
    assert chat["metadata"]["task_id"] == "task t-1"
    (after,) = await read(tmp_path / "c.jsonl")
    assert [message.role for message in after.messages] == ["system", "user", "assistant", "tool", "assistant"]


async def test_trajectories_are_as_the_format_says(tmp_path: Path) -> None:
    place = await stored(tmp_path / "db")
    told = exported(place, tmp_path / "out", "atif")
    assert (told["files"], told["losses"]) == (2, {"info events": 1})
    document = json.loads((tmp_path / "out" / "t-1.json").read_text())
    trajectory = atif.Trajectory.model_validate(document)
    assert [step.source for step in trajectory.steps] == ["system", "user", "agent", "agent"]
    observation = trajectory.steps[2].observation
    assert observation is not None
    assert observation.results[0].source_call_id == "c1"
    assert trajectory.subagent_trajectories is not None
    assert trajectory.subagent_trajectories[0].agent.name == "helper"
    assert trajectory.final_metrics is not None
    assert (trajectory.final_metrics.total_prompt_tokens, trajectory.final_metrics.total_cached_tokens) == (42, 12)
    assert (tmp_path / "out" / "t-1.1.png").read_bytes().startswith(b"\x89PNG")
    (after,) = await read(tmp_path / "out")
    before = conversation()
    assert [(each.role, each.text) for each in after.messages] == [(each.role, each.text) for each in before.messages]
    assert any(event.event == "span_begin" and event.type == "agent" for event in after.events)
    assert (after.transcript_id, after.agent, after.model, after.total_tokens) == ("t-1", "forecaster", "m-1", 57)


async def test_logs_are_opened_by_inspect_and_by_us(tmp_path: Path) -> None:
    place = await stored(tmp_path / "db", conversation("t-1"), conversation("t-2", task_id="task t-1", limit="time"))
    told = exported(place, tmp_path / "logs", "eval")
    assert (told["transcripts"], told["files"], told["losses"]) == (2, 1, {})
    (file,) = (tmp_path / "logs").iterdir()
    log = await read_eval_log_async(str(file))
    assert log.samples is not None
    assert (log.eval.task, log.eval.model, {sample.uuid for sample in log.samples}) == (
        "weather",
        "m-1",
        {"t-1", "t-2"},
    )
    assert len({(sample.id, sample.epoch) for sample in log.samples}) == 2
    before = {each.transcript_id: each for each in await read(place)}
    for after in await read(tmp_path / "logs"):
        same = before[after.transcript_id]
        assert after.messages == same.messages
        assert after.events == same.events
        assert (after.score, after.agent, after.total_tokens, after.total_time) == (0.5, "forecaster", 57, 2.5)
        assert after.metadata["sample_metadata"]["nested"] == {"a": [1, None]}


async def test_nothing_is_there_before_all_is_written(tmp_path: Path) -> None:
    place = await stored(tmp_path / "db")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    refused = scout("db", "export", str(place), str(tmp_path / "out"), "--format", "atif")
    assert refused.code != 0
    assert "--overwrite" in refused.err
    assert (tmp_path / "out" / "mine.txt").exists()
    exported(place, tmp_path / "out", "atif", "--overwrite")
    assert not (tmp_path / "out" / "mine.txt").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert "s3://bucket" in scout("db", "export", str(place), "s3://bucket/x", "--format", "jsonl").err


async def test_hostile_ids_stay_in_the_folder(tmp_path: Path) -> None:
    ids = ["../../outside", "a/b", "A/B", "\u202eevil", "." * 3, "x" * 300]
    place = await stored(tmp_path / "db", *(conversation(id) for id in ids))
    told = exported(place, tmp_path / "deep" / "out", "atif")
    assert told["transcripts"] == len(ids)
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["out"]
    files = list((tmp_path / "deep" / "out").glob("*.json"))
    assert len(files) == len(ids)
    assert {json.loads(file.read_text())["trajectory_id"] for file in files} == set(ids)


async def test_secrets_are_masked_and_chosen_transcripts_alone_are_written(tmp_path: Path) -> None:
    key = "sk-" + "abcdef0123456789" * 2
    one = conversation("t-1")
    one.messages[-1].content = f"The key is {key}."
    place = await stored(tmp_path / "db", one, conversation("t-2"), conversation("t-3", agent="other"))
    told = exported(place, tmp_path / "a.jsonl", "jsonl", "--mask", "--where", "agent = 'forecaster'", "--limit", "1")
    assert (told["transcripts"], told["masked"] > 0) == (1, True)
    assert key not in (tmp_path / "a.jsonl").read_text()
    assert len(await read(tmp_path / "a.jsonl")) == 1
