"""Journals of many scanners: a pair costs the same however many there are, and older journals are still read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, BinaryIO

import pyarrow.parquet as pq
import pytest

from inspect_scout._results import ScanStore
from inspect_scout._results.journal.row_groups import SHARED_BYTES
from inspect_scout._results.journal.writer import FLUSH_ROWS, GROUP_ROWS
from inspect_scout._results.rows.pair_records import ScannerPairs
from inspect_scout._results.rows.parquet import encode_journal_file
from inspect_scout._results.rows.row_writer import RowWriter
from inspect_scout._types import ResultReport, ResultValidation
from inspect_scout.testing import Entry, MemoryStorage
from support.results import results_df
from support.scans import failed_report, make_info, make_report, make_spec, make_store, open_journal

pytestmark = pytest.mark.anyio

SCANNERS = [f"s{i:02}" for i in range(60)]
Pair = tuple[str, str, Sequence[ResultReport]]


class CountingStorage(MemoryStorage):
    """Counts how often each file is opened for reading."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: Counter[str] = Counter()

    def open_read(self, path: str, entry: Entry | None = None) -> BinaryIO:
        self.opened[path] += 1
        return super().open_read(path, entry)


async def record(store: ScanStore, pairs: Sequence[Pair], every: int) -> None:
    """Record pairs, `every` of them in a file."""
    journal = await open_journal(store)
    for number, (transcript_id, scanner, reports) in enumerate(pairs, 1):
        await journal.append(make_info(transcript_id), scanner, reports)
        if number % every == 0:
            await journal.flush()
    await journal.aclose()


async def journal_files(store: ScanStore, storage: MemoryStorage) -> list[str]:
    return [entry.path for entry in await storage.list(store.location + "/_journal")]


async def write_as_before(store: ScanStore, storage: MemoryStorage, pairs: Sequence[Pair], number: int) -> None:
    """Write a file of the journal as earlier versions did: a row group for each scanner, in the order of first rows."""
    rows = RowWriter(await store.spec(), {"a": "fingerprint"})
    made = [rows.pair(make_info(transcript_id), scanner, reports) for transcript_id, scanner, reports in pairs]
    keys = list(dict.fromkeys(pair.scanner for pair in made))
    own = {key: [pair for pair in made if pair.scanner == key] for key in keys}
    fill_nulls = [[pair for pair in own[key] if pair.rows] for key in keys]
    text = encode_journal_file(
        [ScannerPairs(key, [pair.record for pair in own[key]]) for key in keys],
        [rows.table(group) for group in fill_nulls if group],
    )
    await storage.write(f"{store.location}/_journal/{number:020d}-earlier1-000001.parquet", text)


def reports_of(number: int) -> list[ResultReport]:
    """Reports of all kinds: none, one, several, an error, verdicts by label."""
    if number % 7 == 0:
        return []
    if number % 11 == 0:
        return [failed_report()]
    verdict = ResultValidation(target={"x": True}, valid={f"k{number % 3}": True}) if number % 5 == 0 else None
    return [make_report(number, f"u{number}", validation=verdict), *[make_report(-number, f"v{number}")] * (number % 2)]


def pairs_of(transcripts: int, scanners: Sequence[str] = SCANNERS, first: int = 0) -> list[Pair]:
    return [
        (f"t{t}", scanner, reports_of(first + t * len(scanners) + s))
        for t in range(transcripts)
        for s, scanner in enumerate(scanners)
    ]


async def check(store: ScanStore, storage: MemoryStorage, pairs: Sequence[Pair]) -> None:
    """Compare what can be read with the pairs, of which later ones replace earlier ones."""
    last = {(scanner, transcript_id): reports for transcript_id, scanner, reports in pairs}
    keys = sorted({scanner for scanner, _ in last})
    frames = (await results_df(store.location, storage=storage)).scanners
    recorded = await store.recorded_pairs()
    status = await store.status()
    for key in keys:
        own = {t: reports for (scanner, t), reports in last.items() if scanner == key}
        reports = [report for each in own.values() for report in each]
        frame = frames[key] if any(own.values()) else None
        uuids = [report.result.uuid for report in reports if report.result is not None]
        if frame is not None:
            assert [uuid for uuid, error in zip(frame["uuid"], frame["scan_error"].isna()) if error] == uuids
            assert frame["scanner_key"].tolist() == [key] * len(reports)
            assert frame["transcript_id"].tolist() == [t for t, each in own.items() for _ in each]
            verdicts = {name for name in frame.columns if name.startswith("validation_result_")}
            valid = [report.validation.valid for report in reports if report.validation is not None]
            assert verdicts == {f"validation_result_{name}" for each in valid for name in each}  # type: ignore[union-attr]
        failed = {t for t, each in own.items() if any(report.error is not None for report in each)}
        assert recorded.failed[key] == failed
        assert recorded.done[key] == set(own) - failed
        assert (status.summary[key].scans, status.summary[key].errors) == (len(own), len(failed))


