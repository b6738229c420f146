"""Calls of the vendors' own packages, in every way that they can be asked and read, become transcripts."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anthropic
import google.genai
import openai
import pytest
from google.genai import types
from pydantic import BaseModel

from _observe.wire import Wire, serving
from inspect_scout import Transcript, TranscriptContent, observe, transcripts_db, transcripts_from

pytestmark = pytest.mark.anyio

QUESTION = "Weather in Paris?"
ASKED: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]
TOOL = {
    "name": "weather",
    "description": "Tell it.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}


async def recorded(place: Path) -> list[Transcript]:
    """Read what was recorded."""
    source = transcripts_from(place).source
    index = await transcripts_from(place).index()
    everything = TranscriptContent(messages="all", events="all", timeline="all")
    return [(await (await source.locate(index.info(n))).read(everything)).transcript for n in range(len(index))]


def openai_client(wire: Wire) -> Any:
    return wire.clients.enter_context(openai.OpenAI(base_url=f"{wire.url}/v1", api_key="none", max_retries=0))


def openai_async(wire: Wire) -> Any:
    return openai.AsyncOpenAI(base_url=f"{wire.url}/v1", api_key="none", max_retries=0)


def anthropic_client(wire: Wire) -> Any:
    return wire.clients.enter_context(anthropic.Anthropic(base_url=wire.url, api_key="none", max_retries=0))


def anthropic_async(wire: Wire) -> Any:
    return anthropic.AsyncAnthropic(base_url=wire.url, api_key="none", max_retries=0)


def google_client(wire: Wire) -> Any:
    client = google.genai.Client(api_key="none", http_options=types.HttpOptions(base_url=wire.url))
    wire.clients.callback(client.close)
    return client


CLAUDE: Any = {
    "model": "claude-x",
    "max_tokens": 100,
    "system": [{"type": "text", "text": "Be brief."}],
    "messages": [{"role": "user", "content": QUESTION}],
    "tools": [{"name": "weather", "description": "Tell it.", "input_schema": TOOL["parameters"]}],
}
GOOGLE: Any = {
    "model": "gemini-x",
    "contents": QUESTION,
    "config": {
        "system_instruction": "Be brief.",
        "temperature": 0.5,
        "tools": [{"function_declarations": [{"name": "weather", "description": "Tell it."}]}],
        "automatic_function_calling": {"disable": True},
    },
}
CHAT: Any = {"model": "m-1", "messages": ASKED, "temperature": 0.5, "tools": [{"type": "function", "function": TOOL}]}
RESPONSES: Any = {"model": "m-1", "instructions": "Be brief.", "input": QUESTION, "temperature": 0.5, "tools": [{"type": "function", **TOOL}]}  # fmt: skip


class Answer(BaseModel):
    text: str


def stream_chat(wire: Wire) -> None:
    usage = {"include_usage": True}
    assert len(list(openai_client(wire).chat.completions.create(**CHAT, stream=True, stream_options=usage))) > 3


def manage_chat(wire: Wire) -> None:
    with openai_client(wire).chat.completions.stream(**CHAT, stream_options={"include_usage": True}) as stream:
        assert stream.get_final_completion().choices[0].message.content == wire.text


def raw_chat(wire: Wire) -> None:
    raw = openai_client(wire).chat.completions.with_raw_response.create(**CHAT)
    assert raw.headers["content-type"] == "application/json"
    assert raw.parse().choices[0].message.content == wire.text


def raw_chat_stream(wire: Wire) -> None:
    raw = openai_client(wire).chat.completions.with_raw_response.create(
        **CHAT, stream=True, stream_options={"include_usage": True}
    )
    assert len(list(raw.parse())) > 3


def unread_chat(wire: Wire) -> None:
    with openai_client(wire).chat.completions.with_streaming_response.create(**CHAT) as response:
        assert response.parse().choices[0].message.content == wire.text


def parsed_chat(wire: Wire) -> None:
    wire.text = '{"text": "It is sunny."}'
    answer = openai_client(wire).chat.completions.parse(model="m-1", messages=ASKED, response_format=Answer)
    parsed = answer.choices[0].message.parsed
    assert parsed is not None
    assert parsed.text == "It is sunny."


async def stream_chat_async(wire: Wire) -> None:
    async with openai_async(wire) as client:
        stream = await client.chat.completions.create(**CHAT, stream=True, stream_options={"include_usage": True})
        assert [chunk async for chunk in stream]


async def manage_chat_async(wire: Wire) -> None:
    usage = {"include_usage": True}
    async with openai_async(wire) as client, client.chat.completions.stream(**CHAT, stream_options=usage) as stream:
        assert (await stream.get_final_completion()).choices[0].message.content == wire.text


async def raw_chat_async(wire: Wire) -> None:
    async with openai_async(wire) as client:
        raw = await client.chat.completions.with_raw_response.create(**CHAT)
    assert raw.parse().choices[0].message.content == wire.text


def stream_responses(wire: Wire) -> None:
    assert len(list(openai_client(wire).responses.create(**RESPONSES, stream=True))) > 3


def manage_responses(wire: Wire) -> None:
    with openai_client(wire).responses.stream(**RESPONSES) as stream:
        assert stream.get_final_response().output_text == wire.text


def parse_responses(wire: Wire) -> None:
    wire.text = '{"text": "It is sunny."}'
    given = {name: each for name, each in RESPONSES.items() if name != "tools"}
    assert openai_client(wire).responses.parse(**given, text_format=Answer).output_parsed == Answer(text="It is sunny.")


def stream_claude(wire: Wire) -> None:
    assert len(list(anthropic_client(wire).messages.create(**CLAUDE, stream=True))) > 3


def manage_claude(wire: Wire) -> None:
    with anthropic_client(wire).messages.stream(**CLAUDE) as stream:
        assert "".join(stream.text_stream) == wire.text
        assert stream.get_final_message().usage.output_tokens == 5


async def manage_claude_async(wire: Wire) -> None:
    async with anthropic_async(wire) as client, client.messages.stream(**CLAUDE) as stream:
        assert (await stream.get_final_message()).content[0].type == "text"


def ask_google(wire: Wire) -> None:
    client = google_client(wire)
    assert client.models.generate_content(**GOOGLE).text == wire.text


def stream_google(wire: Wire) -> None:
    client = google_client(wire)
    assert len(list(client.models.generate_content_stream(**GOOGLE))) == 3


def chat_with_google(wire: Wire) -> None:
    client = google_client(wire)
    assert client.chats.create(model="gemini-x", config=GOOGLE["config"]).send_message(QUESTION).text == wire.text


async def ask_google_async(wire: Wire) -> None:
    client = google_client(wire)
    assert (await client.aio.models.generate_content(**GOOGLE)).text == wire.text


async def stream_google_async(wire: Wire) -> None:
    client = google_client(wire)
    stream = await client.aio.models.generate_content_stream(**GOOGLE)
    assert [chunk async for chunk in stream]


async def ask_chat_async(wire: Wire) -> None:
    async with openai_async(wire) as client:
        assert (await client.chat.completions.create(**CHAT)).choices[0].message.content == wire.text


async def ask_claude_async(wire: Wire) -> None:
    async with anthropic_async(wire) as client:
        assert (await client.messages.create(**CLAUDE)).usage.output_tokens == 5


Way = Callable[[Wire], Awaitable[None] | object]
WAYS: dict[str, list[tuple[str, Way]]] = {
    "openai": [
        ("create", lambda wire: openai_client(wire).chat.completions.create(**CHAT)),
        ("create async", ask_chat_async),
        ("stream", stream_chat),
        ("stream async", stream_chat_async),
        ("stream helper", manage_chat),
        ("stream helper async", manage_chat_async),
        ("raw", raw_chat),
        ("raw async", raw_chat_async),
        ("raw stream", raw_chat_stream),
        ("streaming response", unread_chat),
        ("parse", parsed_chat),
        ("responses", lambda wire: openai_client(wire).responses.create(**RESPONSES)),
        ("responses stream", stream_responses),
        ("responses helper", manage_responses),
        ("responses parse", parse_responses),
    ],
    "anthropic": [
        ("create", lambda wire: anthropic_client(wire).messages.create(**CLAUDE)),
        ("create async", ask_claude_async),
        ("stream", stream_claude),
        ("stream helper", manage_claude),
        ("stream helper async", manage_claude_async),
        ("beta", lambda wire: anthropic_client(wire).beta.messages.create(**CLAUDE)),
    ],
    "google": [
        ("generate", ask_google),
        ("generate async", ask_google_async),
        ("stream", stream_google),
        ("stream async", stream_google_async),
        ("chat", chat_with_google),
    ],
}  # fmt: skip
EVERY = [pytest.param(provider, way, id=f"{provider}-{name}") for provider, ways in WAYS.items() for name, way in ways]


@pytest.mark.parametrize(("provider", "way"), EVERY)
async def test_a_call_is_recorded_as_it_was_made(tmp_path: Path, provider: str, way: Way) -> None:
    with serving(Wire()) as wire:
        async with observe(provider=provider, db=str(tmp_path)):
            done = way(wire)
            if isinstance(done, Awaitable):
                await done
    (found,) = await recorded(tmp_path)
    assert [(each.role, each.text) for each in found.messages] == [
        ("system", "Be brief."),
        ("user", QUESTION),
        ("assistant", wire.text),
    ]
    (event,) = [event for event in found.events if event.event == "model"]
    assert event.error is None
    assert event.completed is not None
    assert event.completed >= event.timestamp
    assert found.total_tokens == 17
    assert found.model in ("m-1", "claude-x", "gemini-x")
    if "tools" in str(wire.requests[0][1]) and '"text"' not in wire.text:
        assert [tool.name for tool in event.tools] == ["weather"]
    if provider == "anthropic":
        usage = event.output.usage
        assert usage is not None
        assert (usage.input_tokens_cache_read, usage.input_tokens_cache_write) == (7, 2)
        calls = event.output.message.tool_calls or []
        assert [(call.function, call.arguments) for call in calls] == [("weather", {"city": "Paris"})]
    elif provider == "google" or "temperature" in wire.requests[0][1]:
        assert event.config.temperature == 0.5


REFUSALS: list[tuple[str, Way]] = [
    ("openai", lambda wire: openai_client(wire).chat.completions.create(**CHAT)),
    ("anthropic", lambda wire: anthropic_client(wire).messages.create(**CLAUDE)),
    ("google", ask_google),
]


@pytest.mark.parametrize(("provider", "way"), REFUSALS)
async def test_a_refused_call_is_recorded_and_raises_what_it_raised(tmp_path: Path, provider: str, way: Way) -> None:
    body = {"error": {"message": "no such thing", "code": "content_filter", "type": "x"}}
    with serving(Wire(refuse=(400, body))) as wire, pytest.raises(Exception, match="no such thing") as raised:
        async with observe(provider=provider, db=str(tmp_path)):
            way(wire)
    (found,) = await recorded(tmp_path)
    (event,) = [event for event in found.events if event.event == "model"]
    assert "no such thing" in (event.error or "")
    assert type(raised.value).__name__ in (found.error or "")
    assert [each.text for each in found.messages][:2] == ["Be brief.", QUESTION]
    if provider == "openai":
        assert event.output.stop_reason == "content_filter"


BROKEN: list[tuple[str, Way]] = [
    ("openai", lambda wire: list(openai_client(wire).chat.completions.create(**CHAT, stream=True))),
    ("anthropic", lambda wire: list(anthropic_client(wire).messages.create(**CLAUDE, stream=True))),
    ("google", stream_google),
]


@pytest.mark.parametrize(("provider", "way"), BROKEN)
async def test_of_a_stream_that_breaks_off_what_came_is_kept(tmp_path: Path, provider: str, way: Way) -> None:
    cut = {"openai": 3, "anthropic": 4, "google": 2}[provider]
    with serving(Wire(cut=cut)) as wire, contextlib.suppress(Exception), observe(provider=provider, db=str(tmp_path)):
        way(wire)
    (found,) = await recorded(tmp_path)
    assert found.messages[-1].text == "It is "


@pytest.mark.parametrize("leave", ["close", "forget"])
async def test_a_stream_that_nobody_reads_to_its_end_is_told_of_once(tmp_path: Path, leave: str) -> None:
    with serving(Wire()) as wire:
        client = openai_client(wire)
        with observe(provider="openai", db=str(tmp_path)):
            stream = client.chat.completions.create(**CHAT, stream=True)
            next(iter(stream))
            next(iter(stream))
            if leave == "close":
                stream.close()
        with contextlib.suppress(Exception):
            stream.close()
    (found,) = await recorded(tmp_path)
    (event,) = [event for event in found.events if event.event == "model"]
    assert event.output.message.text == "It "


async def test_two_providers_and_their_calls_in_order(tmp_path: Path) -> None:
    with serving(Wire()) as wire, observe(provider=["openai", "anthropic"], db=str(tmp_path)):
        openai_client(wire).chat.completions.create(**CHAT)
        anthropic_client(wire).messages.create(**CLAUDE)
        ask_google(wire)
    (found,) = await recorded(tmp_path)
    assert [event.model for event in found.events if event.event == "model"] == ["m-1", "claude-x"]
    (again,) = [info async for info in transcripts_db(str(tmp_path)).select()]
    assert again.total_tokens == 34
