"""What users can rely on when they write into databases and read them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from inspect_scout import (
    ConfigError,
    LocationError,
    Transcript,
    Transcripts,
    TranscriptsDB,
    UnknownNameError,
    ValidationCase,
    columns,
    transcripts_db,
    transcripts_db_schema,
    transcripts_from,
)
from inspect_scout._transcripts.database.format.names import FileNamer, is_manifest, is_own, timestamp_in
from inspect_scout.testing import LocalStorage
from support.stores import ALL, Place, contents, in_memory, versioned
from support.transcripts import talk, talks

_parquet: Any = pq  # the stubs leave its types open

pytestmark = pytest.mark.anyio

HOSTILE = [
    "x'; DROP TABLE transcripts; --",
    "../../etc/passwd",
    "*?[a]{b}",
    "nul\0byte",
    "x" * 300,
    "é\u202e",
    ' "quoted" ',
]


def on_disk(folder: Path) -> Place:
    """Put a database onto the disk."""
    return Place(str(folder / "database"), LocalStorage(durable=False))


@pytest.fixture(params=["memory", "disk"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where the database is."""
    place = in_memory() if request.param == "memory" else on_disk(tmp_path)
    yield place
    place.close()


@pytest.fixture
def db(place: Place) -> TranscriptsDB:
    """Open an empty database."""
    return transcripts_db(place.location)


def names(place: Path) -> list[str]:
    """List the index files of a database on the disk."""
    return sorted(path.name for path in (place / "_index").glob("*.idx"))


async def test_insert_passes_over_ids_that_are_there_or_come_twice(db: TranscriptsDB) -> None:
    assert await db.insert([versioned("a", 1), versioned("b", 1), versioned("a", 2)]) == 2
    assert await db.insert([versioned("b", 3), versioned("c", 3)]) == 1
    assert await contents(db) == {"a": 1, "b": 1, "c": 3}


async def test_insert_takes_everything_that_gives_transcripts(db: TranscriptsDB, example_logs: Path) -> None:
    async def later() -> AsyncIterator[Transcript]:
        yield talk(1)

    table = pa.table({"transcript_id": ["r1", "r2"], "model": ["m", None], "number": [1, 2]})
    told: list[str] = []
    await db.insert(iter([talk(0)]), progress=told.append)
    await db.insert(later())
    await db.insert(table.to_reader())
    assert await db.insert(transcripts_from(str(example_logs))) == 12
    assert told == ["t0"]
    assert await db.count() == 16
    assert await db.count("number = 2") == 1


async def test_insert_takes_what_labelled_cases_are_about(db: TranscriptsDB, tmp_path: Path) -> None:
    await transcripts_db(tmp_path / "source").insert(talks(4))
    cases = [ValidationCase(id="t1", target=True), ValidationCase(id="t3", target=False)]
    assert await db.insert(transcripts_from(tmp_path / "source").for_validation(cases)) == 2
    assert list(await db.transcript_ids()) == ["t1", "t3"]


@pytest.mark.parametrize("given", [talk(1), "t1", [talk(1), "t2"], 5, lambda: [talk(1)], {"a": talk(1)}])
async def test_what_is_no_transcript_is_refused_and_nothing_is_written(db: TranscriptsDB, given: Any) -> None:
    with pytest.raises(ConfigError, match="Transcript"):
        await db.insert(given)
    assert await contents(db) == {}
    assert (await db.verify()).ok


async def test_upsert_replaces_and_the_last_of_several_counts(db: TranscriptsDB) -> None:
    await db.insert([versioned("a", 1), versioned("b", 1)])
    assert await db.upsert([versioned("b", 2), versioned("c", 2), versioned("b", 3)]) == 3
    assert await contents(db) == {"a": 1, "b": 3, "c": 2}


