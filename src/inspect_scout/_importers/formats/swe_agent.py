"""Trajectories of SWE-agent and of mini-swe-agent: one JSON document each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..contract import Found, TraceItem
from ..conversation import add_messages
from ..json_values import Json, JsonMapping, JsonObject, objects_of
from ..reading import Accounts, document, id_in_place, plain_name
from ..run import TraceRun
from ..times import time_of
from ..wire.answers import answer_of
from ..wire.anthropic import count_of
from ..wire.openai import usage_of
from ..wire.payloads import joined_answers
from .alone import ReadAlone

_BASH: Final = re.compile(r"```(?:mswea_bash_command|bash)\s*\n(.*?)\n?```", re.DOTALL)
_OUTPUT: Final = re.compile(r"\A\s*<returncode>(-?\d+)</returncode>\s*<output>\n?(.*?)\n?</output>", re.DOTALL)
_STEP: Final = re.compile(rb'"(?:observation|response|thought)"\s*:')
_decoder: Final = msgspec.json.Decoder(Json)


class SweAgent(ReadAlone):
    """Trajectories of SWE-agent."""

    name = "swe_agent"
    title = "SWE-agent trajectories (.traj)"
    where = "trajectories"
    suffixes: tuple[str, ...] = (".traj", ".json")

    def recognises(self, path: str, head: bytes) -> bool:
        """Whether it has a history or a trajectory of steps that were thought, done and seen."""
        if head.lstrip()[:1] != b"{" or b'"mistake_agent"' in head or b'"kind"' in head[:2000]:
            return False
        listed = b'"trajectory"' in head or b'"history"' in head
        return (
            listed
            and b'"action"' in head
            and _STEP.search(head) is not None
            and not plain_name(path).endswith(".jsonl")
        )

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read a run."""
        path = item.location
        accounts = Accounts(self.name)
        given = document(path, _decoder)
        if not is_mapping(given):
            accounts.refuse(path, "it is not an object")
        elif tries := objects_of(given.get("attempts")):
            for number, one in enumerate(tries, 1):
                yield _swe_run(path, {**given, **one}, Accounts(self.name), number)
        else:
            yield _swe_run(path, given, accounts)
        yield from accounts.problems


def _swe_run(path: str, given: JsonMapping, accounts: Accounts, number: int | None = None) -> Found:
    stem = plain_name(path).removesuffix(".json").removesuffix(".traj")
    id = id_in_place(stem, path)
    run = TraceRun(id if number is None else f"{id}-{number}")
    history = objects_of(given.get("history"))
    steps = objects_of(given.get("trajectory"))
    accounts.records = len(history) or len(steps)
    live = [each for each in history if each.get("is_demo") is not True]
    accounts.skipped["demonstration"] += len(history) - len(live)
    config = given.get("replay_config")
    model = _model_of(config)
    messages = [_swe_message(each) for each in live] if live else list(_from_steps(steps))
    add_messages(run.main, messages, model=model or "", prefix="m-")
    run.main.end()
    info = given.get("info")
    info = info if is_mapping(info) else {}
    stats = info.get("model_stats")
    stats = stats if is_mapping(stats) else {}
    tokens = (count_of(stats.get("tokens_sent")) or 0) + (count_of(stats.get("tokens_received")) or 0)
    times = [step["execution_time"] for step in steps if isinstance(step.get("execution_time"), int | float)]
    exit_status = info.get("exit_status")
    return run.finish(
        tokens=tokens or None,
        source_type="swe_agent",
        source_id=Path(path).parent.name,
        source_uri=f"file://{path}#{run.transcript_id}",
        task_id=stem,
        task_repeat=number,
        agent="swe-agent",
        model=model,
        total_time=sum(times) if times else None,
        limit=_limit_of(exit_status),
        metadata={
            "exit_status": exit_status if isinstance(exit_status, str) else None,
            "submission": info.get("submission") if isinstance(info.get("submission"), str) else None,
            "cost": stats.get("instance_cost") if isinstance(stats.get("instance_cost"), int | float) else None,
            "environment": given.get("environment") if isinstance(given.get("environment"), str) else None,
            **accounts.metadata(),
        },
    )


def _swe_message(item: JsonMapping) -> JsonMapping:
    """Write an item of the history as a message: one result names its call in a list."""
    ids = item.get("tool_call_ids")
    if item.get("role") == "tool" and is_list(ids) and ids:
        return {**item, "tool_call_id": ids[0]}
    return item


def _from_steps(steps: Sequence[JsonMapping]) -> Iterator[JsonObject]:
    for step in steps:
        yield {
            "role": "assistant",
            "content": str(step.get("response") or step.get("thought") or step.get("action") or ""),
        }
        yield {"role": "user", "content": str(step.get("observation") or "")}


def _model_of(config: object) -> str | None:
    if isinstance(config, str):
        try:
            config = msgspec.json.decode(config)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            return None
    agent = config.get("agent") if is_mapping(config) else None
    model = agent.get("model") if is_mapping(agent) else None
    name = model.get("name") if is_mapping(model) else None
    return name if isinstance(name, str) and name else None


