"""Which transcripts there are."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.scorer import Score

from inspect_scout import ConfigError, LocationError, UnknownNameError
from inspect_scout._app import TranscriptCounts, summarise_transcripts, summarise_transcripts_async, transcripts_json
from support.inspect_logs import write_eval_log
from support.logs import make_log, make_sample


@pytest.fixture
def logs(tmp_path: Path) -> str:
    """Two tasks: one with numbers for scores, one with letters and an error."""
    numbers = [make_sample(n, scores={"s": Score(value=n / 2)}, metadata={"level": n % 2}) for n in range(3)]
    letters = [make_sample(n, epoch=2, uuid=f"w{n}", scores={"s": Score(value="CI"[n % 2])}) for n in range(2)]
    write_eval_log(make_log(numbers), str(tmp_path / "numbers.eval"))
    write_eval_log(make_log(letters, task="letters"), str(tmp_path / "letters.eval"))
    return str(tmp_path)


def groups(logs: str, *by: str, **options: Any) -> list[tuple[list[Any], TranscriptCounts]]:
    summary = summarise_transcripts([logs], by=by, **options)
    return [(list(group.by.values()), group) for group in summary.groups]


def test_transcripts_are_counted_by_task_and_model(logs: str) -> None:
    summary = summarise_transcripts([logs])
    assert (summary.total.transcripts, summary.sources, summary.problems) == (5, 2, ())
    assert [group.by["task_set"] for group in summary.groups] == ["letters", "numbers"]
    assert [group.transcripts for group in summary.groups] == [2, 3]
    assert sum(group.tokens or 0 for group in summary.groups) == summary.total.tokens == 15 * 5 + 0 + 1 + 2 + 0 + 1


def test_scores_have_a_mean_where_all_are_numbers(logs: str) -> None:
    (letters, numbers) = (group for _, group in groups(logs, "task"))
    assert (numbers.mean_score, numbers.scored) == (0.5, 3)
    assert (letters.mean_score, letters.successes, letters.judged) == (None, 1, 2)


def test_counts_by_any_field_or_metadata(logs: str) -> None:
    assert [values for values, _ in groups(logs, "score")] == [[0], [0.5], [1], ["C"], ["I"]]
    assert [(values, group.transcripts) for values, group in groups(logs, "task", "epoch")] == [
        (["letters", 2], 2),
        (["numbers", 1], 3),
    ]
    assert groups(logs) == []
    with pytest.raises(UnknownNameError, match=r"Unknown field of transcripts: 'scor'\. Did you mean 'score'"):
        groups(logs, "scor")


def test_conditions_choose(logs: str) -> None:
    summary = summarise_transcripts([logs], ["task_set = 'numbers'", "score > 0"])
    assert summary.total.transcripts == 2
    with pytest.raises(ConfigError):
        summarise_transcripts([logs], ["task_set ="])


def test_logs_that_cannot_be_read_are_named(logs: str) -> None:
    (Path(logs) / "broken.eval").write_bytes(b"nonsense")
    summary = summarise_transcripts([logs])
    assert summary.total.transcripts == 5
    assert "broken.eval" in summary.problems[0]


def test_without_locations_the_usual_places_are_looked_at(
    logs: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    with pytest.raises(LocationError, match="say where: -T LOGS"):
        summarise_transcripts()
    (empty / "logs").symlink_to(logs)
    assert summarise_transcripts(by=()).total.transcripts >= 5
    (empty / "scout.yaml").write_text(f"transcripts: {logs}/numbers.eval\n")
    assert summarise_transcripts(by=()).total.transcripts == 3


@pytest.mark.anyio
async def test_json_is_strict(logs: str) -> None:
    summary = await summarise_transcripts_async([logs], by=["task"])
    told: Any = transcripts_json(summary)
    assert told["groups"][1]["by"] == {"task": "numbers"}
    assert told["groups"][1]["transcripts"] == 3
    assert not math.isnan(told["seconds"])
