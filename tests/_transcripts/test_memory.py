"""Transcripts and logs that are in memory already."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.event import InfoEvent
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessageUser

from inspect_scout import ConfigError, Transcript, TranscriptContent, Transcripts, transcripts_from
from support.inspect_logs import read_eval_log
from support.logs import make_log, make_sample, varied_log, write

pytestmark = pytest.mark.anyio

ALL = TranscriptContent(messages="all", events="all", timeline="all")


def said(number: int) -> Transcript:
    """Make a transcript of one message."""
    return Transcript(
        transcript_id=f"t{number}",
        score=number / 2,
        messages=[ChatMessageUser(content=f"number {number}")],
        events=[InfoEvent(data={"n": number})],
        metadata={
            "tags": {"n": number},
            "odd": number % 2 == 1,
            "mixed": number if number % 2 else "text",
            "huge": 10**30,
        },
    )


async def ids(transcripts: Transcripts) -> list[str]:
    """Ids of a collection, in order."""
    async with transcripts.reader() as reader:
        return [info.transcript_id async for info in reader.index()]


async def test_a_list_of_transcripts() -> None:
    held = transcripts_from([said(number) for number in range(4)])
    assert await ids(held) == ["t0", "t1", "t2", "t3"]
    assert await ids(held.where("score >= 1")) == ["t2", "t3"]
    assert await ids(held.where("odd = true")) == ["t1", "t3"]
    assert await ids(held.where("tags.n = 2")) == ["t2"]
    assert await ids(held.where("mixed = 'text'")) == ["t0", "t2"]
    assert await ids(held.where("transcript_id = 't1' OR sample_id = 't3'")) == ["t1", "t3"]
    assert await ids(held.order_by("score", "DESC").limit(2)) == ["t3", "t2"]


async def test_one_transcript() -> None:
    assert await ids(transcripts_from(said(7))) == ["t7"]


async def test_content_is_cut_to_what_is_asked_for() -> None:
    original = said(1)
    async with transcripts_from(original).reader() as reader:
        (info,) = [info async for info in reader.index()]
        assert not hasattr(info, "messages")
        nothing = await reader.read(info, TranscriptContent())
        assert (nothing.messages, nothing.events, nothing.timelines) == ([], [], [])
        everything = await reader.read(info, ALL)
        assert everything.messages == original.messages
        assert everything.events == original.events
        assert len(everything.timelines) == 1
        info.metadata["tags"]["n"] = 99
    assert original.metadata["tags"] == {"n": 1}
    assert original.timelines == []


async def test_transcripts_in_memory_cannot_be_found_again() -> None:
    async with transcripts_from([said(1)]).reader() as reader:
        snapshot = await reader.snapshot()
    assert snapshot.transcript_ids == {"t1": None}
    with pytest.raises(ConfigError, match="in memory"):
        Transcripts.from_snapshot(snapshot)


def test_two_transcripts_of_one_id_are_refused() -> None:
    with pytest.raises(ConfigError, match="'t1'"):
        transcripts_from([said(1), said(2), said(1)])


async def test_logs_are_read_like_their_files(tmp_path: Path) -> None:
    path = write(varied_log(), tmp_path / "log.eval")
    async with transcripts_from(path).reader() as stored, transcripts_from(read_eval_log(str(path))).reader() as held:
        there = [info async for info in stored.index()]
        here = [info async for info in held.index()]
        assert here == there
        for one, two in zip(here, there, strict=True):
            assert (await held.read(one, ALL)).model_dump() == (await stored.read(two, ALL)).model_dump()


async def test_real_logs_are_read_like_their_files(eval_logs: Path) -> None:
    for name in sorted(os.listdir(eval_logs)):
        path = eval_logs / name
        log = read_eval_log(str(path))
        async with transcripts_from(path).reader() as stored, transcripts_from([log]).reader() as held:
            there = {info.transcript_id: info async for info in stored.index()}
            here = {info.transcript_id: info async for info in held.index()}
            assert here == there
            for id, info in here.items():
                content = TranscriptContent(messages="all", events="all")
                one, two = await held.read(info, content), await stored.read(there[id], content)
                assert one.messages == two.messages
                assert [event.event for event in one.events] == [event.event for event in two.events]


async def test_samples_repeated_by_a_retry_are_taken_once() -> None:
    logs = [make_log([make_sample(1), make_sample(2)]), make_log([make_sample(2), make_sample(3)])]
    assert await ids(transcripts_from(logs)) == ["u1-1", "u2-1", "u3-1"]


async def test_headers_stand_for_their_files(tmp_path: Path) -> None:
    path = write(make_log([make_sample(1)]), tmp_path / "log.eval")
    assert await ids(transcripts_from(read_eval_log(str(path), header_only=True))) == ["u1-1"]
    empty = make_log([])
    assert await ids(transcripts_from(empty)) == []


async def test_lone_surrogates_do_no_harm() -> None:
    log: EvalLog = make_log([make_sample(1, metadata={"x": "\ud800"}, target="\udfff")])
    async with transcripts_from(log).where("epoch = 1").reader() as reader:
        (info,) = [info async for info in reader.index()]
        assert info.metadata["target"] == "\ufffd"
        assert len((await reader.read(info, ALL)).messages) == 3


def test_memory_and_files_are_not_mixed(tmp_path: Path) -> None:
    path = write(make_log([make_sample(1)]), tmp_path / "log.eval")
    mixed: Any = [said(1), str(path)]
    with pytest.raises(ConfigError, match="mixed"):
        transcripts_from(mixed)


async def test_they_travel_to_other_processes() -> None:
    held = pickle.loads(pickle.dumps(transcripts_from([make_log([make_sample(1)]), make_log([make_sample(2)])])))
    assert await ids(held) == ["u1-1", "u2-1"]
