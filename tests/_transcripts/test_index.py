"""What the index says of logs."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.scorer import Score, value_to_float

from inspect_scout import TranscriptInfo, transcripts_from
from inspect_scout._query import OrderBy, Query, condition_from_sql
from inspect_scout._transcripts.eval_log.eval_row import eval_rows
from inspect_scout._transcripts.eval_log.indexing import index_log
from inspect_scout._transcripts.eval_log.scores import as_number
from inspect_scout._transcripts.eval_log.summaries import shorten
from inspect_scout._transcripts.eval_log.table import EvalTable
from support.inspect_logs import read_eval_log, read_eval_log_sample_summaries
from support.logs import PIXEL, make_log, make_sample, rewrite, varied_log, write

pytestmark = pytest.mark.anyio


async def infos(path: Path) -> dict[str, TranscriptInfo]:
    """Describe the transcripts of a log, by id and epoch of their sample."""
    index = await transcripts_from(path).source.index(Query())
    found = [index.info(position) for position in range(len(index))]
    return {f"{info.task_id}/{info.task_repeat}": info for info in found}


@pytest.fixture(params=["eval", "json"])
async def varied(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, TranscriptInfo]:
    return await infos(write(varied_log(), tmp_path / f"log.{request.param}"))


async def test_header_fields(varied: dict[str, TranscriptInfo]) -> None:
    info = varied["1/1"]
    assert (info.transcript_id, info.source_type, info.source_id) == ("u1-1", "eval_log", "eval-space/varied")
    assert info.source_uri == info.metadata["log"]
    assert Path(info.source_uri or "").name.startswith("log.")
    assert info.date == "2026-01-02 01:04:05.250000+00:00"
    assert (info.task_set, info.task_id, info.task_repeat) == ("varied", "1", 1)
    assert (info.agent, info.agent_args) == ("react", {"tools": ["bash"]})
    assert (info.model, info.model_options) == ("mockllm/model", {"temperature": 0.5, "max_tokens": 100})
    assert info.metadata["eval_tags"] == "one,two"
    assert info.metadata["eval_metadata"] == {"owner": "me", "n": None}
    assert info.metadata["task_args"] == {"a": 1, "b": None, "c": [1]}
    assert info.metadata["model_roles"]["grader"]["model"] == "mockllm/other"
    assert info.metadata["eval_status"] == "success"
    assert info.trust_content is None


async def test_metadata_holds_the_columns_that_are_no_fields(varied: dict[str, TranscriptInfo]) -> None:
    assert list(varied["1/1"].metadata) == [
        *["sample_id", "eval_id", "log", "eval_status", "eval_tags", "eval_metadata", "task_args", "generate_config"],
        *["model_roles", "id", "epoch", "input", "target", "sample_metadata", "score_match", "score_other"],
        "working_time",
    ]


async def test_sample_fields(varied: dict[str, TranscriptInfo]) -> None:
    assert (varied["1/1"].total_tokens, varied["4/1"].total_tokens) == (16, 7)
    assert (varied["1/1"].total_time, varied["7/1"].total_time) == (2.5, None)
    assert "working_time" not in varied["7/1"].metadata
    assert {info.message_count for info in varied.values()} == {3}
    assert (varied["1/1"].error, varied["9/1"].error) == ("", "It broke")
    assert (varied["1/1"].limit, varied["5/1"].limit) == ("", "token")
    assert varied["2/1"].metadata["target"] == "x,y,z"
    assert varied["10/2"].metadata["epoch"] == 2


async def test_scores(varied: dict[str, TranscriptInfo]) -> None:
    said = {key: (info.score, info.success) for key, info in varied.items()}
    assert said == {
        "1/1": ("C", True),
        "2/1": ("I", False),
        "3/1": (0.7, None),
        "4/1": ([1, 2, 3], None),
        "5/1": (True, True),
        "6/1": (0, True),
        "7/1": (None, None),
        "8/1": (None, None),
        "9/1": (None, None),
        "10/1": ("yes", None),
        "11/1": ({"a": 1, "b": 0}, None),
        "10/2": ("0.25", True),
    }
    assert type(varied["5/1"].score) is bool
    assert varied["1/1"].metadata["score_other"] == 0.5
    assert json.loads(varied["11/1"].metadata["score_match"]) == {"a": 1, "b": 0}
    assert varied["11/1"].score_explanation is None
    explanation = varied["1/1"].score_explanation or ""
    assert explanation.startswith("because of this word")
    assert len(explanation) <= 1024
    assert explanation.endswith("...")


async def test_input_is_written_as_text(varied: dict[str, TranscriptInfo]) -> None:
    assert varied["1/1"].metadata["input"] == "user:\nQuestion 1?\n"
    assert varied["2/1"].metadata["input"] == (
        "system:\nBe  good.\n\n\nuser:\nSee:\n(Image)\nso?\n\n\nassistant:\n\n\nTool Call: f\nArguments:\nx: 1\ny: [True, None]"
        "\n\ntool:\nno\n\nError in tool call 'f':\ntoo slow\n\n\ntool:\nyes\n"
    )
    assert PIXEL not in varied["2/1"].metadata["input"]
    assert varied["10/1"].metadata["input"].endswith("...\n(content truncated)\n")


async def test_large_metadata_is_shortened(varied: dict[str, TranscriptInfo]) -> None:
    metadata = varied["3/1"].metadata["sample_metadata"]
    assert metadata["big"] == "Key removed from summary (> 1k)"
    assert len(metadata["long"]) <= 1024
    assert varied["1/1"].metadata["sample_metadata"] == {"a": 1, "b": {"c": [1, 2]}}
    assert varied["10/2"].metadata["sample_metadata"]["s"] == "two spaces"


async def test_summaries_agree_with_inspects_own(tmp_path: Path) -> None:
    path = write(varied_log(), tmp_path / "log.eval")
    found = await infos(path)
    for summary in read_eval_log_sample_summaries(str(path)):
        info = found[f"{summary.id}/{summary.epoch}"]
        thinned = dict(summary.metadata.items())
        assert info.metadata["sample_metadata"] == thinned
        assert info.total_tokens == sum(usage.total_tokens for usage in summary.model_usage.values())
        if summary.scores:
            assert info.score_explanation == next(iter(summary.scores.values())).explanation


async def test_samples_without_uuid_get_the_id_that_inspect_derives(tmp_path: Path) -> None:
    found = await infos(write(make_log([make_sample(3, 2, uuid=None)]), tmp_path / "log.eval"))
    assert found["3/2"].transcript_id == "3FqN7Ler8QiCZdMFWBtesU"


async def test_evals_without_id_get_the_id_that_inspect_derives(tmp_path: Path) -> None:
    def older(members: dict[str, bytes]) -> None:
        header = json.loads(members["header.json"])
        header["eval"].update(created="2024-10-22T08:11:29+01:00", run_id="r", task_id="t")
        del header["eval"]["eval_id"]
        members["header.json"] = json.dumps(header).encode()

    path = rewrite(write(make_log([make_sample(1)]), tmp_path / "log.eval"), older)
    assert (await infos(path))["1/1"].source_id == read_eval_log(str(path), header_only=True).eval.eval_id


@pytest.mark.parametrize(
    ("spec", "agent", "arguments"),
    [
        ({}, "generate", {"tries": 2}),
        ({"solver": "x"}, "x", {}),
        ({"solver": "x", "solver_args": {}}, "x", {}),
        ({"solver": "x", "solver_args": {"a": 1}}, "x", {"a": 1}),
    ],
)
async def test_agent_comes_from_the_solver_or_the_plan(
    spec: dict[str, Any], agent: str, arguments: dict[str, Any], tmp_path: Path
) -> None:
    info = (await infos(write(make_log([make_sample(1)], **spec), tmp_path / "log.eval")))["1/1"]
    assert (info.agent, info.agent_args) == (agent, arguments)


@pytest.mark.parametrize(("said", "trusted"), [(True, True), (False, False), ("true", False), (1, False), (None, None)])
async def test_only_a_boolean_makes_content_trusted(said: Any, trusted: bool | None, tmp_path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        header = json.loads(members["header.json"])
        header["eval"]["viewer"] = {"trust_content": said}
        members["header.json"] = json.dumps(header).encode()

    path = rewrite(write(make_log([make_sample(1)]), tmp_path / "log.eval"), change)
    assert (await infos(path))["1/1"].trust_content is trusted


async def test_old_json_samples_with_one_score(tmp_path: Path) -> None:
    path = write(make_log([make_sample(1, scores={"match": Score(value="C")})]), tmp_path / "log.json")
    log = json.loads(path.read_text())
    sample = log["samples"][0]
    sample["score"] = sample.pop("scores")["match"]
    log["results"] = {"scorer": {"name": "accuracy", "metrics": {}}}
    path.write_text(json.dumps(log))
    info = (await infos(path))["1/1"]
    assert (info.score, info.metadata["score_accuracy"]) == ("C", "C")


@given(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from("C I P N c yes No TRUE false".split())
)
def test_values_count_as_inspect_counts_them(value: Any) -> None:
    if value is None or (isinstance(value, int) and abs(value) > 2**1000):
        return
    ours, theirs = as_number(value), value_to_float()(value)
    assert ours == theirs or (math.isnan(ours) and math.isnan(theirs))


@given(st.text(), st.integers(1, 3000))
def test_shortening_twice_changes_nothing(text: str, times: int) -> None:
    once = shorten(text * times)
    assert len(once) <= 1024
    assert shorten(once) == once


async def test_nan_and_lone_surrogates_do_not_hide_a_log(tmp_path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        summaries = json.loads(members["summaries.json"])
        summaries[0]["metadata"] = {"x": float("nan"), "big": 10**30, "text": "\ud800!"}
        summaries[0]["scores"] = {
            "huge": {"value": 10**400}, "inf": {"value": float("inf")}, "list": {"value": [2**70, -(2**64)]},
        }  # fmt: skip
        members["summaries.json"] = json.dumps(summaries).encode()

    path = rewrite(write(make_log([make_sample(1)]), tmp_path / "log.eval"), change)
    for _ in range(2):  # read, then taken from the cache
        info = (await infos(path))["1/1"]
        assert math.isnan(info.metadata["sample_metadata"]["x"])
        assert info.metadata["sample_metadata"]["text"] == "\ufffd!"
        assert info.metadata["sample_metadata"]["big"] == 10**30
        assert info.score == 10**400
        assert info.metadata["score_inf"] == math.inf
        assert json.loads(info.metadata["score_list"]) == [2**70, -(2**64)]
    ids = (await transcripts_from(path).where("sample_metadata.text = 'no'").source.index(Query())).ids
    assert ids == ("u1-1",)


@pytest.mark.parametrize("score", [2**63, 2**64, 2**70 + 1, -(2**63) - 1])
async def test_integers_of_any_size_keep_their_digits(tmp_path: Path, score: int) -> None:
    def change(members: dict[str, bytes]) -> None:
        summaries = json.loads(members["summaries.json"])
        summaries[0]["metadata"] = {"big": score, "deep": [{"k": score}]}
        summaries[0]["scores"] = {"match": {"value": score}}
        members["summaries.json"] = json.dumps(summaries).encode()

    path = rewrite(write(make_log([make_sample(1), make_sample(2)]), tmp_path / "log.eval"), change)
    for _ in range(2):  # read, then taken from the cache
        info = (await infos(path))["1/1"]
        assert (info.score, type(info.score)) == (score, int)
        assert info.metadata["score_match"] == score
        assert info.metadata["sample_metadata"] == {"big": score, "deep": [{"k": score}]}
        for where in (
            "score = {}",
            "score_match IN ({})",
            "sample_metadata.big = {}",
            "sample_metadata.deep[0].k = {}",
        ):
            for wanted, count in ((score, 1), (score + 1, 0), (score - 1, 0)):
                query = Query((condition_from_sql(where.format(wanted)),))
                assert len((await transcripts_from(path).source.index(query)).ids) == count


def test_columns_have_types(tmp_path: Path) -> None:
    log = index_log(str(write(varied_log(), tmp_path / "log.eval")))
    rows = EvalTable(list(eval_rows("log", log)))
    everything = Query(order_by=tuple(map(OrderBy, rows.for_query(Query()).column_names)))
    table = rows.for_query(everything)
    types = {name: str(table.column(name).type) for name in table.column_names}
    assert types["score"] == types["score_match"] == "string"
    assert types["score_other"] == types["total_time"] == "double"
    assert types["epoch"] == types["total_tokens"] == types["message_count"] == "int64"
    assert types["success"] == types["trust_content"] == "bool"
    assert len(types) == len(table.column_names)
    assert table.column("score_explanation").to_pylist()[-2] is None


def places_in_memory(table: pa.Table, name: str) -> list[int]:
    """Give the addresses of what a column holds."""
    chunks = table.column(name).chunks
    return [buffer.address for chunk in chunks for buffer in chunk.buffers() if buffer is not None]


def test_columns_that_no_query_names_are_not_made(tmp_path: Path) -> None:
    log = index_log(str(write(varied_log(), tmp_path / "log.eval")))
    rows = EvalTable(list(eval_rows("log", log)))
    table = rows.for_query(Query((condition_from_sql("epoch = 1"),)))
    assert table.column("epoch").null_count == 0
    assert table.column("model").null_count == len(log.samples)
    again = rows.for_query(Query(order_by=(OrderBy("epoch"),)))
    assert places_in_memory(again, "epoch") == places_in_memory(table, "epoch")  # made once
