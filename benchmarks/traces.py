"""What reading traces costs: `python -m benchmarks.traces` makes sessions of Claude Code and an export of OpenTelemetry, and reads them.

Each figure is a process of its own: its CPU time without what starts it, and how large it grew. What may be stands beside it, and what
is worse is marked. With `--reference` another installation imports the same sessions.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

IMPORT = """
import asyncio, resource, sys, tempfile, time
from inspect_scout import transcripts_db
from inspect_scout.sources import claude_code

async def work(path):
    async with transcripts_db(tempfile.mkdtemp()) as db:
        await db.insert(claude_code(path=path))

asyncio.run(work(sys.argv[1]))  # what is loaded once is not counted
began = time.process_time()
asyncio.run(work(sys.argv[2]))
print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""

SPANS = """
import asyncio, resource, sys, time
from inspect_scout.sources import trace_reader

async def work(path):
    reader, count = trace_reader("otlp"), 0
    async for ref in reader.discover(path, None):
        async for _ in reader.read(ref):
            count += 1
    return count

began = time.process_time()
asyncio.run(work(sys.argv[1]))
print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""

TURNS = 200
"""Turns of a session; the reference reads no more than a thousand records."""
WORDS = "It reads the file, looks at what the test expects, and changes the line that is wrong. " * 6


def session(number: int, turns: int) -> str:
    """Write a session: in each turn a tool is called, and gives something back."""
    envelope = {"sessionId": f"{number:08x}-0000-4000-8000-000000000000", "version": "2.1.80", "cwd": "/home/ada/shop"}
    lines: list[dict[str, Any]] = []

    def add(kind: str, message: dict[str, Any]) -> None:
        parent = lines[-1]["uuid"] if lines else None
        at = f"2026-02-01T{len(lines) // 3600 % 24:02}:{len(lines) // 60 % 60:02}:{len(lines) % 60:02}.000Z"
        record = {
            "type": kind,
            "uuid": f"{number}-{len(lines)}",
            "parentUuid": parent,
            "timestamp": at,
            "message": message,
        }
        lines.append({**envelope, **record})

    add("user", {"role": "user", "content": "Fix the test."})
    for turn in range(turns):
        usage = {
            "input_tokens": 10,
            "output_tokens": 5,
            "cache_read_input_tokens": 100,
            "cache_creation_input_tokens": 0,
        }
        call = {"type": "tool_use", "id": f"c{turn}", "name": "Bash", "input": {"command": "pytest"}}
        content = [{"type": "text", "text": WORDS}, call]
        add(
            "assistant",
            {"id": f"m{turn}", "role": "assistant", "model": "claude-x", "content": content, "usage": usage},
        )
        add("user", {"role": "user", "content": [{"type": "tool_result", "tool_use_id": f"c{turn}", "content": WORDS}]})
    return "".join(json.dumps(line) + "\n" for line in lines)


def sessions(folder: Path, count: int, turns: int) -> None:
    """Write sessions, a hundred for each project."""
    for number in range(count):
        place = folder / f"project-{number // 100}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:08x}-0000-4000-8000-000000000000.jsonl").write_text(session(number, turns))


def attributes(**given: Any) -> list[dict[str, Any]]:
    """Write attributes."""
    return [{"key": key.replace("__", "."), "value": {"stringValue": str(value)}} for key, value in given.items()]


def spans(count: int) -> Iterator[dict[str, Any]]:
    """Make traces of an agent: five calls of a model, each with a tool and requests below it."""
    trace = 0
    while count > 0:
        trace += 1
        history = [{"role": "user", "parts": [{"type": "text", "content": f"{WORDS} {trace}"}]}]
        for number in range(60):
            turn, kind = divmod(number, 12)
            said = {
                "role": "assistant",
                "parts": [{"type": "tool_call", "id": f"c{turn}", "name": "get", "arguments": {}}],
            }
            given: dict[str, Any] = {"http__method": "GET"}
            if kind == 0:
                given = {
                    "gen_ai__operation__name": "chat",
                    "gen_ai__request__model": "m",
                    "gen_ai__usage__input_tokens": 9,
                }
                given |= {
                    "gen_ai__input__messages": json.dumps(history),
                    "gen_ai__output__messages": json.dumps([said]),
                }
                answer = {
                    "role": "tool",
                    "parts": [{"type": "tool_call_response", "id": f"c{turn}", "response": WORDS}],
                }
                history = [*history, said, answer]
            elif kind == 1:
                given = {
                    "gen_ai__operation__name": "execute_tool",
                    "gen_ai__tool__name": "get",
                    "gen_ai__tool__call__id": f"c{turn}",
                }
            elif number == 59:
                given = {"gen_ai__operation__name": "invoke_agent", "gen_ai__agent__name": "a"}
            began = 1_780_000_000_000_000_000 + number * 1_000_000
            yield {
                "traceId": f"{trace:032x}",
                "spanId": f"{60 * trace + number:016x}",
                **({} if number == 59 else {"parentSpanId": f"{60 * trace + 59:016x}"}),
                "name": "span",
                "startTimeUnixNano": str(began),
                "endTimeUnixNano": str(began + 500),
                "attributes": attributes(**given),
            }
        count -= 60


def export(file: Path, count: int) -> None:
    """Write spans as a collector does: 500 on a line."""
    with file.open("w") as lines:
        batch: list[dict[str, Any]] = []
        for span in spans(count):
            batch.append(span)
            if len(batch) == 500:
                lines.write(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": batch}]}]}) + "\n")
                batch = []
        lines.write(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": batch}]}]}) + "\n")


def measured(python: str, program: str, *paths: Path) -> tuple[float, float]:
    """Run a program; gives the seconds of CPU and the megabytes that it prints."""
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-c", program, *map(str, paths)], capture_output=True, text=True, env=alone, check=False
    )
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    seconds, megabytes = done.stdout.split()[-2:]
    return float(seconds), float(megabytes)


def told(name: str, figure: float, limit: float | None, unit: str) -> None:
    """Print a figure beside what it may be."""
    beside = "" if limit is None else f" of {limit:g}{' !' if figure > limit else ''}"
    print(f"{name:52} {figure:8.2f} {unit}{beside}", flush=True)


def main() -> None:
    """Make traces and print what reading them costs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.traces", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=20, help="sessions that are imported")
    parser.add_argument("--sessions", type=int, default=5000, help="small sessions that are imported twice")
    parser.add_argument("--spans", type=int, default=1_000_000, help="spans of the export")
    parser.add_argument("--reference", help="python of another environment, which imports the same sessions")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scout-traces-") as kept:
        folder = Path(kept)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        sessions(folder / "one", 1, 10)
        sessions(folder / "large", round(options.megabytes * 1e6 / len(session(0, TURNS))), TURNS)
        size = sum(file.stat().st_size for file in (folder / "large").rglob("*.jsonl")) / 1e6
        seconds, megabytes = measured(sys.executable, IMPORT, folder / "one", folder / "large")
        theirs = measured(options.reference, IMPORT, folder / "one", folder / "large") if options.reference else None
        told(f"Claude Code: {size:.0f} MB, imported", seconds, theirs[0] / 8 if theirs else None, "s")
        if theirs is not None:
            told("the same, by the reference", theirs[0], None, "s")
        told("  peak", megabytes, None, "MB")
        sessions(folder / "small", options.sessions, 5)
        scout = str(Path(sys.executable).with_name("scout"))
        for name, limit in (("imported", None), ("imported again", 1.0)):
            began = time.perf_counter()
            subprocess.run(
                [scout, "import", str(folder / "small"), "-T", str(folder / "db")], capture_output=True, check=True
            )
            told(f"{options.sessions:,} sessions, {name}", time.perf_counter() - began, limit, "s")
        export(folder / "spans.jsonl", options.spans)
        size = (folder / "spans.jsonl").stat().st_size / 1e6
        seconds, megabytes = measured(sys.executable, SPANS, folder / "spans.jsonl")
        told(f"OpenTelemetry: {options.spans:,} spans, {size:.0f} MB", seconds, options.spans * 60e-6, "s")
        told("  peak", megabytes, 500, "MB")


if __name__ == "__main__":
    main()
