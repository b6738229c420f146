"""Searches of /api/v2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from support.viewing.url_places import in_url

pytestmark = pytest.mark.anyio


@pytest.fixture
async def transcript(client: httpx.AsyncClient, project: Path) -> str:
    """Give the path of a transcript."""
    logs = f"/transcripts/{in_url(project / 'logs')}"
    return f"{logs}/{(await client.post(logs)).json()['items'][0]['transcript_id']}"


async def _search(client: httpx.AsyncClient, transcript: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"{transcript}/search", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_words_are_found_with_the_messages_that_have_them(client: httpx.AsyncClient, transcript: str) -> None:
    found = await _search(client, transcript, type="grep", query="the", messages="all")
    assert found["id"] == "2d0599feb727"
    result = found["result"]
    assert result["value"] > 1
    assert "**the**" in result["explanation"]
    assert result["references"][0].keys() == {"type", "cite", "id"}
    assert result["uuid"]
    nothing = await _search(client, transcript, type="grep", query="the")
    assert nothing["result"]["value"] == 0


async def test_regular_expressions_and_words_of_some_roles(client: httpx.AsyncClient, transcript: str) -> None:
    options = {"regex": True, "word_boundary": True, "ignore_case": False}
    found = await _search(client, transcript, type="grep", query="th[e]", messages=["user"], **options)
    assert found["result"]["value"] > 1
    assert all(line.split("]: ")[1].startswith(("USER", "...")) for line in found["result"]["explanation"].split("\n"))


async def test_a_search_is_remembered_with_its_result(client: httpx.AsyncClient, transcript: str) -> None:
    found = await _search(client, transcript, type="grep", query="remember me", messages=["user", "tool"])
    path = f"{transcript}/searches/{found['id']}"
    assert (await client.get(path, params={"messages": ["user", "tool"]})).json() == found["result"]
    assert (await client.get(path, params={"messages": "all"})).status_code == 404
    assert (await client.get(f"{transcript}/searches/nope")).status_code == 404
    await _search(client, transcript, type="grep", query="newer", messages="all")
    newest = (await client.get("/searches", params={"type": "grep", "count": 2})).json()["items"]
    assert [each["query"] for each in newest] == ["newer", "remember me"]
    assert newest[0]["ignore_case"] is True
    assert newest[0]["type"] == "grep"


async def test_a_question_is_answered_by_a_model_once(client: httpx.AsyncClient, transcript: str) -> None:
    question = {"type": "llm", "query": "What was asked?", "messages": "all", "model": "mockllm/model"}
    first = await _search(client, transcript, **question)
    assert first["result"]["references"] == []
    again = await _search(client, transcript, **question)
    assert again == first
    assert (await client.get("/searches", params={"type": "llm"})).json()["items"][0]["model"] == "mockllm/model"


@pytest.mark.parametrize(
    "body",
    [
        {"type": "grep", "query": "(", "regex": True, "messages": "all"},
        {"type": "grep", "query": "", "messages": "all"},
        {"type": "grep", "query": "x", "nope": 1},
        {"type": "grep", "query": "x", "messages": ["nobody"]},
        {"type": "other", "query": "x"},
        {"type": "llm", "query": "x", "messages": "all"},
        {"type": "llm", "query": "x", "messages": "all", "model": "nope/nope"},
    ],
)
async def test_searches_that_cannot_be_made_are_refused(
    client: httpx.AsyncClient, transcript: str, body: dict[str, object]
) -> None:
    answer = await client.post(f"{transcript}/search", json=body)
    assert answer.status_code == 400
    assert answer.json()["detail"]


async def test_lists_of_searches_are_bounded(client: httpx.AsyncClient) -> None:
    asked: list[dict[str, str | int]] = [
        {},
        {"type": "other"},
        {"type": "grep", "count": 0},
        {"type": "grep", "count": 101},
    ]
    for params in asked:
        assert (await client.get("/searches", params=params)).status_code == 422
