"""Parts of the path of a request: base64 of a location may contain slashes, which then are escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..places import decode_location, from_uri

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_ESCAPED_SLASH = re.compile(rb"%2f", re.IGNORECASE)
_SLASH = "\x1f"
"""Stands for an escaped slash while routes are matched."""


class KeepEscapedSlashes:
    """Lets routes tell slashes that separate from those that are part of a name.

    Args:
        app: Answers the request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        raw = scope.get("raw_path") or b""
        if scope["type"] == "http" and _ESCAPED_SLASH.search(raw):
            path = unquote(_ESCAPED_SLASH.sub(b"%1F", raw).decode("ascii", "replace"))
            scope = {**scope, "path": path}
        await self._app(scope, receive, send)


def plain_segment(segment: str) -> str:
    """Give a part of the path as it was meant."""
    return segment.replace(_SLASH, "/")


def decode_segment(segment: str) -> str:
    """Read a location from a part of the path.

    Raises:
        ConfigError: It is not base64 of a path or URL.
    """
    return from_uri(decode_location(plain_segment(segment)))
