"""Runs of LangSmith, and a server that has them."""

from __future__ import annotations

from typing import Any

from _importers.platforms.platform_server import Asked, Reply

PROJECT = "11111111-1111-4111-8111-111111111111"


def run_id(trace: str, number: int) -> str:
    return f"{trace}aaaaaa-0000-4000-8000-{number:012}"


def row(trace: str, number: int, parent: int | None, kind: str, name: str, **fields: Any) -> dict[str, Any]:
    """A run as the older interface and the client write it."""
    second = f"2026-06-01T10:00:{number:02}"
    path = [0] if parent is None else [0, number] if parent == 0 else [0, parent, number]
    order = ".".join(f"20260601T1000{n:02}000000Z{run_id(trace, n)}" for n in path)
    return {
        "id": run_id(trace, number),
        "name": name,
        "run_type": kind,
        "start_time": f"{second}.000000",
        "end_time": f"{second}.500000" if parent is not None else "2026-06-01T10:00:09.000000",
        "trace_id": run_id(trace, 0),
        "parent_run_id": None if parent is None else run_id(trace, parent),
        "dotted_order": order,
        "status": "success",
        "error": None,
        "inputs": {},
        "outputs": {},
        "extra": {},
        "tags": [],
        "session_id": PROJECT,
        **fields,
    }


def lc(kind: str, content: Any, **kwargs: Any) -> dict[str, Any]:
    """A message as LangChain serializes it."""
    name = {"human": "HumanMessage", "ai": "AIMessage", "tool": "ToolMessage", "system": "SystemMessage"}[kind]
    path = ["langchain", "schema", "messages", name]
    return {"lc": 1, "type": "constructor", "id": path, "kwargs": {"content": content, "type": kind, **kwargs}}


def agent_trace(trace: str = "a", **root: Any) -> list[dict[str, Any]]:
    """Children before their parents: a model calls a tool, which fails, and answers."""
    call = {"name": "ls", "args": {"p": "."}, "id": "c1", "type": "tool_call"}
    asked = [lc("system", "Be brief."), lc("human", "What is here?")]
    first = lc("ai", "", tool_calls=[call], usage_metadata={"input_tokens": 10, "output_tokens": 5, "total_tokens": 15})
    result = lc("tool", "denied", tool_call_id="c1", name="ls", status="error")
    last = lc("ai", "I may not look.", response_metadata={"finish_reason": "stop", "model_name": "gpt-4o-2024"})
    meta = {"metadata": {"ls_provider": "openai", "ls_model_name": "gpt-4o", "thread_id": "th-1"}}
    tools = [{"type": "function", "function": {"name": "ls", "parameters": {"properties": {"p": {"type": "string"}}}}}]
    extra = {**meta, "invocation_params": {"model": "gpt-4o", "temperature": 0.5, "tools": tools}}
    return [
        row(
            *(trace, 1, 0, "llm", "ChatOpenAI"),
            inputs={"messages": [asked]},
            outputs={"generations": [[{"text": "", "message": first}]]},
            extra=extra,
            total_tokens=15,
        ),
        row(trace, 2, 0, "tool", "ls", inputs={"input": "{'p': '.'}"}, outputs=None, error="PermissionError: denied"),
        row(
            *(trace, 3, 0, "llm", "ChatOpenAI"),
            inputs={"messages": [[*asked, first, result]]},
            outputs={"generations": [[{"text": "I may not look.", "message": last}]]},
            extra=extra,
            prompt_tokens=20,
            completion_tokens=4,
        ),
        row(
            *(trace, 0, None, "chain", "agent"),
            inputs={"messages": [{"role": "user", "content": "What is here?"}]},
            outputs={"messages": [{"role": "assistant", "content": "I may not look."}]},
            tags=["prod"],
            extra={"metadata": {"thread_id": "th-1", "success": True, "task_repeat": 2}},
            feedback_stats={"helpful": {"n": 2, "avg": 0.5}},
            total_tokens=39,
            **root,
        ),
    ]


class LangSmith:
    """A server with runs: the newer interface, or the older one."""

    def __init__(self, *traces: list[dict[str, Any]], is_old: bool = False) -> None:
        self.rows = [each for trace in traces for each in trace]
        self.is_old = is_old

    def __call__(self, asked: Asked) -> Any:
        if asked.headers.get("x-api-key") != "key":
            return Reply(401, {"detail": "Invalid token"})
        match asked.path:
            case "/api/v1/sessions":
                return [{"id": PROJECT, "name": "my-agent"}] if asked.one("name") == "my-agent" else []
            case "/api/v2/runs/query" if not self.is_old:
                return self.new(asked.body)
            case "/api/v1/runs/query" if self.is_old:
                return self.old(asked.body)
            case "/api/v1/datasets":
                return [{"id": PROJECT, "name": "questions"}]
            case "/api/v1/examples":
                examples = [
                    {
                        "id": f"e{n}",
                        "inputs": {"messages": [{"role": "user", "content": f"{n}+1?"}]},
                        "outputs": {"answer": str(n + 1)},
                        "created_at": "2026-05-01T00:00:00+00:00",
                        "metadata": {"split": "base"},
                    }
                    for n in range(130)
                ]
                offset = int(asked.one("offset", "0"))
                return examples[offset : offset + int(asked.one("limit"))]
            case _:
                return Reply(404, {"detail": "Not Found"})

    def chosen(self, trace: str | None, is_root: bool | None) -> list[dict[str, Any]]:
        found = [each for each in self.rows if trace in (None, each["trace_id"])]
        found = [each for each in found if not is_root or each["parent_run_id"] is None]
        return sorted(found, key=lambda each: each["start_time"], reverse=True)

    def new(self, body: Any) -> Any:
        assert body["project_ids"] == [PROJECT]
        assert body["min_start_time"]
        found = self.chosen(body.get("trace_id"), body.get("is_root"))
        at = int(body.get("cursor", 0))
        items = [self.renamed(each, set(body["selects"])) for each in found[at : at + 2]]
        return {"items": items, "next_cursor": str(at + 2) if at + 2 < len(found) else None}

    @staticmethod
    def renamed(each: dict[str, Any], selects: set[str]) -> dict[str, Any]:
        new = {name: value for name, value in each.items() if name not in ("parent_run_id", "session_id")}
        new |= {"run_type": each["run_type"].upper(), "project_id": each["session_id"]}
        return {name: value for name, value in new.items() if name.upper() in selects}

    def old(self, body: Any) -> Any:
        assert body["session"] == [PROJECT]
        found = self.chosen(body.get("trace"), body.get("is_root"))
        at = int(body.get("cursor", 0))
        more = str(at + 2) if at + 2 < len(found) else None
        return {
            "runs": [{n: each.get(n) for n in body["select"]} for each in found[at : at + 2]],
            "cursors": {"next": more},
        }
