"""Rollouts of Codex: JSON lines, in which nearly everything stands twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..contract import Found, TraceFile, TraceItem
from ..json_values import Json, JsonMapping, JsonObject
from ..reading import Accounts, plain_name
from ..run import StopReason, TraceRun
from ..times import time_of
from ..usage import Usage, whole_input
from ..wire.anthropic import Content, count_of, unknown_block
from ..wire.openai import arguments_of, content_of
from .codex_records import LINE_TYPES, RolloutRecord, id_in, parents_of, read_records, replayed, text_of, without_replay

_OLDEST: Final = re.compile(rb'\A\{"id":\s*"[^"]+",\s*"timestamp":\s*"[^"]+"(?:,\s*"(?:instructions|git)":|\})')
_CUT_OFF: Final = re.compile(
    rb'\{"timestamp":\s*"[^"]+",\s*(?:"ordinal":\s*\d+,\s*)?"type":\s*"(?:' + "|".join(LINE_TYPES).encode() + rb')",'
    rb'\s*"payload":\s*\{'
)
"""A line whose end is not among the first bytes: the first one holds all instructions."""
_PARENT: Final = re.compile(rb'"(?:parent_thread_id|forked_from_id)":\s*"([^"\\]+)"')
_CALLS: Final = frozenset({"function_call", "custom_tool_call", "local_shell_call", "tool_search_call"})
_OUTPUTS: Final = frozenset({"function_call_output", "custom_tool_call_output", "tool_search_output"})
_SKIPPED_ITEMS: Final = frozenset(
    {
        "compaction",
        "compaction_summary",
        "context_compaction",
        "configuration_update",
        "additional_tools",
        "ghost_snapshot",
    }
)
_TOLD: Final = frozenset(
    {"turn_aborted", "entered_review_mode", "exited_review_mode", "thread_goal_updated", "undo_completed"}
)
_ROLES: Final = {"developer": "system", "system": "system", "user": "user", "assistant": "assistant"}
_INJECTED: Final = (
    "# AGENTS.md instructions", "<environment_context>", "<user_instructions>", "<permissions instructions>",
    "<turn_context>", "<turn_aborted>",
)  # fmt: skip
"""Beginnings of what the program says as the user."""
_EXIT_CODE: Final = re.compile(r"(?:Exit code:|Process exited with code) (-?\d+)$", re.MULTILINE)
_AGENTS: Final = {"codex_cli_rs": "codex", "codex_exec": "codex", "codex_vscode": "codex"}


class _RolloutHead(msgspec.Struct, gc=False):
    type: str = ""
    payload: Json = None


class Codex:
    """Rollouts of Codex, and of programs made from it."""

    name = "codex"
    title = "Codex sessions (live, archived, compressed)"
    where = "~/.codex"
    suffixes: tuple[str, ...] = (".jsonl",)

    def recognises(self, path: str, head: bytes) -> bool:  # noqa: ARG002 - the content tells
        """Whether some line has a type of a rollout and a payload, or the file has the oldest layout."""
        lines = head.split(b"\n")[:200]
        if _CUT_OFF.match(lines[-1]):
            return True
        for line in lines:
            try:
                seen = msgspec.json.decode(line, type=_RolloutHead)
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
                continue
            if seen.type in LINE_TYPES and is_mapping(seen.payload):
                return True
        first, _, rest = head.partition(b"\n")
        return _OLDEST.match(first) is not None and (not rest.strip() or b'"role"' in rest)

    def links(self, path: str, head: bytes) -> list[str]:  # noqa: ARG002 - the content tells
        """Say which threads it comes from."""
        return _parents(head)

    def items(self, files: Sequence[TraceFile]) -> Iterable[TraceItem]:
        """Put beside a thread the one that it was forked from; of a plain and a compressed file, the plain one counts."""
        plain = {file.path for file in files}
        kept = [file for file in files if not (file.path.endswith(".zst") and file.path.removesuffix(".zst") in plain)]
        by_id = {id: file for file in kept if (id := id_in(plain_name(file.path))) is not None}
        for file in kept:
            parents = [by_id[id] for id in file.links if id in by_id and by_id[id] != file]
            yield TraceItem((file, *parents))

    def look_in(self, path: str) -> tuple[str, bool]:
        """Threads of all days belong together."""
        return _root_of(path), True

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read a thread, without what it repeats of the one that it comes from."""
        accounts = Accounts(self.name)
        path = item.location
        records = read_records(path, accounts)
        before = replayed([file.path for file in item.files[1:]])
        meta = next((each.payload for each in records if each.type == "session_meta"), JsonObject())
        own = without_replay(records, before) if parents_of(meta) else records
        accounts.skipped["replayed"] += len(records) - len(own)
        if any(record.type != "session_meta" for record in own):
            yield _Thread(path, accounts, own).transcript(len(item.files) > 1)
        yield from accounts.problems


