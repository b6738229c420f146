"""LangSmith: the runs of a project, trace by trace, or the examples of a dataset."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from ..._support.errors import ConfigError, LocationError
from ..times import time_of
from .client import NotOfferedError, PlatformAccess, from_environment, key_of, needed
from .langsmith_rows import example_transcript, trace_transcript
from .query import PlatformQuery, TraceHead, is_within, pages, rows_in, utc_text

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence

    from ..._transcripts import TraceProblem
    from ..contract import Found
    from ..json_values import Json, JsonObject
    from .client import Parameters, PlatformClient

_URL: Final = "https://api.smith.langchain.com"
_PAGE: Final = 100
_OLDEST: Final = "2020-01-01T00:00:00Z"
"""Before LangSmith was: its newer interface shows one day unless a time is given."""
_EARLIER: Final = timedelta(days=1)
_LISTED: Final = ("id", "name", "start_time", "end_time", "status", "trace_id", "total_tokens", "run_type", "tags")
_READ: Final = (
    *_LISTED,
    *("inputs", "outputs", "error", "extra", "parent_run_ids", "dotted_order", "prompt_tokens", "completion_tokens"),
    *("total_cost", "feedback_stats", "reference_example_id"),
)
_ONLY_OLD: Final = ("parent_run_id", "session_id")
_ONLY_NEW: Final = ("project_id", "metadata", "prompt_token_details", "completion_token_details", "thread_id")


@dataclass(frozen=True, slots=True)
class LangSmithQuery(PlatformQuery):
    """What is wanted of LangSmith; `langsmith` says what the fields mean."""

    name: ClassVar[str] = "langsmith"
    title: ClassVar[str] = "Traces of LangSmith (HTTP)"
    example: ClassVar[str] = "scout import langsmith -P project=my-project"

    project: str | None = None
    dataset: str | None = None
    from_time: datetime | None = None
    to_time: datetime | None = None
    tags: Sequence[str] | None = None
    filter: str | None = None
    trace_filter: str | None = None
    run_type: str | None = None
    limit: int | None = None
    api_key: str | None = field(default=None, repr=False)
    api_url: str | None = None

    def access(self) -> PlatformAccess:
        """Say how LangSmith is reached."""
        if not self.project and not self.dataset:
            raise ConfigError("LangSmith has many projects: say project=NAME, or dataset=NAME.")
        help = "Make a key in its settings, and set LANGSMITH_API_KEY (or say api_key)."
        key = needed(key_of(self.api_key, "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY"), "The key of LangSmith", help)
        workspace = key_of(None, "LANGSMITH_WORKSPACE_ID")
        headers = {"X-Api-Key": key, **({"X-Tenant-Id": workspace} if workspace else {})}
        return PlatformAccess(
            "LangSmith", self._url, help, "Set LANGSMITH_ENDPOINT (or say api_url) to its address.", headers
        )

    @property
    def _url(self) -> str:
        given = from_environment(self.api_url, "LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT", default=_URL) or _URL
        return given.rstrip("/").removesuffix("/api/v1").removesuffix("/api")

    async def heads(self, client: PlatformClient) -> AsyncGenerator[TraceHead | TraceProblem]:
        """List the root runs of the project, and the examples of the dataset."""
        if self.project:
            project = await _id_of(client, "/api/v1/sessions", "project", self.project)
            async for row in self._roots(client, project):
                yield self._head(project, row)
        if self.dataset:
            dataset = await _id_of(client, "/api/v1/datasets", "dataset", self.dataset)
            async for row in _examples(client, dataset):
                if is_within(row.get("created_at"), self.from_time, self.to_time):
                    place = f"{self._url}/o/default/datasets/{dataset}/e/{row['id']}"
                    version = (row.get("modified_at"), row.get("created_at"))
                    yield TraceHead(str(row["id"]), time_of(row.get("created_at")), place, version, row)

    def _head(self, project: str, row: JsonObject) -> TraceHead:
        id = str(row.get("id") or "")
        version = [row.get(name) for name in ("end_time", "status", "total_tokens")]
        place = f"{self._url}/o/default/projects/p/{project}/r/{id}"
        return TraceHead(id, time_of(row.get("start_time")), place, version, {**row, "project": project})

    async def _roots(self, client: PlatformClient, project: str) -> AsyncIterator[JsonObject]:
        conditions = [f'has(tags, "{_quoted(tag)}")' for tag in self.tags or ()]
        conditions += [f'gte(start_time, "{utc_text(self.from_time)}")'] if self.from_time else []
        conditions += [f'lt(start_time, "{utc_text(self.to_time)}")'] if self.to_time else []
        conditions += [self.filter] if self.filter else []
        asked: JsonObject = {"is_root": True, "trace_filter": self.trace_filter, "filter": _joined(conditions)}
        async for row in _runs(client, project, asked, self.run_type, _LISTED, self.from_time):
            if is_within(row.get("start_time"), self.from_time, self.to_time):
                yield row

    async def rows(self, client: PlatformClient, head: TraceHead) -> AsyncIterator[JsonObject]:
        """Give the runs of a trace; an example is all there is of it."""
        if "project" not in head.row:
            yield head.row
            return
        since = datetime.fromisoformat(head.start) if head.start else None
        asked = {"trace_id": str(head.row.get("trace_id") or head.id)}
        async for row in _runs(client, head.row["project"], asked, None, _READ, since):
            yield row

    def found(self, head: TraceHead, rows: Sequence[JsonObject]) -> Iterator[Found]:
        """Make a transcript of a trace."""
        if "project" in head.row:
            yield trace_transcript(head.id, rows, place=head.location, project=self.project)
        else:
            yield example_transcript(head.id, head.row, place=head.location, dataset=str(self.dataset))


async def _id_of(client: PlatformClient, path: str, what: str, given: str) -> str:
    """Find the id that belongs to a name."""
    try:
        return str(uuid.UUID(given))
    except ValueError:
        found = rows_in(await client.get(path, {"name": given, "limit": 1}))
    exact = [row for row in found if row.get("name") == given and row.get("id")]
    if not exact:
        raise LocationError(f"LangSmith has no {what} {given!r} that this key can see. Name another one.")
    return str(exact[0]["id"])


async def _runs(
    client: PlatformClient,
    project: str,
    asked: JsonObject,
    run_type: str | None,
    fields: Sequence[str],
    since: datetime | None,
) -> AsyncIterator[JsonObject]:
    """Give runs, by the newer interface or else by the older one, which self-hosted servers have."""
    wanted = {name: value for name, value in asked.items() if value is not None}
    start = utc_text(since - _EARLIER) if since is not None else _OLDEST
    selects = [name.upper() for name in (*fields, *_ONLY_NEW)]
    body: JsonObject = {
        **wanted,
        "project_ids": [project],
        "min_start_time": start,
        "selects": selects,
        "page_size": _PAGE,
    }
    body |= {"run_type": run_type.upper()} if run_type else {}

    async def ask(cursor: str | None) -> Json:
        at = {"cursor": cursor} if cursor else {}
        return await client.post("/api/v2/runs/query", {**body, **at}, may_lack=cursor is None)

    try:
        async for row in pages(ask, "items", "next_cursor"):
            yield row
    except NotOfferedError:
        async for row in _old_runs(client, project, wanted, run_type, fields):
            yield row


async def _old_runs(
    client: PlatformClient, project: str, asked: JsonObject, run_type: str | None, fields: Sequence[str]
) -> AsyncIterator[JsonObject]:
    body = {**asked, "session": [project], "limit": _PAGE, "select": [*fields, *_ONLY_OLD]}
    if "trace_id" in body:
        body["trace"] = body.pop("trace_id")
    body |= {"run_type": run_type.lower()} if run_type else {}

    async def ask(cursor: str | None) -> Json:
        return await client.post("/api/v1/runs/query", {**body, **({"cursor": cursor} if cursor else {})})

    async for row in pages(ask, "runs", "cursors", "next"):
        yield row


async def _examples(client: PlatformClient, dataset: str) -> AsyncIterator[JsonObject]:
    offset = 0
    while True:
        given: Parameters = {"dataset": dataset, "offset": offset, "limit": _PAGE}
        page = rows_in(await client.get("/api/v1/examples", given))
        for row in page:
            if row.get("id"):
                yield row
        if len(page) < _PAGE:
            return
        offset += len(page)


def _joined(conditions: Sequence[str]) -> str | None:
    if len(conditions) < 2:
        return next(iter(conditions), None)
    return f"and({', '.join(conditions)})"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
