"""Finding texts in transcripts, as clients see it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._app import TextMatcher
from support.raw_logs import user, write_raw

from .conftest import Serve

pytestmark = pytest.mark.anyio
DIGEST = "a" * 32


async def find(client: httpx.AsyncClient, path: str, **params: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Give the hits and the end of a search."""
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [(found[1], json.loads(found[2])) for found in re.finditer(r"event: (\w+)\ndata: (.*)\n\n", answer.text)]
    assert events[-1][0] == "done"
    return [data for name, data in events if name == "hit"], events[-1][1]


async def first_id(client: httpx.AsyncClient) -> str:
    return str((await client.get("/transcripts")).json()["items"][0]["transcript_id"])


MESSAGES: list[Any] = [
    user("The password is hidden. Password!", id="m1"),
    user([{"type": "text", "text": f"attachment://{DIGEST}"}], id="m2"),
    user("p\u0061ss\\u0077ord, pa\u017f\u017fword and passwords", id="m3"),
    {"role": "assistant", "id": "m4", "content": "", "tool_calls": [{"id": "c", "function": "bash", "arguments": {"cmd": "cat a\nb"}}]},
    user("(a+)+$ caf\u00e9 \U0001f4a1 tail", id="m5"),
]  # fmt: skip
SAMPLE = {
    "messages": MESSAGES,
    "events": [{"event": "info", "uuid": "e1", "data": "a password", "timestamp": "2026-01-01T00:00:00+00:00"}],
    "attachments": {DIGEST: "long text with a password in it"},
}


@pytest.mark.parametrize(
    ("params", "numbers"),
    [
        ({"q": "password"}, [1, 2, 3]),
        ({"q": "password", "case": True}, [1, 2, 3]),
        ({"q": "Password", "case": True}, [1]),
        ({"q": "password", "word": True}, [1, 2, 3]),
        ({"q": "passwords"}, [3]),
        ({"q": "pass.ord", "regex": True}, [1, 2, 3]),
        ({"q": "pass.ord"}, []),
        ({"q": "Tool Call: bash"}, [4]),
        ({"q": "cmd: cat a\nb"}, [4]),
        ({"q": "(a+)+$"}, [5]),
        ({"q": "CAF\u00c9"}, [5]),
        ({"q": "\U0001f4a1"}, [5]),
        ({"q": "nowhere"}, []),
    ],
)
async def test_find_in_messages(tmp_path: Path, serve: Serve, params: dict[str, Any], numbers: list[int]) -> None:
    async with serve(write_raw(tmp_path / "log.eval", [SAMPLE])) as client:
        hits, end = await find(client, f"/transcripts/{await first_id(client)}/find", **params)
        assert [hit["number"] for hit in hits] == numbers
        assert (end["searched"], end["items"], end["stopped"]) == (5, len(numbers), None)
        for hit in hits:
            start, stop = hit["spans"][0]
            whole = (await client.get(f"/transcripts/{await first_id(client)}/messages")).json()["items"]
            text = whole[hit["number"] - 1]["text"]
            assert text[hit["offset"] :].startswith(hit["text"][:20])
            if not params.get("regex"):
                assert text[start:stop].lower().replace("\u017f", "s") == params["q"].lower()


async def test_events_are_searched_where_that_is_asked(tmp_path: Path, serve: Serve) -> None:
    async with serve(write_raw(tmp_path / "log.eval", [SAMPLE])) as client:
        path = f"/transcripts/{await first_id(client)}/find"
        hits, _ = await find(client, path, q="password", kinds=["event", "message"])
        assert [(hit["kind"], hit["number"]) for hit in hits] == [
            ("event", 1),
            ("message", 1),
            ("message", 2),
            ("message", 3),
        ]


async def test_more_than_the_limit_is_counted(tmp_path: Path, serve: Serve) -> None:
    async with serve(write_raw(tmp_path / "log.eval", [SAMPLE])) as client:
        hits, end = await find(client, f"/transcripts/{await first_id(client)}/find", q="password", limit=1)
        assert (len(hits), end["items"], end["matches"]) == (1, 3, 5)