def _root_of(path: str) -> str:
    """The folder of all sessions, or of the file where it is in none."""
    parents = Path(path).parents
    found = next((each.parent for each in parents if each.name in ("sessions", "archived_sessions")), parents[0])
    return str(found)


def _parents(head: bytes) -> list[str]:
    first = head.partition(b"\n")[0]
    if b"parent_thread_id" not in first and b"forked_from_id" not in first:
        return []
    try:
        seen = msgspec.json.decode(first, type=_RolloutHead)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return [found.decode("utf-8", "replace") for found in _PARENT.findall(first)]
    return parents_of(seen.payload) if is_mapping(seen.payload) else []


@dataclass(slots=True)
class _RolloutAnswer:
    """What the model has said since it was asked last."""

    content: list[JsonObject] = field(default_factory=list[JsonObject])
    calls: list[JsonObject] = field(default_factory=list[JsonObject])
    began: str | None = None
    ended: str | None = None

    def note(self, at: str | None) -> None:
        self.began, self.ended = self.began or at, at or self.ended


class _Thread:
    """Reads one thread.

    Args:
        path: Its file.
        accounts: Counts its records.
        records: What matters of it.
    """

    def __init__(self, path: str, accounts: Accounts, records: Sequence[RolloutRecord]) -> None:
        self._path, self._accounts, self._records = path, accounts, records
        self._meta: JsonMapping = next((r.payload for r in records if r.type == "session_meta"), JsonObject())
        self._run = TraceRun(str(self._meta.get("id") or id_in(plain_name(path)) or plain_name(path)))
        self._agent = self._run.main
        self._answer = _RolloutAnswer()
        self._model = ""
        self._context: JsonObject = {}
        self._turns: list[int] = []
        self._title: str | None = None
        self._usage: Usage | None = None
        self._last_counts: object = None
        self._numbers = 0
        said = [(r.type, r.kind, r.payload.get("role")) for r in records]
        self._has_prompts = any(one == ("response_item", "message", "user") for one in said)
        self._has_answers = any(one == ("response_item", "message", "assistant") for one in said)
        self._has_thoughts = any(one[:2] == ("response_item", "reasoning") for one in said)
        self._failures = dict(failure for record in records if (failure := _failure(record)) is not None)
        self._reported: int | None = None
        self._typed = {str(r.payload.get("message")).strip() for r in records if r.kind == "user_message"}

    def transcript(self, has_parent: bool) -> Found:
        """Make the transcript."""
        instructions = self._meta.get("base_instructions") or self._meta.get("instructions")
        system = text_of(instructions) if is_mapping(instructions) else instructions
        if isinstance(system, str) and system:
            self._agent.receive({"id": self._next("system"), "role": "system", "content": system})
        for record in self._records:
            self._run.note_time(record.at)
            self._add(record)
        self._flush()
        self._agent.end()
        return self._finish(has_parent)

    def _add(self, record: RolloutRecord) -> None:
        match record.type:
            case "response_item":
                self._item(record)
            case "event_msg":
                self._event(record)
            case "turn_context":
                model = record.payload.get("model")
                if isinstance(model, str) and model != self._model:
                    self._flush()
                    self._model = model
                self._context |= {
                    name: record.payload.get(name) for name in ("approval_policy", "sandbox_policy", "effort")
                }
            case "compacted":
                self._compacted(record)
            case _:
                self._accounts.skipped[record.type] += 1

    def _next(self, kind: str) -> str:
        self._numbers += 1
        return f"{kind}-{self._numbers}"

    def _item(self, record: RolloutRecord) -> None:
        item, kind = record.payload, record.kind
        if kind == "message":
            self._message(record)
        elif kind == "reasoning":
            self._answer.note(record.at)
            self._answer.content.append(_thought(item))
        elif kind in _CALLS:
            self._answer.note(record.at)
            self._answer.calls.append(_call(item, self._next("call")))
        elif kind in _OUTPUTS:
            self._flush()
            self._output(record)
        elif kind in ("web_search_call", "image_generation_call"):
            self._answer.note(record.at)
            self._answer.content.append(_server_tool(item, kind.removesuffix("_call"), self._next(kind)))
        elif kind == "agent_message":
            self._flush()
            names = {"author": item.get("author"), "recipient": item.get("recipient")}
            self._receive("user", content_of(item.get("content")), metadata={"source": "agent", **names})
        else:
            (self._accounts.skipped if kind in _SKIPPED_ITEMS else self._accounts.unknown)[f"response_item/{kind}"] += 1

    def _message(self, record: RolloutRecord) -> None:
        role = _ROLES.get(str(record.payload.get("role")), "user")
        content = content_of(record.payload.get("content"))
        if role == "assistant":
            self._answer.note(record.at)
            parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
            self._answer.content += parts
            return
        self._flush()
        text = text_of(record.payload.get("content")).strip()
        is_prompt = text in self._typed if self._typed else not text.startswith(_INJECTED)
        if role == "user" and is_prompt:
            self._turns.append(len(self._agent.context))
        self._receive(role, content, metadata=None if role != "user" or is_prompt else {"source": "injected"})

    def _receive(self, role: str, content: Content, metadata: JsonObject | None = None) -> None:
        message = {"id": self._next(role), "role": role, "content": content}
        self._agent.receive(message if metadata is None else {**message, "metadata": metadata})

    def _output(self, record: RolloutRecord) -> None:
        item = record.payload
        given = item.get("output", item.get("tools"))
        call_id = item.get("call_id")
        content, error = _result(given)
        error = error or self._failures.get(call_id if isinstance(call_id, str) else "")
        self._agent.result(
            call_id if isinstance(call_id, str) else None,
            content,
            message_id=self._next("result"),
            at=record.at,
            error=error,
        )

    def _event(self, record: RolloutRecord) -> None:
        given, kind = record.payload, record.kind
        match kind:
            case "user_message" if not self._has_prompts:
                self._flush()
                self._turns.append(len(self._agent.context))
                self._receive("user", str(given.get("message") or ""))
            case "agent_message" if not self._has_answers:
                self._answer.note(record.at)
                self._answer.content.append({"type": "text", "text": str(given.get("message") or "")})
            case "agent_reasoning" if not self._has_thoughts:
                self._answer.note(record.at)
                self._answer.content.append(
                    {"type": "reasoning", "reasoning": str(given.get("text") or ""), "redacted": False}
                )
            case "token_count":
                self._count(given.get("info"))
            case "turn.completed":
                self._count({"last_token_usage": given.get("usage")})
            case "error":
                self._error(given, record.at)
            case "task_complete" | "turn_complete" if given.get("error"):
                self._error(given.get("error"), record.at)
            case "thread_rolled_back":
                self._roll_back(given, record)
            case "thread_name_updated":
                name = given.get("thread_name")
                self._title = name if isinstance(name, str) else self._title
            case _ if kind in _TOLD or (kind == "item_completed" and _is_plan(given)):
                self._run.emit("info", self._next("info"), record.at, None, source="codex", data=given)
            case _:
                self._accounts.skipped[f"event_msg/{kind}"] += 1

    def _roll_back(self, given: JsonMapping, record: RolloutRecord) -> None:
        self._flush()
        count = count_of(given.get("num_turns")) or 0
        if 0 < count <= len(self._turns):
            self._agent.context = self._agent.context[: self._turns[-count]]
            del self._turns[-count:]
        self._run.emit("info", self._next("info"), record.at, None, source="codex", data=dict(given))

    def _error(self, given: object, at: str | None) -> None:
        message = str(given.get("message") or "") if is_mapping(given) else str(given)
        self._run.fail(self._next("error"), at, None, message)

    def _count(self, info: object) -> None:
        """Note the tokens of the call before; each count is written twice."""
        if not is_mapping(info) or info == self._last_counts:
            return
        whole = info.get("total_token_usage")
        self._reported = (count_of(whole.get("total_tokens")) if is_mapping(whole) else None) or self._reported
        last = info.get("last_token_usage")
        if "prompt" in info and "completion" in info:  # 0.50 to 0.53
            last = {"input_tokens": info["prompt"], "output_tokens": info["completion"]}
        if not is_mapping(last):
            return
        self._last_counts = info
        usage = whole_input(
            count_of(last.get("input_tokens")) or 0,
            count_of(last.get("output_tokens")) or 0,
            cache_read=count_of(last.get("cached_input_tokens")),
            cache_write=count_of(last.get("cache_write_input_tokens")),
            reasoning=count_of(last.get("reasoning_output_tokens")),
        )
        if self._answer.content or self._answer.calls:
            self._flush(usage)
        else:
            self._agent.count(usage)

    def _compacted(self, record: RolloutRecord) -> None:
        self._flush()
        summary = record.payload.get("message")
        known = {"summary": summary} if isinstance(summary, str) and summary else None
        self._agent.compact(self._next("compaction"), record.at, "codex", metadata=known)
        self._turns = []
        history = record.payload.get("replacement_history")
        for item in history if is_list(history) else ():
            if is_mapping(item) and item.get("type") == "message":
                role = _ROLES.get(str(item.get("role")), "user")
                self._agent.recall({"id": self._next(role), "role": role, "content": content_of(item.get("content"))})
        if not history and known is not None:
            self._agent.recall({"id": self._next("user"), "role": "user", "content": str(summary)})

    def _flush(self, usage: Usage | None = None) -> None:
        """Add what the model has said so far, as one answer."""
        answer, self._answer = self._answer, _RolloutAnswer()
        if not answer.content and not answer.calls:
            return
        message: JsonObject = {"id": self._next("answer"), "role": "assistant", "source": "generate"}
        only_text = [part["text"] for part in answer.content if part["type"] == "text"]
        message["content"] = only_text[0] if len(answer.content) == len(only_text) == 1 else answer.content
        message |= {"tool_calls": answer.calls} if answer.calls else {}
        stop: StopReason = "tool_calls" if answer.calls else "stop"
        self._agent.answer(message, model=self._model, at=answer.began, completed=answer.ended, usage=usage, stop=stop)

    def _finish(self, has_parent: bool) -> Found:
        meta = self._meta
        git = meta.get("git")
        originator = str(meta.get("originator") or "codex")
        source = meta.get("source")
        prompts = [text for text in self._typed if text]
        parents = parents_of(dict(meta))
        return self._run.finish(
            source_type="codex",
            source_id=self._run.transcript_id,
            source_uri=f"file://{self._path}#{self._run.transcript_id}",
            date=time_of(meta.get("timestamp")),
            task_set=meta.get("cwd") if isinstance(meta.get("cwd"), str) else None,
            task_id=self._title or self._run.transcript_id,
            agent=_AGENTS.get(originator, "codex" if originator.lower().startswith("codex") else originator),
            metadata={
                "cwd": meta.get("cwd"),
                "cli_version": meta.get("cli_version"),
                "originator": meta.get("originator"),
                "source": source if isinstance(source, str) else json.dumps(source) if source else None,
                "parent": parents[0] if parents else None,
                "replay": None if has_parent or not parents else "the thread that it comes from is not there",
                "agent_nickname": meta.get("agent_nickname"),
                "git_branch": git.get("branch") if is_mapping(git) else None,
                "git_commit": git.get("commit_hash") if is_mapping(git) else None,
                "approval_policy": self._context.get("approval_policy"),
                "prompts": len(prompts) or None,
                "tokens": None if self._reported in (None, self._run.tokens) else "sum of the calls",
                "reported_tokens": None if self._reported == self._run.tokens else self._reported,
                **self._accounts.metadata(),
            },
        )


