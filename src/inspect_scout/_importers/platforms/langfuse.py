"""Langfuse: observations, trace by trace, of the interface of today, or traces of that of older servers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import quote

from ..json_values import objects_of
from ..times import time_of
from .client import NotOfferedError, PlatformAccess, from_environment, key_of, needed
from .langfuse_rows import normal, trace_transcript
from .query import PlatformQuery, TraceHead, field_of, is_within, pages, rows_in, utc_text
from .rows import object_in, texts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
    from datetime import datetime

    from ..._transcripts import TraceProblem
    from ..contract import Found
    from ..json_values import Json, JsonObject
    from .client import Parameters, PlatformClient

_HOST: Final = "https://cloud.langfuse.com"
_OBSERVATIONS: Final = "/api/public/v2/observations"
_PAGE: Final = 100
_LISTED: Final = "core,basic,time,trace_context"
_READ: Final = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"


@dataclass(frozen=True, slots=True)
class LangfuseQuery(PlatformQuery):
    """What is wanted of Langfuse; `langfuse` says what the fields mean."""

    name: ClassVar[str] = "langfuse"
    title: ClassVar[str] = "Traces of Langfuse (HTTP)"
    example: ClassVar[str] = "scout import langfuse --from 2026-11-01"

    from_time: datetime | None = None
    to_time: datetime | None = None
    trace_id: str | None = None
    session_id: str | None = None
    user_id: str | None = None
    tags: Sequence[str] | None = None
    limit: int | None = None
    public_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    host: str | None = None

    def access(self) -> PlatformAccess:
        """Say how Langfuse is reached."""
        help = (
            "Make a pair of keys in the settings of the project, and set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY."
        )
        public = needed(key_of(self.public_key, "LANGFUSE_PUBLIC_KEY"), "The public key of Langfuse", help)
        secret = needed(key_of(self.secret_key, "LANGFUSE_SECRET_KEY"), "The secret key of Langfuse", help)
        url_help = "Set LANGFUSE_HOST (or say host) to the address of its region or server."
        return PlatformAccess("Langfuse", self._url, f"{help} {url_help}", url_help, basic=(public, secret))

    @property
    def _url(self) -> str:
        given = from_environment(self.host, "LANGFUSE_HOST", "LANGFUSE_BASE_URL", default=_HOST) or _HOST
        return given.rstrip("/")

    async def heads(self, client: PlatformClient) -> AsyncGenerator[TraceHead | TraceProblem]:
        """List the traces by their first observations."""
        try:
            async for row in self._roots(client):
                if self._takes(row, row.get("startTime")):
                    yield self._head(str(row.get("traceId") or ""), row.get("startTime"), row)
        except NotOfferedError:
            async for row in self._old_traces(client):
                if self._takes(row, row.get("timestamp")):
                    yield self._head(str(row.get("id") or ""), row.get("timestamp"), {**row, "is_old": True})

    def _head(self, id: str, start: object, row: JsonObject) -> TraceHead:
        version = [row.get("updatedAt"), row.get("endTime")]
        project = row.get("projectId")
        place = f"{self._url}/project/{project}/traces/{id}" if project else f"{self._url}/trace/{id}"
        return TraceHead(id, time_of(start), place, version, row)

    def _takes(self, row: JsonObject, start: object) -> bool:
        given = row.get("tags") or row.get("traceTags")
        return (
            is_within(start, self.from_time, self.to_time)
            and self.session_id in (None, row.get("sessionId"))
            and self.user_id in (None, row.get("userId"))
            and set(self.tags or ()) <= set(texts(given))
        )

    async def _roots(self, client: PlatformClient) -> AsyncIterator[JsonObject]:
        asked: Parameters = {
            "isRootObservation": True,
            "fields": _LISTED,
            "limit": _PAGE,
            "traceId": self.trace_id,
            "userId": self.user_id,
            "fromStartTime": utc_text(self.from_time),
            "toStartTime": utc_text(self.to_time),
        }
        async for row in _observations(client, asked):
            yield row

    async def _old_traces(self, client: PlatformClient) -> AsyncIterator[JsonObject]:
        if self.trace_id is not None:
            yield await client.get(f"/api/public/traces/{quote(self.trace_id, safe='')}")
            return
        page = 1
        while True:
            asked: Parameters = {
                "page": page,
                "limit": _PAGE,
                "orderBy": "timestamp.desc",
                "fields": "core",
                "userId": self.user_id,
                "sessionId": self.session_id,
                "tags": list(self.tags or ()) or None,
                "fromTimestamp": utc_text(self.from_time),
                "toTimestamp": utc_text(self.to_time),
            }
            answer = await client.get("/api/public/traces", asked)
            found = rows_in(answer, "data")
            for row in found:
                yield row
            if not found or page >= int(field_of(answer, "meta", "totalPages") or 0):
                return
            page += 1

    async def rows(self, client: PlatformClient, head: TraceHead) -> AsyncIterator[JsonObject]:
        """Give the observations of a trace, and its scores as `{"score": ...}`; of older servers also `{"trace": ...}`."""
        if head.row.get("is_old"):
            whole = await client.get(f"/api/public/traces/{quote(head.id, safe='')}")
            for row in objects_of(field_of(whole, "observations")):
                yield row
            for score in objects_of(field_of(whole, "scores")):
                yield {"score": score}
            yield {"trace": {name: value for name, value in object_in(whole).items() if name != "observations"}}
            return
        async for row in _observations(client, {"traceId": head.id, "fields": _READ, "limit": _PAGE}):
            yield row
        async for score in _scores(client, head.id):
            yield {"score": score}

    def found(self, head: TraceHead, rows: Sequence[JsonObject]) -> Iterator[Found]:
        """Make a transcript of a trace."""
        trace = next((row["trace"] for row in rows if "trace" in row), None)
        scores = [row["score"] for row in rows if "score" in row]
        observations = [row for row in rows if "trace" not in row and "score" not in row]
        yield trace_transcript(head.id, trace, observations, scores, place=head.location)


async def _observations(client: PlatformClient, asked: Parameters) -> AsyncIterator[JsonObject]:
    async def ask(cursor: str | None) -> Json:
        return await client.get(_OBSERVATIONS, {**asked, "cursor": cursor}, may_lack=cursor is None)

    async for row in pages(ask, "data", "meta", "cursor"):
        yield normal(row)


async def _scores(client: PlatformClient, trace_id: str) -> AsyncIterator[JsonObject]:
    """Give the scores of a trace; none where the server has them at another address."""

    async def ask(cursor: str | None) -> Json:
        asked: Parameters = {"traceId": trace_id, "limit": _PAGE, "cursor": cursor}
        return await client.get("/api/public/v3/scores", asked, may_lack=True)

    try:
        async for row in pages(ask, "data", "meta", "cursor"):
            yield row
    except NotOfferedError:
        return
