"""What files of the journal amount to, read without looking at their pairs."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from inspect_scout._results import ScanStore, read_overview
from inspect_scout._results.journal.totals import sum_totals
from inspect_scout._types import ResultReport, ScannerState
from inspect_scout.testing import LocalStorage, MemoryStorage
from support.scans import failed_report, fill, make_report, make_spec, make_usage

parquet: Any = pyarrow.parquet  # the stubs leave its types open

Pairs = Sequence[tuple[str, str, Sequence[ResultReport]]]
FIRST: Pairs = [
    ("t0", "a", [make_report(1, model_usage=make_usage(3))]),
    ("t1", "a", [make_report(0), make_report(2)]),
    ("t0", "b", []),
]
SECOND: Pairs = [("t1", "b", [failed_report("t1", "b")]), ("t2", "a", [make_report(1)])]


def make_scan(folder: Path, *files: Pairs) -> ScanStore:
    async def make() -> ScanStore:
        store = await ScanStore.create(make_spec(["a", "b"], ["t0", "t1", "t2"]), str(folder))
        for pairs in files:
            await fill(store, pairs)
        return store

    return asyncio.run(make())


def quickly(store: ScanStore) -> dict[str, ScannerState] | None:
    """What the files of a journal say together."""

    async def added() -> dict[str, ScannerState] | None:
        storage = LocalStorage()
        found = await sum_totals(storage, store.location, await storage.list(f"{store.location}/_journal"))
        return None if found is None else dict(found)

    return asyncio.run(added())


def journal(store: ScanStore) -> list[Path]:
    return sorted(Path(store.location, "_journal").glob("*.parquet"))


def test_files_of_different_pairs_are_added_up(tmp_path: Path) -> None:
    store = make_scan(tmp_path, FIRST, SECOND)
    found = quickly(store)
    assert found is not None
    assert {key: (c.scans, c.rows, c.results, c.errors, c.tokens) for key, c in found.items()} == {
        "a": (3, 4, 3, 0, 3),
        "b": (2, 1, 0, 1, 0),
    }
    assert asyncio.run(read_overview(store.location)).state.scanners == found


def test_a_pair_that_was_recorded_again_counts_once(tmp_path: Path) -> None:
    store = make_scan(tmp_path, FIRST, SECOND, [("t1", "b", [make_report(5)])])
    assert quickly(store) is None
    state = asyncio.run(read_overview(store.location)).state
    assert {key: (c.scans, c.results, c.errors) for key, c in state.scanners.items()} == {
        "a": (3, 3, 0),
        "b": (2, 1, 0),
    }


@pytest.mark.parametrize("cut", [1, 9, 100, 10**9])
def test_a_file_that_is_cut_off_is_not_counted(tmp_path: Path, cut: int) -> None:
    store = make_scan(tmp_path, FIRST, SECOND)
    last = journal(store)[-1]
    last.write_bytes(last.read_bytes()[:-cut])
    assert quickly(store) is None
    assert asyncio.run(read_overview(store.location)).state.scanners["a"].scans == 2


def test_totals_that_are_damaged_or_missing_are_made_of_pairs(tmp_path: Path) -> None:
    store = make_scan(tmp_path, FIRST, SECOND)
    sound = quickly(store)
    for path in journal(store):
        text = path.read_bytes()
        place = text.index(b"scoutsum")
        path.write_bytes(text[: place - 20] + b"?" + text[place - 19 :])
        assert quickly(store) is None
        assert asyncio.run(read_overview(store.location)).state.scanners == sound
        # As files of earlier versions are.
        footer = len(text) - 8 - int.from_bytes(text[-8:-4], "little")
        told = int.from_bytes(text[footer - 12 : footer - 8], "little")
        path.write_bytes(text[: footer - 16 - told] + text[footer:])
        assert quickly(store) is None
        assert asyncio.run(read_overview(store.location)).state.scanners == sound


def test_readers_of_parquet_read_the_rows(tmp_path: Path) -> None:
    (path,) = journal(make_scan(tmp_path, FIRST))
    assert parquet.read_table(io.BytesIO(path.read_bytes()))["transcript_id"].to_pylist() == ["t0", "t1", "t1"]


def test_totals_of_many_pairs_are_read(tmp_path: Path) -> None:
    store = make_scan(tmp_path, [(f"t{number}", "a", []) for number in range(3000)])
    found = quickly(store)
    assert found is not None
    assert found["a"].scans == 3000


@pytest.mark.anyio
async def test_tables_beside_a_journal_are_counted_with_it() -> None:
    storage = MemoryStorage()
    store = await ScanStore.create(make_spec(["a", "b"], ["t0", "t1", "t2"]), "mem://scans", storage)
    await fill(store, FIRST)
    await store.compact(["t0", "t1", "t2"], complete=False)
    await fill(store, SECOND)
    state = (await read_overview(store.location, storage)).state
    assert {key: c.scans for key, c in state.scanners.items()} == {"a": 3, "b": 2}
