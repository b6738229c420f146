"""Conversations of OpenHands: events of version 1, actions and observations of version 0."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..contract import Found, TraceFile, TraceItem
from ..json_values import Json, JsonMapping, JsonObject
from ..reading import Accounts, document, id_in_place, json_lines, plain_name
from ..run import StopReason, TraceRun
from ..times import time_of
from ..usage import Usage, whole_input
from ..wire.anthropic import count_of
from ..wire.openai import answer_of, arguments_of, content_of, thoughts_of, usage_of

_KINDS: Final = re.compile(rb'"kind"\s*:\s*"\w*(?:Event|Observation|Condensation|ObservationEvent)"')
_V0: Final = re.compile(rb'"(?:action|observation)"\s*:\s*"\w')
_EVENT_FILE: Final = re.compile(r"(?:event-)?(\d+)(?:-.*)?\.json")
"""Names of events in a folder, of version 1 and of version 0."""
_QUIET: Final = frozenset({"null", "change_agent_state", "recall", "agent_state_changed", "system"})
_QUIET_KINDS: Final = frozenset(
    {
        "ConversationStateUpdateEvent", "CondensationRequest", "CondensationSummaryEvent", "PauseEvent", "HookExecutionEvent",
        "LLMCompletionLogEvent", "TokenEvent", "StreamingDelta", "ACPToolCallEvent",
    }
)  # fmt: skip
_ENVELOPE: Final = frozenset({"id", "timestamp", "source", "message", "action", "tool_call_metadata", "llm_metrics"})
_decoder: Final = msgspec.json.Decoder(Json)


class OpenHands:
    """Conversations of OpenHands."""

    name = "openhands"
    title = "OpenHands conversations and evaluation output"
    where = "~/.openhands/conversations"
    suffixes: tuple[str, ...] = (".json", ".jsonl")

    def recognises(self, path: str, head: bytes) -> bool:
        """Whether it holds events with a kind and a source, or actions with arguments."""
        place = Path(path)
        if plain_name(path) == "base_state.json":
            return b'"kind"' in head or b'"leaf_event_id"' in head or b'"stats"' in head
        if place.parent.name == "event_cache":  # the same events again
            return False
        if b'"kind"' in head and (_is_event(path) or (_KINDS.search(head) is not None and b'"source"' in head)):
            return True
        if _V0.search(head) is None:
            return False
        is_old = b'"history"' in head and b'"instance_id"' in head
        return is_old or (b'"source"' in head and (b'"args"' in head or b'"extras"' in head))

    def look_in(self, path: str) -> tuple[str, bool]:
        """Events of a conversation are in a folder of their own, below that of the conversation."""
        folder = Path(path).parent
        return (str(folder.parent), True) if folder.name == "events" else (str(folder), True)

    def items(self, files: Sequence[TraceFile]) -> Iterable[TraceItem]:
        """Put the events of a conversation together, in the order of their numbers; other files are read by themselves."""
        folders: dict[str, list[TraceFile]] = {}
        for file in files:
            name = plain_name(file.path)
            if _is_event(file.path):
                folders.setdefault(str(Path(file.path).parents[1]), []).append(file)
            elif name != "base_state.json":
                yield TraceItem((file,))
        states = {str(Path(file.path).parent): file for file in files if plain_name(file.path) == "base_state.json"}
        for folder, events in folders.items():
            ordered = sorted(events, key=lambda file: _number_of(file.path))
            yield TraceItem((*ordered, *([states[folder]] if folder in states else [])))

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read the conversations of an item."""
        accounts = Accounts(self.name)
        path = item.location
        if _is_event(path):
            yield self._folder(item, accounts)
        elif plain_name(path).endswith(".jsonl"):
            yield from _lines(path, accounts)
        else:
            whole = document(path, _decoder)
            yield from _document(path, whole, accounts)
        yield from accounts.problems

    def _folder(self, item: TraceItem, accounts: Accounts) -> Found:
        events: list[JsonObject] = []
        state: JsonMapping = {}
        for file in item.files:
            try:
                given = document(file.path, _decoder)
            except (OSError, ValueError) as error:
                accounts.refuse(file.path, f"it cannot be read: {error}")
                continue
            if plain_name(file.path) == "base_state.json":
                state = given if is_mapping(given) else {}
            elif is_mapping(given):
                events.append(given)
        accounts.records += len(events)
        conversation = _Conversation(item.location, Path(item.location).parents[1].name, accounts)
        return conversation.v1(events, state) if any("kind" in each for each in events) else conversation.v0(events, {})


