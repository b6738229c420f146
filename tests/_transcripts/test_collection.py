"""Collections of transcripts: choosing, reading, recording and finding again."""

from __future__ import annotations

import csv
import io
import json
import pickle
from pathlib import Path

import pytest

from inspect_scout import (
    ConfigError,
    LocationError,
    ScanTranscripts,
    TranscriptContent,
    Transcripts,
    UnknownNameError,
    columns,
    transcripts_from,
)
from inspect_scout._transcripts import EvalLogSource
from support.logs import make_log, make_sample, varied_log, write

pytestmark = pytest.mark.anyio


async def ids(transcripts: Transcripts) -> list[str]:
    """Ids of a collection, in order."""
    async with transcripts.reader() as reader:
        return [info.transcript_id async for info in reader.index()]


@pytest.fixture
def varied(tmp_path: Path) -> Transcripts:
    return transcripts_from(write(varied_log(), tmp_path / "log.eval"))


async def test_every_method_gives_a_new_collection(varied: Transcripts) -> None:
    everything = await ids(varied)
    some = varied.where("epoch = 2")
    first = varied.limit(1)
    mixed = varied.shuffle(3)
    ordered = varied.order_by("total_tokens", "DESC")
    assert await ids(varied) == everything
    assert await ids(some) == ["u10-2"]
    assert await ids(first) == everything[:1]
    assert await ids(mixed) != everything
    assert await ids(ordered) != everything


async def test_conditions_of_both_kinds_are_joined(varied: Transcripts) -> None:
    chosen = varied.where("task_id = '10'").where(columns.task_repeat == 1)
    assert await ids(chosen) == ["u10-1"]
    assert chosen.filters == ("task_id = '10'", "task_repeat = 1")


async def test_order_by_several_columns(varied: Transcripts) -> None:
    found = await ids(
        varied.where("task_id IN ('1', '10')").order_by(columns.task_id, "DESC").order_by("task_repeat", "DESC")
    )
    assert found == ["u10-2", "u10-1", "u1-1"]


async def test_shuffle_wins_over_order(varied: Transcripts) -> None:
    assert await ids(varied.order_by("total_tokens").shuffle(5)) == await ids(varied.shuffle(5))
    assert await ids(varied.shuffle(5).order_by("total_tokens")) == await ids(varied.shuffle(5))
    assert await ids(varied.shuffle()) == await ids(varied.shuffle(0)) != await ids(varied)


async def test_limit_zero_is_none(varied: Transcripts) -> None:
    assert await ids(varied.limit(0)) == []
    assert await ids(varied.shuffle(0).limit(0)) == []


def test_what_makes_no_sense_is_refused_at_once(varied: Transcripts) -> None:
    for limit in (-1, 1.5, "3", True, None):
        with pytest.raises(ConfigError, match="limit"):
            varied.limit(limit)  # type: ignore[arg-type]
    for seed in ("a", 1.5, True):
        with pytest.raises(ConfigError, match="seed"):
            varied.shuffle(seed)  # type: ignore[arg-type]
    for direction in ("asc", "up", None):
        with pytest.raises(ConfigError, match="ASC"):
            varied.order_by("model", direction)  # type: ignore[arg-type]
    for condition in ("model = ", "model == 'a' AND", "", "DROP TABLE x", 3, None):
        with pytest.raises(ConfigError):
            varied.where(condition)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError, match=r"cases\.csv"):
        varied.for_validation("cases.csv")


async def test_unknown_columns_are_named_when_reading(varied: Transcripts) -> None:
    with pytest.raises(UnknownNameError, match="score_match"):
        await ids(varied.where("score_mach = 'C'"))
    with pytest.raises(UnknownNameError, match="total_tokens"):
        await ids(varied.order_by("total_token"))


async def test_reading_and_opening(varied: Transcripts) -> None:
    content = TranscriptContent(messages=["assistant"])
    async with varied.limit(1).reader() as reader:
        async for info in reader.index():
            transcript = await reader.read(info, content)
            assert [message.text for message in transcript.messages] == ["Looking."]
            async with await reader.open(info, content) as handle:
                assert (await handle.load()).messages == transcript.messages


async def test_a_reader_keeps_to_what_it_found_first(tmp_path: Path) -> None:
    write(make_log([make_sample(1)]), tmp_path / "logs" / "a.eval")
    async with transcripts_from(tmp_path / "logs").reader() as reader:
        assert [info.transcript_id async for info in reader.index()] == ["u1-1"]
        write(make_log([make_sample(2)]), tmp_path / "logs" / "b.eval")
        assert [info.transcript_id async for info in reader.index()] == ["u1-1"]
        assert list((await reader.snapshot()).transcript_ids) == ["u1-1"]


async def test_collections_can_be_pickled(varied: Transcripts) -> None:
    chosen = varied.where(columns.epoch == 2).order_by("id").shuffle(4).limit(3)
    copy: Transcripts = pickle.loads(pickle.dumps(chosen))
    assert copy.filters == chosen.filters
    assert await ids(copy) == await ids(chosen)


