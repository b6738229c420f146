"""Scans with two workers, of which something is killed again and again: run as a program by the fault tests.

    python killing_workers.py LOGS SCANS KILLS SEED

Each round runs a scan, or goes on with one, in a forked child of this program, and kills a worker, the scanning process,
or all of them at a random moment. Workers that outlive their scan have to end by themselves. Prints one JSON line.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import inspect_scout
from inspect_scout import Result, Scanner, Transcript, scan, scan_resume, scan_status, scanner, transcripts_from

for _name in inspect_scout.__all__:
    getattr(inspect_scout, _name)

PATIENCE_SECONDS = 120.0
PAUSE_SECONDS = 0.1
LONGEST_LIFE_SECONDS = 1.5
TARGETS = ("worker", "worker", "parent", "all")


@scanner(messages="all")
def slowly() -> Scanner[Transcript]:
    """Count messages, slowly enough to be killed."""

    async def count(transcript: Transcript) -> Result:
        time.sleep(PAUSE_SECONDS)
        return Result(value=len(transcript.messages))

    return count


@scanner(messages=["assistant"])
def each_answer() -> Scanner[Transcript]:
    """Give several results a transcript, or none."""

    async def each(transcript: Transcript) -> list[Result]:
        return [Result(value=m.text, label=m.role) for m in transcript.messages]

    return each


def children(pid: int) -> list[int]:
    """Processes that a process has started and that still run."""
    found: list[int] = []
    with contextlib.suppress(OSError):  # a thread, or the process, has ended
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def workers(pid: int) -> list[int]:
    """Workers of a scanning process: children of the one that it started to fork them."""
    return [worker for server in children(pid) for worker in children(server)]


def wait_for(what: Callable[[], object]) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def kill(pids: list[int]) -> bool:
    """Kill processes; tells whether one of them was alive."""
    hit = False
    for pid in pids:
        try:
            alive = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
            os.kill(pid, signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            continue
        hit = hit or alive
    return hit


def attempt(work: Callable[[], object], target: str | None, life: float) -> tuple[int, bool]:
    """Run some work in a child, and kill `target` when its workers have lived for `life` seconds.

    Returns how the child ended, and whether there was anything left to kill.
    """
    child, hit = os.fork(), False
    if child == 0:
        try:
            work()
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    crew: list[int] = []
    if target is not None:
        wait_for(lambda: workers(child) or ended(child))
        time.sleep(life)
        crew = workers(child)
        hit = kill({"worker": crew[:1], "parent": [child], "all": [child, *children(child), *crew]}[target])
    status = os.waitpid(child, 0)[1]
    if not wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in crew)):
        raise SystemExit(f"workers {crew} outlive their scan")
    return status, hit


def created(scans: str) -> set[str]:
    """Find the scans that exist."""
    return {str(spec.parent) for spec in Path(scans).glob("scan_id=*/_scan.json")}


def main(logs: str, scans: str, kills: int, seed: int) -> None:
    """Kill something `kills` times, and end every scan."""
    chance = random.Random(seed)
    scanners = [slowly(), each_answer()]
    killed: list[str] = []
    locations: list[str] = []

    def start() -> None:
        scan(scanners, transcripts_from(logs), scans=scans, max_processes=2, max_transcripts=4, display="none")

    def kill_one(work: Callable[[], object]) -> None:
        target = TARGETS[len(killed) % len(TARGETS)]
        status, hit = attempt(work, target, chance.uniform(0, LONGEST_LIFE_SECONDS))
        if hit:
            killed.append(target)
        elif status:
            raise SystemExit("an attempt failed before anything was killed")

    while len(killed) < kills:
        before = created(scans)
        kill_one(start)
        for made in created(scans) - before:  # none if it was killed before it made one
            locations.append(made)
            resume = functools.partial(scan_resume, made, display="none")
            while not is_complete(made) and len(killed) < kills:
                kill_one(resume)
            if not is_complete(made) and attempt(resume, None, 0)[0] != 0:
                raise SystemExit(f"resuming {made} failed")
    sys.stdout.write(json.dumps({"locations": locations, "killed": killed}) + "\n")


def is_complete(location: str) -> bool:
    """Whether a scan is complete, found out in a child (threads of Arrow do not survive a fork)."""
    return attempt(lambda: scan_status(location).complete or os._exit(3), None, 0)[0] == 0


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
