"""Looking at transcripts from Python: how many, which, and one of them, with and without an event loop."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from inspect_scout import (
    ConfigError,
    Transcript,
    TranscriptContent,
    TranscriptInfo,
    Transcripts,
    UnknownNameError,
    transcripts_from,
)


@pytest.fixture
def chosen(example_logs: Path) -> Transcripts:
    return transcripts_from(example_logs).where("task_set = 'fix-the-bug'").order_by("task_id")


def memory(*ids: str, **fields: object) -> Transcripts:
    return transcripts_from([Transcript.model_validate({"transcript_id": id, **fields}) for id in ids])


def test_transcripts_are_counted(chosen: Transcripts) -> None:
    assert chosen.count() == 6
    assert chosen.limit(2).count() == 2
    assert chosen.where("score = 'no such'").count() == 0


def test_a_loop_describes_the_transcripts_in_their_order(chosen: Transcripts) -> None:
    infos = list(chosen)
    assert all(type(info) is TranscriptInfo for info in infos)
    assert [info.task_id for info in infos] == sorted(str(info.task_id) for info in infos)
    assert [info.transcript_id for info in chosen] == [info.transcript_id for info in infos]


def test_a_frame_has_a_row_for_each_transcript(chosen: Transcripts) -> None:
    frame = chosen.to_df()
    infos = list(chosen)
    assert [*frame.columns] == [*TranscriptInfo.model_fields]
    assert frame["transcript_id"].tolist() == [info.transcript_id for info in infos]
    assert frame["total_tokens"].tolist() == [info.total_tokens for info in infos]
    assert frame["metadata"].tolist() == [info.metadata for info in infos]
    assert frame["date"].dt.year.between(2000, 2100).all()
    assert str(frame["message_count"].dtype) == "Int64"


def test_a_frame_of_nothing_has_the_same_columns_and_types(chosen: Transcripts) -> None:
    empty, full = chosen.limit(0).to_df(), chosen.to_df()
    assert len(empty) == 0
    assert dict(empty.dtypes) == dict(full.dtypes)


def test_what_is_missing_or_not_a_time_is_missing_in_the_frame() -> None:
    frame = memory("a", date="whenever", score={"x": 1}, success=True).to_df()
    assert frame["date"].isna().tolist() == [True]
    assert frame["score"].tolist() == [{"x": 1}]
    assert frame["total_time"].isna().tolist() == [True]
    assert frame["success"].tolist() == [True]


def test_a_transcript_is_read_by_its_id(chosen: Transcripts) -> None:
    first = next(iter(chosen))
    read = chosen.read(first.transcript_id)
    assert (read.transcript_id, len(read.messages)) == (first.transcript_id, first.message_count)
    assert read.events
    short = chosen.read(first.transcript_id, TranscriptContent(messages=["user"]))
    assert {message.role for message in short.messages} == {"user"}
    assert not short.events


def test_an_unknown_id_is_refused_with_close_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown transcript: 'transcript-q'. Did you mean"):
        memory("transcript-a", "transcript-b").read("transcript-q")


def test_an_id_that_was_not_chosen_is_unknown(chosen: Transcripts) -> None:
    last = list(chosen)[-1].transcript_id
    with pytest.raises(UnknownNameError):
        chosen.limit(1).read(last)


def test_programs_with_an_event_loop_have_twins(chosen: Transcripts) -> None:
    async def look() -> tuple[int, list[str], int, str]:
        ids = [info.transcript_id async for info in chosen]
        frame, first = await chosen.to_df_async(), await chosen.read_async(ids[0])
        return await chosen.count_async(), ids, len(frame), first.transcript_id

    count, ids, rows, first = asyncio.run(look())
    assert (count, rows, first) == (len(ids), len(ids), ids[0])
    assert ids == [info.transcript_id for info in chosen]


def test_a_running_event_loop_is_no_obstacle(chosen: Transcripts) -> None:
    async def in_a_notebook() -> int:
        return chosen.count()

    assert asyncio.run(in_a_notebook()) == 6


def test_logs_that_cannot_be_read_are_named(
    tmp_path: Path, example_logs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for log in example_logs.iterdir():
        (tmp_path / log.name).write_bytes(log.read_bytes())
    (tmp_path / "2026-01-01T00-00-00+00-00_broken_x.eval").write_bytes(b"PK\x03\x04 nothing")
    assert transcripts_from(tmp_path).count() == 12
    assert "_broken_x.eval" in caplog.text


def test_transcripts_of_another_making_say_what_to_do(chosen: Transcripts) -> None:
    bare = Transcripts(chosen.source, chosen.query)
    for look in (bare.count, bare.to_df, lambda: list(bare), lambda: bare.read("a")):
        with pytest.raises(ConfigError, match=r"await count_async\(\)"):
            look()
    assert asyncio.run(bare.count_async()) == 6
