"""Results as data frames and batches: types of values, resultsets, columns, running scans."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from inspect_scout import ConfigError, LocationError, StorageError
from inspect_scout._results import HEAVY_COLUMNS, RowMode, ScanStore, UnknownScannerError
from inspect_scout._types import Reference, Result, ResultReport, ResultValidation, as_resultset
from inspect_scout.testing import MemoryStorage, Storage
from support.results import results_batches, results_df
from support.scans import (
    failed_report,
    fill,
    finished,
    make_report,
    make_spec,
    make_store,
    make_usage,
    message_reference,
    read_parquet,
    stored_table,
    write_parquet,
)

pytestmark = pytest.mark.anyio


async def frame_of(
    store: ScanStore, storage: Storage, rows: RowMode = "results", exclude: Sequence[str] | None = None
) -> pd.DataFrame:
    return (await results_df(store.location, rows=rows, exclude_columns=exclude, storage=storage)).scanners["a"]


async def frame_of_values(*values: JsonValue) -> pd.DataFrame:
    pairs = [(f"t{i}", "a", [make_report(value, f"u{i}")]) for i, value in enumerate(values)]
    return await frame_of(*await finished(pairs))


async def batches_of(
    store: ScanStore, storage: Storage, rows: RowMode = "results", exclude: Sequence[str] | None = None, size: int = 2
) -> list[pd.DataFrame]:
    batches = results_batches(store.location, "a", batch_size=size, exclude_columns=exclude, rows=rows, storage=storage)
    return [batch async for batch in batches]


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([True, False], "bool[pyarrow]", [True, False]),
        ([1, 2], "int64[pyarrow]", [1, 2]),
        ([1, 2.5], "double[pyarrow]", [1.0, 2.5]),
        (["1", "x"], "string[pyarrow]", ["1", "x"]),
        ([1, "x", True], "object", [1, "x", True]),
        ([False, None, "false", 0, 0.0], "object", [False, None, "false", 0, 0.0]),
        ([["a"], "x", 2, {"k": 1}], "object", ['["a"]', "x", 2, '{"k":1}']),
        ([[1], []], "string[pyarrow]", ["[1]", "[]"]),
        ([[1], "x"], "string[pyarrow]", ["[1]", "x"]),
        ([1.0, 2], "double[pyarrow]", [1.0, 2.0]),
        ([2**63 - 1, -(2**63)], "int64[pyarrow]", [2**63 - 1, -(2**63)]),
        ([2**63, 1], "object", [2**63, 1]),
        ([2**64, -(2**70)], "object", [2**64, -(2**70)]),
        ([-(2**63) - 1], "object", [-(2**63) - 1]),
        ([2**53 + 1, 0.5], "object", [2**53 + 1, 0.5]),
        ([2**53, 0.5], "double[pyarrow]", [2.0**53, 0.5]),
        ([10**30, 1], "object", [10**30, 1]),
        ([10**400, 1, 0.5, -(10**6000)], "object", [10**400, 1, 0.5, -(10**6000)]),
        ([float("inf"), 1], "double[pyarrow]", [float("inf"), 1.0]),
        ([float("-inf"), 2**70], "object", [float("-inf"), 2**70]),
        (["1180591620717411303424", "1e400"], "string[pyarrow]", ["1180591620717411303424", "1e400"]),
        (["2.50", 2.5, 2**70], "object", ["2.50", 2.5, 2**70]),
    ],
)
async def test_values_get_the_type_that_all_of_them_have(
    values: list[JsonValue], dtype: str, expected: list[Any]
) -> None:
    frame = await frame_of_values(*values)
    assert str(frame["value"].dtype) == dtype
    assert frame["value"].tolist() == expected
    assert [type(v) for v in frame["value"]] == [type(v) for v in expected]


async def test_not_a_number_is_a_number() -> None:
    frame = await frame_of_values(float("nan"), 1)
    assert str(frame["value"].dtype) == "double[pyarrow]"


async def test_an_error_does_not_turn_numbers_into_text() -> None:
    store, storage = await finished([("t0", "a", [make_report(1)]), ("t1", "a", [failed_report("t1")])])
    frame = await frame_of(store, storage)
    assert str(frame["value"].dtype) == "int64[pyarrow]"
    assert frame["value"].isna().tolist() == [False, True]


async def test_text_of_older_scans_is_read_as_boolean() -> None:
    store, storage = await finished([("t0", "a", [make_report(True)]), ("t1", "a", [make_report(True)])])
    path = f"{store.location}/a.parquet"
    table = read_parquet(storage, path)
    table = table.set_column(table.column_names.index("value"), "value", pa.array(["True", "False"], pa.string()))
    write_parquet(storage, path, table)
    assert (await frame_of(store, storage))["value"].tolist() == [True, False]


async def test_heavy_columns_are_left_out_unless_asked_for() -> None:
    store, storage = await finished([("t0", "a", [make_report()])])
    default = await frame_of(store, storage)
    everything = await frame_of(store, storage, exclude=[])
    one = await frame_of(store, storage, exclude=["uuid", "unknown"])
    assert (len(default.columns), len(everything.columns)) == (58, 60)
    assert not set(HEAVY_COLUMNS) & set(default.columns)
    assert [c for c in everything.columns if c in HEAVY_COLUMNS] == ["input", "scan_events"]
    assert "uuid" not in one.columns
    assert "input" in one.columns
    assert not {"input_ref", "input_hash", "validation_error"} & set(everything.columns)
    assert {str(dtype) for dtype in everything.dtypes} <= {
        "large_string[pyarrow]", "string[pyarrow]", "int64[pyarrow]", "double[pyarrow]", "bool[pyarrow]"
    }  # fmt: skip


async def test_value_is_typed_even_if_its_type_is_not_shown() -> None:
    store, storage = await finished([("t0", "a", [make_report(3)])])
    frame = await frame_of(store, storage, exclude=["value_type"])
    assert frame["value"].tolist() == [3]
    assert "value_type" not in frame.columns


def resultset(*results: Result[Any], **fields: Any) -> ResultReport:
    return make_report(result=as_resultset(list(results)), **fields)


async def test_resultsets_become_a_row_for_each_result() -> None:
    event = Reference(type="event", cite="[E1]", id="e")
    report = resultset(
        Result(uuid="r0", value=1, label="x", answer="an", explanation="why", metadata={"deep": {"k": [1]}}),
        Result(uuid="r1", value=2, references=[message_reference("m"), event], metadata={"other": 1}),
        model_usage=make_usage(5),
    )
    store, storage = await finished([("t0", "a", [report])])
    frame = await frame_of(store, storage)
    stored = await frame_of(store, storage, rows="transcripts")
    assert list(frame.columns) == list(stored.columns)
    assert frame["uuid"].tolist() == ["r0", "r1"]
    assert frame["value"].tolist() == [1, 2]
    assert frame["value_type"].tolist() == ["number", "number"]
    assert frame["transcript_id"].tolist() == ["t0", "t0"]
    assert [json.loads(m) for m in frame["metadata"]] == [{"deep": {"k": [1]}}, {"other": 1}]
    assert json.loads(frame["message_references"][1]) == [{"type": "message", "cite": "[M1]", "id": "m"}]
    assert json.loads(frame["event_references"][1]) == [{"type": "event", "cite": "[E1]", "id": "e"}]
    assert frame["scan_total_tokens"].isna().all()
    assert frame["scan_model_usage"].isna().all()
    assert stored["value_type"].tolist() == ["resultset"]
    assert len(json.loads(stored["value"][0])) == 2
    assert stored["scan_total_tokens"].tolist() == [5]


async def test_a_file_of_empty_resultsets_is_an_empty_frame_with_all_columns() -> None:
    store, storage = await finished([("t0", "a", [resultset()]), ("t1", "a", [resultset()])])
    frame = await frame_of(store, storage)
    assert frame.shape == (0, 58)
    assert await batches_of(store, storage) == []


async def test_plain_rows_come_before_expanded_ones() -> None:
    report = resultset(Result(value=1), Result(value=2))
    store, storage = await finished([("t0", "a", [report]), ("t1", "a", [failed_report("t1")])])
    frame = await frame_of(store, storage)
    assert frame["transcript_id"].tolist() == ["t1", "t0", "t0"]
    assert frame["value"].isna().tolist() == [True, False, False]


async def test_items_of_mixed_types_keep_their_own() -> None:
    values: list[JsonValue] = [1, "x", [True], False, "false", 0.5, 2**70, None, {"k": False}]
    items = [Result(value=value, uuid=f"r{i}") for i, value in enumerate(values)]
    store, storage = await finished([("t0", "a", [resultset(*items)])])
    frame = await frame_of(store, storage)
    assert frame["value"].tolist() == [1, "x", "[true]", False, "false", 0.5, 2**70, None, '{"k":false}']
    assert frame["value_type"].tolist()[:4] == ["number", "string", "array", "boolean"]
    assert [bool(value) for value in frame["value"][3:5]] == [False, True]
    packed = await frame_of(store, storage, rows="transcripts")
    assert isinstance(packed["value"][0], str)


async def test_items_are_typed_whatever_type_their_results_declare() -> None:
    items = [Result(value=False, type="severity"), Result(value=True, type="severity")]
    store, storage = await finished([("t0", "a", [resultset(*items)])])
    frame = await frame_of(store, storage)
    assert frame["value_type"].tolist() == ["severity", "severity"]
    assert str(frame["value"].dtype) == "bool[pyarrow]"
    assert frame["value"].tolist() == [False, True]


async def test_plain_values_beside_packed_resultsets_are_typed_too() -> None:
    store, storage = await finished(
        [
            ("t0", "a", [make_report(False)]),
            ("t1", "a", [resultset(Result(value=1))]),
            ("t2", "a", [failed_report("t2")]),
        ]
    )
    for rows, items in (("transcripts", 1), ("results", 1)):
        frame = await frame_of(store, storage, rows=rows)  # type: ignore[arg-type]
        assert frame["value"].tolist().count(None) == 1
        assert any(value is False for value in frame["value"])
        assert sum(isinstance(value, str | int) and value is not False for value in frame["value"]) == items


async def test_verdicts_are_booleans_and_those_by_label_json() -> None:
    by_label = ResultValidation(target={"x": True, "y": False}, valid={"x": True, "y": False})
    plain = ResultValidation(target=True, valid=False)
    pairs = [("t0", "a", [make_report(True, validation=plain)]), ("t1", "a", [make_report(True)])]
    frame = await frame_of(*await finished(pairs))
    assert str(frame["validation_result"].dtype) == "bool[pyarrow]"
    assert frame["validation_result"].isna().tolist() == [False, True]
    assert frame["validation_result"].tolist()[0] is False
    both = [*pairs, ("t2", "a", [resultset(Result(value=1, label="x"), validation=by_label)])]
    store, storage = await finished(both)
    expanded = await frame_of(store, storage)
    assert expanded["label"].tolist()[2:] == ["x", "y"]
    assert expanded["validation_result"].tolist()[2:] == [True, False]
    packed = (await frame_of(store, storage, rows="transcripts"))["validation_result"].tolist()
    assert packed == [False, None, '{"x":true,"y":false}']
    only = await frame_of(*await finished(both[2:]), rows="transcripts")
    assert str(only["validation_result"].dtype) == "large_string[pyarrow]"
    assert str((await frame_of_values(1))["validation_result"].dtype) == "large_string[pyarrow]"


async def test_readers_of_arrow_get_text() -> None:
    store, storage = await finished([("t0", "a", [make_report(2**70)]), ("t1", "a", [make_report(True)])])
    table = await stored_table(store, storage)
    assert table["value"].to_pylist() == ["1180591620717411303424", "true"]


async def test_labels_get_their_own_verdict_and_absent_ones_a_row() -> None:
    verdict = ResultValidation(
        target={"found": True, "absent": False, "missed": True}, valid={"found": True, "absent": True, "missed": False}
    )
    found = Result(value=True, label="found", uuid="r0")
    store, storage = await finished([("t0", "a", [resultset(found, validation=verdict)])])
    frame = await frame_of(store, storage)
    assert frame["label"].tolist() == ["found", "absent"]
    assert frame["validation_result"].tolist() == [True, True]
    assert frame["value"].tolist() == [True, False]
    assert frame["value_type"].tolist() == ["boolean", "boolean"]
    assert frame["uuid"].isna().tolist() == [False, True]
    assert frame["metadata"].tolist()[1] == "{}"
    assert json.loads((await frame_of(store, storage, rows="transcripts"))["validation_result"][0]) == verdict.valid


async def test_a_plain_verdict_is_repeated_and_nothing_is_made_up() -> None:
    verdict = ResultValidation(target={"x": False}, valid=True)
    store, storage = await finished([("t0", "a", [resultset(Result(value=1, label="y"), validation=verdict)])])
    frame = await frame_of(store, storage)
    assert frame["label"].tolist() == ["y"]
    assert frame["validation_result"].tolist() == [True]


@pytest.mark.parametrize("rows", ["transcripts", "transcript"])
async def test_rows_may_be_stored_ones(rows: RowMode) -> None:
    store, storage = await finished([("t0", "a", [resultset(Result(value=1), Result(value=2))])])
    assert len(await frame_of(store, storage, rows=rows)) == 1


async def test_other_choices_of_rows_are_refused() -> None:
    store, storage = await finished([("t0", "a", [make_report()])])
    with pytest.raises(ConfigError, match=r"'results'.*'transcripts'"):
        await results_df(store.location, rows="all", storage=storage)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="list of column names"):
        await results_df(store.location, exclude_columns="input", storage=storage)
    with pytest.raises(ConfigError, match="batch_size=0"):
        await anext(results_batches(store.location, "a", batch_size=0, storage=storage))


async def test_scanners_are_a_lazy_sorted_mapping() -> None:
    store, storage = await finished(
        [("t0", "b", [make_report(1)]), ("t0", "a", [make_report(2)])], scanners=["b", "a", "silent"]
    )
    results = await results_df(store.location, storage=storage)
    assert list(results.scanners) == ["a", "b"]
    assert repr(results.scanners) == "ScannerFrames(a, b)"
    assert results.complete
    assert results.summary["b"].results == 1
    assert results.scanners["a"] is not results.scanners["a"]
    assert (await results_df(store.location, scanner="b", storage=storage)).scanners["b"]["value"].tolist() == [1]


async def test_unknown_scanner_is_refused_with_close_names() -> None:
    store, storage = await finished([("t0", "word_count", [make_report()])], scanners=["word_count"])
    results = await results_df(store.location, storage=storage)
    for kind in (KeyError, FileNotFoundError, UnknownScannerError):
        with pytest.raises(kind, match="Did you mean 'word_count'"):
            results.scanners["word_cuont"]
        with pytest.raises(kind, match="Did you mean 'word_count'"):
            await results_df(store.location, scanner="word_cuont", storage=storage)
    assert "word_cuont" not in results.scanners


async def test_a_scanner_without_rows_that_is_asked_for_is_an_empty_frame() -> None:
    store, storage = await finished([("t0", "a", [make_report()])], scanners=["a", "silent"])
    frame = (await results_df(store.location, scanner="silent", storage=storage)).scanners["silent"]
    assert frame.shape == (0, 58)


async def test_no_scan_is_a_location_error() -> None:
    with pytest.raises(LocationError):
        await results_df("mem://none", storage=MemoryStorage())


async def test_a_running_scan_reads_as_it_will_when_finished() -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(["a"], ["t0", "t1", "t2"]), storage)
    await fill(store, [("t1", "a", [make_report(1, "u1")])])
    await store.compact(["t0", "t1", "t2"], complete=False)
    await fill(store, [("t2", "a", [make_report(2, "u2")]), ("t0", "a", [make_report(0, "u0")])])
    running = await frame_of(store, storage, exclude=[])
    running_batches = pd.concat(await batches_of(store, storage, exclude=[]), ignore_index=True)
    await store.compact(["t0", "t1", "t2"], complete=True)
    done = await frame_of(store, storage, exclude=[])
    assert running["uuid"].tolist() == ["u0", "u1", "u2"]
    pd.testing.assert_frame_equal(running, done)
    pd.testing.assert_frame_equal(running_batches, done)


async def test_a_damaged_table_is_named() -> None:
    store, storage = await finished([("t0", "a", [make_report()])])
    await storage.write(f"{store.location}/a.parquet", b"PAR1 broken")
    results = await results_df(store.location, storage=storage)
    with pytest.raises(StorageError, match=r"a\.parquet"):
        results.scanners["a"]


@pytest.mark.parametrize("text", ["[", "5", '[1,{"value":2}]', '[{"value":1,"references":"x","metadata":3}]', "null"])
async def test_odd_resultsets_of_strangers_can_be_read(text: str) -> None:
    store, storage = await finished([("t0", "a", [resultset(Result(value=1))])])
    path = f"{store.location}/a.parquet"
    table = read_parquet(storage, path)
    table = table.set_column(table.column_names.index("value"), "value", pa.array([text], pa.string()))
    write_parquet(storage, path, table)
    frame = await frame_of(store, storage)
    assert len(frame) == (len(json.loads(text)) if text.startswith("[") and text.endswith("]") else 0)


JSON: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
LABELS = st.sampled_from(["x", "y", None])


def make_result(value: JsonValue, label: str | None, metadata: dict[str, Any] | None) -> Result[Any]:
    return Result(value=value, label=label, metadata=metadata)


def make_verified(result: Result[Any], verdict: ResultValidation | None) -> ResultReport:
    return make_report(result=result, validation=verdict)


RESULTS = st.builds(make_result, JSON, LABELS, st.none() | st.dictionaries(st.text(max_size=3), JSON, max_size=2))
VERDICTS = st.none() | st.just(ResultValidation(target={"x": True, "y": False}, valid={"x": True, "y": False}))
REPORTS = st.builds(make_verified, RESULTS | st.lists(RESULTS, max_size=3).map(as_resultset), VERDICTS) | st.just(
    failed_report()
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(reports=st.lists(REPORTS, min_size=1, max_size=6), rows=st.sampled_from(["results", "transcripts"]))
def test_batches_put_together_are_the_frame(reports: list[ResultReport], rows: RowMode) -> None:
    async def check() -> None:
        store, storage = await finished([(f"t{i}", "a", [report]) for i, report in enumerate(reports)])
        frame = await frame_of(store, storage, rows, exclude=[])
        batches = await batches_of(store, storage, rows, exclude=[])
        if not batches:
            assert frame.empty
            return
        for batch in batches:
            assert dict(batch.dtypes) == dict(frame.dtypes)
        pd.testing.assert_frame_equal(pd.concat(batches, ignore_index=True), frame.reset_index(drop=True))

    asyncio.run(check())


SCALARS: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**80), 2**80),
    st.floats(allow_nan=False),
    st.sampled_from(["true", "1", "NaN", "", "0x10", "1e400", "null"]),
    st.text(st.characters(codec="utf-8"), max_size=5),
)


def read_back(value: JsonValue, as_float: bool) -> Any:
    return float(value) if as_float and isinstance(value, int) else value


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    values=st.lists(SCALARS, min_size=1, max_size=5) | st.lists(st.integers() | st.floats(allow_nan=False), min_size=1),
    packed=st.booleans(),
    running=st.booleans(),
)
def test_any_scalars_are_read_back_as_they_were(values: list[JsonValue], packed: bool, running: bool) -> None:
    async def check() -> None:
        if packed:
            pairs = [("t0", "a", [resultset(*(Result(value=value) for value in values))])]
        else:
            pairs = [(f"t{i}", "a", [make_report(value, f"u{i}")]) for i, value in enumerate(values)]
        storage = MemoryStorage()
        order = [id for id, _, _ in pairs]
        store = await make_store(make_spec(["a"], order), storage)
        await fill(store, pairs)
        if not running:
            await store.compact(order, complete=True)
        for frame in (await frame_of(store, storage), pd.concat(await batches_of(store, storage), ignore_index=True)):
            found = [None if value is pd.NA else value for value in frame["value"]]
            as_float = str(frame["value"].dtype) == "double[pyarrow]"
            assert found == [read_back(value, as_float) for value in values]
            if not as_float:
                assert [type(value) for value in found] == [type(value) for value in values]

    asyncio.run(check())


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(results=st.lists(RESULTS, max_size=4))
def test_any_result_survives_the_round_trip(results: list[Result[Any]]) -> None:
    async def check() -> None:
        store, storage = await finished([("t0", "a", [resultset(*results)])])
        frame = await frame_of(store, storage)
        assert frame["uuid"].tolist() == [result.uuid for result in results]
        for result, label, metadata in zip(results, frame["label"], frame["metadata"]):
            assert (None if label is pd.NA else label) == result.label
            found, given_metadata = json.loads(metadata), json.loads(json.dumps(result.metadata or {}))
            assert json.dumps(found, sort_keys=True) == json.dumps(given_metadata, sort_keys=True)

    asyncio.run(check())


async def test_each_result_of_a_set_says_what_itself_cites_unseen() -> None:
    items = as_resultset([Result(value=1, metadata={"unseen_citations": ["[M9]"]}), Result(value=2)])
    store, storage = await finished([("t0", "a", [make_report(result=items), make_report()])])
    assert (await frame_of(store, storage))["unseen_citations"].tolist() == ["[]", '["[M9]"]', "[]"]
    assert (await frame_of(store, storage, rows="transcripts"))["unseen_citations"].tolist() == ['["[M9]"]', "[]"]
