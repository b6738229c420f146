"""Databases of other programs: everything they may have written is read, taken over, and left readable for them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from inspect_scout import LogReadError, Transcript, TranscriptsDB, transcripts_db
from support.foreign import record, write_data, write_index
from support.stores import ALL
from support.transcripts import talk, talks

_parquet: Any = pq  # the stubs leave its types open

pytestmark = pytest.mark.anyio
REFERENCE = os.environ.get("SCOUT_TEST_REFERENCE")

FIRST, SECOND, THIRD = (f"transcripts_20250101T12000{n}_0000000{n}.parquet" for n in (1, 2, 3))


async def said(db: TranscriptsDB) -> dict[str, str]:
    """Read what each transcript says."""
    return {info.transcript_id: (await db.read(info, ALL)).messages[0].text async for info in db.select()}


async def test_incremental_index_files_are_read_and_taken_over(tmp_path: Path) -> None:
    for name, ids in ((FIRST, "ab"), (SECOND, "cd")):
        table = write_data(tmp_path, name, [record(id, number=1) for id in ids])
        write_index(tmp_path, name.replace("transcripts", "index").replace("parquet", "idx"), (name, table))
    db = transcripts_db(tmp_path)
    assert await said(db) == {id: f"I am {id}" for id in "abcd"}
    assert [info.score async for info in db.select()] == [0.5] * 4
    await db.insert([talk(1)])
    assert await db.count() == 5
    assert (await db.stats()).log_version > 0
    assert (await db.verify(deep=True)).ok


async def test_all_manifests_count_and_the_newest_wins(tmp_path: Path) -> None:
    first = write_data(tmp_path, FIRST, [record("a", number=1), record("b", number=1)])
    second = write_data(tmp_path, SECOND, [record("b", number=2), record("c", number=2)])
    write_index(tmp_path, "_manifest_20250101T120001_aaaaaaaa.idx", (FIRST, first))
    write_index(tmp_path, "_manifest_20250101T120002_aaaaaaaa.idx", (SECOND, second))
    db = transcripts_db(tmp_path)
    assert {i.transcript_id: i.metadata["number"] async for i in db.select()} == {"a": 1, "b": 2, "c": 2}


async def test_rows_of_files_that_are_gone_give_way_and_are_reported(tmp_path: Path) -> None:
    old = write_data(tmp_path, FIRST, [record("a"), record("b")])
    new = write_data(tmp_path, SECOND, [record("b"), record("c")])
    write_index(tmp_path, "index_20250101T120001_00000001.idx", (FIRST, old))
    write_index(tmp_path, "_manifest_20250101T120002_aaaaaaaa.idx", (SECOND, new))
    (tmp_path / SECOND).unlink()
    db = transcripts_db(tmp_path)
    assert set(await said(db)) == {"a", "b"}
    assert any("1 transcripts are in the index" in problem for problem in (await db.verify()).problems)


@pytest.mark.parametrize("prefix", ["{db}/", "file://{db}/", "/somewhere/else/db/"])
async def test_absolute_and_prefixed_file_names_are_found(tmp_path: Path, prefix: str) -> None:
    table = write_data(tmp_path / "sub", FIRST, [record("a")])
    name = f"{prefix.format(db=tmp_path)}sub/{FIRST}"
    write_index(tmp_path, "_manifest_20250101T120002_aaaaaaaa.idx", (name, table))
    db = transcripts_db(tmp_path)
    assert await said(db) == {"a": "I am a"}
    assert await db.transcript_ids() == {"a": f"sub/{FIRST}"}
    await db.insert([talk(1)])
    assert await db.transcript_ids("transcript_id = 'a'") == {"a": f"sub/{FIRST}"}


async def test_names_that_lead_out_of_the_database_are_not_followed(tmp_path: Path) -> None:
    table = write_data(tmp_path / "outside", FIRST, [record("secret")])
    write_data(tmp_path / "db", SECOND, [record("a")])
    write_index(tmp_path / "db", "_manifest_20250101T120002_aaaaaaaa.idx", (f"../outside/{FIRST}", table))
    db = transcripts_db(tmp_path / "db")
    assert await said(db) == {}
    assert any("their files are not there" in problem for problem in (await db.verify()).problems)


async def test_files_beside_a_foreign_index_are_reported_until_they_are_indexed(tmp_path: Path) -> None:
    write_index(tmp_path, "index_20250101T120001_00000001.idx", (FIRST, write_data(tmp_path, FIRST, [record("a")])))
    write_data(tmp_path, SECOND, [record("b")])
    db = transcripts_db(tmp_path)
    assert set(await said(db)) == {"a"}
    assert any("Index is stale: 1 parquet file(s) not indexed" in p for p in (await db.verify()).problems)
    await db.rebuild_index()
    assert set(await said(db)) == {"a", "b"}
    assert (await db.verify()).ok


async def test_a_relative_location_is_indexed_like_an_absolute_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_data(tmp_path / "db" / "db", FIRST, [record("a")])
    monkeypatch.chdir(tmp_path)
    made = await transcripts_db("db").rebuild_index()
    assert made is not None and Path(made).parent == tmp_path / "db" / "_index"
    assert await said(transcripts_db("db")) == {"a": "I am a"}


async def test_another_program_may_merge_our_index_files(tmp_path: Path) -> None:
    db = transcripts_db(tmp_path)
    await db.insert([talk(1), talk(2)])
    await db.insert([talk(3)])
    await db.delete(["t2"])
    parts = sorted((tmp_path / "_index").glob("*.idx"))
    table = _parquet.read_table(parts[0]).append_column("extra", [[1] * _parquet.read_table(parts[0]).num_rows])
    for part in parts:
        part.unlink()
    _parquet.write_table(table, tmp_path / "_index" / "_manifest_20990101T000000_aaaaaaaa.idx")
    assert set(await db.transcript_ids()) == {"t1", "t3"}
    await db.insert([talk(4)])
    assert set(await db.transcript_ids()) == {"t1", "t3", "t4"}
    assert (await db.verify(deep=True)).ok


async def test_what_others_add_does_not_bring_back_what_was_deleted(tmp_path: Path) -> None:
    db = transcripts_db(tmp_path)
    await db.insert([talk(1), talk(2)])
    await db.upsert([talk(2).model_copy(update={"task_set": "new"})])
    await db.delete(["t1"])
    left = [path for path in tmp_path.glob("*.parquet") if _parquet.read_metadata(path).num_rows == 2]
    table = write_data(tmp_path, FIRST, [record("t2"), record("f")])
    write_index(tmp_path, "index_20990101T000000_00000001.idx", (FIRST, table))
    assert left == []  # nothing in it counted any more
    for _ in range(2):
        found = {i.transcript_id: i.task_set async for i in db.select()}
        assert found == {"t2": "new", "f": None}
        await db.insert([talk(2)])


@pytest.mark.parametrize("damage", [b"", b"PAR1 no parquet PAR1"])
async def test_a_broken_index_file_is_an_error_that_says_what_to_do(tmp_path: Path, damage: bytes) -> None:
    db = transcripts_db(tmp_path)
    await db.insert([talk(1)])
    (index,) = (tmp_path / "_index").glob("*.idx")
    index.write_bytes(damage)
    with pytest.raises(LogReadError, match="scout db index"):
        await transcripts_db(tmp_path).count()
    await transcripts_db(tmp_path).rebuild_index()
    assert await transcripts_db(tmp_path).count() == 1


@pytest.mark.parametrize(
    "entry",
    [
        {"format": 1},
        {"format": 1, "live": ["../x.idx"], "retired": [], "dead": {}},
        {"format": 1, "live": [], "retired": ["../../x"], "dead": {}},
        [],
    ],
)
async def test_a_broken_log_is_an_error_that_says_what_to_do(tmp_path: Path, entry: Any) -> None:
    db = transcripts_db(tmp_path)
    await db.insert([talk(1)])
    await db.insert([talk(2)])
    await db.delete(["t2"])
    log = tmp_path / "_index" / "log"
    (log / f"{99:020d}.json").write_text(json.dumps(entry))
    with pytest.raises(OSError, match="scout db index"):
        await transcripts_db(tmp_path).count()
    await transcripts_db(tmp_path).rebuild_index()
    assert set(await transcripts_db(tmp_path).transcript_ids()) == {"t1"}


_DUMP = """
import asyncio, json, sys
from inspect_scout import TranscriptContent, transcripts_db
async def main():
    async with transcripts_db(sys.argv[1]) as db:
        async for info in db.select():
            full = await db.read(info, TranscriptContent(messages="all", events="all", timeline="all"))
            print(json.dumps([full.model_dump(mode="json", exclude={"metadata"}), dict(full.metadata)], default=str))
