"""What the server costs: `python -m benchmarks.view` makes a project, serves it in a process of its own, and times requests.

Cold is the first request of its kind that a server answers, which is a new one each time (of a transcript, one that has listed
some others before); warm is the median of the next ones.
What it may take stands beside each figure, and what takes longer is marked. The scan in a store is one of S3 on this machine that
answers late; with `--reference` both servers are asked what both answer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks import view_store
from benchmarks.reading import ID, copy_scans, large_scan, template
from benchmarks.refusals import LISTENING_SECONDS, listening_seconds
from benchmarks.view_reference import compare
from benchmarks.view_store import free_port
from benchmarks.view_transcripts import HUGE_MB, scenarios

SERVE = """
import sys, uvicorn
from inspect_scout._view import ViewSettings, create_app
project, scans, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = create_app(ViewSettings(project_dir=project, scans=scans, transcripts=project + "/transcripts", port=port))
uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
"""

BARE = """
import sys, uvicorn
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": bytes(1000)})
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
"""
"""What any server of this kind takes: it does nothing at all for an answer."""

Scenario = tuple[str, str, float | None, float | None]
"""Name, path below `/api/v3`, and milliseconds that the first request and the next ones may take (None: not said)."""

COLUMNS = (
    "value",
    "explanation",
    "label",
    "answer",
    "transcript_id",
    "task",
    "model",
    "scan_error",
    "message_references",
)


def result_scenarios(rows: int) -> list[Scenario]:
    """Requests about lists of scans, and about a scan of many results."""
    table = f"/scans/{ID}/length"
    shown = "&".join(f"columns={name}" for name in COLUMNS)
    chosen = f"where=value%20%3E%203&order_by=-value&{shown}"
    return [
        ("scans: first page", "/scans", 500, 150),
        ("scans: filtered, sorted", "/scans?text=000&order_by=-name", None, 150),
        ("scan: overview", f"/scans/{ID}", None, None),
        ("results: first page", f"{table}/results?{shown}", None, 300),
        ("results: filtered, sorted", f"{table}/results?{chosen}", None, 300),
        ("results: the same, not counted", f"{table}/results?{chosen}&count=false", None, 300),
        ("results: one row", f"{table}/results/u{rows * 7 // 9}", None, None),
        ("results: facets by model", f"{table}/facets?by=model", None, None),
        ("results: distribution", f"{table}/distribution", None, None),
        ("results: find", f"{table}/find?q=t{rows - 1:07}", None, None),
    ]


CROWDED = ("scans: first page", "results: filtered, sorted", "transcripts: first page", "huge: first 50 messages")
"""What many ask at once."""

CROWD_FACTOR = 5
PEAK_MEGABYTES = 400


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a request took, in milliseconds (warm also of the processor), and how large the server grew, in megabytes."""

    cold: float
    warm: float
    processor: float
    peak: float