def _is_event(path: str) -> bool:
    """Whether a file is one event of a folder of these."""
    return Path(path).parent.name == "events" and _EVENT_FILE.fullmatch(plain_name(path)) is not None


def _number_of(path: str) -> int:
    found = _EVENT_FILE.fullmatch(plain_name(path))
    return int(found[1]) if found is not None else 0


def _events_in(whole: object) -> list[JsonObject]:
    given = whole.get("items", whole.get("history")) if is_mapping(whole) else whole
    found: list[JsonObject] = []
    for each in given if is_list(given) else ():  # the oldest have an action and what came of it as a pair
        found += [one for one in (each if is_list(each) else [each]) if is_mapping(one)]
    return found


def _document(path: str, whole: object, accounts: Accounts) -> Iterator[Found]:
    stem = plain_name(path).partition(".")[0]
    events = _events_in(whole)
    accounts.records = len(events)
    conversation = _Conversation(path, id_in_place(stem, path), accounts)
    if any("kind" in event for event in events):
        yield conversation.v1(events, {})
    elif events:
        yield conversation.v0(events, whole if is_mapping(whole) else {})
    else:
        accounts.refuse(path, "it holds no events")


def _lines(path: str, accounts: Accounts) -> Iterator[Found]:
    """Read events, one a line, which are one conversation; or lines of an evaluation, each of which is one."""
    stem = plain_name(path).partition(".")[0]
    events: list[JsonObject] = []
    for number, row in json_lines(path, _decoder, accounts):
        if not is_mapping(row):
            accounts.refuse(path, "it is not an object", number)
        elif is_list(row.get("history")):
            id = id_in_place(f"{row.get('instance_id') or stem}-{number}", path)
            yield _Conversation(path, id, accounts).v0(_events_in(row), row)
        else:
            events.append(row)
    if events:
        conversation = _Conversation(path, id_in_place(stem, path), accounts)
        yield conversation.v1(events, {}) if any("kind" in e for e in events) else conversation.v0(events, {})