async def test_update_changes_all_or_nothing(db: TranscriptsDB) -> None:
    await db.insert([versioned("a", 1), versioned("b", 1)])
    with pytest.raises(ConfigError, match="Cannot update 'zz'"):
        await db.update([versioned("a", 2), versioned("zz", 2)])
    assert await contents(db) == {"a": 1, "b": 1}
    assert await db.update([versioned("a", 2)]) == 1
    assert await contents(db) == {"a": 2, "b": 1}


async def test_deleted_transcripts_stay_deleted(db: TranscriptsDB) -> None:
    await db.insert([versioned(id, 1) for id in "abcd"])
    assert await db.delete(["a", "zz"]) == 1
    assert await db.delete(columns.transcript_id == "b") == 1
    assert await db.delete(where="transcript_id = 'c'") == 1
    for again in (db.rebuild_index, db.compact, db.rebuild_index):
        await again()
        assert await contents(db) == {"d": 1}
    assert (await db.verify(deep=True)).ok
    assert (await db.stats()).dead_rows == 0


@pytest.mark.parametrize(("ids", "where"), [(None, None), (["a"], "version = 1"), ("a", None)])
async def test_delete_wants_ids_or_a_condition(db: TranscriptsDB, ids: Any, where: Any) -> None:
    with pytest.raises(ConfigError, match="where="):
        await db.delete(ids, where=where)


async def test_nobody_sees_what_is_not_committed(place: Place, db: TranscriptsDB) -> None:
    await db.insert([versioned("a", 1)], session_id="s", commit=False)
    await transcripts_db(place.location).insert([versioned("b", 1)], session_id="s", commit=False)
    await db.insert([versioned("c", 1)], commit=False)
    assert await contents(db) == {}
    assert (await db.verify()).ok
    assert sum((await db.stats()).uncommitted.values()) == 3
    await transcripts_db(place.location).commit("s")
    assert await contents(db) == {"a": 1, "b": 1}
    await db.rebuild_index()
    assert await contents(db) == {"a": 1, "b": 1}
    await db.commit()
    assert await contents(db) == {"a": 1, "b": 1, "c": 1}
    assert (await db.stats()).uncommitted == {}


async def test_committing_a_session_joins_its_small_files(db: TranscriptsDB) -> None:
    for number in range(6):
        await db.insert([talk(number)], session_id="s", commit=False)
    await db.commit("s")
    await db.commit("s")
    assert await db.count() == 6
    assert (await db.stats()).files == 1


async def test_sessions_with_names_alike_are_apart(db: TranscriptsDB) -> None:
    sessions = ["a", "a_1", "a/1", "../a", "a~b", "x" * 300, "x" * 301, "*"]
    for number, session in enumerate(sessions):
        await db.insert([talk(number)], session_id=session, commit=False)
    for number, session in enumerate(sessions, 1):
        await db.commit(session)
        assert await db.count() == number


async def test_compaction_keeps_content_and_order(db: TranscriptsDB) -> None:
    for start in range(0, 20, 4):
        await db.insert([versioned(f"t{number}", 1) for number in range(start, start + 4)])
    await db.delete(["t3", "t7"])
    await db.upsert([versioned("t5", 2)])
    before, order = await contents(db), list(await db.transcript_ids())
    report = await db.compact()
    assert (report.files_before, report.files_after, report.rows_dropped) == (6, 1, 3)
    assert await contents(db) == before
    assert list(await db.transcript_ids()) == order
    assert (await db.compact()).files_after == 1


async def test_many_commits_leave_few_index_files(db: TranscriptsDB) -> None:
    for number in range(40):
        await db.insert([talk(number)])
    stats = await db.stats()
    assert stats.transcripts == stats.files == 40
    assert stats.index_files < 20
    assert list(await db.transcript_ids()) == [f"t{number}" for number in range(40)]


