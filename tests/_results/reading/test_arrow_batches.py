"""Results as Arrow data, as they are stored."""

from __future__ import annotations

import pyarrow as pa
import pytest

from inspect_scout import ConfigError
from inspect_scout._results import ScanResultsArrow, UnknownScannerError, results_schema
from inspect_scout._results.rows.arrow_tables import select_fields
from inspect_scout._types import Result, as_resultset
from inspect_scout.testing import MemoryStorage
from support.results import results_arrow
from support.scans import fill, finished, make_report, make_spec, make_store

pytestmark = pytest.mark.anyio


async def opened(count: int = 3) -> ScanResultsArrow:
    pairs = [(f"t{i}", "a", [make_report(i, f"u{i}")]) for i in range(count)]
    store, storage = await finished(pairs, scanners=["a", "silent"])
    return await results_arrow(store.location, storage=storage)


async def test_reader_gives_the_stored_columns() -> None:
    results = await opened()
    assert results.scanners == ["a"]
    assert results.complete
    with results.reader("a", exclude_columns=[]) as reader:
        table = reader.read_all()
    assert table.schema.equals(select_fields(results_schema(), results_schema().names[:61]))
    assert len(results.reader("a").schema) == 58
    assert "uuid" not in results.reader("a", exclude_columns=["uuid"]).schema.names


async def test_reader_streams_batches_of_limited_size() -> None:
    batches = list((await opened(5)).reader("a", streaming_batch_size=2))
    assert [batch.num_rows for batch in batches] == [2, 2, 1]
    with pytest.raises(ConfigError, match="streaming_batch_size"):
        (await opened()).reader("a", streaming_batch_size=0)


async def test_resultsets_stay_packed() -> None:
    packed = make_report(result=as_resultset([Result(value=1), Result(value=2)]))
    store, storage = await finished([("t0", "a", [packed])])
    table = (await results_arrow(store.location, storage=storage)).reader("a").read_all()
    assert table.column("value_type").to_pylist() == ["resultset"]


async def test_fields_of_one_row() -> None:
    results = await opened()
    cell = results.get_field("a", "uuid", "u1", "value")
    assert isinstance(cell, pa.Scalar)
    assert cell.as_py() == "1"
    row = results.get_fields("a", "uuid", "u2", ["value", "transcript_id", "nothing", "uuid"])
    assert {name: cell.as_py() if cell is not None else None for name, cell in row.items()} == {
        "value": "2",
        "transcript_id": "t2",
        "nothing": None,
        "uuid": "u2",
    }


async def test_no_row_several_rows_and_no_column() -> None:
    results = await opened()
    with pytest.raises(KeyError, match="'u9'"):
        results.get_field("a", "uuid", "u9", "value")
    with pytest.raises(ValueError, match="3 rows"):
        results.get_field("a", "scanner_key", "a", "value")
    with pytest.raises(KeyError, match="Did you mean 'uuid'"):
        results.get_field("a", "uid", "u1", "value")
    with pytest.raises(KeyError, match="Did you mean 'value'"):
        results.get_field("a", "uuid", "u1", "valeu")


async def test_unknown_and_silent_scanners() -> None:
    results = await opened()
    with pytest.raises(UnknownScannerError):
        results.reader("b")
    assert results.reader("silent").read_all().num_rows == 0


async def test_fields_of_a_running_scan() -> None:
    storage = MemoryStorage()
    store = await make_store(make_spec(["a"], ["t0", "t1"]), storage)
    await fill(store, [("t1", "a", [make_report(1, "u1")])])
    await fill(store, [("t0", "a", [make_report(0, "u0")])])
    results = await results_arrow(store.location, storage=storage)
    assert not results.complete
    assert results.get_field("a", "uuid", "u1", "transcript_id").as_py() == "t1"
    assert results.reader("a").read_all().column("uuid").to_pylist() == ["u0", "u1"]