class _Conversation:
    """Reads one conversation.

    Args:
        path: The file that it is found by.
        id: Its id.
        accounts: Counts its events.
    """

    def __init__(self, path: str, id: str, accounts: Accounts) -> None:
        self._path, self._accounts = path, accounts
        self._run = TraceRun(id)
        self._calls: dict[str, str] = {}
        self._model = ""
        self._numbers = 0

    def v1(self, events: Sequence[JsonObject], state: JsonMapping) -> Found:
        """Read events of version 1: actions of one answer of the model have its id in common."""
        stats = state.get("stats")
        live = _live(events, state.get("leaf_event_id"))
        self._accounts.skipped["another branch"] += len(events) - len(live)
        answers: dict[str, list[JsonObject]] = {}
        for event in live:
            if event.get("kind") == "ActionEvent":
                answers.setdefault(self._answer_key(event), []).append(event)
                self._calls[str(event.get("id"))] = str(event.get("tool_call_id") or event.get("id"))
        for event in events:
            stats = event.get("value") if event.get("key") == "stats" else stats
        tokens, self._model, cost = _stats(stats)
        done: set[str] = set()
        for event in _actions_first(live):
            at = time_of(event.get("timestamp"))
            self._run.note_time(at)
            key = self._answer_key(event)
            if event.get("kind") == "ActionEvent":
                if key not in done:
                    done.add(key)
                    self._v1_answer(answers[key], at)
            else:
                self._v1_event(event, at)
        self._run.main.end()
        return self._finish(tokens, self._model, {}, cost)

    def _answer_key(self, event: JsonMapping) -> str:
        return str(event.get("llm_response_id") or event.get("id"))

    def _next(self, kind: str, wanted: object = None) -> str:
        self._numbers += 1
        return wanted if isinstance(wanted, str) and wanted else f"{kind}-{self._numbers}"

    def _v1_answer(self, actions: Sequence[JsonObject], at: str | None) -> None:
        first = actions[0]
        text = content_of(first.get("thought"))
        thought = "\n".join(thoughts_of(first))
        content = [{"type": "text", "text": text}] if isinstance(text, str) else text
        if thought:
            if isinstance(text, str) and thought.strip() in text:  # many models write it twice
                content = [{"type": "text", "text": rest}] if (rest := _without_thought(text)) else []
            content = [{"type": "reasoning", "reasoning": thought, "redacted": False}, *content]
        calls: list[JsonObject] = []
        for action in actions:
            given = action.get("tool_call")
            id = str(action.get("tool_call_id") or action.get("id") or self._next("call"))
            arguments = given.get("arguments") if is_mapping(given) else action.get("action")
            calls.append(arguments_of({"id": id, "function": str(action.get("tool_name") or "unknown")}, arguments))
        self._add_answer(self._answer_key(first), content, calls, at)

    def _add_answer(
        self,
        id: str,
        content: Json,
        calls: list[JsonObject],
        at: str | None,
        *,
        model: str = "",
        usage: Usage | None = None,
    ) -> None:
        message: JsonObject = {"id": id, "role": "assistant", "source": "generate", "content": content}
        message |= {"tool_calls": calls} if calls else {}
        stop: StopReason = "tool_calls" if calls else "stop"
        self._run.main.answer(message, model=model or self._model, at=at, usage=usage, stop=stop)

    def _v1_event(self, event: JsonMapping, at: str | None) -> None:
        kind = str(event.get("kind"))
        id = self._next("event", event.get("id"))
        if kind == "SystemPromptEvent":
            self._run.main.receive(
                {"id": id, "role": "system", "content": content_of(_present(event, "system_prompt", "dynamic_context"))}
            )
        elif kind == "MessageEvent":
            self._v1_message(event, id, at)
        elif kind in ("ObservationEvent", "UserRejectObservation", "AgentErrorEvent"):
            observation = event.get("observation")
            given = observation.get("content") if is_mapping(observation) else None
            error = event.get("error") or event.get("rejection_reason")
            if error is None and is_mapping(observation) and observation.get("is_error") is True:
                error = "the tool failed"
            call = self._calls.get(str(event.get("action_id"))) or event.get("tool_call_id")
            self._run.main.result(
                str(call) if call else None,
                content_of(given) or (str(error) if error else ""),
                message_id=id,
                at=at,
                error=str(error) if error else None,
            )
        elif kind == "Condensation":
            summary = event.get("summary")
            known = {"summary": summary} if isinstance(summary, str) else None
            self._run.main.compact(id, at, "openhands", metadata=known)
            if known is not None:
                self._run.main.recall({"id": f"{id}-summary", "role": "user", "content": str(summary)})
        elif kind == "ConversationErrorEvent":
            self._run.fail(id, at, None, str(event.get("detail") or event.get("code")))
        else:
            (self._accounts.skipped if kind in _QUIET_KINDS else self._accounts.unknown)[kind] += 1

    def _v1_message(self, event: JsonMapping, id: str, at: str | None) -> None:
        said = event.get("llm_message")
        if not is_mapping(said):
            self._accounts.skipped["MessageEvent"] += 1
        elif said.get("role") == "assistant":
            content, calls = answer_of(said, id)
            self._add_answer(id, content, calls, at)
        else:
            extended = event.get("extended_content")
            whole = [*_parts(said.get("content")), *(extended if is_list(extended) else ())]
            self._run.main.receive({"id": id, "role": "user", "content": content_of(whole)})

    def v0(self, events: Sequence[JsonObject], row: JsonMapping) -> Found:
        """Read actions and observations of version 0; an observation names the action that caused it."""
        metadata = row.get("metadata")
        config = metadata.get("llm_config") if is_mapping(metadata) else None
        model = config.get("model") if is_mapping(config) else None
        self._model = model if isinstance(model, str) else ""
        answers: dict[str, list[JsonObject]] = {}
        for event in events:
            if isinstance(event.get("action"), str) and (key := _response_of(event)[0]) is not None:
                answers.setdefault(key, []).append(event)
        metrics: object = row.get("metrics")
        for event in events:
            at = time_of(event.get("timestamp"))
            self._run.note_time(at)
            metrics = metrics if row.get("metrics") else event.get("llm_metrics") or metrics
            if isinstance(event.get("action"), str):
                key = _response_of(event)[0]
                same = [event] if key is None else answers[key]
                if event is same[0]:  # calls of one answer are done one after the other
                    self._v0_action(event, same, at)
            elif isinstance(event.get("observation"), str):
                self._v0_observation(event, at)
            else:
                self._accounts.unknown["event"] += 1
        self._run.main.end()
        tokens = _accumulated(metrics)
        cost = metrics.get("accumulated_cost") if is_mapping(metrics) else None
        return self._finish(tokens.total if tokens is not None else None, self._model, row, cost)

    def _v0_action(self, event: JsonMapping, same: Sequence[JsonObject], at: str | None) -> None:
        kind = str(event["action"])
        args = _args_of(event)
        id = f"event-{event.get('id', self._next('event'))}"
        if kind in _QUIET and kind != "system":
            self._accounts.skipped[f"action/{kind}"] += 1
        elif kind in ("message", "system"):
            content = str(args.get("content") or "")
            if kind == "message" and event.get("source") != "user":
                self._add_answer(id, content, [], at)
            else:
                self._run.main.receive({"id": id, "role": "system" if kind == "system" else "user", "content": content})
        else:
            thought = args.get("thought") or event.get("thought")
            calls = [self._v0_call(each, id if each is event else None) for each in same]
            response = _response_of(event)[1]
            named = response.get("model")
            model = named if isinstance(named, str) and not self._model else self._model
            self._add_answer(id, str(thought or ""), calls, at, model=model, usage=usage_of(response.get("usage")))

    def _v0_call(self, event: JsonMapping, id: str | None) -> JsonObject:
        named = event.get("tool_call_metadata")
        name = named.get("function_name") if is_mapping(named) else None
        id = id or f"event-{event.get('id', self._next('event'))}"
        self._calls[str(event.get("id"))] = id
        rest = {key: value for key, value in _args_of(event).items() if key != "thought"}
        return {"id": id, "function": str(name or event["action"]), "arguments": rest, "type": "function"}

    def _v0_observation(self, event: JsonMapping, at: str | None) -> None:
        kind = str(event["observation"])
        call = self._calls.get(str(event.get("cause")))
        if kind in _QUIET or (call is None and "cause" in event):
            self._accounts.skipped[f"observation/{kind}"] += 1
            return
        failed = kind == "error" or event.get("success") is False
        content = str(event.get("content") or "")
        self._run.main.result(
            call, content, message_id=self._next("result"), at=at, error="the tool failed" if failed else None
        )

    def _finish(self, tokens: int | None, model: str, row: JsonMapping, cost: object) -> Found:
        folder = Path(self._path).parents[1] if _is_event(self._path) else None
        result, instance = row.get("test_result"), row.get("instance_id")
        metadata = row.get("metadata")
        agent = metadata.get("agent_class") if is_mapping(metadata) else None
        error = row.get("error")
        return self._run.finish(
            tokens=tokens,
            source_type="openhands",
            source_id=Path(self._path).parent.name if folder is None else self._run.transcript_id,
            source_uri=f"file://{self._path}#{self._run.transcript_id}",
            task_id=str(instance) if isinstance(instance, str) else None,
            agent="openhands",
            model=model or None,
            error=error if isinstance(error, str) else None,
            score=result if isinstance(result, bool | int | float) else None,
            success=row["success"] if isinstance(row.get("success"), bool) else None,
            limit="message" if isinstance(error, str) and "maximum iteration" in error else None,
            metadata={
                "agent_class": agent if isinstance(agent, str) else None,
                "cost": cost if isinstance(cost, int | float) and cost else None,
                "parent": folder.parents[1].name if folder and folder.parent.name == "subagents" else None,
                "test_result": result if isinstance(result, Mapping) else None,
                **self._accounts.metadata(),
            },
        )


