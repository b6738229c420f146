"""Sessions of Claude Code: JSON lines, with sub-agents and large results in files beside them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..contract import Found, TraceFile, TraceItem
from ..json_values import Json, JsonObject
from ..reading import Accounts, decode, open_trace, plain_name
from ..run import Agent, Call, StopReason, TraceRun
from ..wire.anthropic import answer_of, content_of
from .claude_records import Said, SessionAnswer, SessionRecord, abandoned, answer_id, answers, is_prompt, read_records

_MARK: Final = b'"sessionId"'
_CUT_OFF: Final = re.compile(
    rb'\{"parentUuid":(?=[^{}]*"sessionId":\s*"[^"]+")[^{}]*"type":\s*"(?:user|assistant)",\s*"message":\s*\{'
)
"""A record whose end is not among the first bytes, as one is that begins with an image."""
_SLUG: Final = re.compile(rb'"slug":\s*"([^"\\]+)"')
_COMMAND: Final = re.compile(r"\s*<(command-name|command-message|local-command-[a-z]+|bash-(?:input|stdout|stderr))>")
_CLEAR: Final = re.compile(r"<command-name>\s*/clear\s*</command-name>")
_PERSISTED: Final = re.compile(r"<persisted-output>.*?(\S*tool-results/[^\s<\"']+)", re.DOTALL)
_BESIDE: Final = (f"{os.sep}subagents{os.sep}", f"{os.sep}tool-results{os.sep}")
_AGENTS: Final = frozenset({"Task", "Agent"})
_STOPS: Final[dict[str, StopReason]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "model_length",
    "refusal": "content_filter",
}
_MOST_DEPTH: Final = 20
_MAX_RESULT: Final = 64 << 20


class _Finished(msgspec.Struct, rename="camel", gc=False):
    """What the result of a sub-agent says of it."""

    agent_id: str | None = None
    run_id: str | None = None


_finished = msgspec.json.Decoder(_Finished)


class ClaudeCode:
    """Sessions of Claude Code."""

    name = "claude_code"
    title = "Claude Code sessions"
    where = "~/.claude/projects"
    suffixes: tuple[str, ...] = (".jsonl",)

    def recognises(self, path: str, head: bytes) -> bool:
        """Whether some line is a record of a conversation, and not only of a log beside it."""
        if plain_name(path) in ("journal.jsonl", "history.jsonl") or _MARK not in head:
            return False
        lines = head.split(b"\n")[:200]
        if _CUT_OFF.match(lines[-1]):
            return True
        for line in lines:
            try:
                record = msgspec.json.decode(line, type=_SessionLine)
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
                continue
            if record.type in ("user", "assistant", "system") and record.uuid and record.session_id:
                return True
        return False

    def links(self, path: str, head: bytes) -> list[str]:  # noqa: ARG002 - the content tells
        """Say which plan a session belongs to."""
        found = _SLUG.search(head)
        return [] if found is None else [found[1].decode("utf-8", "replace")]

    def items(self, files: Sequence[TraceFile]) -> Iterable[TraceItem]:
        """Group sessions that go on with each other (one plan has one slug), each with the files of its sub-agents."""
        sides: dict[str, list[TraceFile]] = {}
        sessions: list[TraceFile] = []
        for file in files:
            session = _session_of(file.path)
            if session is not None:
                sides.setdefault(session, []).append(file)
            elif not plain_name(file.path).startswith("agent-"):
                sessions.append(file)
        groups: dict[tuple[str, str], list[TraceFile]] = {}
        for file in sessions:
            plan = file.links[0] if file.links else file.path
            groups.setdefault((os.path.dirname(file.path), plan), []).append(file)
        for group in groups.values():
            beside = [side for file in group for side in sides.get(_stem(file.path), ())]
            yield TraceItem((*group, *beside))

    def look_in(self, path: str) -> tuple[str, bool]:
        """Sessions of a project are in one folder, sub-agents below one with the name of their session."""
        return str(Path(path).parent), False

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read the sessions of a group: one transcript of what they have in common, and one of each part behind a `/clear`."""
        accounts = Accounts(self.name)
        together, apart = _parts(item, accounts)
        if together:
            is_split = any(path == together[0][0] for _, (path, _) in apart)
            yield _Session(item.location, accounts).transcript(together, 0 if is_split else None)
        while apart:
            number, part = apart.pop(0)
            parts = [part]
            del part
            yield _Session(item.location, accounts).transcript(parts, number)
        yield from accounts.problems


_Part: TypeAlias = "tuple[str, list[SessionRecord]]"
"""A file, and records of it that belong together."""


