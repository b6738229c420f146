"""Chats in files: OpenAI messages, ShareGPT conversations, results of tau-bench; one object, a list of them, or one a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..contract import Found, TraceItem
from ..conversation import add_messages
from ..json_values import Json, JsonMapping, JsonObject
from ..reading import Accounts, decode, document, json_lines, plain_name
from ..run import TraceRun
from ..times import time_of
from ..wire.openai import usage_of
from ..wire.settings import from_text
from .alone import ReadAlone

_IDS: Final = ("id", "conversation_id", "uuid", "trajectory_id", "instance_id")
_MODELS: Final = ("model", "model_path", "pipeline_name", "model_name")
_CONTENT: Final = ("messages", "traj", "conversations", "history", "conversation", "trajectory", "chat", "dialogue")
"""Keys of a row, or columns of a data set, that hold messages."""
_SPEAKERS: Final = {
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "chatgpt": "assistant",
    "bard": "assistant",
    "bing": "assistant",
    "system": "system",
    "function_call": "call",
    "tool_call": "call",
    "observation": "tool",
    "tool": "tool",
    "tool_response": "tool",
}
_MAX_METADATA: Final = 100_000
"""Bytes of a value of a row beyond which it is left out of the metadata, and named."""

_decoder = msgspec.json.Decoder(Json)


class Chat(ReadAlone):
    """Chats."""

    name = "chat"
    title = "Chats: OpenAI messages, ShareGPT, tau-bench (JSON, JSON lines)"
    where = "chats.jsonl"
    suffixes: tuple[str, ...] = (".json", ".jsonl")

    def recognises(self, path: str, head: bytes) -> bool:
        """Whether the file, or its first line, is a chat. A large document is judged by its beginning."""
        text = head.lstrip()
        if plain_name(path).endswith(".jsonl"):
            text = text.partition(b"\n")[0]
        if not text.startswith((b"{", b"[")):
            return False
        try:
            return any(said_in(row) is not None for row in _rows(decode(_decoder, text)))
        except ValueError:
            return len(head) >= 1024 and _begins_like_a_chat(text[:4096])

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read the chats of a file; each line, or row of a list, is one."""
        accounts = Accounts(self.name)
        path = item.location
        rows: Iterable[Json]
        if plain_name(path).endswith(".jsonl"):
            rows = json_lines(path, _decoder, accounts)
            is_alone = False
        else:
            found = _rows(document(path, _decoder))
            accounts.records = len(found)
            rows, is_alone = enumerate(found, 1), len(found) == 1
        seen: set[str] = set()
        for number, row in rows:
            said = said_in(row)
            if said is None:
                accounts.refuse(path, "it is not a chat: it has no list of messages", number)
            else:
                yield chat_transcript(path, row, said, None if is_alone else number, seen)
            yield from accounts.problems
            accounts.problems.clear()
        yield from accounts.problems


def _begins_like_a_chat(text: bytes) -> bool:
    return any(b'"%b"' % name.encode() in text for name in _CONTENT) and (b'"role"' in text or b'"from"' in text)


def _rows(given: object) -> list[Json]:
    """The chats of a document: itself, those in it, or one where it is a list of messages."""
    if not is_list(given):
        return [given]
    if given and all(
        is_mapping(each) and ("role" in each or "from" in each) and said_in(each) is None for each in given
    ):
        return [{"messages": given}]
    return given


