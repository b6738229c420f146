"""W&B Weave: calls, trace by trace."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import quote

from ..._support.errors import ConfigError
from ..._support.shapes import is_mapping
from ..times import time_of
from .client import PlatformAccess, from_environment, key_of, needed
from .query import PlatformQuery, TraceHead, is_within, unknown_answer_error
from .weave_rows import trace_transcript

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
    from datetime import datetime

    from ..._transcripts import TraceProblem
    from ..contract import Found
    from ..json_values import Json, JsonMapping, JsonObject
    from .client import PlatformClient

_URL: Final = "https://trace.wandb.ai"
_PAGE: Final = 200
_LISTED: Final = ("id", "trace_id", "started_at", "ended_at", "op_name", "display_name", "project_id", "parent_id")


@dataclass(frozen=True, slots=True)
class WeaveQuery(PlatformQuery):
    """What is wanted of Weave; `weave` says what the fields mean."""

    name: ClassVar[str] = "weave"
    title: ClassVar[str] = "Calls of W&B Weave (HTTP)"
    example: ClassVar[str] = "scout import weave -P project=my-team/my-project"

    project: str | None = None
    from_time: datetime | None = None
    to_time: datetime | None = None
    filter: JsonMapping | None = None
    limit: int | None = None
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None

    def access(self) -> PlatformAccess:
        """Say how Weave is reached."""
        entity, slash, project = (self.project or "").partition("/")
        if not (entity and slash and project) or "/" in project:
            raise ConfigError(f"project={self.project!r} is not a project of Weave: write ENTITY/PROJECT.")
        help = "Copy the key from wandb.ai/authorize, and set WANDB_API_KEY (or say api_key)."
        key = needed(key_of(self.api_key, "WANDB_API_KEY"), "The key of Weave", help)
        url = from_environment(self.base_url, "WF_TRACE_SERVER_URL", default=_URL) or _URL
        url_help = "Set WF_TRACE_SERVER_URL (or say base_url) to the address of its trace server."
        return PlatformAccess("Weave", url, help, url_help, basic=("api", key))

    async def heads(self, client: PlatformClient) -> AsyncGenerator[TraceHead | TraceProblem]:
        """List the calls that nothing called."""
        given = dict(self.filter or {})
        own = given.pop("$expr", None)
        conditions = [own] if own is not None else []
        conditions += [{"$gte": [{"$getField": "started_at"}, _literal(self.from_time)]}] if self.from_time else []
        if self.to_time:
            conditions.append({"$not": [{"$gte": [{"$getField": "started_at"}, _literal(self.to_time)]}]})
        asked: JsonObject = {
            "filter": {"trace_roots_only": True, **given},
            "sort_by": [{"field": "started_at", "direction": "desc"}],
            "columns": list(_LISTED),
        }
        if conditions:
            asked["query"] = {"$expr": conditions[0] if len(conditions) == 1 else {"$and": conditions}}
        async for row in self._calls(client, asked):
            if is_within(row.get("started_at"), self.from_time, self.to_time):
                place = f"https://wandb.ai/{quote(str(self.project))}/weave/calls/{row.get('id')}"
                version = [row.get("ended_at"), row.get("display_name")]
                yield TraceHead(str(row.get("trace_id") or ""), time_of(row.get("started_at")), place, version, row)

    async def rows(self, client: PlatformClient, head: TraceHead) -> AsyncIterator[JsonObject]:
        """Give the calls of a trace."""
        sort = [{"field": "started_at", "direction": "asc"}]
        async for row in self._calls(
            client, {"filter": {"trace_ids": [head.id]}, "sort_by": sort, "include_costs": True}
        ):
            yield row

    async def _calls(self, client: PlatformClient, asked: JsonObject) -> AsyncIterator[JsonObject]:
        offset = 0
        while True:
            count = 0
            body = {"project_id": self.project, **asked, "limit": _PAGE, "offset": offset}
            async with contextlib.aclosing(client.post_lines("/calls/stream_query", body)) as lines:
                async for row in lines:
                    count += 1
                    if not is_mapping(row):
                        raise unknown_answer_error("a line of it is not an object")
                    yield row
            if count < _PAGE:
                return
            offset += count

    def found(self, head: TraceHead, rows: Sequence[JsonObject]) -> Iterator[Found]:
        """Make a transcript of a trace."""
        yield trace_transcript(head.id, rows, place=head.location, project=self.project)


def _literal(time: datetime) -> Json:
    return {"$literal": time.astimezone(UTC).timestamp()}
