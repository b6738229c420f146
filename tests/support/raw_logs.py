"""Logs whose samples are given as JSON, for what Inspect's own classes would not write."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from inspect_scout import TranscriptsDB
from support.logs import make_log, make_sample, rewrite, write

EVENT = {"timestamp": "2024-05-06T07:08:09.123456+00:00", "working_start": 0.0}


def user(content: Any, **more: Any) -> dict[str, Any]:
    """Make a user message without an id."""
    return {"role": "user", "content": content, **more}


def model_event(**more: Any) -> dict[str, Any]:
    """Make a model event without an id."""
    needed: dict[str, Any] = {"model": "m", "input": [], "tools": [], "tool_choice": "auto", "config": {}, "output": {}}
    return {"event": "model", **needed, **EVENT, **more}


def write_raw(path: Path, samples: Sequence[Mapping[str, Any]]) -> Path:
    """Write a log; the suffix of the path says in which format.

    Args:
        path: Where.
        samples: Parts of each sample, in the place of those that Inspect would write.
    """
    write(make_log([make_sample(number + 1) for number in range(len(samples))]), path)
    if path.suffix == ".json":
        log = json.loads(path.read_text())
        log["samples"] = [{**known, **parts} for known, parts in zip(log["samples"], samples, strict=True)]
        path.write_text(json.dumps(log))
        return path

    def change(members: dict[str, bytes]) -> dict[str, bytes]:
        for number, parts in enumerate(samples, 1):
            name = f"samples/{number}_epoch_1.json"
            members[name] = json.dumps({**json.loads(members[name]), **parts}).encode()
        return members

    return rewrite(path, change)


async def insert(location: Path, transcripts: Any) -> str:
    """Make a database of transcripts, and give its location."""
    from inspect_scout import transcripts_db

    db: TranscriptsDB
    async with transcripts_db(str(location)) as db:
        await db.insert(transcripts)
    return str(location)
