"""A server that speaks what providers speak: whole answers, streams of them, refusals, and streams that break off."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from support.provider.loopback import serving_http

USAGE = {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17}


@dataclass
class Wire:
    """What it answers.

    Args:
        text: The text of its answers.
        refuse: Status and body that it refuses with (None: it answers).
        cut: Pieces of a stream after which it hangs up (None: it sends all).
        requests: What it was asked, as path and body.
        clients: Clients that are closed with it.
    """

    text: str = "It is sunny."
    refuse: tuple[int, dict[str, Any]] | None = None
    cut: int | None = None
    url: str = ""
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    clients: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @property
    def words(self) -> list[str]:
        """Its text in the pieces of a stream."""
        return [word + " " for word in self.text.split(" ")[:-1]] + [self.text.split(" ")[-1]]


def completion(wire: Wire) -> dict[str, Any]:
    """Write an answer of chat completions."""
    message = {"role": "assistant", "content": wire.text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "c1", "object": "chat.completion", "created": 1, "model": "m-1", "choices": [choice], "usage": USAGE}


def completion_pieces(wire: Wire) -> list[dict[str, Any]]:
    """Write the same as a stream."""
    base = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m-1"}

    def piece(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        return {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}

    texts = [piece({"content": word}) for word in wire.words]
    return [
        piece({"role": "assistant", "content": ""}),
        *texts,
        piece({}, "stop"),
        {**base, "choices": [], "usage": USAGE},
    ]


def response(wire: Wire, status: str = "completed") -> dict[str, Any]:
    """Write an answer of the responses API."""
    part: dict[str, Any] = {"type": "output_text", "text": wire.text, "annotations": []}
    item: dict[str, Any] = {
        "id": "i1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [part],
    }
    usage = {
        "input_tokens": 12,
        "output_tokens": 5,
        "total_tokens": 17,
        "input_tokens_details": {"cached_tokens": 4},
        "output_tokens_details": {"reasoning_tokens": 2},
    }
    return {
        "id": "r1",
        "object": "response",
        "created_at": 1,
        "model": "m-1",
        "status": status,
        "output": [item] if status == "completed" else [],
        "usage": usage if status == "completed" else None,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
    }


def response_pieces(wire: Wire) -> list[dict[str, Any]]:
    """Write the same as a stream."""
    item: dict[str, Any] = {"id": "i1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
    part: dict[str, Any] = {"type": "output_text", "text": "", "annotations": []}
    where = {"item_id": "i1", "output_index": 0, "content_index": 0}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": response(wire, "in_progress")},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.content_part.added", **where, "part": part},
        *({"type": "response.output_text.delta", **where, "delta": word, "logprobs": []} for word in wire.words),
        {"type": "response.output_text.done", **where, "text": wire.text, "logprobs": []},
        {"type": "response.content_part.done", **where, "part": {**part, "text": wire.text}},
        {"type": "response.output_item.done", "output_index": 0, "item": response(wire)["output"][0]},
        {"type": "response.completed", "response": response(wire)},
    ]
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


CALL = {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": "Paris"}}


def message(wire: Wire) -> dict[str, Any]:
    """Write an answer of Anthropic."""
    usage = {"input_tokens": 3, "output_tokens": 5, "cache_read_input_tokens": 7, "cache_creation_input_tokens": 2}
    content = [{"type": "text", "text": wire.text}, CALL]
    return {
        "id": "m1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": content,
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": usage,
    }


def message_pieces(wire: Wire) -> list[dict[str, Any]]:
    """Write the same as a stream."""
    whole = message(wire)
    start: dict[str, Any] = {
        **whole,
        "content": [],
        "stop_reason": None,
        "usage": {**whole["usage"], "output_tokens": 1},
    }
    texts = [{"type": "text_delta", "text": word} for word in wire.words]
    cut = [{"type": "input_json_delta", "partial_json": each} for each in ('{"city": ', '"Paris"}')]
    return [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in texts),
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {**CALL, "input": {}}},
        *({"type": "content_block_delta", "index": 1, "delta": delta} for delta in cut),
        {"type": "content_block_stop", "index": 1},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use", "stop_sequence": None},
            "usage": {"output_tokens": 5},
        },
        {"type": "message_stop"},
    ]


def contents(wire: Wire) -> dict[str, Any]:
    """Write an answer of Google."""
    return contents_pieces(wire, [wire.text])[-1]


def contents_pieces(wire: Wire, words: list[str] | None = None) -> list[dict[str, Any]]:
    """Write the same as a stream."""
    usage = {"promptTokenCount": 12, "candidatesTokenCount": 5, "totalTokenCount": 17}
    pieces = words if words is not None else wire.words
    return [
        {
            "candidates": [
                {
                    "index": 0,
                    "content": {"role": "model", "parts": [{"text": word}]},
                    **({"finishReason": "STOP"} if number == len(pieces) - 1 else {}),
                }
            ],
            "usageMetadata": usage,
            "modelVersion": "gemini-x",
        }
        for number, word in enumerate(pieces)
    ]


@contextlib.contextmanager
def serving(wire: Wire) -> Generator[Wire]:
    """Serve on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            wire.requests.append((self.path, body))
            if wire.refuse is not None:
                self.send_json(*wire.refuse)
            elif body.get("stream") or ":streamGenerateContent" in self.path:
                self.send_stream()
            else:
                self.send_json(200, self.made(whole=True))

        def made(self, *, whole: bool) -> Any:
            if self.path.endswith("/chat/completions"):
                return completion(wire) if whole else completion_pieces(wire)
            if self.path.endswith("/responses"):
                return response(wire) if whole else response_pieces(wire)
            if "/messages" in self.path:
                return message(wire) if whole else message_pieces(wire)
            return contents(wire) if whole else contents_pieces(wire)

        def send_json(self, status: int, content: Any) -> None:
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def send_stream(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            pieces = self.made(whole=False)
            for piece in pieces[: wire.cut]:
                named = f"event: {piece['type']}\n" if "type" in piece else ""
                self.send_chunk(f"{named}data: {json.dumps(piece)}\n\n")
            if wire.cut is not None:
                self.close_connection = True
                return
            if self.path.endswith("/chat/completions"):
                self.send_chunk("data: [DONE]\n\n")
            self.wfile.write(b"0\r\n\r\n")

        def send_chunk(self, text: str) -> None:
            data = text.encode()
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            return

    with serving_http(Handler, lambda: None) as url:
        wire.url = url
        with wire.clients:
            yield wire