def _limit_of(status: object) -> str | None:
    """The limit that ended a run; None: none did."""
    text = status.lower() if isinstance(status, str) else ""
    words = {"exit_cost": "cost", "limitsexceeded": "cost", "timeexceeded": "time", "exit_context": "token"}
    return next((limit for word, limit in words.items() if word in text), None)


class MiniSweAgent(ReadAlone):
    """Trajectories of mini-swe-agent."""

    name = "mini_swe_agent"
    title = "mini-swe-agent trajectories (.traj.json)"
    where = "trajectories"
    suffixes: tuple[str, ...] = (".json",)

    def recognises(self, path: str, head: bytes) -> bool:
        """Whether it says so, or is a list of messages with the name of such a file."""
        if b'"trajectory_format"' in head or b'"mini_version"' in head:
            return True
        return plain_name(path).endswith(".traj.json") and head.lstrip()[:1] == b"[" and b'"role"' in head

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read a run."""
        path = item.location
        accounts = Accounts(self.name)
        given = document(path, _decoder)
        whole = {"messages": given} if is_list(given) else given
        messages = objects_of(whole.get("messages")) if is_mapping(whole) else []
        if not is_mapping(whole) or not messages:
            accounts.refuse(path, "it has no list of messages")
        else:
            yield _mini_run(path, whole, messages, accounts)
        yield from accounts.problems


def _mini_run(path: str, given: JsonMapping, messages: Sequence[JsonObject], accounts: Accounts) -> Found:
    stem = plain_name(path).removesuffix(".json").removesuffix(".traj")
    run = TraceRun(id_in_place(stem, path))
    accounts.records = len(messages)
    said = [each for each in messages if each.get("role") != "exit"]
    if said and said[-1].get("role") == "user" and not said[-1].get("content"):
        said = said[:-1]  # how a run ends, and not a turn
    accounts.skipped["exit"] += len(messages) - len(said)
    info = given.get("info")
    info = info if is_mapping(info) else {}
    config = info.get("config")
    model = config.get("model") if is_mapping(config) else None
    name = model.get("model_name") if is_mapping(model) else None
    stats = info.get("model_stats")
    add_messages(
        run.main,
        list(_with_calls([one for each in said for one in _items(each)])),
        model=name if isinstance(name, str) else "",
        prefix="m-",
        at=lambda message: time_of(_extra(message).get("timestamp")),
        usage=lambda message: usage_of(_response(message).get("usage")),
    )
    run.main.end()
    status = info.get("exit_status")
    return run.finish(
        source_type="mini_swe_agent",
        source_id=Path(path).parent.name,
        source_uri=f"file://{path}#{run.transcript_id}",
        task_id=stem,
        agent="mini-swe-agent",
        model=name if isinstance(name, str) else None,
        limit=_limit_of(status),
        metadata={
            "exit_status": status if isinstance(status, str) else None,
            "submission": info.get("submission") if isinstance(info.get("submission"), str) else None,
            "version": info.get("mini_version") if isinstance(info.get("mini_version"), str) else None,
            "cost": stats.get("instance_cost") if is_mapping(stats) else None,
            **accounts.metadata(),
        },
    )


def _extra(message: JsonMapping) -> JsonMapping:
    extra = message.get("extra")
    return extra if is_mapping(extra) else {}


def _response(message: JsonMapping) -> JsonMapping:
    response = _extra(message).get("response")
    return response if is_mapping(response) else {}


def _items(message: JsonObject) -> list[JsonObject]:
    """Give a message, or what stands in its place where the responses API was used: an answer that has items, and results."""
    if message.get("type") == "function_call_output":
        return [{**message, "role": "tool", "tool_call_id": message.get("call_id"), "content": message.get("output")}]
    if message.get("role") or not is_list(message.get("output")):
        return [message]
    answers = answer_of(message).messages
    extra = {"extra": {"response": message, **_extra(message)}}
    return [{**joined_answers(answers), **extra}] if answers else []


def _failed(message: JsonObject) -> JsonObject:
    """Say that a tool failed, where the program kept its code."""
    code = _extra(message).get("returncode")
    return {**message, "error": f"exit code {code}"} if isinstance(code, int) and code else message


def _with_calls(messages: Sequence[JsonObject]) -> Iterator[JsonObject]:
    """Text models write a command into a block of code, and are told its output by the user: a call of a tool, and its result."""
    waiting: str | None = None
    for number, message in enumerate(messages):
        content = message.get("content")
        text = content if isinstance(content, str) else ""
        output = _OUTPUT.match(text) if message.get("role") == "user" else None
        if waiting is not None and output is not None:
            failed = {} if output[1] == "0" else {"error": f"exit code {output[1]}"}
            yield {**message, "role": "tool", "tool_call_id": waiting, "content": output[2], **failed}
            waiting = None
            continue
        waiting = None
        command = _BASH.search(text) if message.get("role") == "assistant" and not message.get("tool_calls") else None
        if command is None:
            yield _failed(message) if message.get("role") == "tool" else message
            continue
        waiting = f"call-{number}"
        call = {"id": waiting, "function": {"name": "bash", "arguments": {"command": command[1]}}}
        yield {**message, "tool_calls": [call]}
