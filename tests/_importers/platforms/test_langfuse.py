"""Traces of Langfuse become transcripts, from downloads, scheduled exports and both of its interfaces."""

from __future__ import annotations

import csv
import gzip
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from _importers.documents import read, write
from _importers.platforms.platform_server import Asked, PlatformServer, Reply, serving_platform
from inspect_scout import Transcript, transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, langfuse, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio


def observation(trace: str, number: int, parent: int | None, kind: str, name: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"{trace}-o{number}",
        "traceId": trace,
        "type": kind,
        "name": name,
        "parentObservationId": None if parent is None else f"{trace}-o{parent}",
        "startTime": f"2026-06-01T10:00:{number:02}.000Z",
        "endTime": "2026-06-01T10:00:09.000Z" if parent is None else f"2026-06-01T10:00:{number:02}.500Z",
        "input": None,
        "output": None,
        "metadata": {},
        "level": "DEFAULT",
        "statusMessage": None,
        "projectId": "p1",
        "updatedAt": "2026-06-01T10:01:00.000Z",
        **fields,
    }


CALL = {"id": "c1", "type": "function", "function": {"name": "ls", "arguments": '{"p": "."}'}}
ASKED: list[Any] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is here?"}]
FIRST = {"role": "assistant", "content": "", "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "a.txt"}


def observations(trace: str = "t") -> list[dict[str, Any]]:
    usage = {"input": 10, "output": 5, "total": 15}
    tools = [{"type": "function", "function": {"name": "ls", "parameters": {"properties": {"p": {"type": "string"}}}}}]
    return [
        observation(trace, 0, None, "SPAN", "main", input={"question": "What is here?"}, sessionId="s1", userId="u1"),
        observation(trace, 1, 0, "AGENT", "helper"),
        observation(
            *(trace, 2, 1, "GENERATION", "chat"),
            input={"messages": ASKED, "tools": tools},
            output=FIRST,
            model="gpt-4o",
            modelParameters={"temperature": "0.5", "max_tokens": 100},
            usageDetails=usage,
            costDetails={"total": 0.25},
        ),
        observation(trace, 3, 1, "TOOL", "ls", input={"p": "."}, output="a.txt"),
        observation(
            *(trace, 4, 1, "GENERATION", "chat"),
            input=[*ASKED, FIRST, RESULT],
            output={"role": "assistant", "content": "a.txt"},
            model="gpt-4o",
            usageDetails={"input": 20, "output": 2, "total": 22},
        ),
    ]


def scores() -> list[dict[str, Any]]:
    return [
        {"id": "sc1", "traceId": "t", "name": "helpful", "value": 0.5, "dataType": "NUMERIC", "comment": "it was"},
        {"id": "sc2", "traceId": "t", "name": "tone", "value": 1, "stringValue": "kind", "dataType": "CATEGORICAL"},
    ]


def trace_row(id: str = "t", **fields: Any) -> dict[str, Any]:
    return {
        "id": id,
        "projectId": "p1",
        "name": "demo",
        "timestamp": "2026-06-01T10:00:00.000Z",
        "sessionId": "s1",
        "userId": "u1",
        "tags": ["prod", "eu"],
        "metadata": {"team": "a", "task_repeat": 3},
        "updatedAt": "2026-06-01T10:02:00.000Z",
        "latency": 9,
        **fields,
    }


def assert_talk(transcript: Transcript) -> None:
    assert [message.role for message in transcript.messages] == ["system", "user", "assistant", "tool", "assistant"]
    assert transcript.messages[-1].text == "a.txt"
    tools = [event for event in transcript.events if event.event == "tool"]
    assert [(event.id, event.function, event.arguments, event.result) for event in tools] == [
        ("c1", "ls", {"p": "."}, "a.txt")
    ]
    models = [event for event in transcript.events if event.event == "model"]
    assert [len(event.input) for event in models] == [2, 4]
    assert (models[0].config.temperature, models[0].config.max_tokens) == (0.5, 100)
    assert [tool.name for tool in models[0].tools] == ["ls"]
    usage = models[0].output.usage
    assert usage is not None
    assert (usage.total_tokens, usage.total_cost) == (15, 0.25)
    assert (transcript.total_tokens, transcript.total_time, transcript.agent) == (37, 9.0, "helper")
    assert (transcript.source_type, transcript.source_id, transcript.model) == ("langfuse", "s1", "gpt-4o")
    assert transcript.date == "2026-06-01T10:00:00+00:00"


def assert_whole(transcript: Transcript) -> None:
    assert_talk(transcript)
    assert (transcript.task_id, transcript.task_repeat, transcript.task_set) == ("demo", 3, "p1")
    assert transcript.metadata["tags"] == ["prod", "eu"]
    assert (transcript.metadata["team"], transcript.metadata["user_id"]) == ("a", "u1")


def download(id: str = "t") -> dict[str, Any]:
    return {"trace": trace_row(id), "observations": observations(id)}


def snake(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a scheduled export: other names, times without a zone, content as text."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        key = "provided_model_name" if name == "model" else "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
        if name in ("startTime", "endTime", "timestamp", "updatedAt") and value:
            value = value.replace("T", " ").replace("Z", "000")
        found[key] = json.dumps(value) if isinstance(value, dict | list) else value
    return found


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("langfuse_export")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for id in "abc":
            write(tmp_path / f"trace-{id}.json", download(id))
        return tmp_path

    def grow(self, file: Path) -> None:
        write(file, [download(file.stem[-1]), download(f"{file.stem}-2")])


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        for id in "abc":
            write(tmp_path / f"trace-{id}.json", download(id))
        return transcripts_from(tmp_path).source


async def test_a_download_is_a_transcript(tmp_path: Path) -> None:
    whole = download()
    whole["trace"]["scores"] = scores()
    (one,) = await read(write(tmp_path / "trace-t.json", whole))
    assert_whole(one)
    assert one.score == {"helpful": 0.5, "tone": "kind"}
    assert one.metadata["score_comments"] == {"helpful": "it was"}


async def test_an_object_of_the_interface_is_one_as_well(tmp_path: Path) -> None:
    (one,) = await read(write(tmp_path / "t.json", {**trace_row(), "observations": observations()}))
    assert_whole(one)


async def test_a_download_without_content_has_the_conversation_of_its_trace(tmp_path: Path) -> None:
    rows = [{**each, "input": None, "output": None} for each in observations()]
    trace = trace_row(input=json.dumps({"messages": ASKED}), output='"a.txt"')
    (one,) = await read(write(tmp_path / "t.json", {"trace": trace, "observations": rows}))
    assert [message.role for message in one.messages] == ["system", "user", "assistant"]
    assert one.messages[-1].text == "a.txt"
    assert one.metadata["content"] == "root"
    assert one.total_tokens == 37


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "jsonl.gz"])
async def test_a_scheduled_export_is_joined_over_its_windows(tmp_path: Path, kind: str) -> None:
    about = {"session_id": "s1", "user_id": "u1", "trace_name": "demo", "tags": ["prod", "eu"]}
    rows = [{**snake(each), **about} for id in "tu" for each in observations(id)]
    stale = {**rows[4], "output": "stale", "updated_at": "2026-06-01 09:00:00.000000"}
    random.Random(0).shuffle(rows)
    for n, some in enumerate(([stale, *rows[:4]], rows[2:7], rows[7:])):
        place = tmp_path / "observations_v2" / f"2026-06-0{n + 1}.{kind}"
        place.parent.mkdir(exist_ok=True)
        lines = "".join(json.dumps(each) + "\n" for each in some)
        if kind == "csv":
            with place.open("w", newline="") as file:
                writer = csv.DictWriter(file, list({name: None for each in some for name in each}))
                writer.writeheader()
                writer.writerows({**each, "tags": json.dumps(each["tags"])} for each in some)
        elif kind == "jsonl.gz":
            place.write_bytes(gzip.compress(lines.encode()))
        else:
            write(place, some)
    write(tmp_path / "scores" / "2026-06-01.jsonl", [snake(each) for each in scores()])
    found = {each.transcript_id: each for each in await read(tmp_path)}
    assert set(found) == {"t", "u"}
    for each in found.values():
        assert_talk(each)
        assert (each.task_id, each.metadata["tags"]) == ("demo", ["prod", "eu"])
    assert found["t"].score == {"helpful": 0.5, "tone": "kind"}


