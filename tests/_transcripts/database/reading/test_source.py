"""Databases as a source: what changes under a reader, big transcripts, errors, and files of other programs."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from inspect_ai.event import Event, InfoEvent, timeline_build
from inspect_ai.model import ChatMessage, ChatMessageUser

from inspect_scout import LogReadError, Transcript, TranscriptContent, TranscriptInfo, TranscriptTooLargeError
from inspect_scout._query import Query, condition_from_sql
from inspect_scout._transcripts import read_origin
from inspect_scout._transcripts.database.ingest.transcript_rows import raw_of
from inspect_scout._transcripts.database.reading.source import DatabaseSource
from inspect_scout._transcripts.database.reading.source import read_origin as read_database
from inspect_scout._types import InputOrigin
from inspect_scout.testing import MemoryStorage, register_storage, storage_for
from support.databases import database_of, stored_rows, write_parquet, write_rows
from support.transcripts import talk, talks

pytestmark = pytest.mark.anyio

MESSAGES = TranscriptContent(messages="all")
ALL = TranscriptContent(messages="all", events="all", timeline="all")


def database(folder: Path, *transcripts: Transcript) -> DatabaseSource:
    """Make a database of some transcripts."""
    write_rows(folder, map(raw_of, transcripts))
    return DatabaseSource(str(folder))


async def infos(source: DatabaseSource, *where: str) -> list[TranscriptInfo]:
    """Describe the transcripts that conditions select."""
    index = await source.index(Query(tuple(map(condition_from_sql, where))))
    return [index.info(position) for position in range(len(index))]


async def test_a_changed_database_is_noticed(tmp_path: Path) -> None:
    source = database(tmp_path, talk(0))
    assert [i.transcript_id for i in await infos(source)] == ["t0"]
    write_rows(tmp_path, [raw_of(talk(1))], "transcripts_b.parquet")
    assert [i.transcript_id for i in await infos(source)] == ["t0", "t1"]


async def test_a_transcript_that_was_moved_to_another_file_is_found(tmp_path: Path) -> None:
    source = database(tmp_path, *talks(3))
    found = await infos(source)
    (tmp_path / "transcripts_a.parquet").unlink()
    write_rows(tmp_path, map(raw_of, reversed(talks(3))), "transcripts_b.parquet")
    for info in found:
        read = (await (await source.locate(info)).read(MESSAGES)).transcript
        assert read.messages[-1].text == f"number {info.transcript_id[1:]}"


async def test_a_transcript_that_was_deleted_is_named(tmp_path: Path) -> None:
    source = database(tmp_path, *talks(2))
    found = await infos(source)
    (tmp_path / "transcripts_a.parquet").unlink()
    write_rows(tmp_path, [raw_of(talk(1))], "transcripts_b.parquet")
    with pytest.raises(LogReadError, match="'t0'"):
        await source.locate(found[0])


async def test_rows_are_searched_where_the_index_does_not_say(tmp_path: Path) -> None:
    columns = write_rows(tmp_path, map(raw_of, talks(30)))
    (tmp_path / "_index").mkdir()
    named = {"transcript_id": columns.column("transcript_id"), "filename": ["transcripts_a.parquet"] * 30}
    write_parquet(tmp_path / "_index" / "index_20200101T000000_a.idx", named)
    source = DatabaseSource(str(tmp_path))
    for info in await infos(source):
        read = (await (await source.locate(info)).read(MESSAGES)).transcript
        assert read.messages[-1].text == f"number {info.transcript_id[1:]}"


async def test_a_file_that_another_program_wrote_anew_is_searched(tmp_path: Path) -> None:
    source = database(tmp_path, *talks(3))
    found = await infos(source)
    write_rows(tmp_path, map(raw_of, talks(3)[::-1]))
    again = DatabaseSource(str(tmp_path))
    await again.index(Query())
    write_rows(tmp_path, map(raw_of, talks(3)))
    for info in found:
        read = (await (await again.locate(info)).read(MESSAGES)).transcript
        assert read.messages[-1].text == f"number {info.transcript_id[1:]}"


async def test_content_is_found_again_after_its_file_was_rewritten(tmp_path: Path) -> None:
    source = database(tmp_path, *talks(3))
    info = (await infos(source))[1]
    origin = (await source.locate(info)).origin(MESSAGES, 5)
    assert origin is not None
    assert (origin.source, origin.location, origin.member) == ("database", str(tmp_path), "t1")
    rows = await stored_rows(source)
    (tmp_path / "transcripts_a.parquet").unlink()
    write_rows(tmp_path, rows[::-1], "transcripts_b.parquet")
    assert (await read_database(origin, info)).messages == talk(1).messages


async def test_content_that_has_changed_since_is_refused(tmp_path: Path) -> None:
    source = database(tmp_path, *talks(2))
    info = (await infos(source))[1]
    origin = (await source.locate(info)).origin(MESSAGES, 5)
    assert origin is not None
    (tmp_path / "transcripts_a.parquet").unlink()
    changed = talk(1).model_copy(update={"messages": talk(7).messages})
    write_rows(tmp_path, [raw_of(changed)], "transcripts_b.parquet")
    with pytest.raises(LogReadError, match=r"'t1'.*changed"):
        await read_database(origin, info)


async def test_an_origin_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'elsewhere'.*'eval_log', 'database'"):
        await read_origin(InputOrigin("elsewhere", "x", "y", "z", "{}", 0), TranscriptInfo(transcript_id="t"))


async def test_recorded_transcripts_are_found_in_their_order(tmp_path: Path) -> None:
    database(tmp_path, *talks(4))
    source = DatabaseSource(str(tmp_path), ("t3", "gone", "t1"))
    index = await source.index(Query())
    assert list(index.ids) == ["t3", "t1"]
    assert [index.info(i).task_id for i in range(2)] == ["3", "1"]
    assert len(index.problems) == 1 and "'gone'" in str(index.problems[0])
    assert list(index.locations) == ["transcripts_a.parquet"] * 2


async def test_copies_of_databases_keep_everything(tmp_path: Path) -> None:
    events: list[Event] = [InfoEvent(data={"n": 1}, uuid="e1"), InfoEvent(data={"n": 2}, uuid="e2")]
    timelines = [timeline_build(list(events), name="Mine"), timeline_build(list(events), name="Yours")]
    fields: dict[str, Any] = {"score": "1", "metadata": {"x": 1, "y": "2", "z": [1]}}
    given = [
        Transcript(transcript_id="a", events=events, timelines=timelines, **fields),
        Transcript(transcript_id="b", score=0.5, metadata={"x": "text", "y": None}),
    ]
    source = database(tmp_path / "one", *given)
    copy = await database_of(source, tmp_path / "two")
    assert await stored_rows(copy) == await stored_rows(source)
    read = [(await (await copy.locate(info)).read(ALL)).transcript for info in await infos(copy)]
    assert [t.name for t in read[0].timelines] == ["Mine", "Yours"]
    assert (read[0].score, read[0].metadata, read[1].score) == ("1", {"x": 1, "y": "2", "z": [1]}, 0.5)


def big(number: int) -> Transcript:
    text = "word " * 4000
    events: list[Event] = [InfoEvent(data={"n": n, "text": text}, uuid=f"e{number}-{n}") for n in range(1000)]
    messages: list[ChatMessage] = [ChatMessageUser(id=f"m{n}", content=f"{n} {text}") for n in range(2600)]
    return Transcript(transcript_id=f"big{number}", messages=messages, events=events)


async def test_big_transcripts_are_streamed_with_equal_results(tmp_path: Path) -> None:
    source = database(tmp_path, talk(0), big(1))
    info = (await infos(source))[1]
    assert (await source.locate(info)).size > 64 * 1024 * 1024
    content = TranscriptContent(messages="all", events=["info"])
    read = (await (await source.locate(info)).read(content)).transcript
    async with await (await source.locate(info)).open(content) as handle:
        # The file goes away before the first item is read.
        write_rows(tmp_path, await stored_rows(source), "transcripts_b.parquet")
        (tmp_path / "transcripts_a.parquet").unlink()
        assert [message async for message in handle.messages()] == read.messages
        assert [event async for event in handle.events()] == read.events
        assert (await handle.load()).model_dump() == read.model_dump()


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """A database that is not in local files."""
    storage = MemoryStorage()
    undo = register_storage("sourcetest", lambda _: storage)
    yield "sourcetest://bucket/db"
    undo()


async def test_databases_elsewhere_are_read(elsewhere: str) -> None:
    write_rows(elsewhere, map(raw_of, [*talks(3), big(1)]))
    source = DatabaseSource(elsewhere)
    found = await infos(source)
    read = [(await (await source.locate(info)).read(MESSAGES)).transcript for info in found]
    assert [len(t.messages) for t in read] == [3, 3, 3, 2600]
    async with await (await source.locate(found[3])).open(MESSAGES) as handle:
        assert [message async for message in handle.messages()] == read[3].messages


async def test_a_row_whose_file_goes_away_after_it_was_found_is_found_again(elsewhere: str) -> None:
    write_rows(elsewhere, map(raw_of, talks(3)))
    source = DatabaseSource(elsewhere)
    info = (await infos(source))[1]
    located = await source.locate(info)
    rows = await stored_rows(source)
    await storage_for(elsewhere).delete(f"{elsewhere}/transcripts_a.parquet")
    write_rows(elsewhere, rows[::-1], "transcripts_b.parquet")
    assert (await located.read(MESSAGES)).transcript.messages == talk(1).messages
    assert (await located.raw()).transcript_id == "t1"


async def test_sizes_are_bytes(tmp_path: Path) -> None:
    transcript = talk(0).model_copy(update={"messages": [ChatMessageUser(id="m", content="🐟" * 1000)]})
    source = database(tmp_path, transcript)
    (info,) = await infos(source)
    size = (await source.locate(info)).size
    assert size > 4000
    assert (await (await source.locate(info)).read(MESSAGES, max_bytes=size)).transcript.messages
    with pytest.raises(TranscriptTooLargeError) as refused:
        await (await source.locate(info)).read(MESSAGES, max_bytes=size - 1)
    assert (refused.value.size, refused.value.max_size) == (size, size - 1)


async def test_conditions_see_what_values_mean(tmp_path: Path) -> None:
    values: list[Any] = [1, "1", "[1]", [1], 0.5, True, {"a": float("nan"), "b": 2}]
    given = [Transcript(transcript_id=f"t{i}", score=v, metadata={"m": v}) for i, v in enumerate(values)]
    source = database(tmp_path, *given)

    async def ids(where: str) -> list[str]:
        return [info.transcript_id for info in await infos(source, where)]

    for name in ("score", "m"):
        assert await ids(f"{name} = 1") == ["t0", "t1", "t5"]
        assert await ids(f"{name} = '[1]'") == ["t2", "t3"]
        assert await ids(f"{name} < 0.75") == ["t4"]
        assert await ids(f"{name} = true") == ["t0", "t1", "t5"]
        assert await ids(f"{name}.b = 2") == ["t6"]
    assert await ids("sample_id = 't3'") == ["t3"]
    assert [info.score for info in await infos(source)][:6] == values[:6]


async def test_a_malformed_message_is_kept_in_part_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    messages = json.dumps([{"role": "user", "content": "good"}, {"role": "nobody"}, 5])
    write_parquet(tmp_path / "lake.parquet", {"transcript_id": ["a"], "messages": [messages]})
    source = DatabaseSource(str(tmp_path))
    (info,) = await infos(source)
    with caplog.at_level(logging.WARNING):
        read = (await (await source.locate(info)).read(ALL)).transcript
    assert [message.text for message in read.messages] == [
        "good",
        "[unreadable part: role nobody]\n[unreadable part: missing]",
        "[unreadable part: message] 5",
    ]
    assert "'a': 2 message(s) or event(s) could be read only in part" in caplog.text


@pytest.mark.parametrize("cell", ["{", "[1", '{"a": 1}', "no json", "[{]"])
async def test_content_that_is_no_list_is_named(tmp_path: Path, cell: str) -> None:
    write_parquet(tmp_path / "lake.parquet", {"transcript_id": ["bad"], "messages": [cell]})
    source = DatabaseSource(str(tmp_path))
    (info,) = await infos(source)
    with pytest.raises(LogReadError, match=r"lake\.parquet.*'bad'"):
        await (await source.locate(info)).read(MESSAGES)


async def test_a_damaged_row_leaves_the_others_readable(tmp_path: Path) -> None:
    unlike = [talk(i).model_copy(update={"messages": [ChatMessageUser(content=f"{i}" * 40_000)]}) for i in range(60)]
    source = database(tmp_path, *unlike)
    path = tmp_path / "transcripts_a.parquet"
    reader: Any = pq.ParquetFile(path)
    chunk = next(c for c in map(reader.metadata.row_group(1).column, range(25)) if c.path_in_schema == "messages")
    data = bytearray(path.read_bytes())
    data[chunk.data_page_offset : chunk.data_page_offset + chunk.total_compressed_size] = (
        b"\xff" * chunk.total_compressed_size
    )
    path.write_bytes(data)
    found = await infos(source)
    for info in found[25:50]:
        with pytest.raises(LogReadError, match=rf"transcripts_a.*'{info.transcript_id}'"):
            await (await source.locate(info)).read(MESSAGES)
    for info in (*found[:25], *found[50:]):
        assert (await (await source.locate(info)).read(MESSAGES)).transcript.messages


async def test_columns_of_any_type_are_described(tmp_path: Path) -> None:
    struct = pa.struct([("a", pa.int32()), ("when", pa.timestamp("s"))])
    columns: dict[str, Any] = {
        "transcript_id": pa.array([7, 8], pa.int64()),
        "date": pa.array([0, None], pa.timestamp("ms", "UTC")),
        "task_repeat": pa.array([1.0, float("nan")], pa.float64()),
        "message_count": ["12", "many"],
        "success": ["yes", None],
        "score": pa.array([0.5, None], pa.float32()),
        "agent_args": pa.array([{"a": 1, "when": 0}, None], struct),
        "model_options": ["[1]", "no json"],
        "nested": pa.array([{"a": 1, "when": 0}, None], struct),
        "category": pa.array(["x", "y"], pa.dictionary(pa.int8(), pa.string())),
        "amount": pa.array([1, 2], pa.decimal128(10, 2)),
        "blob": pa.array([b"a", b"\xff"], pa.binary()),
    }
    write_parquet(tmp_path / "lake.parquet", columns)
    source = DatabaseSource(str(tmp_path))
    first, second = await infos(source)
    assert (first.transcript_id, first.date, first.task_repeat, first.message_count) == (
        "7",
        "1970-01-01T00:00:00+00:00",
        1,
        12,
    )
    assert (first.success, first.score, first.model_options) == (True, 0.5, None)
    assert first.agent_args == first.metadata["nested"] == {"a": 1, "when": "1970-01-01T00:00:00"}
    assert (second.task_repeat, second.message_count, second.success, second.agent_args) == (None, None, None, None)
    assert (first.metadata["category"], first.metadata["amount"], first.metadata["blob"]) == ("x", "1.00", "a")
    assert TranscriptInfo.model_validate(first.model_dump()) == first
    assert [i.transcript_id for i in await infos(source, "category = 'y'")] == ["8"]
    assert (await (await source.locate(first)).read(ALL)).transcript.messages == []
