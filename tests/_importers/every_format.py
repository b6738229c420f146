"""A small file of each format of traces."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _importers import (
    test_atif,
    test_codex,
    test_dataset,
    test_docent,
    test_gemini_cli,
    test_openhands,
    test_swe_agent,
    test_tau2,
)
from _importers.claude_sessions import small
from _importers.documents import write
from _importers.platforms import test_langfuse, test_logfire, test_phoenix, test_weave
from _importers.platforms.langsmith_server import agent_trace
from _importers.tracing.otlp_exports import conversation, export

LINES = [
    {"role": "user", "id": "m1", "content": "Fix the test"},
    {"role": "assistant", "id": "m2", "content": "It is done", "source": "generate"},
]


def compact(file: Path, row: dict[str, Any]) -> None:
    """Write a line as Scout does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(row, separators=(",", ":")) + "\n")


MAKERS: dict[str, Callable[[Path], object]] = {
    "claude_code": lambda place: small("a").write(place),
    "codex": lambda place: test_codex.small().write(place),
    "atif": lambda place: test_atif.write(place, test_atif.trajectory()),
    "gemini_cli": lambda place: write(place / "chats" / "session-1.json", test_gemini_cli.talk()),
    "openhands": lambda place: write(place / "events.json", test_openhands.conversation()),
    "swe_agent": lambda place: write(place / "a.traj", test_swe_agent.swe()),
    "mini_swe_agent": lambda place: write(place / "a.traj.json", test_swe_agent.mini()),
    "tau2": lambda place: write(place / "results.json", test_tau2.results(test_tau2.simulation(1))),
    "docent": lambda place: write(place / "runs.json", test_docent.run()),
    "otlp": lambda place: write(place / "spans.json", export(*conversation())),
    "scout": lambda place: compact(place / "t.jsonl", {"transcript_id": "a", "messages": LINES, "message_count": 2}),
    "langfuse_export": lambda place: write(place / "trace-t.json", test_langfuse.download()),
    "langsmith_export": lambda place: write(place / "runs.jsonl", agent_trace()),
    "phoenix_export": lambda place: write(place / "spans.jsonl", test_phoenix.spans()),
    "logfire_export": lambda place: write(place / "records.jsonl", test_logfire.records()),
    "weave_export": lambda place: write(place / "calls.jsonl", test_weave.calls()),
    "chat": lambda place: write(place / "c.jsonl", [{"id": "a", "messages": test_dataset.TALK}]),
    "dataset": lambda place: test_dataset.parquet(place / "train.parquet", test_dataset.row("a")),
}
"""Makes the file below a folder, by name of the format."""


def only_file(folder: Path) -> Path:
    """The file that was made."""
    (file,) = (path for path in folder.rglob("*") if path.is_file())
    return file
