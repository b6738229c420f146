"""Messages, events and attachments of a transcript, as clients see them."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from inspect_scout import transcripts_from
from inspect_scout._app import transcript_evidence_async
from support.raw_logs import EVENT, insert, model_event, user, write_raw

from .conftest import Serve

pytestmark = pytest.mark.anyio

DIGEST, IMAGE, SCRIPT = "a" * 32, "b" * 32, "c" * 32
PNG = b"\x89PNG fake"


def data_url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def call(id: str, function: str = "bash") -> dict[str, Any]:
    return {"id": id, "function": function, "arguments": {"cmd": "ls"}, "type": "function"}


MESSAGES: list[dict[str, Any]] = [
    user("Fix it.", id="m1"),
    {
        "role": "assistant",
        "id": "m2",
        "content": [{"type": "reasoning", "reasoning": "Hm."}, {"type": "text", "text": "I look."}],
        "tool_calls": [call("c1"), call("c2", "python")],
    },
    {"role": "tool", "id": "m3", "content": f"attachment://{DIGEST}", "tool_call_id": "c1", "function": "bash"},
    {
        "role": "tool",
        "id": "m4",
        "content": "",
        "tool_call_id": "c2",
        "function": "python",
        "error": {"type": "timeout", "message": "slow"},
    },
    {
        "role": "user",
        "id": "m5",
        "content": [
            {"type": "image", "image": f"attachment://{IMAGE}"},
            {"type": "image", "image": data_url("image/svg+xml", b"<svg onload='x'/>")},
            {"type": "image", "image": "https://example.org/x.png"},
        ],
    },
    {"role": "assistant", "id": "m6", "content": "Done.", "tool_calls": []},
]
EVENTS: list[dict[str, Any]] = [
    {
        "event": "span_begin",
        "uuid": "e1",
        "id": "s1",
        "name": "main",
        "timestamp": "2026-01-01T00:00:00+00:00",
        "working_start": 0.0,
    },
    model_event(
        uuid="e2",
        input_refs=[[0, 2]],
        output={
            "choices": [{"message": {"id": "m2", "role": "assistant", "content": "I look."}, "stop_reason": "stop"}],
            "usage": {"total_tokens": 7, "input_tokens": 4, "output_tokens": 3, "input_tokens_cache_read": 2},
        },
        working_time=1.5,
        cache="write",
        retries=2,
        call={"request": {"model": "m"}, "response": {}},
    ),
    {
        "event": "tool",
        "uuid": "e3",
        "id": "c1",
        "function": "bash",
        "arguments": {},
        "result": f"attachment://{DIGEST}",
        "timestamp": "2026-01-01T00:00:00+00:00",
        "working_start": 0.0,
        "completed": "2026-01-01T00:00:02.500000+00:00",
    },
    model_event(uuid="e4", error="overloaded"),
]
SAMPLE = {
    "messages": MESSAGES,
    "events": EVENTS,
    "events_data": {"messages": MESSAGES[:2], "calls": []},
    "attachments": {
        DIGEST: "out\n" * 1000,
        IMAGE: data_url("image/png", PNG),
        SCRIPT: data_url("text/html", b"<script>x</script>"),
    },
}


@pytest.fixture(params=["log.eval", "log.json", "database"])
async def client(request: pytest.FixtureRequest, tmp_path: Path, serve: Serve) -> AsyncGenerator[httpx.AsyncClient]:
    log = write_raw(tmp_path / ("log.eval" if request.param == "database" else request.param), [SAMPLE])
    place = log
    if request.param == "database":
        place = tmp_path / "db"
        await insert(place, transcripts_from(str(log)))
    async with serve(place) as opened:
        yield opened


async def get(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def first_id(client: httpx.AsyncClient) -> str:
    return str((await get(client, "/transcripts"))["items"][0]["transcript_id"])


@pytest.fixture
async def id(client: httpx.AsyncClient) -> str:
    return await first_id(client)


async def test_messages_have_numbers_texts_and_sizes(client: httpx.AsyncClient, id: str) -> None:
    found = await get(client, f"/transcripts/{id}/messages")
    assert [item["number"] for item in found["items"]] == [1, 2, 3, 4, 5, 6]
    assert [item["id"] for item in found["items"]] == ["m1", "m2", "m3", "m4", "m5", "m6"]
    assert (found["start"], found["stop"], found["total"]) == (1, 7, 6)
    assert all(item["size"] > 30 for item in found["items"])


async def test_texts_are_those_that_are_cited(client: httpx.AsyncClient, id: str, tmp_path: Path) -> None:
    location = str(next(p for p in (tmp_path / "db", tmp_path / "log.eval", tmp_path / "log.json") if p.exists()))
    shown = await transcript_evidence_async([location], id)
    whole = ["".join(part.text for part in passage.parts) for passage in shown.passages]
    found = (await get(client, f"/transcripts/{id}/messages", characters=20_000))["items"]
    assert [len(item["text"]) for item in found] == [
        sum(len(part.text) + part.left_out for part in passage.parts) for passage in shown.passages
    ]
    assert found[1]["text"] == whole[1]


async def test_calls_and_results_are_paired_also_across_ranges(client: httpx.AsyncClient, id: str) -> None:
    (caller,) = (await get(client, f"/transcripts/{id}/messages", start=2, stop=3))["items"]
    assert [(one["id"], one["function"], one["result"]) for one in caller["calls"]] == [
        ("c1", "bash", 3),
        ("c2", "python", 4),
    ]
    assert all(isinstance(one["arguments"], dict) for one in caller["calls"])
    (folded,) = (await get(client, f"/transcripts/{id}/messages", start=2, stop=3, characters=1))["items"]
    assert [one["arguments"] for one in folded["calls"]] == [None, None]
    (result,) = (await get(client, f"/transcripts/{id}/messages", start=4, stop=5))["items"]
    assert (result["caller"], result["call_id"], result["error"]) == (2, "c2", True)


async def test_calls_say_what_went_wrong_and_on_request_what_they_took(client: httpx.AsyncClient, id: str) -> None:
    (plain,) = (await get(client, f"/transcripts/{id}/messages", start=2, stop=3))["items"]
    assert [call["error"] for call in plain["calls"]] == [None, "timeout: slow"]
    assert (plain["event"], plain["calls"][0]["event"]) == (None, None)
    (timed,) = (await get(client, f"/transcripts/{id}/messages", start=2, stop=3, timed=True))["items"]
    assert (timed["event"], timed["seconds"], timed["tokens"]) == (2, 1.5, 7)
    assert [(call["event"], call["seconds"]) for call in timed["calls"]] == [(3, 2.5), (None, None)]


async def test_calls_of_models_tell_their_tokens_caches_and_retries(client: httpx.AsyncClient, id: str) -> None:
    _, model, tool, failed = (await get(client, f"/transcripts/{id}/events"))["items"]
    assert model["model_call"] == {
        "input_tokens": 4,
        "output_tokens": 3,
        "cache_read_tokens": 2,
        "cache_write_tokens": None,
        "reasoning_tokens": None,
        "cache": "write",
        "retries": 2,
        "stop_reason": "stop",
        "has_request": True,
    }
    assert (tool["model_call"], failed["error"], failed["model_call"]["has_request"]) == (None, True, False)
    request = (await get(client, f"/transcripts/{id}/events/2"))["body"]["call"]["request"]
    assert request == {"model": "m"}


async def test_compactions_and_branches_say_what_they_are(tmp_path: Path, serve: Serve) -> None:
    events = [
        {
            "event": "compaction",
            "type": "trim",
            "source": "inspect",
            "tokens_before": 900,
            "tokens_after": 100,
            **EVENT,
        },
        {"event": "branch", "from_anchor": "a7", **EVENT},
        {"event": "compaction", "tokens_before": "many", **EVENT},
    ]
    async with serve(write_raw(tmp_path / "log.eval", [{"messages": [], "events": events}])) as client:
        id = await first_id(client)
        trimmed, branch, odd = (await get(client, f"/transcripts/{id}/events"))["items"]
        assert trimmed["compaction"] == {
            "kind": "trim",
            "source": "inspect",
            "tokens_before": 900,
            "tokens_after": 100,
        }
        assert (branch["branch"], branch["compaction"], odd["compaction"]["tokens_before"]) == ("a7", None, None)


async def test_a_transcript_can_be_downloaded(client: httpx.AsyncClient, id: str) -> None:
    answer = await client.get(f"/transcripts/{id}/raw")
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{id}.json"
    assert [message["id"] for message in answer.json()["messages"]] == ["m1", "m2", "m3", "m4", "m5", "m6"]
    assert (await client.get("/transcripts/nobody/raw")).status_code == 404


async def test_a_part_that_json_has_twice_counts_as_it_is_the_last_time(tmp_path: Path, serve: Serve) -> None:
    from support.logs import rewrite

    log = write_raw(tmp_path / "log.eval", [{"messages": [user("a"), user("b"), user("c")], "events": []}])

    def double(members: dict[str, bytes]) -> dict[str, bytes]:
        again = b',"messages":[{"role":"system","content":"z"}]}'
        return {
            name: data.rstrip()[:-1] + again if name.startswith("samples/") else data for name, data in members.items()
        }

    rewrite(log, double)
    async with serve(log) as client:
        id = await first_id(client)
        (part,) = (await get(client, f"/transcripts/{id}/minimap"))["buckets"]
        assert list(part["sizes"]) == ["system"]


async def test_parts_of_a_text_are_told(client: httpx.AsyncClient, id: str) -> None:
    (item,) = (await get(client, f"/transcripts/{id}/messages", start=2, stop=3))["items"]
    said = [(part["kind"], item["text"][part["start"] : part["stop"]].strip()) for part in item["parts"]]
    assert said[:2] == [("thought", "<thinking>Hm.</thinking>"), ("text", "I look.")]
    assert [kind for kind, _ in said[2:]] == ["call", "call"]
    assert said[2][1].startswith("Tool Call: bash")


async def test_long_texts_are_folded(client: httpx.AsyncClient, id: str) -> None:
    (item,) = (await get(client, f"/transcripts/{id}/messages", start=3, stop=4, characters=10))["items"]
    assert (item["text"], item["folded"]) == ("out\nout\nou", 3989)


async def test_long_texts_are_read_in_parts(client: httpx.AsyncClient, id: str) -> None:
    async def part(offset: int) -> Any:
        found = await get(client, f"/transcripts/{id}/messages", start=3, stop=4, characters=1500, offset=offset)
        return found["items"][0]

    parts = [await part(offset) for offset in (0, 1500, 3000, 9000)]
    assert [len(each["text"]) for each in parts] == [1500, 1500, 999, 0]
    assert [each["folded"] for each in parts] == [2499, 999, 0, 0]


async def test_ranges_beyond_the_end_are_empty(client: httpx.AsyncClient, id: str) -> None:
    found = await get(client, f"/transcripts/{id}/messages", start=100, stop=200)
    assert (found["items"], found["total"]) == ([], 6)
    assert (await get(client, f"/transcripts/{id}/messages", start=3, stop=2))["items"] == []
    assert (await get(client, f"/transcripts/{id}/events", start=100))["items"] == []


async def test_any_ranges_are_the_whole(client: httpx.AsyncClient, id: str) -> None:
    for what, count in (("messages", 6), ("events", 4)):
        whole = (await get(client, f"/transcripts/{id}/{what}"))["items"]
        for size in range(1, count + 1):
            ranges = [
                await get(client, f"/transcripts/{id}/{what}", start=start, stop=start + size)
                for start in range(1, count + 1, size)
            ]
            assert [item for each in ranges for item in each["items"]] == whole


async def test_events_tell_what_happened(client: httpx.AsyncClient, id: str) -> None:
    begin, model, tool, failed = (await get(client, f"/transcripts/{id}/events"))["items"]
    assert (begin["kind"], begin["span_id"], begin["name"]) == ("span_begin", "s1", "main")
    assert (model["name"], model["tokens"], model["seconds"], model["error"]) == ("m", 7, 1.5, False)
    assert (tool["name"], tool["text"][:17], len(tool["text"])) == ("bash", "Tool Call: bash\nA", 1000)
    assert tool["folded"] > 3000
    assert failed["error"]


async def test_events_of_some_types_are_counted_by_themselves(client: httpx.AsyncClient, id: str) -> None:
    found = await get(client, f"/transcripts/{id}/events", types=["model"], start=2)
    assert [item["number"] for item in found["items"]] == [4]
    assert (found["start"], found["stop"], found["total"]) == (2, 3, 2)
    both = await get(client, f"/transcripts/{id}/events", types=["model", "tool", "nix"])
    assert [item["number"] for item in both["items"]] == [2, 3, 4]


async def test_a_whole_message_has_the_texts_that_it_refers_to(client: httpx.AsyncClient, id: str) -> None:
    found = await get(client, f"/transcripts/{id}/messages/3")
    assert found["body"]["content"] == "out\n" * 1000
    media = await get(client, f"/transcripts/{id}/messages/5")
    for part in media["body"]["content"][:2]:
        reference = part["image"].removeprefix("attachment://")
        assert (await client.get(f"/transcripts/{id}/attachments/{reference}")).status_code == 200


async def test_a_whole_model_event_has_its_input(client: httpx.AsyncClient, id: str) -> None:
    found = await get(client, f"/transcripts/{id}/events/2")
    assert [message["id"] for message in found["body"]["input"]] == ["m1", "m2"]
    assert not found["shortened"]


async def test_whole_items_are_not_sent_twice(client: httpx.AsyncClient, id: str) -> None:
    first = await client.get(f"/transcripts/{id}/messages/3")
    again = await client.get(f"/transcripts/{id}/messages/3", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_media_are_responses_of_their_own(client: httpx.AsyncClient, id: str) -> None:
    (item,) = (await get(client, f"/transcripts/{id}/messages", start=5, stop=6))["items"]
    image, drawing, remote = item["media"]
    assert (image["media_type"], image["size"]) == ("image/png", len(PNG))
    assert (drawing["media_type"], remote["media_type"], remote["size"]) == ("application/octet-stream", None, None)
    shown = await client.get(f"/transcripts/{id}/attachments/{image['reference']}")
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert "immutable" in shown.headers["cache-control"]
    # an SVG image could run scripts
    drawn = await client.get(f"/transcripts/{id}/attachments/{drawing['reference']}")
    assert drawn.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in drawn.headers["content-security-policy"]
    assert remote["reference"] is None


async def test_texts_are_attachments_that_do_not_run(client: httpx.AsyncClient, id: str) -> None:
    text = await client.get(f"/transcripts/{id}/attachments/{DIGEST}")
    if text.status_code == 404:
        pytest.skip("a database holds texts where they belong")
    assert (text.text, text.headers["content-type"]) == ("out\n" * 1000, "text/plain; charset=utf-8")
    page = await client.get(f"/transcripts/{id}/attachments/{SCRIPT}")
    assert page.headers["content-type"] == "text/plain; charset=utf-8"
    assert page.headers["x-content-type-options"] == "nosniff"
    again = await client.get(f"/transcripts/{id}/attachments/{DIGEST}", headers={"If-None-Match": text.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "messages/7",
        "events/5",
        f"attachments/{'d' * 32}",
        "attachments/m1.0.0123456789ab",
        "attachments/m99.0.0123456789ab",
        "attachments/m5.1",
        "attachments/..%2f..%2fetc",
    ],
)
async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, id: str, path: str) -> None:
    assert (await client.get(f"/transcripts/{id}/{path}")).status_code == 404


@pytest.mark.parametrize("path", ["messages/0", "messages/x", "messages?start=0", "events?characters=-1"])
async def test_numbers_are_held_to_their_limits(client: httpx.AsyncClient, id: str, path: str) -> None:
    assert (await client.get(f"/transcripts/{id}/{path}")).status_code == 422


HOSTILE: list[Any] = [
    user("lone \ud800 surrogate", id="\udfff"),
    user("nul \x00 and \x1b[31mred\u202e", id="h2"),
    user("x" * 2_000_000, id="h3"),
    user("number", id="h4", metadata={"big": 10**400, "nan": float("nan"), "inf": float("inf")}),
    "text", 7, None, [[["list"]]],
    {"role": ["x"], "content": {"type": "text"}},
    {"role": "assistant", "id": "h10", "content": [None, 1, {"type": "image"}], "tool_calls": ["x", {"id": None}]},
    {"role": "tool", "content": json.loads("[" * 300 + "]" * 300), "tool_call_id": 5},
]  # fmt: skip


async def test_hostile_content_is_inert_json(tmp_path: Path, serve: Serve) -> None:
    log = write_raw(
        tmp_path / "hostile.eval", [{"messages": HOSTILE, "events": HOSTILE, "attachments": {"x": 1, DIGEST: 5}}]
    )
    async with serve(log) as client:
        id = await first_id(client)
        messages = await get(client, f"/transcripts/{id}/messages", characters=20_000)
        events = await get(client, f"/transcripts/{id}/events")
        assert messages["total"] == events["total"] == len(HOSTILE)
        assert messages["items"][0]["text"] == "lone \ufffd surrogate"
        assert messages["items"][1]["text"] == "nul \x00 and \x1b[31mred\u202e"
        assert messages["items"][2]["folded"] == 1_980_000
        for number in range(1, len(HOSTILE) + 1):
            for what in ("messages", "events"):
                await get(client, f"/transcripts/{id}/{what}/{number}")
        assert (await client.get(f"/transcripts/{id}/attachments/{DIGEST}")).status_code == 404


async def test_a_damaged_sample_is_told(tmp_path: Path, serve: Serve) -> None:
    from support.logs import rewrite

    log = write_raw(tmp_path / "damaged.eval", [SAMPLE])

    def cut(members: dict[str, bytes]) -> dict[str, bytes]:
        return {name: data[:-100] if name.startswith("samples/") else data for name, data in members.items()}

    rewrite(log, cut)
    async with serve(log) as client:
        id = await first_id(client)
        answer = await client.get(f"/transcripts/{id}/attachments/{DIGEST}")
        assert (answer.status_code, "ends too early" in answer.json()["detail"]) == (422, True)
