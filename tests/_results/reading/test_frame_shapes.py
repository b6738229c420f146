"""Frames of all scanners, under and beside one another, and what their cells hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from pydantic import JsonValue

from inspect_scout import ConfigError, Result, UnknownNameError
from inspect_scout._results import RowMode, ScanResultsDF
from inspect_scout._types import ResultReport, ResultValidation, as_resultset
from support.results import results_df
from support.scans import failed_report, finished, make_report, make_usage, message_reference

pytestmark = pytest.mark.anyio

Pairs = Sequence[tuple[str, str, Sequence[ResultReport]]]


async def results_of(pairs: Pairs, rows: RowMode = "results", *, parse_json: bool = False) -> ScanResultsDF:
    store, storage = await finished(pairs, list(dict.fromkeys(scanner for _, scanner, _ in pairs)))
    return await results_df(store.location, rows=rows, parse_json=parse_json, storage=storage)


def listed(*results: Result[Any], **fields: Any) -> ResultReport:
    return make_report(result=as_resultset(list(results)), **fields)


def plain(series: Any) -> list[Any]:
    return [None if cell is pd.NA else cell for cell in series]


MIXED: Pairs = [
    ("t1", "found", [make_report(True, "u1", explanation="It did.")]),
    ("t0", "found", [make_report(False, "u0")]),
    ("t0", "size", [make_report(3, "u2")]),
    ("t2", "size", [failed_report("t2", "size")]),
    ("t0", "labels", [listed(Result(value=1, label="x"), Result(value=2, label="y"))]),
    ("t1", "labels", [listed()]),
    ("t2", "labels", [failed_report("t2", "labels")]),
    ("t1", "words", [make_report("C", "u3"), make_report("D", "u4")]),
]


async def test_frames_begin_with_what_results_say() -> None:
    verdict = ResultValidation(target={"b": True, "a": False}, valid={"b": True, "a": True})
    frame = (await results_of([("t0", "a", [make_report(True, validation=verdict)])])).scanners["a"]
    assert [*frame.columns][:4] == ["value", "label", "answer", "explanation"]
    names = [*frame.columns]
    start = names.index("validation_result")
    assert names[start : start + 3] == ["validation_result", "validation_result_a", "validation_result_b"]
    assert names.index("uuid") < names.index("transcript_id")


async def test_wide_has_a_row_for_each_transcript_and_a_column_for_each_scanner() -> None:
    wide = (await results_of(MIXED)).wide()
    assert wide.index.name == "transcript_id"
    assert [*wide.index] == ["t1", "t0", "t2"]  # the order of the scan
    assert [*wide.columns][:5] == ["found", "labels", "size", "words", "transcript_source_type"]
    assert plain(wide["found"]) == [True, False, None]
    assert plain(wide["size"]) == [None, 3, None]
    assert wide["found"].mean() == 0.5
    assert str(wide["size"].dtype) == "int64[pyarrow]"


async def test_cells_are_lists_where_a_scanner_gave_several_results() -> None:
    wide = (await results_of(MIXED)).wide()
    assert wide["labels"].tolist() == [[], [1, 2], []]
    assert wide["words"]["t1"] == ["C", "D"]
    assert pd.isna(wide["words"]["t0"])


@pytest.mark.parametrize("rows", ["results", "transcripts"])
@pytest.mark.parametrize("parse_json", [True, False])
async def test_wide_does_not_depend_on_how_frames_are_read(rows: RowMode, parse_json: bool) -> None:
    results, scanners = await results_of(MIXED, rows, parse_json=parse_json), ["found", "labels", "size", "words"]
    pd.testing.assert_frame_equal(results.wide()[scanners], (await results_of(MIXED)).wide()[scanners])


@pytest.mark.parametrize(
    ("column", "scanner", "expected"),
    [
        ("explanation", "found", ["It did.", None, None]),
        ("label", "labels", [[], ["x", "y"], []]),
        ("scan_total_tokens", "found", [5, None, None]),
    ],
)
async def test_wide_shows_any_column(column: str, scanner: str, expected: list[Any]) -> None:
    first = ("t1", "found", [make_report(True, explanation="It did.", model_usage=make_usage(5))])
    wide = (await results_of([first, *MIXED[1:]])).wide(column)
    found = plain(wide[scanner])
    assert [cell if cell is None or not column.startswith("scan_") else cell or None for cell in found] == expected


async def test_labels_that_were_expected_not_to_be_found_add_nothing_to_wide() -> None:
    verdict = ResultValidation(target={"x": True, "z": False}, valid={"x": True, "z": True})
    results = await results_of([("t0", "a", [listed(Result(value=1, label="x"), validation=verdict)])])
    assert len(results.scanners["a"]) == 2
    assert results.wide()["a"].tolist() == [[1]]


async def test_wide_refuses_unknown_columns_and_results_that_are_not_from_a_scan() -> None:
    results = await results_of(MIXED)
    with pytest.raises(UnknownNameError, match="Did you mean 'explanation'"):
        results.wide("explanaton")
    made = ScanResultsDF(True, results.spec, results.location, results.summary, [], {})
    with pytest.raises(ConfigError, match="call it to read rows"):
        made.wide()


async def test_long_has_the_results_of_all_scanners() -> None:
    results = await results_of(MIXED)
    long = results.long()
    assert [*long.columns][:3] == ["scanner_key", "value", "label"]
    assert sorted({*long.columns}) == sorted({*results.scanners["found"].columns})
    assert len(long) == sum(map(len, results.scanners.values()))
    values = {key: plain(rows["value"]) for key, rows in long.groupby("scanner_key")}
    assert values["found"] == [True, False]
    assert values["size"] == [3, None]
    assert values["words"] == ["C", "D"]
    assert [*long.index] == [*range(len(long))]


async def test_long_keeps_the_type_of_values_where_it_is_one() -> None:
    long = (await results_of([("t0", "a", [make_report(1)]), ("t0", "b", [make_report(2)])])).long()
    assert str(long["value"].dtype) == "int64[pyarrow]"
    assert long["value"].sum() == 3


async def test_a_scan_without_results_has_empty_frames() -> None:
    results = await results_of([("t0", "a", [])])
    assert (len(results.long()), len(results.wide())) == (0, 0)
    assert [*results.long().columns][:3] == ["scanner_key", "value", "label"]
    assert results.wide().index.name == "transcript_id"


async def test_times_are_times() -> None:
    late = make_report(1, timestamp="2026-01-01T02:00:00+02:00")
    results = await results_of([("t0", "a", [late]), ("t1", "a", [make_report(2, timestamp="yesterday")])])
    times = results.long()["timestamp"]
    assert times[0].to_pydatetime() == datetime(2026, 1, 1, tzinfo=UTC)
    assert times[1] is pd.NaT
    assert str(results.long()["transcript_date"].dtype).endswith("UTC]")
    assert str(results.wide()["transcript_date"].dtype).endswith("UTC]")
    assert results.scanners["a"]["timestamp"].tolist()[1] == "yesterday"


async def test_json_can_be_read_as_python_values() -> None:
    report = make_report(
        {"deep": [1]}, metadata={"k": {"n": 1}}, references=[message_reference("m")], model_usage=make_usage(5)
    )
    pairs: Pairs = [("t0", "a", [report]), ("t1", "a", [make_report("[1]", "u1")]), ("t2", "a", [failed_report("t2")])]
    text = (await results_of(pairs)).scanners["a"]
    frame = (await results_of(pairs, parse_json=True)).scanners["a"]
    assert frame["metadata"][0] == json.loads(text["metadata"][0]) == {"k": {"n": 1}}
    assert frame["message_references"][0] == [{"type": "message", "cite": "[M1]", "id": "m"}]
    assert frame["scan_model_usage"][0]["mock/model"]["total_tokens"] == 5
    assert frame["value"].tolist() == [{"deep": [1]}, "[1]", None]
    assert [*frame.columns] == [*text.columns]
    assert [*frame["explanation"].isna()] == [*text["explanation"].isna()]


@pytest.mark.parametrize("value", [True, 3, 0.5, "C"])
async def test_values_that_are_not_json_keep_their_types(value: JsonValue) -> None:
    pairs: Pairs = [("t0", "a", [make_report(value)])]
    text, frame = (await results_of(pairs)).scanners["a"], (await results_of(pairs, parse_json=True)).scanners["a"]
    assert frame["value"].dtype == text["value"].dtype
    assert frame["value"].tolist() == [value]


async def test_a_verdict_for_each_label_is_read_as_well() -> None:
    verdict = ResultValidation(target={"x": True}, valid={"x": True})
    frame = (await results_of([("t0", "a", [make_report(True, validation=verdict)])], parse_json=True)).scanners["a"]
    assert frame["validation_result"].tolist() == [{"x": True}]
    assert frame["validation_target"].tolist() == [{"x": True}]
