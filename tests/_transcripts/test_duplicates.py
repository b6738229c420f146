"""Samples that several logs hold: the log modified last counts, and it is said; or all count."""

from __future__ import annotations

import logging
import os
import pickle
from pathlib import Path

import pytest
from inspect_ai.log import EvalLog
from inspect_ai.scorer import Score

from inspect_scout import ConfigError, TranscriptContent, Transcripts, transcripts_db, transcripts_from
from inspect_scout._transcripts.eval_log.cache import IndexCache
from inspect_scout._transcripts.eval_log.duplicates import copy_id
from inspect_scout._transcripts.eval_log.source import EvalLogSource
from support.logs import make_log, make_sample, write
from support.own_log import own_records

pytestmark = pytest.mark.anyio

ALL = TranscriptContent(messages="all", events="all")


def log_at(path: Path, modified: float, *uuids: str, value: str = "I") -> Path:
    """Write a log of samples that all have one score, as if at some time."""
    samples = [make_sample(ord(uuid[0]), uuid=uuid, scores={"m": Score(value=value)}) for uuid in uuids]
    write(make_log(samples), path)
    os.utime(path, (modified, modified))
    return path


async def scores(transcripts: Transcripts) -> dict[str, object]:
    index = await transcripts.index()
    assert len(set(index.ids)) == len(index)
    return {id: index.info(position).score for position, id in enumerate(index.ids)}


