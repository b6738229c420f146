"""Scanners for the laws of executors; workers import this module, as users' workers import theirs."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from inspect_ai.model import ChatMessage, Model, get_model

from inspect_scout import RefusalError, Result, Scanner, Transcript, scan_results_df, scanner

RANDOM = {"uuid", "timestamp", "scan_events", "scan_id"}
"""Columns that are random, or say when something happened."""


@scanner(messages="all", events="all")
def counts(labels: list[str] | None = None) -> Scanner[Transcript]:
    """Count messages and events."""

    async def scan(transcript: Transcript) -> Result:
        if transcript.task_id == (labels or [""])[0]:
            raise ValueError(f"not {transcript.task_id}")
        return Result(value={"messages": len(transcript.messages), "events": len(transcript.events)})

    return scan


@scanner(messages=["assistant", "tool"])
def each() -> Scanner[ChatMessage]:
    """Give a result for each message."""

    async def scan(message: ChatMessage) -> Result:
        return Result(value=message.text[:40], label=message.role)

    return scan


@scanner(messages="all")
def refuses() -> Scanner[Transcript]:
    """Refuse, or give several results, or none."""

    async def scan(transcript: Transcript) -> list[Result]:
        if len(transcript.messages) % 3 == 0:
            raise RefusalError("I would rather not")
        return [Result(value=n, uuid=f"{transcript.transcript_id}-{n}") for n in range(len(transcript.messages) % 3)]

    return scan


@scanner(messages=["user"])
def nth() -> Scanner[Transcript]:
    """Count its own calls."""
    calls = 0

    async def scan(transcript: Transcript) -> Result:
        nonlocal calls
        calls += 1
        return Result(value=calls, explanation=str(os.getpid()))

    return scan


@scanner(messages=["user"])
def asks(judge: Model | None = None) -> Scanner[Transcript]:
    """Ask a model: one that it was given, or that of the scan."""

    async def scan(transcript: Transcript) -> Result:
        model = judge or get_model()
        output = await model.generate(transcript.messages[0].text[:100])
        return Result(value=output.completion, answer=str(model))

    return scan


@scanner(messages=["user"])
def deadly(word: str, marks: str, signal_number: int = signal.SIGKILL) -> Scanner[Transcript]:
    """End the process at transcripts whose task id has a word in it; leave a mark for each try."""

    async def scan(transcript: Transcript) -> Result:
        if word in (transcript.task_id or ""):
            (Path(marks) / f"{transcript.transcript_id}-{os.getpid()}").touch()
            os.kill(os.getpid(), signal_number)
        return Result(value=True)

    return scan


def table(location: str, name: str) -> list[dict[str, Any]]:
    """Rows of a scanner as they are stored, without what is random."""
    frame = scan_results_df(location, scanner=name, rows="transcripts", exclude_columns=[]).scanners[name]
    kept = frame.drop(columns=[c for c in frame.columns if c in RANDOM])
    rows: Any = kept.astype(object).where(kept.notna(), None).to_dict("records")
    return [dict(row) for row in rows]
