"""Metrics of inspect_ai, computed over plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from inspect_ai._eval.task.results import ScorerInfo, compute_eval_scores
from inspect_ai.scorer import Metric, SampleScore, Score, value_to_float

Metrics: TypeAlias = Sequence[Metric | Mapping[str, Sequence[Metric]]] | Mapping[str, Sequence[Metric]]
"""Metrics: a list, or lists by the key of values that are dictionaries ("*" stands for any)."""

Value: TypeAlias = str | int | float | bool | Mapping[str, str | int | float | bool]
"""A value to be measured: a scalar, or scalars by key."""


def compute_metrics(name: str, values: Sequence[Value], metrics: Metrics) -> dict[str, dict[str, float]]:
    """Compute metrics as inspect_ai does for the scores of an eval, each value being a sample of its own.

    Args:
        name: Name of the score, for metrics that are not declared by key.
        values: The values; text is read as a score ("C", "yes", "0.5").
        metrics: What to compute.

    Returns:
        Score -> metric -> number; what is not a number is left out, and scores without any metric too.
    """
    declared: Any = _plain(metrics)
    scores = [SampleScore(score=Score(value=_number(v)), sample_id=i) for i, v in enumerate(values)]
    if not scores:
        return {}
    found = compute_eval_scores(scores, declared, name, ScorerInfo(name=name, metrics=declared))
    numbers = {
        score.name: {metric: m.value for metric, m in score.metrics.items() if math.isfinite(m.value)}
        for score in found
    }
    return {score: by_metric for score, by_metric in numbers.items() if by_metric}


def _plain(metrics: Metrics) -> Any:
    """Write metrics with the containers that inspect_ai tells apart by their type."""
    if isinstance(metrics, Mapping):
        return {key: list(group) for key, group in metrics.items()}
    return [_plain(m) if isinstance(m, Mapping) else m for m in metrics]


def _number(value: Value) -> Any:
    if isinstance(value, Mapping):
        return {key: _number(v) for key, v in value.items()}
    return _read(value) if isinstance(value, str) else value


_read = value_to_float()
