"""What is decoded equals what Inspect's own reader gives, for every kind of event, whole and streamed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, cast, get_args

import pytest
from inspect_ai.event import Event, Timeline, ToolEvent, timeline_build
from inspect_ai.log import EvalSample
from inspect_ai.model import ChatMessageUser
from pydantic import BaseModel, TypeAdapter

from inspect_scout._transcripts.decode.sample import decode_sample
from inspect_scout._transcripts.decode.source import MemoryBytes
from inspect_scout._transcripts.decode.stream import open_sample
from inspect_scout._transcripts.eval_log.locator import SampleLocator, SampleSource
from inspect_scout._types import Transcript, TranscriptContent, TranscriptInfo
from support.event_kinds import LONG, rich_sample, write_log
from support.inspect_logs import list_eval_logs, read_eval_log, read_eval_log_sample, read_eval_log_sample_summaries

KINDS: list[str] = sorted(member.model_fields["event"].default for member in get_args(Event))
INFO = TranscriptInfo(transcript_id="t")
EVERYTHING = TranscriptContent(messages="all", events="all", timeline="all")
CONTENT = TranscriptContent(messages="all", events="all")


def difference(a: Any, b: Any, path: str = "") -> str | None:
    """Where two values differ; NaN equals NaN, classes and types count; ids that Inspect leaves out may be derived."""
    if type(a) is not type(b):
        if isinstance(a, str) and str(b) == "None" and path.endswith((".id", ".uuid")):
            return None
        return f"{path}: {type(a)} and {type(b)}"
    if isinstance(a, BaseModel):
        return difference(fields(a), fields(b), f"{path}/{type(a).__name__}")
    if is_dataclass(a):
        return difference(vars(a), vars(b), path)
    if type(a) is dict:
        one, other = cast("dict[str, Any]", a), cast("dict[str, Any]", b)
        if list(one) != list(other):
            return f"{path}: keys {list(one)} and {list(other)}"
        return first(difference(one[key], other[key], f"{path}.{key}") for key in one)
    if type(a) in {list, tuple}:
        if len(a) != len(b):
            return f"{path}: {len(a)} and {len(b)} items"
        return first(difference(x, y, f"{path}[{i}]") for i, (x, y) in enumerate(zip(a, b, strict=True)))
    same = a == b or (isinstance(a, float) and math.isnan(a) and math.isnan(b))
    return None if same else f"{path}: {a!r} and {b!r}"


def fields(model: BaseModel) -> dict[str, Any]:
    # not dict(model): resolving attachments, Inspect gives messages that are not the assistant's an attribute `tool_calls`
    known = {name: getattr(model, name) for name in type(model).model_fields}
    return {**known, **(model.model_extra or {})}


def first(differences: Iterator[str | None]) -> str | None:
    return next((found for found in differences if found is not None), None)


def source_of(log: str, sample: EvalSample) -> SampleSource:
    return SampleLocator().sample(log, str(sample.id), sample.epoch)


async def streamed(source: Any, content: TranscriptContent) -> Transcript:
    """Read item by item, then whole; both must agree."""
    async with open_sample(source, INFO, content) as handle:
        messages = [message async for message in handle.messages()]
        events = [event async for event in handle.events()]
        again = [event async for event in handle.events()]
        loaded = await handle.load()
        assert await handle.load() is loaded
    assert difference(messages, loaded.messages) is None
    assert difference(events, loaded.events) is None
    assert difference(again, loaded.events) is None
    return loaded


async def check(source: Any, expected: EvalSample) -> Transcript:
    whole = decode_sample(source, INFO, CONTENT).transcript
    assert difference(whole.messages, expected.messages) is None
    assert difference(whole.events, expected.events) is None
    assert difference(await streamed(source, CONTENT), whole) is None
    return whole


def test_sample_of_these_tests_has_every_kind_of_event() -> None:
    assert {event.event for event in rich_sample().events} == set(KINDS)


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["log.eval", "log.json"])
async def test_every_kind_of_event_is_read_as_inspect_reads_it(tmp_path: Path, name: str) -> None:
    log = write_log(tmp_path / name, rich_sample())
    expected = read_eval_log_sample(log, "rich", 1, resolve_attachments="full")
    source = source_of(log, expected)
    if name == "log.eval":
        stored = json.loads(source.read())
        assert stored["events_data"]["messages"]
        assert stored["attachments"]
    transcript = await check(source, expected)
    assert transcript.metadata == {
        "sample_metadata": {"difficulty": "hard", "notes": LONG},
        "target": ["a", "b"],
        "scores": json.loads(source.read())["scores"],
    }


@pytest.mark.parametrize("kind", KINDS)
def test_one_kind_of_event_can_be_asked_for(tmp_path: Path, kind: str) -> None:
    log = write_log(tmp_path / "log.eval", rich_sample())
    expected = read_eval_log_sample(log, "rich", 1, resolve_attachments="full")
    found = decode_sample(source_of(log, expected), INFO, TranscriptContent(events=[kind])).transcript
    assert difference(found.events, [event for event in expected.events if event.event == kind]) is None
    assert found.messages == []


@pytest.mark.anyio
@pytest.mark.parametrize("roles", [["user"], ["assistant", "tool"], []])
async def test_roles_can_be_asked_for(tmp_path: Path, roles: list[Any]) -> None:
    log = write_log(tmp_path / "log.eval", rich_sample())
    expected = read_eval_log_sample(log, "rich", 1, resolve_attachments="full")
    content = TranscriptContent(messages=roles)
    found = decode_sample(source_of(log, expected), INFO, content).transcript
    assert difference(found.messages, [message for message in expected.messages if message.role in roles]) is None
    assert difference(await streamed(source_of(log, expected), content), found) is None


@pytest.mark.anyio
async def test_nan_and_infinities_are_read(tmp_path: Path) -> None:
    rich = rich_sample()
    values = {"a": math.nan, "b": [math.inf, -math.inf], "text": "NaN, Infinity"}
    sample = rich.model_copy(update={"metadata": values, "messages": [ChatMessageUser(content="x", metadata=values)]})
    log = write_log(tmp_path / "log.eval", sample)
    expected = read_eval_log_sample(log, "rich", 1, resolve_attachments="full")
    assert b":NaN" in source_of(log, expected).read()
    transcript = await check(source_of(log, expected), expected)
    assert difference(transcript.metadata["sample_metadata"], values) is None


@pytest.mark.anyio
async def test_example_logs_are_read_as_inspect_reads_them(example_logs: Path) -> None:
    logs = [info.name.removeprefix("file://") for info in list_eval_logs(str(example_logs))]
    assert logs
    for log in logs:
        for summary in read_eval_log_sample_summaries(log)[:3]:
            expected = read_eval_log_sample(log, summary.id, summary.epoch, resolve_attachments="full")
            await check(source_of(log, expected), expected)


@pytest.mark.anyio
async def test_stored_timelines_name_the_events_of_the_transcript(tmp_path: Path) -> None:
    rich = rich_sample()
    stored = timeline_build(rich.events, name="mine", description="by hand")
    log = write_log(tmp_path / "log.eval", rich.model_copy(update={"timelines": [stored]}))
    expected = read_eval_log_sample(log, "rich", 1, resolve_attachments="full")
    found = decode_sample(source_of(log, expected), INFO, EVERYTHING).transcript
    assert difference(found.timelines, expected.timelines) is None
    only_tools = TranscriptContent(events=["tool"], timeline=["model"])
    narrow = decode_sample(source_of(log, expected), INFO, only_tools).transcript
    assert difference(narrow.timelines, expected.timelines) is None
    assert {event.event for event in narrow.events} == {"tool"}
    assert decode_sample(source_of(log, expected), INFO, CONTENT).transcript.timelines == []
    async with open_sample(source_of(log, expected), INFO, EVERYTHING) as handle:
        assert difference(await handle.load(), found) is None


def test_timelines_are_built_when_none_are_stored(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.eval", rich_sample())
    source = source_of(log, rich_sample())
    found = decode_sample(source, INFO, TranscriptContent(timeline=True)).transcript
    expected = timeline_build(found.events)
    assert [shape(timeline) for timeline in found.timelines] == [shape(expected)]
    # all events stay when no events are asked for besides the timeline
    assert len(found.events) == len(rich_sample().events)
    pruned = decode_sample(source, INFO, TranscriptContent(timeline=["tool"])).transcript.timelines[0]
    assert {node["event"] for node in leaves(pruned.model_dump()["root"])} == {
        event.uuid for event in found.events if event.event == "tool"
    }


def shape(timeline: Timeline) -> Any:
    return json.loads(timeline.model_dump_json(exclude={"root": {"id"}}).replace(LONG, ""))


def leaves(span: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in (*span["content"], *span["branches"]):
        if item["type"] == "event":
            yield item
        else:
            yield from leaves(item)


# ----------------------------------------------------------------------------------------------------------------------
# Older shapes


def raw_sample(**parts: Any) -> bytes:
    return json.dumps({"id": 1, "epoch": 1, "input": "i", "target": "t", **parts}).encode()


def as_inspect_reads(tmp_path: Path, data: bytes) -> EvalSample:
    """Put a sample written by hand into a log, and read that with Inspect."""
    log = json.loads(Path(write_log(tmp_path / "old.json", rich_sample())).read_bytes())
    log["samples"] = [json.loads(data)]
    (tmp_path / "old.json").write_text(json.dumps(log))
    samples = read_eval_log(str(tmp_path / "old.json"), resolve_attachments="full").samples
    assert samples
    return samples[0]


OLD_EVENT = {"timestamp": "2024-05-06T07:08:09", "working_start": 0.5, "uuid": "u"}


@pytest.mark.anyio
async def test_older_shapes_are_read_as_inspect_migrates_them(tmp_path: Path) -> None:
    digest = "0123456789abcdef" * 2
    data = raw_sample(
        score={"value": 1},
        attachments={digest: LONG},
        messages=[
            {"role": "tool", "content": "x", "tool_error": "went wrong"},
            {"role": "user", "content": f"tc://{digest}"},
            {"role": "assistant", "content": "y", "tool_calls": [{"id": "c", "function": "f", "arguments": {}, "type": None}]},
            {"content": "no role"},
        ],
        events=[
            {"event": "step", "action": "begin", "name": "s", **OLD_EVENT},
            {"event": "subtask", "name": "s", "input": [1, 2], "events": [], **OLD_EVENT},
            {"event": "branch", "from_message": "m", "from_span": "s", **OLD_EVENT},
            {"event": "score", "score": {"value": None}, "intermediate": True, **OLD_EVENT},
            {"event": "logger", "message": {"level": "tools", "message": "m", "created": 1}, **OLD_EVENT},
            {
                "event": "model",
                "model": "m",
                "input": [{"role": "user", "content": f"attachment://{digest}"}],
                "tools": [],
                "tool_choice": "auto",
                "config": {"reasoning_history": True, "forgotten_option": 1},
                "output": {"choices": [{"message": {"role": "assistant", "content": "z"}, "stop_reason": "length"}]},
                **OLD_EVENT,
            },
        ],
    )  # fmt: skip
    expected = as_inspect_reads(tmp_path, data)
    transcript = await check(MemoryBytes(data), expected)
    assert transcript.messages[1].content == LONG
    assert [message.id for message in expected.messages] == [None] * 4
    assert len({message.id for message in transcript.messages} - {None}) == 4
    assert transcript.metadata["scores"] == {next(iter(expected.scores or {})): {"value": 1}}


@pytest.mark.anyio
async def test_events_kept_under_transcript_are_found() -> None:
    digest = "f" * 32
    info = {"event": "info", "data": f"attachment://{digest}", **OLD_EVENT}
    data = raw_sample(messages=[], transcript={"events": [info], "content": {digest: LONG}})
    whole = decode_sample(MemoryBytes(data), INFO, CONTENT).transcript
    assert [getattr(event, "data", None) for event in whole.events] == [LONG]
    assert difference(await streamed(MemoryBytes(data), CONTENT), whole) is None


@pytest.mark.anyio
async def test_pools_at_the_top_of_a_sample_are_used() -> None:
    model = {
        "event": "model", "model": "m", "input": [], "tools": [], "tool_choice": "auto", "config": {}, "output": {},
        "input_refs": [[-2, 99], [0, 1]], "call": {"request": {"a": 1}, "call_refs": [[0, 2]], "call_key": "contents"},
        **OLD_EVENT,
    }  # fmt: skip
    pool = [{"role": "user", "content": str(i), "id": str(i)} for i in range(3)]
    data = raw_sample(messages=[], events=[model, model], message_pool=pool, call_pool=[{"x": 1}, None])
    whole = decode_sample(MemoryBytes(data), INFO, CONTENT).transcript
    one, other = (dict(event) for event in whole.events)
    assert [message.id for message in one["input"]] == ["1", "2", "0"]
    assert one["call"].request == {"a": 1, "contents": [{"x": 1}, None]}
    assert (one["input_refs"], one["call"].call_refs, one["call"].call_key) == (None, None, None)
    # made once, shared by both
    assert all(a is b for a, b in zip(one["input"], other["input"], strict=True))
    assert difference(await streamed(MemoryBytes(data), CONTENT), whole) is None


@pytest.mark.anyio
async def test_events_nested_in_tool_events_become_events() -> None:
    inner: dict[str, Any] = {"event": "tool", "id": "i", "function": "g", "arguments": {}, "events": [], **OLD_EVENT}
    info = {"event": "info", "data": 1, **OLD_EVENT}
    odd: list[Any] = [{"no": "event"}, {"event": "nothing"}, {"event": "info"}, "text", 5]
    outer: dict[str, Any] = {**inner, "id": "o", "events": [{**inner, "events": [info]}, info, *odd]}
    data = raw_sample(messages=[], events=[outer])
    whole = decode_sample(MemoryBytes(data), INFO, CONTENT).transcript
    event = whole.events[0]
    assert isinstance(event, ToolEvent)
    nested = event.events[0]
    assert isinstance(nested, ToolEvent)
    adapter: TypeAdapter[Event] = TypeAdapter(Event)
    assert difference(nested.events, [adapter.validate_python(info, context={"deserializing": True})]) is None
    assert [type(each) for each in event.events[2:]] == [dict, dict, dict, str, int]
    assert difference(await streamed(MemoryBytes(data), CONTENT), whole) is None
