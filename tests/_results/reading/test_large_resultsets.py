"""Resultsets of many results, and cells that all results of a set share: nothing is copied squared."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from inspect_scout._results import ScanStore
from inspect_scout._results.reading.shared_rows import COPIED_BYTES
from inspect_scout._types import Result, ResultReport, ResultValidation, as_resultset
from inspect_scout.testing import LocalStorage, MemoryStorage, Storage
from support.results import results_batches, results_df
from support.scans import (
    failed_report,
    finished,
    make_info,
    make_report,
    make_spec,
    make_store,
    open_journal,
    read_parquet,
    stored_table,
    write_parquet,
)
from support.use_cases import results_table

pytestmark = pytest.mark.anyio


def many(count: int, **fields: Any) -> ResultReport:
    items = [Result(value=i, uuid=f"r{i}", label=f"l{i}", explanation=f"because of {i}") for i in range(count)]
    return make_report(result=as_resultset(items), **fields)


async def frame_of(store: ScanStore, storage: Storage, **options: Any) -> pd.DataFrame:
    return (await results_df(store.location, storage=storage, **options)).scanners["a"]


async def batches_of(store: ScanStore, storage: Storage, size: int, **options: Any) -> list[pd.DataFrame]:
    found = results_batches(store.location, "a", batch_size=size, storage=storage, **options)
    return [batch async for batch in found]


POOLS: list[pa.MemoryPool] = []
"""What was taken from a pool may outlive the test, and then needs it."""


async def peak_bytes(read: Callable[[], Any]) -> int:
    """Most bytes that Arrow held while something was read."""
    usual = pa.default_memory_pool()
    counting = pa.proxy_memory_pool(usual)
    POOLS.append(counting)
    pa.set_memory_pool(counting)
    try:
        await read()
    finally:
        pa.set_memory_pool(usual)
    return counting.max_memory() or 0


async def test_a_row_costs_the_same_however_many_results_its_set_has() -> None:
    frames: list[float] = []
    parts: list[float] = []
    for count in (200, 2000):
        store, storage = await finished([(f"t{i}", "a", [many(count)]) for i in range(5)])
        frames.append(await peak_bytes(functools.partial(frame_of, store, storage)) / (5 * count))
        parts.append(await peak_bytes(functools.partial(batches_of, store, storage, 100)) / (5 * count))
    assert frames[1] < 1.5 * frames[0]
    assert frames[1] < 5000
    assert parts[1] < 1.5 * parts[0]


async def test_a_long_text_of_all_results_is_held_once() -> None:
    events = "[" + "x" * (COPIED_BYTES // 50) + "]"
    short, long = many(100), many(100, events=events)
    store, storage = await finished([("t0", "a", [short]), ("t1", "a", [long]), ("t2", "a", [failed_report("t2")])])
    options: dict[str, Any] = {"exclude_columns": ["input"]}
    assert await peak_bytes(lambda: frame_of(store, storage, **options)) < COPIED_BYTES
    frame = await frame_of(store, storage, **options)
    assert str(frame["scan_events"].dtype) == "object"
    assert frame["scan_events"].iloc[-1] == frame["scan_events"].iloc[-2] == events
    assert frame["scan_events"].iloc[-1] is frame["scan_events"].iloc[-2]
    assert frame["scan_events"].iloc[:2].tolist() == ["[]", "[]"]
    assert frame["scan_events"].str.len().iloc[-1] == len(events)
    assert {str(frame[name].dtype) for name in ("transcript_id", "scanner_params")} == {"large_string[pyarrow]"}
    batches = await batches_of(store, storage, 30, **options)
    assert {str(batch["scan_events"].dtype) for batch in batches} == {"object"}
    pd.testing.assert_frame_equal(pd.concat(batches, ignore_index=True), frame)


async def test_what_is_copied_in_small_stays_text_of_arrow() -> None:
    store, storage = await finished([("t0", "a", [many(10, events="[]")])])
    frame = await frame_of(store, storage, exclude_columns=[])
    assert {str(frame[name].dtype) for name in ("input", "scan_events", "input_ids")} == {"large_string[pyarrow]"}
    stored = await frame_of(store, storage, exclude_columns=[], rows="transcripts")
    assert str(stored["scan_events"].dtype) == "large_string[pyarrow]"


LABELS: Any = {f"{i:0120}": True for i in range(200)}


@pytest.mark.parametrize(
    ("name", "fields", "info"),
    [
        ("input_ids", {"input_type": "messages", "input_ids": [f"message-{i:020}" for i in range(2000)]}, {}),
        ("validation_target", {"validation": ResultValidation(target=LABELS, valid=LABELS)}, {}),
        ("transcript_metadata", {}, {"metadata": {"note": "x" * 50_000}}),
        ("transcript_score", {}, {"score": {"note": "x" * 1_300_000}}),  # once overflowed the offsets of its type
        ("transcript_score_explanation", {}, {"score_explanation": "x" * 50_000}),
        ("input", {"input_type": "transcript", "input": ["x" * 50_000]}, {}),
    ],
)
async def test_no_column_is_copied_for_each_of_many_results(
    name: str, fields: dict[str, Any], info: dict[str, Any]
) -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(["a"], ["t0"]), storage)
    journal = await open_journal(store)
    await journal.append(make_info("t0", **info), "a", [many(2000, **fields)])
    await journal.aclose()
    await store.compact(["t0"], complete=True)
    options: dict[str, Any] = {"exclude_columns": ["scan_events"]}
    assert await peak_bytes(lambda: frame_of(store, storage, **options)) < COPIED_BYTES
    frame = await frame_of(store, storage, **options)
    assert len(frame) == 2000
    assert str(frame[name].dtype) == "object"
    assert len(set(map(id, frame[name]))) == 1
    assert frame[name][0] == (await stored_table(store, storage))[name].to_pylist()[0]
    batches = await batches_of(store, storage, 500, **options)
    pd.testing.assert_frame_equal(pd.concat(batches, ignore_index=True), frame)


@pytest.mark.parametrize("running", [True, False])
async def test_batches_hold_no_more_rows_than_was_said(running: bool) -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(["a"], ["t0", "t1", "t2"]), storage)
    journal = await open_journal(store)
    for id, reports in (("t0", [many(25)]), ("t1", [make_report(1)]), ("t2", [many(0), many(7)])):
        await journal.append(make_info(id), "a", reports)
    await journal.aclose()
    if not running:
        await store.compact(["t0", "t1", "t2"], complete=True)
    batches = await batches_of(store, storage, 10)
    assert max(map(len, batches)) == 10
    frame = await frame_of(store, storage)
    pd.testing.assert_frame_equal(pd.concat(batches, ignore_index=True), frame)
    assert frame["transcript_id"].tolist() == ["t1", *["t0"] * 25, *["t2"] * 7]


def nested(number: int) -> dict[str, Any]:
    return {"value": [{"value": number}], "type": "resultset", "label": f"l{number}", "metadata": {"deep": [number]}}


@pytest.mark.parametrize("odd", [None, float("nan"), float("inf"), 2**70, "\ud800", {"k": [1e300, True, None]}])
async def test_a_long_list_reads_as_a_short_one(odd: Any) -> None:
    store, storage = await finished([("t0", "a", [make_report()])])
    items = [{"value": odd, "uuid": "first", "metadata": {"odd": odd}}, 3, *map(nested, range(20_000))]
    path = f"{store.location}/a.parquet"
    table = read_parquet(storage, path)

    def of(some: list[Any]) -> pa.Table:
        text = json.dumps(some)
        made = table.set_column(table.column_names.index("value"), "value", pa.array([text], pa.string()))
        return made.set_column(made.column_names.index("value_type"), "value_type", pa.array(["resultset"]))

    write_parquet(storage, path, of(items[:100]))
    short = await frame_of(store, storage)
    write_parquet(storage, path, of(items))
    long = await frame_of(store, storage)
    assert len(long) == len(items)
    assert long["value_type"].tolist()[2:] == ["resultset"] * 20_000
    for name in ("value", "metadata", "label", "uuid", "value_type"):
        assert list(map(repr, long[name][:100])) == list(map(repr, short[name]))
    assert json.loads(long["metadata"].iloc[-1]) == {"deep": [19_999]}
    assert json.loads(long["value"].iloc[-1]) == [{"value": 19_999}]


async def test_a_large_number_is_written_as_it_was_read() -> None:
    report = make_report(result=as_resultset([Result(value={"n": 2**70, "f": 1e16}, metadata={"n": 1e16})]))
    store, storage = await finished([("t0", "a", [report])])
    frame = await frame_of(store, storage)
    assert json.loads(frame["value"][0]) == {"n": 2**70, "f": 1e16}
    assert json.loads(frame["metadata"][0]) == {"n": 1e16}


def scan_on_disk(folder: Path) -> str:
    async def make() -> str:
        store = await make_store(make_spec(["a"], ["t0", "t1"]), LocalStorage(), str(folder))
        journal = await open_journal(store)
        for id in ("t0", "t1"):
            events = f'["{id}", "{"x" * 400_000}"]'
            await journal.append(make_info(id), "a", [many(100, events=events)])
        await journal.append(make_info("t2"), "a", [failed_report("t2")])
        await journal.aclose()
        await store.compact(["t0", "t1", "t2"], complete=True)
        return store.location

    return asyncio.run(make())


def test_conditions_look_at_shared_cells_without_copies(tmp_path: Path) -> None:
    location = scan_on_disk(tmp_path)

    async def read(**options: Any) -> list[Any]:
        table = results_table(location, "a", **options)
        return [row["value"] for row in table.to_pylist()]

    def values(**options: Any) -> list[Any]:
        return asyncio.run(read(**options))

    where = "scan_events LIKE '[\"t1%' AND value >= 98"
    assert values(where=where) == [98, 99]
    assert values(where="transcript_id = 't0' AND label IN ('l5', 'l7')") == [5, 7]
    assert values(where="transcript_id = 't1'", limit=3) == [0, 1, 2]
    assert values(where="scan_error IS NOT NULL") == [None]
    assert values(where="message_count IS NULL", limit=1) == [None]
    assert len(values(where="transcript_source_type = 'eval_log'", positive=True)) == 198

    async def peak() -> int:
        return await peak_bytes(lambda: read(where=where, columns=["value", "scan_events"]))

    assert asyncio.run(peak()) < COPIED_BYTES
    row = results_table(location, "a", where, columns=["scan_events", "epoch", "id"]).to_pylist()[0]
    assert row["scan_events"].startswith('["t1"')
    assert (row["epoch"], row["id"]) == (None, "t1")
