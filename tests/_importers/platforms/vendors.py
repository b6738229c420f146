"""Programs that run with the packages of vendors, in an environment of their own, against servers on this machine."""

from __future__ import annotations

import os
import subprocess

import pytest

from _importers.platforms.model_server import CACHED, MADE, REASONING, TAKEN
from inspect_scout import Transcript

PYTHON = os.environ.get("SCOUT_TEST_VENDORS", "")
needs_vendors = [
    pytest.mark.anyio,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not PYTHON, reason="SCOUT_TEST_VENDORS names no Python with their packages: make test-vendors"),
]

HELPER = """
import json, sys
from openai import BadRequestError, OpenAI

client = OpenAI(base_url=sys.argv[1], api_key="none", max_retries=0)
parameters = {"type": "object", "properties": {"p": {"type": "string"}}}
TOOLS = [{"type": "function", "function": {"name": "ls", "description": "List files.", "parameters": parameters}}]

def chat(messages, **more):
    return client.chat.completions.create(model="m-1", messages=messages, temperature=0.5, **more)

def stream(messages, **more):
    chunks = list(chat(messages, stream=True, stream_options={"include_usage": True}, **more))
    return "".join(each.choices[0].delta.content or "" for each in chunks if each.choices)

@as_tool
def ls(p: str) -> str:
    return "a.txt in " + p

@as_agent
def expert(question: str) -> str:
    return stream([{"role": "system", "content": "You are an expert."}, {"role": "user", "content": question}])

@as_tool
def ask_expert(question: str) -> str:
    return expert(question)

@as_agent
def helper(question: str) -> str:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": question}]
    first = chat(messages, tools=TOOLS).choices[0].message
    call = first.tool_calls[0]
    result = ls(**json.loads(call.function.arguments))
    ask_expert("Is it fine?")
    said = {"role": "assistant", "tool_calls": [each.model_dump() for each in first.tool_calls]}
    messages += [said, {"role": "tool", "tool_call_id": call.id, "content": result}]
    return chat(messages, tools=TOOLS).choices[0].message.content

def forbidden():
    try:
        chat([{"role": "user", "content": "forbidden?"}])
    except BadRequestError:
        pass
"""
"""An agent: it asks a model, which lists files, then an expert, who answers in a stream, and the model again."""


def run_program(program: str, *arguments: str, **environment: str) -> str:
    """Run a program with the packages of vendors, and give what it printed."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    done = subprocess.run(
        [PYTHON, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={**own, **environment},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def assert_helper(one: Transcript) -> None:
    """What the agent did is what was read of it."""
    texts = ["Be brief.", "What is here?", "", "a.txt in .", "Answer to a.txt in ."]
    assert [(each.role, each.text) for each in one.messages] == list(
        zip(["system", "user", "assistant", "tool", "assistant"], texts, strict=True)
    )
    tools = {event.function: event for event in one.events if event.event == "tool"}
    assert (tools["ls"].id, tools["ls"].arguments, tools["ls"].result) == ("call_1", {"p": "."}, "a.txt in .")
    assert tools["ask_expert"].arguments == {"question": "Is it fine?"}
    assert tools["ask_expert"].result == "Answer to Is it fine?"
    models = [event for event in one.events if event.event == "model"]
    assert [each.output.choices[0].stop_reason for each in models] == ["tool_calls", "stop", "stop"]
    assert [each.output.completion for each in models] == ["", "Answer to Is it fine?", "Answer to a.txt in ."]
    for each in models:
        usage = each.output.usage
        assert usage is not None
        assert (usage.input_tokens, usage.input_tokens_cache_read) == (TAKEN - CACHED, CACHED)
        assert (usage.output_tokens, usage.reasoning_tokens) == (MADE, REASONING)
        assert (each.model, each.config.temperature) == ("m-1-2026", 0.5)
    assert [len(each.tools) for each in models] == [1, 0, 1]
    assert (one.total_tokens, one.agent, one.model) == (3 * (TAKEN + MADE), "helper", "m-1-2026")
    spans = [(event.name, event.type) for event in one.events if event.event == "span_begin"]
    assert ("expert", "agent") in spans
    assert one.error is None
    assert one.total_time is not None
    assert 0 < one.total_time < 120