async def test_find_in_all_transcripts_names_them_and_what_could_not_be_read(tmp_path: Path, serve: Serve) -> None:
    from support.logs import rewrite

    log = write_raw(tmp_path / "log.eval", [SAMPLE, {"messages": [user("nothing")]}, SAMPLE, SAMPLE])

    def damage(members: dict[str, bytes]) -> dict[str, bytes]:
        return {name: b'{"messages": [password' if "/4_" in name else data for name, data in members.items()}

    rewrite(log, damage)
    async with serve(log) as client:
        ids = [row["transcript_id"] for row in (await client.get("/transcripts")).json()["items"]]
        hits, end = await find(client, "/transcripts/find", q="password")
        assert [(hit["transcript_id"], hit["number"]) for hit in hits] == [
            (ids[place], number) for place in (0, 2) for number in (1, 2, 3)
        ]
        assert (end["searched"], end["total"], len(end["problems"])) == (4, 4, 1)
        some, _ = await find(client, "/transcripts/find", q="password", where=f"transcript_id = '{ids[2]}'")
        assert {hit["transcript_id"] for hit in some} == {ids[2]}


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"q": "(", "regex": True}, 400),
        ({"q": "(?=a)", "regex": True}, 400),
        ({"q": "a)(b", "regex": True}, 400),
        ({"q": ""}, 422),
        ({"q": "x" * 1001}, 422),
        ({"q": "x", "kinds": "y"}, 422),
        ({"q": "x", "seconds": 0}, 422),
        ({}, 422),
    ],
)
async def test_mistakes_are_refused_before_the_stream(
    tmp_path: Path, serve: Serve, params: dict[str, Any], status: int
) -> None:
    async with serve(write_raw(tmp_path / "log.eval", [SAMPLE])) as client:
        for path in (f"/transcripts/{await first_id(client)}/find", "/transcripts/find"):
            answer = await client.get(path, params=params)
            assert answer.status_code == status
            assert isinstance(answer.json()["detail"], str)
        assert (await client.get("/transcripts/nix/find", params={"q": "x"})).status_code == 404


async def test_a_search_ends_when_its_time_is_over(tmp_path: Path, serve: Serve) -> None:
    async with serve(write_raw(tmp_path / "log.eval", [SAMPLE, SAMPLE])) as client:
        for path in (f"/transcripts/{await first_id(client)}/find", "/transcripts/find"):
            _, end = await find(client, path, q="password", seconds=1e-9)
            assert "longer than" in end["stopped"]


async def test_expressions_that_would_take_forever_elsewhere_do_not(tmp_path: Path, serve: Serve) -> None:
    async with serve(write_raw(tmp_path / "log.eval", [{"messages": [user("a" * 100_000 + "!")]}])) as client:
        hits, _ = await find(client, f"/transcripts/{await first_id(client)}/find", q="(a+)+$", regex=True)
        assert hits == []


words = st.text("aAbBsSkK\u017f\u212a \n\\\"'\u00e9\ud800\x00.(", max_size=12)


@given(
    st.lists(words, max_size=5), st.text("aAbBsSkK \n\\.(\u00e9", min_size=1, max_size=4), st.booleans(), st.booleans()
)
def test_found_places_are_those_of_a_plain_search(texts: list[str], sought: str, case: bool, word: bool) -> None:
    clean = [text.replace("\ud800", "?") for text in texts]
    pattern = re.escape(sought)
    bounded = rf"(?a:\b){pattern}(?a:\b)" if word else pattern
    expected = re.compile(bounded, 0 if case else re.IGNORECASE)
    found = TextMatcher(sought, case=case, word=word).spans(clean)
    assert found == [[match.span() for match in expected.finditer(text)] for text in clean]


@given(st.text(max_size=20), st.data(), st.booleans(), st.booleans())
def test_json_of_a_text_with_a_match_is_never_passed_over(
    text: str, data: st.DataObject, case: bool, ascii: bool
) -> None:
    whole = f"{text} Password \u017fecret"
    start = data.draw(st.integers(0, len(whole) - 1))
    sought = whole[start : start + data.draw(st.integers(1, 12))]
    if case is False:
        sought = sought.swapcase()
        if not re.search(re.escape(sought), whole, re.IGNORECASE):
            return
    matcher = TextMatcher(sought, case=case)
    if matcher.spans([whole])[0]:
        assert matcher.may_match(json.dumps({"content": whole}, ensure_ascii=ascii).encode())
