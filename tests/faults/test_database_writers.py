"""Processes that write into one database: at the same time, or killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inspect_scout import transcripts_db
from support.stores import ALL

ROUNDS = int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "0"))
PROGRAM = Path(__file__).with_name("writing.py")

pytestmark = [pytest.mark.anyio, pytest.mark.fault, pytest.mark.timeout(3600)]


def run(*arguments: object) -> str:
    """Run the program that writes."""
    done = subprocess.run([sys.executable, PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("compactors", [0, 2])
async def test_processes_that_commit_at_the_same_time_lose_nothing(tmp_path: Path, compactors: int) -> None:
    writers, rounds = (6, 20) if ROUNDS else (6, 3)
    run("commit", tmp_path / "db", writers, rounds, compactors)
    db = transcripts_db(tmp_path / "db")
    said = {i.transcript_id: (await db.read(i, ALL)).messages[0].text async for i in db.select()}
    assert said == {id: id for writer in range(writers) for id in [f"{writer}-{n}" for n in range(rounds)]}
    assert (await db.verify(deep=True)).ok


async def test_killed_writers_lose_nothing_that_was_committed(tmp_path: Path) -> None:
    location = tmp_path / "db"
    said = json.loads(run("kill", location, 2 * (ROUNDS or 3), 11))
    db = transcripts_db(location)
    for again in (db.connect, db.rebuild_index, db.compact):
        await again()
        found = [info.transcript_id async for info in db.select()]
        assert len(set(found)) == len(found)
        assert set(said) <= set(found)
        assert not {f"{id}-deleted" for id in said} & set(found)
        assert (await db.verify(deep=True)).ok