async def test_hostile_names_are_found_again(db: TranscriptsDB) -> None:
    await db.insert([versioned(id, number) for number, id in enumerate(HOSTILE)])
    keys = [key for key in HOSTILE if "\0" not in key]
    await db.insert([talk(1).model_copy(update={"metadata": {key: number for number, key in enumerate(keys)}})])
    await db.compact()
    await db.rebuild_index()
    (info,) = [info async for info in db.select(columns.transcript_id == "t1")]
    assert {key: info.metadata[key] for key in keys} == {key: number for number, key in enumerate(keys)}
    for number, key in enumerate(keys):
        assert await db.count(columns[key] == number) == 1
    assert await db.delete(["t1"]) == 1
    assert await contents(db) == {id: number for number, id in enumerate(HOSTILE)}
    with pytest.raises(ConfigError, match="cannot name a column"):
        await db.insert([talk(2).model_copy(update={"metadata": {"nul\0": 1}})])


async def test_distinct_values_are_sorted_with_none_last(db: TranscriptsDB) -> None:
    given = [talk(number).model_copy(update={"model": model}) for number, model in enumerate(["b", None, "a", "b"])]
    await db.insert(given)
    assert await db.distinct("model") == ["a", "b", None]
    assert await db.distinct(columns.model, "task_id = '0'") == ["b"]
    with pytest.raises(UnknownNameError):
        await db.distinct("nothing")


async def test_the_stored_json_can_be_streamed(db: TranscriptsDB) -> None:
    await db.insert([talk(1)])
    (info,) = [info async for info in db.select()]
    stream = await db.read_messages_events(info)
    async with stream.data as chunks:
        data = b"".join([chunk async for chunk in chunks])
    assert len(data) == stream.uncompressed_size
    assert [message["role"] for message in json.loads(data)["messages"]] == ["system", "user", "assistant"]
    stream = await db.read_messages_events(talk(9))
    async with stream.data as chunks:
        assert json.loads(b"".join([chunk async for chunk in chunks])) == {"messages": [], "events": []}


async def test_reading_makes_no_folder_and_writing_does(tmp_path: Path) -> None:
    async with transcripts_db(tmp_path / "new" / "db") as db:
        assert await db.count() == 0
        assert not (tmp_path / "new").exists()
        await db.insert([talk(1)])
    assert (tmp_path / "new" / "db").is_dir()


async def test_object_stores_hold_databases(bucket: str) -> None:
    location = f"{bucket}/some/folder"
    db = transcripts_db(location)
    assert await db.count() == 0
    await db.insert([versioned("a", 1), versioned("b", 1)])
    await db.insert([versioned("c", 1)], session_id="s", commit=False)
    await db.upsert([versioned("b", 2)])
    await db.commit("s")
    await db.delete(["a"])
    transcripts = transcripts_from(location)
    assert len(await transcripts.index()) == 2  # a folder elsewhere is looked at when it is read
    assert (transcripts.source.type, transcripts.source.location) == ("database", location)
    for again in (db.connect, db.compact, db.rebuild_index):
        await again()
        assert await contents(transcripts_db(location)) == {"b": 2, "c": 1}
    assert (await db.verify(deep=True)).ok


async def test_eval_logs_are_no_database(example_logs: Path) -> None:
    for location in (example_logs, next(example_logs.glob("*.eval"))):
        with pytest.raises(ValueError, match="eval logs"):
            transcripts_db(str(location))


async def test_a_new_index_leaves_alone_what_a_writer_is_about_to_commit(tmp_path: Path) -> None:
    db = transcripts_db(tmp_path)
    await db.insert(talks(2))
    (live,) = (tmp_path / "_index").glob("index_*.idx")
    about = live.with_name("index_20990101T000000000000_aaaaaaaa.idx")
    shutil.copy(live, about)
    await db.rebuild_index()
    assert about.exists()
    assert not live.exists()


async def test_one_database_stands_alone(tmp_path: Path, example_logs: Path) -> None:
    await transcripts_db(tmp_path).insert(talks(2))
    with pytest.raises(ConfigError, match="Only one transcript database location"):
        transcripts_from([str(tmp_path), str(example_logs)])