def said_in(row: object) -> list[Json] | None:
    """The messages of a row; None if it has none."""
    if not is_mapping(row):
        return None
    for name in _CONTENT:
        found = messages_in(row.get(name))
        if found:
            return found
    prompt, answer = row.get("prompt"), row.get("completion", row.get("response"))
    if isinstance(prompt, str) and isinstance(answer, str):
        return [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
    asked, answered = messages_in(prompt), messages_in(answer)
    return [*asked, *answered] if asked and answered else None


def messages_in(value: object) -> list[Json] | None:
    """The messages of a value, a list or JSON text of one; None if it is something else."""
    found = from_text(value)
    if not is_list(found) or not all(is_mapping(each) and ("role" in each or "from" in each) for each in found):
        return None
    return None if any("parts" in each for each in found) else found  # those are of another API


def chat_transcript(path: str, row: JsonMapping, said: Sequence[Json], number: int | None, seen: set[str]) -> Found:
    """Make a transcript of a row.

    Args:
        path: The file, or the address that it was fetched from.
        row: The row.
        said: Its messages.
        number: Its number (None: it is the only one).
        seen: Ids of the rows before it.
    """
    id = _id_of(path, row, number, seen)
    run = TraceRun(id)
    model = next((str(row[name]) for name in _MODELS if isinstance(row.get(name), str)), "")
    if (system := _text(row.get("system"))) is not None:
        run.main.receive({"id": "system", "role": "system", "content": system})
    add_messages(run.main, [_message(each) for each in said], model=model, prefix="m-")
    run.main.end()
    reward = row.get("reward")
    usage = usage_of(row.get("usage"))
    metadata, left_out = _metadata(row)
    return run.finish(
        tokens=usage.total if usage is not None else None,
        source_type="chat",
        source_id=Path(path).name,
        source_uri=f"{path}#{id}" if "://" in path else f"file://{path}#{id}",
        date=time_of(row.get("created", row.get("timestamp"))),
        task_set=_text(row.get("task_name")) or _text(row.get("suite_name")),
        task_id=_task(row),
        task_repeat=row.get("trial") if isinstance(row.get("trial"), int) else None,
        model=model or None,
        score=reward if isinstance(reward, int | float) else None,
        success=reward == 1 if isinstance(reward, int | float) else None,
        error=_text(row.get("error")),
        metadata={**metadata, "left_out": ", ".join(left_out) or None, "reader": "chat"},
    )


def _id_of(path: str, row: JsonMapping, number: int | None, seen: set[str]) -> str:
    """Give the id of a row; without one it is made of the file and the row's number, and changes if rows are moved."""
    stem = plain_name(path).removesuffix(".jsonl").removesuffix(".json").removesuffix(".parquet")
    given = next((str(row[name]) for name in _IDS if isinstance(row.get(name), str | int) and row[name] != ""), None)
    if given is None and "traj" in row and row.get("task_id") is not None:
        given = f"{stem}:{row['task_id']}:{row.get('trial', 0)}"
    if given is None or given in seen:
        given = stem if number is None else f"{stem}-{number}"
    seen.add(given)
    return given


def _message(given: JsonMapping) -> JsonMapping:
    """Write a turn of ShareGPT as a message; others are messages already."""
    if "from" not in given:
        return given
    speaker = _SPEAKERS.get(str(given["from"]).lower(), str(given["from"]))
    said = given.get("value", given.get("content"))
    if speaker != "call":
        return {"role": speaker, "content": said}
    try:
        calls = msgspec.json.decode(said) if isinstance(said, str) else said
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return {"role": "assistant", "content": said}
    each = calls if is_list(calls) else [calls]
    if not all(is_mapping(call) and "name" in call for call in each):
        return {"role": "assistant", "content": said}
    return {"role": "assistant", "content": "", "tool_calls": [{"function": call} for call in each]}


def _task(row: JsonMapping) -> str | None:
    given = next((row[name] for name in ("task_id", "user_task_id", "instance_id") if row.get(name) is not None), None)
    return str(given) if isinstance(given, str | int) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _metadata(row: JsonMapping) -> tuple[JsonObject, list[str]]:
    kept: JsonObject = {}
    left_out: list[str] = []
    for name, value in row.items():
        if value is None or (name in _CONTENT and messages_in(value) is not None):
            continue
        if len(msgspec.json.encode(value)) > _MAX_METADATA:
            left_out.append(name)
        else:
            kept[f"row_{name}" if name in _RESERVED else name] = value
    return kept, left_out


_RESERVED: Final = frozenset(
    {
        "transcript_id", "source_type", "source_id", "source_uri", "date", "task_set", "task_id", "task_repeat", "agent",
        "agent_args", "model", "model_options", "score", "success", "message_count", "total_time", "total_tokens", "error",
        "limit", "metadata", "messages", "events", "events_data", "timelines", "filename", "score_explanation",
        "trust_content",
    }
)  # fmt: skip
"""Names of columns that every database has: a key of a row that is called so gets another name."""
