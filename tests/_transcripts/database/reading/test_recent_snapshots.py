"""Indexes that are remembered: whatever happened to a database meanwhile, a new collection sees it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inspect_scout import transcripts_db, transcripts_from
from inspect_scout._transcripts.database.ingest.transcript_rows import raw_of
from support.databases import write_rows
from support.transcripts import talk, talks

pytestmark = pytest.mark.anyio


async def ids(location: Path) -> set[str]:
    """List the transcripts of a place, as a program does that has just named it."""
    async with transcripts_from(str(location)).reader() as reader:
        return {info.transcript_id async for info in reader.index()}


async def test_changes_are_seen(tmp_path: Path) -> None:
    async with transcripts_db(str(tmp_path / "db")) as db:
        await db.insert(talks(2))
        assert await ids(tmp_path / "db") == {"t0", "t1"}
        await db.insert([talk(2)])
        assert await ids(tmp_path / "db") == {"t0", "t1", "t2"}
        await db.delete(["t0"])
        assert await ids(tmp_path / "db") == {"t1", "t2"}
        await db.compact()
    assert await ids(tmp_path / "db") == {"t1", "t2"}


async def test_another_database_in_the_same_place_is_seen(tmp_path: Path) -> None:
    for given in ([talk(0)], [talk(1)]):
        async with transcripts_db(str(tmp_path / "db")) as db:
            await db.insert(given)
        assert await ids(tmp_path / "db") == {given[0].transcript_id}
        shutil.rmtree(tmp_path / "db")


async def test_files_of_other_programs_written_anew_are_seen(tmp_path: Path) -> None:
    for number in range(3):
        write_rows(tmp_path, [raw_of(talk(number))], "data.parquet")
        assert await ids(tmp_path) == {f"t{number}"}
