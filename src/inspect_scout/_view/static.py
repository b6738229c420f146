"""The files of the page: known names only, compressed beforehand, told once by their hash."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response

from .._support.storage import run_in_thread
from .network.guards import header_values

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

INDEX = "index.html"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
}
"""By the end of the name; everything else is bytes."""

_ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""What a browser may accept -> end of the name of the compressed file, best first."""

_IMMUTABLE = "public, max-age=31536000, immutable"
_ASSETS = "/assets/"


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the page.

    Args:
        path: Where it is.
        encoded: Where its compressed copies are, by encoding.
    """

    path: str
    encoded: Mapping[str, str]


class StaticFiles:
    """Serves the files of a folder, as they were when it was made.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: str) -> None:
        self._files = _files_of(folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await (await self._answer(scope))(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        path = scope["path"]
        found = self._files.get(path + INDEX if path.endswith("/") else path)
        if found is None:
            return PlainTextResponse("Not found", 404)
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("Method not allowed", 405, {"allow": "GET, HEAD"})
        encoding = _chosen(found, b",".join(header_values(scope, b"accept-encoding")).decode("latin-1"))
        file = found.path if encoding is None else found.encoded[encoding]
        content = await run_in_thread("", lambda: _read(file))
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {
            "etag": etag,
            "cache-control": _IMMUTABLE if path.startswith(_ASSETS) else "no-cache",
            "vary": "accept-encoding",
        }
        asked = b",".join(header_values(scope, b"if-none-match")).decode("latin-1")
        if etag in {each.strip().removeprefix("W/") for each in asked.split(",")}:
            return Response(status_code=304, headers=headers)
        if encoding is not None:
            headers["content-encoding"] = encoding
        headers["content-type"] = _TYPES.get(os.path.splitext(found.path)[1], "application/octet-stream")
        return Response(content, headers=headers)


def _files_of(folder: str) -> Mapping[str, _File]:
    found: dict[str, str] = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            found["/" + os.path.relpath(path, folder).replace(os.sep, "/")] = path
    ends = tuple(_ENCODINGS.values())
    return {
        url: _File(path, {name: found[url + end] for name, end in _ENCODINGS.items() if url + end in found})
        for url, path in found.items()
        if not (url.endswith(ends) and url[: -len(os.path.splitext(url)[1])] in found)
    }


def _chosen(file: _File, accepted: str) -> str | None:
    """Choose the encoding of an answer: the best one that there is, and that the browser takes."""
    taken = {_token(part) for part in accepted.lower().split(",") if not _is_refused(part)}
    return next((name for name in _ENCODINGS if name in file.encoded and name in taken), None)


def _token(part: str) -> str:
    return part.partition(";")[0].strip()


def _is_refused(part: str) -> bool:
    weight = part.partition(";")[2].replace(" ", "").lower()
    return weight.startswith("q=") and not weight[2:].strip("0.")


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