@pytest.mark.parametrize(("original", "rescored"), [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("suffixes", [("eval", "eval"), ("eval", "json"), ("json", "eval")])
async def test_the_log_modified_last_counts_whatever_its_name(
    original: str, rescored: str, suffixes: tuple[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old = log_at(tmp_path / f"{original}.{suffixes[0]}", 1000, "x", "y")
    new = log_at(tmp_path / f"{rescored}.{suffixes[1]}", 2000, "x", "y", value="C")
    for location in (tmp_path, [old, new], [new, old]):
        caplog.clear()
        assert await scores(transcripts_from(location)) == {"x": "C", "y": "C"}
        (warning,) = own_records(caplog)
        assert warning.levelno == logging.WARNING
        assert f"2 of {str(old)!r} are read from {str(new)!r}" in warning.message
        assert "--duplicates all" in warning.message


async def test_of_logs_modified_together_the_first_path_counts(tmp_path: Path) -> None:
    first = log_at(tmp_path / "a.eval", 1000, "x", value="C")
    second = log_at(tmp_path / "b.eval", 1000, "x")
    assert await scores(transcripts_from([second, first])) == {"x": "C"}
    assert await scores(transcripts_from([first, second])) == {"x": "C"}


async def test_each_sample_is_taken_from_its_newest_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Retries repeat what was done before, each its own part of it."""
    log_at(tmp_path / "1.eval", 1000, "x", "y", value="I")
    log_at(tmp_path / "2.eval", 3000, "x", "z", value="P")
    log_at(tmp_path / "3.eval", 2000, "x", "y", "w", value="C")
    assert await scores(transcripts_from(tmp_path)) == {"x": "P", "z": "P", "y": "C", "w": "C"}
    assert "2 samples are in more than one log" in caplog.text


async def test_many_pairs_of_logs_are_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(6):
        log_at(tmp_path / f"{number}.eval", 1000 + number, "x")
    await transcripts_from(tmp_path).index()
    assert "1 samples are in more than one log" in caplog.text
    assert "2 more pairs of logs" in caplog.text


async def test_nothing_is_said_of_logs_that_share_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = log_at(tmp_path / "a.eval", 1000, "x")
    log_at(tmp_path / "b.eval", 2000, "y")
    await transcripts_from([tmp_path, path, tmp_path]).index()
    assert not own_records(caplog)


async def test_it_is_said_once_and_also_of_an_index_from_the_cache(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log_at(tmp_path / "logs" / "a.eval", 1000, "x")
    log_at(tmp_path / "logs" / "b.eval", 2000, "x")
    cache = IndexCache(tmp_path / "cache.sqlite")
    for _ in range(2):
        caplog.clear()
        transcripts = Transcripts(EvalLogSource((str(tmp_path / "logs"),), cache=cache))
        await transcripts.index()
        await transcripts.where("score = 'I'").index()
        assert len(own_records(caplog)) == 1


async def test_conditions_are_about_the_sample_that_counts(tmp_path: Path) -> None:
    log_at(tmp_path / "a.eval", 1000, "x", value="I")
    log_at(tmp_path / "b.eval", 2000, "x", value="C")
    assert await scores(transcripts_from(tmp_path).where("score = 'I'")) == {}


async def test_all_of_them_can_be_taken(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log_at(tmp_path / "b.eval", 1000, "x", "y", value="I")
    later = log_at(tmp_path / "a.eval", 2000, "x", "z", value="C")
    last = log_at(tmp_path / "c.json", 3000, "x", value="P")
    transcripts = transcripts_from(tmp_path, duplicates="all")
    copy, other = copy_id("x", str(later)), copy_id("x", str(last))
    assert await scores(transcripts) == {copy: "C", "z": "C", "x": "I", "y": "I", other: "P"}
    assert copy.startswith("x-")
    assert not own_records(caplog)
    assert await scores(transcripts.where(f"transcript_id = '{copy}'")) == {copy: "C"}
    assert list(await scores(pickle.loads(pickle.dumps(transcripts)))) == list(await scores(transcripts))


async def test_a_copy_that_comes_later_changes_no_id(tmp_path: Path) -> None:
    log_at(tmp_path / "b.eval", 1000, "x", value="I")
    log_at(tmp_path / "c.eval", 2000, "x", value="P")
    before = await scores(transcripts_from(tmp_path, duplicates="all"))
    log_at(tmp_path / "a.eval", 3000, "x", value="C")
    after = await scores(transcripts_from(tmp_path, duplicates="all"))
    assert before.items() <= after.items()
    assert len(after) == 3


async def test_copies_are_read_and_found_again(tmp_path: Path) -> None:
    first = write(make_log([make_sample(1, uuid="x")]), tmp_path / "a.eval")
    second = write(make_log([make_sample(1, uuid="x", messages=[])]), tmp_path / "b.eval")
    os.utime(first, (1000, 1000))
    transcripts = transcripts_from(tmp_path, duplicates="all")
    async with transcripts.reader() as reader:
        infos = [info async for info in reader.index()]
        assert [len((await reader.read(info, ALL)).messages) for info in infos] == [3, 0]
        snapshot = await reader.snapshot()
    again = Transcripts.from_snapshot(snapshot)
    index = await again.index()
    assert list(zip(index.ids, index.locations, strict=True)) == [
        ("x", str(first)),
        (copy_id("x", str(second)), str(second)),
    ]
    assert not index.problems
    os.utime(first, (9000, 9000))
    assert list((await again.index()).ids) == list(index.ids)
    db = transcripts_db(tmp_path / "db")
    await db.insert(transcripts)
    assert await db.count() == 2


async def test_a_sample_that_moved_to_another_log_is_found_in_the_newest(tmp_path: Path) -> None:
    kept = log_at(tmp_path / "a.eval", 1000, "x", value="I")
    new = log_at(tmp_path / "b.eval", 2000, "x", "y", value="C")
    gone = log_at(tmp_path / "c.eval", 1500, "z")
    source = EvalLogSource((str(kept), str(new), str(gone)), ("x", "y"), (str(gone), str(gone)))
    assert await scores(Transcripts(source)) == {"x": "C", "y": "C"}


async def test_logs_in_memory_count_in_the_order_given(caplog: pytest.LogCaptureFixture) -> None:
    def log(value: str, *numbers: int) -> EvalLog:
        return make_log([make_sample(n, scores={"m": Score(value=value)}) for n in numbers])

    logs = [log("I", 1, 2), log("C", 1)]
    assert await scores(transcripts_from(logs)) == {"u1-1": "C", "u2-1": "I"}
    assert "1 samples are in more than one of the logs in memory" in caplog.text
    both = transcripts_from(logs, duplicates="all")
    assert list((await scores(both)).values()) == ["I", "I", "C"]
    assert await scores(transcripts_from(logs).with_duplicates("all")) == await scores(both)
    async with both.reader() as reader:
        assert [len((await reader.read(info, ALL)).messages) async for info in reader.index()] == [3, 3, 3]


async def test_a_transcript_and_a_sample_of_one_id_are_refused() -> None:
    async with transcripts_from(make_log([make_sample(1)])).reader() as reader:
        (transcript,) = [await reader.read(info, ALL) async for info in reader.index()]
    log = make_log([make_sample(1)])
    for held in ([transcript, log], [log, transcript]):
        with pytest.raises(ConfigError, match="'u1-1'"):
            transcripts_from(held)  # type: ignore[arg-type]


def test_another_rule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'oldest'.*'newest', 'all'"):
        transcripts_from(tmp_path, duplicates="oldest")  # type: ignore[arg-type]
