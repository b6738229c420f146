"""Results as a table, chosen by conditions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import JsonValue

from inspect_scout import ConfigError, Result, UnknownNameError, scan_results_df, scan_status
from inspect_scout._cli import main as run
from inspect_scout._results import RecordInput
from inspect_scout._types import InputOrigin, ResultReport, ResultValidation, TranscriptInfo, as_resultset
from inspect_scout.testing import LocalStorage
from support.scans import (
    failed_report,
    make_report,
    make_spec,
    make_store,
    make_usage,
    message_reference,
    open_journal,
)
from support.use_cases import results_table

Pairs = Sequence[tuple[str, Sequence[ResultReport]]]


def scan_of(
    folder: Path, pairs: Pairs, done: bool = True, scanner: str = "a", record_input: RecordInput = "auto", **info: Any
) -> str:
    """Record a scan of pairs of transcript and reports."""

    async def make() -> str:
        order = [id for id, _ in pairs]
        store = await make_store(make_spec([scanner], order), LocalStorage(), str(folder))
        journal = await open_journal(store, record_input=record_input)
        for id, reports in pairs:
            await journal.append(TranscriptInfo(transcript_id=id, task_id=f"task-{id}", **info), scanner, reports)
        await journal.aclose()
        if done:
            await store.compact(order, complete=True)
        return store.location

    return asyncio.run(make())


def values_scan(folder: Path, *values: JsonValue, **options: Any) -> str:
    return scan_of(folder, [(f"t{i}", [make_report(v, f"u{i}")]) for i, v in enumerate(values)], **options)


def chosen(location: str, where: str | None = None, **options: Any) -> list[Any]:
    return [row["value"] for row in results_table(location, "a", where, **options).to_pylist()]


VALUES: list[JsonValue] = [True, False, 1, 3, 0.5, "true", "3", "none", "", [], ["x"], {}, None, 2**70, 0]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("value = true", [True, "true"]),
        ("value = 'true'", [True, "true"]),
        ("value = 1", [1]),
        ("value > 2", [3, "3", 2**70]),
        ("value = '3'", [3, "3"]),
        ("value in ('3', false)", [False, 3, "3"]),
        ("value not in ('3', false) and value is not null and value_type = 'number'", [1, 0.5, 2**70, 0]),
        ("value like '%x%'", ['["x"]']),
        (f"value = {2**70}", [2**70]),
        (f"value = {2**70 + 1}", []),
        ("value != 'true' and value_type = 'boolean'", [False]),
        ("value is null", [None]),
        ("value = 'nothing like it'", []),
    ],
)
def test_conditions_compare_by_the_type_of_each_value(
    tmp_path: Path, done: bool, where: str, expected: list[Any]
) -> None:
    location = values_scan(tmp_path, *VALUES, done=done)
    found = chosen(location, where)
    assert found == expected
    assert [type(value) for value in found] == [type(value) for value in expected]


@pytest.mark.parametrize(
    ("values", "where", "expected"),
    [
        ([1, 3], "value = 'true'", []),
        ([1, 3], "value = true", []),
        ([True, False], "value = 1", []),
        ([True, False], "value = 'True'", [True]),
        ([1.0, 3.5], "value = '1'", [1.0]),
        ([1.0, 3.5], "value IN (1, 'C')", [1.0]),
        (["1", "C"], "value = 1", ["1"]),
        (["B", "C"], "value > 2", []),
    ],
)
def test_values_of_one_type_compare_as_those_of_many(
    tmp_path: Path, values: list[JsonValue], where: str, expected: list[Any]
) -> None:
    assert chosen(values_scan(tmp_path, *values), where) == expected


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("rows", ["results", "transcripts"])
def test_positive_results_are_those_that_the_summary_counts(tmp_path: Path, done: bool, rows: str) -> None:
    items = [Result(value=v, label="x") for v in VALUES]
    target = ResultValidation(target={"absent": False}, valid={"absent": True})
    pairs: Pairs = [
        *((f"t{i}", [make_report(v, f"u{i}")]) for i, v in enumerate(VALUES)),
        ("set", [make_report(result=as_resultset(items), validation=target)]),
        ("empty", [make_report(result=as_resultset([]))]),
        ("nothing", [make_report(result=as_resultset([Result(value=False), Result(value="None")]))]),
        ("failed", [failed_report("failed")]),
    ]
    location = scan_of(tmp_path, pairs, done)
    found = chosen(location, rows=rows, positive=True)
    plain = [True, 1, 3, 0.5, "true", "3", "none", '["x"]', 2**70]
    item = [True, 1, 3, 0.5, "true", "3", '["x"]', 2**70]
    if rows == "results":
        assert found == plain + item
        assert len(found) == scan_status(location).summary["a"].results
    else:
        assert found[: len(plain)] == plain
        assert len(found) == len(plain) + 1
    assert chosen(location, "value > 2", rows="results", positive=True, limit=2) == [3, "3"]


def test_items_of_resultsets_compare_by_their_own_type(tmp_path: Path) -> None:
    items = [Result(value=True, type="severity"), Result(value=3), Result(value="true"), Result(value=False)]
    location = scan_of(tmp_path, [("t", [make_report(result=as_resultset(items))])])
    assert chosen(location, "value = 'true'") == [True, "true"]
    assert chosen(location, "value_type = 'severity' and not value = false") == [True]
    assert chosen(location, "value > 2") == [3]


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("task_id = 'task-t1'", 1),
        ("transcript_task_id = 'task-t1'", 1),
        ("model LIKE 'mock/%' AND score > 0.5", 2),
        ("task_set = 'set' AND agent = 'react' AND epoch = 2 AND task_repeat = 2", 2),
        ("date = '2026-01-02'", 2),
        ("scanner = 'a' AND error IS NULL", 1),
        ("error = 'broken'", 1),
        ("tokens > 4", 1),
        ("total_tokens = 77", 2),
        ("sample_id = 't0'", 1),
        ("success AND metadata = '{}'", 2),
    ],
)
def test_short_names_of_columns_stand_for_them(tmp_path: Path, where: str, count: int) -> None:
    info: dict[str, Any] = {
        "model": "mock/m", "score": 0.75, "task_set": "set", "agent": "react", "task_repeat": 2, "success": True,
        "date": "2026-01-02T10:00:00Z", "total_tokens": 77, "error": "of the transcript", "metadata": {"k": 1},
    }  # fmt: skip
    pairs: Pairs = [("t0", [make_report(1, model_usage=make_usage(5))]), ("t1", [failed_report("t1")])]
    location = scan_of(tmp_path, pairs, **info)
    assert results_table(location, "a", where).num_rows == count


def test_columns_may_be_named_short_and_keep_the_name_given(tmp_path: Path) -> None:
    location = values_scan(tmp_path, True, 2)
    table = results_table(location, "a", columns=["task_id", "value", "scanner", "transcript_task_id", "error"])
    assert table.to_pylist()[1] == {
        "task_id": "task-t1", "value": 2, "scanner": "a", "transcript_task_id": "task-t1", "error": None,
    }  # fmt: skip
    assert table.slice(1, 1).to_pylist() == table.to_pylist()[1:]


def test_unknown_columns_are_named_with_close_ones(tmp_path: Path) -> None:
    location = values_scan(tmp_path, True)
    for options in ({"where": "task_idd = 'x'"}, {"columns": ["task_idd"]}):
        with pytest.raises(UnknownNameError, match=r"'task_idd'.*Did you mean 'task_id'"):
            results_table(location, "a", **options)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ConfigError, match="'transcript_message_count' holds"):
        results_table(values_scan(tmp_path / "other", 1, message_count=3), "a", "message_count = 'x'")


def test_a_choice_of_rows_does_not_change_their_types(tmp_path: Path) -> None:
    location = values_scan(tmp_path, 1, 2.5)
    [found] = chosen(location, "value = 1")
    assert isinstance(found, float)


def test_json_is_read_where_a_program_wants_it(tmp_path: Path) -> None:
    items = [Result(value=["y"], label="x", metadata={"k": [1]}), Result(value="[1]", label="x")]
    pairs: Pairs = [
        ("t0", [make_report(["x"], "u0", metadata={"k": {"deep": None}})]),
        ("t1", [make_report('{"text": 1}', "u1")]),
        ("t2", [make_report(True, "u2", references=[message_reference("m0")])]),
        ("t3", [make_report(result=as_resultset(items))]),
        ("t4", [failed_report("t4")]),
    ]
    location = scan_of(tmp_path, pairs, agent_args={"a": 1})
    table = results_table(location, "a")
    rows, texts = table.to_pylist(parse_json=True), table.to_pylist()
    assert [row["value"] for row in rows] == [["x"], '{"text": 1}', True, None, ["y"], "[1]"]
    assert [row["value"] for row in texts] == ['["x"]', '{"text": 1}', True, None, '["y"]', "[1]"]
    assert [row["metadata"] for row in rows] == [{"k": {"deep": None}}, {}, {}, {}, {"k": [1]}, {}]
    assert rows[2]["message_references"] == [{"type": "message", "cite": "[M1]", "id": "m0"}]
    assert rows[0]["transcript_agent_args"] == {"a": 1}
    assert texts[0]["transcript_agent_args"] == '{"a":1}'
    whole = results_table(location, "a", rows="transcripts").to_pylist(parse_json=True)
    assert [item["value"] for item in whole[3]["value"]] == [["y"], "[1]"]


def test_rows_and_frames_read_the_same_json(tmp_path: Path) -> None:
    items = [Result(value={"k": 1}, type="finding"), Result(value="[2]", type="finding")]
    pairs: Pairs = [
        ("t0", [make_report(result=Result(value={"deep": [1]}, type="finding", metadata={"k": [1]}))]),
        ("t1", [make_report("[1]", "u1")]),
        ("t2", [make_report(result=as_resultset(items))]),
        ("t3", [make_report(True, "u3", validation=ResultValidation(target={"x": True}, valid={"x": True}))]),
    ]
    location = scan_of(tmp_path, pairs)
    rows = results_table(location, "a").to_pylist(parse_json=True)
    frame = scan_results_df(location, parse_json=True).scanners["a"]
    assert [row["value"] for row in rows] == [{"deep": [1]}, "[1]", True, {"k": 1}, "[2]"]
    for name in ("value", "metadata", "validation_result", "message_references", "scan_metadata"):
        assert [row[name] for row in rows] == [None if cell is pd.NA else cell for cell in frame[name]], name


def test_the_command_prints_typed_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    location = values_scan(tmp_path, True, 2**70, "true", 0.5, None)
    assert run(["scan", "results", location, "--columns", "task_id,value,scanner", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["value"] for row in rows] == [True, 2**70, "true", 0.5, None]
    assert rows[0] == {"scanner": "a", "task_id": "task-t0", "value": True}
    options = ["--positive", "--where", "value != 'true'", "--format", "csv", "--columns", "task_id,value,scanner"]
    assert run(["scan", "results", location, *options]) == 0
    assert capsys.readouterr().out.splitlines() == ["scanner,task_id,value", f"a,task-t1,{2**70}", "a,task-t3,0.5"]


def referring_scan(folder: Path) -> str:
    """Record a scan whose inputs are in a log that is gone, which is said whenever they are looked for."""
    origin = InputOrigin("eval_log", str(folder / "gone.eval"), "t", "fingerprint", "{}", 1)
    report = make_report(True, "u", input_type="transcript", origin=origin, explanation="the input has scan_events")
    return scan_of(folder, [("t", [report])], record_input="reference")


def test_a_text_that_names_a_heavy_column_reads_no_input(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    location = referring_scan(tmp_path)
    where = "explanation LIKE '%input%scan_events%' AND label IS NULL"
    assert chosen(location, where) == [True]
    assert chosen(location, where, columns=["value", "explanation"]) == [True]
    assert not caplog.records
    assert results_table(location, "a", where, columns=["input"]).to_pylist() == [{"input": None}]
    assert "cannot be found" in caplog.text


def test_inputs_are_looked_for_in_the_rows_asked_for_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    location = referring_scan(tmp_path)
    assert results_table(location, "a", columns=["input"], where="value = false").num_rows == 0
    assert results_table(location, "a", columns=["input"], limit=0).num_rows == 0
    assert not caplog.records
