"""A chat-completions server on loopback: answers by rule, counts calls, and refuses or holds them when told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, TypeAlias

from .loopback import serving_http

Reply: TypeAlias = str | Mapping[str, Any] | tuple[int, Mapping[str, Any]]
"""Text; the arguments of a call of the first tool that was offered, or a message, which has a role; or a status and a body."""


@dataclass(frozen=True)
class Asked:
    """A request as it came in.

    Args:
        text: The text of all its messages.
        tools: Names of the tools that it offers.
    """

    text: str
    tools: tuple[str, ...] = ()


@dataclass
class ChatServer:
    """What the server does and what it saw.

    Args:
        answer: Makes the reply to a request.
        refuse: Which requests, counted from 1, get status 429.
        hold_after: Answers given before all further ones wait until `release` is called (None: none waits).
    """

    answer: Callable[[Asked], Reply]
    refuse: frozenset[int] = frozenset()
    hold_after: int | None = None
    url: str = ""
    answered: list[Asked] = field(default_factory=list[Asked])
    requests: int = 0
    refused: int = 0
    held: int = 0
    peak: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)
    _in_flight: int = 0
    _released: bool = False

    def release(self) -> None:
        """Hold nothing from now on. What is held already gets no answer."""
        with self.changed:
            self.hold_after = None
            self._released = True
            self.changed.notify_all()

    def wait_until_held(self, calls: int, seconds: float = 60) -> None:
        """Wait until so many calls are held."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.held >= calls, seconds), f"{self.held} calls are held"

    def respond(self, asked: Asked) -> tuple[int, dict[str, Any]] | None:
        """Decide on a request; None: hang up."""
        with self.changed:
            self.requests += 1
            if self.requests in self.refuse:
                self.refused += 1
                return 429, {"error": {"message": "too many requests", "type": "requests", "code": "rate_limit"}}
            self._in_flight += 1
            self.peak = max(self.peak, self._in_flight)
            try:
                if self.hold_after is not None and len(self.answered) >= self.hold_after:
                    self.held += 1
                    self.changed.notify_all()
                    self.changed.wait_for(lambda: self._released)
                    return None
                self.answered.append(asked)
            finally:
                self._in_flight -= 1
        reply = self.answer(asked)
        return (reply[0], dict(reply[1])) if isinstance(reply, tuple) else (200, _completion(asked, reply))


@contextmanager
def serving(server: ChatServer) -> Generator[ChatServer]:
    """Serve on a free port of 127.0.0.1 within the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            tools = tuple(tool["function"]["name"] for tool in body.get("tools", ()))
            made = server.respond(Asked("\n".join(map(_text, body["messages"])), tools))
            if made is None:
                self.close_connection = True
                return
            status, content = made
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            if status == 429:
                self.send_header("retry-after-ms", "50")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving_http(Handler, server.release) as url:
        server.url = f"{url}/v1"
        yield server


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _completion(asked: Asked, reply: str | Mapping[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply if isinstance(reply, str) else None}
    called = not isinstance(reply, str) and "role" not in reply
    if not isinstance(reply, str) and not called:
        message = dict(reply)
    elif not isinstance(reply, str):
        call = {"name": asked.tools[0], "arguments": json.dumps(dict(reply))}
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": call}]
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "judge",
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if called else "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }
