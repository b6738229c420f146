"""One transcript of Claude Code, made of the records of its sessions and the files of their sub-agents."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..contract import Found, TraceItem
from ..json_values import Json, JsonObject
from ..reading import Accounts, decode, open_trace, plain_name
from ..run import Agent, Call, StopReason, TraceRun
from ..wire.anthropic import answer_of, content_of
from .claude_records import (
    COMMAND,
    Said,
    SessionAnswer,
    SessionRecord,
    abandoned,
    answer_id,
    answers,
    first_words,
    read_records,
    text_of,
)

SessionPart: TypeAlias = "tuple[str, list[SessionRecord]]"
"""A file, and records of it that belong together."""

_PERSISTED: Final = re.compile(r"<persisted-output>.*?(\S*tool-results/[^\s<\"']+)", re.DOTALL)
_SUBAGENTS: Final = f"{os.sep}subagents{os.sep}"
_AGENTS: Final = frozenset({"Task", "Agent", "Workflow"})
_STOPS: Final[dict[str, StopReason]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "model_length",
    "refusal": "content_filter",
}
_MOST_DEPTH: Final = 20
_SAME_TASK: Final = 200
"""Characters of a task that have to be the same, as the program may add to it."""
_MAX_RESULT: Final = 64 << 20


class _Finished(msgspec.Struct, rename="camel", gc=False):
    """What the result of a sub-agent says of it."""

    agent_id: str | None = None
    run_id: str | None = None
    """Run of a workflow, which has several agents."""
    is_async: bool | None = None


_finished = msgspec.json.Decoder(_Finished)


def stem_of(path: str) -> str:
    """Path of a session without its ending: the folder of the files beside it."""
    return os.path.join(os.path.dirname(path), plain_name(path).removesuffix(".jsonl"))


def agents_of(item: TraceItem) -> list[Path]:
    """Files of the sub-agents of an item's sessions; those that only wrote a summary belong to the program."""
    names = [(file.path, plain_name(file.path)) for file in item.files if _SUBAGENTS in file.path]
    return [Path(path) for path, name in names if name.startswith("agent-") and not name.startswith("agent-acompact-")]


@dataclass(slots=True)
class _FilesBeside:
    """The files beside a session: large results, and sub-agents.

    Args:
        folder: Their folder.
        accounts: Is told what is not there.
        all_agents: The files of sub-agents that there are, also of the item's other sessions.
        agents: Those that were read.
        tasks: What the sub-agents that were looked at were told first.
    """

    folder: Path
    accounts: Accounts
    all_agents: Sequence[Path]
    agents: set[Path]
    tasks: dict[Path, str] = field(default_factory=dict[Path, str])

    def result(self, preview: str) -> str:
        """Read a large result from its file, if that lies in the session's own folder."""
        found = _PERSISTED.search(preview)
        if found is None:
            return preview
        file = (self.folder / "tool-results" / Path(found[1]).name).resolve()
        if file.parent != (self.folder / "tool-results").resolve():
            return preview
        try:
            with open_trace(str(file)) as opened:
                return opened.read(_MAX_RESULT).decode("utf-8", "replace")
        except OSError as error:
            self.accounts.refuse(str(file), f"the result is not there: {error.strerror}")
            return preview

    def agents_named(self, finished: _Finished) -> list[Path]:
        """Find the sub-agents that the result of a call names."""
        folder = self.folder / "subagents"
        found: list[Path] = []
        if finished.agent_id and re.fullmatch(r"[\w-]+", finished.agent_id):
            places = (folder, folder.parent.parent, *sorted(folder.glob("workflows/*")))
            found = [file for place in places if (file := place / f"agent-{finished.agent_id}.jsonl").is_file()][:1]
            if not found and folder.is_dir():
                self.accounts.refuse(str(folder), f"the file of the sub-agent {finished.agent_id!r} is not there")
        if finished.run_id and re.fullmatch(r"[\w-]+", finished.run_id):
            run = folder / "workflows" / finished.run_id
            found += sorted(run.glob("agent-*.jsonl"))
            if not found and not finished.is_async:
                self.accounts.refuse(str(run), "the files of this workflow are not there")
        return [file for file in found if file not in self.agents]

    def agents_with(self, call: Call) -> list[Path]:
        """Find the sub-agent whose first words are the task of a call, where no id says which one it is."""
        task = call.arguments.get("prompt")
        if not isinstance(task, str) or not task:
            return []
        unread = [file for file in self.all_agents if file not in self.agents and file.is_relative_to(self.folder)]
        for file in unread:
            if file not in self.tasks:
                self.tasks[file] = first_words(str(file))[:_SAME_TASK]
        return [file for file in unread if self.tasks[file] == task[:_SAME_TASK]][:1]


class ClaudeSession:
    """Reads one transcript.

    Args:
        item: The files of its sessions.
        accounts: Counts its records.
        known: What `said_at` says of each record, by uuid.
        agents: Takes the files of sub-agents that are read.
    """

    def __init__(self, item: TraceItem, accounts: Accounts, known: Mapping[str, str], agents: set[Path]) -> None:
        self._path, self._accounts, self._known = item.location, accounts, known
        self._files = _FilesBeside(Path(stem_of(self._path)), accounts, agents_of(item), agents)
        self._run = TraceRun("")
        self._names: dict[str, int] = {}
        self._titles: JsonObject = {}

    def transcript(self, parts: list[SessionPart], segment: int | None) -> Found:
        """Make the transcript of sessions that go on with each other, or of a part of one; what is read is taken out of the list."""
        described = self._described([record for _, part in parts for record in part], segment)
        for number in range(len(parts)):
            self._session(number, parts.pop(0))
        metadata = {**described.pop("metadata"), **self._titles, **self._accounts.metadata()}
        return self._run.finish(metadata=metadata, **described)

    def _described(self, records: Sequence[SessionRecord], segment: int | None) -> JsonObject:
        first = next((r for r in records if r.session_id), SessionRecord())
        stem = plain_name(self._path).removesuffix(".jsonl")
        session = first.session_id or stem
        if stem.startswith("agent-"):  # a sub-agent that is read by itself
            self._run.transcript_id = first.agent_id or stem.removeprefix("agent-")
        else:
            self._run.transcript_id = session if segment is None else f"{session}-{segment}"
        slug = next((record.slug for record in records if record.slug), None)
        metadata = {
            name: next((value for record in records if (value := getattr(record, field))), None)
            for name, field in _METADATA.items()
        }
        sessions = list(dict.fromkeys(record.session_id for record in records if record.session_id))
        versions = list(dict.fromkeys(record.version for record in records if record.version))
        return {
            "source_type": "claude_code",
            "source_id": session,
            "source_uri": f"file://{self._path}#{self._run.transcript_id}",
            "task_set": _project_of(first.cwd, self._path),
            "task_id": slug or session,
            "task_repeat": 1,
            "agent": "claude-code",
            "metadata": {
                **metadata,
                "slug": slug,
                "session_ids": sessions if len(sessions) > 1 else None,
                "versions": versions if len(versions) > 1 else None,
            },
        }

    def _session(self, number: int, part: SessionPart) -> None:
        """Add a session; all but the first begin with an empty context, or with that of the session that they are a fork of."""
        path, records = part
        self._files.folder = Path(stem_of(path))
        main = self._run.main
        if number:
            context = self._context_at(main, next((r.parent_uuid for r in records if r.uuid), None))
            data = {
                "context": "fork" if context else "reset",
                "session_id": next((r.session_id for r in records if r.session_id), None),
            }
            at = next((record.at for record in records if record.at), None)
            self._run.emit("info", f"session-{number}", at, None, source="claude_code", data=data)
            main.context = context
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
        for call in [each for each in agent.waiting.values() if each.function in _AGENTS and each.agent is None]:
            if files := self._files.agents_with(call):  # it had not ended when the session was interrupted
                self._read_agents(call, agent, files, depth, None)
        for branch in branches.values():
            self._end_branch(branch)

    def _end_branch(self, branch: Agent) -> None:
        """End a branch; what was said in it is told where no call of a model was given it."""
        said = [message["content"] for each in branch.said if (message := self._run.pool[each])["role"] == "user"]
        if branch.last_output is None and said:
            data = {"rewound": said}
            self._run.emit("info", f"{branch.span_id}-said", None, branch.span_id, source="claude_code", data=data)
        branch.end()

    def _branch(self, agent: Agent, prompt: str, record: SessionRecord) -> Agent:
        span = self._run.span(f"branch-{prompt}", "rewound", "branch", agent.span_id, record.at)
        return Agent(self._run, span, self._context_at(agent, record.parent_uuid) or list(agent.context))

    def _context_at(self, agent: Agent, uuid: str | None) -> list[int]:
        """Give what an agent had in its context when a record was written; nothing if that is not known."""
        end = self._place_of(agent, uuid)
        return [] if end is None else agent.context[: end + 1]

    def _place_of(self, agent: Agent, uuid: Json) -> int | None:
        """Say where in the context of an agent the message of a record is; the last one of its id."""
        wanted = self._known.get(uuid) if isinstance(uuid, str) else None
        context = range(len(agent.context) - 1, -1, -1) if wanted else ()
        return next((each for each in context if self._run.pool[agent.context[each]]["id"] == wanted), None)

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
            said_text = text if isinstance(text, str) else ""
            self._run.fail(f"error-{self._id(key)}", answer.first.at, agent.span_id, said_text)
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
        if not content or (isinstance(content, str) and COMMAND.match(content)):
            return
        message = {"id": self._id(record.uuid or "user"), "role": "user", "content": content_of(content)}
        source = "compaction" if record.is_compact_summary else "injected" if record.is_meta else None
        agent.receive(message if source is None else {**message, "metadata": {"source": source}})
        if record.is_compact_summary:  # it stands before what the compaction kept
            agent.context = [agent.context[-1], *agent.context[:-1]]

    def _result(self, agent: Agent, record: SessionRecord, block: JsonObject, depth: int) -> None:
        call_id = block.get("tool_use_id") if isinstance(block.get("tool_use_id"), str) else None
        call = agent.waiting.get(call_id or "")
        if call is not None and call.function in _AGENTS:
            self._sub_agent(call, agent, record, depth)
        content = content_of(block.get("content"))
        if isinstance(content, str) and "<persisted-output>" in content:
            content = self._files.result(content)
        error = (content if isinstance(content, str) else "the tool failed") if block.get("is_error") is True else None
        agent.result(
            call_id, content, message_id=self._id(f"result-{call_id or record.uuid}"), at=record.at, error=error
        )

    def _sub_agent(self, call: Call, agent: Agent, record: SessionRecord, depth: int) -> None:
        if call.agent is not None:
            return
        try:
            finished = decode(_finished, record.tool_use_result)
        except ValueError:  # text, where the call was refused
            finished = _Finished()
        files = (
            self._files.agents_named(finished)
            if finished.agent_id or finished.run_id
            else self._files.agents_with(call)
        )
        self._read_agents(call, agent, files, depth, record.at)

    def _read_agents(self, call: Call, agent: Agent, files: Sequence[Path], depth: int, at: str | None) -> None:
        """Add what the agents of a call did; those of a workflow have a line each."""
        line = self._begin_agent(call, agent)
        for file in files if depth < _MOST_DEPTH else ():
            self._files.agents.add(file)
            try:
                records = read_records(str(file), self._accounts)
            except (OSError, ValueError) as error:
                self._accounts.refuse(str(file), f"the sub-agent cannot be read: {error}")
                continue
            own = line
            if call.function == "Workflow":
                began = next((record.at for record in records if record.at), None)
                own = Agent(self._run, self._run.span(f"agent-{file.stem}", file.stem, "agent", line.span_id, began))
            self._conversation(own, records, (), depth + 1)
            if own is not line:
                own.end()
        line.end(at)

    def _begin_agent(self, call: Call, agent: Agent) -> Agent:
        given = call.arguments
        name = (
            given.get("name") or given.get("subagent_type") or ("workflow" if call.function == "Workflow" else "agent")
        )
        description = {"metadata": {"description": given["description"]}} if given.get("description") else {}
        span = self._run.span(f"agent-{call.id}", str(name), "agent", agent.span_id, call.at, **description)
        call.agent = Agent(self._run, span)
        return call.agent

    def _old_sidechain(self, call: Call, agent: Agent, aside: Sequence[SessionRecord], depth: int) -> None:
        """Older versions kept sub-agents in the file of the session: the one whose task is the prompt of the call."""
        task = call.arguments.get("prompt")
        root = next((r for r in aside if r.parent_uuid is None and task is not None and text_of(r) == task), None)
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
                    kept=self._kept(agent, given),
                )
            case "api_error" | "error" | "api_refusal" | "model_refusal_fallback":
                known = {name: value for name in _REFUSAL if (value := getattr(record, name)) is not None}
                said = known if record.error is None else record.error
                self._run.emit(
                    "info", uuid, record.at, agent.span_id, source="claude_code", data={record.subtype: said}
                )
            case _:
                self._accounts.skipped[f"system/{record.subtype}"] += 1

    def _kept(self, agent: Agent, compaction: JsonObject) -> list[int]:
        """Positions of the messages that a compaction left in the context, though they were said before it."""
        named, segment = compaction.get("preservedMessages"), compaction.get("preservedSegment")
        places: set[int | None] = set()
        if is_mapping(named) and is_list(named.get("uuids")):
            places = {self._place_of(agent, uuid) for uuid in named["uuids"]}
        elif is_mapping(segment):
            first, last = (self._place_of(agent, segment.get(end)) for end in ("headUuid", "tailUuid"))
            if first is not None and last is not None:
                places = set(range(first, last + 1))
        return [agent.context[place] for place in sorted(place for place in places if place is not None)]

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


_REFUSAL: Final = (
    "api_refusal_category", "api_refusal_explanation", "original_model", "fallback_model", "retracted_message_uuids", "content",
)  # fmt: skip
"""What a record says of an answer that was refused."""
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
