"""Scans that are killed again and again until they are done: run as a program by the fault tests.

    python killing.py LOGS SCANS KILLS SEED

Everything is imported once, then each attempt runs in a forked child, so that a kill costs milliseconds and not the
seconds of an import. The moments are random, from a seed. Prints one JSON line: {"location": ..., "kills": ...}.
"""

from __future__ import annotations

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

# A scan of the twelve example transcripts takes about two seconds, the journal is written every second: kills come
# before, between and after writes.
PAUSE_SECONDS = 0.15
SHORTEST_LIFE_SECONDS, LONGEST_LIFE_SECONDS = 0.05, 2.4


def pause() -> None:
    """Take some time without giving others a turn."""
    time.sleep(PAUSE_SECONDS)


@scanner(messages="all")
def count_messages() -> Scanner[Transcript]:
    """Count messages, slowly enough to be killed."""

    async def count(transcript: Transcript) -> Result:
        pause()
        return Result(value=len(transcript.messages))

    return count


@scanner(messages=["assistant"])
def each_answer() -> Scanner[Transcript]:
    """Give several results a transcript, or none."""

    async def each(transcript: Transcript) -> list[Result]:
        return [Result(value=m.text, label=m.role) for m in transcript.messages]

    return each


def attempt(work: Callable[[], object], life: float | None) -> int:
    """Run some work in a child and kill it after `life` seconds. Returns its wait status."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    if life is not None:
        time.sleep(life)
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def was_killed(status: int) -> bool:
    """Tell whether a child was killed: it may have ended before, if all went well."""
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    if not killed and status:
        raise SystemExit("an attempt failed before it was killed")
    return killed


def created(scans: str) -> set[str]:
    """Find the scans that exist."""
    return {str(spec.parent) for spec in Path(scans).glob("scan_id=*/_scan.json")}


def main(logs: str, scans: str, kills: int, seed: int) -> None:
    """Kill scans `kills` times; each is resumed until it is complete."""
    lives = random.Random(seed)
    scanners = [count_messages(), each_answer()]
    done = 0
    locations: list[str] = []
    while done < kills:
        before = created(scans)
        life = lives.uniform(SHORTEST_LIFE_SECONDS, LONGEST_LIFE_SECONDS)
        done += was_killed(attempt(lambda: scan(scanners, transcripts_from(logs), scans=scans, display="none"), life))
        for made in created(scans) - before:  # none if it was killed before it made one
            locations.append(made)
            done += kill_until_complete(made, kills - done, lives)
    sys.stdout.write(json.dumps({"locations": locations, "kills": done}) + "\n")


def kill_until_complete(location: str, kills: int, lives: random.Random) -> int:
    """Resume a scan, killing it up to `kills` times, until it is complete. Returns how often it was killed."""
    done = 0
    while done < kills and not is_complete(location):
        life = lives.uniform(SHORTEST_LIFE_SECONDS, LONGEST_LIFE_SECONDS)
        done += was_killed(attempt(lambda: scan_resume(location, display="none"), life))
    if not is_complete(location) and attempt(lambda: scan_resume(location, display="none"), None) != 0:
        raise SystemExit(f"resuming {location} failed")
    return done


def is_complete(location: str) -> bool:
    """Whether a scan is complete, found out in a child (threads of Arrow do not survive a fork)."""
    return attempt(lambda: scan_status(location).complete or os._exit(3), None) == 0


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
