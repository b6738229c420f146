"""Metrics that scanners declare, in the summary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from inspect_ai.scorer import Metric, SampleScore, mean, metric

from inspect_scout import Result, Scanner, Status, Transcript, scan, scan_status, scanner, transcripts_from
from support.transcripts import length, number_of, talks


def measured(value: Callable[[int], Any], metrics: Any, count: int, scans: Path, name: str = "probe") -> Status:
    """Scan `count` transcripts with a scanner that has metrics; `value` makes the result of each."""

    @scanner(messages="all", metrics=metrics, name=name)
    def probe() -> Scanner[Transcript]:
        async def look(transcript: Transcript) -> Result | list[Result]:
            found = value(number_of(transcript))
            return cast("list[Result]", found) if isinstance(found, list) else Result(value=found)

        return look

    return scan([probe(), length()], transcripts_from(talks(count)), scans=str(scans), display="none")


@metric
def highest() -> Metric:
    """Give the highest value."""

    def compute(scores: list[SampleScore]) -> float:
        return max(score.score.as_float() for score in scores)

    return compute


CASES: dict[str, tuple[Callable[[int], Any], Any, Any]] = {
    "numbers": (lambda n: n, [mean(), highest()], {"probe": {"mean": 1.5, "highest": 3.0}}),
    "booleans": (lambda n: n % 2 == 0, [mean()], {"probe": {"mean": 0.5}}),
    "grades": (lambda n: "C" if n else "I", [mean()], {"probe": {"mean": 0.75}}),
    "by key": (
        lambda n: {"a": n, "b": 2 * n},
        {"a": [mean()], "b": [highest()]},
        {"a": {"mean": 1.5}, "b": {"highest": 6.0}},
    ),
    "any key": (lambda n: {"a": n}, [{"*": [mean()]}], {"a": {"mean": 1.5}}),
    "items of resultsets": (lambda n: [Result(value=n), Result(value=n + 1)], [mean()], {"probe": {"mean": 2.0}}),
    "nothing to measure": (lambda n: None, [mean()], None),
}


@pytest.mark.parametrize("case", CASES)
def test_metrics_are_computed_over_recorded_values(case: str, tmp_path: Path) -> None:
    value, metrics, expected = CASES[case]
    status = measured(value, metrics, 4, tmp_path)
    assert status.summary["probe"].metrics == expected
    assert status.summary["length"].metrics is None
    assert scan_status(status.location).summary["probe"].metrics == expected


def test_metric_that_fails_costs_no_results(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    @metric
    def broken() -> Metric:
        def compute(scores: list[SampleScore]) -> float:
            raise ZeroDivisionError("nothing")

        return compute

    status = measured(lambda n: n, [broken()], 2, tmp_path)
    assert status.complete
    assert status.summary["probe"].metrics is None
    assert "ZeroDivisionError" in caplog.text
