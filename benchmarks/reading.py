"""What it costs to look at scans: `python -m benchmarks.reading` makes many of them and one large one, and times commands.

Each figure is that of a command in a process of its own, best of some runs: wall and processor time beyond `scout --version`,
and its peak memory. `--scout` names commands of several installations, to compare them in one run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
from inspect_ai.model import ChatMessageUser

from inspect_scout import Result, Scanner, Transcript, scan, scanner, transcripts_from

from .commands import LAUNCHER

# Its stubs are less than half known.
pc: Any = pyarrow.compute
parquet: Any = pq

GROUP_ROWS = 100_000
ID = "AAAAAAAAAAAAAAAAAAAAAA"


@scanner(messages="all")
def length() -> Scanner[Transcript]:
    """Count characters."""

    async def run(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages[0].text), explanation="counted")

    return run


def template(folder: Path) -> Path:
    """Scan one transcript, whose scan the others are made of."""
    talk = Transcript(transcript_id="t0", source_type="bench", messages=[ChatMessageUser(id="m", content="hello")])
    return Path(scan([length()], transcripts_from([talk]), scans=str(folder), display="none").location)


def copy_scans(made: Path, folder: Path, count: int, transcripts: int) -> None:
    """Make many scans of some transcripts each."""
    spec = json.loads((made / "_scan.json").read_text())
    spec["transcripts"]["transcript_ids"] = {f"t{number:06}": None for number in range(transcripts)}
    summary = (made / "_summary.json").read_text().replace('"scans":1', f'"scans":{transcripts}')
    for number in range(count):
        scan_id = f"{number:022}"
        place = folder / f"scan_id={scan_id}"
        place.mkdir(parents=True)
        (place / "_scan.json").write_text(json.dumps({**spec, "scan_id": scan_id}))
        (place / "_summary.json").write_text(summary)
        (place / "_errors.jsonl").touch()


def large_scan(made: Path, folder: Path, rows: int) -> Path:
    """Make a finished scan of many transcripts, one row each."""
    place = folder / f"scan_id={ID}"
    shutil.copytree(made, place)
    ids = [f"t{number:07}" for number in range(rows)]
    spec = json.loads((made / "_scan.json").read_text())
    spec["scan_id"], spec["transcripts"]["transcript_ids"] = ID, dict.fromkeys(ids)
    (place / "_scan.json").write_text(json.dumps(spec))
    summary = (made / "_summary.json").read_text()
    (place / "_summary.json").write_text(
        summary.replace('"scans":1', f'"scans":{rows}').replace('"results":1', f'"results":{rows}')
    )
    (table,) = made.glob("*.parquet")
    one: Any = parquet.read_table(table)
    with parquet.ParquetWriter(place / table.name, one.schema, compression="zstd") as writer:
        for start in range(0, rows, GROUP_ROWS):
            stop = min(rows, start + GROUP_ROWS)
            part = one.take(pa.array([0] * (stop - start)))
            changed = {
                "transcript_id": pa.array(ids[start:stop]),
                "uuid": pa.array([f"u{number}" for number in range(start, stop)]),
                "value": pa.array([str(number * 7919 % 10_007) for number in range(start, stop)]),
            }
            for name, values in changed.items():
                at = part.schema.get_field_index(name)
                part = part.set_column(at, one.schema.field(at), values.cast(one.schema.field(at).type))
            writer.write_table(part)
    return place


def measure(scout: str, arguments: Sequence[str], state: Path, runs: int) -> dict[str, float]:
    """Time a command: the run that took least; its memory is that of the last."""
    environment = {**os.environ, "HOME": str(state), "XDG_CACHE_HOME": str(state / "cache"), "SCOUT_DISPLAY": "plain"}
    best = {"wall": float("inf"), "cpu": float("inf"), "mb": 0.0}
    for _ in range(runs):
        ran = subprocess.run(
            [sys.executable, "-S", "-c", LAUNCHER, scout, *arguments],
            env=environment,
            cwd=state,
            capture_output=True,
            check=True,
            text=True,
        )
        wall, cpu, kilobytes = map(float, ran.stderr.split()[-3:])
        if wall < best["wall"]:
            best = {"wall": wall, "cpu": cpu, "mb": kilobytes / 1024}
    return best


def main() -> None:
    """Make the scans and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--scout", action="append", help="a scout command; can be repeated (default: of this Python)")
    parser.add_argument("--scans", type=int, default=10_000, help="how many scans a list has")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the large scan")
    parser.add_argument("--runs", type=int, default=3, help="runs of each command; the best counts")
    options = parser.parse_args()
    commands: list[str] = options.scout or [str(Path(sys.executable).with_name("scout"))]
    with tempfile.TemporaryDirectory(prefix="scout-reading-") as kept:
        folder = Path(kept)
        print(f"Making {options.scans:,} scans, and one of {options.rows:,} rows ...", flush=True)
        made = template(folder / "made")
        copy_scans(made, folder / "many", options.scans, 10)
        copy_scans(made, folder / "wide", options.scans // 20, 5_000)
        place = str(large_scan(made, folder / "large", options.rows))
        work = {
            "list": ["scan", "list", str(folder / "many")],
            "list of wide scans": ["scan", "list", str(folder / "wide")],
            "status": ["scan", "status", place],
            "results: first row": ["scan", "results", place, "--limit", "1"],
            "results: filtered": ["scan", "results", place, "--where", "value > 10000", "--limit", "100"],
        }
        print(f"\n{'':24} " + "".join(f"{'wall':>8} {'cpu':>8} {'MB':>6}   " for _ in commands), flush=True)
        starts = [measure(scout, ["--version"], folder, options.runs) for scout in commands]
        for name, arguments in work.items():
            line = f"{name:24} "
            for scout, start in zip(commands, starts, strict=True):
                took = measure(scout, arguments, folder, options.runs)
                line += f"{took['wall'] - start['wall']:8.2f} {took['cpu'] - start['cpu']:8.2f} {took['mb']:6.0f}   "
            print(line, flush=True)


if __name__ == "__main__":
    main()