async def test_the_older_export_is_joined_by_trace(tmp_path: Path) -> None:
    write(tmp_path / "traces" / "1.jsonl", [snake(trace_row())])
    write(tmp_path / "observations" / "1.jsonl", [snake(each) for each in observations()])
    write(tmp_path / "scores" / "1.jsonl", [snake(each) for each in scores()])
    (one,) = await read(tmp_path)
    assert_whole(one)
    assert one.score == {"helpful": 0.5, "tone": "kind"}


@pytest.mark.parametrize(
    ("buckets", "tokens"),
    [
        ({"input": 100, "output": 10, "total": 110, "input_cache_read": 80}, (20, 10, 80, 110)),
        ({"input": 20, "output": 10, "total": 110, "input_cache_read": 80}, (20, 10, 80, 110)),
        ({"input": 20, "output": 10, "input_cached_tokens": 80}, (20, 10, 80, 110)),
        ({"input": "7", "output": 3.0}, (7, 3, None, 10)),
    ],
)
async def test_no_token_of_a_cache_counts_twice(
    tmp_path: Path, buckets: dict[str, Any], tokens: tuple[int, int, int | None, int]
) -> None:
    rows = [observation("t", 0, None, "GENERATION", "chat", input="hi", output="ho", usageDetails=buckets)]
    (one,) = await read(write(tmp_path / "t.json", {"trace": trace_row(), "observations": rows}))
    (model,) = [event for event in one.events if event.event == "model"]
    usage = model.output.usage
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.input_tokens_cache_read, usage.total_tokens) == tokens
    assert one.total_tokens == tokens[-1]


