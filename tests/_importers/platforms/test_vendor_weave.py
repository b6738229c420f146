"""What the package of Weave sends, its own words for rows and questions, and what is read: see `make test-vendors`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _importers.documents import read, write
from _importers.platforms.model_server import serving_model
from _importers.platforms.platform_server import Asked, PlatformServer, Reply, serving_platform
from _importers.platforms.vendors import HELPER, assert_helper, needs_vendors, run_program
from inspect_scout import Transcript
from inspect_scout.sources import weave

pytestmark = needs_vendors

KEY = "k" * 40
SEND = f"""
import weave
noted = weave.init("team/agents")
as_tool, as_agent = weave.op(kind="tool"), weave.op(kind="agent")
{HELPER}
with weave.thread("th-1"), weave.attributes({{"team": "a"}}):
    helper("What is here?")
forbidden()
noted.finish()
"""
READ = """
import json, sys, weave
from typing import get_type_hints
from pydantic import TypeAdapter
from weave.trace_server_bindings.client_interface import CallStreamQueryParams
from weave.trace_server_bindings.models import Call
noted = weave.init("team/agents")
calls = list(noted.get_calls())
for text in json.loads(sys.argv[1]):
    question = json.loads(text)
    assert set(question) <= set(get_type_hints(CallStreamQueryParams)), question
    if "query" in question:
        list(noted.get_calls(query=question.pop("query")))
    TypeAdapter(CallStreamQueryParams).validate_python(question)
for text in json.loads(sys.argv[2]):
    Call.model_validate_json(text)
print(json.dumps(sorted(call.id for call in calls)))
"""


class Weave:
    """A server that keeps calls and gives them back."""

    def __init__(self) -> None:
        self.calls: dict[str, dict[str, Any]] = {}

    def __call__(self, asked: Asked) -> Any:
        match asked.path:
            case "/server_info":
                return {"min_required_weave_python_version": "0.0.1", "trace_server_version": "99.0.0"}
            case "/graphql":
                return {"data": {"viewer": {"defaultEntity": {"name": "team"}}, "project": {"name": "agents"}}}
            case "/obj/create":
                return {"digest": "d1", "object_id": asked.body["obj"]["object_id"]}
            case "/file/create":
                return {"digest": "f1"}
            case "/v2/team/agents/calls/complete":
                self.calls |= {each["id"]: each for each in asked.body["batch"]}
                return {}
            case "/calls/query_stats":
                return {"count": len(self.calls)}
            case "/calls/stream_query":
                rows = "".join(json.dumps(each) + "\n" for each in self.chosen(asked.body))
                return Reply(body=rows, headers={"Content-Type": "application/jsonl"})
            case _:
                return Reply(404, {"detail": asked.path})

    def chosen(self, body: Any) -> list[dict[str, Any]]:
        wanted: Any = body.get("filter") or {}
        found = [each for each in self.calls.values() if not wanted.get("trace_roots_only") or not each["parent_id"]]
        found = [each for each in found if each["trace_id"] in (wanted.get("trace_ids") or [each["trace_id"]])]
        order = [each["direction"] for each in body.get("sort_by") or ()]
        found.sort(key=lambda each: str(each["started_at"]), reverse=order == ["desc"])
        at = body.get("offset") or 0
        return found[at : at + (body.get("limit") or 1000)]


def sent_to(server: PlatformServer) -> dict[str, str]:
    return {"WF_TRACE_SERVER_URL": server.url, "WANDB_BASE_URL": server.url, "WANDB_API_KEY": KEY}


def assert_two(refused: Transcript, helped: Transcript) -> None:
    assert_helper(helped)
    assert (helped.task_id, helped.source_type, helped.source_id) == ("helper", "weave", "team/agents")
    assert (helped.metadata["team"], helped.metadata["thread_id"]) == ("a", "th-1")
    assert refused.error == "BadRequestError: Error code: 400 - That is forbidden."
    assert (refused.model, refused.total_tokens) == ("m-1", None)


async def test_calls_are_read_as_its_client_sent_them(tmp_path: Path) -> None:
    kept = Weave()
    with serving_platform(kept) as server:
        with serving_model() as model:
            run_program(SEND, f"{model.url}/v1", **sent_to(server))
        asked = len(server.asked)
        found = [each async for each in weave("team/agents", api_key=KEY, base_url=server.url)]
        times = {"from_time": datetime(2020, 1, 1, tzinfo=UTC), "to_time": datetime(2100, 1, 1, tzinfo=UTC)}
        expression = {"$eq": [{"$getField": "attributes.team"}, {"$literal": "a"}]}
        chosen: dict[str, Any] = {"filter": {"wb_user_ids": ["u1"], "$expr": expression}, **times}
        assert len([each async for each in weave("team/agents", api_key=KEY, base_url=server.url, **chosen)]) == 2
        questions = [json.dumps(each.body) for each in server.asked[asked:]]
        rows = [json.dumps(each) for each in kept.calls.values()]
        asked = len(server.asked)
        listed = run_program(READ, json.dumps(questions), json.dumps(rows), **sent_to(server))
        again = [each.body["query"] for each in server.asked[asked:] if each.body and each.body.get("query")]
    assert again[-1] == next(each for each in map(json.loads, questions) if "query" in each)["query"]
    assert json.loads(listed.splitlines()[-1]) == sorted(kept.calls)
    assert len(kept.calls) == 8
    refused, helped = found
    assert_two(refused, helped)
    write(tmp_path / "calls.jsonl", list(kept.calls.values()))
    from_file = sorted(await read(tmp_path), key=lambda each: str(each.date), reverse=True)
    assert_two(*from_file)
