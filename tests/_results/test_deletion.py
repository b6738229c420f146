"""Deleting scan directories, wherever they are."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from pathlib import Path

import pytest

from inspect_scout import LocationError, ScanStateError, StorageError
from inspect_scout._results import ScanStore, deletable_files, delete_scan, move_scan
from inspect_scout.testing import FaultStorage, MemoryStorage, storage_for
from support.scans import SCANS, fill, make_report, make_spec

pytestmark = pytest.mark.anyio

PAIRS = [("t0", "a", [make_report()])]


async def test_a_scan_in_an_object_store_is_deleted_with_all_its_files(bucket: str) -> None:
    where = storage_for(bucket)
    store = await ScanStore.create(make_spec(["a"], ["t0"]), f"{bucket}/scans")
    await fill(store, PAIRS)
    await where.write(f"{bucket}/scans/other.txt", b"mine")
    files = await deletable_files(store.location)
    assert files.count == len(await where.list(store.location)) > 1
    assert files.size == sum(entry.size for entry in await where.list(store.location))
    await delete_scan(store.location)
    assert [entry.path for entry in await where.list(bucket)] == [f"{bucket}/scans/other.txt"]
    with pytest.raises(LocationError, match="There is no scan at"):
        await delete_scan(store.location)


async def test_a_scan_that_somebody_works_on_stays() -> None:
    where = MemoryStorage()
    store = await ScanStore.create(make_spec(["a"], ["t0"]), SCANS, where)
    async with store.lock():
        with pytest.raises(ScanStateError, match="is running, so it cannot be deleted"):
            await delete_scan(store.location, where)
    await delete_scan(store.location, where)
    assert await where.list(SCANS) == []


@pytest.mark.parametrize("step", range(8))
async def test_what_a_killed_removal_leaves_can_be_deleted_again(step: int) -> None:
    where = MemoryStorage()
    store = await ScanStore.create(make_spec(["a"], ["t0"]), SCANS, where)
    await fill(store, PAIRS)
    await store.compact(["t0"], complete=True)
    try:
        await delete_scan(store.location, FaultStorage(where, dies_after=step))
    except StorageError:
        with contextlib.suppress(LocationError):  # only that it was done was not heard
            await delete_scan(store.location, where)
    assert await where.list(SCANS) == []


async def test_nobody_goes_on_with_a_scan_while_it_is_moved_away(tmp_path: Path) -> None:
    store = await ScanStore.create(make_spec(["a"], ["t0"]), str(tmp_path / "scans"))
    await fill(store, PAIRS)
    await store.compact(["t0"], complete=True)
    moved, refused = tmp_path / "gone", list[str]()

    async def go_on() -> None:
        async with store.lock():
            pass

    def move(folder: str) -> Path:
        try:
            asyncio.run(go_on())
        except ScanStateError as error:
            refused.append(str(error))
        return Path(shutil.move(folder, moved))

    await move_scan(store.location, move)
    assert ["worked on" in each for each in refused] == [True]
    assert not Path(store.location).exists()
    assert (moved / "_scan.json").is_file()
    assert not (moved / "_journal").exists()
