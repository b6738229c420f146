"""Rows out of tables that somebody else made."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from inspect_scout import ConfigError, TranscriptContent
from inspect_scout._query import Query, condition_from_sql
from inspect_scout._transcripts import transcripts_from
from inspect_scout._transcripts.contract import RawTranscript
from inspect_scout._transcripts.database.ingest.inputs import batch_rows, source_rows
from inspect_scout._transcripts.database.reading.source import DatabaseSource
from support.databases import stored_rows, write_rows
from support.logs import varied_log, write
from support.transcripts import talks

pytestmark = pytest.mark.anyio


def reader(*tables: dict[str, Any]) -> pa.RecordBatchReader:
    """Make a reader of some batches."""
    batches: list[Any] = [pa.RecordBatch.from_pydict(table) for table in tables]
    return pa.RecordBatchReader.from_batches(batches[0].schema, batches)


def taken(*tables: dict[str, Any], skip: Any = ()) -> list[RawTranscript]:
    return list(batch_rows(reader(*tables), skip))


async def test_tables_become_transcripts(tmp_path: Path) -> None:
    table = {
        "transcript_id": ["a", "b"],
        "messages": ['[{"role": "user", "content": "hi"}]', None],
        "task_repeat": pa.array([1, 2], pa.int8()),
        "score": ["0.5", "C"],
        "when": pa.array([0, None], pa.timestamp("s")),
        "count": [1, 2],
    }
    write_rows(tmp_path, taken(table))
    source = DatabaseSource(str(tmp_path))
    index = await source.index(Query())
    first, second = (index.info(position) for position in range(2))
    assert (first.transcript_id, first.task_repeat, first.score, first.metadata) == (
        "a",
        1,
        0.5,
        {"when": "1970-01-01T00:00:00", "count": 1},
    )
    assert (second.score, second.metadata) == ("C", {"count": 2})
    everything = TranscriptContent(messages="all", events="all", timeline="all")
    read = (await (await source.locate(first)).read(everything)).transcript
    assert [message.text for message in read.messages] == ["hi"]
    assert (await (await source.locate(second)).read(everything)).transcript.messages == []


def test_of_several_rows_with_one_id_the_first_counts() -> None:
    one = {"transcript_id": ["a", "b", "a"], "model": ["1", "2", "3"]}
    two = {"transcript_id": ["b", "c", "d"], "model": ["4", "5", "6"]}
    rows = taken(one, two, skip={"d"})
    assert [(row.transcript_id, row.columns["model"]) for row in rows] == [("a", "1"), ("b", "2"), ("c", "5")]


def test_older_names_are_understood() -> None:
    (row,) = taken({"transcript_id": ["a"], "solver": ["react"]})
    assert (row.columns["agent"], row.columns["solver"]) == ("react", "react")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"id": ["a"]}, r"RecordBatch schema must contain 'transcript_id' column"),
        ({"transcript_id": ["a"], "score": [0.5]}, r"'score' column must be string type, got double"),
        ({"transcript_id": [1]}, r"'transcript_id' column must be string type, got int64"),
        ({"transcript_id": ["a"], "success": ["yes"]}, r"'success' column must be boolean type, got string"),
        ({"transcript_id": ["a"], "filename": ["x"]}, r"'filename' is reserved"),
        ({"transcript_id": ["a", None]}, r"None cannot be the id"),
        ({"transcript_id": [""]}, r"'' cannot be the id"),
        ({"transcript_id": ["a"], "": [1]}, r"the key '' .* cannot name a column"),
    ],
)
def test_tables_of_another_shape_are_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        taken(table)


def test_two_columns_of_one_name_are_refused() -> None:
    arrow: Any = pa
    batch = arrow.RecordBatch.from_arrays(
        [pa.array(["a"]), pa.array([1]), pa.array([2])], names=["transcript_id", "x", "x"]
    )
    with pytest.raises(ConfigError, match="'x'"):
        list(batch_rows(pa.RecordBatchReader.from_batches(batch.schema, [batch])))


async def test_logs_that_cannot_be_read_are_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(varied_log(), tmp_path / "good.eval")
    (tmp_path / "bad.eval").write_bytes(b"no log")
    with caplog.at_level(logging.WARNING):
        rows = await stored_rows(transcripts_from(tmp_path).source)
    assert len(rows) == 12
    assert "bad.eval" in caplog.text


async def test_transcripts_of_a_source_come_in_the_order_of_the_query() -> None:
    source = transcripts_from(talks(5)).source
    query = Query((condition_from_sql("task_id != '2'"),), limit=3)
    rows = [row async for row in source_rows(source, query, {"t0"})]
    assert [row.transcript_id for row in rows] == ["t1", "t3"]
