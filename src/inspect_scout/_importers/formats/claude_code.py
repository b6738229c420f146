"""Sessions of Claude Code: JSON lines, with sub-agents and large results in files beside them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from ..._transcripts import TraceProblem
from ..contract import Found, TraceFile, TraceItem
from ..reading import Accounts, plain_name
from .claude_records import COMMAND, SessionRecord, is_prompt, read_records, said_at, text_of
from .claude_session import ClaudeSession, SessionPart, agents_of, stem_of

_MARK: Final = b'"sessionId"'
_CUT_OFF: Final = re.compile(
    rb'\{"parentUuid":(?=[^{}]*"sessionId":\s*"[^"]+")[^{}]*"type":\s*"(?:user|assistant)",\s*"message":\s*\{'
)
"""A record whose end is not among the first bytes, as one is that begins with an image."""
_SLUG: Final = re.compile(rb'"slug":\s*"([^"\\]+)"')
_UUID: Final = re.compile(rb'"uuid":\s*"([^"\\]+)"')
_CLEAR: Final = re.compile(r"<command-name>\s*/clear\s*</command-name>")
_BESIDE: Final = (f"{os.sep}subagents{os.sep}", f"{os.sep}tool-results{os.sep}")


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
        """Say which plan a session belongs to; without one, where it began: a fork begins with the records of its session."""
        found = _SLUG.search(head) or _UUID.search(head)
        return [] if found is None else [found[1].decode("utf-8", "replace")]

    def items(self, files: Sequence[TraceFile]) -> Iterable[TraceItem]:
        """Group sessions that go on with each other (one plan has one slug), each with the files of its sub-agents.

        A sub-agent whose session is not there is read by itself.
        """
        sides: dict[str, list[TraceFile]] = {}
        sessions: list[TraceFile] = []
        old_agents: list[TraceFile] = []
        for file in files:
            session = _session_of(file.path)
            if session is not None:
                sides.setdefault(session, []).append(file)
            else:
                (old_agents if _is_agent(file.path) else sessions).append(file)
        groups: dict[tuple[str, str], list[TraceFile]] = {}
        for file in sessions:
            plan = file.links[0] if file.links else file.path
            groups.setdefault((os.path.dirname(file.path), plan), []).append(file)
        for group in groups.values():
            beside = [side for file in group for side in sides.pop(stem_of(file.path), ())]
            yield TraceItem((*group, *beside))
        folders = {folder for folder, _ in groups}
        alone = [file for file in old_agents if os.path.dirname(file.path) not in folders]
        yield from (TraceItem((file,)) for file in (*alone, *_agents_in(sides)))

    def look_in(self, path: str) -> tuple[str, bool]:
        """Sessions of a project are in one folder, sub-agents below one with the name of their session."""
        return str(Path(path).parent), False

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read the sessions of a group: one transcript of what they have in common, and one of each part behind a `/clear`."""
        accounts = Accounts(self.name)
        known: dict[str, str] = {}
        agents: set[Path] = set()
        together, apart = _parts(item, accounts, known)
        if together:
            is_split = any(path == together[0][0] for _, (path, _) in apart)
            yield ClaudeSession(item, accounts, known, agents).transcript(together, 0 if is_split else None)
        while apart:
            number, part = apart.pop(0)
            parts = [part]
            del part
            yield ClaudeSession(item, accounts, known, agents).transcript(parts, number)
        yield from accounts.problems
        for file in agents_of(item) if _sessions(item) else ():
            if file not in agents:
                yield TraceProblem(str(file), "no call names this sub-agent: it is not read")


def _sessions(item: TraceItem) -> list[str]:
    return [file.path for file in item.files if _session_of(file.path) is None]


def _parts(
    item: TraceItem, accounts: Accounts, known: dict[str, str]
) -> tuple[list[SessionPart], list[tuple[int, SessionPart]]]:
    """Read the sessions of a group: what they have in common in its order, and the parts behind each `/clear` with their number.

    Args:
        item: The group.
        accounts: Counts its records.
        known: Takes what `said_at` says of each record, by uuid.
    """
    together: list[SessionPart] = []
    apart: list[tuple[int, SessionPart]] = []
    for path in _sessions(item) or [file.path for file in item.files]:
        # A session that was forked repeats the records of the other one, byte for byte.
        records = _without_repeated(path, read_records(path, accounts), known, accounts)
        segments = [part for part in _segments(records) if any(map(_is_said, part))]
        together += [(path, part) for part in segments[:1]]
        apart += [(number, (path, part)) for number, part in enumerate(segments[1:], 1)]
    together.sort(key=lambda one: next((r.timestamp for r in one[1] if r.timestamp), ""))
    return together, apart


def _without_repeated(
    path: str, records: Sequence[SessionRecord], known: dict[str, str], accounts: Accounts
) -> list[SessionRecord]:
    found: list[SessionRecord] = []
    own: dict[str, SessionRecord] = {}
    for record in records:
        if record.uuid is not None and record.uuid in known:
            if own.get(record.uuid, record) == record:
                accounts.skipped["repeated"] += 1
            else:
                accounts.refuse(path, f"another record has the uuid {record.uuid!r} as well, and says something else")
            continue
        if record.uuid is not None:
            known[record.uuid] = said_at(record, known)
            own[record.uuid] = record
        found.append(record)
    return found


class _SessionLine(msgspec.Struct, rename="camel", gc=False):
    type: str = ""
    uuid: str | None = None
    session_id: str | None = None


def _session_of(path: str) -> str | None:
    """Say which session a file beside one belongs to, as `stem_of` names it; None if it is a session itself."""
    if not any(folder in path for folder in _BESIDE):
        return None
    return next(str(above.parent) for above in Path(path).parents if f"{os.sep}{above.name}{os.sep}" in _BESIDE)


def _agents_in(sides: Mapping[str, Sequence[TraceFile]]) -> list[TraceFile]:
    return [file for files in sides.values() for file in files if _is_agent(file.path)]


def _is_agent(path: str) -> bool:
    return plain_name(path).startswith("agent-")


def _segments(records: Sequence[SessionRecord]) -> list[list[SessionRecord]]:
    found: list[list[SessionRecord]] = [[]]
    for record in records:
        if is_prompt(record) and _CLEAR.search(text_of(record)) and record.is_meta is not True:
            found.append([])
        else:
            found[-1].append(record)
    return found


def _is_said(record: SessionRecord) -> bool:
    return record.type == "assistant" or (is_prompt(record) and not COMMAND.match(text_of(record)))