asyncio.run(main())
"""
_WRITE = """
import asyncio, sys
from inspect_ai.model import ChatMessageAssistant, ChatMessageUser
from inspect_scout import Transcript, transcripts_db

async def main():
    async with transcripts_db(sys.argv[1]) as db:
        for n in range(6):
            await db.insert([Transcript(
                transcript_id=f"r{n}", source_type="ref", source_id="s", source_uri="u", date="2026-01-01", task_set="set",
                task_id=str(n), task_repeat=1, agent="a", agent_args={"x": [1]}, model="m", model_options={"y": 2},
                score={"v": n}, success=n > 2, message_count=2, total_time=1.5, total_tokens=7, error=None, limit="time",
                metadata={"number": n, "text": "t", "flag": True, "nested": {"a": [1, 2]}},
                messages=[ChatMessageUser(id="u", content="q"), ChatMessageAssistant(id="a", content=f"answer {n}")],
            )], commit=n % 2 == 0)
asyncio.run(main())
"""


async def reference(program: str, location: Path) -> str:
    """Run a program with the other implementation."""
    return await asyncio.to_thread(_reference, program, location)


def _reference(program: str, location: Path) -> str:
    assert REFERENCE is not None
    environment = {**os.environ, "TIKTOKEN_CACHE_DIR": os.environ.get("SCOUT_TEST_TIKTOKEN", "")}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [REFERENCE, "-c", program, location], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(900)
@pytest.mark.skipif(REFERENCE is None, reason="SCOUT_TEST_REFERENCE names no Python with the published package")
class TestReference:
    """The published package itself, where it is installed."""

    async def test_it_reads_what_we_wrote(self, tmp_path: Path, example_logs: Path) -> None:
        from inspect_scout import transcripts_from

        db = transcripts_db(tmp_path / "db")
        await db.insert(transcripts_from(str(example_logs)))
        for number in range(20):
            await db.insert([talk(number)])
        await db.delete(["t3"])
        await db.upsert([talk(4).model_copy(update={"task_set": "changed"})])
        ours = {i.transcript_id: await db.read(i, ALL) async for i in db.select()}
        lines = (await reference(_DUMP, tmp_path / "db")).splitlines()
        theirs = {fields["transcript_id"]: (fields, metadata) for fields, metadata in map(json.loads, lines)}
        assert len(lines) == len(theirs) == len(ours) == 31
        for id, (fields, metadata) in theirs.items():
            _compare(ours[id], fields, metadata)

    async def test_it_reads_manifests_and_what_came_after(self, tmp_path: Path) -> None:
        db = transcripts_db(tmp_path / "db")
        await db.insert(talks(3))
        await db.rebuild_index()
        for number in range(3, 6):
            await db.insert([talk(number)])
        assert any(f.name.startswith("_manifest_") for f in (tmp_path / "db" / "_index").iterdir())
        lines = (await reference(_DUMP, tmp_path / "db")).splitlines()
        assert {json.loads(line)[0]["transcript_id"] for line in lines} == {f"t{n}" for n in range(6)}

    async def test_it_reads_what_many_share_and_the_rest_as_one_value(self, tmp_path: Path) -> None:
        db = transcripts_db(tmp_path / "db")
        odd = {"Model": 1, "FILENAME": 2, "Score": 3, "x" * 5000: 5, "a.b": 6, '"': 7}
        for first in (0, 200):
            metadata = (
                {"Number": n, "flag": True, f"k{n}": n, f"l{n}": {"deep": [n]}} for n in range(first, first + 200)
            )
            await db.insert(talk(n).model_copy(update={"metadata": m}) for n, m in enumerate(metadata, first))
        await db.insert([talk(999).model_copy(update={"metadata": odd})])
        for upkeep in (None, db.compact, db.rebuild_index):
            if upkeep is not None:
                await upkeep()
            lines = (await reference(_DUMP, tmp_path / "db")).splitlines()
            theirs = {fields["transcript_id"]: metadata for fields, metadata in map(json.loads, lines)}
            assert len(theirs) == 401
            for number in (0, 250):
                rest = _plain(theirs[f"t{number}"].pop("metadata_rest"))
                assert {k: _plain(v) for k, v in rest.items()} == {
                    f"k{number}": number,
                    f"l{number}": {"deep": [number]},
                }
                assert {k: _plain(v) for k, v in theirs[f"t{number}"].items()} == {"Number": number, "flag": True}
            # A file of few keys has columns for those that can be columns.
            rest = _plain(theirs["t999"].pop("metadata_rest"))
            assert {**rest, **theirs["t999"]} == odd

    async def test_we_read_what_it_wrote_and_it_reads_on(self, tmp_path: Path) -> None:
        await reference(_WRITE, tmp_path / "db")
        lines = (await reference(_DUMP, tmp_path / "db")).splitlines()
        db = transcripts_db(tmp_path / "db")
        ours = {i.transcript_id: await db.read(i, ALL) async for i in db.select()}
        assert len(ours) == len(lines) == 6
        for fields, metadata in map(json.loads, lines):
            _compare(ours[fields["transcript_id"]], fields, metadata)
        await db.insert([talk(1)])
        await db.delete(["r0"])
        await reference(_WRITE.replace('f"r{n}"', 'f"again{n}"'), tmp_path / "db")
        expected = {"t1", *(f"r{n}" for n in range(1, 6)), *(f"again{n}" for n in range(6))}
        assert set(await db.transcript_ids()) == expected
        lines = (await reference(_DUMP, tmp_path / "db")).splitlines()
        assert {json.loads(line)[0]["transcript_id"] for line in lines} == expected


def _compare(ours: Transcript, fields: dict[str, Any], metadata: dict[str, Any]) -> None:
    """Hold a transcript against what the other implementation reads; it leaves JSON in text, and numbers in scores."""
    dumped = json.loads(json.dumps(ours.model_dump(mode="json", exclude={"metadata"}), default=str))
    for name, value in fields.items():
        assert _plain(dumped[name]) == _plain(value), name
    assert {k: _plain(v) for k, v in ours.metadata.items()} == {k: _plain(v) for k, v in metadata.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
