"""How often a store is asked when a scan in it is opened: each request takes as long as a page should."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inspect_scout._app import ResultsRequest, page_of_results, scan_detail
from inspect_scout._results import ScanStore
from inspect_scout.testing import FaultStorage, MemoryStorage, register_storage
from support.s3 import S3Server
from support.scans import fill, make_report, make_spec

pytestmark = pytest.mark.anyio

IDS = ["t0", "t1", "t2"]


@pytest.fixture
def counted() -> Iterator[FaultStorage]:
    storage = FaultStorage(MemoryStorage())
    undo = register_storage("counted", lambda _: storage)
    yield storage
    undo()


async def scan_at(scans: str, *scanners: str) -> str:
    store = await ScanStore.create(make_spec(list(scanners), IDS), scans)
    for scanner in scanners:
        await fill(store, [(id, scanner, [make_report(number, f"u-{scanner}-{id}")]) for number, id in enumerate(IDS)])
    await store.compact(IDS, complete=True)
    return store.location


async def test_an_overview_asks_for_each_file_once(counted: FaultStorage) -> None:
    location = await scan_at("counted://scans", "a", "b")
    before = counted.calls
    told = await scan_detail(location)
    assert told["findings"]
    assert (
        counted.calls - before <= 6
    )  # the listing, what defines the scan, what sums it up, pairs without rows, 2 tables


async def test_a_page_of_results_asks_for_each_file_once(counted: FaultStorage) -> None:
    location = await scan_at("counted://scans", "a")
    before = counted.calls
    page = await page_of_results(location, "a", ResultsRequest(where="value > 0", order_by=["-value"]))
    assert [item["value"] for item in page.items] == [2, 1]
    assert counted.calls - before <= 4


async def test_what_was_read_for_an_overview_is_not_fetched_for_a_page(bucket: str, s3: S3Server) -> None:
    location = await scan_at(f"{bucket}/scans", "a")
    await scan_detail(location)
    with s3.counting() as asked:
        assert (await page_of_results(location, "a", ResultsRequest())).total == 3
        assert (await scan_detail(location))["findings"]
    assert len(asked) == 2  # a listing each
