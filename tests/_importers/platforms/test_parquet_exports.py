"""Exports of platforms in Parquet: columns of any type, in folders for days, read together."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from _importers.documents import read
from _importers.platforms import test_logfire, test_phoenix, test_weave
from _importers.platforms.langsmith_server import agent_trace, run_id
from inspect_scout import Transcript, transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws

pytestmark = pytest.mark.anyio

AS_TEXT = ("inputs", "outputs", "extra", "tags", "events", "parent_run_ids", "feedback_stats")
"""Columns of a bulk export of LangSmith that hold JSON text."""
TIMES = ("start_time", "end_time")


def parquet(file: Path, rows: Sequence[dict[str, Any]], per_group: int = 2) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    tables: Any = pq
    tables.write_table(table_of(rows), file, row_group_size=per_group)
    return file


def table_of(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """A table with the columns of all rows."""
    names = dict.fromkeys(name for each in rows for name in each)
    return pa.Table.from_pylist([{name: each.get(name) for name in names} for each in rows])


def exported(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Runs as a bulk export of LangSmith holds them."""
    return [
        {name: json.dumps(value) if name in AS_TEXT and value is not None else value for name, value in each.items()}
        | {name: datetime.fromisoformat(each[name]) for name in TIMES}
        | {"is_root": each["parent_run_id"] is None, "tenant_id": "w-1", "trace_tier": "shortlived"}
        for each in rows
    ]


def assert_agent(transcript: Transcript) -> None:
    assert [each.role for each in transcript.messages] == ["system", "user", "assistant", "tool", "assistant"]
    assert (transcript.total_tokens, transcript.total_time, transcript.score) == (39, 9.0, {"helpful": 0.5})
    assert (transcript.task_id, transcript.task_repeat, transcript.metadata["tags"]) == ("agent", 2, ["prod"])
    (tool,) = [event for event in transcript.events if event.event == "tool"]
    assert (tool.function, tool.arguments) == ("ls", {"p": "."})
    assert tool.error is not None


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("langsmith_export")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for name in "abc":
            parquet(tmp_path / name / "runs.parquet", exported(agent_trace(name)))
        return tmp_path

    def grow(self, file: Path) -> None:
        name = file.parent.name
        parquet(file, exported([*agent_trace(name), *agent_trace(name + "0")]))


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        rows = [each for name in "abc" for each in agent_trace(name)]
        return transcripts_from(parquet(tmp_path / "runs.parquet", exported(rows))).source


async def test_a_trace_in_folders_of_several_days_is_one(tmp_path: Path) -> None:
    where = tmp_path / "export_id=e" / "tenant_id=w-1" / "session_id=p-1" / "runs" / "year=2026" / "month=6"
    rows = [{name: value for name, value in each.items() if name != "session_id"} for each in exported(agent_trace())]
    parquet(where / "day=1" / "x.parquet", rows[:3])
    last = parquet(where / "day=2" / "y.parquet", rows[3:])
    for place in (tmp_path, last):
        (one,) = await read(place)
        assert_agent(one)
        assert one.task_set == "p-1"


@pytest.mark.parametrize("unit", ["ns", "us", "ms", "text", "bytes"])
async def test_times_and_ids_may_be_of_any_type(tmp_path: Path, unit: str) -> None:
    rows = exported(agent_trace("ab"))
    columns: dict[str, Any] = table_of(rows).to_pydict()
    for name in TIMES:
        if unit in ("text", "bytes"):
            texts = [each.isoformat() for each in columns[name]]
            columns[name] = [each.encode() for each in texts] if unit == "bytes" else texts
        else:
            stamps: Any = pa.array(columns[name], pa.timestamp("us", "UTC"))
            types: Any = pa
            columns[name] = stamps.cast(types.timestamp(unit, "UTC"), safe=False)
    if unit == "ns":  # finer than a datetime can hold
        finer: Any = columns["start_time"]
        columns["start_time"] = pa.array([each + 1 for each in finer.cast(pa.int64()).to_pylist()]).cast(finer.type)
    for name in ("id", "trace_id", "parent_run_id"):
        columns[name] = [None if each is None else uuid.UUID(each).bytes for each in columns[name]]
        columns[name] = pa.array(columns[name], pa.binary(16))
    columns["total_cost"] = pa.array([Decimal("0.25")] * len(rows), pa.decimal128(10, 4))
    tables: Any = pq
    tables.write_table(pa.table(columns), tmp_path / "runs.parquet")
    (one,) = await read(tmp_path)
    assert_agent(one)
    assert one.transcript_id == run_id("ab", 0)
    assert one.date == "2026-06-01T10:00:00+00:00"
    models = [event for event in one.events if event.event == "model"]
    usage = models[0].output.usage
    assert usage is not None
    assert usage.total_cost == 0.25