def _parts(item: TraceItem, accounts: Accounts) -> tuple[list[_Part], list[tuple[int, _Part]]]:
    """Read the sessions of a group: what they have in common in its order, and the parts behind each `/clear` with their number."""
    known: set[str] = set()
    together: list[_Part] = []
    apart: list[tuple[int, _Part]] = []
    for path in (file.path for file in item.files if _session_of(file.path) is None):
        # A session that was forked repeats the records of the other one, byte for byte.
        records = _without_repeated(read_records(path, accounts), known, accounts)
        segments = [part for part in _segments(records) if any(map(_is_said, part))]
        together += [(path, part) for part in segments[:1]]
        apart += [(number, (path, part)) for number, part in enumerate(segments[1:], 1)]
    together.sort(key=lambda one: next((r.timestamp for r in one[1] if r.timestamp), ""))
    return together, apart


def _without_repeated(records: Iterable[SessionRecord], known: set[str], accounts: Accounts) -> list[SessionRecord]:
    found: list[SessionRecord] = []
    for record in records:
        if record.uuid is not None and record.uuid in known:
            accounts.skipped["repeated"] += 1
            continue
        if record.uuid is not None:
            known.add(record.uuid)
        found.append(record)
    return found


class _SessionLine(msgspec.Struct, rename="camel", gc=False):
    type: str = ""
    uuid: str | None = None
    session_id: str | None = None


def _stem(path: str) -> str:
    return os.path.join(os.path.dirname(path), plain_name(path).removesuffix(".jsonl"))


def _session_of(path: str) -> str | None:
    """Say which session a file beside one belongs to, as `_stem` names it; None if it is a session itself."""
    if not any(folder in path for folder in _BESIDE):
        return None
    return next(str(above.parent) for above in Path(path).parents if f"{os.sep}{above.name}{os.sep}" in _BESIDE)


def _segments(records: Sequence[SessionRecord]) -> list[list[SessionRecord]]:
    found: list[list[SessionRecord]] = [[]]
    for record in records:
        if is_prompt(record) and _CLEAR.search(_text(record)) and record.is_meta is not True:
            found.append([])
        else:
            found[-1].append(record)
    return found


def _is_said(record: SessionRecord) -> bool:
    return record.type == "assistant" or (is_prompt(record) and not _COMMAND.match(_text(record)))


def _text(record: SessionRecord) -> str:
    content = record.message.content if record.message is not None else None
    return content if isinstance(content, str) else ""