async def test_a_file_has_no_row_group_for_each_scanner() -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(SCANNERS), storage)
    pairs = [(f"t{t}", scanner, [make_report()]) for t in range(8) for scanner in SCANNERS]
    assert len(pairs) < FLUSH_ROWS
    await record(store, pairs, every=len(pairs))
    (path,) = await journal_files(store, storage)
    with storage.open_read(path) as file:
        footer: Any = pq.ParquetFile(file).metadata
    assert footer.num_row_groups <= 1 + len(pairs) // GROUP_ROWS
    assert footer.num_rows == len(pairs)


async def test_each_file_of_the_journal_is_merged_and_counted_at_once() -> None:
    most: list[int] = []
    for count in (6, 60):
        storage = CountingStorage()
        scanners = SCANNERS[:count]
        store = await make_store(make_spec(scanners, [f"t{t}" for t in range(6)]), storage)
        pairs = pairs_of(6, scanners)
        await record(store, pairs, every=count)
        files = await journal_files(store, storage)
        assert len(files) == 6
        storage.opened.clear()
        await store.status()
        await store.compact([f"t{t}" for t in range(6)], complete=False)
        most.append(max(storage.opened[path] for path in files))
        await check(store, storage, pairs)
    assert most[0] == most[1] <= 4


@pytest.mark.parametrize("every", [1, 7, 60, 1000])
@pytest.mark.parametrize("merged", [True, False])
async def test_rows_of_many_scanners_read_as_they_were_recorded(every: int, merged: bool) -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(SCANNERS[:12], ["t0", "t1", "t2"]), storage)
    pairs = pairs_of(3, SCANNERS[:12])
    again = [pair for pair in pairs_of(3, SCANNERS[:12], first=500) if pair[0] == "t1"]
    await record(store, pairs, every)
    await record(store, again, every)
    if merged:
        await store.compact(["t0", "t1", "t2"], complete=True)
    await check(store, storage, [*pairs, *again])


async def test_more_rows_than_are_held_at_once_are_merged_in_turns() -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(SCANNERS[:20], ["t0", "t1"]), storage)
    events = "x" * (SHARED_BYTES // 12)
    pairs = [(t, s, [make_report(uuid=f"{t}{s}", events=events)]) for t in ("t0", "t1") for s in SCANNERS[:20]]
    await record(store, pairs, every=100)
    await store.compact(["t0", "t1"], complete=True)
    await check(store, storage, pairs)


@pytest.mark.parametrize("merged", [True, False])
async def test_a_journal_of_an_earlier_version_is_gone_on_with(merged: bool) -> None:
    storage = MemoryStorage()
    order = [f"t{t}" for t in range(4)]
    store = await make_store(make_spec(SCANNERS[:9], order), storage)
    before, again = pairs_of(3, SCANNERS[8::-1]), pairs_of(4, SCANNERS[:9], first=300)
    await write_as_before(store, storage, before, number=5)
    await check(store, storage, sorted(before))
    assert not (await store.recorded_pairs()).is_done("t3", SCANNERS[0])
    resumed = [pair for pair in again if pair[0] in ("t1", "t3")]
    await record(store, resumed, every=10)
    if merged:
        await store.compact(order, complete=True)
    await check(store, storage, [*sorted(before), *resumed])


async def test_a_dead_writers_pairs_are_found_in_files_of_both_kinds() -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(SCANNERS[:9]), storage)
    await write_as_before(store, storage, pairs_of(2, SCANNERS[:9]), number=5)
    journal = await open_journal(store, writer_id="writer01")
    for transcript_id, scanner, reports in pairs_of(2, SCANNERS[:9], first=100):
        await journal.append(make_info(transcript_id), scanner, reports)
    await journal.aclose()
    for writer, first in (("earlier1", 0), ("writer01", 100)):
        found = await store.pairs_of_writer(writer)
        pairs = pairs_of(2, SCANNERS[:9], first)
        assert {(s, t): record.rows for s, own in found.items() for t, record in own.items()} == {
            (scanner, transcript_id): len(reports) for transcript_id, scanner, reports in pairs
        }


async def test_a_file_that_lacks_a_row_group_is_not_believed(caplog: pytest.LogCaptureFixture) -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(SCANNERS[:3]), storage)
    rows = RowWriter(await store.spec())
    made = [rows.pair(make_info("t0"), scanner, [make_report()] * 2) for scanner in SCANNERS[:3]]
    said = [ScannerPairs(pair.scanner, [pair.record]) for pair in made]
    cut = [[rows.table(made[:2])], [rows.table(made[:2]), rows.table(made[:2])], [rows.table([*made, *made])], []]
    for number, tables in enumerate(cut, 1):
        await storage.write(
            f"{store.location}/_journal/{number:020d}-writer-000001.parquet", encode_journal_file(said, tables)
        )
    assert (await store.recorded_pairs()).done == {}
    assert caplog.text.count("does not hold the rows that it announces") == len(cut)
