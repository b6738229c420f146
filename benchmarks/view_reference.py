"""What both servers answer, asked of each as it is started by its own command, on the same project."""

from __future__ import annotations

import base64
import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.reading import ID
from benchmarks.view_store import free_port
from benchmarks.view_transcripts import summary

START_SECONDS = 120
_LARGEST = 600
"""Seconds that an answer may take."""


@dataclass(frozen=True, slots=True)
class Step:
    """A request of `/api/v2`."""

    name: str
    method: str
    path: str
    body: Any = None


def steps(project: Path) -> list[Step]:
    """Name what both are asked about a project that `benchmarks.view` made."""
    page = {"pagination": {"limit": 100, "cursor": None, "direction": "forward"}}
    scans, many = _in_url(project / "scans"), _in_url(project / "transcripts" / "many")
    huge = project / "transcripts" / "huge" / "huge.eval"
    scan = _in_url(f"scan_id={ID}")
    return [
        Step("v2: first page of scans", "POST", f"/scans/{scans}", page),
        Step("v2: status of the large scan", "GET", f"/scans/{scans}/{scan}"),
        Step("v2: results of the large scan", "GET", f"/scans/{scans}/{scan}/length"),
        Step("v2: first page of transcripts", "POST", f"/transcripts/{many}", page),
        Step("v2: values of a column", "POST", f"/transcripts/{many}/distinct", {"column": "model"}),
        Step(
            "v2: content of the huge one",
            "GET",
            f"/transcripts/{_in_url(huge)}/{summary(huge)['uuid']}/messages-events",
        ),
    ]


def _in_url(place: Path | str) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


@contextlib.contextmanager
def started(scout: str, project: Path) -> Generator[tuple[str, int, float]]:
    """Start a server by its command: gives the address, the number of the process, and the seconds until it answers."""
    port = free_port()
    home = project / "home"
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    if Path(scout).parent != Path(sys.executable).parent:
        environment.pop("PYTHONPATH", None)  # it is for the sources of this Python
    places = ["-T", str(project / "transcripts"), "--scans", str(project / "scans")]
    began = time.perf_counter()
    server = subprocess.Popen(
        [scout, "view", *places, "--port", str(port), "--no-browser"],
        env=environment,
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while time.perf_counter() - began < START_SECONDS:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{address}/api/v2/topics", timeout=10).raise_for_status()
                break
            time.sleep(0.01)
        yield address, server.pid, time.perf_counter() - began
    finally:
        server.terminate()
        server.wait()


def timings(scout: str, project: Path, runs: int) -> dict[str, tuple[float, float]]:
    """Time each request to a server of its own, in milliseconds: the first, and the median of the next ones."""
    found: dict[str, tuple[float, float]] = {}
    with started(scout, project) as (_, _, seconds):
        found["from the command to an answer"] = (1000 * seconds, 1000 * seconds)
    for step in steps(project):
        with started(scout, project) as (address, _, _):
            taken = [_once(address, step) for _ in range(runs + 1)]
        found[step.name] = (taken[0], statistics.median(taken[1:]))
    return found


def _once(address: str, step: Step) -> float:
    began = time.perf_counter()
    try:
        with httpx.stream(step.method, f"{address}/api/v2{step.path}", json=step.body, timeout=_LARGEST) as answer:
            answer.raise_for_status()
            for _ in answer.iter_raw():
                pass
    except httpx.HTTPError:
        return float("nan")
    return 1000 * (time.perf_counter() - began)


def compare(scouts: Sequence[str], project: Path, runs: int) -> None:
    """Print what each command's server takes, side by side (nan: it does not answer)."""
    print(f"\n{'':34} " + "".join(f"{'cold':>8} {'warm':>8}   " for _ in scouts) + " ms", flush=True)
    columns = [timings(scout, project, runs) for scout in scouts]
    for name in columns[0]:
        print(f"{name:34} " + "".join(f"{column[name][0]:8.0f} {column[name][1]:8.0f}   " for column in columns))
