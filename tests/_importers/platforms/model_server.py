"""A model on loopback for the clients of vendors: chats and responses, with calls of tools, in streams, and refused."""

from __future__ import annotations

import itertools
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from _importers.platforms.platform_server import Asked, PlatformServer, Reply, serving_platform

CACHED, REASONING = 40, 5
"""Tokens of each answer that were in the cache, or thoughts."""
TAKEN, MADE = 100, 20


@contextmanager
def serving_model() -> Generator[PlatformServer]:
    """Serve a model that calls the tool which it is offered, once, and refuses whoever asks for what is forbidden."""
    numbers = itertools.count(1)
    with serving_platform(lambda asked: _answer(asked, next(numbers))) as server:
        yield server


def _answer(asked: Asked, number: int) -> Any:
    body = asked.body
    if asked.path.endswith("/responses"):
        return _response(body, number)
    messages = body["messages"]
    if "forbidden" in json.dumps(messages):
        return Reply(400, {"error": {"message": "That is forbidden.", "type": "invalid_request_error"}})
    called = any(each["role"] == "tool" for each in messages)
    message: dict[str, Any] = {"role": "assistant", "content": f"Answer to {_last(messages)}"}
    if body.get("tools") and not called:
        function = {"name": body["tools"][0]["function"]["name"], "arguments": '{"p": "."}'}
        message |= {"content": None, "tool_calls": [{"id": "call_1", "type": "function", "function": function}]}
    reason = "tool_calls" if message["content"] is None else "stop"
    about = {"id": f"chatcmpl-{number}", "created": 1_780_000_000, "model": f"{body['model']}-2026"}
    if body.get("stream"):
        return _stream(about, message, reason)
    choices = [{"index": 0, "message": message, "finish_reason": reason}]
    return Reply(
        body={**about, "object": "chat.completion", "choices": choices, "usage": _usage()},
        headers={"Content-Type": "application/json"},
    )


def _last(messages: Any) -> str:
    content = messages[-1]["content"]
    return content if isinstance(content, str) else json.dumps(content)


def _usage() -> dict[str, Any]:
    return {
        "prompt_tokens": TAKEN,
        "completion_tokens": MADE,
        "total_tokens": TAKEN + MADE,
        "prompt_tokens_details": {"cached_tokens": CACHED},
        "completion_tokens_details": {"reasoning_tokens": REASONING},
    }


def _stream(about: Mapping[str, Any], message: dict[str, Any], reason: str) -> Reply:
    """Send the answer in pieces, and what it cost behind them."""
    calls = message.pop("tool_calls", None)
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    if calls:
        arguments = calls[0]["function"]["arguments"]
        named = {**calls[0], "function": {**calls[0]["function"], "arguments": ""}}
        deltas.append({"tool_calls": [{"index": 0, **named}]})
        deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} for piece in arguments]
    else:
        deltas += [{"content": piece} for piece in message["content"].split(" ")[:1]]
        deltas += [{"content": f" {piece}"} for piece in message["content"].split(" ")[1:]]
    chunks: list[dict[str, Any]] = [{"choices": [{"index": 0, "delta": each}]} for each in deltas]
    chunks += [{"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}, {"choices": [], "usage": _usage()}]
    lines = [json.dumps({**about, "object": "chat.completion.chunk", **each}) for each in chunks]
    text = "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"])
    return Reply(body=text, headers={"Content-Type": "text/event-stream"})


def _response(body: Mapping[str, Any], number: int) -> Reply:
    said = {"type": "output_text", "text": "Answer to a response", "annotations": list[Any]()}
    message = {"id": "m1", "type": "message", "role": "assistant", "status": "completed", "content": [said]}
    usage = {
        "input_tokens": TAKEN,
        "input_tokens_details": {"cached_tokens": CACHED, "cache_write_tokens": 0},
        "output_tokens": MADE,
        "output_tokens_details": {"reasoning_tokens": REASONING},
        "total_tokens": TAKEN + MADE,
    }
    answer = {
        "id": f"resp_{number}",
        "object": "response",
        "created_at": 1_780_000_000,
        "model": f"{body['model']}-2026",
        "status": "completed",
        "output": [message],
        "usage": usage,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": list[Any](),
    }
    return Reply(body=answer, headers={"Content-Type": "application/json"})
