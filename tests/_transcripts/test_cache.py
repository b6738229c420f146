"""The index of logs that were read before."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from inspect_scout import transcripts_from
from inspect_scout._query import Query
from inspect_scout._transcripts import EvalLogSource
from inspect_scout._transcripts.eval_log.cache import IndexCache, default_path, packed_rows
from inspect_scout._transcripts.eval_log.indexing import index_log
from inspect_scout._transcripts.eval_log.records import AnyLogRows
from inspect_scout.testing import Entry
from support.logs import make_log, make_sample, varied_log, write

pytestmark = pytest.mark.anyio


@pytest.fixture
def rows(tmp_path: Path) -> AnyLogRows:
    return packed_rows(index_log(str(write(varied_log(), tmp_path / "log.eval"))))


def entry(path: str, etag: str = "e") -> Entry:
    return Entry(path, 1, etag, 0.0)


def test_what_was_stored_is_found_until_it_changes(tmp_path: Path, rows: AnyLogRows) -> None:
    cache = IndexCache(tmp_path / "deep" / "cache.sqlite")
    assert cache.fetch([entry("a")]) == {}
    cache.store([entry("a"), entry("b")], {"a": rows, "b": rows})
    assert cache.fetch([entry("a"), entry("b", "other"), entry("c")]) == {"a": rows}
    cache.store([entry("b", "other")], {"b": rows})
    assert cache.fetch([entry("b", "other")]) == {"b": rows}


def test_the_oldest_are_dropped(tmp_path: Path, rows: AnyLogRows) -> None:
    cache = IndexCache(tmp_path / "cache.sqlite", max_logs=5)
    for number in range(12):
        cache.store([entry(f"{number}")], {f"{number}": rows})
    assert cache.fetch([entry(f"{number}") for number in range(12)]).keys() == {"7", "8", "9", "10", "11"}
    with sqlite3.connect(tmp_path / "cache.sqlite") as db:
        assert db.execute("SELECT count(*) FROM logs").fetchone() == (5,)


def test_many_logs_at_once(tmp_path: Path, rows: AnyLogRows) -> None:
    cache = IndexCache(tmp_path / "cache.sqlite")
    entries = [entry(f"/logs/{number}'\"é.eval") for number in range(3000)]
    cache.store(entries, {e.path: rows for e in entries})
    assert len(cache.fetch(entries)) == 3000


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"", b"SQLite format 3\0" + bytes(200)])
def test_a_damaged_cache_costs_time_only(tmp_path: Path, rows: AnyLogRows, content: bytes) -> None:
    (tmp_path / "cache.sqlite").write_bytes(content)
    cache = IndexCache(tmp_path / "cache.sqlite")
    assert cache.fetch([entry("a")]) == {}
    cache.store([entry("a")], {"a": rows})
    cache.store([entry("a")], {"a": rows})
    assert cache.fetch([entry("a")]) == {"a": rows}


def test_damaged_entries_are_read_again(tmp_path: Path, rows: AnyLogRows) -> None:
    cache = IndexCache(tmp_path / "cache.sqlite")
    cache.store([entry(name) for name in "abc"], dict.fromkeys("abc", rows))
    with sqlite3.connect(tmp_path / "cache.sqlite") as db:
        db.execute("UPDATE logs SET data = ? WHERE path = 'a'", (b"\xc1",))
        db.execute("UPDATE logs SET data = NULL WHERE path = 'b'")
    assert cache.fetch([entry(name) for name in "abc"]) == {"c": rows}


def test_a_place_that_cannot_be_written_costs_time_only(tmp_path: Path, rows: AnyLogRows) -> None:
    (tmp_path / "file").write_text("x")
    cache = IndexCache(tmp_path / "file" / "cache.sqlite")
    cache.store([entry("a")], {"a": rows})
    assert cache.fetch([entry("a")]) == {}


def test_a_locked_cache_is_not_waited_for_long(tmp_path: Path, rows: AnyLogRows) -> None:
    cache = IndexCache(tmp_path / "cache.sqlite", busy_seconds=0.05)
    cache.store([entry("a")], {"a": rows})
    with sqlite3.connect(tmp_path / "cache.sqlite") as db:
        db.execute("BEGIN EXCLUSIVE")
        assert cache.fetch([entry("a")]) == {}
        cache.store([entry("b")], {"b": rows})
        db.rollback()
    assert cache.fetch([entry("a")]) == {"a": rows}


def test_it_lives_in_the_cache_folder_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert default_path().parent == tmp_path / "xdg" / "inspect_scout"


STORE = """
import sys, msgspec, pathlib
from inspect_scout.testing import Entry
from inspect_scout._transcripts.eval_log.cache import IndexCache
from inspect_scout._transcripts.eval_log.records import LogRows, SampleRow
path, data, start = sys.argv[1:]
rows = msgspec.msgpack.decode(pathlib.Path(data).read_bytes(), type=LogRows[SampleRow])
for number in range(int(start), int(start) + 20):
    IndexCache(pathlib.Path(path)).store([Entry(str(number), 1, "e", 0.0)], {str(number): rows})
"""


def test_several_processes_share_it(tmp_path: Path, rows: AnyLogRows) -> None:
    path, data = tmp_path / "cache.sqlite", tmp_path / "rows"
    data.write_bytes(msgspec.msgpack.encode(rows))
    commands = [[sys.executable, "-c", STORE, str(path), str(data), str(start)] for start in (0, 20)]
    for process in [subprocess.Popen(command) for command in commands]:
        assert process.wait() == 0
    assert len(IndexCache(path).fetch([entry(str(number)) for number in range(40)])) == 40


async def test_a_changed_folder_is_noticed(tmp_path: Path) -> None:
    source = transcripts_from(tmp_path).source
    assert not (await source.index(Query())).ids
    one = write(make_log([make_sample(1)]), tmp_path / "a.eval")
    assert (await source.index(Query())).ids == ("u1-1",)
    write(make_log([make_sample(2)]), tmp_path / "b.json")
    assert (await source.index(Query())).ids == ("u1-1", "u2-1")
    write(make_log([make_sample(3), make_sample(4)]), one)
    assert (await source.index(Query())).ids == ("u3-1", "u4-1", "u2-1")
    one.unlink()
    assert (await source.index(Query())).ids == ("u2-1",)


async def test_logs_are_read_once(tmp_path: Path) -> None:
    path = write(varied_log(), tmp_path / "log.eval")
    cache = IndexCache(tmp_path / "cache.sqlite")
    source = EvalLogSource((str(path),), cache=cache)
    first = await source.index(Query())
    state = path.stat()
    path.write_bytes(bytes(state.st_size))  # unreadable now, but it looks the same
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    again = await source.index(Query())
    assert [again.info(n) for n in range(len(again))] == [first.info(n) for n in range(len(first))]


async def test_progress_is_told(tmp_path: Path) -> None:
    for number in range(120):
        write(make_log([make_sample(number)]), tmp_path / f"{number:03}.eval")
    told: list[tuple[int, int]] = []
    await transcripts_from(tmp_path).source.index(Query(), lambda done, total: told.append((done, total)))
    assert told[0] == (0, 120)
    assert told[-1] == (120, 120)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
