"""Pages of results: conditions, order, limits, cursors, groups; and that only what is asked for is read."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from inspect_scout import (
    ConfigError,
    LocationError,
    Result,
    ResultsPage,
    UnknownNameError,
    scan_results_df,
    scan_results_query,
)
from inspect_scout._app import run_sync
from inspect_scout._query import OrderBy, condition_from_sql
from inspect_scout._results import ResultsQuery, ResultsTable, ScanStore
from inspect_scout._results.reading.combined_rows import FIRST_ROWS
from inspect_scout._types import (
    InputOrigin,
    ResultReport,
    ResultValidation,
    Transcript,
    TranscriptInfo,
    as_resultset,
)
from inspect_scout.aio import scan_results_query_async
from inspect_scout.testing import LocalStorage, MemoryStorage, Storage
from support.scans import failed_report, fill, finished, make_report, make_spec, make_store, open_journal

pytestmark = pytest.mark.anyio

VALUES: list[JsonValue] = [True, 3, "x", None, 0.5, "10", 2, "9", False]


def results(values: Sequence[JsonValue]) -> ResultReport:
    return make_report(result=as_resultset([Result(value=v, uuid=f"i{i}", label="item") for i, v in enumerate(values)]))


async def page(store: ScanStore, storage: Storage, scanner: str | None = "a", **asked: Any) -> ResultsPage:
    where = asked.pop("where", None)
    query = ResultsQuery(where=condition_from_sql(where) if where else None, **asked)
    return await ResultsTable.open(store.location, run_sync, storage=storage).query(query, scanner)


def scan_on_disk(folder: Path, values: Sequence[JsonValue], done: bool = True) -> str:
    async def make() -> str:
        order = [f"t{i}" for i in range(len(values))]
        store = await make_store(make_spec(["a"], order), LocalStorage(), str(folder))
        journal = await open_journal(store)
        for id, value in zip(order, values, strict=True):
            reports = [make_report(value, f"u-{id}", label="odd" if int(id[1:]) % 2 else "even")]
            await journal.append(TranscriptInfo(transcript_id=id, task_id=f"task-{id}"), "a", reports)
        await journal.aclose()
        if done:
            await store.compact(order, complete=True)
        return store.location

    return asyncio.run(make())


@pytest.mark.parametrize("done", [True, False])
def test_a_page_has_the_columns_rows_and_order_that_were_asked_for(tmp_path: Path, done: bool) -> None:
    location = scan_on_disk(tmp_path, [5, 1, 4, 2, 3], done)
    found = scan_results_query(
        location,
        scanner="a",
        sql_where="value > 1",
        columns=["task_id", "value"],
        order_by=[("value", "DESC")],
        limit=2,
        offset=1,
        count=True,
    )
    assert found.table.to_pylist() == [{"task_id": "task-t2", "value": 4}, {"task_id": "task-t4", "value": 3}]
    table: Any = found.table
    assert table.schema.field("value").type == pa.int64()
    assert found.total == 4
    assert found.after is not None


def test_a_page_of_everything_leaves_out_the_heavy_columns(tmp_path: Path) -> None:
    found = scan_results_query(scan_on_disk(tmp_path, [True, False]))
    heavy = {"input", "input_data", "scan_events", "transcript_metadata"}
    frame = scan_results_df(found_location := scan_on_disk(tmp_path / "other", [True, False])).scanners["a"]
    assert found.table.column_names == [name for name in frame.columns if name not in heavy]
    assert found.table["value"].to_pylist() == [True, False]
    assert (found.total, found.after) == (None, None)
    assert heavy <= set(scan_results_query(found_location, columns=sorted(heavy)).table.column_names)


async def test_the_async_twin_answers_alike(tmp_path: Path) -> None:
    location = await asyncio.to_thread(scan_on_disk, tmp_path, [1, 2])
    found = await scan_results_query_async(location, sql_where="value = 2", columns=["value"])
    assert found.table.to_pylist() == [{"value": 2}]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("ASC", ["false", "0.5", "true", "2", "3", "10", "9", "x", None]),
        ("DESC", ["x", "9", "10", "3", "2", "true", "0.5", "false", None]),
    ],
)
async def test_values_are_sorted_numbers_first_and_nothing_last(order: Any, expected: list[Any]) -> None:
    store, storage = await finished([(f"t{i}", "a", [make_report(v, f"u{i}")]) for i, v in enumerate(VALUES)])
    found = await page(store, storage, order_by=[OrderBy("value", order)], columns=["value"])
    assert found.table["value"].to_pylist() == expected


async def test_scores_and_metadata_are_sorted_as_numbers_where_they_hold_numbers() -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(["a"], ["t0", "t1", "t2"]), storage)
    journal = await open_journal(store)
    for id, score in (("t0", 10), ("t1", 9.5), ("t2", "C")):
        await journal.append(TranscriptInfo(transcript_id=id, score=score), "a", [make_report(metadata={"k": score})])
    await journal.aclose()
    for name in ("score", "metadata.k"):
        found = await page(store, storage, order_by=[OrderBy(name)], columns=["transcript_id"])
        assert found.table["transcript_id"].to_pylist() == ["t1", "t0", "t2"]


async def every_page(store: ScanStore, storage: Storage, **asked: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        found = await page(store, storage, after=after, **asked)
        rows += found.table.to_pylist()
        if found.after is None:
            return rows
        assert found.table.num_rows == asked["limit"]
        after = found.after


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("order_by", [[], [OrderBy("label")], [OrderBy("value", "DESC"), OrderBy("transcript_id")]])
async def test_pages_hold_every_row_once(complete: bool, order_by: list[OrderBy]) -> None:
    target = ResultValidation(target={"absent": False}, valid={"absent": True})
    pairs: list[tuple[str, str, Sequence[ResultReport]]] = [
        ("t0", "a", [make_report(1, "u0"), results([1, "x", None])]),
        ("t1", "a", [failed_report("t1")]),
        ("t2", "a", [make_report(result=as_resultset([Result(value=7)]), validation=target), results([])]),
    ]
    storage = MemoryStorage()
    store = await make_store(make_spec(["a"], ["t2", "t0", "t1"]), storage)
    await fill(store, pairs)
    if complete:
        await store.compact(["t2", "t0", "t1"], True)
    whole = await page(store, storage, order_by=order_by, count=True)
    assert whole.total == 7
    for limit in (1, 2, 3, 7):
        assert await every_page(store, storage, order_by=order_by, limit=limit) == whole.table.to_pylist()


async def test_the_next_page_goes_on_behind_the_last_row_also_when_rows_came_before_it() -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(["a"], [f"t{i}" for i in range(6)]), storage)
    await fill(store, [(f"t{i}", "a", [make_report(i, f"u{i}")]) for i in (1, 3, 5)])
    first = await page(store, storage, limit=2, columns=["value"])
    await fill(store, [(f"t{i}", "a", [make_report(i, f"u{i}")]) for i in (0, 2, 4)])
    second = await page(store, storage, limit=2, columns=["value"], after=first.after)
    assert (first.table["value"].to_pylist(), second.table["value"].to_pylist()) == ([1, 3], [4, 5])


async def test_a_cursor_of_another_query_is_refused() -> None:
    store, storage = await finished([(f"t{i}", "a", [make_report(i, f"u{i}")]) for i in range(3)])
    after = (await page(store, storage, limit=1)).after
    with pytest.raises(ConfigError, match="belongs to another query"):
        await page(store, storage, limit=1, after=after, where="value > 0")
    for text in ("nonsense", "é", "AAAA"):
        with pytest.raises(ConfigError, match="is not a cursor"):
            await page(store, storage, limit=1, after=text)
    with pytest.raises(ConfigError, match="give one of them"):
        await page(store, storage, limit=1, after=after, offset=1)


async def test_groups_count_rows_by_their_values() -> None:
    pairs = [(f"t{i}", "a", [make_report(i % 2 == 0, f"u{i}", label="x" if i < 4 else "y")]) for i in range(5)]
    store, storage = await finished(pairs)
    found = await page(store, storage, group_by=["label", "value"], count=True)
    assert found.table.to_pylist() == [
        {"label": "x", "value": False, "count": 2},
        {"label": "x", "value": True, "count": 2},
        {"label": "y", "value": True, "count": 1},
    ]
    assert found.total == 3
    by_value = await page(store, storage, group_by=["value"], order_by=[OrderBy("count")], where="label = 'x'", limit=1)
    assert by_value.table.to_pylist() == [{"value": False, "count": 2}]
    rest = await page(
        store, storage, group_by=["value"], order_by=[OrderBy("count")], where="label = 'x'", limit=1,
        after=by_value.after,
    )  # fmt: skip
    assert (rest.table.to_pylist(), rest.after) == ([{"value": True, "count": 2}], None)
    with pytest.raises(ConfigError, match="'transcript_task_id' is the same column as 'task_id'"):
        await page(store, storage, group_by=["task_id", "transcript_task_id"])
    with pytest.raises(ConfigError, match="cannot be sorted by 'label'"):
        await page(store, storage, group_by=["value"], order_by=[OrderBy("label")])


async def test_results_of_all_scanners_stand_one_below_the_other() -> None:
    verdict = ResultValidation(target={"k": True}, valid={"k": True})
    pairs = [
        ("t0", "b", [make_report("x", "u0")]),
        ("t0", "a", [make_report(1, "u1"), make_report({"k": True}, "u2", validation=verdict)]),
        ("t1", "b", [results([True, "y"])]),
    ]
    store, storage = await finished(pairs, ["b", "a"])
    found = await page(store, storage, None, columns=["scanner", "value", "validation_result_k"], count=True)
    assert [tuple(row.values()) for row in found.table.to_pylist()] == [
        ("a", "1", None), ("a", '{"k":true}', True), ("b", "x", None), ("b", "true", None), ("b", "y", None),
    ]  # fmt: skip
    text = await page(
        store, storage, None, where="value = 'x' or value = 1", columns=["uuid"], order_by=[OrderBy("uuid")]
    )
    assert text.table["uuid"].to_pylist() == ["u0", "u1"]
    assert [row["uuid"] for row in await every_page(store, storage, scanner=None, limit=2)] == [
        "u1",
        "u2",
        "u0",
        "i0",
        "i1",
    ]


async def test_the_first_rows_of_each_scanner() -> None:
    values = {"a": [0, 1, 2, 3], "b": [4], "c": [5, 0, 6]}
    pairs = [
        (f"t{i}", key, [make_report(value, f"{key}{i}")]) for key, own in values.items() for i, value in enumerate(own)
    ]
    store, storage = await finished(pairs, list(values))

    async def ids(**asked: Any) -> list[str]:
        found = await page(store, storage, None, columns=["uuid"], limit_each=2, **asked)
        return [str(id) for id in found.table["uuid"].to_pylist()]

    assert await ids() == ["a0", "a1", "b0", "c0", "c1"]
    assert await ids(positive=True) == ["a1", "a2", "b0", "c0", "c2"]
    assert await ids(where="value > 2") == ["a3", "b0", "c0", "c2"]
    assert await ids(order_by=[OrderBy("uuid", "DESC")]) == ["c2", "c1", "b0", "a3", "a2"]
    assert await ids(limit=3) == ["a0", "a1", "b0"]
    assert (await page(store, storage, None, limit_each=0)).table.num_rows == 0
    with pytest.raises(ConfigError, match="limit_each=2"):
        ResultsQuery(group_by=["value"], limit_each=2)
    with pytest.raises(ConfigError, match="limit_each=-1"):
        ResultsQuery(limit_each=-1)


async def test_what_does_not_exist_is_refused_by_name(tmp_path: Path) -> None:
    store, storage = await finished([("t0", "a", [make_report()])])
    wrong: Sequence[dict[str, Any]] = (
        {"columns": ["vallue"]},
        {"where": "vallue = 1"},
        {"order_by": [OrderBy("vallue")]},
        {"group_by": ["vallue"]},
    )
    for asked in wrong:
        with pytest.raises(UnknownNameError, match=r"'vallue'.*Did you mean 'value'"):
            await page(store, storage, **asked)
    for name in ('"; DROP TABLE t; --', "value) FROM t; --", "/etc/passwd"):
        with pytest.raises(ConfigError):
            await page(store, storage, order_by=[OrderBy(name)])
    with pytest.raises(ConfigError, match="'sideways'"):
        await page(store, storage, order_by=[OrderBy("value", "sideways")])  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    with pytest.raises(UnknownNameError, match="'c'"):
        await page(store, storage, "c")
    with pytest.raises(ConfigError, match="limit=-1"):
        await page(store, storage, limit=-1)
    with pytest.raises(LocationError, match="There is no scan"):
        await scan_results_query_async(str(tmp_path))
    with pytest.raises(ConfigError, match="is one text"):
        await scan_results_query_async(store.location, columns="value")


class Origins:
    """Counts which inputs are read again."""

    def __init__(self) -> None:
        self.read: list[str] = []

    async def __call__(self, origin: InputOrigin, info: TranscriptInfo) -> Transcript:
        self.read.append(info.transcript_id)
        return Transcript(transcript_id=info.transcript_id, source_type="eval_log", source_id="", source_uri="log.eval")


async def referring_scan() -> tuple[ScanStore, Storage]:
    storage = MemoryStorage()
    store = await make_store(make_spec(["a"], ["t0", "t1", "t2"]), storage)
    journal = await open_journal(store, record_input="reference")
    for id in ("t0", "t1", "t2"):
        transcript = Transcript(transcript_id=id, source_type="eval_log", source_id="", source_uri="log.eval")
        origin = InputOrigin("eval_log", "log.eval", id, "f", "{}", 1)
        report = make_report(
            int(id[1]), f"u-{id}", input_type="transcript", input=transcript, input_ids=[id], origin=origin,
            explanation="what the input said in scan_events",
        )  # fmt: skip
        await journal.append(TranscriptInfo(transcript_id=id, source_uri="log.eval"), "a", [report])
    await journal.aclose()
    return store, storage


@pytest.mark.parametrize(
    ("where", "columns", "limit", "read"),
    [
        ("explanation LIKE '%input%'", None, None, []),
        ("explanation LIKE '%input%scan_events%' AND label IS NULL", ["value"], None, []),
        ("value >= 1", ["input", "value"], 1, ["t1"]),
        (None, ["input"], 2, ["t0", "t1"]),
        ("input IS NOT NULL", ["value"], None, ["t0", "t1", "t2"]),
    ],
)
async def test_inputs_are_read_for_the_rows_asked_for_alone(
    where: str | None, columns: list[str] | None, limit: int | None, read: list[str]
) -> None:
    store, storage = await referring_scan()
    origins = Origins()
    table = ResultsTable.open(store.location, run_sync, storage=storage, read=origins)
    condition = condition_from_sql(where) if where else None
    found = await table.query(ResultsQuery(condition, columns, limit=limit), "a")
    assert found.table.num_rows == (limit or found.table.num_rows) > 0
    assert origins.read == read


async def test_a_page_reads_only_the_columns_and_rows_it_shows() -> None:
    long = "x" * 100_000
    pairs = [(f"t{i}", "a", [make_report(i, f"u{i}", explanation=f"{i}{long}", answer="short")]) for i in range(100)]
    store, storage = await finished(pairs)
    pool = pa.proxy_memory_pool(usual := pa.default_memory_pool())
    KEPT.append(pool)
    pa.set_memory_pool(pool)
    try:
        found = await page(store, storage, columns=["value", "answer"], where="value > 50", limit=1)
    finally:
        pa.set_memory_pool(usual)
    assert found.table.to_pylist() == [{"value": 51, "answer": "short"}]
    assert (pool.max_memory() or 0) < 1_000_000


KEPT: list[pa.MemoryPool] = []
"""What was taken from a pool may outlive the test, and then needs it."""

_CELLS = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["a", "b", "2", "true", ""]))


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.one_of(_CELLS, st.lists(_CELLS, max_size=3)), min_size=1, max_size=6), st.integers(0, 4), st.booleans()
)
async def test_pages_are_cut_from_the_whole(values: list[Any], offset: int, complete: bool) -> None:
    pairs = [
        (f"t{i}", "a", [results(cast("list[Any]", v)) if isinstance(v, list) else make_report(v, f"u{i}")])
        for i, v in enumerate(values)
    ]
    store, storage = await finished(pairs, complete=complete)
    whole = (await page(store, storage)).table
    part = await page(store, storage, offset=offset, limit=2, count=True)
    assert part.table.equals(whole.slice(offset, 2)) or not part.table.num_rows
    assert (part.total, part.after is None) == (whole.num_rows, offset + 2 >= whole.num_rows)
    ordered = (await page(store, storage, order_by=[OrderBy("uuid", "DESC")])).table
    assert ordered["uuid"].to_pylist() == sorted(map(str, whole["uuid"].to_pylist()), reverse=True)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.one_of(st.none(), st.integers(-3, 3)), min_size=1, max_size=12),
    st.integers(-4, 3),
    st.integers(1, 5),
    st.sampled_from(["ASC", "DESC", ""]),
    st.booleans(),
)
async def test_pages_are_those_of_a_sorted_list(
    values: list[int | None], least: int, limit: int, direction: Any, count: bool
) -> None:
    store, storage = await finished([(f"t{i:02}", "a", [make_report(v, f"u{i}")]) for i, v in enumerate(values)])
    expected = [(number, v) for number, v in enumerate(values) if v is not None and v >= least]
    if direction:  # equal values stay in the order of the transcripts
        expected.sort(key=lambda row: (-row[1] if direction == "DESC" else row[1], row[0]))
    asked: dict[str, Any] = {"order_by": [OrderBy("value", direction)]} if direction else {}
    rows: list[str | None] = []
    after = None
    while True:
        found = await page(
            store, storage, where=f"value >= {least}", columns=["uuid"], limit=limit, after=after, count=count, **asked
        )
        rows += found.table["uuid"].to_pylist()
        assert found.total == (len(expected) if count else None)
        if (after := found.after) is None:
            break
    assert rows == [f"u{number}" for number, _ in expected]


async def test_pages_behind_those_that_are_found_at_once() -> None:
    count = 3 * FIRST_ROWS
    values = [number * 7 % count for number in range(count)]
    store, storage = await finished(
        [("t0", "a", [make_report(result=as_resultset([Result(value=value) for value in values]))])]
    )
    asked: dict[str, Any] = {"order_by": [OrderBy("value", "DESC")], "columns": ["value"], "limit": 10, "count": True}
    for offset in (0, FIRST_ROWS - 12, FIRST_ROWS - 11, FIRST_ROWS - 10, FIRST_ROWS, count - 5):
        found = await page(store, storage, offset=offset, **asked)
        rows = sorted(values, reverse=True)[offset : offset + 10]
        assert (found.table["value"].to_pylist(), found.total) == (rows, count)
        assert (found.after is None) == (offset + 10 >= count)