class _Session:
    """Reads one transcript.

    Args:
        path: The file that it is found by.
        accounts: Counts its records.
    """

    def __init__(self, path: str, accounts: Accounts) -> None:
        self._path, self._accounts = path, accounts
        self._folder = Path(_stem(path))
        self._run = TraceRun("")
        self._names: dict[str, int] = {}
        self._titles: JsonObject = {}
        self._read: set[Path] = set()

    def transcript(self, parts: list[_Part], segment: int | None) -> Found:
        """Make the transcript of sessions that go on with each other, or of a part of one; what is read is taken out of the list."""
        described = self._described([record for _, part in parts for record in part], segment)
        number = 0
        while parts:
            self._session(number, parts.pop(0))
            number += 1
        metadata = {**described.pop("metadata"), **self._titles, **self._accounts.metadata()}
        return self._run.finish(metadata=metadata, **described)

    def _described(self, records: Sequence[SessionRecord], segment: int | None) -> JsonObject:
        first = next((r for r in records if r.session_id), SessionRecord())
        session = first.session_id or plain_name(self._path).removesuffix(".jsonl")
        self._run.transcript_id = session if segment is None else f"{session}-{segment}"
        slug = next((record.slug for record in records if record.slug), None)
        metadata = {
            name: next((value for record in records if (value := getattr(record, field))), None)
            for name, field in _METADATA.items()
        }
        sessions = list(dict.fromkeys(record.session_id for record in records if record.session_id))
        return {
            "source_type": "claude_code",
            "source_id": session,
            "source_uri": f"file://{self._path}#{self._run.transcript_id}",
            "task_set": _project_of(first.cwd, self._path),
            "task_id": slug or session,
            "task_repeat": 1,
            "agent": "claude-code",
            "metadata": {**metadata, "slug": slug, "session_ids": sessions if len(sessions) > 1 else None},
        }

    def _session(self, number: int, part: _Part) -> None:
        """Add a session; all but the first begin with an empty context."""
        path, records = part
        self._folder = Path(_stem(path))
        main = self._run.main
        if number:
            data = {"context": "reset", "session_id": next((r.session_id for r in records if r.session_id), None)}
            at = next((record.at for record in records if record.at), None)
            self._run.emit("info", f"session-{number}", at, None, source="claude_code", data=data)
            main.context = []
        own = [record for record in records if not record.is_sidechain] or list(records)
        aside = [record for record in records if record.is_sidechain] if len(own) < len(records) else []
        self._conversation(main, own, aside, 0)
        main.end()

    def _conversation(
        self, agent: Agent, records: Sequence[SessionRecord], aside: Sequence[SessionRecord], depth: int
    ) -> None:
        """Add what was said, in the order of the file; what was rewound becomes a branch of its own."""
        whole = answers(records)
        rewound = abandoned(records)
        branches: dict[str, Agent] = {}
        seen: set[str] = set()
        for record in records:
            self._run.note_time(record.at)
            speaker = agent
            prompt = rewound.get(record.uuid or "")
            if prompt is not None:
                if prompt not in branches:
                    branches[prompt] = self._branch(agent, prompt, record)
                speaker = branches[prompt]
            if record.type == "assistant":
                key = answer_id(record)
                if key not in seen:
                    seen.add(key)
                    self._answer(speaker, key, whole[key], aside, depth)
            elif record.type == "user":
                self._user(speaker, record, depth)
            elif record.type == "system":
                self._system(speaker, record)
            else:
                self._beside(speaker, record)
        for branch in branches.values():
            branch.end()

    def _branch(self, agent: Agent, prompt: str, record: SessionRecord) -> Agent:
        span = self._run.span(f"branch-{prompt}", "rewound", "branch", agent.span_id, record.at)
        return Agent(self._run, span, list(agent.context))

    def _id(self, wanted: str) -> str:
        """Give an id that no other message has."""
        count = self._names[wanted] = self._names.get(wanted, 0) + 1
        return wanted if count == 1 else f"{wanted}-{count}"

    def _answer(
        self, agent: Agent, key: str, answer: SessionAnswer, aside: Sequence[SessionRecord], depth: int
    ) -> None:
        said = answer.first.message or Said()
        content, calls = answer_of(answer.blocks)
        if answer.first.is_api_error_message or said.model == "<synthetic>":
            text = content_of(answer.blocks)
            self._run.emit(
                "error",
                f"error-{self._id(key)}",
                answer.first.at,
                agent.span_id,
                error={"message": text if isinstance(text, str) else "", "traceback": "", "traceback_ansi": ""},
            )
            return
        stop = _STOPS.get(answer.stop or "", "unknown") if answer.stop else ("tool_calls" if calls else "stop")
        message = {"id": self._id(key), "role": "assistant", "source": "generate", "content": content}
        if said.model:
            message["model"] = said.model
        if calls:
            message["tool_calls"] = calls
        agent.answer(
            message, model=said.model or "", at=answer.first.at, completed=answer.last, usage=answer.tokens, stop=stop
        )
        for call in calls:
            if call["function"] in _AGENTS and call["id"] in agent.waiting:
                self._old_sidechain(agent.waiting[call["id"]], agent, aside, depth)

    def _user(self, agent: Agent, record: SessionRecord, depth: int) -> None:
        content = record.message.content if record.message is not None else None
        others: list[Json] = []
        for block in content if is_list(content) else ():
            if is_mapping(block) and block.get("type") == "tool_result":
                self._result(agent, record, block, depth)
            else:
                others.append(block)
        if is_list(content):
            content = others
        if not content or (isinstance(content, str) and _COMMAND.match(content)):
            return
        message = {"id": self._id(record.uuid or "user"), "role": "user", "content": content_of(content)}
        source = "compaction" if record.is_compact_summary else "injected" if record.is_meta else None
        agent.receive(message if source is None else {**message, "metadata": {"source": source}})

    def _result(self, agent: Agent, record: SessionRecord, block: JsonObject, depth: int) -> None:
        call_id = block.get("tool_use_id") if isinstance(block.get("tool_use_id"), str) else None
        call = agent.waiting.get(call_id or "")
        if call is not None and call.function in _AGENTS:
            self._sub_agent(call, agent, record, depth)
        content = content_of(block.get("content"))
        if isinstance(content, str) and "<persisted-output>" in content:
            content = self._persisted(content)
        error = (content if isinstance(content, str) else "the tool failed") if block.get("is_error") is True else None
        agent.result(
            call_id, content, message_id=self._id(f"result-{call_id or record.uuid}"), at=record.at, error=error
        )

    def _persisted(self, preview: str) -> str:
        """Read a large result from its file, if that lies in the session's own folder."""
        found = _PERSISTED.search(preview)
        if found is None:
            return preview
        file = (self._folder / "tool-results" / Path(found[1]).name).resolve()
        if file.parent != (self._folder / "tool-results").resolve():
            return preview
        try:
            with open_trace(str(file)) as opened:
                return opened.read(_MAX_RESULT).decode("utf-8", "replace")
        except OSError as error:
            self._accounts.refuse(str(file), f"the result is not there: {error.strerror}")
            return preview

    def _sub_agent(self, call: Call, agent: Agent, record: SessionRecord, depth: int) -> None:
        if call.agent is not None:
            return
        try:
            finished = decode(_finished, record.tool_use_result)
        except ValueError:  # text, where the call was refused
            finished = _Finished()
        files = self._agent_files(finished)
        line = self._begin_agent(call, agent)
        if depth < _MOST_DEPTH:
            for file in files:
                self._read.add(file)
                try:
                    records = read_records(str(file), self._accounts)
                except (OSError, ValueError) as error:
                    self._accounts.refuse(str(file), f"the sub-agent cannot be read: {error}")
                    continue
                self._conversation(line, records, (), depth + 1)
        line.end(record.at)

    def _begin_agent(self, call: Call, agent: Agent) -> Agent:
        given = call.arguments
        name = given.get("name") or given.get("subagent_type") or "agent"
        description = {"metadata": {"description": given["description"]}} if given.get("description") else {}
        span = self._run.span(f"agent-{call.id}", str(name), "agent", agent.span_id, call.at, **description)
        call.agent = Agent(self._run, span)
        return call.agent

    def _agent_files(self, finished: _Finished) -> list[Path]:
        folder = self._folder / "subagents"
        found: list[Path] = []
        if finished.agent_id and re.fullmatch(r"[\w-]+", finished.agent_id):
            places = (folder, folder.parent.parent, *sorted(folder.glob("workflows/*")))
            found = [file for place in places if (file := place / f"agent-{finished.agent_id}.jsonl").is_file()][:1]
            if not found and folder.is_dir():
                self._accounts.refuse(str(folder), f"the file of the sub-agent {finished.agent_id!r} is not there")
        if finished.run_id and re.fullmatch(r"[\w-]+", finished.run_id):
            found += sorted((folder / "workflows" / finished.run_id).glob("agent-*.jsonl"))
        return [file for file in found if file not in self._read]

    def _old_sidechain(self, call: Call, agent: Agent, aside: Sequence[SessionRecord], depth: int) -> None:
        """Older versions kept sub-agents in the file of the session: the one whose task is the prompt of the call."""
        task = call.arguments.get("prompt")
        root = next((r for r in aside if r.parent_uuid is None and task is not None and _text(r) == task), None)
        if root is None or root.uuid is None or depth >= _MOST_DEPTH:
            return
        within = {root.uuid}
        own: list[SessionRecord] = []
        for record in aside:
            if record is root or record.parent_uuid in within:
                within.add(record.uuid or "")
                own.append(record)
        line = self._begin_agent(call, agent)
        self._conversation(line, own, (), depth + 1)
        line.end(own[-1].at)

    def _system(self, agent: Agent, record: SessionRecord) -> None:
        uuid = record.uuid or f"system-{self._id('system')}"
        match record.subtype:
            case "compact_boundary":
                given = record.compact_metadata if is_mapping(record.compact_metadata) else {}
                before = given.get("preTokens")
                agent.compact(
                    uuid,
                    record.at,
                    "claude_code",
                    tokens_before=before if isinstance(before, int) else None,
                    metadata={"trigger": given.get("trigger"), "content": record.content},
                )
            case "api_error" | "error" | "api_refusal":
                self._run.emit(
                    "info", uuid, record.at, agent.span_id, source="claude_code", data={record.subtype: record.error}
                )
            case _:
                self._accounts.skipped[f"system/{record.subtype}"] += 1

    def _beside(self, agent: Agent, record: SessionRecord) -> None:
        given = record.attachment
        if record.type == "attachment" and is_mapping(given) and given.get("type") == "queued_command":
            prompt = content_of(given.get("prompt"))
            if prompt:
                agent.receive({"id": self._id(record.uuid or "queued"), "role": "user", "content": prompt})
            return
        titles = {"title": record.custom_title or record.ai_title, "pull_request": record.pr_url}
        self._titles |= {name: value for name, value in titles.items() if value}
        self._accounts.skipped[record.type] += 1


_METADATA: Final = {
    "cwd": "cwd",
    "gitBranch": "git_branch",
    "version": "version",
    "permissionMode": "permission_mode",
    "sessionKind": "session_kind",
}
"""Keys of the metadata, and the fields that they come from: the first record that has one."""


def _project_of(cwd: str | None, path: str) -> str:
    return cwd or Path(path).parent.name
