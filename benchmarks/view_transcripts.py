"""What reading transcripts costs: `python -m benchmarks.view_transcripts` makes logs, asks the server in this process, and times it.

`scenarios(folder)` makes the logs for `benchmarks.view`, and names requests about them.
Cold is a transcript that nobody has opened (a copy of the log for each request), in a server that has loaded its libraries; warm is
the best of the next requests. What the first of all requests takes longer is shown as `start`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from benchmarks.make_data import NEEDLE, ZSTD, Originals, originals
from inspect_scout._view import ViewSettings, create_app

Scenario = tuple[str, str, float | None, float | None]
"""Name, path below `/api/v3`, and milliseconds that the first request and the next ones may take (None: not said)."""

SAMPLES_PER_LOG = 100
HUGE_MB = 264
LONG_MB = 60
ABSENT = "a word that is nowhere"


def scenarios(folder: Path, transcripts: int = 100_000, megabytes: int = HUGE_MB) -> list[Scenario]:
    """Make logs below a folder, and name requests about them."""
    make_logs(folder, transcripts, megabytes)
    huge, long = (folder / name / f"{name}.eval" for name in ("huge", "long"))
    first, *_ = reading_scenarios(long, "10 000 messages")
    return [*list_scenarios(folder / "many"), *reading_scenarios(huge, "huge"), (first[0], first[1], None, 100)]


def list_scenarios(place: Path) -> list[Scenario]:
    """Requests about the list of many transcripts."""
    at = f"location={quote(str(place))}"
    filtered = quote("model = 'openai/gpt-3' AND message_count > 100")
    return [
        ("transcripts: first page", f"/transcripts?{at}", None, 150),
        ("transcripts: sorted", f"/transcripts?{at}&order_by=-total_time", None, 150),
        ("transcripts: filtered, sorted", f"/transcripts?{at}&where={filtered}&order_by=-date", None, 150),
        ("transcripts: metadata key", f"/transcripts?{at}&columns=task_id&columns=sample_metadata.topic", None, 150),
        ("transcripts: facet", f"/transcripts/facets?{at}&by=model", None, 300),
        ("transcripts: facet of metadata", f"/transcripts/facets?{at}&by=sample_metadata.topic", None, 300),
        (
            "transcripts: five facets",
            f"/transcripts/facets?{at}&by=model&by=task_set&by=score&by=success&by=limit",
            None,
            300,
        ),
        ("transcripts: facet of all different", f"/transcripts/facets?{at}&by=total_time", None, 300),
    ]


def reading_scenarios(log: Path, name: str) -> list[Scenario]:
    """Requests about the one transcript of a log."""
    at = f"location={quote(str(log))}"
    described = summary(log)
    id, last = described["uuid"], min(10_000, described["message_count"])
    return [
        (f"{name}: first 50 messages", f"/transcripts/{id}/messages?{at}", 700, 50),
        (f"{name}: messages far behind", f"/transcripts/{id}/messages?{at}&start={last}", None, 100),
        (f"{name}: events far behind", f"/transcripts/{id}/events?{at}&start={last}", None, 100),
        (f"{name}: one event", f"/transcripts/{id}/events/{last}?{at}", None, 100),
        (f"{name}: find what is not there", f"/transcripts/{id}/find?{at}&q={quote(ABSENT)}", 500, 500),
        (f"{name}: find what is there", f"/transcripts/{id}/find?{at}&q={NEEDLE}", None, None),
        (f"{name}: find by expression", f"/transcripts/{id}/find?{at}&q={quote('ZEBRA.INCH')}&regex=true", None, None),
        (f"{name}: minimap", f"/transcripts/{id}/minimap?{at}", None, 100),
        (f"{name}: outline", f"/transcripts/{id}/outline?{at}", None, 100),
    ]


def summary(log: Path) -> dict[str, Any]:
    """Read what is said of the one transcript of a log: its id is `uuid`."""
    with zipfile.ZipFile(log) as archive:
        first: dict[str, Any] = json.loads(archive.read("summaries.json"))[0]
        return first


def make_logs(folder: Path, transcripts: int, megabytes: int) -> None:
    """Make many small transcripts, of which nothing but the index is stored, and two large ones."""
    source = originals(folder / "made", 3, 40)
    logs = Originals(source)
    for name in ("many", "huge", "long"):
        (folder / name).mkdir(parents=True)
    rng = random.Random(1)
    for number in range(max(1, transcripts // SAMPLES_PER_LOG)):
        write_index(folder / "many" / f"many{number:05}.eval", logs, number, rng)
    logs.write(folder / "huge" / "huge.eval", 1, grow_mb=megabytes)
    logs.write(folder / "long" / "long.eval", 1, grow_mb=min(LONG_MB, megabytes))
    shutil.rmtree(folder / "made")


def write_index(path: Path, logs: Originals, number: int, rng: random.Random) -> None:
    """Write a log that holds what the list of transcripts needs."""
    header = json.loads(json.dumps(logs.header))
    header["eval"] |= {"eval_id": f"e{number:021}", "model": f"openai/gpt-{number % 7}", "task": f"task{number % 20}"}
    known = list(logs.summaries.values())
    summaries: list[dict[str, Any]] = [
        {
            **known[place % len(known)],
            "id": f"s{place}",
            "uuid": f"{number:06}{place:04}".ljust(22, "x"),
            "metadata": {"topic": f"topic{place % 13}", "level": place % 5},
            "message_count": rng.randrange(10, 400),
            "total_time": rng.random() * 1000,
        }
        for place in range(SAMPLES_PER_LOG)
    ]
    with zipfile.ZipFile(path, "w", ZSTD) as archive:
        archive.writestr("_journal/start.json", json.dumps({**logs.start, "eval": header["eval"]}))
        archive.writestr("summaries.json", json.dumps(summaries))
        archive.writestr("header.json", json.dumps(header))


def memory_megabytes(name: str) -> float:
    """Memory of this process, now ("VmRSS") or at most ("VmHWM")."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return 0.0


