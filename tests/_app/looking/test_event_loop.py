"""Questions about results of local scans leave the event loop to others: no file is read in its thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from inspect_scout._app import (
    ResultsRequest,
    one_result,
    page_of_results,
    result_distribution,
    result_facets,
    scan_detail,
)
from inspect_scout._results import ScanStore
from inspect_scout.testing import Entry, LocalStorage, register_storage
from support.scans import fill, make_report, make_spec

pytestmark = pytest.mark.anyio

IDS = ["t0", "t1", "t2"]


class WatchedStorage(LocalStorage):
    """Notes in which threads files are read."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[int] = set()

    async def read(self, path: str) -> bytes:
        self.threads.add(threading.get_ident())
        return await super().read(path)

    async def list(self, prefix: str, *, recursive: bool = True) -> list[Entry]:
        self.threads.add(threading.get_ident())
        return await super().list(prefix, recursive=recursive)

    def open_read(self, path: str, entry: Entry | None = None) -> BinaryIO:
        self.threads.add(threading.get_ident())
        return super().open_read(path, entry)


@pytest.fixture
def watched() -> Iterator[WatchedStorage]:
    storage = WatchedStorage()
    undo = register_storage("file", lambda _: storage)
    yield storage
    undo()


Ask = Callable[[str], Coroutine[Any, Any, object]]


async def page(scan: str) -> object:
    return (await page_of_results(scan, "a", ResultsRequest(where="value > 0", order_by=["-value"]))).items


async def facets(scan: str) -> object:
    return await result_facets(scan, "a", ["model", "value"])


async def one(scan: str) -> object:
    return await one_result(scan, "a", "u1")


async def distribution(scan: str) -> object:
    return await result_distribution(scan, "a", "value")


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("ask", [page, one, facets, distribution, scan_detail])
async def test_no_file_is_read_on_the_event_loop(
    watched: WatchedStorage, tmp_path: Path, ask: Ask, merged: bool
) -> None:
    store = await ScanStore.create(make_spec(["a"], IDS), str(tmp_path))
    await fill(store, [(id, "a", [make_report(number, f"u{number}")]) for number, id in enumerate(IDS)])
    if merged:
        await store.compact(IDS, complete=True)
    watched.threads.clear()
    assert await ask(store.location)
    assert watched.threads
    assert threading.get_ident() not in watched.threads