async def test_a_snapshot_records_ids_logs_order_and_filters(tmp_path: Path) -> None:
    one = write(make_log([make_sample(1), make_sample(2)]), tmp_path / "a.eval")
    two = write(make_log([make_sample(3)]), tmp_path / "b.json")
    chosen = transcripts_from(tmp_path).where("epoch = 1").where(columns.id != "2").order_by("id", "DESC")
    async with chosen.reader() as reader:
        snapshot = await reader.snapshot()
    assert snapshot.model_dump() == {
        "type": "eval_log",
        "location": None,
        "filter": ["epoch = 1", "id != '2'"],
        "transcript_ids": {"u3-1": str(two), "u1-1": str(one)},
        "count": 0,
        "fields": None,
        "data": None,
    }
    again = Transcripts.from_snapshot(ScanTranscripts.model_validate_json(snapshot.model_dump_json()))
    assert await ids(again) == ["u3-1", "u1-1"]
    assert again.filters == ("epoch = 1", "id != '2'")
    for reader in (again.reader(), transcripts_from(tmp_path).reader(snapshot)):
        async with reader:
            assert await reader.snapshot() == snapshot


async def test_a_snapshot_holds_whatever_else_is_there_by_now(tmp_path: Path) -> None:
    path = write(make_log([make_sample(1), make_sample(2)]), tmp_path / "b.eval")
    async with transcripts_from(tmp_path).shuffle(1).limit(1).reader() as reader:
        snapshot = await reader.snapshot()
    write(make_log([make_sample(1), make_sample(5)]), tmp_path / "a.eval")
    again = Transcripts.from_snapshot(snapshot)
    assert await ids(again) == list(snapshot.transcript_ids)
    index = await again.source.index(again.query)
    assert index.locations == (str(path),)


async def test_a_snapshot_takes_each_transcript_from_the_log_it_names(tmp_path: Path) -> None:
    one = write(make_log([make_sample(1), make_sample(2)]), tmp_path / "a.eval")
    two = write(make_log([make_sample(1, input="Other?")]), tmp_path / "b.eval")
    snapshot = ScanTranscripts(type="eval_log", transcript_ids={"u2-1": str(one), "u1-1": str(two)})
    async with Transcripts.from_snapshot(snapshot).reader() as reader:
        found = [(info.transcript_id, info.metadata["input"]) async for info in reader.index()]
    assert found == [("u2-1", "user:\nQuestion 2?\n"), ("u1-1", "user:\nOther?\n")]


async def test_a_transcript_that_left_its_log_is_reported(tmp_path: Path) -> None:
    path = write(make_log([make_sample(1)]), tmp_path / "a.eval")
    snapshot = ScanTranscripts(type="eval_log", transcript_ids={"u1-1": str(path), "gone": str(path)})
    again = Transcripts.from_snapshot(snapshot)
    index = await again.source.index(again.query)
    assert list(index.ids) == ["u1-1"]
    assert "'gone'" in str(index.problems[0])
    assert "a.eval" in str(index.problems[0])


def test_a_log_that_is_gone_is_named(tmp_path: Path) -> None:
    snapshot = ScanTranscripts(type="eval_log", transcript_ids={"x": str(tmp_path / "gone.eval")})
    with pytest.raises(LocationError, match=r"gone\.eval"):
        Transcripts.from_snapshot(snapshot)


def test_what_cannot_be_found_again_is_refused() -> None:
    with pytest.raises(ConfigError, match="in memory"):
        Transcripts.from_snapshot(ScanTranscripts(type="eval_log", transcript_ids={"x": None}))
    with pytest.raises(LocationError, match="database"):
        Transcripts.from_snapshot(ScanTranscripts(type="database", location="db", transcript_ids={"x": "y"}))
    with pytest.raises(ConfigError, match="did not record where"):
        Transcripts.from_snapshot(ScanTranscripts(type="database", transcript_ids={"x": "y"}))


async def test_snapshots_of_older_scans_hold_a_table(tmp_path: Path) -> None:
    path = write(make_log([make_sample(1), make_sample(2), make_sample(3, uuid="007")]), tmp_path / "a.eval")
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["sample_id", "eval_id", "log", "score"])
    rows.writerow(["007", "e", str(path), json.dumps({"a": "x,\n" * 100_000})])
    rows.writerow(["u1-1", "e", str(path), ""])
    snapshot = ScanTranscripts(
        type="eval_log", fields=[{"name": "sample_id", "type": "string"}], data=text.getvalue(), filter=["a = 1"]
    )
    again = Transcripts.from_snapshot(snapshot)
    assert await ids(again) == ["007", "u1-1"]
    assert again.filters == ("a = 1",)


async def test_an_empty_snapshot_has_no_transcripts() -> None:
    assert await ids(Transcripts.from_snapshot(ScanTranscripts(type="eval_log"))) == []


def test_sources_say_what_they_are(tmp_path: Path) -> None:
    source = transcripts_from(write(make_log([make_sample(1)]), tmp_path / "a.eval")).source
    assert isinstance(source, EvalLogSource)
    assert (source.type, source.location) == ("eval_log", None)