async def test_an_error_of_the_root_is_that_of_the_transcript(tmp_path: Path) -> None:
    rows = observations()
    rows[0] |= {"level": "ERROR", "statusMessage": "boom"}
    rows[3] |= {"level": "ERROR", "statusMessage": "denied", "output": None}
    (one,) = await read(write(tmp_path / "t.json", {"trace": trace_row(), "observations": rows}))
    assert one.error == "boom"
    (tool,) = [event for event in one.events if event.event == "tool"]
    assert tool.error is not None
    assert tool.error.message == "denied"


async def test_definitions_of_tools_among_the_messages_are_not_messages(tmp_path: Path) -> None:
    tool: dict[str, Any] = {"type": "function", "function": {"name": "ls", "parameters": {}}}
    given: list[Any] = [*ASKED, {"role": "tool", "content": tool}]
    rows = [observation("t", 0, None, "GENERATION", "ChatOpenAI", input=given, output=FIRST)]
    (one,) = await read(write(tmp_path / "t.json", {"trace": trace_row(), "observations": rows}))
    assert [message.role for message in one.messages] == ["system", "user", "assistant"]
    (model,) = [event for event in one.events if event.event == "model"]
    assert [each.name for each in model.tools] == ["ls"]


# ---------------------------------------------------------------------------------------------------------------------
# The interfaces