async def test_observations_of_langfuse_have_maps(tmp_path: Path) -> None:
    began = datetime(2026, 6, 1, 10, tzinfo=UTC)
    names = [("system", "Be brief."), ("user", "2+2?")]
    asked = json.dumps([{"role": role, "content": content} for role, content in names])
    row: dict[str, Any] = {
        "id": "o1",
        "trace_id": "t",
        "project_id": "p",
        "type": "GENERATION",
        "name": "chat",
        "start_time": began,
        "end_time": began + timedelta(seconds=2),
        "parent_observation_id": None,
        "provided_model_name": "m-1",
        "input": asked,
        "output": '{"role": "assistant", "content": "4"}',
        "usage_details": [("input", 10), ("output", 5)],
        "tags": ["prod"],
        "trace_name": "sum",
    }
    counts: Any = pa.map_(pa.string(), pa.uint64())
    given: Any = pa.Table.from_pylist([{name: value for name, value in row.items() if name != "usage_details"}])
    table = given.append_column("usage_details", pa.array([row["usage_details"]], counts))
    (tmp_path / "observations_v2").mkdir()
    tables: Any = pq
    tables.write_table(table, tmp_path / "observations_v2" / "2026-06-01.parquet")
    score = {"id": "s1", "trace_id": "t", "name": "right", "value": 1.0, "data_type": "NUMERIC", "timestamp": began}
    parquet(tmp_path / "scores" / "2026-06-01.parquet", [score])
    (one,) = await read(tmp_path)
    assert [(each.role, each.text) for each in one.messages] == [*names, ("assistant", "4")]
    assert (one.total_tokens, one.total_time, one.model, one.score) == (15, 2.0, "m-1", {"right": 1.0})
    assert (one.task_id, one.metadata["tags"]) == ("sum", ["prod"])


@pytest.mark.parametrize(
    ("rows", "check"),
    [
        pytest.param(test_phoenix.spans(), test_phoenix.assert_talk, id="phoenix"),
        pytest.param(test_logfire.records(), test_logfire.assert_talk, id="logfire"),
        pytest.param(test_weave.calls(), test_weave.assert_talk, id="weave"),
    ],
)
async def test_rows_of_any_platform_may_be_in_parquet(tmp_path: Path, rows: list[dict[str, Any]], check: Any) -> None:
    """Objects are JSON text here, because the objects of a column have the same keys."""
    texts: list[dict[str, Any]] = [
        {n: json.dumps(v) if isinstance(v, dict | list) and n != "context" else v for n, v in each.items()}
        for each in rows
    ]
    (one,) = await read(parquet(tmp_path / "rows.parquet", texts))
    check(one)


async def test_what_is_damaged_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    parquet(tmp_path / "1.parquet", exported(agent_trace("a")), per_group=4)
    rows = exported([each for name in "bc" for each in agent_trace(name)])
    broken = parquet(tmp_path / "2.parquet", rows, per_group=4)
    files: Any = pq
    column = files.ParquetFile(broken).metadata.row_group(1).column(0)
    content = bytearray(broken.read_bytes())
    at = min(each for each in (column.dictionary_page_offset, column.data_page_offset) if each is not None)
    content[at : at + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    broken.write_bytes(content)
    found = await read(tmp_path)
    assert sorted(each.transcript_id for each in found) == [run_id("a", 0), run_id("b", 0)]
    problems = [str(each) for each in (await transcripts_from(tmp_path).index()).problems]
    assert len(problems) == 1
    assert "2.parquet" in problems[0]


@pytest.mark.parametrize("cut", ["1.parquet", "2.parquet"])
async def test_a_file_that_is_cut_off_is_named_and_the_others_are_read(tmp_path: Path, cut: str) -> None:
    for name in ("1.parquet", "2.parquet", "3.parquet"):
        file = parquet(tmp_path / name, exported(agent_trace(name[0])))
        if name == cut:
            file.write_bytes(file.read_bytes()[:-200])
    transcripts = transcripts_from(tmp_path)
    index = await transcripts.index()
    assert len(index) == 2
    assert [problem.location for problem in index.problems] == [str(tmp_path / cut)]
    assert "its end is missing or damaged" in str(index.problems[0])


async def test_other_parquet_is_left_to_others(tmp_path: Path) -> None:
    talk = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]
    parquet(tmp_path / "chats.parquet", [{"id": "1", "trace_id": "t", "messages": talk}])
    parquet(tmp_path / "figures.parquet", [{"id": "1", "value": 3}])
    (one,) = await read(tmp_path)
    assert [each.text for each in one.messages] == ["hi", "ho"]
