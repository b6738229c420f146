"""Platforms are asked with patience, and what goes wrong is said without the key."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest

from _importers.platforms.langsmith_server import PROJECT
from _importers.platforms.platform_server import Asked, PlatformServer, Reply, serving_platform
from inspect_scout import StorageError
from inspect_scout.sources import langfuse, langsmith, phoenix, weave

pytestmark = pytest.mark.anyio

KEY = "sk-very-secret-key"


def one_trace(asked: Asked) -> Any:
    if asked.path.endswith("/traces"):
        trace = {"trace_id": "t1", "start_time": "2026-06-01T10:00:00Z", "end_time": "2026-06-01T10:00:02Z"}
        return {"data": [trace], "next_cursor": None}
    return {"data": [span()], "next_cursor": None}


def span(**fields: Any) -> dict[str, Any]:
    attributes = {
        "openinference.span.kind": "LLM",
        "llm.model_name": "m",
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": "2+2?",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": "4",
    }
    whole: dict[str, Any] = {
        "id": "U3Bhbjox",
        "name": "chat",
        "context": {"trace_id": "t1", "span_id": "s1"},
        "span_kind": "LLM",
        "parent_id": None,
        "start_time": "2026-06-01T10:00:00Z",
        "end_time": "2026-06-01T10:00:02Z",
        "status_code": "OK",
        "status_message": "",
        "attributes": attributes,
        "events": [],
    }
    return {**whole, **fields}


async def ids(server: PlatformServer, **fields: Any) -> list[str]:
    found = phoenix("default", base_url=server.url, api_key=KEY, **fields)
    return [each.transcript_id async for each in found]


@contextmanager
def failing(*replies: Any, then: Callable[[Asked], Any] = one_trace) -> Generator[PlatformServer]:
    """A server whose first answers are these."""
    waiting = iter(replies)
    with serving_platform(lambda asked: next(waiting, None) or then(asked)) as server:
        yield server


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_passes_is_asked_again_when_the_platform_says(status: int) -> None:
    reply = Reply(status, "later", {"Retry-After": "0"})
    with failing(*[reply] * 4) as server:
        assert await ids(server) == ["t1"]
        assert len(server.asked) == 6


async def test_an_answer_that_breaks_off_is_asked_for_again() -> None:
    with failing(Reply(body={"data": []}, cut=True)) as server:
        assert await ids(server) == ["t1"]


async def test_after_five_attempts_it_gives_up() -> None:
    reply = Reply(503, "later", {"Retry-After": "0"})
    with serving_platform(lambda _: reply) as server:
        with pytest.raises(OSError, match=r"Phoenix answered '/v1/projects/default/traces' with HTTP 503 5 times"):
            await ids(server)
        assert len(server.asked) == 5


async def test_it_does_not_wait_for_an_hour() -> None:
    with failing(Reply(429, "later", {"Retry-After": "3600"})) as server:
        with pytest.raises(OSError, match="HTTP 429"):
            await ids(server)
        assert len(server.asked) == 1


async def test_waiting_can_be_cancelled() -> None:
    with failing(Reply(429, "later", {"Retry-After": "200"})) as server:
        with anyio.move_on_after(0.5) as scope:
            await ids(server)
        assert scope.cancelled_caught


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "refused the key"), (403, "PHOENIX_API_KEY"), (404, "has nothing at"), (308, "has moved from")],
)
async def test_a_refusal_says_what_to_do_and_not_the_key(status: int, said: str) -> None:
    body = f"the key {KEY} is wrong"
    reply = Reply(status, body, {"Location": "/elsewhere"})
    with serving_platform(lambda _: reply) as server, pytest.raises(Exception, match=said) as caught:
        await ids(server)
    assert KEY not in str(caught.value)
    assert KEY not in repr(caught.value.__context__)


async def test_a_refused_question_says_why_without_the_key() -> None:
    said = r"refused .* \(HTTP 422\): 'no such field; key \*\*\*'"
    reply = Reply(422, f"no such\nfield; key {KEY}")
    with serving_platform(lambda _: reply) as server, pytest.raises(ValueError, match=said):
        await ids(server)


async def test_a_page_of_a_proxy_is_not_json() -> None:
    with serving_platform(lambda _: "<html>Sign in</html>") as server, pytest.raises(OSError, match="not JSON"):
        await ids(server)


async def test_nothing_answers() -> None:
    with serving_platform(one_trace) as server:
        pass
    with pytest.raises(OSError, match=r"cannot be asked for .*base_url"):
        await ids(server)


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schlüssel"])
async def test_a_key_that_cannot_be_one_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValueError, match="PHOENIX_API_KEY") as caught:
        _ = [each async for each in phoenix("default", api_key=key)]
    assert key not in str(caught.value)


@pytest.mark.parametrize("url", ["not an address", "http://[", "ftp://host"])
async def test_an_address_that_is_not_one(url: str) -> None:
    with pytest.raises((ValueError, OSError), match="base_url"):
        _ = [each async for each in phoenix("default", base_url=url)]


async def test_one_trace_that_cannot_be_read_does_not_end_the_others(caplog: pytest.LogCaptureFixture) -> None:
    def answer(asked: Asked) -> Any:
        if asked.path.endswith("/traces"):
            return {"data": [{"trace_id": f"t{n}", "start_time": f"2026-06-0{n}T10:00:00Z"} for n in (3, 2, 1)]}
        id = asked.one("trace_id")
        if id == "t2":
            return Reply(500, "broken", {"Retry-After": "0"})
        return {"data": [span(context={"trace_id": id, "span_id": "s"})]}

    with serving_platform(answer) as server:
        assert await ids(server) == ["t3", "t1"]
    assert "HTTP 500" in caplog.text


async def test_a_platform_that_gives_no_trace_is_not_asked_for_all_of_them() -> None:
    def answer(asked: Asked) -> Any:
        if asked.path.endswith("/traces"):
            return {"data": [{"trace_id": f"t{n}"} for n in range(50)]}
        return Reply(500, "broken", {"Retry-After": "0"})

    with serving_platform(answer) as server:
        with pytest.raises(OSError, match="HTTP 500"):
            await ids(server)
        assert len(server.asked) == 1 + 3 * 5


async def test_pages_are_asked_for_as_they_are_needed() -> None:
    numbers = itertools.count()

    def answer(asked: Asked) -> Any:
        if asked.path.endswith("/traces"):
            n = next(numbers)
            return {"data": [{"trace_id": f"t{n}"}], "next_cursor": f"c{n}"}
        return {"data": [span(context={"trace_id": asked.one("trace_id"), "span_id": "s"})]}

    with serving_platform(answer) as server:
        assert await ids(server, limit=3) == ["t0", "t1", "t2"]
        assert sum(path.endswith("/traces") for path in server.paths) == 3


async def test_a_trace_without_an_id_is_named_and_the_others_are_read(caplog: pytest.LogCaptureFixture) -> None:
    def answer(asked: Asked) -> Any:
        if asked.path.endswith("/traces"):
            return {"data": [{"start_time": "2026-06-01T10:00:00Z"}, "text", None, {"trace_id": "t1"}]}
        return {"data": [span(), 7, None]}

    with serving_platform(answer) as server:
        assert await ids(server) == ["t1"]
    assert "has no id" in caplog.text


async def test_a_cursor_that_comes_again_ends_the_list() -> None:
    def answer(asked: Asked) -> Any:
        if asked.path.endswith("/traces"):
            return {"data": [{"trace_id": "t1"}], "next_cursor": "again"}
        return {"data": [span()], "next_cursor": "again"}

    with serving_platform(answer) as server:
        assert await ids(server) == ["t1"]
        assert len(server.asked) == 4


@pytest.mark.parametrize("body", [None, [], "text", 7, {"data": 7}, {"data": {"a": 1}}])
async def test_answers_of_another_shape_are_errors_and_not_taken_for_none(body: Any) -> None:
    with serving_platform(lambda _: json.dumps(body)) as server:
        asked = [
            phoenix("p", api_key=KEY, base_url=server.url),
            langsmith(PROJECT, api_key=KEY, api_url=server.url),
            langfuse(public_key=KEY, secret_key=KEY, host=server.url),
        ]
        if not isinstance(body, dict):  # which might be a call
            asked.append(weave("a/b", api_key=KEY, base_url=server.url))
        for one in asked:
            with pytest.raises(StorageError, match="The answer of the server is not known"):
                assert [each async for each in one]
