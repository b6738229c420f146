"""Whole runs on an object store of which every kind of fault strikes one request in twenty: the outcome is exact."""

from __future__ import annotations

import asyncio
import functools
import os
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest

from inspect_scout import (
    Result,
    Scanner,
    Transcript,
    scan,
    scan_list,
    scan_results_df,
    scan_status,
    scanner,
    transcripts_db,
    transcripts_from,
)
from inspect_scout.testing import storage_for
from support.fault_proxy import FAULTS, FaultProxy, by_chance
from support.stores import ALL

pytestmark = pytest.mark.anyio

ROUNDS = int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "0"))
CHANCE = 0.05


@scanner(messages="all")
def lengths() -> Scanner[Transcript]:
    """Count messages."""

    async def scan(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages), explanation=transcript.messages[0].text)

    return scan


@scanner(messages=["assistant"])
def answers() -> Scanner[Transcript]:
    """Give what the model said, one result each."""

    async def scan(transcript: Transcript) -> list[Result]:
        return [Result(value=message.text) for message in transcript.messages]

    return scan


async def upload(example_logs: Path, bucket: str) -> str:
    """Put the example logs into a bucket."""
    names = sorted(path.name for path in example_logs.iterdir())

    async def put(name: str) -> None:
        await storage_for(bucket).write(f"{bucket}/logs/{name}", (example_logs / name).read_bytes())

    await asyncio.gather(*map(put, names))
    return f"{bucket}/logs"


def run(logs: str, scans: str, buffer: int = 0) -> dict[str, Any]:
    """Scan logs, and read back all there is to read."""
    made = scan(
        [lengths(), answers()],
        transcripts_from(logs),
        scans=scans,
        display="none",
        max_processes=1,
        results_buffer=buffer,
    )
    (listed,) = scan_list(scans)
    assert listed.location == made.location
    assert listed.complete
    assert scan_status(made.location).complete
    return rows(made.location)


def rows(location: str) -> dict[str, Any]:
    """Give what was found, by scanner."""
    found = scan_results_df(location).scanners
    columns = ["transcript_id", "value", "explanation", "scan_error"]
    return {key: table[[c for c in columns if c in table]].astype(str).values.tolist() for key, table in found.items()}


@pytest.fixture
def expected(example_logs: Path, tmp_path: Path) -> dict[str, Any]:
    """What a scan finds where nothing fails."""
    return run(str(example_logs), str(tmp_path / "scans"))


async def ids_in(location: str) -> list[str]:
    """List a database."""
    async with transcripts_db(location) as db:
        return [info.transcript_id async for info in db.select()]


class TestShort:
    async def test_a_scan_and_a_database(
        self, example_logs: Path, bucket: str, breaking_s3: FaultProxy, expected: dict[str, Any]
    ) -> None:
        logs = await upload(example_logs, bucket)
        breaking_s3.choose = by_chance(CHANCE)
        # In a thread of its own, because what is tested here runs a loop of its own.
        assert await anyio.to_thread.run_sync(run, logs, f"{bucket}/scans") == expected
        async with transcripts_db(f"{bucket}/database") as db:
            await db.insert(transcripts_from(logs))
        assert sorted(await ids_in(f"{bucket}/database")) == sorted(id for id, *_ in expected["lengths"])
        assert len(breaking_s3.struck) == len(FAULTS)


@pytest.mark.fault
@pytest.mark.timeout(3600)
class TestLong:
    @pytest.mark.parametrize("seed", range(1, ROUNDS + 1))
    async def test_many_scans_and_databases(
        self, example_logs: Path, bucket: str, breaking_s3: FaultProxy, expected: dict[str, Any], seed: int
    ) -> None:
        logs = await upload(example_logs, bucket)
        await check(logs, bucket, breaking_s3, expected, seed)
        assert len(breaking_s3.struck) > len(FAULTS) // 2


async def check(logs: str, bucket: str, proxy: FaultProxy, expected: dict[str, Any], seed: int) -> None:
    proxy.choose = by_chance(CHANCE, seed)
    assert await anyio.to_thread.run_sync(functools.partial(run, logs, f"{bucket}/scans", 5)) == expected
    database = f"{bucket}/database"
    async with transcripts_db(database) as db:
        await db.insert(transcripts_from(logs))
    wanted = sorted(id for id, *_ in expected["lengths"])
    assert sorted(await ids_in(database)) == wanted
    async with transcripts_db(database) as db:
        await db.compact()
        infos = [info async for info in db.select()]
        read = {info.transcript_id: len((await db.read(info, ALL)).messages) for info in infos}
        assert read == {id: int(value) for id, value, *_ in expected["lengths"]}
        await db.delete(wanted[:3])
    assert sorted(await ids_in(database)) == wanted[3:]
    scanned = await anyio.to_thread.run_sync(functools.partial(run, database, f"{bucket}/scans-2"))
    kept = set(wanted[3:])
    assert {key: sorted(r for r in table) for key, table in scanned.items()} == {
        key: sorted(r for r in table if r[0] in kept) for key, table in expected.items()
    }
    proxy.choose = lambda number: None
    assert await anyio.to_thread.run_sync(rows, scan_list(f"{bucket}/scans")[0].location) == expected
