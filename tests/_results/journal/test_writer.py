"""The journal: when it writes, what it writes, and what happens when writing fails."""

from __future__ import annotations

import pytest

from inspect_scout import StorageError, UnknownNameError
from inspect_scout._results import ScanStore
from inspect_scout._results.journal.index import load_index
from inspect_scout._results.journal.writer import FLUSH_BYTES, FLUSH_ROWS, REMOTE_FLUSH_SECONDS
from inspect_scout.testing import FaultStorage, JumpingClock, MemoryStorage
from support.scans import failed_report, make_info, make_message, make_report, make_spec, make_store, open_journal

pytestmark = pytest.mark.anyio


async def journal_files(store: ScanStore, storage: MemoryStorage) -> list[str]:
    return [entry.path for entry in await storage.list(store.location + "/_journal")]


async def test_rows_wait_for_company_or_time() -> None:
    storage, clock = MemoryStorage(), JumpingClock()
    store = await make_store(make_spec(), storage)
    journal = await open_journal(store, clock)
    await journal.append(make_info("t0"), "a", [make_report()])
    await journal.flush_if_due()
    assert await journal_files(store, storage) == []
    clock.jump(REMOTE_FLUSH_SECONDS)
    await journal.flush_if_due()
    assert len(await journal_files(store, storage)) == 1
    await journal.flush_if_due()
    assert len(await journal_files(store, storage)) == 1


async def test_a_late_append_writes_what_waited() -> None:
    storage, clock = MemoryStorage(), JumpingClock()
    store = await make_store(make_spec(), storage)
    journal = await open_journal(store, clock)
    await journal.append(make_info("t0"), "a", [make_report()])
    clock.jump(REMOTE_FLUSH_SECONDS)
    await journal.append(make_info("t1"), "a", [make_report()])
    assert (await store.recorded_pairs()).done == {"a": {"t0", "t1"}}


async def test_many_rows_do_not_wait() -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(), storage)
    journal = await open_journal(store)
    await journal.append(make_info("t0"), "a", [make_report()] * FLUSH_ROWS)
    assert len(await journal_files(store, storage)) == 1


async def test_large_rows_do_not_wait() -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(), storage)
    journal = await open_journal(store)
    await journal.append(make_info("t0"), "a", [make_report(input=make_message("x" * FLUSH_BYTES))])
    assert len(await journal_files(store, storage)) == 1


async def test_closing_writes_all_and_nothing_twice() -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(["a", "b"]), storage)
    journal = await open_journal(store)
    await journal.append(make_info("t0"), "a", [make_report(1), make_report(2)])
    await journal.append(make_info("t0"), "b", [])
    await journal.append(make_info("t1"), "b", [failed_report("t1", "b")])
    await journal.aclose()
    await journal.aclose()
    assert len(await journal_files(store, storage)) == 1
    recorded = await store.recorded_pairs()
    assert recorded.done == {"a": {"t0"}, "b": {"t0"}}
    assert recorded.failed == {"a": set(), "b": {"t1"}}
    assert recorded.is_done("t0", "b")
    assert not recorded.is_done("t1", "b")
    assert not recorded.is_done("t0", "unknown")


async def test_a_pair_without_rows_is_recorded() -> None:
    store = await make_store(make_spec())
    journal = await open_journal(store)
    await journal.append(make_info("t0"), "a", [])
    await journal.aclose()
    assert (await store.recorded_pairs()).is_done("t0", "a")


async def test_a_later_run_replaces_a_pair_whatever_the_clock_says() -> None:
    store = await make_store(make_spec())
    late, early = JumpingClock(), JumpingClock()
    late.jump(3600)
    first = await open_journal(store, late)
    await first.append(make_info("t0"), "a", [failed_report()])
    await first.aclose()
    second = await open_journal(store, early)
    await second.append(make_info("t0"), "a", [make_report()])
    await second.aclose()
    assert (await store.recorded_pairs()).done == {"a": {"t0"}}


async def test_a_pair_given_twice_counts_once_with_its_last_rows() -> None:
    store = await make_store(make_spec())
    journal = await open_journal(store)
    await journal.append(make_info("t0"), "a", [failed_report()])
    await journal.append(make_info("t0"), "a", [make_report(1), make_report(2)])
    await journal.aclose()
    summary = await store.compact(["t0"], complete=True)
    assert (summary["a"].scans, summary["a"].results, summary["a"].errors) == (1, 2, 0)


async def test_rows_survive_a_write_that_fails() -> None:
    inner = MemoryStorage()
    store = await make_store(make_spec(), inner)
    failing = ScanStore(store.location, FaultStorage(inner, fail_every=4))
    journal = await open_journal(failing)  # two calls: the spec, the list
    await journal.append(make_info("t0"), "a", [make_report(1)])
    await journal.flush()
    await journal.append(make_info("t1"), "a", [make_report(2)])
    with pytest.raises(StorageError):
        await journal.flush()
    await journal.append(make_info("t2"), "a", [make_report(3)])
    await journal.flush()
    summary = await store.compact([], complete=True)
    assert (summary["a"].scans, summary["a"].results) == (3, 3)


async def test_a_lost_answer_does_not_double_rows() -> None:
    inner = MemoryStorage()
    store = await make_store(make_spec(), inner)
    losing = ScanStore(store.location, FaultStorage(inner, lose_every=2))
    journal = await open_journal(losing)
    for number in range(3):
        await journal.append(make_info(f"t{number}"), "a", [make_report(1)])
        try:
            await journal.flush()
        except StorageError:
            await journal.flush()
    summary = await store.compact([], complete=True)
    assert (summary["a"].scans, summary["a"].results) == (3, 3)


async def test_an_unknown_scanner_is_refused() -> None:
    journal = await open_journal(await make_store(make_spec()))
    with pytest.raises(UnknownNameError):
        await journal.append(make_info(), "b", [make_report()])


@pytest.mark.parametrize("damage", [b"", b"PAR1 no parquet at all", b"cut"])
async def test_a_damaged_file_is_passed_over_with_a_warning(damage: bytes, caplog: pytest.LogCaptureFixture) -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(), storage)
    journal = await open_journal(store)
    for number in range(2):
        await journal.append(make_info(f"t{number}"), "a", [make_report()])
        await journal.flush()
    first, _ = await journal_files(store, storage)
    await storage.write(first, (await storage.read(first))[:-20] if damage == b"cut" else damage)
    assert (await store.recorded_pairs()).done == {"a": {"t1"}}
    assert first in caplog.text
    assert "scanned again" in caplog.text
    assert list((await load_index(storage, store.location)).damaged) == [first]
