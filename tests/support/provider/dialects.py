"""How each kind of provider writes its answers and its refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

Dialect: TypeAlias = Literal["openai", "responses", "anthropic", "google"]
Usage: TypeAlias = "tuple[Any, Any] | None"
"""Tokens read and written, whatever a provider may claim; None: it tells none."""

DIALECTS: Final[tuple[Dialect, ...]] = ("openai", "responses", "anthropic", "google")

MODELS: Final[Mapping[Dialect, str]] = {
    "openai": "openai/gpt-4o-mini",
    "responses": "openai/gpt-4o-mini",
    "anthropic": "anthropic/claude-sonnet-4-0",
    "google": "google/gemini-2.5-flash",
}
"""A model of each dialect, so that inspect_ai takes the client that speaks it."""

MODEL_ARGS: Final[Mapping[Dialect, Mapping[str, Any]]] = {
    "openai": {"responses_api": False},
    "responses": {
        "responses_api": True
    },  # models that prefer it are asked once more whether they may summarize reasoning
    "anthropic": {},
    "google": {},
}

KEYS: Final = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY")
"""Variables that the clients want to hold something."""

_GOOGLE_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}
_ANTHROPIC_TYPE = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


def dialect_of(path: str) -> Dialect:
    """Tell which dialect a request speaks by its path."""
    if path.endswith("/chat/completions"):
        return "openai"
    if path.endswith("/responses"):
        return "responses"
    return "anthropic" if "/messages" in path else "google"


def base_url(dialect: Dialect, server: str) -> str:
    """Give the base URL that a client of a dialect wants."""
    return f"{server}/v1" if dialect in {"openai", "responses"} else server


def completion(dialect: Dialect, text: str, usage: Usage) -> dict[str, Any]:
    """Write an answer."""
    return _WRITERS[dialect](text, usage)


def empty(dialect: Dialect, usage: Usage) -> dict[str, Any]:
    """Write an answer that holds nothing that a model said."""
    written = completion(dialect, "", usage)
    key = {"openai": "choices", "responses": "output", "anthropic": "content", "google": "candidates"}[dialect]
    return {**written, key: []}


def error(dialect: Dialect, status: int, said: str, code: str | None = None) -> dict[str, Any]:
    """Write an error as the provider would."""
    if dialect == "anthropic":
        return {"type": "error", "error": {"type": _ANTHROPIC_TYPE.get(status, "api_error"), "message": said}}
    if dialect == "google":
        return {"error": {"code": status, "message": said, "status": _GOOGLE_STATUS.get(status, "INTERNAL")}}
    return {"error": {"message": said, "type": code or "error", "param": None, "code": code}}


def encoded(body: Any, as_events: bool = False) -> bytes:
    """Write a body, as one piece or as the events of Anthropic's stream."""
    if isinstance(body, bytes):
        return body
    if not as_events:
        return json.dumps(body).encode()
    return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in _events(body))


def _events(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    if body["type"] == "error":
        return [dict(body)]
    start: dict[str, Any] = {**body, "content": [], "stop_reason": None}
    if "usage" in body:
        start["usage"] = {**body["usage"], "output_tokens": 0}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": start}]
    for index, block in enumerate(body["content"]):
        delta = {"type": "text_delta", "text": block["text"]}
        events += [
            {"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": index, "delta": delta},
            {"type": "content_block_stop", "index": index},
        ]
    end = {"stop_reason": body["stop_reason"], "stop_sequence": None}
    told: dict[str, Any] = (
        {"usage": {"output_tokens": body["usage"]["output_tokens"]}} if "usage" in body else {"usage": {}}
    )
    return [*events, {"type": "message_delta", "delta": end, **told}, {"type": "message_stop"}]


def _openai(text: str, usage: Usage) -> dict[str, Any]:
    told = {} if usage is None else {"usage": _counts("prompt_tokens", "completion_tokens", "total_tokens", usage)}
    message = {"role": "assistant", "content": text}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        **told,
    }


def _responses(text: str, usage: Usage) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "output_text", "text": text, "annotations": []}]
    details = {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    told = None if usage is None else {**_counts("input_tokens", "output_tokens", "total_tokens", usage), **details}
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_700_000_000,
        "status": "completed",
        "model": "gpt-4o-mini",
        "output": [{"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content}],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": told,
    }


def _anthropic(text: str, usage: Usage) -> dict[str, Any]:
    told = {} if usage is None else {"usage": {"input_tokens": usage[0], "output_tokens": usage[1]}}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-0",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        **told,
    }


def _google(text: str, usage: Usage) -> dict[str, Any]:
    counts = None if usage is None else _counts("promptTokenCount", "candidatesTokenCount", "totalTokenCount", usage)
    content = {"role": "model", "parts": [{"text": text}]}
    return {
        "candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
        "modelVersion": "gemini-2.5-flash",
        "responseId": "r1",
        **({} if counts is None else {"usageMetadata": counts}),
    }


def _counts(read: str, written: str, both: str, usage: tuple[Any, Any]) -> dict[str, Any]:
    return {read: usage[0], written: usage[1], both: usage[0] + usage[1]}


_WRITERS: Final = {"openai": _openai, "responses": _responses, "anthropic": _anthropic, "google": _google}
