"""What the published package reads of the same files: the same messages, calls, tokens and times, but for what the docs say differs.

Runs where `SCOUT_TEST_REFERENCE` names the Python of an environment with that package (for trajectories also `harbor`). With
`SCOUT_TEST_TRACES`, a folder with `claude-code` and `atif` in it, the files in there are compared as well.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import Transcript
from inspect_scout.sources import atif, claude_code

from .claude_sessions import Session

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        "SCOUT_TEST_REFERENCE" not in os.environ,
        reason="SCOUT_TEST_REFERENCE names no Python with the published package",
    ),
]

DESCRIBE = """
def describe(transcript):
    messages = transcript.messages
    return {
        "id": transcript.transcript_id,
        "said": [[m.role, m.text] for m in messages],
        "calls": [[c.id, c.function, c.arguments] for m in messages for c in getattr(m, "tool_calls", None) or []],
        "uses": sorted(e.id for e in transcript.events if e.event == "tool"),
        "tokens": transcript.total_tokens,
        "model": transcript.model,
        "date": transcript.date,
        "seconds": transcript.total_time,
    }
"""

PROGRAM = f"""
import asyncio, json, sys
from inspect_scout import sources
{DESCRIBE}
async def main():
    async for transcript in getattr(sources, sys.argv[1])(sys.argv[2]):
        print(json.dumps(describe(transcript)))

asyncio.run(main())
"""


def plain_session(folder: Path) -> None:
    session = Session("11111111-0000-4000-8000-000000000000")
    session.user("Fix the test.")
    session.assistant("m1", {"type": "text", "text": "I look."}, usage=(100, 10, 40, 5))
    session.assistant(
        "m2", {"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "ls"}}, usage=(120, 8, 60, 0)
    )
    session.result("t1", "a.txt\nb.txt")
    session.assistant(
        "m3",
        {"type": "tool_use", "id": "t2", "name": "Read", "input": {"file_path": "a.txt"}},
        {"type": "tool_use", "id": "t3", "name": "Read", "input": {"file_path": "b.txt"}},
    )
    session.result("t2", "one")
    session.result("t3", "no such file", is_error=True)
    session.assistant("m4", {"type": "text", "text": "It is mended."})
    session.user("Thanks.")
    session.assistant("m5", {"type": "text", "text": "You are welcome."})
    session.write(folder / "-home-ada-shop")


def plain_trajectory(folder: Path) -> None:
    steps: list[dict[str, Any]] = [
        {"step_id": 1, "source": "user", "message": "List.", "timestamp": "2026-03-01T10:00:00Z"}
    ]
    for number in range(2, 6):
        steps.append(
            {
                "step_id": number,
                "source": "agent",
                "message": f"Step {number}.",
                "timestamp": f"2026-03-01T10:00:0{number}Z",
                "tool_calls": [
                    {"tool_call_id": f"c{number}", "function_name": "bash", "arguments": {"cmd": str(number)}}
                ],
                "observation": {"results": [{"source_call_id": f"c{number}", "content": f"out {number}"}]},
                "metrics": {"prompt_tokens": 100 * number, "completion_tokens": 10, "cached_tokens": 40},
            }
        )
    agent = {"name": "terminus", "version": "2", "model_name": "m-large"}
    given = {
        "schema_version": "ATIF-v1.6",
        "session_id": "one",
        "agent": agent,
        "steps": steps,
        "final_metrics": {"total_prompt_tokens": 1400, "total_completion_tokens": 40, "total_cached_tokens": 160},
    }
    (folder / "one.trajectory.json").write_text(json.dumps(given))


async def published(source: str, place: Path) -> dict[str, dict[str, Any]]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = await asyncio.to_thread(
        subprocess.run,
        [os.environ["SCOUT_TEST_REFERENCE"], "-c", PROGRAM, source, str(place)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return {each["id"]: each for each in map(json.loads, done.stdout.splitlines())}


async def ours(read: AsyncIterator[Transcript]) -> dict[str, dict[str, Any]]:
    names: dict[str, Any] = {}
    exec(DESCRIBE, names)  # the same words in both programs
    return {each["id"]: each async for each in _described(read, names["describe"])}


async def _described(read: AsyncIterator[Transcript], describe: Callable[[Transcript], Any]) -> AsyncIterator[Any]:
    async for transcript in read:
        yield json.loads(json.dumps(describe(transcript)))


def seconds_between(one: str | None, other: str | None) -> float:
    assert one is not None
    assert other is not None
    return abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds())


@pytest.mark.parametrize(
    ("source", "write"),
    [pytest.param("claude_code", plain_session, id="claude_code"), pytest.param("atif", plain_trajectory, id="atif")],
)
async def test_a_plain_file_is_read_alike(tmp_path: Path, source: str, write: Callable[[Path], None]) -> None:
    write(tmp_path)
    readers = {"claude_code": claude_code, "atif": atif}
    theirs, mine = await published(source, tmp_path), await ours(readers[source](tmp_path))
    assert theirs
    assert list(mine) == list(theirs)
    for id, expected in theirs.items():
        found = mine[id]
        assert found["said"] == expected["said"]
        assert found["calls"] == expected["calls"]
        # Where a trajectory has uses of tools, all of them are events here.
        assert set(expected["uses"]) <= set(found["uses"])
        assert found["uses"] == sorted(call for call, _, _ in found["calls"])
        assert found["tokens"] == expected["tokens"]
        assert found["model"] == expected["model"]
        assert seconds_between(found["date"], expected["date"]) == 0
        # Time begins with the first record here, and with the first answer there.
        assert expected["seconds"] <= found["seconds"] <= expected["seconds"] + 2


@pytest.mark.skipif("SCOUT_TEST_TRACES" not in os.environ, reason="SCOUT_TEST_TRACES names no folder of traces")
@pytest.mark.parametrize("source", ["claude_code", "atif"])
async def test_real_files_are_read_alike(source: str) -> None:
    place = Path(os.environ["SCOUT_TEST_TRACES"]) / source.replace("_", "-")
    readers = {"claude_code": claude_code, "atif": atif}
    theirs, mine = await published(source, place), await ours(readers[source](place))
    assert theirs
    assert set(mine) == set(theirs)
    for id, expected in theirs.items():
        found = mine[id]
        # An answer that a result interrupts is one here, so that it is not counted twice: whatever was said or called there is here.
        assert {json.dumps(call) for call in expected["calls"]} <= {json.dumps(call) for call in found["calls"]}
        assert {text for _, text in expected["said"] if text} <= {text for _, text in found["said"]}, id
        assert set(expected["uses"]) <= set(found["uses"])
        assert (found["tokens"] or 0) <= (expected["tokens"] or 0)
        if found["date"] is not None:
            assert seconds_between(found["date"], expected["date"]) == 0
