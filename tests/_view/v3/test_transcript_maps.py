"""Outlines, minimaps and citations of transcripts, as clients see them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from inspect_scout import Reference, Result, Scanner, Transcript, scanner, transcripts_from
from inspect_scout.aio import scan_async
from support.raw_logs import EVENT, model_event, user, write_raw

from .conftest import Serve

pytestmark = pytest.mark.anyio


def calls(*functions: str) -> list[dict[str, Any]]:
    return [{"id": f"c{n}", "function": name, "arguments": {}} for n, name in enumerate(functions)]


MESSAGES: list[Any] = [
    user("Find it.\nSecond line", id="m1"),
    {"role": "assistant", "id": "m2", "content": "I try.", "tool_calls": calls("bash", "python")},
    {"role": "tool", "id": "m3", "content": "ok", "tool_call_id": "c0"},
    {"role": "tool", "id": "m4", "content": "", "tool_call_id": "c1", "error": {"type": "x", "message": "failed"}},
    {"role": "assistant", "id": "m5", "content": "The secret word is quux, I think. Caf\u00e9!"},
]
EVENTS = [
    {"event": "span_begin", "uuid": "e1", "id": "s1", "name": "main", **EVENT},
    {"event": "span_begin", "uuid": "e2", "id": "s2", "parent_id": "s1", "name": "helper", "type": "agent", **EVENT},
    {"event": "info", "uuid": "e3", "data": "the event says zebra", **EVENT},
    {"event": "span_end", "uuid": "e4", "id": "s2", **EVENT},
    {"event": "compaction", "uuid": "e5", **EVENT},
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_raw(tmp_path / "logs" / "log.eval", [{"messages": MESSAGES, "events": EVENTS}])


@pytest.fixture
async def client(tmp_path: Path, log: Path, serve: Serve) -> AsyncGenerator[httpx.AsyncClient]:
    async with serve(log) as opened:
        yield opened


async def get(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def id(client: httpx.AsyncClient) -> str:
    return str((await get(client, "/transcripts"))["items"][0]["transcript_id"])


async def test_an_outline_has_turns_and_spans(client: httpx.AsyncClient, id: str) -> None:
    found = await get(client, f"/transcripts/{id}/outline")
    assert [(turn["number"], turn["role"], turn["text"], turn["calls"], turn["error"]) for turn in found["turns"]] == [
        (1, "user", "Find it.", [], False),
        (2, "assistant", "I try.", ["bash", "python"], True),
        (5, "assistant", "The secret word is quux, I think. Caf\u00e9!", [], False),
    ]
    assert [(s["id"], s["parent_id"], s["name"], s["type"], s["first"], s["last"]) for s in found["spans"]] == [
        ("s1", None, "main", None, 1, None),
        ("s2", "s1", "helper", "agent", 2, 4),
    ]
    assert (found["total"], found["next"], found["spans_total"]) == (3, None, 2)


async def test_an_outline_is_read_in_parts(client: httpx.AsyncClient, id: str) -> None:
    whole = (await get(client, f"/transcripts/{id}/outline"))["turns"]
    found: list[Any] = []
    start = 1
    while start:
        part = await get(client, f"/transcripts/{id}/outline", start=start, limit=1)
        found += part["turns"]
        start = part["next"]
    assert found == whole


async def test_marks_of_a_minimap_stand_behind_the_messages_before_them(tmp_path: Path, serve: Serve) -> None:
    def made(id: str) -> dict[str, Any]:
        output = {"choices": [{"message": {"id": id, "role": "assistant", "content": "."}}]}
        return {**model_event(output=output), **EVENT}

    compaction = {"event": "compaction", **EVENT}
    events: list[Any] = [compaction, made("m2"), made("elsewhere"), compaction, made("m5"), compaction]
    async with serve(write_raw(tmp_path / "log.eval", [{"messages": MESSAGES, "events": events}])) as client:
        id = (await get(client, "/transcripts"))["items"][0]["transcript_id"]
        marks = (await get(client, f"/transcripts/{id}/minimap"))["marks"]
        assert [(mark["event"], mark["message"]) for mark in marks] == [(1, None), (4, 2), (6, 5)]


async def test_agents_tell_what_they_were_asked_and_what_they_answered(tmp_path: Path, serve: Serve) -> None:
    def said(id: str, text: str, tokens: int) -> dict[str, Any]:
        message = {"id": id, "role": "assistant", "content": text}
        return {"choices": [{"message": message}], "usage": {"total_tokens": tokens}}

    def at(seconds: int) -> dict[str, Any]:
        return {**EVENT, "timestamp": f"2026-01-01T00:00:{seconds:02}+00:00"}

    begin = {"event": "span_begin", "type": "agent"}
    events: list[Any] = [
        {**begin, "id": "a", "name": "researcher", **at(0)},
        {**model_event(input_refs=[[0, 2]], output=said("x1", "First.", 10)), "span_id": "a"},
        {**begin, "id": "b", "name": "inner", "parent_id": "a", **at(2)},
        {**model_event(input=[user("Deeper.")], output=said("m2", "Deep.", 5)), "span_id": "b"},
        {"event": "span_end", "id": "b", **at(3)},
        {**model_event(input_refs=[[0, 2]], output=said("x2", "It is quux.", 20)), "span_id": "a"},
        {"event": "span_end", "id": "a", **at(9)},
        {"event": "tool", "id": "c0", "function": "ask", "arguments": {}, "agent_span_id": "a", **EVENT},
        {**begin, "id": "c", "name": "silent", **EVENT},
    ]
    pool = [{"role": "system", "content": "Be brief."}, user("Find the word.")]
    sample = {"messages": MESSAGES, "events": events, "events_data": {"messages": pool, "calls": []}}
    async with serve(write_raw(tmp_path / "log.eval", [sample])) as client:
        id = str((await get(client, "/transcripts"))["items"][0]["transcript_id"])
        found = await get(client, f"/transcripts/{id}/agents", characters=10)
        outer, inner, silent = found["items"]
        assert outer == {
            "id": "a",
            "name": "researcher",
            "parent_id": None,
            "asked": "Find the w",
            "asked_folded": 4,
            "answered": "It is quux",
            "answered_folded": 1,
            "turns": 3,
            "tokens": 35,
            "seconds": 9.0,
            "first_event": 1,
            "last_event": 7,
            "first_message": None,
            "last_message": None,
            "call_id": "c0",
        }
        assert (inner["asked"], inner["answered"], inner["turns"], inner["first_message"]) == ("Deeper.", "Deep.", 1, 2)
        assert (silent["asked"], silent["answered"], silent["turns"], silent["last_event"]) == (None, None, 0, None)
        part = await get(client, f"/transcripts/{id}/agents", start=2, limit=1)
        assert ([one["id"] for one in part["items"]], part["stop"], part["total"]) == (["b"], 3, 3)
        (caller,) = (await get(client, f"/transcripts/{id}/messages", start=2, stop=3, timed=True))["items"]
        assert (caller["calls"][0]["agent"], caller["calls"][0]["tokens"]) == ("a", 35)


async def test_a_minimap_sums_up_everything(client: httpx.AsyncClient, id: str) -> None:
    for buckets in (1, 2, 3, 5, 100):
        found = await get(client, f"/transcripts/{id}/minimap", buckets=buckets)
        parts = found["buckets"]
        assert [part["start"] for part in parts] == [1, *(part["stop"] for part in parts[:-1])]
        assert parts[-1]["stop"] == 6
        assert len(parts) == min(buckets, 5)
        assert (sum(part["calls"] for part in parts), sum(part["errors"] for part in parts)) == (2, 1)
    sizes = [item["size"] for item in (await get(client, f"/transcripts/{id}/messages"))["items"]]
    (whole,) = (await get(client, f"/transcripts/{id}/minimap", buckets=1))["buckets"]
    assert sum(whole["sizes"].values()) == sum(sizes)
    assert [(mark["kind"], mark["event"], mark["at"], mark["name"]) for mark in found["marks"]] == [
        ("agent", 2, 0.25, "helper"),
        ("compaction", 5, 1.0, None),
    ]


async def test_maps_of_long_runs_are_small(tmp_path: Path, serve: Serve) -> None:
    messages = [user(f"text {number}") for number in range(3000)]
    events = [{"event": "compaction", **EVENT} for _ in range(5000)]
    events += [{"event": "span_begin", "id": f"s{number}", "name": "step", **EVENT} for number in range(700)]
    async with serve(write_raw(tmp_path / "log.eval", [{"messages": messages, "events": events}])) as client:
        id = str((await get(client, "/transcripts"))["items"][0]["transcript_id"])
        strip = await get(client, f"/transcripts/{id}/minimap", buckets=100)
        assert (len(strip["marks"]), strip["marks_total"]) == (88, 5000)
        assert sum(mark["count"] for mark in strip["marks"]) == 5000
        outline = await get(client, f"/transcripts/{id}/outline")
        assert (len(outline["turns"]), outline["total"], outline["next"]) == (500, 3000, 501)
        assert (len(outline["spans"]), outline["spans_total"]) == (500, 700)


@scanner(messages="all", events="all")
def citing() -> Scanner[Transcript]:
    """Cite messages and events."""

    async def run(transcript: Transcript) -> Result:
        references = [
            Reference(type="message", cite="[M5]", id="m5"),
            Reference(type="event", cite="[E3]", id="e3"),
            Reference(type="message", cite="[M9]", id="gone"),
        ]
        said = 'It says "secret  word is QUUX" [M5], and "zebra" [E3], and more [M9].'
        return Result(value=True, explanation=said, references=references)

    return run


async def test_citations_give_back_the_cited_words(
    client: httpx.AsyncClient, id: str, log: Path, tmp_path: Path
) -> None:
    status = await scan_async([citing()], transcripts_from(str(log)), scans=str(tmp_path / "logs" / "scans"))
    found = await get(client, f"/transcripts/{id}/citations", scan=status.location, location=str(log))
    assert (found["total"], found["results"]) == (3, 1)
    message, gone, event = found["items"]
    assert (message["scanner"], message["value"], message["cite"], message["number"]) == ("citing", True, "[M5]", 5)
    text = (await get(client, f"/transcripts/{id}/messages"))["items"][4]["text"]
    assert [text[r["start"] : r["stop"]] for r in message["ranges"]] == ["secret word is quux"]
    said = (await get(client, f"/transcripts/{id}/events"))["items"][2]["text"]
    assert (event["number"], [said[r["start"] : r["stop"]] for r in event["ranges"]]) == (3, ["zebra"])
    assert (gone["number"], "'gone'" in gone["unresolved"]) == (None, True)
    (verdict,) = found["verdicts"]
    assert (verdict["scanner"], verdict["value"], verdict["result_id"]) == ("citing", True, message["result_id"])
    assert verdict["explanation"].startswith("It says") and verdict["error"] is None


async def test_a_scan_of_the_project_is_named_by_its_id(log: Path, tmp_path: Path, serve: Serve) -> None:
    status = await scan_async([citing()], transcripts_from(str(log)), scans=str(tmp_path / "scans"))
    async with serve(log) as client:
        id = (await get(client, "/transcripts"))["items"][0]["transcript_id"]
        assert (await get(client, f"/transcripts/{id}/citations", scan=status.spec.scan_id))["results"] == 1


async def test_scans_that_may_not_be_read_or_are_not_there_are_refused(
    client: httpx.AsyncClient, id: str, tmp_path: Path
) -> None:
    for scan, status in ((str(tmp_path.parent), 403), (str(tmp_path / "nix"), 404), ("nix", 404)):
        answer = await client.get(f"/transcripts/{id}/citations", params={"scan": scan})
        assert answer.status_code == status, answer.text
    assert (await client.get(f"/transcripts/{id}/citations")).status_code == 422


@pytest.mark.parametrize("path", ["outline?limit=0", "outline?start=0", "minimap?buckets=0", "minimap?buckets=1001"])
async def test_limits_are_held(client: httpx.AsyncClient, id: str, path: str) -> None:
    assert (await client.get(f"/transcripts/{id}/{path}")).status_code == 422


async def test_an_empty_transcript_has_an_empty_map(tmp_path: Path, serve: Serve) -> None:
    async with serve(write_raw(tmp_path / "empty.eval", [{"messages": [], "events": []}])) as client:
        id = (await get(client, "/transcripts"))["items"][0]["transcript_id"]
        assert (await get(client, f"/transcripts/{id}/minimap"))["buckets"] == []
        assert (await get(client, f"/transcripts/{id}/outline"))["turns"] == []
        assert (await get(client, f"/transcripts/{id}/messages"))["total"] == 0