@contextlib.contextmanager
def serving(
    project: Path, scans: str | None = None, more: Mapping[str, str] | None = None
) -> Generator[tuple[str, int]]:
    """Serve a project in a process of its own: gives the address and the number of the process.

    Args:
        project: Folder of the project.
        scans: Where its scans are (None: in it).
        more: What the environment holds besides.
    """
    port = free_port()
    home = project / "home"
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), **(more or {})}
    command = [sys.executable, "-c", SERVE, str(project), scans or f"{project}/scans", str(port)]
    server = subprocess.Popen(command, env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api/v3/project")  # which waits until all is loaded
        yield address, server.pid
    finally:
        server.terminate()
        server.wait()


def wait_for(url: str) -> None:
    """Wait until a server answers, a minute at most."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(url)
            return
        time.sleep(0.02)


def processor_milliseconds(pid: int) -> float:
    """Tell how much time of processors a process has used (0: the system does not say)."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def peak_megabytes(pid: int) -> float:
    """Tell how large a process has been (0: the system does not say)."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def measure(project: Path, path: str, runs: int) -> Timing:
    """Time a request to a server of its own."""
    with serving(project) as (address, pid), httpx.Client(timeout=120) as client:
        if path.startswith("/transcripts/") and not path.startswith("/transcripts/facets"):
            client.get(f"{address}/api/v3/transcripts?location={project}/transcripts/long").raise_for_status()
        taken: list[float] = []
        used = 0.0
        for number in range(runs + 1):
            used = processor_milliseconds(pid) if number == 1 else used
            began = time.perf_counter()
            client.get(f"{address}/api/v3{path}").raise_for_status()
            taken.append(1000 * (time.perf_counter() - began))
        used = (processor_milliseconds(pid) - used) / runs
        return Timing(taken[0], statistics.median(taken[1:]), used, peak_megabytes(pid))


async def crowd(address: str, path: str, clients: int) -> float:
    """Give the 95th of 100 durations, in milliseconds, where many ask at once.

    They speak HTTP by hand: httpx takes longer to ask than the server to answer, and all of these clients share a process.
    """
    host, port = address.removeprefix("http://").split(":")
    request = f"GET /api/v3{path} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n".encode()

    async def ask() -> float:
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(request)
        answer = await reader.read(-1)
        writer.close()
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(f"{path}: {answer[:200]!r}")
        return 1000 * (time.perf_counter() - began)

    taken = await asyncio.gather(*(ask() for _ in range(clients)))
    return sorted(taken)[int(0.95 * (len(taken) - 1))]


def make_project(folder: Path, scans: int, rows: int, transcripts: int, megabytes: int) -> list[Scenario]:
    """Make many scans and a large one, and what else there is to ask about."""
    made = template(folder / "made")
    copy_scans(made, folder / "scans", scans, 10)
    large_scan(made, folder / "scans", rows)
    (folder / "transcripts").mkdir()
    return [*result_scenarios(rows), *scenarios(folder / "transcripts", transcripts, megabytes)]


def report(project: Path, scenarios: Sequence[Scenario], runs: int) -> None:
    """Print a table of all timings."""
    print(f"\n{'':34} {'cold':>8} {'may':>6} {'warm':>8} {'may':>6} {'cpu':>6} {'peak MB':>8}", flush=True)
    for name, path, cold, warm in scenarios:
        timing = measure(project, path, runs)
        mark = " !" if timing.cold > (cold or 1e9) or timing.warm > (warm or 1e9) else ""
        limits = [f"{limit:6.0f}" if limit is not None else f"{'':6}" for limit in (cold, warm)]
        print(
            f"{name:34} {timing.cold:8.0f} {limits[0]} {timing.warm:8.0f} {limits[1]} {timing.processor:6.0f} {timing.peak:8.0f}{mark}"
        )


def report_start(folder: Path, runs: int) -> None:
    """Print how soon the command listens."""
    folder.mkdir()
    scout = str(Path(sys.executable).with_name("scout"))
    best = min(listening_seconds([scout, "view", "--port", str(free_port())], folder) for _ in range(runs))
    print(told("from the command to listening", 1000 * best, 1000 * LISTENING_SECONDS, "ms"), flush=True)


def report_store(made: Path, folder: Path, runs: int) -> None:
    """Print how long it takes to open a scan in a store, by servers that have not seen it."""
    folder.mkdir()
    with view_store.store() as environment:
        view_store.put_scan(made, folder, environment)
        taken: list[float] = []
        for _ in range(runs):
            with serving(folder, view_store.SCANS, environment) as (address, _):
                steps = view_store.opening(address)
            taken.append(sum(milliseconds for _, milliseconds in steps))
            print(f"  {', '.join(f'{name} {milliseconds:.0f}' for name, milliseconds in steps)} ms", flush=True)
    name = f"S3: a scan of {view_store.TRANSCRIPTS} opens"
    print(told(name, statistics.median(taken), 1000 * view_store.MAY_SECONDS, "ms"), flush=True)


def report_all(project: Path, scenarios: Sequence[Scenario], clients: int) -> None:
    """Print what becomes of one server that is asked everything, and by many at once."""
    with serving(project) as (address, pid):
        with httpx.Client(timeout=600) as client:
            for _, path, *_ in scenarios:
                client.get(f"{address}/api/v3{path}").raise_for_status()
        for name, path, *_ in [each for each in scenarios if each[0] in CROWDED]:
            asyncio.run(crowd(address, path, 1))
            alone = statistics.median(asyncio.run(crowd(address, path, 1)) for _ in range(5))
            many = asyncio.run(crowd(address, path, clients))
            print(told(f"{name}: p95 of {clients}", many, CROWD_FACTOR * alone, "ms"), flush=True)
        print(told("peak of a server asked all of this", peak_megabytes(pid), PEAK_MEGABYTES, "MB"), flush=True)
    report_floor(clients)


def report_floor(clients: int) -> None:
    """Print how long many wait for a server that does nothing, beside what they wait for ours."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    with subprocess.Popen([sys.executable, "-c", BARE, str(port)]) as server:
        try:
            wait_for(address)
            alone = statistics.median(asyncio.run(crowd(address, "", 1)) for _ in range(5))
            many = statistics.median(asyncio.run(crowd(address, "", clients)) for _ in range(5))
        finally:
            server.terminate()
    print(told(f"a server that does nothing: p95 of {clients}", many, CROWD_FACTOR * alone, "ms"), flush=True)


def told(name: str, figure: float, limit: float, unit: str) -> str:
    """Write a figure beside what it may be."""
    return f"{name:44} {figure:7.0f} {unit} of {limit:.0f}{' !' if figure > limit else ''}"


def main() -> None:
    """Make a project and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.view", description=__doc__)
    parser.add_argument("--scans", type=int, default=5000, help="how many scans there are")
    parser.add_argument("--rows", type=int, default=1_000_000, help="results of the large one")
    parser.add_argument("--transcripts", type=int, default=100_000, help="how many small transcripts there are")
    parser.add_argument("--megabytes", type=int, default=HUGE_MB, help="size of the huge transcript")
    parser.add_argument("--runs", type=int, default=5, help="warm requests of each kind")
    parser.add_argument("--clients", type=int, default=50, help="how many ask at once at the end")
    parser.add_argument("--only", default="", help="only requests whose names have this in them, and nothing else")
    parser.add_argument("--reference", help="python of another environment to compare with, on the same project")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scout-view-") as kept:
        folder = Path(kept)
        print(f"Making {options.scans:,} scans, one of {options.rows:,} results, and transcripts ...", flush=True)
        project = folder / "project"
        asked = make_project(project, options.scans, options.rows, options.transcripts, options.megabytes)
        report(project, [each for each in asked if options.only in each[0]], options.runs)
        if options.only:
            return
        print(flush=True)
        report_start(folder / "empty", options.runs)
        report_all(project, asked, options.clients)
        report_store(Path(next((project / "made").glob("scan_id=*"))), folder / "store", options.runs)
        if options.reference:
            pythons = [sys.executable, os.path.abspath(options.reference)]
            compare([str(Path(python).with_name("scout")) for python in pythons], project, options.runs)


if __name__ == "__main__":
    main()
