"""The schema in all its forms, and what is said of tables that do not have it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pytest

from inspect_scout import Transcript
from inspect_scout._transcripts.database.format.schema import SCHEMA_COLUMNS, transcripts_db_schema
from inspect_scout._transcripts.database.ingest.transcript_rows import raw_of
from inspect_scout._transcripts.database.ingest.validation import validate_transcript_schema
from inspect_scout.testing import MemoryStorage, register_storage
from support.databases import write_parquet, write_rows

pytestmark = pytest.mark.anyio

NAMES = (
    "transcript_id source_type source_id source_uri date task_set task_id task_repeat agent agent_args model model_options score"
    " score_explanation success message_count total_time total_tokens error limit trust_content messages events timelines events_data"
).split()


def test_the_arrow_schema_has_the_published_columns() -> None:
    schema = cast("pa.Schema", transcripts_db_schema())
    assert schema.names == NAMES == [column.name for column in SCHEMA_COLUMNS]
    kinds = dict(zip(schema.names, map(str, schema.types), strict=True))
    others = {name: kind for name, kind in kinds.items() if kind != "large_string"}
    assert others == {
        "task_repeat": "int64",
        "success": "bool",
        "message_count": "int64",
        "total_time": "double",
        "total_tokens": "int64",
        "trust_content": "bool",
    }


def test_the_avro_schema_lets_everything_but_the_id_be_null() -> None:
    schema = cast("dict[str, Any]", transcripts_db_schema("avro"))
    assert (schema["type"], schema["name"], schema["namespace"]) == ("record", "Transcript", "inspect_scout.transcript")
    types = {field["name"]: field["type"] for field in schema["fields"]}
    assert list(types) == NAMES
    assert (types["transcript_id"], types["success"], types["total_time"]) == (
        "string",
        ["null", "boolean"],
        ["null", "double"],
    )
    assert all(field["doc"] for field in schema["fields"])


def test_the_json_schema_requires_the_id() -> None:
    schema = cast("dict[str, Any]", transcripts_db_schema("json"))
    assert (schema["title"], schema["type"], schema["required"]) == ("Transcript", "object", ["transcript_id"])
    assert list(schema["properties"]) == NAMES
    assert schema["properties"]["task_repeat"]["type"] == "integer"


def test_the_data_frame_is_empty_and_typed() -> None:
    frame = transcripts_db_schema("pandas")
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == NAMES and not len(frame)
    assert [str(frame[name].dtype) for name in ("score", "task_repeat", "total_time", "success")] == [
        "object",
        "Int64",
        "float64",
        "boolean",
    ]


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'xml'.*'pyarrow', 'avro', 'json', 'pandas'"):
        transcripts_db_schema(cast("Any", "xml"))


async def test_any_width_of_text_and_numbers_is_right() -> None:
    columns: list[tuple[str, pa.DataType]] = [
        ("transcript_id", pa.string()),
        ("task_repeat", pa.int16()),
        ("total_time", pa.float32()),
        ("model", pa.dictionary(pa.int8(), pa.string())),
        ("error", pa.null()),
        ("anything", pa.list_(pa.int8())),
    ]
    assert await validate_transcript_schema(pa.schema(columns)) == []
    assert await validate_transcript_schema(cast("pa.Schema", transcripts_db_schema())) == []


async def test_what_is_wrong_is_said_column_by_column() -> None:
    table = pa.table({"score": [0.5], "success": [1], "filename": ["x"], "total_time": [1]})
    found = await validate_transcript_schema(table)
    assert [(error.field, error.error_type) for error in found] == [
        ("transcript_id", "missing"),
        ("score", "type"),
        ("success", "type"),
        ("total_time", "type"),
        ("filename", "reserved"),
    ]
    assert str(found[1]) == "'score' column must be string type, got double."


async def test_all_files_of_a_folder_are_checked(tmp_path: Path) -> None:
    write_rows(tmp_path, [raw_of(Transcript(transcript_id="a"))])
    (tmp_path / "below").mkdir()
    write_parquet(tmp_path / "below" / "x.parquet", {"transcript_id": ["a"], "score": [1]})
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")
    (tmp_path / "_index").mkdir()
    (tmp_path / "_index" / "y.parquet").write_bytes(b"ignored")
    found = await validate_transcript_schema(tmp_path)
    assert [(error.field, error.error_type) for error in found] == [("score", "type"), ("", "unreadable")]
    assert "below/x.parquet" in found[0].message and "broken.parquet" in found[1].message
    assert await validate_transcript_schema(str(tmp_path / "transcripts_a.parquet")) == []


async def test_a_folder_without_data_is_said_to_have_none(tmp_path: Path) -> None:
    (found,) = await validate_transcript_schema(str(tmp_path))
    assert (found.field, found.error_type) == ("", "empty")


async def test_files_elsewhere_are_checked_too(tmp_path: Path) -> None:
    file = write_parquet(tmp_path / "x.parquet", {"model": ["m"]})
    storage = MemoryStorage()
    await storage.write("schematest://db/x.parquet", file.read_bytes())
    undo = register_storage("schematest", lambda _: storage)
    try:
        (found,) = await validate_transcript_schema("schematest://db")
    finally:
        undo()
    assert found.field == "transcript_id" and "schematest://db/x.parquet" in found.message
