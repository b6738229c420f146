"""Records of Claude Code's session files, and what is said in them as a whole: answers, branches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..json_values import Json
from ..reading import Accounts, lines_by_type
from ..times import time_of
from ..usage import Usage
from ..wire.anthropic import usage_of

SKIPPED: Final = frozenset(
    {
        "progress", "queue-operation", "file-history-snapshot", "summary", "last-prompt", "mode", "permission-mode",
        "agent-name", "frame-link", "relocated", "worktree-state", "bridge-session", "atis-latch", "started", "result",
    }
)  # fmt: skip
"""Types that belong to the program and not to what was said."""
COMMAND: Final = re.compile(r"\s*<(command-name|command-message|local-command-[a-z]+|bash-(?:input|stdout|stderr))>")
"""Begins what a user did in the program and did not say."""
KEPT: Final = frozenset({"user", "assistant", "system", "attachment", "ai-title", "custom-title", "pr-link"})


class Said(msgspec.Struct, gc=False):
    """The message of a record."""

    id: str | None = None
    model: str | None = None
    content: Json = None
    usage: Json = None
    stop_reason: str | None = None


class SessionRecord(msgspec.Struct, rename="camel", gc=False):
    """A line of a session file, as far as it matters."""

    type: str = ""
    subtype: str | None = None
    uuid: str | None = None
    parent_uuid: str | None = None
    logical_parent_uuid: str | None = None
    session_id: str | None = None
    agent_id: str | None = None
    is_sidechain: bool | None = None
    is_meta: bool | None = None
    is_compact_summary: bool | None = None
    is_api_error_message: bool | None = None
    request_id: str | None = None
    timestamp: str | None = None
    cwd: str | None = None
    git_branch: str | None = None
    version: str | None = None
    slug: str | None = None
    session_kind: str | None = None
    permission_mode: str | None = None
    message: Said | None = None
    tool_use_result: msgspec.Raw = msgspec.Raw()
    compact_metadata: Json = None
    attachment: Json = None
    content: Json = None
    error: Json = None
    original_model: str | None = None
    fallback_model: str | None = None
    retracted_message_uuids: Json = None
    api_refusal_category: str | None = None
    api_refusal_explanation: str | None = None
    custom_title: str | None = None
    ai_title: str | None = None
    pr_url: str | None = None

    @property
    def at(self) -> str | None:
        """When it was written, with its zone."""
        return time_of(self.timestamp)


_decoder = msgspec.json.Decoder(SessionRecord)


@dataclass(slots=True)
class SessionAnswer:
    """One answer of the model: all records with its id.

    Args:
        first: The record that came first, in whose place it stands.
    """

    first: SessionRecord
    blocks: list[Json] = field(default_factory=list[Json])
    usage: Json = None
    last: str | None = None
    stop: str | None = None

    def add(self, record: SessionRecord) -> None:
        """Add a record; a block that is repeated verbatim is one, and the largest count of tokens is the last."""
        said = record.message
        if said is None:
            return
        content = said.content if is_list(said.content) else [] if said.content is None else [said.content]
        self.blocks += [block for block in content if block not in self.blocks]
        if _output(said.usage) >= _output(self.usage):
            self.usage = said.usage
        self.last = record.at or self.last
        self.stop = said.stop_reason or self.stop

    @property
    def tokens(self) -> Usage | None:
        """Tokens of the call."""
        return usage_of(self.usage)


def _output(usage: Json) -> int:
    count = usage.get("output_tokens") if is_mapping(usage) else None
    return count if isinstance(count, int) else -1


def read_records(path: str, accounts: Accounts) -> list[SessionRecord]:
    """Read what matters of a file, in its order; the rest is counted.

    Raises:
        OSError: It cannot be read.
        ValueError: A line is too long.
    """
    return list(lines_by_type(path, _decoder, accounts, KEPT, SKIPPED))


def first_words(path: str) -> str:
    """What the first user of a file says; empty if that is not known."""
    try:
        records = lines_by_type(path, _decoder, Accounts(""), KEPT, SKIPPED)
        return next((text_of(record) for record in records if record.type == "user"), "")
    except (OSError, ValueError):
        return ""


def answers(records: Iterable[SessionRecord]) -> dict[str, SessionAnswer]:
    """Group the records of the model by answer; the key is what `answer_id` says."""
    found: dict[str, SessionAnswer] = {}
    for record in records:
        if record.type == "assistant":
            found.setdefault(answer_id(record), SessionAnswer(record)).add(record)
    return found


def answer_id(record: SessionRecord) -> str:
    """Say which answer a record is a part of."""
    said = record.message
    return (said.id if said is not None else None) or record.request_id or record.uuid or ""


def text_of(record: SessionRecord) -> str:
    """What a record says, if that is only text."""
    content = record.message.content if record.message is not None else None
    return content if isinstance(content, str) else ""


def is_prompt(record: SessionRecord) -> bool:
    """Whether a user said it: not a result of a tool."""
    if record.type != "user" or record.message is None:
        return False
    content = record.message.content
    return not (is_list(content) and any(is_mapping(b) and b.get("type") == "tool_result" for b in content))


def said_at(record: SessionRecord, known: Mapping[str, str]) -> str:
    """Say which message was the last one when a record was written: its own, or that of the record before it in the chain.

    Args:
        record: The record.
        known: What this says of the records before it, by uuid.
    """
    if record.type == "assistant":
        return answer_id(record)
    if record.type == "user" and record.message is not None:
        blocks = record.message.content if is_list(record.message.content) else ()
        calls = [b.get("tool_use_id") for b in blocks if is_mapping(b) and b.get("type") == "tool_result"]
        return f"result-{calls[-1] or record.uuid}" if calls else record.uuid or ""
    return known.get(record.parent_uuid or record.logical_parent_uuid or "", "")


def abandoned(records: Sequence[SessionRecord]) -> dict[str, str]:
    """Find what was rewound: records below a prompt that was asked again under the same parent, except where the session goes on.

    Returns:
        For each such record (by uuid), the prompt that its branch begins with.
    """
    children: dict[str, list[SessionRecord]] = {}
    for record in records:
        if record.uuid and record.parent_uuid:
            children.setdefault(record.parent_uuid, []).append(record)
    found: dict[str, str] = {}
    live: set[str] | None = None
    for siblings in children.values():
        prompts = [each for each in siblings if is_prompt(each) and not each.is_meta and not each.is_sidechain]
        if len(prompts) < 2:
            continue
        live = _live(records) if live is None else live
        goes_on = next((each for each in prompts if each.uuid in live), prompts[-1])
        for prompt in (each for each in prompts if each is not goes_on):
            waiting = [prompt]
            while waiting:
                record = waiting.pop()
                if record.uuid is not None and record.uuid not in found:
                    found[record.uuid] = prompt.uuid or ""
                    waiting += children.get(record.uuid, ())
    return found


def _live(records: Sequence[SessionRecord]) -> set[str]:
    """Uuids from the record that was written last up to the first one."""
    above = {each.uuid: each.parent_uuid or each.logical_parent_uuid for each in records if each.uuid}
    uuid = next((each.uuid for each in reversed(records) if each.uuid and not each.is_sidechain), None)
    found: set[str] = set()
    while uuid is not None and uuid not in found:
        found.add(uuid)
        uuid = above.get(uuid)
    return found
