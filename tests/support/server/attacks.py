"""What no client would send, in every place where a client can send something."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

HOSTILE = (
    "",
    "..",
    "../../../../etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "http://127.0.0.1:1/x",
    "s3://",
    "nowhere://x",
    "\x00",
    "a\x00b",
    "\u202e\ufeff\u2028",
    "\U0001f600" * 200,
    "x" * 3000,
    "'; DROP TABLE scans; --",
    '" OR 1=1 --',
    "1; ATTACH '/etc/passwd'",
    "read_csv('/etc/passwd')",
    "(SELECT 1)",
    "score = (SELECT content FROM read_text('/etc/passwd'))",
    "glob('/*')",
    "COPY scans TO '/tmp/x'",
    "getenv('HOME')",
    "-getenv('HOME')",
    "\ud800",
    "A" * 400 + "..",
    "*",
    "%",
    "{{7*7}}",
    "${x}",
    "-1",
    "0",
    "1e309",
    "NaN",
    "null",
    "true",
    "[]",
    "{}",
    "9" * 400,
    "9223372036854775808",
    "(a+)+$",
    "(",
    "!!!",
)
"""Texts for parameters."""

BODIES = (
    b"",
    b"{",
    b"null",
    b"[]",
    b"{}",
    b"1",
    b'"x"',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"filter": {"left": "x\\" OR 1=1", "operator": "=", "right": "y"}}',
    b'{"pagination": {"limit": -1, "cursor": {"x": []}, "direction": "sideways"}}',
    b'{"order_by": {"column": "1; --", "direction": "ASC"}}',
    b'{"limit": 1e400}',
    b'{"limit": NaN, "target": Infinity, "cases": [{"id": "x", "target": -Infinity}]}',
    b'{"pagination": {"limit": ' + b"9" * 5000 + b"}}",
    b'{"pagination": {"limit": 5, "cursor": {"transcript_id": ' + b"9" * 400 + b'}, "direction": "backward"}}',
    b'{"filter": {"left": "score", "operator": "LIKE", "right": ' + b"[" * 5000 + b"]" * 5000 + b"}}",
    b'{"order_by": [{"column": "getenv(\'HOME\')", "direction": "DESC"}]}',
)
"""Bodies of requests."""


@dataclass(frozen=True)
class Attack:
    """A request."""

    method: str
    path: str
    params: dict[str, str] = field(default_factory=dict[str, str])
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    def __str__(self) -> str:
        return f"{self.method} {self.path[:200]!r} {str(self.params)[:200]} {self.body[:100]!r}"


def attacks(openapi: dict[str, Any], prefix: str) -> Iterator[list[Attack]]:
    """Attack each route that an API describes, one after the other: each parameter with each text, and with each body.

    Args:
        openapi: The description of the API.
        prefix: Path that it is mounted at.
    """
    for path, methods in openapi["paths"].items():
        for method, described in methods.items():
            names = [p["name"] for p in described.get("parameters", ()) if p["in"] == "query"]
            yield list(_attacks_of_route(method.upper(), prefix + path, names))


def _attacks_of_route(method: str, path: str, names: list[str]) -> Iterator[Attack]:
    bodies = cycle(BODIES) if method in ("POST", "PUT", "PATCH") else cycle([b""])
    for text in HOSTILE:
        filled = re.sub(r"\{[^}]*\}", lambda _: _in_path(text), path)  # noqa: B023 - called at once
        encoded = re.sub(r"\{[^}]*\}", lambda _: _in_path(_base64(text)), path)  # noqa: B023
        for each in {filled, encoded}:
            yield Attack(method, each, dict.fromkeys(names, text[:200]), body=next(bodies))
        for name in names:
            yield Attack(method, encoded, {name: text}, body=next(bodies))
    for body in islice(bodies, len(BODIES)):
        headers = {"content-type": "application/json", "if-match": '"x"', "if-none-match": "*", "range": "bytes=9-1"}
        yield Attack(method, re.sub(r"\{[^}]*\}", _base64("/project"), path), {}, headers, body)


def _base64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def _in_path(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass")) or "-"
