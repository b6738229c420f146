"""What the server costs: `python -m benchmarks.view` makes a project, serves it in a process of its own, and times requests.

Cold is the first request of its kind that a server answers, which is a new one each time; warm is the median of the next ones.
`view_transcripts.scenarios(folder)` adds requests about transcripts: it fills the folder, and gives names, paths and limits.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.reading import ID, copy_scans, large_scan, template

SERVE = """
import sys, uvicorn
from inspect_scout._view import ViewSettings, create_app
project, port = sys.argv[1], int(sys.argv[2])
app = create_app(ViewSettings(project_dir=project, scans=project + "/scans", transcripts=project + "/transcripts", port=port))
uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
"""

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


def result_scenarios() -> list[Scenario]:
    """Requests about lists of scans, and about a scan of a million results."""
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
        ("results: one row", f"{table}/results/u777777", None, None),
        ("results: facets by model", f"{table}/facets?by=model", None, None),
        ("results: distribution", f"{table}/distribution", None, None),
        ("results: find", f"{table}/find?q=t0999999", None, None),
    ]


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a request took, in milliseconds (warm also of the processor), and how large the server grew, in megabytes."""

    cold: float
    warm: float
    processor: float
    peak: float


@contextlib.contextmanager
def serving(project: Path) -> Generator[tuple[str, int]]:
    """Serve a project in a process of its own: gives the address and the number of the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = project / "home"
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    server = subprocess.Popen([sys.executable, "-c", SERVE, str(project), str(port)], env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{address}/api/v3/project/schemas/project")
                break
            time.sleep(0.02)
        yield address, server.pid
    finally:
        server.terminate()
        server.wait()


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
    """Give the 95th of 100 durations, in milliseconds, where many ask at once."""

    async def ask(client: httpx.AsyncClient) -> float:
        began = time.perf_counter()
        (await client.get(f"{address}/api/v3{path}")).raise_for_status()
        return 1000 * (time.perf_counter() - began)

    async with httpx.AsyncClient(timeout=120, limits=httpx.Limits(max_connections=clients)) as client:
        taken = await asyncio.gather(*(ask(client) for _ in range(clients)))
    return sorted(taken)[int(0.95 * (len(taken) - 1))]


def make_project(folder: Path, scans: int, rows: int) -> list[Scenario]:
    """Make many scans and a large one, and what else there is to ask about."""
    made = template(folder / "made")
    copy_scans(made, folder / "scans", scans, 10)
    large_scan(made, folder / "scans", rows)
    (folder / "transcripts").mkdir()
    scenarios = result_scenarios()
    if importlib.util.find_spec("benchmarks.view_transcripts") is not None:
        more: Iterable[Scenario] = importlib.import_module("benchmarks.view_transcripts").scenarios(
            folder / "transcripts"
        )
        scenarios += more
    return scenarios


def report(project: Path, scenarios: Sequence[Scenario], runs: int, clients: int) -> None:
    """Print a table of all timings; what took longer than it may is marked."""
    print(f"\n{'':34} {'cold':>8} {'may':>6} {'warm':>8} {'may':>6} {'cpu':>6} {'peak MB':>8}", flush=True)
    for name, path, cold, warm in scenarios:
        timing = measure(project, path, runs)
        mark = " !" if timing.cold > (cold or 1e9) or timing.warm > (warm or 1e9) else ""
        limits = [f"{limit:6.0f}" if limit is not None else f"{'':6}" for limit in (cold, warm)]
        print(
            f"{name:34} {timing.cold:8.0f} {limits[0]} {timing.warm:8.0f} {limits[1]} {timing.processor:6.0f} {timing.peak:8.0f}{mark}"
        )
    with serving(project) as (address, pid):
        for name, path, *_ in [*scenarios[:1], *scenarios[4:5]]:
            asyncio.run(crowd(address, path, 1))
            alone = statistics.median(asyncio.run(crowd(address, path, 1)) for _ in range(3))
            many = asyncio.run(crowd(address, path, clients))
            print(f"{name}: one {alone:.0f} ms, p95 of {clients} at once {many:.0f} ms ({many / alone:.1f}x)")
        print(f"peak with {clients} clients: {peak_megabytes(pid):.0f} MB")


def main() -> None:
    """Make a project and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.view", description=__doc__)
    parser.add_argument("--scans", type=int, default=5000, help="how many scans there are")
    parser.add_argument("--rows", type=int, default=1_000_000, help="results of the large one")
    parser.add_argument("--runs", type=int, default=5, help="warm requests of each kind")
    parser.add_argument("--clients", type=int, default=50, help="how many ask at once at the end")
    parser.add_argument("--only", default="", help="only requests whose names have this in them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scout-view-") as kept:
        folder = Path(kept)
        print(f"Making {options.scans:,} scans, and one of {options.rows:,} results ...", flush=True)
        scenarios = make_project(folder, options.scans, options.rows)
        chosen = [each for each in scenarios if options.only in each[0]]
        report(folder, chosen, options.runs, options.clients)


if __name__ == "__main__":
    main()