def _without_thought(text: str) -> str:
    return re.sub(r"\A\s*<think>.*?</think>\s*", "", text, flags=re.DOTALL).strip() if "<think>" in text else ""


def _present(event: JsonMapping, *names: str) -> list[Json]:
    return [event[name] for name in names if event.get(name)]


def _parts(content: object) -> list[Json]:
    return content if is_list(content) else [] if content is None else [content]


def _live(events: Sequence[JsonObject], leaf: object) -> Sequence[JsonObject]:
    """Give the events of the branch that goes on; one that names no parent follows the event before it."""
    if all(event.get("parent_id") is None for event in events):
        return events
    before: dict[str, str | None] = {}
    last: str | None = None
    for event in events:
        id, parent = str(event.get("id")), event.get("parent_id")
        before[id] = parent if isinstance(parent, str) else last
        last = id
    at = leaf if isinstance(leaf, str) and leaf in before else last
    found: set[str] = set()
    while at is not None and at not in found:
        found.add(at)
        at = before.get(at)
    return [event for event in events if str(event.get("id")) in found]


def _actions_first(events: Sequence[JsonObject]) -> list[JsonObject]:
    """Put what came of an action behind it, if it was written before."""
    actions = {str(event.get("id")) for event in events if event.get("kind") == "ActionEvent"}
    seen: set[str] = set()
    early: dict[str, list[JsonObject]] = {}
    found: list[JsonObject] = []
    for event in events:
        of = str(event.get("action_id"))
        if of in actions and of not in seen:
            early.setdefault(of, []).append(event)
            continue
        id = str(event.get("id"))
        seen.add(id)
        found += [event, *early.pop(id, ())]
    return found