def _thought(item: JsonMapping) -> JsonObject:
    content, summary = text_of(item.get("content") or []), text_of(item.get("summary") or [])
    return {
        "type": "reasoning",
        "reasoning": content or summary,
        "redacted": not content and bool(item.get("encrypted_content")),
    }


def _call(item: JsonMapping, id: str) -> JsonObject:
    kind = item.get("type")
    given, name = item.get("arguments"), item.get("name")
    if kind == "custom_tool_call":
        text = item.get("input")
        return {
            "id": str(item.get("call_id") or id),
            "function": str(name or "unknown"),
            "arguments": {"input": text},
            "type": "function",
        }
    if kind == "local_shell_call":
        given, name = item.get("action"), "local_shell"
    elif kind == "tool_search_call":
        name = "tool_search"
    space = item.get("namespace")
    named = f"{space}.{name}" if isinstance(space, str) and space else str(name or "unknown")
    return arguments_of({"id": str(item.get("call_id") or id), "function": named}, given)


def _server_tool(item: JsonMapping, name: str, id: str) -> JsonObject:
    if name != "web_search":
        return unknown_block({key: value for key, value in item.items() if key != "result"})
    action = json.dumps(item.get("action"))
    return {
        "type": "tool_use",
        "tool_type": "web_search",
        "id": str(item.get("id") or id),
        "name": name,
        "arguments": action,
        "result": "",
    }


