"""Which files are logs."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from inspect_ai.log import EvalLogInfo

from inspect_scout import ConfigError, LocationError, LogReadError, transcripts_from
from inspect_scout._query import Query
from support.inspect_logs import list_eval_logs
from support.logs import make_log, make_sample, write

pytestmark = pytest.mark.anyio


async def ids(*locations: object) -> list[str]:
    """Ids of the transcripts at some locations."""
    source = transcripts_from(locations[0] if len(locations) == 1 else list(locations)).source  # type: ignore[arg-type]
    return list((await source.index(Query())).ids)


def log_of(name: str, path: Path) -> Path:
    """Write a log with one sample, `name`."""
    return write(make_log([make_sample(1, uuid=name)], task=name), path)


async def test_files_folders_and_lists_of_both(tmp_path: Path) -> None:
    one = log_of("a", tmp_path / "x" / "a.eval")
    two = log_of("b", tmp_path / "x" / "deep" / "er" / "b.json")
    three = log_of("c", tmp_path / "y" / "c.eval")
    assert await ids(str(one)) == ["a"]
    assert await ids(two) == ["b"]
    assert await ids(tmp_path / "x") == ["a", "b"]
    assert await ids(tmp_path) == ["a", "b", "c"]
    assert await ids(three, tmp_path / "x") == ["c", "a", "b"]
    assert await ids(tmp_path / "x", one, str(one)) == ["a", "b"]
    assert await ids(*list_eval_logs(str(tmp_path / "x"), formats=["eval"])) == ["a"]
    assert await ids(
        EvalLogInfo(name=three.as_uri(), type="file", size=1, mtime=None, task="", task_id="", suffix=None)
    )


async def test_file_urls_relative_paths_and_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = log_of("a", tmp_path / "with space é" / "a.eval")
    assert await ids(path.as_uri()) == ["a"]
    assert await ids(f"file://{path}") == ["a"]
    monkeypatch.chdir(path.parent)
    assert await ids("a.eval") == await ids(".") == ["a"]
    monkeypatch.setenv("HOME", str(tmp_path))
    assert await ids("~/with space é/a.eval") == ["a"]


async def test_relative_paths_are_recorded_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = log_of("a", tmp_path / "a.eval")
    monkeypatch.chdir(tmp_path)
    index = await transcripts_from("a.eval").source.index(Query())
    assert index.locations == (str(path),)


async def test_other_files_are_left_alone(tmp_path: Path) -> None:
    log_of("a", tmp_path / "a.eval")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "settings.json").write_text('{"version": 1, "evaluate": {}}')
    (tmp_path / "eval-set.json").write_text('{"eval_set_id": "x"}')
    (tmp_path / "list.json").write_text("[1, 2]")
    (tmp_path / "2026-01-01T00-00-00_x_y.json").write_text(json.dumps({"something": "else"}))
    (tmp_path / "logs.json").write_text(json.dumps({"a.eval": {"version": 2, "eval": {"task": "x"}}}))
    (tmp_path / "broken.json").write_text("not json")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    index = await transcripts_from(tmp_path).source.index(Query())
    assert list(index.ids) == ["a"]
    assert not index.problems


async def test_a_broken_file_with_the_name_of_a_log_is_reported(tmp_path: Path) -> None:
    log_of("a", tmp_path / "a.eval")
    (tmp_path / "2026-01-01T00-00-00_x_y.json").write_bytes(b"")
    cut = log_of("b", tmp_path / "b.json")
    cut.write_bytes(cut.read_bytes()[:-100])
    index = await transcripts_from(tmp_path).source.index(Query())
    assert [Path(problem.location).name for problem in index.problems] == ["2026-01-01T00-00-00_x_y.json", "b.json"]


async def test_an_empty_folder_has_no_transcripts(tmp_path: Path) -> None:
    assert await ids(tmp_path) == []


async def test_a_folder_may_be_called_like_a_log(tmp_path: Path) -> None:
    log_of("a", tmp_path / "x.eval" / "a.eval")
    assert await ids(tmp_path / "x.eval") == ["a"]
    assert await ids(tmp_path) == ["a"]


async def test_what_is_missing_is_refused_and_not_created(tmp_path: Path) -> None:
    for name in ("nothing.eval", "deep/er/nothing.json", "nothing.parquet"):
        with pytest.raises(LocationError, match="nothing"):
            transcripts_from(tmp_path / name)
    folder = transcripts_from(tmp_path / "nothing")  # may be there when it is read
    with pytest.raises(LocationError, match=r"nothing.*no such file or folder"):
        await folder.index()
    assert not list(tmp_path.iterdir())


def test_what_is_no_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b")
    with pytest.raises(LocationError, match=r"x\.csv"):
        transcripts_from(tmp_path / "x.csv")
    for wrong in (3, None, "", [3], {"a": 1}, b"bytes"):
        with pytest.raises(ConfigError):
            transcripts_from(wrong)  # type: ignore[arg-type]


async def test_a_json_file_that_is_no_log_is_refused_when_named(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for text, reason in (
        ("{}", "not an Inspect log"),
        ("[]", "not an Inspect log"),
        ("{", "not valid JSON"),
        ("", "empty"),
    ):
        path.write_text(text)
        with pytest.raises(LogReadError, match=rf"x\.json.*{reason}"):
            await ids(path)


def test_folders_of_parquet_files_and_single_ones_are_databases(tmp_path: Path) -> None:
    (tmp_path / "db" / "_index").mkdir(parents=True)
    (tmp_path / "db" / "transcripts_1.parquet").write_bytes(b"PAR1")
    (tmp_path / "db" / "other.json").write_text("{}")
    for location in (tmp_path / "db", tmp_path / "db" / "transcripts_1.parquet"):
        source = transcripts_from(location).source
        assert (source.type, source.location) == ("database", str(location))


async def test_logs_beside_parquet_files_are_read(tmp_path: Path) -> None:
    log_of("a", tmp_path / "a.json")
    (tmp_path / "results.parquet").write_bytes(b"PAR1")
    assert await ids(tmp_path) == ["a"]


async def test_a_folder_that_vanishes_is_named(tmp_path: Path) -> None:
    transcripts = transcripts_from(log_of("a", tmp_path / "x" / "a.eval").parent)
    shutil.rmtree(tmp_path / "x")
    with pytest.raises(LocationError, match="x"):
        await transcripts.source.index(Query())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_an_unreadable_log_does_not_hide_the_others(tmp_path: Path) -> None:
    log_of("a", tmp_path / "a.eval")
    log_of("b", tmp_path / "b.eval").chmod(0)
    index = await transcripts_from(tmp_path).source.index(Query())
    assert list(index.ids) == ["a"]
    assert "b.eval" in str(index.problems[0])
