"""What a unit costs when there are more of them: `python -m benchmarks.growth` prints a table over all dimensions.

Each figure is the processor time of one call in a process of its own. The last column is how much dearer a unit is
between 10x and 100x than between 1x and 10x, what is paid once left out: 1.0 is flat.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalSample, EvalSpec, write_eval_log
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageUser

from inspect_scout import (
    Result,
    Scanner,
    Transcript,
    ValidationCase,
    ValidationSet,
    scan,
    scan_list,
    scan_results_df,
    scanner,
    transcripts_db,
    transcripts_from,
)
from inspect_scout import columns as c

FACTORS = (1, 10, 100)
ALLOWED = 1.5

Call = Callable[[], object]


@scanner(messages="all")
def count() -> Scanner[Transcript]:
    """Count messages."""

    async def run(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages))

    return run


@scanner(messages="all")
def items(number: int) -> Scanner[Transcript]:
    """Give a result set of some items."""

    async def run(transcript: Transcript) -> list[Result]:
        return [Result(value=at, explanation=f"item {at}") for at in range(number)]

    return run


def conversation(number: int, messages: int = 3, metadata: dict[str, Any] | None = None) -> Transcript:
    """Make a transcript."""
    said: list[ChatMessage] = [
        (ChatMessageAssistant if at % 2 else ChatMessageUser)(id=f"m{number}-{at}", content=f"This is number {at}.")
        for at in range(messages)
    ]
    return Transcript(transcript_id=f"t{number}", source_type="bench", metadata=metadata or {}, messages=said)


def conversations(count: int) -> list[Transcript]:
    """Make transcripts."""
    return [conversation(number) for number in range(count)]


def scanned(state: Path, transcripts: Any, scanners: Any, **options: Any) -> str:
    """Scan in this process; gives the location."""
    status = scan(scanners, transcripts, scans=str(state / "scans"), max_processes=1, display="none", **options)
    assert status.complete, status.errors[:1]
    return status.location


def log(path: Path, samples: int, messages: int) -> None:
    """Write an eval log."""
    made = [
        EvalSample(
            id=f"s{n}",
            epoch=1,
            input="?",
            target="!",
            uuid=f"{path.stem}-{n}",
            messages=conversation(n, messages).messages,
        )
        for n in range(samples)
    ]
    spec = EvalSpec(
        created="2026-01-01T00:00:00+00:00",
        eval_id=path.stem,
        run_id="r",
        task="bench",
        task_id=path.stem,
        dataset=EvalDataset(),
        model="mockllm/model",
        config=EvalConfig(),
    )
    write_eval_log(EvalLog(eval=spec, status="success", samples=made), str(path))


async def stored(folder: Path, transcripts: list[Transcript], commits: int = 1) -> None:
    """Insert transcripts into a database, in some commits."""
    async with transcripts_db(str(folder)) as db:
        each = -(-len(transcripts) // commits)
        for first in range(0, len(transcripts), each):
            await db.insert(transcripts[first : first + each])


def of_transcripts(state: Path, factor: int) -> Call:
    given = conversations(100 * factor)
    return lambda: scanned(state, transcripts_from(given), [count()])


def of_messages(state: Path, factor: int) -> Call:
    log(state / "one.eval", 1, 200 * factor)
    return lambda: scanned(state, transcripts_from(str(state / "one.eval")), [count()])


def of_items(state: Path, factor: int) -> Call:
    def call() -> object:
        location = scanned(state, transcripts_from(conversations(10)), [items(20 * factor)])
        rows = len(scan_results_df(location).scanners["items"])
        assert rows == 200 * factor
        return rows

    return call


def of_scanners(state: Path, factor: int) -> Call:
    scanners = {f"count_{n}": count() for n in range(2 * factor)}
    return lambda: scanned(state, transcripts_from(conversations(100)), scanners)


def of_logs(state: Path, factor: int) -> Call:
    (state / "logs").mkdir()
    log(state / "logs" / "2026-01-01T00-00-00-00-00_bench_0.eval", 2, 4)
    (first,) = (state / "logs").iterdir()
    for number in range(1, 10 * factor):
        log(first.with_name(f"2026-01-01T00-00-00-00-00_bench_{number}.eval"), 2, 4)
    return lambda: scanned(state, transcripts_from(str(state / "logs")), [count()])


def of_commits(state: Path, factor: int) -> Call:
    return lambda: asyncio.run(stored(state / "db", conversations(3 * factor), commits=3 * factor))


def of_scans(state: Path, factor: int) -> Call:
    made = Path(scanned(state, transcripts_from(conversations(2)), [count()]))
    scan_id = made.name.removeprefix("scan_id=")
    for number in range(10 * factor - 1):
        other = f"{scan_id[:-4]}{number:04}"
        copied = shutil.copytree(made, made.with_name(f"scan_id={other}"))
        for file in copied.rglob("*.json"):
            file.write_text(file.read_text().replace(scan_id, other))

    def call() -> object:
        found = len(scan_list(str(state / "scans")))
        assert found == 10 * factor
        return found

    return call


def of_cases(state: Path, factor: int) -> Call:
    cases = ValidationSet(cases=[ValidationCase(id=f"t{n}", target=3) for n in range(50 * factor)], predicate="eq")
    given = conversations(50 * factor)
    return lambda: scanned(state, transcripts_from(given), [count()], validation={"count": cases})


def of_ids(state: Path, factor: int) -> Call:
    asyncio.run(stored(state / "db", conversations(10_000)))
    ids = [f"t{n}" for n in range(100 * factor)]
    chosen = transcripts_from(str(state / "db")).where(c.transcript_id.in_(ids))
    return lambda: scanned(state, chosen, [count()])


def of_keys(state: Path, factor: int) -> Call:
    given = [conversation(n, metadata={f"key_{n}_{k}": k for k in range(factor)}) for n in range(200)]

    def call() -> None:
        asyncio.run(stored(state / "db", given, commits=4))
        scanned(state, transcripts_from(str(state / "db")), [count()])

    return call


def of_nesting(state: Path, factor: int) -> Call:
    value: Any = "end"
    for _ in range(9 * factor):
        value = [value]
    given = [conversation(n, metadata={"deep": value}) for n in range(20)]

    def call() -> None:
        asyncio.run(stored(state / "db", given))
        scanned(state, transcripts_from(str(state / "db")), [count()])

    return call


@dataclass(frozen=True)
class Dimension:
    """Something there can be more of.

    Args:
        units: How many there are at 1x.
        prepare: Makes what is needed, and gives the call to be timed.
    """

    units: int
    prepare: Callable[[Path, int], Call]


DIMENSIONS = {
    "transcripts": Dimension(100, of_transcripts),
    "messages in one transcript": Dimension(200, of_messages),
    "items in ten result sets": Dimension(200, of_items),
    "scanners on 100 transcripts": Dimension(2, of_scanners),
    "logs": Dimension(10, of_logs),
    "commits": Dimension(3, of_commits),
    "scans in a folder": Dimension(10, of_scans),
    "labelled cases": Dimension(50, of_cases),
    "ids in a condition": Dimension(100, of_ids),
    "own metadata keys of 200": Dimension(1, of_keys),
    "nesting of metadata": Dimension(9, of_nesting),
}


def timed(name: str, factor: int) -> float:
    """Time a call in this process: processor seconds, the least of three for what takes less than a second."""
    with contextlib.redirect_stdout(io.StringIO()):
        with tempfile.TemporaryDirectory(prefix="scout-growth-") as state:  # what is made once: imports, connections
            DIMENSIONS[name].prepare(Path(state), 1)()
        times: list[float] = []
        while len(times) < 3 and sum(times) < 3:
            with tempfile.TemporaryDirectory(prefix="scout-growth-") as state:
                call = DIMENSIONS[name].prepare(Path(state), factor)
                before = time.process_time()
                call()
                times.append(time.process_time() - before)
    return min(times)


def growth(costs: list[float], units: list[int]) -> float:
    """How much dearer a unit is between the last two sizes than between the first two."""
    early = (costs[1] - costs[0]) / (units[1] - units[0])
    late = (costs[2] - costs[1]) / (units[2] - units[1])
    # Where nearly all of the cost is paid once, what ten times as many add is noise.
    return late / max(early, costs[1] / units[1] / 2)


def line(name: str, costs: list[float]) -> str:
    """Show the costs of a dimension."""
    units = [DIMENSIONS[name].units * factor for factor in FACTORS]
    each = "".join(f"{1000 * cost / count:12.3f}" for cost, count in zip(costs, units, strict=True))
    ratio = growth(costs, units)
    return f"{name:28}{units[0]:8}{each}{ratio:10.2f}" + ("  grows" if ratio > ALLOWED else "")


def main() -> None:
    """Time all dimensions, each size in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--only", default="", help="names of dimensions, separated by commas")
    parser.add_argument("--one", nargs=2, metavar=("NAME", "FACTOR"), help="time one size in this process")
    options = parser.parse_args()
    if options.one is not None:
        print(json.dumps(timed(options.one[0], int(options.one[1]))))
        return
    chosen = options.only.split(",") if options.only else list(DIMENSIONS)
    if unknown := sorted(set(chosen) - set(DIMENSIONS)):
        parser.error(f"unknown dimensions {unknown}; known: {', '.join(DIMENSIONS)}")
    print(
        f"Milliseconds of processor time for each unit.\n{'':28}{'units 1x':>8}{'1x':>12}{'10x':>12}{'100x':>12}{'growth':>10}"
    )
    for name in chosen:
        costs = [cost_of(name, factor) for factor in FACTORS]
        print(line(name, costs), flush=True)


def cost_of(name: str, factor: int) -> float:
    """Time a size in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.growth", "--one", name, str(factor)]
    with tempfile.TemporaryDirectory(prefix="scout-growth-") as home:
        ran = subprocess.run(
            command, check=False, text=True, capture_output=True, env={**os.environ, "XDG_DATA_HOME": home}
        )
    if ran.returncode:
        raise RuntimeError(f"{name} at {factor}x failed:\n{ran.stderr[-2000:]}")
    return float(ran.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    main()
