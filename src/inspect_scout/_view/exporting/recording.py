"""Asking the API in this process, and keeping its answers under the names by which the page looks for them.

The page's side is `web/src/api/from-disk.ts` and `questions.ts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import urlencode

from ..._app import ExportFolder, Masker
from ..._support.errors import LocationError
from ..._support.json import loads
from ..v3.answers import encoded

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message

Query = Mapping[str, object]
ListKind = Literal["places", "numbers", "sparse"]
"""How items of a list are asked for: by places from 0, by numbers from 1, or those from a number on, of which some are missing."""

_API = "/api/v3"


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What the API answers.

    Args:
        status: Status of HTTP.
        media_type: What the body is.
        body: The answer.
    """

    status: int
    media_type: str
    body: bytes


class Api:
    """Asks an application without a network.

    Args:
        app: The application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def ask(self, path: str, query: Query | None = None) -> ApiAnswer:
        """Ask for what is at a path."""
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": _API + path,
            "root_path": "",
            "query_string": urlencode(query or {}, doseq=True).encode(),
            "headers": [(b"host", b"localhost")],
        }
        status, media_type, body = 500, "", bytearray()

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status, media_type
            if message["type"] == "http.response.start":
                status = message["status"]
                headers: dict[bytes, bytes] = dict(message.get("headers", ()))
                media_type = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0]
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, send)
        return ApiAnswer(status, media_type, bytes(body))


def as_answered(value: object) -> object:
    """Give a value as the API answers it."""
    return loads(encoded(value))


class Reader:
    """Asks for JSON.

    Args:
        api: Is asked.
        places: Where scans or transcripts are: parameters that all is asked with.
    """

    def __init__(self, api: Api, places: Query | None = None) -> None:
        self.api, self.places = api, dict(places or {})

    async def read(self, path: str, query: Query | None = None) -> Any:
        """Ask; None if it is refused."""
        reply = await self.api.ask(path, {**(query or {}), **self.places})
        return loads(reply.body) if reply.status == 200 else None

    async def need(self, path: str, query: Query | None = None) -> Any:
        """Ask for what must be there.

        Raises:
            LocationError: It is refused.
        """
        reply = await self.api.ask(path, {**(query or {}), **self.places})
        if reply.status != 200:
            raise LocationError(f"{path!r} cannot be exported: {_reason(reply)}")
        return loads(reply.body)


class Recorder(Reader):
    """Keeps answers, with what is secret in them masked, under questions that do not say where things were.

    Args:
        api: Is asked.
        folder: Keeps the answers.
        masker: Masks what is secret.
        places: As for `Reader`.
    """

    def __init__(self, api: Api, folder: ExportFolder, masker: Masker, places: Query | None = None) -> None:
        super().__init__(api, places)
        self.folder, self._masker = folder, masker

    def at(self, places: Query) -> Recorder:
        """Record what is at other places."""
        return Recorder(self.api, self.folder, self._masker, places)

    async def record(self, path: str, query: Query | None = None, *, named: Query | None = None) -> Any:
        """Ask, and keep the answer.

        Args:
            path: What is asked for.
            query: How.
            named: Parameters that the page's question is known by.

        Returns:
            The answer as it is kept; None if it was refused, and nothing kept.
        """
        found = await self.read(path, query)
        return None if found is None else self.keep(question(path, named), found)

    def keep(self, name: str, answer: Any) -> Any:
        """Keep an answer under the name of its question; its secrets are masked in place."""
        shown = self._masker.json(answer)
        self.folder.add(name, shown)
        return shown

    def learn(self, answer: Any) -> None:
        """Take note of what is secret in an answer that is not kept."""
        before = self._masker.masked
        self._masker.json(answer)
        self._masker.masked = before

    def start_list(self, path: str, kind: ListKind, size: int, **more: Any) -> RecordedList:
        """Begin a list that is kept by its parts (`RecordedList` says how)."""
        return RecordedList(self, path, kind, size, **more)

    async def keep_media(self, path: str) -> None:
        """Keep what a browser loads itself: an image, a recording, a text."""
        reply = await self.api.ask(path, self.places)
        if reply.status != 200:
            return
        body = reply.body
        if reply.media_type.startswith("text/") or reply.media_type == "application/json":
            body = self._masker.text(body.decode("utf-8", "replace")).encode()
        self.folder.add_media(path, body, _EXTENSIONS.get(reply.media_type, ".bin"))


class RecordedList:
    """A list that is kept by its parts, so that the page can ask for any of its items.

    Args:
        recorder: Keeps the parts.
        path: What the list is asked for by.
        kind: How its items are asked for.
        size: Items of a part; the last has fewer.
        field: Name of the items in the answers.
        filters: Parameters that choose items -> names of the field whose value is compared.
    """

    def __init__(
        self,
        recorder: Recorder,
        path: str,
        kind: ListKind,
        size: int,
        *,
        field: str = "items",
        filters: Mapping[str, str] | None = None,
    ) -> None:
        self._recorder, self._path, self._field = recorder, path, field
        self._starts: list[int] = []
        self._total = 0
        self._described = {"kind": kind, "size": size, "field": field, "filters": dict(filters or {})}

    def add(self, part: Any) -> None:
        """Keep the next part."""
        items: Sequence[Any] = part[self._field]
        self._recorder.keep(f"{self._path}#{len(self._starts)}", part)
        self._starts.append(items[0].get("number", 0) if items else 0)
        self._total += len(items)

    def end(self) -> None:
        """Keep what is known of the list."""
        starts = {"starts": self._starts} if self._described["kind"] == "sparse" else {}
        self._recorder.folder.add_list(self._path, {**self._described, "total": self._total, **starts})


_EXTENSIONS: Mapping[str, str] = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "application/json": ".txt",
}
"""Of what is shown as it is; anything else (SVG and HTML can hold scripts) is to be kept, not opened."""


def _reason(reply: ApiAnswer) -> str:
    try:
        return str(loads(reply.body)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"status {reply.status}."


def question(path: str, named: Query | None = None) -> str:
    """Name a question as the page does (`keyOf` in `web/src/api/questions.ts`)."""
    pairs: list[tuple[str, str]] = []
    for name, value in (named or {}).items():
        several = cast("Sequence[object]", value) if isinstance(value, list | tuple) else (value,)
        pairs += [(name, str(each)) for each in several]
    pairs.sort()
    return path + ("?" + "&".join("=".join(pair) for pair in pairs) if pairs else "")
