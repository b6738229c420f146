"""Records of Codex rollouts, and what of them repeats the rollout of another thread."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..json_values import Json, JsonObject
from ..reading import Accounts, decode, json_lines
from ..times import time_of

LINE_TYPES: Final = frozenset({"session_meta", "turn_context", "response_item", "event_msg", "compacted"})
SKIPPED: Final = frozenset(
    {
        "world_state", "token_usage_record", "inter_agent_communication", "inter_agent_communication_metadata",
        "retained_context", "security_risk_score", "realtime_item",
    }
)  # fmt: skip
"""Types of lines that belong to the program and not to what was said."""
_ID_IN_NAME: Final = re.compile(r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


class RolloutLine(msgspec.Struct, gc=False):
    """A line: with a payload, or in the oldest layout an item by itself."""

    type: str = ""
    timestamp: Json = None
    payload: msgspec.Raw = msgspec.Raw()
    id: str | None = None
    role: str | None = None
    content: Json = None
    name: Json = None
    arguments: Json = None
    input: Json = None
    action: Json = None
    call_id: Json = None
    output: Json = None
    summary: Json = None
    encrypted_content: Json = None


_BARE: Final = (
    "role",
    "content",
    "name",
    "arguments",
    "input",
    "action",
    "call_id",
    "output",
    "summary",
    "encrypted_content",
)
"""Fields of items that stand in no envelope."""
_BARE_TYPES: Final = frozenset(
    {
        "message", "reasoning", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output",
        "local_shell_call",
    }
)  # fmt: skip
_line = msgspec.json.Decoder(RolloutLine)
_payload = msgspec.json.Decoder(JsonObject)


@dataclass(slots=True)
class RolloutRecord:
    """A line that matters.

    Args:
        type: Its type.
        at: When it was written (None: it does not say).
        payload: What it says.
        said: A number that is the same for the same payload.
    """

    type: str
    at: str | None
    payload: JsonObject
    said: int

    @property
    def kind(self) -> str:
        """Type of its payload."""
        kind = self.payload.get("type")
        return kind if isinstance(kind, str) else ""

    @property
    def turn(self) -> str | None:
        """Id of the turn that it begins, if it does."""
        turn = self.payload.get("turn_id") if self.type == "turn_context" else None
        return turn if isinstance(turn, str) else None


def read_records(path: str, accounts: Accounts) -> list[RolloutRecord]:
    """Read what matters of a rollout, in its order; the rest is counted.

    Raises:
        OSError: It cannot be read.
        ValueError: A line is too long.
    """
    found: list[RolloutRecord] = []
    for number, line in json_lines(path, _line, accounts):
        if line.type in SKIPPED:
            accounts.skipped[line.type] += 1
        elif line.type in LINE_TYPES:
            try:
                found.append(
                    RolloutRecord(
                        line.type, time_of(line.timestamp), decode(_payload, line.payload), hash(bytes(line.payload))
                    )
                )
            except ValueError as error:
                accounts.refuse(path, f"its payload is not an object: {error}", number)
        elif line.type in _BARE_TYPES:  # the oldest layout has no payloads
            given = {name: value for name in _BARE if (value := getattr(line, name)) is not None}
            item = {"type": line.type, **given}
            found.append(RolloutRecord("response_item", time_of(line.timestamp), item, 0))
        elif line.id is not None and not line.type:
            found.append(
                RolloutRecord("session_meta", time_of(line.timestamp), {"id": line.id, "timestamp": line.timestamp}, 0)
            )
        else:
            accounts.unknown[line.type] += 1
    return found


@dataclass(frozen=True, slots=True)
class ReplayedThread:
    """What the thread says that another one comes from.

    Args:
        said: What `RolloutRecord.said` is of its records.
        turns: Ids of its turns.
    """

    said: frozenset[int] = frozenset()
    turns: frozenset[str] = frozenset()


def without_replay(records: Sequence[RolloutRecord], before: ReplayedThread | None) -> list[RolloutRecord]:
    """Leave out what a forked thread, or a sub-agent, repeats of the thread that it comes from: the records it begins with.

    Args:
        records: Records of the thread.
        before: The other thread (None: it is not there; only what is older than the thread is left out then).
    """
    if before is None:
        began = next((time_of(each.payload.get("timestamp")) for each in records if each.type == "session_meta"), None)
        start = 1
        while began and start < len(records) and (records[start].at or began) < began:
            start += 1
        return [*records[:1], *records[start:]]
    start = 1
    while start < len(records) and (records[start].said in before.said or records[start].type == "session_meta"):
        start += 1
    turns = [(place, each.turn) for place, each in enumerate(records) if each.turn is not None]
    last = max((place for place, turn in turns if turn in before.turns), default=None)
    if last is not None:  # records may have been written in another way than there
        start = max(start, next((place for place, _ in turns if place > last), start))
    return [*records[:1], *records[start:]]


def replayed(paths: Sequence[str]) -> ReplayedThread | None:
    """Read what threads say, to recognise it where it is repeated; None if there are none."""
    said, turns = set[int](), set[str]()
    for record in (each for path in paths for each in read_records(path, Accounts("codex"))):
        if record.type != "session_meta":
            said.add(record.said)
        if record.turn is not None:
            turns.add(record.turn)
    return ReplayedThread(frozenset(said), frozenset(turns)) if paths else None


def parents_of(meta: JsonObject) -> list[str]:
    """Ids of the threads that a rollout may repeat, as its first record names them."""
    source = meta.get("source")
    spawned = source.get("subagent") if is_mapping(source) else None
    thread = spawned.get("thread_spawn") if is_mapping(spawned) else None
    given = [meta.get("forked_from_id"), meta.get("parent_thread_id")]
    given += [thread.get("parent_thread_id")] if is_mapping(thread) else []
    return list(dict.fromkeys(each for each in given if isinstance(each, str) and each))


def id_in(name: str) -> str | None:
    """Id of the thread that the name of a rollout holds."""
    found = _ID_IN_NAME.findall(name)
    return found[-1] if found else None


def text_of(content: object) -> str:
    """The text of content: parts that are none are left out."""
    if isinstance(content, str):
        return content
    parts = content if is_list(content) else [content]
    texts = [part.get("text") for part in parts if is_mapping(part)]
    return "\n".join(text for text in texts if isinstance(text, str))