class Langfuse:
    """A server with traces: of today, or of before."""

    def __init__(self, *ids: str, is_old: bool = False, page: int = 2) -> None:
        self.ids, self.is_old, self.page = ids, is_old, page

    def __call__(self, asked: Asked) -> Any:
        if asked.headers.get("authorization") != "Basic cGstMTpzay0x":
            return Reply(401, {"message": "Invalid credentials"})
        if self.is_old:
            return self.old(asked)
        if asked.path == "/api/public/v2/observations":
            return self.new(asked)
        if asked.path == "/api/public/v3/scores":
            return {"data": [each for each in scores() if each["traceId"] == asked.one("traceId")], "meta": {}}
        return Reply(404, {"message": "Not found"})

    def new(self, asked: Asked) -> Any:
        about = {"tags": ["prod", "eu"], "traceName": "demo", "sessionId": "s1", "userId": "u1"}
        rows: list[dict[str, Any]] = [{**row, **about} for id in self.ids for row in observations(id)]
        rows = [row for row in rows if asked.one("traceId", row["traceId"]) == row["traceId"]]
        if asked.one("isRootObservation"):
            rows = [row for row in rows if row["parentObservationId"] is None]
        if "io" not in asked.one("fields").split(","):
            rows = [{n: v for n, v in row.items() if n not in ("input", "output")} for row in rows]
        at = int(asked.one("cursor", "0"))
        meta = {"cursor": str(at + self.page)} if at + self.page < len(rows) else {}
        return {"data": rows[at : at + self.page], "meta": meta}

    def old(self, asked: Asked) -> Any:
        if asked.path == "/api/public/traces":
            at = (int(asked.one("page")) - 1) * self.page
            rows = [trace_row(id) for id in self.ids]
            return {"data": rows[at : at + self.page], "meta": {"totalPages": -(-len(rows) // self.page)}}
        id = asked.path.removeprefix("/api/public/traces/")
        if id in self.ids:
            return {**trace_row(id), "observations": observations(id), "scores": scores()}
        return Reply(404, {"message": "Not found"})


async def fetch(server: PlatformServer, **fields: Any) -> list[Transcript]:
    keys: dict[str, Any] = {"public_key": "pk-1", "secret_key": "sk-1", "host": server.url}
    return [each async for each in langfuse(**{**keys, **fields})]


@pytest.mark.parametrize("is_old", [False, True])
async def test_traces_are_read_over_many_pages(is_old: bool) -> None:
    with serving_platform(Langfuse("t", "u", "v", is_old=is_old)) as server:
        found = await fetch(server)
        again = await fetch(server, limit=2)
    assert [each.transcript_id for each in found] == ["t", "u", "v"]
    assert [each.transcript_id for each in again] == ["t", "u"]
    assert [[m.id for m in each.messages] for each in found[:2]] == [[m.id for m in each.messages] for each in again]
    for each in found:
        assert_talk(each)
        assert (each.task_id, each.metadata["tags"]) == ("demo", ["prod", "eu"])
        assert each.source_uri == f"{server.url}/project/p1/traces/{each.transcript_id}"
    assert found[0].score == {"helpful": 0.5, "tone": "kind"}


@pytest.mark.parametrize("is_old", [False, True])
async def test_what_is_chosen_holds_even_if_the_server_passes_over_it(is_old: bool) -> None:
    with serving_platform(Langfuse("t", is_old=is_old)) as server:
        choices: list[dict[str, Any]] = [
            {"session_id": "s1", "user_id": "u1", "tags": ["eu"], "trace_id": "t"},
            {"from_time": datetime(2026, 6, 1, 10, tzinfo=UTC), "to_time": datetime(2026, 6, 1, 11, tzinfo=UTC)},
        ]
        for choice in choices:
            assert len(await fetch(server, **choice)) == 1
        others: list[dict[str, Any]] = [{"session_id": "s2"}, {"user_id": "u2"}, {"tags": ["eu", "us"]}]
        for choice in others:
            assert await fetch(server, **choice) == []
        assert await fetch(server, to_time=datetime(2026, 6, 1, 10, tzinfo=UTC)) == []


async def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANGFUSE_SECRET_KEY", raising=False)
    with serving_platform(Langfuse()) as server:
        with pytest.raises(ValueError, match="LANGFUSE_SECRET_KEY"):
            await fetch(server, secret_key=None)
        with pytest.raises(ValueError, match=r"refused the key .*401"):
            await fetch(server, secret_key="sk-2")
        with pytest.raises(ValueError, match="limit=-1"):
            await fetch(server, limit=-1)
        assert await fetch(server) == []


async def test_keys_and_the_host_are_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving_platform(Langfuse("t")) as server:
        for name, value in (("PUBLIC_KEY", "pk-1"), ("SECRET_KEY", " sk-1\n"), ("HOST", server.url + "/")):
            monkeypatch.setenv(f"LANGFUSE_{name}", value)
        assert [each.transcript_id async for each in langfuse()] == ["t"]
