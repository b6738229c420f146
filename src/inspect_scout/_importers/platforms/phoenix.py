"""Arize Phoenix: spans, trace by trace."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import quote

from ..._support.errors import ConfigError
from ..times import time_of
from .client import NotOfferedError, PlatformAccess, from_environment, key_of
from .phoenix_rows import labels_of, trace_transcript
from .query import PlatformQuery, TraceHead, field_of, is_within, pages, utc_text

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
    from datetime import datetime

    from ..._transcripts import TraceProblem
    from ..contract import Found
    from ..json_values import Json, JsonMapping, JsonObject
    from .client import Parameters, PlatformClient

_URL: Final = "http://localhost:6006"
_TRACES: Final = 100
_SPANS: Final = 1000


@dataclass(frozen=True, slots=True)
class PhoenixQuery(PlatformQuery):
    """What is wanted of Phoenix; `phoenix` says what the fields mean."""

    name: ClassVar[str] = "phoenix"
    title: ClassVar[str] = "Traces of Arize Phoenix (HTTP)"
    example: ClassVar[str] = "scout import phoenix -P project=default"

    project: str | None = None
    from_time: datetime | None = None
    to_time: datetime | None = None
    trace_id: str | None = None
    session_id: str | None = None
    tags: Sequence[str] | None = None
    metadata: JsonMapping | None = None
    limit: int | None = None
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None

    def access(self) -> PlatformAccess:
        """Say how Phoenix is reached; a server of one's own may want no key."""
        if not self.project or set(self.project) & set("/?#"):
            raise ConfigError(f"project={self.project!r} is not a project of Phoenix: say project=NAME, or its id.")
        key = key_of(self.api_key, "PHOENIX_API_KEY")
        url_help = "Set PHOENIX_COLLECTOR_ENDPOINT (or say base_url) to the address of the server."
        key_help = f"Make a key in its settings, and set PHOENIX_API_KEY (or say api_key). {url_help}"
        return PlatformAccess(
            "Phoenix", self._url, key_help, url_help, {"Authorization": f"Bearer {key}"} if key else {}
        )

    @property
    def _url(self) -> str:
        given = from_environment(self.base_url, "PHOENIX_BASE_URL", "PHOENIX_COLLECTOR_ENDPOINT", default=_URL) or _URL
        return given.rstrip("/").removesuffix("/v1/traces")

    @property
    def _path(self) -> str:
        return f"/v1/projects/{quote(str(self.project), safe='')}"

    async def heads(self, client: PlatformClient) -> AsyncGenerator[TraceHead | TraceProblem]:
        """List the traces, or on servers before 13.15 the spans that have no parent."""
        if self.trace_id is not None:
            yield self._head(self.trace_id, None, None)
            return
        count = 0
        try:
            async for head in self._traces(client):
                count += 1
                yield head
        except NotOfferedError:
            async for head in self._roots(client, {}):
                yield head
        else:
            if (
                self.session_id is not None and not count
            ):  # a server knows a session only in the project that had it first
                async for head in self._roots(client, {"attribute": f"session.id:{json.dumps(self.session_id)}"}):
                    yield head

    @property
    def _times(self) -> Parameters:
        return {"start_time": utc_text(self.from_time), "end_time": utc_text(self.to_time)}

    async def _traces(self, client: PlatformClient) -> AsyncIterator[TraceHead]:
        session: Parameters = {"session_identifier": self.session_id}
        asked: Parameters = {**self._times, **session, "limit": _TRACES, "sort": "start_time", "order": "desc"}
        async for row in _pages(client, f"{self._path}/traces", asked, may_lack=True):
            if is_within(row.get("start_time"), self.from_time, self.to_time):
                yield self._head(str(row.get("trace_id") or ""), row.get("start_time"), row.get("end_time"))

    async def _roots(self, client: PlatformClient, chosen: Parameters) -> AsyncIterator[TraceHead]:
        """Give the traces by their spans that have no parent."""
        order: Parameters = {"parent_id": "null", "sort": "start_time", "order": "desc", "limit": _SPANS}
        async for row in _pages(client, f"{self._path}/spans", {**self._times, **chosen, **order}):
            id = field_of(row, "context", "trace_id")
            if not row.get("parent_id") and is_within(row.get("start_time"), self.from_time, self.to_time):
                yield self._head(str(id or ""), row.get("start_time"), row.get("end_time"))

    def _head(self, id: str, start: object, end: object) -> TraceHead:
        place = f"{self._url}/projects/{quote(str(self.project))}/traces/{quote(id, safe='')}"
        return TraceHead(id, time_of(start), place, [end])

    async def rows(self, client: PlatformClient, head: TraceHead) -> AsyncIterator[JsonObject]:
        """Give the spans of a trace. Servers before 13.9 give those of all traces: the others are passed over."""
        async for row in _pages(client, f"{self._path}/spans", {"trace_id": head.id, "limit": _SPANS}):
            if field_of(row, "context", "trace_id") == head.id:
                yield row

    def found(self, head: TraceHead, rows: Sequence[JsonObject]) -> Iterator[Found]:
        """Make a transcript of a trace, if its session, tags and metadata are those that are meant."""
        session, tags, metadata = labels_of(rows)
        wanted: Mapping[str, object] = self.metadata or {}
        if (
            self.session_id in (None, session)
            and set(self.tags or ()) <= set(tags)
            and all(metadata.get(name) == value for name, value in wanted.items())
        ):
            yield trace_transcript(head.id, rows, place=head.location, project=self.project)


async def _pages(
    client: PlatformClient, path: str, asked: Parameters, *, may_lack: bool = False
) -> AsyncIterator[JsonObject]:
    async def ask(cursor: str | None) -> Json:
        return await client.get(path, {**asked, "cursor": cursor}, may_lack=may_lack and cursor is None)

    async for row in pages(ask, "data", "next_cursor"):
        yield row
