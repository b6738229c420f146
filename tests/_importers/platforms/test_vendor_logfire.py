"""What the package of Logfire sends, how its client asks for it by SQL, and what is read: see `make test-vendors`."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from _importers.documents import read, write
from _importers.platforms.model_server import serving_model
from _importers.platforms.platform_server import Asked, Reply, serving_platform
from _importers.platforms.vendors import HELPER, assert_helper, needs_vendors, run_program
from inspect_scout import Transcript
from inspect_scout.sources import logfire

pytestmark = needs_vendors

TOKEN = "pylf_v1_us_" + "a" * 30
SEND = f"""
import functools, logfire, sys
logfire.configure(
    token="{TOKEN}", service_name="svc", console=False, inspect_arguments=False,
    advanced=logfire.AdvancedOptions(base_url=sys.argv[2]),
)
logfire.instrument_openai()

def as_agent(function):
    about = {{"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": function.__name__}}

    @functools.wraps(function)
    def inner(question):
        with logfire.span(function.__name__, **about):
            return function(question)
    return inner

def as_tool(function):
    about = {{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": function.__name__}}

    @functools.wraps(function)
    def inner(*args, **given):
        given = given or {{"question": args[0]}}
        with logfire.span(function.__name__, **about, **{{"gen_ai.tool.call.arguments": given}}) as span:
            result = function(**given)
            span.set_attribute("gen_ai.tool.call.result", result)
            return result
    return inner
{HELPER}
with logfire.span("main", _tags=["prod"], score=1):
    helper("What is here?")
forbidden()
client.responses.create(model="m-1", instructions="Be brief.", input="Hi?")
with logfire.span("streaming"):
    stream([{{"role": "user", "content": "Stream it."}}])
logfire.force_flush()
"""
READ = """
import json, sys
from datetime import datetime, timezone
from logfire.query_client import LogfireQueryClient
since = datetime(2020, 1, 1, tzinfo=timezone.utc)
with LogfireQueryClient(read_token=sys.argv[2], base_url=sys.argv[1]) as client:
    sql = "SELECT * FROM records ORDER BY start_timestamp"
    rows = client.query_json_rows(sql, min_timestamp=since)
    info = client.info()
print(json.dumps({"rows": rows["rows"], "info": dict(info)}))
"""
COLUMNS = {
    **dict.fromkeys(["trace_id", "span_id", "parent_span_id", "kind", "span_name", "message"], "VARCHAR"),
    **dict.fromkeys(["start_timestamp", "end_timestamp"], "TIMESTAMP"),
    **dict.fromkeys(["exception_type", "exception_message", "otel_scope_name", "otel_status_code"], "VARCHAR"),
    **dict.fromkeys(["otel_status_message", "service_name"], "VARCHAR"),
    **dict.fromkeys(["attributes", "otel_events", "otel_resource_attributes", "tags"], "JSON"),
    "level": "INTEGER",
    "is_exception": "BOOLEAN",
}


def plain(value: Any) -> Any:
    """The value of an attribute."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [plain(each) for each in value.array_value.values]
    return getattr(value, kind) if kind else None


def attributes_of(given: Any) -> dict[str, Any]:
    return {each.key: plain(each.value) for each in given}


class Logfire:
    """A server that keeps spans as records, and answers SQL about them."""

    def __init__(self) -> None:
        self.db = duckdb.connect()
        self.db.execute(f"CREATE TABLE records ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
        self.paths: list[str] = []

    def __call__(self, asked: Asked) -> Any:
        self.paths.append(asked.path)
        if asked.path == "/v1/traces":
            zipped = asked.headers.get("content-encoding") == "gzip"
            self.keep(gzip.decompress(asked.body) if zipped else asked.body)
            return Reply(body=b"", headers={"Content-Type": "application/x-protobuf"})
        if asked.path == "/v1/info":
            return {"project_name": "agents", "project_url": "https://logfire.pydantic.dev/org/agents"}
        if asked.headers.get("authorization", "").removeprefix("Bearer ") != TOKEN:
            return Reply(401, {"detail": "Invalid token"})
        if asked.path == "/v1/read-token-info":
            return {"organization_name": "org", "project_name": "agents"}
        if asked.path in ("/v1/query", "/v2/query"):
            said = asked.body or {name: value[0] for name, value in asked.parameters.items()}
            rows = self.rows(said["sql"], int(said.get("limit") or 500))
            fields = [{"name": name, "data_type": "Utf8", "nullable": True} for name in (rows or [{}])[0]]
            is_new = asked.path == "/v2/query"
            return {"schema": {"fields": fields}, "data": rows} if is_new else {"columns": fields, "rows": rows}
        return Reply(404, {"detail": "Not Found"})

    def keep(self, content: bytes) -> None:
        request: Any = ExportTraceServiceRequest.FromString(content)
        for resource in request.resource_spans:
            about = attributes_of(resource.resource.attributes)
            for scope in resource.scope_spans:
                for span in scope.spans:
                    row = record(span, scope.scope.name, about)
                    marks = ", ".join("?" for _ in COLUMNS)
                    self.db.execute(f"INSERT INTO records VALUES ({marks})", [row.get(name) for name in COLUMNS])

    def rows(self, sql: str, limit: int) -> list[dict[str, Any]]:
        answer = self.db.cursor().execute(sql)
        names = [each[0] for each in answer.description or ()]
        kinds = [str(each[1]) for each in answer.description or ()]
        found = answer.fetchmany(limit)
        return [
            {name: shown(value, kind) for name, value, kind in zip(names, row, kinds, strict=True)} for row in found
        ]


def shown(value: Any, kind: str) -> Any:
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return json.loads(value) if kind == "JSON" and isinstance(value, str) else value


def record(span: Any, scope: str, about: dict[str, Any]) -> dict[str, Any]:
    """A span as a record: objects are objects again, as the schema that comes with them says."""
    given = attributes_of(span.attributes)
    schema = json.loads(given.pop("logfire.json_schema", "{}")).get("properties", {})
    given |= {name: json.loads(given[name]) for name, kind in schema.items() if kind and name in given}
    failures = [attributes_of(each.attributes) for each in span.events if each.name == "exception"]
    failure = failures[0] if failures else dict[str, Any]()
    epoch = datetime(1970, 1, 1)
    events = [{"event_name": each.name, "attributes": attributes_of(each.attributes)} for each in span.events]
    return {
        "trace_id": span.trace_id.hex(),
        "span_id": span.span_id.hex(),
        "parent_span_id": span.parent_span_id.hex() or None,
        "kind": given.get("logfire.span_type", "span"),
        "level": given.get("logfire.level_num", 9),
        "span_name": given.get("logfire.msg_template", span.name),
        "message": given.get("logfire.msg", span.name),
        "start_timestamp": epoch + timedelta(microseconds=span.start_time_unix_nano // 1000),
        "end_timestamp": epoch + timedelta(microseconds=span.end_time_unix_nano // 1000),
        "is_exception": bool(failure),
        "exception_type": failure.get("exception.type"),
        "exception_message": failure.get("exception.message"),
        "tags": json.dumps(given.get("logfire.tags")),
        "attributes": json.dumps(given),
        "otel_events": json.dumps(events),
        "otel_scope_name": scope,
        "otel_status_code": {0: "UNSET", 1: "OK", 2: "ERROR"}[span.status.code],
        "otel_status_message": span.status.message or None,
        "otel_resource_attributes": json.dumps(about),
        "service_name": about.get("service.name"),
    }


def assert_four(found: list[Transcript]) -> None:
    streamed, response, refused, helped = found
    assert_helper(helped)
    assert (helped.task_id, helped.source_type, helped.score) == ("main", "logfire", 1)
    assert (helped.metadata["service_name"], helped.metadata["tags"]) == ("svc", ["prod"])
    assert "That is forbidden." in str(refused.error)
    assert (refused.model, refused.total_tokens) == ("m-1", None)
    assert [each.text for each in response.messages] == ["Be brief.", "Hi?", "Answer to a response"]
    assert [each.text for each in streamed.messages] == ["Stream it.", "Answer to Stream it."]


@pytest.mark.parametrize("is_old", [False, True])
async def test_records_are_read_as_its_package_sent_them(tmp_path: Path, is_old: bool) -> None:
    kept = Logfire()

    def answer(asked: Asked) -> Any:
        return Reply(404, {}) if is_old and asked.path == "/v2/query" else kept(asked)

    with serving_platform(answer) as server:
        with serving_model() as model:
            run_program(SEND, f"{model.url}/v1", server.url)
        found = [each async for each in logfire(read_token=TOKEN, base_url=server.url)]
        choice: dict[str, Any] = {"filter": "span_name = 'helper'", "from_time": datetime(2020, 1, 1, tzinfo=UTC)}
        chosen = [each async for each in logfire(read_token=TOKEN, base_url=server.url, **choice)]
        rows = kept.rows("SELECT * FROM records", 1000)
        if not is_old:  # what its client does not ask any more
            whole: Any = json.loads(run_program(READ, server.url, TOKEN))
            assert whole["info"]["project_name"] == "agents"
            assert len(whole["rows"]) == len(rows)
            rows = whole["rows"]
    assert_four(found)
    assert [each.agent for each in chosen] == ["helper"]
    write(tmp_path / "records.jsonl", rows)
    assert_four(sorted(await read(tmp_path), key=lambda each: str(each.date), reverse=True))
