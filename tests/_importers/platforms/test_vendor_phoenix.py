"""A real server of Phoenix, what its packages send to it and export of it, and what is read: see `make test-vendors`."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Generator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from _importers.documents import read
from _importers.platforms.model_server import serving_model
from _importers.platforms.vendors import HELPER, PYTHON, assert_helper, needs_vendors, run_program
from inspect_scout import Transcript
from inspect_scout.sources import phoenix

pytestmark = needs_vendors

BEGIN = """
import sys
from phoenix.otel import register
from openinference.instrumentation import using_attributes
from openinference.instrumentation.openai import OpenAIInstrumentor

provider = register(endpoint=sys.argv[2] + "/v1/traces", project_name=sys.argv[3], batch=False, verbose=False)
OpenAIInstrumentor().instrument(tracer_provider=provider)
tracer = provider.get_tracer("agent")
as_tool, as_agent = tracer.tool, tracer.agent
"""
SEND = f"""{BEGIN}{HELPER}
about = {{"team": "a", "inner": {{"level": 3}}}}
with using_attributes(session_id="s1", user_id="u1", tags=["prod", "eu"], metadata=about):
    helper("What is here?")
forbidden()
stream([{{"role": "user", "content": "Stream it."}}], tools=TOOLS)
client.responses.create(model="m-1", instructions="Be brief.", input="Hi?")
"""
MANY = f"""{BEGIN}
for n in range(103):
    with tracer.start_as_current_span(f"agent {{n}}", openinference_span_kind="agent") as span:
        span.set_input(f"q{{n}}")
with tracer.start_as_current_span("big", openinference_span_kind="agent"):
    for n in range(1005):
        with tracer.start_as_current_span(f"tool {{n}}", openinference_span_kind="tool") as span:
            span.set_output(str(n))
"""
EXPORT = """
import json, sys, warnings
warnings.simplefilter("ignore")
from phoenix.client import Client
client = Client(base_url=sys.argv[1])
frame = client.spans.get_spans_dataframe(project_identifier=sys.argv[2])
frame.to_parquet(sys.argv[3] + "/1/spans.parquet")
frame.to_json(sys.argv[3] + "/2/spans.jsonl", orient="records", lines=True)
spans = client.spans.get_spans(project_identifier=sys.argv[2])
json.dump(spans, open(sys.argv[3] + "/3/spans.json", "w"), default=str)
"""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A server with its files in a folder of this test."""
    folder = tmp_path_factory.mktemp("phoenix")
    port = free_port()
    settings = {
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(free_port()),
        "PHOENIX_WORKING_DIR": str(folder),
        "PHOENIX_TELEMETRY_ENABLED": "false",
    }
    url = f"http://127.0.0.1:{port}"
    command = [str(Path(PYTHON).parent / "phoenix"), "serve"]
    with (folder / "log").open("w") as log:
        own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        process = subprocess.Popen(command, env={**own, **settings}, stdout=log, stderr=log)
        try:
            wait_for(lambda: httpx.get(f"{url}/v1/projects").is_success, 120)
            with serving_model() as model:
                run_program(SEND, f"{model.url}/v1", url, "one")
            run_program(MANY, "", url, "many")
            wait_for(lambda: len(spans(url, "one")) == 10, 60)
            wait_for(lambda: len(spans(url, "many")) == 1000 and bool(spans(url, "many", name="big")), 60)
            yield url
        finally:
            process.terminate()
            process.wait(30)


def wait_for(is_there: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if is_there():
                return
        assert time.monotonic() < end
        time.sleep(0.5)


def spans(url: str, project: str, **chosen: str) -> list[Any]:
    answer = httpx.get(f"{url}/v1/projects/{project}/spans", params={"limit": "1000", **chosen})
    found: list[Any] = answer.json()["data"] if answer.is_success else []
    return found


async def fetch(server: str, project: str = "one", **fields: Any) -> list[Transcript]:
    return [each async for each in phoenix(project, base_url=server, **fields)]


def assert_four(found: list[Transcript], is_exact: bool = True) -> None:
    response, streamed, refused, helped = sorted(found, key=lambda each: str(each.date), reverse=True)
    assert_helper(helped)
    assert (helped.task_id, helped.source_type, helped.source_id) == ("helper", "phoenix", "s1")
    about = {name: helped.metadata[name] for name in ("team", "inner", "tags", "user_id", "provider")}
    inner = {"level": 3}
    assert about == {"team": "a", "inner": inner, "tags": ["prod", "eu"], "user_id": "u1", "provider": "openai"}
    assert [(each.role, each.text) for each in refused.messages] == [("user", "forbidden?")]
    assert "That is forbidden." in str(refused.error)
    assert (refused.model, refused.total_tokens) == ("m-1", None)
    (call,) = [event for event in streamed.events if event.event == "model"]
    assert call.output.message.tool_calls is not None
    assert (call.output.message.tool_calls[0].arguments, call.output.stop_reason) == ({"p": "."}, "tool_calls")
    assert [each.text for each in response.messages] == ["Be brief.", "Hi?", "Answer to a response"]
    (asked,) = [event for event in response.events if event.event == "model"]
    assert asked.output.stop_reason == "stop"
    assert [each.total_tokens for each in (streamed, response)] == [120, 120]


async def test_traces_are_as_they_were_sent(server: str) -> None:
    assert_four(await fetch(server))


async def test_traces_are_chosen(server: str) -> None:
    everything = await fetch(server)
    assert [each.date for each in everything] == sorted((str(each.date) for each in everything), reverse=True)
    (helped,) = [each for each in everything if each.agent == "helper"]
    choices: list[dict[str, Any]] = [
        {"session_id": "s1"},
        {"tags": ["eu"]},
        {"metadata": {"team": "a"}},
        {"metadata": {"inner": {"level": 3}}},
        {"trace_id": helped.transcript_id},
        {"to_time": datetime.fromisoformat(str(everything[2].date))},
    ]
    for choice in choices:
        assert [each.transcript_id for each in await fetch(server, **choice)] == [helped.transcript_id], choice
    assert len(await fetch(server, from_time=datetime.fromisoformat(str(everything[1].date)))) == 2
    assert len(await fetch(server, limit=3)) == 3
    others: list[dict[str, Any]] = [{"session_id": "s2"}, {"tags": ["us"]}, {"metadata": {"team": "b"}}]
    for nothing in others:
        assert await fetch(server, **nothing) == []
    with pytest.raises(FileNotFoundError, match="has nothing at"):
        await fetch(server, "none")


async def test_all_pages_are_read(server: str) -> None:
    found = await fetch(server, "many")
    assert [each.task_id for each in found] == ["big", *(f"agent {n}" for n in reversed(range(103)))]
    uses = [event for event in found[0].events if event.event == "tool"]
    assert [event.result for event in uses] == [str(n) for n in range(1005)]


async def test_what_its_client_exports_says_the_same(server: str, tmp_path: Path) -> None:
    for name in "123":
        (tmp_path / name).mkdir()
    run_program(EXPORT, server, "one", str(tmp_path))
    for name in "123":
        assert_four(await read(tmp_path / name))
