"""Scan directories in an object store."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from inspect_scout import ScanStateError, StorageError
from inspect_scout._app import run_sync
from inspect_scout._results import ScanStore, list_statuses
from inspect_scout._results.journal.lock import LEASE_SECONDS, LockHolder, lock_path, locked
from inspect_scout.testing import Entry, FaultStorage, MemoryStorage, Storage, storage_for
from support.results import results_arrow, results_batches, results_df
from support.s3 import S3Server, methods
from support.scans import failed_report, fill, make_report, make_spec
from support.use_cases import list_states, read_overview

pytestmark = pytest.mark.anyio

IDS = ["t0", "t1", "t2"]
PAIRS = [(i, "a", [make_report(n, uuid=i)]) for n, i in enumerate(IDS)]


async def test_a_scan_is_filled_merged_and_read(s3: S3Server, bucket: str) -> None:
    store = await ScanStore.create(make_spec(["a", "b"], IDS), f"{bucket}/scans")
    async with store.lock():
        await fill(store, [*PAIRS[:2], ("t0", "b", [failed_report("t0", "b")]), ("t1", "b", [])])
        assert await asyncio.to_thread(lambda: read_overview(store.location).state.phase) == "running"
        running = await results_df(store.location)
        assert running.scanners["a"]["value"].tolist() == [0, 1]
        await store.compact(IDS, complete=False)
        await fill(store, [*PAIRS[2:], ("t0", "b", [make_report(7)])])
        await store.compact(IDS, complete=True)
    names = [e.path.removeprefix(store.location) for e in await storage_for(bucket).list(store.location)]
    assert names == ["/_empty.json", "/_errors.jsonl", "/_scan.json", "/_summary.json", "/a.parquet", "/b.parquet"]
    done = await results_df(store.location)
    assert done.complete
    assert done.scanners["a"]["value"].tolist() == [0, 1, 2]
    assert (await store.recorded_pairs()).done == {"a": set(IDS), "b": {"t0", "t1"}}
    arrow = await results_arrow(store.location)
    assert await asyncio.to_thread(lambda: arrow.reader("a").read_all().num_rows) == 3
    batches = [len(frame) async for frame in results_batches(store.location, "a", batch_size=2)]
    assert batches == [2, 1]


@pytest.mark.parametrize("step", range(0, 9, 2))
async def test_dying_while_merging_loses_nothing(bucket: str, step: int) -> None:
    store = await ScanStore.create(make_spec(["a"], IDS), bucket)
    await fill(store, PAIRS[:1])
    await store.compact(IDS, complete=False)
    await fill(store, PAIRS[1:])
    with contextlib.suppress(StorageError):
        await ScanStore(store.location, FaultStorage(storage_for(bucket), dies_after=step)).compact(IDS, complete=True)
    assert (await store.status()).summary["a"].scans == 3
    await store.compact(IDS, complete=True)
    assert (await results_df(store.location)).scanners["a"]["value"].tolist() == [0, 1, 2]
    assert await storage_for(bucket).list(f"{store.location}/_journal") == []


async def test_listing_asks_little_of_each_scan(s3: S3Server, bucket: str) -> None:
    """Finished scans with 50 transcripts each."""
    storage, count = storage_for(bucket), 60
    store = await ScanStore.create(make_spec(["a"], [f"t{n}" for n in range(50)]), f"{bucket}/scans")
    await fill(store, PAIRS)
    await store.compact(IDS, complete=True)
    files = {e.path.rpartition("/")[2]: await storage.read(e.path) for e in await storage.list(store.location)}
    spec = json.loads(files.pop("_scan.json"))
    await storage.delete_tree(store.location)

    async def copy(number: int) -> None:
        name = f"{number:022d}"
        files_of_it = {**files, "_scan.json": json.dumps({**spec, "scan_id": name}).encode()}
        for file, data in files_of_it.items():
            await storage.write(f"{bucket}/scans/scan_id={name}/{file}", data)

    for start in range(0, count, 30):
        await asyncio.gather(*map(copy, range(start, start + 30)))
    with s3.counting() as asked:
        states = await asyncio.to_thread(list_states, f"{bucket}/scans")
    assert len(states) == count
    assert {(s.phase, s.facts.transcripts, s.scanners["a"].results) for s in states} == {("complete", 50, 2)}
    # One listing of all; of each scan: what it is, whether it is running, its summary.
    assert methods(asked) == {"GET": 3 * count + 1}
    assert not any(path.endswith(".parquet") for _, path in asked)
    with s3.counting() as asked:
        assert len(await list_statuses(f"{bucket}/scans", run_sync)) == count
    assert len(asked) <= 4 * count + 1


class Aged(MemoryStorage):
    """Files that look as old as the test says."""

    age = 0.0

    async def stat(self, path: str) -> Entry | None:
        entry = await super().stat(path)
        return None if entry is None else replace(entry, modified=entry.modified - self.age)


class TestClaims:
    @pytest.fixture
    def storage(self) -> Aged:
        return Aged()

    @contextlib.asynccontextmanager
    async def held_elsewhere(self, storage: Storage) -> AsyncGenerator[str]:
        holder = LockHolder(os.getpid(), "far-away", "x", machine="m")
        await storage.write(lock_path("mem://scan"), msgspec.json.encode(holder))
        yield "mem://scan"

    async def test_another_machine_is_named(self, storage: Aged) -> None:
        storage.age = LEASE_SECONDS - 50
        async with self.held_elsewhere(storage) as scan:
            with pytest.raises(
                ScanStateError, match=f"process {os.getpid()} on 'far-away'.*70 seconds ago.*50 seconds"
            ):
                async with locked(storage, scan):
                    pass

    async def test_the_lock_of_a_dead_machine_lapses(self, storage: Aged) -> None:
        storage.age = LEASE_SECONDS + 1
        async with self.held_elsewhere(storage) as scan:
            async with locked(storage, scan):
                assert b"far-away" not in await storage.read(lock_path(scan))
                assert [e.path for e in await storage.list(scan)] == [lock_path(scan)]
            assert await storage.list(scan) == []

    async def test_of_eight_successors_one_takes_over(self, bucket: str) -> None:
        storage = storage_for(bucket)
        # A number that no process has.
        dead = LockHolder(2**22 + 1, os.uname().nodename, "x")
        await storage.write(lock_path(f"{bucket}/scan"), msgspec.json.encode(dead))
        won, all_tried = 0, asyncio.Event()
        tried = 0

        async def take() -> None:
            nonlocal won, tried
            try:
                async with locked(storage, f"{bucket}/scan"):
                    won += 1
                    await all_tried.wait()
            except ScanStateError:
                tried += 1
                if tried == 7:
                    all_tried.set()

        await asyncio.gather(*(take() for _ in range(8)))
        assert (won, tried) == (1, 7)
        assert await storage.list(bucket) == []

    async def test_a_successor_that_died_is_succeeded(self, storage: Aged) -> None:
        """The process that was to take over died between saying so and doing so."""

        class Dying(FaultStorage):
            async def write(self, path: str, data: bytes) -> None:
                raise StorageError("dead")

        storage.age = LEASE_SECONDS + 1
        async with self.held_elsewhere(storage) as scan:
            with pytest.raises(StorageError, match="dead"):
                async with locked(Dying(storage), scan):
                    pass
            assert len(await storage.list(scan)) == 2
            async with locked(storage, scan):
                assert [e.path for e in await storage.list(scan)] == [lock_path(scan)]

    async def test_a_lock_is_renewed(self, storage: Aged) -> None:
        written = asyncio.Event()

        class Telling(FaultStorage):
            async def write(self, path: str, data: bytes) -> None:
                await super().write(path, data)
                written.set()

        async with locked(Telling(storage), "mem://scan", renew_seconds=0.001):
            await written.wait()

    async def test_whoever_was_taken_for_dead_stops(self, storage: Aged) -> None:
        with pytest.raises(ScanStateError, match="taken over by another process"):
            async with locked(storage, "mem://scan", renew_seconds=0.001), self.held_elsewhere(storage):
                await asyncio.Event().wait()
        assert b"far-away" in await storage.read(lock_path("mem://scan"))

    async def test_a_fault_while_renewing_does_not_stop_the_scan(
        self, storage: Aged, caplog: pytest.LogCaptureFixture
    ) -> None:
        told = asyncio.Event()

        class Faulty(FaultStorage):
            async def write(self, path: str, data: bytes) -> None:
                told.set()
                raise StorageError("busy")

        async with locked(Faulty(storage), "mem://scan", renew_seconds=0.001):
            await told.wait()
        assert "could not be renewed" in caplog.text

    async def test_cancelling_the_work_does_not_lose_the_lock(self, storage: Aged) -> None:
        async def work() -> None:
            async with locked(storage, "mem://scan"):
                await asyncio.Event().wait()

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await storage.list("mem://scan") == []


def test_light_reading_of_a_missing_bucket(s3: S3Server, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no bucket"):
        list_states("s3://no-such-bucket/scans")
