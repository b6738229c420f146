"""What a folder holds is decided when it is read, if nobody could tell when it was named."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from inspect_scout import ConfigError, LocationError, Transcripts, transcripts_db, transcripts_from
from inspect_scout.testing import storage_for
from support.logs import make_log, make_sample, write
from support.transcripts import talk

pytestmark = pytest.mark.anyio


async def ids(transcripts: Transcripts) -> list[str]:
    return list((await transcripts.index()).ids)


@pytest.fixture(params=["empty", "missing", "other files", "empty index", "empty folders"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    kind: str = request.param
    path = tmp_path / "later"
    if kind != "missing":
        path.mkdir()
    if kind == "other files":
        (path / "README.md").write_text("x")
        (path / "settings.json").write_text('{"x": 1}')
    if kind == "empty index":
        (path / "_index").mkdir()
    if kind == "empty folders":
        (path / "a" / "b").mkdir(parents=True)
    return path


async def test_logs_may_come_later(folder: Path) -> None:
    transcripts = transcripts_from(folder).where("task_id = '1'")
    write(make_log([make_sample(1), make_sample(2)]), folder / "log.eval")
    assert await ids(transcripts) == ["u1-1"]
    assert transcripts.source.type == "eval_log"


async def test_json_logs_may_come_later(folder: Path) -> None:
    transcripts = transcripts_from(folder)
    write(make_log([make_sample(1)]), folder / "deep" / "log.json")
    assert await ids(transcripts) == ["u1-1"]
    write(make_log([make_sample(2)]), folder / "other.eval")
    assert await ids(transcripts) == ["u1-1", "u2-1"]


async def test_a_database_may_come_later(folder: Path) -> None:
    transcripts = transcripts_from(folder)
    await transcripts_db(folder).insert([talk(1), talk(2)])
    assert len(await ids(transcripts)) == 2
    assert (transcripts.source.type, transcripts.source.location) == ("database", str(folder))
    async with transcripts.reader() as reader:
        snapshot = await reader.snapshot()
    assert (snapshot.type, snapshot.location) == ("database", str(folder))
    copy: Transcripts = pickle.loads(pickle.dumps(transcripts))
    assert await ids(copy) == await ids(transcripts)
    async with transcripts.limit(1).reader() as reader:
        (info,) = [info async for info in reader.index()]
        assert info.transcript_id == (await ids(transcripts))[0]


async def test_one_may_look_before_it_comes(tmp_path: Path) -> None:
    transcripts = transcripts_from(tmp_path)
    index = await transcripts.index()
    assert len(index) == 0
    assert [problem.location for problem in index.problems] == [str(tmp_path)]
    assert all(word in str(index.problems[0]) for word in (str(tmp_path), ".eval", ".json", "parquet"))
    await transcripts_db(tmp_path).insert([talk(1)])
    assert len(await ids(transcripts)) == 1


async def test_what_is_still_missing_is_named(tmp_path: Path) -> None:
    transcripts = transcripts_from(tmp_path / "nowhere")
    with pytest.raises(LocationError, match=r"nowhere.*no such file or folder"):
        await transcripts.index()


async def test_a_change_of_directory_in_between_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    transcripts = transcripts_from("later")
    await transcripts_db("later").insert([talk(1)])
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert len(await ids(transcripts)) == 1


async def test_a_database_among_others_is_refused_also_later(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    write(make_log([make_sample(1)]), tmp_path / "b" / "log.eval")
    transcripts = transcripts_from([tmp_path / "a", tmp_path / "b"])
    assert await ids(transcripts) == ["u1-1"]
    await transcripts_db(tmp_path / "a").insert([talk(1)])
    with pytest.raises(ConfigError, match="Only one transcript database"):
        await transcripts.index()


async def test_the_rule_for_copies_stays(tmp_path: Path) -> None:
    one, two = transcripts_from(tmp_path, duplicates="all"), transcripts_from(tmp_path)
    three = two.with_duplicates("all")
    for name in "ab":
        write(make_log([make_sample(1)]), tmp_path / f"{name}.eval")
    assert [len(await ids(transcripts)) for transcripts in (one, two, three)] == [2, 1, 2]


async def test_prefixes_of_object_stores_are_decided_later(bucket: str) -> None:
    transcripts = transcripts_from(f"{bucket}/later")
    await transcripts_db(f"{bucket}/later").insert([talk(1)])
    assert len(await ids(transcripts)) == 1
    assert transcripts.source.type == "database"
    noted = f"{bucket}/noted"
    await storage_for(bucket).write(f"{noted}/x.json", b"{}")
    transcripts = transcripts_from(noted)
    assert await ids(transcripts) == []
    await transcripts_db(noted).insert([talk(1)])
    assert len(await ids(transcripts)) == 1
