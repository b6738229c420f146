"""Sessions of Gemini CLI: one JSON document, or a log of JSON lines that is replayed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..contract import Found, TraceFile, TraceItem
from ..json_values import Json, JsonMapping, JsonObject, objects_of
from ..reading import Accounts, document, json_lines, plain_name
from ..run import StopReason, TraceRun
from ..times import time_of
from ..usage import Usage, whole_input
from ..wire.anthropic import Content, count_of, unknown_block

_TOLD: Final = frozenset({"info", "warning"})
_decoder: Final = msgspec.json.Decoder(dict[str, Json])


class GeminiCli:
    """Sessions of Gemini CLI."""

    name = "gemini_cli"
    title = "Gemini CLI sessions"
    where = "~/.gemini/tmp"
    suffixes: tuple[str, ...] = (".json", ".jsonl")

    def recognises(self, path: str, head: bytes) -> bool:
        """Whether a session and its project are named, as no other program does."""
        if plain_name(path).startswith((".tmp-", ".unreadable-")):
            return False
        parts = [head] if plain_name(path).endswith(".json") else head.split(b"\n")[:200]
        return any(b'"sessionId"' in part and b'"projectHash"' in part for part in parts)

    def items(self, files: Sequence[TraceFile]) -> Iterable[TraceItem]:
        """Each file is a session; of a document and the log that goes on with it, the log counts."""
        names = {file.path for file in files}
        return [TraceItem((file,)) for file in files if not (file.path.endswith(".json") and f"{file.path}l" in names)]

    def look_in(self, path: str) -> tuple[str, bool]:
        """A document and its log are in one folder."""
        return str(Path(path).parent), False

    def read(self, item: TraceItem) -> Iterator[Found]:
        """Read a session as it stands at the end."""
        accounts = Accounts(self.name)
        path = item.location
        if plain_name(path).endswith(".jsonl"):
            header, messages = _replayed(path, accounts)
        else:
            header = document(path, _decoder)
            given = header.pop("messages", None)
            messages = [each for each in given if is_mapping(each)] if is_list(given) else []
            accounts.records = len(messages)
            messages = _newest(messages)
        if messages:
            yield _transcript(path, header, messages, accounts)
        yield from accounts.problems


def _newest(messages: Sequence[JsonObject]) -> list[JsonObject]:
    """A message that comes again is a newer state of it, in the old place."""
    found: dict[str, JsonObject] = {}
    for number, message in enumerate(messages):
        id = message.get("id")
        found[id if isinstance(id, str) else f"#{number}"] = message
    return list(found.values())


def _replayed(path: str, accounts: Accounts) -> tuple[JsonObject, list[JsonObject]]:
    header: JsonObject = {}
    messages: dict[str, JsonObject] = {}
    for _, line in json_lines(path, _decoder, accounts):
        changes, back, id = line.get("$set"), line.get("$rewindTo"), line.get("id")
        if is_mapping(changes):
            given = changes.pop("messages", None)
            if is_list(given):
                messages = {str(each.get("id")): each for each in given if is_mapping(each)}
            header |= changes
        elif isinstance(back, str):
            kept = list(messages)
            messages = {name: messages[name] for name in kept[: kept.index(back)]} if back in messages else {}
        elif isinstance(id, str):
            messages[id] = line
            continue
        elif "sessionId" in line:
            header |= line
        else:
            accounts.unknown[str(line.get("type"))] += 1
            continue
        accounts.skipped["control"] += 1
    return header, list(messages.values())


def _transcript(path: str, header: JsonMapping, messages: Sequence[JsonObject], accounts: Accounts) -> Found:
    session = header.get("sessionId")
    run = TraceRun(session if isinstance(session, str) and session else plain_name(path).partition(".")[0])
    answered = {
        str(call.get("id"))
        for each in messages
        for call in objects_of(each.get("toolCalls"))
        if call.get("result") is not None
    }
    for number, message in enumerate(messages):
        id = str(message.get("id") or f"m-{number}")
        at = time_of(message.get("timestamp"))
        run.note_time(at)
        kind = str(message.get("type"))
        if kind == "user":
            _user(run, message, id, at, answered)
        elif kind == "gemini":
            _answer(run, message, id, at)
        elif kind == "error":
            run.fail(id, at, None, str(message.get("content") or ""))
        elif kind in _TOLD:
            run.emit("info", id, at, None, source="gemini_cli", data={kind: message.get("content")})
        else:
            accounts.unknown[kind] += 1
    run.main.end()
    text = {name: value for name in ("summary", "kind", "projectHash") if isinstance(value := header.get(name), str)}
    counts = [each["tokens"] for each in messages if is_mapping(each.get("tokens"))]
    totals = [total for each in counts if (total := count_of(each.get("total"))) is not None]
    return run.finish(
        tokens=sum(totals) if totals and len(totals) == len(counts) else None,
        source_type="gemini_cli",
        source_id=run.transcript_id,
        source_uri=f"file://{path}#{run.transcript_id}",
        date=time_of(header.get("startTime")),
        task_set=_folder_of(path),
        task_id=run.transcript_id,
        agent="gemini-cli",
        metadata={
            **text,
            "cwd": _folder_of(path),
            "directories": header["directories"] if is_list(header.get("directories")) else None,
            "parent": Path(path).parent.name if header.get("kind") == "subagent" else None,
            **accounts.metadata(),
        },
    )


def _user(run: TraceRun, message: JsonMapping, id: str, at: str | None, answered: set[str]) -> None:
    """Add what a user said; results of tools that stand at their calls as well are not repeated."""
    said: list[JsonObject] = []
    content = message.get("content")
    for number, part in enumerate(content if is_list(content) else [content]):
        response = part.get("functionResponse") if is_mapping(part) else None
        if is_mapping(response):
            if str(response.get("id")) not in answered:
                given, error = _response(response)
                call = response.get("id")
                run.main.result(
                    call if isinstance(call, str) else None, given, message_id=f"{id}-{number}", at=at, error=error
                )
        elif part is not None:
            said.append(_part(part))
    if said:
        texts = [part["text"] for part in said if part["type"] == "text"]
        whole: Content = "\n".join(texts) if len(texts) == len(said) else said
        injected = isinstance(whole, str) and whole.lstrip().startswith("<session_context>")
        metadata = {"metadata": {"source": "injected"}} if injected else {}
        run.main.receive({"id": id, "role": "user", "content": whole, **metadata})


def _part(part: object) -> JsonObject:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if is_mapping(part):
        data = part.get("inlineData")
        if isinstance(part.get("text"), str):
            return {"type": "text", "text": part["text"]}
        if is_mapping(data) and isinstance(data.get("data"), str) and str(data.get("mimeType")).startswith("image/"):
            return {"type": "image", "image": f"data:{data['mimeType']};base64,{data['data']}"}
    return unknown_block(part)


def _answer(run: TraceRun, message: JsonMapping, id: str, at: str | None) -> None:
    thoughts = [
        {"type": "reasoning", "reasoning": ": ".join(str(each[k]) for k in ("subject", "description") if each.get(k)), "redacted": False}
        for each in objects_of(message.get("thoughts"))
    ]  # fmt: skip
    given = message.get("content")
    parts = [_part(each) for each in (given if is_list(given) else [given]) if each]
    calls = objects_of(message.get("toolCalls"))
    said: JsonObject = {"id": id, "role": "assistant", "source": "generate", "content": [*thoughts, *parts]}
    if not thoughts and len(parts) == 1 and parts[0]["type"] == "text":
        said["content"] = parts[0]["text"]
    names = [str(call.get("id") or f"{id}-call-{number}") for number, call in enumerate(calls)]
    if calls:
        said["tool_calls"] = [
            {"id": name, "function": str(call.get("name") or "unknown"), "arguments": call["args"] if is_mapping(call.get("args")) else {}, "type": "function"}
            for name, call in zip(names, calls, strict=True)
        ]  # fmt: skip
    stop: StopReason = "tool_calls" if calls else "stop"
    run.main.answer(said, model=str(message.get("model") or ""), at=at, usage=_usage(message.get("tokens")), stop=stop)
    for name, call in zip(names, calls, strict=True):
        _results(run, call, name)


def _results(run: TraceRun, call: JsonMapping, name: str) -> None:
    """Add the result of a call, which stands beside it, and may have several parts."""
    result = call.get("result")
    if result is None:
        return
    at = time_of(call.get("timestamp"))
    run.note_time(at)
    whole: list[JsonObject] = []
    error = None
    for part in result if is_list(result) else [result]:
        response = part.get("functionResponse") if is_mapping(part) else None
        content, failed = _response(response) if is_mapping(response) else ([_part(part)], None)
        whole += [{"type": "text", "text": content}] if isinstance(content, str) else content
        error = error or failed
    if error is None and call.get("status") in ("error", "cancelled"):
        error = str(call["status"])
    only = whole[0]["text"] if len(whole) == 1 and whole[0]["type"] == "text" else whole
    run.main.result(name, only, message_id=f"result-{name}", at=at, error=error)


def _response(response: JsonMapping) -> tuple[Content, str | None]:
    given = response.get("response")
    if not is_mapping(given):
        return ("" if given is None else [_part(given)]), None
    error = given.get("error")
    if error is not None:
        return str(error), str(error)
    output = given.get("output")
    return (output if isinstance(output, str) else [unknown_block(given)]), None


def _usage(tokens: object) -> Usage | None:
    """Convert tokens: the input holds what the cache gave, thoughts and tools are counted apart from the output."""
    if not is_mapping(tokens):
        return None
    thoughts, tool = count_of(tokens.get("thoughts")) or 0, count_of(tokens.get("tool")) or 0
    given, made = count_of(tokens.get("input")) or 0, count_of(tokens.get("output")) or 0
    return whole_input(
        given + tool,
        made + thoughts,
        cache_read=count_of(tokens.get("cached")),
        reasoning=count_of(tokens.get("thoughts")),
    )


def _folder_of(path: str) -> str | None:
    """The folder that was worked in, which stands in a file beside the sessions, or in one for all projects."""
    project = next((each.parent for each in Path(path).parents if each.name == "chats"), Path(path).parent.parent)
    try:
        return (project / ".project_root").read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        pass
    try:
        known = msgspec.json.decode((project.parent.parent / "projects.json").read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    projects = known.get("projects") if is_mapping(known) else None
    return (
        next((folder for folder, name in projects.items() if name == project.name), None)
        if is_mapping(projects)
        else None
    )
