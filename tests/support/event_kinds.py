"""One sample with an event of every kind that Inspect knows, and logs that hold it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inspect_ai.dataset import Sample
from inspect_ai.event import Event, SampleInitEvent
from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalSample, EvalSpec
from inspect_ai.model import ChatMessageUser
from pydantic import TypeAdapter

from support.inspect_logs import write_eval_log

LONG = "a long text, so that Inspect makes an attachment of it; " * 5
IMAGE = "data:image/png;base64," + "iVBORw0KGgo" * 20
WHEN = "2026-01-02T03:04:05.678901+00:00"

SYSTEM = {"id": "m0", "role": "system", "content": "You find things. " + LONG}
USER = {
    "id": "m1",
    "role": "user",
    "content": [{"type": "text", "text": LONG}, {"type": "image", "image": IMAGE}],
    "source": "input",
    "tool_call_id": ["c9"],
}
CALL = {
    "id": "c1",
    "function": "bash",
    "arguments": {"cmd": "ls", "deep": [{"a": [1, 2.5, None, True, "ü"]}]},
    "view": {"title": "t", "format": "markdown", "content": "`ls` " + LONG},
}
ASSISTANT = {
    "id": "m2",
    "role": "assistant",
    "content": [
        {"type": "reasoning", "reasoning": LONG, "signature": "s"},
        {"type": "text", "text": "ok", "internal": {"a": 1}},
        {"type": "tool_use", "tool_type": "web_search", "id": "u", "name": "n", "arguments": "{}", "result": LONG},
        {"type": "data", "data": {"k": [1]}},
    ],
    "tool_calls": [CALL],
    "model": "mockllm/model",
    "source": "generate",
    "metadata": {"k": LONG},
}
TOOL = {
    "id": "m3",
    "role": "tool",
    "content": [{"type": "document", "document": "data:application/pdf;base64,AAAA", "filename": "x.pdf"}],
    "tool_call_id": "c1",
    "function": "bash",
    "error": {"type": "timeout", "message": "too slow"},
}
MESSAGES: list[dict[str, Any]] = [SYSTEM, USER, ASSISTANT, TOOL]

_SNAPSHOT = {"snapshot_id": "s", "size_bytes": 1, "duration_ms": 2}


def _model(uuid: str, inputs: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    request = {"model": "m", "messages": [{"role": m["role"], "content": LONG + m["id"]} for m in inputs]}
    return {
        "event": "model",
        "uuid": uuid,
        "model": "mockllm/model",
        "input": inputs,
        "tools": [{"name": "bash", "description": LONG, "parameters": {"properties": {"cmd": {"type": "string"}}}}],
        "tool_choice": {"name": "bash"},
        "config": {"temperature": 0.5, "reasoning_history": "all"},
        "output": {
            "model": "mockllm/model",
            "choices": [
                {
                    "message": ASSISTANT,
                    "stop_reason": "tool_calls",
                    "logprobs": {"content": [{"token": "a", "logprob": -0.5}]},
                }
            ],
            "usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
        },
        "call": {"request": request, "response": {"text": LONG}, "time": 0.5},
        "completed": "2026-01-02T03:04:06+02:00",
        **more,
    }


_KINDS: list[dict[str, Any]] = [
    {"event": "sample_limit", "type": "token", "message": "enough", "limit": 5},
    {"event": "sandbox", "action": "exec", "cmd": "ls", "options": {"timeout": 5}, "result": 0, "output": "out"},
    {"event": "state", "changes": [{"op": "add", "path": "/a", "value": {"x": [LONG, 1]}}]},
    {"event": "store", "changes": [{"op": "replace", "path": "/b", "value": LONG, "replaced": 1}]},
    _model("model-1", MESSAGES[:2]),
    _model("model-2", MESSAGES[:4], call=None, cache="read", error="e", traceback="t"),
    _model("model-3", [MESSAGES[0], MESSAGES[3], MESSAGES[1]], role="grader", retries=2),
    {"event": "tool", "uuid": "tool-1", "id": "c1", "function": "bash", "arguments": {"cmd": LONG}, "result": LONG},
    {
        "event": "tool",
        "id": "c2",
        "function": "look",
        "arguments": {},
        "result": [{"type": "image", "image": IMAGE}, {"type": "text", "text": "t"}],
        "truncated": [1, 2],
        "completed": WHEN,
        "failed": True,
        "error": {"type": "limit", "message": "m"},
    },
    {"event": "anchor", "anchor_id": "a1", "source": "f"},
    {"event": "approval", "message": "m", "call": CALL, "approver": "human", "decision": "approve"},
    {"event": "review", "message": "m", "call": CALL, "reviewer": "r", "decision": "continue"},
    {
        "event": "sentinel",
        "factory": "f",
        "path": "p",
        "function": "g",
        "step_id": "s",
        "conversation": "c",
        "stage": "tool_call",
        "kind": "observation",
        "status": "reported",
        "suspicion": {"a": 0.5},
    },
    {"event": "branch", "from_anchor": "a1"},
    {
        "event": "checkpoint",
        "checkpoint_id": 1,
        "trigger": "turn",
        "turn": 2,
        "created_at": WHEN,
        "duration_ms": 3,
        "size_bytes": 4,
        "host": _SNAPSHOT,
        "unforeseen": {"a": 1},
    },
    {"event": "compaction", "type": "trim", "tokens_before": 10, "tokens_after": 5, "source": "inspect"},
    {"event": "input", "input": "yes", "input_ansi": "\u001b[1myes", "fields": [{"name": "n", "type": "string"}]},
    {"event": "interrupt", "source": "limit", "interrupted": "generate"},
    {"event": "score", "score": {"value": {"a": 1, "b": "C"}, "answer": "x", "metadata": {"k": LONG}}, "target": "t"},
    {"event": "score_edit", "score_name": "s", "edit": {"value": 1, "reason": None}},
    {"event": "error", "error": {"message": "m", "traceback": "t", "traceback_ansi": "t"}},
    {"event": "logger", "message": {"level": "warning", "message": "m", "created": 1.5, "lineno": 3}},
    {"event": "info", "source": "s", "data": {"text": LONG, "list": [LONG, {"x": LONG}]}},
    {"event": "span_begin", "id": "s1", "type": "agent", "name": "Main", "parent_id": None},
    {"event": "span_end", "id": "s1"},
    {"event": "step", "action": "begin", "type": "solver", "name": "generate"},
    {
        "event": "subtask",
        "name": "sub",
        "input": {"a": 1},
        "result": {"b": 2},
        "events": [{"event": "info", "data": "within", "timestamp": WHEN}],
    },
]


def every_event() -> list[Event]:
    """Events of every kind, in no sensible order."""
    common = {"timestamp": WHEN, "span_id": "s1", "metadata": {"k": [1, "v"]}}
    adapter: TypeAdapter[list[Event]] = TypeAdapter(list[Event])
    start: list[Event] = [
        SampleInitEvent(
            sample=Sample(input=[ChatMessageUser(id="m1", content=LONG)], target="t", id="s"),
            state={"messages": [LONG]},
        )
    ]
    return start + adapter.validate_python([{"working_start": 1.5 + i, **common, **e} for i, e in enumerate(_KINDS)])


def rich_sample(**changes: Any) -> EvalSample:
    """A sample with events of every kind."""
    sample = EvalSample.model_validate(
        {
            "id": "rich",
            "epoch": 1,
            "uuid": "uuid-rich",
            "input": LONG,
            "target": ["a", "b"],
            "messages": MESSAGES,
            "scores": {"match": {"value": "C", "explanation": LONG, "metadata": {"success": True}}},
            "metadata": {"difficulty": "hard", "notes": LONG},
            "store": {"messages": [1], "events": {"events": []}},
        }
    )
    return sample.model_copy(update={"events": every_event(), **changes})


def write_log(path: Path, *samples: EvalSample) -> str:
    """Write samples as a log, in the format that the name of the file says."""
    spec = EvalSpec(
        created=WHEN, task="kinds", dataset=EvalDataset(name="d"), model="mockllm/model", config=EvalConfig()
    )
    write_eval_log(EvalLog(eval=spec, status="success", samples=list(samples)), str(path))
    return str(path)
