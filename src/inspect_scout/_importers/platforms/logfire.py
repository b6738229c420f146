"""Pydantic Logfire: records, asked for by SQL, trace by trace."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from ..._support.errors import ConfigError
from ..._support.shapes import is_list
from ..json_values import objects_of
from ..times import time_of
from .client import NotOfferedError, PlatformAccess, from_environment, key_of, needed
from .logfire_rows import trace_transcript
from .query import PlatformQuery, TraceHead, field_of, unknown_answer_error, utc_text

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
    from datetime import datetime

    from ..._transcripts import TraceProblem
    from ..contract import Found
    from ..json_values import Json, JsonObject
    from .client import PlatformClient

_URL: Final = "https://logfire-{region}.pydantic.dev"
_REGION: Final = re.compile(r"pylf_v\d+_([a-z]{2,10})_")
_TOKEN_INFO: Final = ("/v1/read-token-info", "/api/read-token-info")
"""Where newer and older servers say what a token reads."""
_PAGE: Final = 1000
_GROUP: Final = 50
_GROUP_SPANS: Final = 2000
"""Traces are read in groups of so many, with so many records: Logfire answers some ten questions a minute."""
_OLDEST: Final = "2020-01-01T00:00:00Z"
_EARLIER: Final = timedelta(days=1)
_COLUMNS: Final = (
    *("trace_id", "span_id", "parent_span_id", "kind", "level", "span_name", "message", "start_timestamp"),
    *("end_timestamp", "is_exception", "exception_type", "exception_message", "tags", "attributes", "otel_events"),
    *("otel_scope_name", "otel_status_code", "otel_status_message", "otel_resource_attributes", "service_name"),
)
# The filter is the user's own, and goes to a server that reads only; all other texts are quoted.
# ruff: noqa: S608
_IS_GENAI: Final = "(attributes->>'gen_ai.operation.name') IS NOT NULL"


@dataclass(frozen=True, slots=True)
class LogfireQuery(PlatformQuery):
    """What is wanted of Logfire; `logfire` says what the fields mean."""

    name: ClassVar[str] = "logfire"
    title: ClassVar[str] = "Traces of Pydantic Logfire (HTTP)"
    example: ClassVar[str] = "scout import logfire --from 2026-11-01"

    project: str | None = None
    from_time: datetime | None = None
    to_time: datetime | None = None
    filter: str | None = None
    trace_id: str | None = None
    limit: int | None = None
    read_token: str | None = field(default=None, repr=False)
    base_url: str | None = None

    def access(self) -> PlatformAccess:
        """Say how Logfire is reached; a token says in which region."""
        help = "Make a read token in the settings of the project, and set LOGFIRE_READ_TOKEN (or say read_token)."
        token = needed(key_of(self.read_token, "LOGFIRE_READ_TOKEN"), "The read token of Logfire", help)
        region = _REGION.match(token)
        default = _URL.format(region=region[1] if region else "us")
        url = from_environment(self.base_url, "LOGFIRE_BASE_URL", default=default) or default
        url_help = "Set LOGFIRE_BASE_URL (or say base_url) to the address of its region or server."
        return PlatformAccess(
            "Logfire", url, f"{help} A token that writes cannot read.", url_help, {"Authorization": f"Bearer {token}"}
        )

    async def heads(self, client: PlatformClient) -> AsyncGenerator[TraceHead | TraceProblem]:
        """List the traces in which a model was called."""
        organization, project = await self._project_of_token(client)
        place = f"https://logfire.pydantic.dev/{organization}/{project}" if project else "https://logfire.pydantic.dev"
        since = self.from_time.astimezone() - _EARLIER if self.from_time is not None else None
        offset = 0
        while True:
            page = await _ask(client, f"{self._listing()} LIMIT {_PAGE} OFFSET {offset}", utc_text(since))
            groups = _groups(page)
            for row in page:
                id = str(row.get("trace_id") or "")
                version = [row.get("ended"), row.get("spans")]
                at = f"{place}?q=trace_id%3D%27{id}%27"
                known = {"project": project, "group": groups[id], "since": utc_text(since)}
                yield TraceHead(id, time_of(row.get("began")), at, version, known)
            if len(page) < _PAGE:
                return
            offset += len(page)

    def _listing(self) -> str:
        conditions = [f"trace_id IN (SELECT trace_id FROM records WHERE {_IS_GENAI})"]
        conditions += [f"trace_id IN (SELECT trace_id FROM records WHERE ({self.filter}))"] if self.filter else []
        conditions += [f"trace_id = {_literal(self.trace_id)}"] if self.trace_id else []
        times = [f"min(start_timestamp) >= {_literal(utc_text(self.from_time))}"] if self.from_time else []
        times += [f"min(start_timestamp) < {_literal(utc_text(self.to_time))}"] if self.to_time else []
        return (
            "SELECT trace_id, min(start_timestamp) AS began, max(end_timestamp) AS ended, count(*) AS spans FROM records "
            f"WHERE {' AND '.join(conditions)} GROUP BY trace_id"
            + (f" HAVING {' AND '.join(times)}" if times else "")
            + " ORDER BY began DESC, trace_id"
        )

    async def _project_of_token(self, client: PlatformClient) -> tuple[str, str]:
        """Give the organization and the project that the token reads, empty if the server does not say them.

        Raises:
            ConfigError: Another project is wanted: a token reads one.
        """
        info: Json = None
        for path in _TOKEN_INFO:
            with contextlib.suppress(NotOfferedError):
                info = await client.get(path, may_lack=True)
                break
        found = str(field_of(info, "project_name") or "")
        organization = str(field_of(info, "organization_name") or "")
        if self.project and found and self.project not in (found, f"{organization}/{found}"):
            raise ConfigError(
                f"The token reads the project {found!r} of Logfire, and not {self.project!r}. "
                "Make a read token in that project."
            )
        return organization, found or self.project or ""

    async def rows(self, client: PlatformClient, head: TraceHead) -> AsyncIterator[JsonObject]:
        """Give the records of a trace; those behind it in its group are asked for together with it."""
        group: dict[str, list[JsonObject] | None] = head.row["group"]
        if group.get(head.id) is None:
            ids = list(group)
            read: dict[str, list[JsonObject]] = {id: [] for id in ids[ids.index(head.id) :]}
            async for row in self._records(client, list(read), head.row["since"]):
                read[str(row["trace_id"])].append(row)
            group |= read
        for row in group.pop(head.id) or ():
            yield row

    async def _records(
        self, client: PlatformClient, ids: Sequence[str], since: str | None
    ) -> AsyncIterator[JsonObject]:
        select = (
            f"SELECT {', '.join(_COLUMNS)} FROM records WHERE trace_id IN ({', '.join(map(_literal, ids))}) "
            "AND kind <> 'pending_span' ORDER BY start_timestamp, span_id, kind"
        )
        offset = 0
        while True:
            page = await _ask(client, f"{select} LIMIT {_PAGE} OFFSET {offset}", since)
            for row in page:
                if row.get("trace_id") in ids:
                    yield row
            if len(page) < _PAGE:
                return
            offset += len(page)

    def found(self, head: TraceHead, rows: Sequence[JsonObject]) -> Iterator[Found]:
        """Make a transcript of a trace."""
        yield trace_transcript(head.id, rows, place=head.location, project=head.row.get("project") or None)


def _groups(page: Sequence[JsonObject]) -> dict[str, dict[str, list[JsonObject] | None]]:
    """Say for each trace which are read together with it."""
    groups: dict[str, dict[str, list[JsonObject] | None]] = {}
    group: dict[str, list[JsonObject] | None] = {}
    spans = 0
    for row in page:
        count = row.get("spans")
        spans += count if isinstance(count, int) else 0
        if spans > _GROUP_SPANS or len(group) >= _GROUP:
            group, spans = {}, count if isinstance(count, int) else 0
        id = str(row.get("trace_id") or "")
        group[id] = None
        groups[id] = group
    return groups


async def _ask(client: PlatformClient, sql: str, since: str | None) -> list[JsonObject]:
    asked: JsonObject = {"sql": sql, "min_timestamp": since or _OLDEST, "limit": _PAGE}
    try:
        answer = await client.post("/v2/query", asked, may_lack=True)
    except NotOfferedError:  # servers of before 2026
        answer = await client.get("/v1/query", {**asked, "row_oriented": True})
    return _rows_of(answer)


def _rows_of(answer: Json) -> list[JsonObject]:
    """Give rows, which may come as such, in an object, or column by column.

    Raises:
        StorageError: There are none of these.
    """
    for rows in (answer, field_of(answer, "data"), field_of(answer, "rows")):
        if is_list(rows):
            return objects_of(rows)
    given = field_of(answer, "columns")
    if not is_list(given):
        raise unknown_answer_error("it has no rows")
    columns = objects_of(given)
    names = [str(column.get("name")) for column in columns]
    values = [value if is_list(value := column.get("values")) else [] for column in columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _literal(text: str | None) -> str:
    """Write text as SQL does."""
    return "'" + (text or "").replace("'", "''") + "'"
