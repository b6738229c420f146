"""Small sessions of Claude Code, made here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Session:
    """Writes the records of a session.

    Args:
        id: Its id.
        version: Version of the program.
    """

    def __init__(self, id: str = "s1", version: str = "2.1.80", **envelope: Any) -> None:
        self.id, self._version, self._envelope = id, version, envelope
        self.records: list[dict[str, Any]] = []
        self._last: str | None = None

    def _add(self, type: str, **fields: Any) -> str:
        number = len(self.records) + 1
        uuid = str(fields.pop("uuid", f"{self.id}-{number}"))
        record = {
            "parentUuid": self._last,
            "isSidechain": False,
            "cwd": "/home/ada/shop",
            "sessionId": self.id,
            "version": self._version,
            "gitBranch": "main",
            "type": type,
            "uuid": uuid,
            "timestamp": f"2026-02-01T10:{number // 60:02}:{number % 60:02}.000Z",
            **self._envelope,
            **fields,
        }
        self.records.append(record)
        self._last = uuid
        return uuid

    def control(self, type: str, **fields: Any) -> None:
        """Add a record that says nothing."""
        self.records.append({"type": type, "sessionId": self.id, **fields})

    def user(self, content: Any, **fields: Any) -> str:
        """Say something."""
        return self._add("user", message={"role": "user", "content": content}, **fields)

    def assistant(self, id: str, *blocks: Any, usage: tuple[int, int, int, int] = (10, 5, 0, 0), **fields: Any) -> str:
        """Answer: one record for each block, all with the same usage."""
        names = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
        said = {
            "id": id,
            "role": "assistant",
            "model": "claude-opus-4-6",
            "usage": dict(zip(names, usage, strict=True)),
        }
        for block in blocks:
            self._add("assistant", message={**said, "content": [block]}, requestId=f"req-{id}", **fields)
        return self._last or ""

    def result(self, call: str, content: Any, is_error: bool = False, **fields: Any) -> str:
        """Give the result of a tool."""
        block = {"type": "tool_result", "tool_use_id": call, "content": content, "is_error": is_error}
        return self.user([block], **fields)

    def system(self, subtype: str, **fields: Any) -> str:
        """Add a record of the program."""
        return self._add("system", subtype=subtype, **fields)

    def rewind(self, to: str | None) -> None:
        """Go on below an earlier record."""
        self._last = to

    def write(self, folder: Path, name: str | None = None) -> Path:
        """Write the file of the session."""
        file = folder / f"{name or self.id}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(json.dumps(record) + "\n" for record in self.records), encoding="utf-8")
        return file


def text(said: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "text", "text": said}


def call(id: str, name: str = "Bash", **given: Any) -> dict[str, Any]:
    """A block that calls a tool."""
    return {"type": "tool_use", "id": id, "name": name, "input": given}


def small(id: str) -> Session:
    """A session with a call of a tool."""
    session = Session(id)
    session.control("file-history-snapshot")
    session.user(f"Fix the test {id}")
    session.assistant(f"m1-{id}", text("I look."), call(f"t1-{id}", command="pytest"))
    session.result(f"t1-{id}", "1 failed")
    session.assistant(f"m2-{id}", text("Done."))
    return session