def _args_of(event: JsonMapping) -> JsonMapping:
    """Arguments of an action; the oldest have them beside its name."""
    given = event.get("args")
    if is_mapping(given):
        return given
    return {key: value for key, value in event.items() if key not in _ENVELOPE}


def _response_of(event: JsonMapping) -> tuple[str | None, JsonMapping]:
    """The answer of the model that an action is a part of, and its id."""
    named = event.get("tool_call_metadata")
    response = named.get("model_response") if is_mapping(named) else None
    if not is_mapping(response):
        return None, {}
    id = response.get("id")
    return id if isinstance(id, str) and id else None, response


def _stats(stats: object) -> tuple[int | None, str, float | None]:
    """Tokens of a conversation, all its uses of models added, the model that the agent used, and what it cost."""
    uses = stats.get("usage_to_metrics") if is_mapping(stats) else None
    tokens: int | None = None
    model, cost = "", 0.0
    for name, use in uses.items() if is_mapping(uses) else ():
        found = _accumulated(use)
        if found is not None:
            tokens = (tokens or 0) + found.total
        if is_mapping(use):
            if isinstance(use.get("model_name"), str) and (name == "default" or not model):
                model = use["model_name"]
            cost += use["accumulated_cost"] if isinstance(use.get("accumulated_cost"), int | float) else 0
    return tokens, model, cost or None


def _accumulated(metrics: object) -> Usage | None:
    given = metrics.get("accumulated_token_usage") if is_mapping(metrics) else None
    if not is_mapping(given):
        return None
    taken, made = count_of(given.get("prompt_tokens")), count_of(given.get("completion_tokens"))
    if taken is None and made is None:
        return None
    return whole_input(taken or 0, made or 0, cache_read=count_of(given.get("cache_read_tokens")))