async def test_verify_says_what_is_wrong(tmp_path: Path) -> None:
    db = transcripts_db(tmp_path)
    await db.insert(talks(3))
    await db.insert([talk(number) for number in range(3, 6)])
    first, second = sorted(tmp_path.glob("*.parquet"))
    _parquet.write_table(_parquet.read_table(first), tmp_path / "extra.parquet")
    report = await db.verify()
    assert not report.ok
    assert "extra.parquet" in report.problems[0]
    (tmp_path / "extra.parquet").unlink()
    first.unlink()
    _parquet.write_table(_parquet.read_table(second).slice(1), second)
    problems = (await db.verify(deep=True)).problems
    assert any(first.name in problem for problem in problems)
    assert any(second.name in problem and "'t3'" in problem for problem in problems)


async def test_a_folder_of_any_parquet_files_is_a_database(tmp_path: Path) -> None:
    _parquet.write_table(pa.table({"transcript_id": ["a", "b"], "x": [1, 2]}), tmp_path / "some name'.parquet")
    (tmp_path / "sub").mkdir()
    _parquet.write_table(pa.table({"transcript_id": ["c", "a"], "x": ["text", "3"]}), tmp_path / "sub" / "z.parquet")
    db = transcripts_db(tmp_path)
    assert set(await db.transcript_ids()) == {"a", "b", "c"}
    assert transcripts_from(tmp_path).source.type == "database"
    assert transcripts_from(tmp_path / "sub" / "z.parquet").source.type == "database"
    single = transcripts_db(tmp_path / "sub" / "z.parquet")
    assert set(await single.transcript_ids()) == {"a", "c"}
    with pytest.raises(ConfigError, match="single data file"):
        await single.insert(talks(1))
    assert await db.insert(talks(1)) == 1
    assert await db.count() == 4
    assert (await db.verify(deep=True)).ok


async def test_a_recorded_database_is_found_again_after_compaction(tmp_path: Path) -> None:
    db = transcripts_db(tmp_path / "db")
    for number in range(4):
        await db.insert([talk(number)])
    chosen = transcripts_from(tmp_path / "db").where("task_id != '1'").shuffle(3)
    async with chosen.reader() as reader:
        snapshot = await reader.snapshot()
    await db.compact()
    assert (snapshot.type, snapshot.location) == ("database", str(tmp_path / "db"))
    async with Transcripts.from_snapshot(snapshot).reader() as reader:
        infos = [info async for info in reader.index()]
        assert [info.transcript_id for info in infos] == list(snapshot.transcript_ids)
        assert [(await reader.read(info, ALL)).messages[2].text for info in infos] == [
            f"number {info.task_id}" for info in infos
        ]
    with pytest.raises(LocationError, match="is gone"):
        Transcripts.from_snapshot(snapshot.model_copy(update={"location": str(tmp_path / "nowhere")}))


async def test_index_files_have_the_published_shape(tmp_path: Path) -> None:
    await transcripts_db(tmp_path).insert(talks(3))
    table = _parquet.read_table(next((tmp_path / "_index").glob("index_*.idx")))
    schema: Any = transcripts_db_schema()
    content = {"messages", "events", "timelines", "events_data"}
    assert [name for name in schema.names if name not in content] == [n for n in table.column_names if n != "filename"]
    (data,) = tmp_path.glob("transcripts_*.parquet")
    assert set(table.column("filename").to_pylist()) == {data.name}


def test_names_of_manifests_are_those_of_the_published_format_and_in_order() -> None:
    names = FileNamer()
    made = [names.manifest() for _ in range(50)]
    assert made == sorted(made)
    for name in made:
        assert re.fullmatch(r"_manifest_\d{8}T\d{6}_[0-9A-Za-z]+\.idx", name)
        assert is_manifest(name)
        assert is_own(name)
    assert [timestamp_in(name) for name in made] == sorted({timestamp_in(name) for name in made})
    assert timestamp_in(names.data_file()) > timestamp_in(made[-1])
    assert not is_own("_manifest_20260101T120000_aB3dE5gH.idx")
    assert is_own("_manifest_20260101T120000123456_0011aabb.idx")
