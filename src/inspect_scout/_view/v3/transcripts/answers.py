"""How answers are written: strict JSON, and nothing at all for those who have it already."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response

if TYPE_CHECKING:
    from fastapi import Request

_JSON = "application/json"


def write_json(value: object) -> bytes:
    """Write a record."""
    return json.dumps(msgspec.to_builtins(value), separators=(",", ":"), ensure_ascii=False).encode()


def json_answer(value: object) -> Response:
    """Answer with a record that will be another soon."""
    return Response(write_json(value), media_type=_JSON, headers={"Cache-Control": "no-store"})


def tagged_answer(request: Request, value: object, version: str) -> Response:
    """Answer with a record that stays the same as long as a version does: who has it already is told so.

    Args:
        request: The request.
        value: The record.
        version: What changes whenever the same request has another answer.
    """
    tag = entity_tag(request, version)
    if is_known(request, tag):
        return not_modified(tag)
    return Response(write_json(value), media_type=_JSON, headers={"ETag": tag, "Cache-Control": "no-cache"})


def entity_tag(request: Request, version: str) -> str:
    """Make the tag of an answer, of what was asked and a version."""
    asked = f"{version}\n{request.url.path}?{request.url.query}"
    return f'"{hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:24]}"'


def is_known(request: Request, tag: str) -> bool:
    """Tell whether who asks has the answer already."""
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    return tag in known


def not_modified(tag: str) -> Response:
    """Answer that nothing has changed."""
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": "no-cache"})