def _result(given: object) -> tuple[Content, str | None]:
    """Content of what a tool gave back, and what went wrong if it says so."""
    if isinstance(given, str) and given.startswith('{"output"'):
        try:
            whole = msgspec.json.decode(given)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
            whole = None
        details = whole.get("metadata") if is_mapping(whole) else None
        if is_mapping(whole) and is_mapping(details):
            code = details.get("exit_code")
            return content_of(whole.get("output")), f"exit code {code}" if isinstance(code, int) and code else None
    if is_mapping(given):
        return content_of([given]), None
    header = given.partition("\nOutput:")[0][:500] if isinstance(given, str) else ""
    code = _EXIT_CODE.search(header)
    return content_of(given), f"exit code {code[1]}" if code is not None and int(code[1]) else None


def _failure(record: RolloutRecord) -> tuple[str, str] | None:
    """Say which call failed and how, if that is what a record of the program says."""
    given, call_id = record.payload, record.payload.get("call_id")
    if record.type != "event_msg" or not isinstance(call_id, str):
        return None
    result = given.get("result")
    if record.kind == "mcp_tool_call_end" and is_mapping(result) and "Err" in result:
        return call_id, str(result["Err"])
    code = given.get("exit_code")
    return (
        (call_id, f"exit code {code}") if record.kind == "exec_command_end" and isinstance(code, int) and code else None
    )


def _is_plan(given: JsonMapping) -> bool:
    item = given.get("item")
    return is_mapping(item) and item.get("type") == "Plan"
