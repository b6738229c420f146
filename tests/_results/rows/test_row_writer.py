"""Reports become rows; nothing in them can make that fail."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.event import Event, InfoEvent, ModelEvent
from inspect_ai.model import ChatMessageTool, ChatMessageUser, GenerateConfig, ModelOutput
from pydantic import JsonValue

from inspect_scout import UnknownNameError
from inspect_scout._results import RecordInput, RowWriter, results_schema
from inspect_scout._results.rows.arrow_tables import fields
from inspect_scout._results.rows.counting import count_results, count_row_results
from inspect_scout._types import (
    InputOrigin,
    Reference,
    Result,
    ResultReport,
    ResultValidation,
    ScannerSpec,
    ScanRevision,
    Transcript,
    TranscriptInfo,
    as_resultset,
)
from support.scans import failed_report, make_info, make_message, make_report, make_spec, make_usage, message_reference

REFERENCE_COLUMNS = (
    "transcript_id transcript_source_type transcript_source_id transcript_source_uri transcript_date transcript_task_set"
    " transcript_task_id transcript_task_repeat transcript_agent transcript_agent_args transcript_model"
    " transcript_model_options transcript_score transcript_score_explanation transcript_success transcript_message_count"
    " transcript_total_time transcript_total_tokens transcript_error transcript_limit transcript_trust_content"
    " transcript_metadata scan_id scan_tags scan_metadata scan_git_origin scan_git_version scan_git_commit scanner_key"
    " scanner_name scanner_version scanner_package_version scanner_file scanner_params input_type input_ids input"
    " input_data uuid label value value_type answer explanation metadata message_references event_references scan_error"
    " scan_error_traceback scan_error_type validation_target validation_result validation_predicate validation_split"
    " scan_total_tokens scan_model_usage scan_events timestamp"
).split()


def counted(value: str | None, kind: str | None) -> int:
    return int(count_row_results(pa.array([value], pa.string()), pa.array([kind], pa.string()))[0])


def rows_of(
    reports: Sequence[ResultReport], info: TranscriptInfo | None = None, policy: RecordInput = "auto", **spec: Any
) -> list[dict[str, Any]]:
    writer = RowWriter(make_spec(**spec), {"a": "print"}, policy)
    return writer.table([writer.pair(info or make_info(), "a", reports)]).to_pylist()


def row_of(report: ResultReport, info: TranscriptInfo | None = None, policy: RecordInput = "auto") -> dict[str, Any]:
    return rows_of([report], info, policy)[0]


def test_columns_and_types_are_those_of_the_published_format() -> None:
    schema = results_schema()
    assert schema.names[:58] == REFERENCE_COLUMNS
    assert schema.names[58:61] == ["scanner_fingerprint", "incomplete_items", "unseen_citations"]
    assert schema.names[61:] == ["validation_error", "input_ref", "input_hash"]
    types = {field.name: str(field.type) for field in fields(schema)}
    text = [name for name, kind in types.items() if kind == "large_string"]
    assert {types["value"], types["transcript_score"]} == {"string"}
    assert {types["transcript_success"], types["transcript_trust_content"]} == {"bool"}
    assert [name for name, kind in types.items() if kind == "int64"] == [
        "transcript_task_repeat",
        "transcript_message_count",
        "transcript_total_tokens",
        "scanner_version",
        "scan_total_tokens",
        "incomplete_items",
    ]
    assert types["transcript_total_time"] == "double"
    assert len(text) == 64 - 2 - 2 - 6 - 1


@pytest.mark.parametrize(
    ("value", "text", "kind"),
    [
        (None, None, "null"),
        (True, "true", "boolean"),
        (False, "false", "boolean"),
        (3, "3", "number"),
        (3.0, "3.0", "number"),
        (1.5, "1.5", "number"),
        (math.nan, "NaN", "number"),
        (-math.inf, "-Infinity", "number"),
        (10**30, "1" + "0" * 30, "number"),
        ("", "", "string"),
        ("true", "true", "string"),
        ("a\ud800b", "a\ufffdb", "string"),
        ([1, "a"], '[1,"a"]', "array"),
        ({"a": None}, '{"a":null}', "object"),
        ({"a": "\ud83d\ude00"}, '{"a":"\U0001f600"}', "object"),
    ],
)
def test_values_are_text_with_a_type(value: JsonValue, text: str | None, kind: str) -> None:
    row = row_of(make_report(value))
    assert (row["value"], row["value_type"]) == (text, kind)


def test_what_a_verdict_rests_on_has_columns_of_its_own() -> None:
    plain = row_of(make_report())
    assert (plain["scanner_fingerprint"], plain["incomplete_items"], plain["unseen_citations"]) == ("print", 0, "[]")
    shaky = row_of(make_report(metadata={"unseen_citations": ["[M99]", "[M0]"]}, incomplete=2))
    assert (shaky["incomplete_items"], shaky["unseen_citations"]) == (2, '["[M99]","[M0]"]')
    assert json.loads(shaky["metadata"]) == {"unseen_citations": ["[M99]", "[M0]"]}


@pytest.mark.parametrize("odd", ["[M9]", None, 3, {"a": 1}])
def test_metadata_of_that_name_that_are_not_a_list_say_nothing(odd: JsonValue) -> None:
    assert row_of(make_report(metadata={"unseen_citations": odd}))["unseen_citations"] == "[]"


def test_a_resultset_cites_unseen_what_its_items_do() -> None:
    unseen = [{"unseen_citations": ["[M7]"]}, None, {"unseen_citations": ["[M8]", "[M7]"]}]
    items = as_resultset([Result(value=True, metadata=metadata) for metadata in unseen])
    assert row_of(make_report(result=items))["unseen_citations"] == '["[M7]","[M8]"]'


def test_integers_too_long_for_decimal_are_kept_as_hexadecimal() -> None:
    assert row_of(make_report(10**5000))["value"] == hex(10**5000)


@pytest.mark.parametrize(
    ("value", "declared", "kind"),
    [([1], "spans", "spans"), ({}, "x", "x"), (1, "x", "number"), (None, "x", "null"), ([], "number", "array")],
)
def test_declared_type_counts_for_lists_and_mappings_only(value: JsonValue, declared: str, kind: str) -> None:
    assert row_of(make_report(value, type=declared))["value_type"] == kind


def test_result_fields_and_references() -> None:
    event = Reference(type="event", cite="[E1]", id="e")
    report = make_report(
        1,
        uuid="the uuid",
        label="l",
        answer="ans",
        explanation="why",
        metadata={"k": [1], "none": None},
        references=[message_reference("m"), event],
    )
    row = row_of(report)
    assert (row["uuid"], row["label"], row["answer"], row["explanation"]) == ("the uuid", "l", "ans", "why")
    assert row["metadata"] == '{"k":[1],"none":null}'
    assert json.loads(row["message_references"]) == [{"type": "message", "cite": "[M1]", "id": "m"}]
    assert json.loads(row["event_references"]) == [{"type": "event", "cite": "[E1]", "id": "e"}]


def test_a_plain_row_has_empty_lists_and_no_error() -> None:
    row = row_of(make_report())
    assert (row["metadata"], row["message_references"], row["event_references"]) == ("{}", "[]", "[]")
    assert (row["scan_error"], row["scan_error_traceback"], row["scan_error_type"]) == (None, None, None)
    assert (row["scan_total_tokens"], row["scan_model_usage"], row["scan_events"]) == (0, "{}", "[]")


def test_error_row() -> None:
    row = row_of(failed_report())
    assert (row["value"], row["value_type"], row["scan_error"]) == (None, "null", "broken")
    assert row["scan_error_traceback"] == "Traceback: ..."
    assert row["scan_error_type"] is None
    assert len(row["uuid"]) == 22


def test_refusal_is_marked() -> None:
    report = failed_report()
    assert report.error is not None
    refused = ResultReport("message", ["m0"], error=report.error.model_copy(update={"refusal": True}), timestamp="now")
    assert row_of(refused)["scan_error_type"] == "refusal"


def test_result_with_an_error_keeps_both() -> None:
    report = make_report(5, error=failed_report().error)
    row = row_of(report)
    assert (row["value"], row["scan_error"]) == ("5", "broken")


def test_usage() -> None:
    row = row_of(make_report(model_usage=make_usage(7)))
    assert row["scan_total_tokens"] == 7
    assert json.loads(row["scan_model_usage"])["mock/model"]["input_tokens"] == 7


def test_validation_with_keys_gets_a_column_for_each() -> None:
    by_key = ResultValidation(target={"x": True, "y": 1}, valid={"y": False, "x": True}, predicate="eq", split="dev")
    plain = ResultValidation(target="a", valid=True)
    first, second, third = rows_of([make_report(validation=by_key), make_report(validation=plain), make_report()])
    assert json.loads(first["validation_result"]) == {"y": False, "x": True}
    assert (first["validation_result_x"], first["validation_result_y"]) == (True, False)
    assert (first["validation_predicate"], first["validation_split"]) == ("eq", "dev")
    assert (second["validation_target"], second["validation_result"], second["validation_result_x"]) == (
        '"a"',
        "true",
        None,
    )
    assert (third["validation_target"], third["validation_result"]) == (None, None)
    names = list(first)
    place = names.index("validation_split")
    assert names[place + 1 : place + 4] == ["validation_result_x", "validation_result_y", "scan_total_tokens"]


def test_transcript_columns() -> None:
    info = make_info(
        "t",
        source_id="s",
        date="2025-01-01 00:00:00+00:00",
        task_repeat=2,
        agent_args={},
        score={"a": 1},
        total_time=1.5,
        error="",
        metadata={"deep": {"x": [1, None]}},
        trust_content=False,
    )
    row = row_of(make_report(), info)
    assert row["transcript_score"] == '{"a":1}'
    assert row["transcript_success"] is None
    assert row["transcript_agent_args"] == "{}"
    assert row["transcript_model_options"] is None
    assert row["transcript_error"] == ""
    assert row["transcript_trust_content"] is False
    assert row["transcript_metadata"] == '{"deep":{"x":[1,null]}}'
    assert (row["transcript_task_repeat"], row["transcript_total_time"]) == (2, 1.5)


def test_metadata_of_eval_logs_fills_what_the_info_lacks() -> None:
    old = {"task_name": "set", "id": 4, "epoch": 3, "solver": "s", "solver_args": {"x": 1}, "score": "C", "limit": ""}
    row = row_of(make_report(), make_info(metadata=old))
    assert (row["transcript_task_set"], row["transcript_task_id"], row["transcript_task_repeat"]) == ("set", "4", 3)
    assert (row["transcript_agent"], row["transcript_agent_args"]) == ("s", '{"x":1}')
    assert (row["transcript_score"], row["transcript_success"], row["transcript_limit"]) == ("C", True, "")
    other = row_of(make_report(), make_info(source_type="other", metadata=old))
    assert other["transcript_task_set"] is None


@pytest.mark.parametrize(
    ("score", "success"),
    [
        (1, True),
        (0, False),
        (0.5, True),
        (True, True),
        ("C", True),
        ("I", False),
        ("0.5", True),
        ("no", False),
        ([1], None),
        (float("nan"), None),
        ("NaN", None),
        ("nan", None),
        (float("inf"), True),
        (10**400, True),
    ],
)
def test_success_follows_a_single_score(score: JsonValue, success: bool | None) -> None:
    assert row_of(make_report(), make_info(score=score))["transcript_success"] is success


def test_numbers_beyond_the_column_are_left_out() -> None:
    row = row_of(make_report(), make_info(total_tokens=2**63, message_count=2**62))
    assert row["transcript_total_tokens"] is None
    assert row["transcript_message_count"] == 2**62


def test_scan_and_scanner_columns() -> None:
    spec = make_spec(tags=["x"], metadata={"m": 1}, revision=ScanRevision(origin="o", version="1.0.0", commit="c"))
    spec.scanners["a"] = ScannerSpec(name="pkg/a", version=2, package_version="3", params={"p": [1]})
    writer = RowWriter(spec, {"a": "print"})
    (row,) = writer.table([writer.pair(make_info(), "a", [make_report()])]).to_pylist()
    assert (row["scan_tags"], row["scan_metadata"]) == ('["x"]', '{"m":1}')
    assert (row["scan_git_origin"], row["scan_git_version"], row["scan_git_commit"]) == ("o", "1.0.0", "c")
    assert (row["scanner_key"], row["scanner_name"], row["scanner_version"]) == ("a", "pkg/a", 2)
    assert (row["scanner_package_version"], row["scanner_file"], row["scanner_params"]) == ("3", None, '{"p":[1]}')
    assert row["scanner_fingerprint"] == "print"


def test_unknown_scanner_is_refused_with_close_names() -> None:
    with pytest.raises(UnknownNameError, match="'word_count'"):
        RowWriter(make_spec(["word_count"])).pair(make_info(), "wrd_count", [])


def test_single_message_is_compact_json_without_nulls() -> None:
    row = row_of(make_report())
    assert json.loads(row["input"]) == {"id": "m0", "content": "hello", "role": "assistant", "model": "m"}
    assert ": " not in row["input"]
    assert row["input_data"] is None
    assert row["input_ids"] == '["m0"]'


def model_event(*texts: str) -> ModelEvent:
    return ModelEvent(
        model="m",
        input=[ChatMessageUser(content=text, id=f"id-{text}") for text in texts],
        tools=[],
        tool_choice="auto",
        config=GenerateConfig(),
        output=ModelOutput(),
    )


def make_transcript() -> Transcript:
    events: list[Event] = [model_event("one"), InfoEvent(data={"x": None}), model_event("one", "two")]
    return Transcript(transcript_id="t0", messages=[make_message()], events=events, metadata={"k": None})


def test_transcript_is_pool_condensed() -> None:
    row = row_of(make_report(input_type="transcript", input_ids=["t0"], input=make_transcript()))
    value, pools = json.loads(row["input"]), json.loads(row["input_data"])
    assert [message["content"] for message in pools["messages"]] == ["one", "two"]
    assert value["events"][0]["input"] == []
    assert value["events"][2]["input_refs"] == [[0, 2]]
    assert value["metadata"] == {"k": None}
    assert "source_uri" not in value


def test_events_are_pool_condensed_and_one_event_is_not() -> None:
    many = row_of(make_report(input_type="events", input_ids=["x"], input=make_transcript().events))
    assert json.loads(many["input"])[2]["input_refs"] == [[0, 2]]
    assert len(json.loads(many["input_data"])["messages"]) == 2
    one = row_of(make_report(input_type="event", input_ids=["x"], input=model_event("one")))
    assert json.loads(one["input"])["input"][0]["content"] == "one"
    assert one["input_data"] is None


def test_unreadable_transcript_is_described() -> None:
    row = row_of(failed_report(input_type="transcript", input_ids=["t0"], input=make_info("t0")))
    assert json.loads(row["input"])["transcript_id"] == "t0"


@pytest.mark.parametrize("odd", ["\ud800", b"\xff\x00", object(), {1: 2}, {"x": {"y"}}, math.nan, range(3)])
def test_odd_metadata_of_messages_cannot_fail_a_row(odd: object) -> None:
    message = ChatMessageTool(content="a\udfffb", metadata={"odd": odd, "fine": 1}, id="x")
    row = row_of(make_report(input=message, metadata={"odd": odd, "fine": 1}))
    assert json.loads(row["input"])["metadata"]["fine"] == 1
    assert json.loads(row["metadata"])["fine"] == 1


def test_circular_metadata_cannot_fail_a_row() -> None:
    circle: dict[str, Any] = {}
    circle["self"] = circle
    assert "cannot be written" in row_of(make_report(metadata=circle))["metadata"]


def origin(size: int) -> InputOrigin:
    return InputOrigin("eval_log", "/logs/x.eval", "samples/1.json", "print", '{"messages":"all"}', size)


@pytest.mark.parametrize(
    ("policy", "size", "copied"),
    [("auto", 100, True), ("auto", 10**6, False), ("copy", 10**6, True), ("reference", 100, False)],
)
def test_policy_decides_on_copies(policy: RecordInput, size: int, copied: bool) -> None:
    report = make_report(input_type="transcript", input_ids=["t0"], input=make_transcript(), origin=origin(size))
    row = row_of(report, policy=policy)
    assert (row["input"] is not None) is copied
    assert (row["input_data"] is not None) is copied
    assert (row["input_ref"] is None) is copied
    if not copied:
        assert json.loads(row["input_ref"])["member"] == "samples/1.json"


def test_what_cannot_be_found_again_is_copied() -> None:
    row = row_of(make_report(input_type="transcript", input=make_transcript()), policy="reference")
    assert row["input"] is not None


def test_input_hash_is_of_what_the_scanner_saw() -> None:
    one, same, other = (row_of(make_report(input=make_message(text)))["input_hash"] for text in ("x", "x", "y"))
    assert one == same != other
    report = make_report(input_type="transcript", input=make_transcript(), origin=origin(1))
    copied, referred = (row_of(report, policy=policy)["input_hash"] for policy in ("copy", "reference"))
    assert copied == referred != one


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)


@given(value=JSON, label=ANY_TEXT | st.none(), explanation=ANY_TEXT | st.none(), type=st.none() | ANY_TEXT)
def test_any_result_makes_a_row_that_counts_as_it_does(
    value: JsonValue, label: str | None, explanation: str | None, type: str | None
) -> None:
    result: Result[Any] = Result(value=value, label=label, explanation=explanation, type=type)
    row = row_of(make_report(result=result))
    assert counted(row["value"], row["value_type"]) == count_results(result)
    if row["value_type"] in ("array", "object"):
        assert_same_json(json.loads(row["value"]), value)


@given(values=st.lists(JSON, max_size=4))
def test_any_resultset_makes_a_row_that_counts_as_it_does(values: list[JsonValue]) -> None:
    result = as_resultset([Result(value=value) for value in values])
    row = row_of(make_report(result=result))
    assert row["value_type"] == "resultset"
    assert counted(row["value"], row["value_type"]) == count_results(result)


def assert_same_json(found: JsonValue, expected: JsonValue) -> None:
    assert json.dumps(found, sort_keys=True) == json.dumps(expected, sort_keys=True)