async def timed(client: httpx.AsyncClient, path: str) -> tuple[float, float]:
    """Ask once: milliseconds on the wall, and of the processor."""
    began, used = time.perf_counter(), time.process_time()
    (await client.get(f"/api/v3{path}")).raise_for_status()
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - used)


async def measure(folder: Path, runs: int, only: str) -> None:
    """Print a table of all timings; what took longer than it may is marked."""
    app = create_app(ViewSettings(project_dir=str(folder), transcripts=str(folder)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:7576") as client:
        start = (await timed(client, f"/transcripts?location={quote(str(folder / 'long'))}"))[0]
        print(f"start: {start:.0f} ms, {memory_megabytes('VmRSS'):.0f} MB")
        print(f"{'':36} {'cold':>7} {'cpu':>6} {'may':>5} {'warm':>7} {'cpu':>6} {'may':>5} {'MB':>6}", flush=True)
        rows: list[tuple[Scenario, Path | None]] = [(each, None) for each in list_scenarios(folder / "many")]
        for name in ("huge", "long"):
            large = folder / name / f"{name}.eval"
            rows += [(each, large) for each in reading_scenarios(large, name)]
        for number, (scenario, log) in enumerate(rows):
            if only in scenario[0]:
                await measure_one(client, scenario, log, number, runs)
    print(f"peak: {memory_megabytes('VmHWM'):.0f} MB")


async def measure_one(client: httpx.AsyncClient, scenario: Scenario, log: Path | None, number: int, runs: int) -> None:
    """Time one kind of request."""
    name, path, cold_limit, warm_limit = scenario
    copy = None
    if log is not None:
        copy = log.with_name(f"copy{number}.eval")
        shutil.copy(log, copy)
        path = path.replace(quote(str(log)), quote(str(copy)))
    cold = await timed(client, path)
    if log is not None:  # all of it is there
        await timed(client, minimap_path(path))
    warm = min([await timed(client, path) for _ in range(runs)])
    limits = [f"{limit:5.0f}" if limit is not None else f"{'':5}" for limit in (cold_limit, warm_limit)]
    mark = " !" if cold[0] > (cold_limit or 1e9) or warm[0] > (warm_limit or 1e9) else ""
    print(
        f"{name:36} {cold[0]:7.0f} {cold[1]:6.0f} {limits[0]} {warm[0]:7.1f} {warm[1]:6.1f} {limits[1]} "
        f"{memory_megabytes('VmRSS'):6.0f}{mark}",
        flush=True,
    )
    if copy is not None:
        copy.unlink()


def minimap_path(path: str) -> str:
    """Path of the minimap of the transcript that a path is about."""
    id, query = path.split("/")[2], path.partition("?")[2].split("&")[0]
    return f"/transcripts/{id}/minimap?{query}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Make logs and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.view_transcripts", description=__doc__)
    parser.add_argument("--transcripts", type=int, default=100_000, help="how many small transcripts there are")
    parser.add_argument("--megabytes", type=int, default=HUGE_MB, help="size of the huge one")
    parser.add_argument("--runs", type=int, default=5, help="warm requests of each kind")
    parser.add_argument("--only", default="", help="only requests whose names have this in them")
    parser.add_argument("--keep", help="folder for the logs, which are made there once (default: a temporary one)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="scout-view-") as temporary:
        folder = Path(options.keep or temporary)
        if not (folder / "huge").exists():
            print("Making logs ...", flush=True)
            make_logs(folder, options.transcripts, options.megabytes)
        asyncio.run(measure(folder, options.runs, options.only))


if __name__ == "__main__":
    main()
