"""The scan directory: created, merged, killed at any step, merged again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_scout import ConfigError, LocationError, StorageError
from inspect_scout._results import ScanStore, results_schema
from inspect_scout._types import ResultReport, ResultValidation, ScanSpec, Summary
from inspect_scout.testing import Entry, FaultStorage, JumpingClock, LocalStorage, MemoryStorage, Storage
from support.scans import (
    SCANS,
    failed_report,
    fill,
    finished,
    make_info,
    make_report,
    make_spec,
    make_store,
    make_usage,
    open_journal,
    stored_table,
    write_parquet,
)

Pair = tuple[str, str, Sequence[ResultReport]]


@pytest.mark.anyio
async def test_creating_writes_the_spec_and_nothing_else(tmp_path: Path) -> None:
    spec = make_spec(["a"], ["t0"], metadata={"theirs": {"kept": None}})
    store = await ScanStore.create(spec, str(tmp_path))
    assert store.location == f"{tmp_path}/scan_id={spec.scan_id}"
    assert [p.name for p in Path(store.location).iterdir()] == ["_scan.json"]
    text = Path(store.location, "_scan.json").read_text()
    assert text.startswith('{\n  "scan_id"')
    assert "scan_file" not in text
    assert await store.spec() == spec
    await ScanStore.create(spec, str(tmp_path))
    assert json.loads(text)["metadata"] == {"theirs": {"kept": None}}


@pytest.mark.anyio
async def test_odd_values_in_a_spec_cannot_stop_a_scan() -> None:
    spec = make_spec(metadata={"odd": object(), "cut": "\ud800", "path": Path("/x")})
    store = await make_store(spec)
    assert (await store.spec()).metadata is not None


@pytest.mark.anyio
async def test_opening_nothing_says_what_a_scan_looks_like(tmp_path: Path) -> None:
    with pytest.raises(LocationError, match=r"scan_id=\.\.\..*_scan\.json"):
        await ScanStore.open(str(tmp_path / "none"))
    spec = make_spec()
    await ScanStore.create(spec, str(tmp_path))
    with pytest.raises(LocationError, match=f"scan_id={spec.scan_id}.*Name one"):
        await ScanStore.open(str(tmp_path))


@pytest.mark.anyio
async def test_a_damaged_spec_names_its_file(tmp_path: Path) -> None:
    store = await ScanStore.create(make_spec(), str(tmp_path))
    Path(store.location, "_scan.json").write_text('{"scan_id": 3}')
    with pytest.raises(LocationError, match=r"_scan\.json"):
        await store.spec()


@pytest.mark.anyio
@pytest.mark.parametrize("key", ["../evil", "/etc/x", "_a", ".a", "a/b", "a\\b"])
async def test_a_strangers_scanner_key_cannot_leave_the_directory(key: str) -> None:
    store = await make_store(make_spec([key]))
    await fill(store, [("t0", key, [make_report()])])
    with pytest.raises(ConfigError, match="key of a scanner"):
        await store.compact(["t0"], complete=True)


@pytest.mark.anyio
async def test_a_finished_scan_has_the_published_layout(tmp_path: Path) -> None:
    spec = make_spec(["a", "b", "none"], ["t0", "t1"])
    store = await ScanStore.create(spec, str(tmp_path))
    async with store.lock():
        await fill(store, [("t1", "a", [make_report(1)]), ("t0", "a", [make_report(2)]), ("t0", "b", [make_report(3)])])
        await store.compact(["t0", "t1"], complete=True)
    names = sorted(p.name for p in Path(store.location).iterdir())
    assert names == ["_errors.jsonl", "_scan.json", "_summary.json", "a.parquet", "b.parquet"]
    file: Any = pq.ParquetFile(f"{store.location}/a.parquet")
    assert file.schema_arrow.equals(results_schema(), check_metadata=True)
    assert file.metadata.format_version == "2.6"
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert file.read_row_group(0).column("transcript_id").to_pylist() == ["t0", "t1"]
    summary = json.loads(Path(store.location, "_summary.json").read_text())
    assert list(summary) == ["complete", "scanners"]
    assert summary["scanners"]["none"] == {
        "scans": 0, "results": 0, "errors": 0, "validation": None, "metrics": None, "tokens": 0, "model_usage": {},
        "fingerprints": {}, "incomplete": 0, "unseen_citations": 0, "calls_without_usage": 0,
    }  # fmt: skip
    assert Path(store.location, "_errors.jsonl").read_text() == ""


@pytest.mark.anyio
async def test_errors_are_listed_and_counted_from_rows() -> None:
    pairs: list[Pair] = [
        ("t0", "a", [make_report(1), failed_report("t0")]),
        ("t1", "a", [make_report(0, model_usage=make_usage(5))]),
    ]
    store, storage = await finished(pairs, complete=False)
    status = await store.status()
    assert not status.complete
    assert [(e.transcript_id, e.scanner, e.error, e.refusal) for e in status.errors] == [("t0", "a", "broken", False)]
    counted = status.summary["a"]
    assert (counted.scans, counted.results, counted.errors, counted.tokens) == (2, 1, 1, 5)
    assert counted.model_usage["mock/model"].input_tokens == 5
    (line,) = (await storage.read(f"{store.location}/_errors.jsonl")).splitlines()
    assert sorted(json.loads(line)) == ["error", "refusal", "scanner", "traceback", "transcript_id"]


@pytest.mark.anyio
async def test_a_retried_pair_replaces_its_rows_in_the_table() -> None:
    pairs: list[Pair] = [("t0", "a", [failed_report()]), ("t1", "a", [make_report(1)])]
    store, storage = await finished(pairs, complete=False)
    assert (await store.recorded_pairs()).failed == {"a": {"t0"}}
    await fill(store, [("t0", "a", [make_report(2), make_report(3)])])
    running = await store.status()
    assert (running.summary["a"].scans, running.summary["a"].results, running.errors) == (2, 3, [])
    summary = await store.compact(["t0", "t1"], complete=True)
    assert (summary["a"].scans, summary["a"].results, summary["a"].errors) == (2, 3, 0)
    table = await stored_table(store, storage)
    assert table.column("value").to_pylist() == ["2", "3", "1"]
    assert (await store.status()).complete


@pytest.mark.anyio
async def test_pairs_without_rows_stay_recorded_after_merging() -> None:
    store, _ = await finished([("t0", "a", []), ("t1", "a", [make_report(1)])])
    assert (await store.recorded_pairs()).done == {"a": {"t0", "t1"}}
    assert (await store.status()).summary["a"].scans == 2
    await fill(store, [("t0", "a", [make_report(5)]), ("t1", "a", [])])
    summary = await store.compact(["t0", "t1"], complete=True)
    assert (summary["a"].scans, summary["a"].results) == (2, 1)
    assert (await store.recorded_pairs()).done == {"a": {"t0", "t1"}}


@pytest.mark.anyio
async def test_a_table_that_lost_all_rows_is_removed() -> None:
    store, storage = await finished([("t0", "a", [failed_report()])], complete=False)
    await fill(store, [("t0", "a", [])])
    await store.compact(["t0"], complete=True)
    assert await storage.stat(f"{store.location}/a.parquet") is None
    assert (await store.recorded_pairs()).done == {"a": {"t0"}}


@pytest.mark.anyio
async def test_merging_in_the_middle_keeps_what_is_written_meanwhile() -> None:
    spec = make_spec(["a"], ["t0", "t1", "t2"])
    store = await make_store(spec)
    journal = await open_journal(store)
    for number in range(3):
        await journal.append(make_info(f"t{number}"), "a", [make_report(number)])
        await journal.flush()
        await store.compact(["t0", "t1", "t2"], complete=False)
    assert (await store.recorded_pairs()).done == {"a": {"t0", "t1", "t2"}}
    summary = await store.compact(["t0", "t1", "t2"], complete=True)
    assert (summary["a"].scans, summary["a"].results) == (3, 2)


@pytest.mark.anyio
async def test_an_older_table_keeps_its_columns_when_new_rows_come() -> None:
    store, storage = await finished([("t0", "a", [make_report(1)])], complete=False)
    old = (await stored_table(store, storage)).select(["transcript_id", "value", "value_type", "scan_error"])
    old = old.append_column("transcript_message_count", pa.array(["none"], pa.string()))
    old = old.append_column("eval_created", pa.array(["2025"], pa.string()))
    write_parquet(storage, f"{store.location}/a.parquet", old)
    assert (await store.recorded_pairs()).done == {"a": {"t0"}}
    await fill(store, [("t1", "a", [make_report(2)])])
    await store.compact(["t0", "t1"], complete=True)
    table = await stored_table(store, storage)
    assert table.column("value").to_pylist() == ["1", "2"]
    assert table.column("eval_created").to_pylist() == ["2025", None]
    assert table.column("transcript_message_count").to_pylist() == [None, None]
    assert table.schema.names[:58] == results_schema().names[:58]


@pytest.mark.anyio
async def test_leftovers_of_killed_writers_go_with_the_next_merge(tmp_path: Path) -> None:
    store = await ScanStore.create(make_spec(["a"], ["t0"]), str(tmp_path))
    await fill(store, [("t0", "a", [make_report()])])
    leftover = Path(store.location, ".00000000-1-1-x.tmp")
    leftover.write_bytes(b"")
    import os

    os.utime(leftover, (0, 0))
    await store.compact(["t0"], complete=True)
    assert sorted(p.name for p in Path(store.location).iterdir()) == [
        "_errors.jsonl", "_scan.json", "_summary.json", "a.parquet"
    ]  # fmt: skip


# ----------------------------------------------------------------------------------------------------------------------
# Any journal, any order


TRANSCRIPTS = [f"t{i}" for i in range(6)]
SCANNERS = ["a", "b"]


def reports_of(transcript: str, scanner: str, generation: int, shape: int) -> list[ResultReport]:
    """Reports that tell by their uuid where they belong; the shape decides how many, and of what kind."""
    verdict = ResultValidation(target={"k": True}, valid={"k": shape % 2 == 0}) if scanner == "b" else None
    made: list[ResultReport] = []
    for index in range(shape % 4):
        uuid = f"{transcript}-{scanner}-{generation}-{index}"
        if shape >= 8 and index == 0:
            made.append(failed_report(transcript, scanner, validation=verdict))
        else:
            made.append(make_report(shape * 10 + index, uuid, validation=verdict, model_usage=make_usage(shape)))
    return made


def contents(table: pa.Table) -> list[dict[str, Any]]:
    """Rows without the uuids that error rows make up."""
    rows = table.to_pylist()
    return [{**row, "uuid": None if row["scan_error"] else row["uuid"]} for row in rows]


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),  # writer
        st.sampled_from(TRANSCRIPTS),
        st.sampled_from(SCANNERS),
        st.integers(0, 11),  # shape
        st.sampled_from(["wait", "wait", "flush", "merge", "reopen"]),
    ),
    max_size=12,
)


class TickingClock(JumpingClock):
    """A clock that never tells the same time twice."""

    def now(self) -> datetime:
        self.jump(1e-4)
        return super().now()


async def play(steps: Sequence[tuple[int, str, str, int, str]], storage: Storage) -> ScanStore:
    store = await make_store(make_spec(SCANNERS, TRANSCRIPTS), storage)
    clock = TickingClock()
    journals = [await open_journal(store, clock, writer_id=f"w{i}") for i in range(3)]
    for generation, (writer, transcript, scanner, shape, then) in enumerate(steps):
        # Another writer's rows of the same pair must not come later by being written later.
        for other in journals:
            if other is not journals[writer]:
                await other.flush()
        await journals[writer].append(
            make_info(transcript), scanner, reports_of(transcript, scanner, generation, shape)
        )
        if then in ("flush", "reopen"):
            await journals[writer].flush()
        if then == "reopen":
            journals[writer] = await open_journal(store, clock, writer_id=f"w{writer}-{generation}")
        if then == "merge":
            for journal in journals:
                await journal.flush()
            await store.compact(TRANSCRIPTS, complete=False)
    for journal in journals:
        await journal.aclose()
    return store


def expected(steps: Sequence[tuple[int, str, str, int, str]], scanner: str) -> list[str | None]:
    """Uuids in the order of transcripts, by the simplest model: a dictionary."""
    newest: dict[str, list[ResultReport]] = {}
    for generation, (_, transcript, key, shape, _) in enumerate(steps):
        if key == scanner:
            newest[transcript] = reports_of(transcript, key, generation, shape)
    return [r.result.uuid if r.result else None for t in TRANSCRIPTS for r in newest.get(t, [])]


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_any_journal_gives_the_same_tables_as_a_dictionary(steps: list[tuple[int, str, str, int, str]]) -> None:
    async def check() -> None:
        storage = MemoryStorage()
        store = await play(steps, storage)
        recorded = await store.recorded_pairs()
        before = {s: contents(await stored_table(store, storage, s)) for s in SCANNERS if expected(steps, s)}
        running = await store.status()
        summary = await store.compact(TRANSCRIPTS, complete=True)
        assert (await store.recorded_pairs()) == recorded
        assert running.summary.scanners == summary.scanners
        for scanner in SCANNERS:
            wanted = expected(steps, scanner)
            if not wanted:
                assert await storage.stat(f"{store.location}/{scanner}.parquet") is None
                continue
            table = await stored_table(store, storage, scanner)
            rows = contents(table)
            assert [row["uuid"] for row in rows] == wanted
            assert rows == before[scanner]
            check_summary(summary, scanner, rows, recorded.done[scanner] | recorded.failed[scanner])
        await check_pairs(recorded, steps)

    asyncio.run(check())


async def check_pairs(recorded: Any, steps: Sequence[tuple[int, str, str, int, str]]) -> None:
    newest = {(transcript, scanner): shape for _, transcript, scanner, shape, _ in steps}
    for (transcript, scanner), shape in newest.items():
        failed = shape >= 8 and shape % 4 > 0
        assert recorded.is_done(transcript, scanner) is not failed
        assert (transcript in recorded.failed[scanner]) is failed


def check_summary(summary: Summary, scanner: str, rows: list[dict[str, Any]], recorded: frozenset[str]) -> None:
    counted = summary[scanner]
    assert counted.scans == len(recorded)
    assert counted.errors == sum(row["scan_error"] is not None for row in rows)
    assert counted.results == sum(row["value"] not in (None, "0") for row in rows)
    assert counted.tokens == sum(row["scan_total_tokens"] for row in rows)
    if scanner == "b":
        assert counted.validation is not None
        assert len(counted.validation.entries) == len(rows)


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, seed=st.randoms(use_true_random=False))
def test_the_table_does_not_depend_on_when_rows_were_written(
    steps: list[tuple[int, str, str, int, str]], seed: Any
) -> None:
    final = {(t, s): (w, t, s, shape, "wait") for w, t, s, shape, _ in steps}
    shuffled = list(final.values())
    seed.shuffle(shuffled)
    other = [(w, t, s, shape, seed.choice(["wait", "flush", "merge"])) for w, t, s, shape, _ in shuffled]

    async def tables(chosen: Sequence[tuple[int, str, str, int, str]]) -> dict[str, pa.Table]:
        storage = MemoryStorage()
        store = await play(chosen, storage)
        await store.compact(TRANSCRIPTS, complete=True)
        dropped = ["uuid"]  # it tells the step in this test
        return {s: (await stored_table(store, storage, s)).drop_columns(dropped) for s in SCANNERS}

    async def check() -> None:
        one, two = await tables(list(final.values())), await tables(other)
        for scanner in SCANNERS:
            assert one[scanner].equals(two[scanner])

    asyncio.run(check())


@pytest.mark.anyio
async def test_many_rows_of_writers_that_took_turns_come_in_the_order_of_transcripts() -> None:
    order = [f"t{n}" for n in range(2600)]
    storage = MemoryStorage()
    store = await make_store(make_spec(["a"], order), storage)
    journals = [await open_journal(store, writer_id=f"w{writer}") for writer in range(3)]
    for place, transcript in enumerate(order):
        rows = [make_report(place + part / 10, f"{transcript}-{part}") for part in range(place % 3)]
        await journals[(place // 2) % 3].append(make_info(transcript), "a", rows)
    for journal in reversed(journals):
        await journal.aclose()
    await store.compact(order, complete=True)
    table = await stored_table(store, storage)
    wanted = [f"{transcript}-{part}" for place, transcript in enumerate(order) for part in range(place % 3)]
    assert table.column("uuid").to_pylist() == wanted


# ----------------------------------------------------------------------------------------------------------------------
# Killed at any step


async def interrupted_scan(storage: Storage) -> ScanStore:
    """A scan that was merged once, and has gone on since."""
    store = await make_store(make_spec(SCANNERS, TRANSCRIPTS), storage)
    await fill(
        store,
        [
            ("t0", "a", [failed_report("t0")]),
            ("t1", "a", [make_report(1, "old-1")]),
            ("t2", "a", []),
            ("t0", "b", [make_report(2, "old-2")]),
        ],
    )
    await store.compact(TRANSCRIPTS, complete=False)
    await fill(
        store,
        [
            ("t0", "a", [make_report(3, "new-0"), make_report(4, "new-1")]),
            ("t3", "a", [make_report(5, "new-3")]),
            ("t2", "a", [make_report(6, "new-2")]),
            ("t0", "b", []),
        ],
    )
    return store


async def answers(store: ScanStore, storage: Storage) -> dict[str, Any]:
    """Everything that a reader can learn."""
    status = await store.status()
    tables = {}
    for scanner in SCANNERS:
        with contextlib.suppress(KeyError):
            tables[scanner] = contents(await stored_table(store, storage, scanner))
    return {
        "recorded": await store.recorded_pairs(),
        "summary": status.summary.scanners,
        "errors": status.errors,
        "tables": tables,
    }


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["dies", "loses"])
async def test_a_merge_killed_at_any_step_loses_and_doubles_nothing(fault: str) -> None:
    whole = MemoryStorage()
    truth = await answers(await interrupted_scan(whole), whole)
    step = 0
    while True:
        storage = MemoryStorage()
        store = await interrupted_scan(storage)
        dying = (
            FaultStorage(storage, dies_after=step) if fault == "dies" else FaultStorage(storage, lose_every=step + 1)
        )
        try:
            await ScanStore(store.location, dying).compact(TRANSCRIPTS, complete=True)
            survived = True
        except StorageError:
            survived = False
        assert await answers(store, storage) == truth
        summary = await store.compact(TRANSCRIPTS, complete=True)
        assert summary.scanners == truth["summary"]
        assert await answers(store, storage) == truth
        assert (await store.status()).complete
        assert not await storage.list(f"{store.location}/_journal")
        if survived:
            break
        step += 1
    assert step > 5


@pytest.mark.anyio
async def test_a_merge_killed_at_any_step_on_disk_leaves_no_half_file(tmp_path: Path) -> None:
    for step in range(12):
        scans = str(tmp_path / str(step))
        store = await make_store(make_spec(["a"], ["t0", "t1"]), LocalStorage(), scans)
        await fill(store, [("t0", "a", [make_report(1)]), ("t1", "a", [failed_report("t1")])])
        with contextlib.suppress(StorageError):
            await ScanStore(store.location, FaultStorage(LocalStorage(), dies_after=step)).compact(
                ["t0"], complete=True
            )
        assert (await store.status()).summary["a"].scans == 2
        await store.compact(["t0", "t1"], complete=True)
        names = sorted(p.name for p in Path(store.location).rglob("*"))
        assert names == ["_errors.jsonl", "_scan.json", "_summary.json", "a.parquet"]


@pytest.mark.anyio
async def test_reading_while_the_journal_is_merged() -> None:
    """A reader that listed the journal just before it was merged looks again."""
    storage = MemoryStorage()
    store = await interrupted_scan(storage)
    truth = (await store.status()).summary.scanners

    class Merging(FaultStorage):
        merged = False

        def open_read(self, path: str, entry: Entry | None = None) -> Any:
            if not self.merged and "_journal" in path:
                self.merged = True
                merge = threading.Thread(target=lambda: asyncio.run(store.compact(TRANSCRIPTS, complete=False)))
                merge.start()
                merge.join()
            return super().open_read(path, entry)

    reader = ScanStore(store.location, Merging(storage))
    status = await reader.status()
    assert status.summary.scanners == truth


def test_locations_of_scans() -> None:
    assert make_spec().scan_id in f"{SCANS}/scan_id={make_spec().scan_id}"
    with pytest.raises(ConfigError, match="id of a scan"):
        asyncio.run(ScanStore.create(ScanSpec(scan_id="../x", scan_name="x", scanners={}), SCANS, MemoryStorage()))
