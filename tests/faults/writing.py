"""Programs that write into one database at the same time, or are killed: run by the fault tests.

    python writing.py commit LOCATION WRITERS ROUNDS COMPACTORS     each writer commits ROUNDS times
    python writing.py kill LOCATION KILLS SEED                      prints what killed writers say they had committed

Everything is imported once, then each writer is a forked child.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from inspect_ai.model import ChatMessageUser

from inspect_scout import Transcript, TranscriptsDB, transcripts_db

SHORTEST_LIFE_SECONDS, LONGEST_LIFE_SECONDS = 0.02, 0.6


def one(id: str) -> Transcript:
    """Make a small transcript."""
    return Transcript(transcript_id=id, messages=[ChatMessageUser(content=id)])


def fork(work: Callable[[], object]) -> int:
    """Run some work in a child; gives its process id."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    return child


def commit_from(location: str, writer: int, rounds: int) -> None:
    """Insert and commit again and again."""
    asyncio.run(commit_often(location, writer, rounds))


async def commit_often(location: str, writer: int, rounds: int) -> None:
    """Insert and commit again and again."""
    for number in range(rounds):
        async with transcripts_db(location) as db:
            await db.insert([one(f"{writer}-{number}")])


def write(location: str, name: str) -> None:
    """Insert, delete and compact until killed."""
    asyncio.run(write_until_killed(location, name, f"{location}.said"))


async def write_until_killed(location: str, name: str, said: str) -> None:
    """Insert, delete and compact, saying what is done only when it is."""
    db = transcripts_db(location)
    for number in range(1000):
        await db.insert([one(f"{name}-{number}"), one(f"{name}-{number}-deleted")])
        await db.delete([f"{name}-{number}-deleted"])
        with open(said, "a") as file:
            file.write(f"{name}-{number}\n")
        if number % 5 == 4:
            await db.compact()


def compact_until(stop: Path, location: str) -> None:
    """Compact again and again, until a file is there."""
    asyncio.run(compact_often(stop, location))


async def compact_often(stop: Path, location: str) -> None:
    """Compact again and again, until a file is there."""
    last = False
    while not last:
        last = stop.exists()
        await transcripts_db(location).compact()


def commit(location: str, writers: int, rounds: int, compactors: int) -> None:
    """Let several writers commit at the same time, while others compact."""
    stop = Path(f"{location}.stop")
    compacting = [fork(partial(compact_until, stop, location)) for _ in range(compactors)]
    writing = [fork(partial(commit_from, location, writer, rounds)) for writer in range(writers)]
    failed = [os.waitpid(child, 0)[1] for child in writing]
    stop.touch()
    failed += [os.waitpid(child, 0)[1] for child in compacting]
    if any(failed):
        raise SystemExit("a process failed")


def kill(location: str, kills: int, seed: int) -> None:
    """Kill writers, two of which are at work at any time."""
    lives = random.Random(seed)
    names = [f"w{number}" for number in range(kills)]
    for pair in zip(names[::2], names[1::2], strict=False):
        children = [fork(partial(write, location, name)) for name in pair]
        for child in children:
            time.sleep(lives.uniform(SHORTEST_LIFE_SECONDS, LONGEST_LIFE_SECONDS))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    path = Path(f"{location}.said")
    sys.stdout.write(json.dumps(path.read_text().split() if path.exists() else []))


if __name__ == "__main__":
    assert TranscriptsDB.__name__  # load everything before forking
    if sys.argv[1] == "commit":
        commit(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
    else:
        kill(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
