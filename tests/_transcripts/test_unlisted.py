"""Samples that no summary lists are read themselves, and give the rows that summaries would give."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import TranscriptContent, transcripts_from
from support.logs import make_log, make_sample, patch_directory, rewrite, unfinished, varied_log, write
from support.own_log import own_records

pytestmark = pytest.mark.anyio

ALL = TranscriptContent(messages="all", events="all")
Members = dict[str, bytes]


def without_summaries(members: Members) -> Members:
    return {name: data for name, data in members.items() if "summaries" not in name}


async def rows(path: Path) -> list[dict[str, Any]]:
    index = await transcripts_from(path).index()
    assert not index.problems
    return [index.info(position).model_dump() for position in range(len(index))]


def damaged_sum(path: Path) -> Path:
    return patch_directory(path, "summaries.json", crc=7)


def journal_of(change: Callable[[Members], Members]) -> Callable[[Path], Path]:
    return lambda path: rewrite(unfinished(path), change)


CUTS: dict[str, Callable[[Path], Path]] = {
    "no summaries": lambda path: rewrite(path, without_summaries),
    "no JSON": lambda path: rewrite(path, lambda m: {**m, "summaries.json": b'[{"id": 1, "ep'}),
    "empty": lambda path: rewrite(path, lambda m: {**m, "summaries.json": b""}),
    "an empty list": lambda path: rewrite(path, lambda m: {**m, "summaries.json": b"[]"}),
    "an object": lambda path: rewrite(path, lambda m: {**m, "summaries.json": b"{}"}),
    "wrong sum": damaged_sum,
    "other things": lambda path: rewrite(path, lambda m: {**m, "summaries.json": b'[1, null, {"id": true}]'}),
    "some": lambda path: rewrite(
        path, lambda m: {**m, "summaries.json": json.dumps(json.loads(m["summaries.json"])[3:7]).encode()}
    ),
}


@pytest.mark.parametrize("name", CUTS)
async def test_rows_are_those_that_summaries_give(name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write(varied_log(), tmp_path / "log.eval")
    before = await rows(path)
    assert not own_records(caplog)
    CUTS[name](path)
    assert await rows(path) == before
    (record,) = own_records(caplog)
    assert record.levelno == logging.WARNING
    assert "takes longer" in record.message
    assert f"{8 if name == 'some' else 12} in {str(path)!r}" in record.message
    index = await transcripts_from(path).index()
    assert len((await (await transcripts_from(path).source.locate(index.info(0))).read(ALL)).transcript.messages) == 3


async def test_real_logs_give_the_same_rows(eval_logs: Path, example_logs: Path, tmp_path: Path) -> None:
    for number, log in enumerate([*eval_logs.rglob("*.eval"), *example_logs.rglob("*.eval")]):
        path = tmp_path / f"{number}.eval"
        shutil.copy(log, path)
        before = await rows(path)
        rewrite(path, without_summaries)
        assert await rows(path) == before


JOURNALS: dict[str, tuple[Callable[[Members], Members], int]] = {
    "whole": (lambda m: m, 0),
    "cut short": (lambda m: {n: d for n, d in m.items() if not n.endswith(("/11.json", "/12.json"))}, 2),
    "with a hole": (lambda m: {n: d for n, d in m.items() if not n.endswith("summaries/4.json")}, 1),
    "one damaged": (lambda m: {n: b"{nope" if n.endswith("summaries/4.json") else d for n, d in m.items()}, 1),
    "gone": (without_summaries, 12),
}


@pytest.mark.parametrize("name", JOURNALS)
async def test_a_killed_eval_gives_what_it_had(name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write(varied_log(), tmp_path / "log.eval")
    before = await rows(path)
    change, unlisted = JOURNALS[name]
    journal_of(change)(path)
    for row in before:
        row["metadata"]["eval_status"] = "started"
    assert await rows(path) == before
    assert (f"{unlisted} in {str(path)!r}" in caplog.text) is bool(unlisted)


async def test_it_is_said_once_for_all_logs_of_a_place(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(5):
        uuids = [f"{number}-{n}" for n in range(3)]
        log = make_log(make_sample(n, uuid=uuid) for n, uuid in enumerate(uuids))
        rewrite(write(log, tmp_path / f"{number}.eval"), without_summaries)
    transcripts = transcripts_from(tmp_path)
    assert len(await transcripts.index()) == 15
    (record,) = own_records(caplog)
    assert record.message.startswith("15 samples are in no readable summary of their log")
    assert "(5 logs)" in record.message
    caplog.clear()
    await transcripts_from(tmp_path).index()  # from the cache: nothing takes longer
    assert not own_records(caplog)


async def test_a_sample_that_cannot_be_read_either_is_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = rewrite(write(make_log([make_sample(1), make_sample(2)]), tmp_path / "log.eval"), without_summaries)
    rewrite(path, lambda m: {**m, "samples/1_epoch_1.json": b'{"id": 1'})
    index = await transcripts_from(path).index()
    assert list(index.ids) == ["u2-1"]
    (problem,) = index.problems
    assert "samples/1_epoch_1.json" in str(problem)
    assert "left out" in str(problem)
    assert "same id and epoch" not in caplog.text


async def test_the_one_score_of_old_samples_has_the_name_of_its_scorer(tmp_path: Path) -> None:
    path = write(make_log([make_sample(1)]), tmp_path / "log.eval")

    def older(members: Members) -> Members:
        sample = json.loads(members["samples/1_epoch_1.json"])
        header = {**json.loads(members["header.json"]), "results": {"scorer": {"name": "match"}}}
        sample["score"] = {"value": "C"}
        return {
            "header.json": json.dumps(header).encode(),
            "samples/1_epoch_1.json": json.dumps(sample).encode(),
        }

    rewrite(path, older)
    (row,) = await rows(path)
    assert (row["success"], row["metadata"]["score_match"]) == (True, "C")
