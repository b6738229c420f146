"""Results of tau2: a run of many simulations, in one document or in a folder with a document for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..contract import Found, TraceFile, TraceItem
from ..conversation import add_messages
from ..json_values import Json, JsonMapping, JsonObject, objects_of
from ..reading import Accounts, document, id_in_place
from ..run import TraceRun
from ..times import time_of
from ..wire.openai import usage_of

_decoder: Final = msgspec.json.Decoder(dict[str, Json])
_ERRORS: Final = frozenset({"agent_error", "user_error", "infrastructure_error", "unexpected_error", "too_many_errors"})
_LIMITS: Final = {"max_steps": "message", "timeout": "time", "context_window_exceeded": "context"}


class Tau2:
    """Results of tau2."""

    name = "tau2"
    title = "tau2 results"
    where = "data/simulations"
    suffixes: tuple[str, ...] = (".json",)

    def recognises(self, path: str, head: bytes) -> bool:
        """Whether it is such a document, or a simulation in the folder of one."""
        if b'"environment_info"' in head and b'"agent_info"' in head:
            return True
        is_part = Path(path).parent.name == "simulations" and (Path(path).parents[1] / "results.json").is_file()
        return is_part and b'"task_id"' in head

    def items(self, files: Sequence[TraceFile]) -> Iterable[TraceItem]:
        """A document is read with the simulations of its folder."""
        parts: dict[str, list[TraceFile]] = {}
        for file in files:
            if Path(file.path).parent.name == "simulations":
                parts.setdefault(str(Path(file.path).parents[1]), []).append(file)
        for file in files:
            if Path(file.path).parent.name != "simulations":
                beside = parts.get(str(Path(file.path).parent), ()) if Path(file.path).name == "results.json" else ()
                yield TraceItem((file, *beside))

    def look_in(self, path: str) -> tuple[str, bool]:
        """Simulations are in a folder beside the document."""
        folder = Path(path).parent
        return str(folder.parent if folder.name == "simulations" else folder), True

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read the simulations of a run, one after the other."""
        path = item.location
        accounts = Accounts(self.name)
        whole = document(path, _decoder)
        given = whole.get("info")
        info = given if is_mapping(given) else {}
        for each in objects_of(whole.get("simulations")):
            yield _simulation(path, info, each)
        for file in item.files[1:]:
            try:
                part: JsonObject = document(file.path, _decoder)
                yield _simulation(path, info, part)
            except (OSError, ValueError) as error:
                accounts.refuse(file.path, f"it cannot be read: {error}")
        yield from accounts.problems


def _of(given: object, *names: str) -> Json:
    for name in names:
        given = given.get(name) if is_mapping(given) else None
    return given


def _simulation(path: str, info: JsonMapping, given: JsonMapping) -> Found:
    id = str(given.get("id") or id_in_place(f"{given.get('task_id')}:{given.get('trial', 0)}", path))
    run = TraceRun(id)
    model = _of(info, "agent_info", "llm")
    model = model if isinstance(model, str) else None
    policy = _of(info, "environment_info", "policy")
    if isinstance(policy, str) and policy:
        run.main.receive({"id": "policy", "role": "system", "content": policy})
    messages = [part for each in objects_of(given.get("messages")) for part in _flat(each)]
    add_messages(
        run.main,
        messages,
        model=model or "",
        prefix="m-",
        usage=lambda message: usage_of(message.get("usage")) if message.get("role") == "assistant" else None,
    )
    run.main.end()
    reward = _of(given, "reward_info", "reward")
    ended = given.get("termination_reason")
    failed = isinstance(ended, str) and ended in _ERRORS
    scored = isinstance(reward, int | float) and ended != "infrastructure_error"
    duration = given.get("duration")
    agent = _of(info, "agent_info", "implementation")
    domain = _of(info, "environment_info", "domain_name")
    return run.finish(
        source_type="tau2",
        source_id=Path(path).parent.name,
        source_uri=f"file://{path}#{id}",
        date=time_of(given.get("start_time")),
        task_set=domain if isinstance(domain, str) else None,
        task_id=str(given["task_id"]) if given.get("task_id") is not None else None,
        task_repeat=given.get("trial") if isinstance(given.get("trial"), int) else None,
        agent=agent if isinstance(agent, str) else None,
        model=model,
        total_time=float(duration) if isinstance(duration, int | float) else None,
        score=reward if scored else None,
        success=reward == 1 if scored else None,
        error=ended if failed else None,
        limit=_LIMITS.get(ended) if isinstance(ended, str) else None,
        metadata={
            "termination_reason": ended if isinstance(ended, str) else None,
            "user_model": _of(info, "user_info", "llm"),
            "agent_cost": given.get("agent_cost"),
            "user_cost": given.get("user_cost"),
            "reward_info": given.get("reward_info") if is_mapping(given.get("reward_info")) else None,
            "ticks": len(given["ticks"]) if is_list(given.get("ticks")) and not messages else None,
            "reader": "tau2",
        },
    )


def _flat(message: JsonMapping) -> Iterator[JsonObject]:
    """Give a message, or each of the results in one; what the user's own tools did is told as the user's."""
    results = objects_of(message.get("tool_messages"))
    if results:
        for each in results:
            yield from _flat(each)
        return
    calls = [call for call in objects_of(message.get("tool_calls")) if call.get("requestor") == "user"]
    if message.get("role") == "tool" and message.get("requestor") == "user":
        yield {"role": "user", "content": f"[tool of the user] {message.get('content')}"}
    elif message.get("role") == "user" and calls:
        names = ", ".join(
            f"{call.get('name')}({msgspec.json.encode(call.get('arguments')).decode()})" for call in calls
        )
        said = message.get("content")
        yield {
            "role": "user",
            "content": "\n".join(text for text in (said, f"[calls {names}]") if isinstance(text, str) and text),
        }
    elif message.get("role") == "tool":
        yield {**message, "tool_call_id": message.get("tool_call_id") or message.get("id"), "id": None}
    else:
        yield dict(message)
