"""A sample that was never scored did not fail: in every kind of source, and in conditions."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import EvalLog
from inspect_ai.scorer import Score

from inspect_scout import Transcript, Transcripts, TranscriptsDB, transcripts_db, transcripts_from
from support.databases import write_parquet
from support.logs import make_log, make_sample, rewrite, unfinished, unzip, write

pytestmark = pytest.mark.anyio

NAN = float("nan")
SCORES: dict[str, tuple[dict[str, Score] | None, Any, bool | None]] = {
    "unscored": ({"m": Score.unscored(reason="grader_failed")}, None, None),
    "nan": ({"m": Score(value=NAN)}, None, None),
    "nan as text": ({"m": Score(value="NaN")}, "NaN", None),
    "first unscored": ({"m": Score.unscored(), "n": Score(value="C")}, None, None),
    "second unscored": ({"m": Score(value="I"), "n": Score.unscored()}, "I", False),
    "said all the same": ({"m": Score(value=NAN, metadata={"success": True})}, None, True),
    "in an object": ({"m": Score(value={"value": NAN, "n": NAN})}, None, None),
    "in a list": ({"m": Score(value=[NAN, 1.0])}, [None, 1.0], None),
    "no scores": (None, None, None),
    "empty scores": ({}, None, None),
    "incorrect": ({"m": Score(value="I")}, "I", False),
    "no answer": ({"m": Score(value="N")}, "N", False),
    "zero": ({"m": Score(value=0.0)}, 0.0, False),
    "false": ({"m": Score(value=False)}, False, False),
    "infinite": ({"m": Score(value=math.inf)}, math.inf, True),
    "correct": ({"m": Score(value="C")}, "C", True),
}
UNKNOWN = sorted(name for name, (_, _, success) in SCORES.items() if success is None)
FAILED = sorted(name for name, (_, _, success) in SCORES.items() if success is False)


def scored_log() -> EvalLog:
    return make_log(
        make_sample(number, uuid=name, scores=scores) for number, (name, (scores, _, _)) in enumerate(SCORES.items())
    )


async def in_database(transcripts: Transcripts, folder: Path) -> TranscriptsDB:
    db = transcripts_db(folder)
    await db.insert(transcripts)
    return db


async def found(transcripts: Transcripts) -> dict[str, tuple[Any, bool | None]]:
    index = await transcripts.index()
    infos = [index.info(position) for position in range(len(index))]
    return {info.transcript_id: (info.score, info.success) for info in infos}


@pytest.fixture(params=["eval", "json", "memory", "database", "no summaries", "unfinished"])
async def scored(request: pytest.FixtureRequest, tmp_path: Path) -> Transcripts:
    kind: str = request.param
    if kind == "memory":
        return transcripts_from(scored_log())
    path = write(scored_log(), tmp_path / ("log.json" if kind == "json" else "log.eval"))
    if kind == "no summaries":
        rewrite(path, lambda m: {name: data for name, data in m.items() if "summaries" not in name})
    if kind == "unfinished":
        unfinished(path)
    if kind == "database":
        await in_database(transcripts_from(path), tmp_path / "db")
        return transcripts_from(tmp_path / "db")
    return transcripts_from(path)


async def test_only_a_verdict_makes_success_true_or_false(scored: Transcripts) -> None:
    assert await found(scored) == {name: (score, success) for name, (_, score, success) in SCORES.items()}


async def test_conditions_tell_the_unscored_from_the_failed(scored: Transcripts) -> None:
    for condition, names in (
        ("success = false", FAILED),
        ("NOT success", FAILED),
        ("success IS NULL", UNKNOWN),
        ("success != true", FAILED),
    ):
        assert sorted(await found(scored.where(condition))) == names, condition
    nothing = await found(scored.where("score_n IS NULL AND score_m IS NULL"))
    assert {"unscored", "nan", "no scores"} <= set(nothing)
    assert set(nothing).isdisjoint(FAILED)


async def test_numbers_are_compared_with_scores_that_are_there(tmp_path: Path) -> None:
    samples = [make_sample(n, uuid=str(n), scores={"m": Score(value=v)}) for n, v in enumerate([0.2, NAN, 0.9])]
    logs = transcripts_from(write(make_log(samples), tmp_path / "log.eval"))
    held = transcripts_from([Transcript(transcript_id=str(n), score=v) for n, v in enumerate([0.2, NAN, 0.9])])
    db = await in_database(held, tmp_path / "db")
    for transcripts in (logs, held, transcripts_from(db.location)):
        assert list(await found(transcripts.where("score > 0.5"))) == ["2"]
        assert list(await found(transcripts.where("score < 0.5"))) == ["0"]
        assert list(await found(transcripts.where("score IS NULL OR score < 0"))) == (["1"])


@pytest.mark.parametrize("text", ["null", "NaN", '"NaN"', '"nan"'])
async def test_unscored_is_written_in_several_ways(text: str, tmp_path: Path) -> None:
    path = write(make_log([make_sample(1, scores={"m": Score(value="I")})]), tmp_path / "log.eval")
    summaries = unzip(path)["summaries.json"].decode()
    assert '"value":"I"' in summaries
    changed = summaries.replace('"value":"I"', f'"value":{text}').encode()
    rewrite(path, lambda m: {**m, "summaries.json": changed})
    ((_, success),) = (await found(transcripts_from(path))).values()
    assert success is None


async def test_a_database_that_says_unscored_samples_failed_is_not_believed(tmp_path: Path) -> None:
    """The published package inserts unscored samples with `success` false and without a score."""
    rows = {
        "null": (None, False, "eval_log"),
        "nan": ("NaN", False, "eval_log"),
        "scored": ("I", False, "eval_log"),
        "done": (None, True, "eval_log"),
        "own": (None, False, "importer"),
        "open": (None, None, "eval_log"),
    }
    (tmp_path / "db").mkdir()
    write_parquet(
        tmp_path / "db" / "transcripts_a.parquet",
        {
            "transcript_id": list(rows),
            "score": [score for score, _, _ in rows.values()],
            "success": [success for _, success, _ in rows.values()],
            "source_type": [source for _, _, source in rows.values()],
            "messages": [json.dumps([])] * len(rows),
        },
    )
    transcripts = transcripts_from(tmp_path / "db")
    assert {id: success for id, (_, success) in (await found(transcripts)).items()} == {
        "null": None,
        "nan": None,
        "scored": False,
        "done": True,
        "own": False,
        "open": None,
    }
    assert sorted(await found(transcripts.where("success = false"))) == ["own", "scored"]
    assert sorted(await found(transcripts.where("success IS NULL"))) == ["nan", "null", "open"]
    db = transcripts_db(tmp_path / "db")
    await db.insert([Transcript(transcript_id="new", success=False)])
    assert (await found(transcripts_from(tmp_path / "db")))["nan"][1] is None
    assert (await found(transcripts_from(tmp_path / "db")))["new"][1] is False


async def test_scores_may_be_numbers_in_a_foreign_database(tmp_path: Path) -> None:
    columns = {"transcript_id": ["a", "b"], "score": [NAN, 0.0], "success": [False, False]}
    write_parquet(tmp_path / "x.parquet", {**columns, "source_type": ["eval_log"] * 2, "messages": ["[]"] * 2})
    said = await found(transcripts_from(tmp_path / "x.parquet"))
    assert (said["a"][1], said["b"][1]) == (None, False)
