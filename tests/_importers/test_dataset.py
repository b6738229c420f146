"""Data sets in Parquet and JSON lines, whose columns have usual names or are named, here and at addresses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from _importers.documents import read, write
from inspect_scout import Transcript, transcripts_from
from inspect_scout.sources import TraceReader, TranscriptSource, dataset, trace_reader
from inspect_scout.testing import SourceLaws, TraceReaderLaws
from support.cli import scout

pytestmark = pytest.mark.anyio

CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
TALK: list[dict[str, Any]] = [
    {"role": "user", "content": "2+2?", "tool_calls": None, "tool_call_id": None},
    {"role": "assistant", "content": None, "tool_calls": [CALL], "tool_call_id": None},
    {"role": "tool", "content": "4", "tool_calls": None, "tool_call_id": "c1"},
    {"role": "assistant", "content": "4.", "tool_calls": None, "tool_call_id": None},
]
SHARED = [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello."}]


def parquet(file: Path, *rows: dict[str, Any]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    tables: Any = pq
    tables.write_table(pa.Table.from_pylist(list(rows)), file, row_group_size=2)
    return file


def put_file(file: Path, address: str) -> None:
    """Put a file into a bucket, as other programs do."""
    stores: Any = fsspec
    stores.filesystem("s3", asynchronous=False, skip_instance_cache=True).put_file(str(file), address)


def row(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "messages": TALK, "source": "test", **fields}


class TestReader(TraceReaderLaws):
    @pytest.fixture
    def reader(self) -> TraceReader:
        return trace_reader("dataset")

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        for name in "abc":
            parquet(tmp_path / f"{name}.parquet", row(f"{name}-1"), row(f"{name}-2"))
        return tmp_path

    def grow(self, file: Path) -> None:
        parquet(file, *(row(f"{file.stem}-{n}") for n in (1, 2, 3)))


class TestSource(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        return transcripts_from(parquet(tmp_path / "train.parquet", *map(row, "abc"))).source


def told(transcript: Transcript) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in transcript.messages]


FULL = [("user", "2+2?"), ("assistant", ""), ("tool", "4"), ("assistant", "4.")]


async def test_a_row_is_a_transcript_and_its_other_columns_are_metadata(tmp_path: Path) -> None:
    (found,) = await read(parquet(tmp_path / "train.parquet", row("a", score=0.5, tags=["x"])))
    assert (found.transcript_id, told(found)) == ("a", FULL)
    assert (found.metadata["source"], found.metadata["tags"], found.metadata["row_score"]) == ("test", ["x"], 0.5)
    (call,) = [call for message in found.messages if message.role == "assistant" for call in message.tool_calls or ()]
    assert (call.function, call.arguments) == ("add", {"a": 1})


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"conversations": SHARED}, [("user", "Hi"), ("assistant", "Hello.")]),
        ({"conversation": json.dumps(TALK)}, FULL),
        ({"trajectory": TALK}, FULL),
        ({"prompt": "Hi", "completion": "Hello."}, [("user", "Hi"), ("assistant", "Hello.")]),
        ({"prompt": TALK[:1], "response": TALK[3:]}, [FULL[0], FULL[3]]),
    ],
)
@pytest.mark.parametrize("file", ["train.parquet", "train.jsonl"])
async def test_usual_names(tmp_path: Path, columns: dict[str, Any], expected: list[tuple[str, str]], file: str) -> None:
    if file.endswith(".parquet"):
        parquet(tmp_path / file, columns)
    else:
        write(tmp_path / file, [columns])
    (found,) = await read(tmp_path / file)
    assert told(found) == expected


@pytest.mark.parametrize("file", ["train.parquet", "train.jsonl", "train.json"])
async def test_columns_that_are_named(tmp_path: Path, file: str) -> None:
    rows: list[dict[str, Any]] = [{"key": "k1", "said": TALK}, {"key": "k2", "said": json.dumps(TALK)}]
    if file.endswith(".parquet"):
        parquet(tmp_path / file, *({**each, "said": json.dumps(TALK)} for each in rows))
    else:
        write(tmp_path / file, rows)
    found = [each async for each in dataset(str(tmp_path), messages="said", id="key")]
    assert {each.transcript_id: told(each) for each in found} == {"k1": FULL, "k2": FULL}
    (first,) = [each async for each in dataset(str(tmp_path / file), messages="said", limit=1)]
    assert first.metadata["key"] == "k1"


async def test_an_import_says_what_is_no_conversation_and_goes_on(tmp_path: Path) -> None:
    rows = [row("a"), {"id": "b", "messages": None, "source": "x"}, row("c")]
    parquet(tmp_path / "data" / "train.parquet", *rows)
    parquet(tmp_path / "data" / "test.parquet", row("t"))
    ran = scout(
        "import",
        "dataset",
        "-P",
        f"path={tmp_path / 'data'}",
        "-P",
        "split=train",
        "-T",
        str(tmp_path / "db"),
        "--json",
    )
    report = json.loads(ran.out)
    assert (report["added"], len(report["problems"])) == (2, 1)
    assert "line 2" in report["problems"][0]
    again = scout(
        "import",
        "dataset",
        "-P",
        f"path={tmp_path / 'data'}",
        "-P",
        "split=train",
        "-T",
        str(tmp_path / "db"),
        "--json",
    )
    assert json.loads(again.out)["unchanged"] == 2
    refused = scout("import", "dataset", "-P", f"path={tmp_path / 'db' / 'nothing'}", "-T", str(tmp_path / "other"))
    assert refused.code != 0
    assert not (tmp_path / "other").exists()


async def test_a_database_among_traces_is_not_a_data_set(tmp_path: Path) -> None:
    parquet(tmp_path / "data" / "train.parquet", row("a"))
    typed = ("import", str(tmp_path / "data"), "-T", str(tmp_path / "data" / "db"), "--json")
    assert json.loads(scout(*typed).out)["added"] == 1
    again = json.loads(scout(*typed).out)
    assert (again["added"], again["unchanged"], again["problems"]) == (0, 1, [])


async def test_an_address_is_fetched(tmp_path: Path, bucket: str) -> None:
    file = parquet(tmp_path / "a.parquet", row("a"), row("b"))
    put_file(file, f"{bucket}/chats/train.parquet")
    found = [each async for each in dataset(f"{bucket}/chats")]
    assert [each.transcript_id for each in found] == ["a", "b"]
    assert str(found[0].source_uri).startswith(bucket)


async def test_damaged_files_are_named(tmp_path: Path) -> None:
    whole = parquet(tmp_path / "good.parquet", row("a")).read_bytes()
    (tmp_path / "bad.parquet").write_bytes(whole[: len(whole) // 2])
    found = [each async for each in dataset(str(tmp_path))]
    assert [each.transcript_id for each in found] == ["a"]
