"""Scanners as scorers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspect_ai.scorer import Score, Scorer, Target, mean, stderr
from inspect_ai.solver import TaskState

from ..._inspect import registry
from ..._inspect.scoring import SCORER_METRICS
from ..._support.loops import asyncio_only
from ..._support.shapes import is_mapping
from ..._types import Result, Scanner
from ..declare.config import Metrics, scanner_config
from ..declare.inputs import describe_input
from ..declare.outputs import checked_result
from .live_sample import transcript_of
from .scores import score_of

FROM_SCANNER = "__scout_from_scanner__"
"""Attribute of scorers that were made of scanners."""


def as_scorer(scanner: Scanner[Any], metrics: Metrics | None = None) -> Scorer:
    """Make a scorer of a scanner, for `Task(scorer=...)` and `inspect score`.

    The scanner is given the sample as a scan would give it: its own loader cuts it, timelines are built if it asks
    for them, and what is known of the eval (task, model, agent, earlier scores) stands in the transcript. Several
    inputs become one score: any of booleans, mean of numbers, items of lists, the most frequent of other values. A
    list of labelled results becomes a score with one value for each label. What explanations cite stands in the
    metadata of the score as `scanner_references`. Without a value the score is NaN; without any context there is none. Where
    lists hold no result, the score is empty: its value has no labels.

    Inspect does this itself where it is given a scanner, so the function is for choosing metrics, mostly.

    Args:
        scanner: The scanner.
        metrics: Metrics over the scores: a list, or lists by key of the value (default: those of the scanner, else
            mean and stderr).

    Raises:
        ConfigError: It is not a scanner.

    Example:
        ```python
        from inspect_ai.scorer import mean

        task = Task(dataset=samples, solver=agent(), scorer=as_scorer(refusals(), metrics=[mean()]))
        ```
    """
    config = scanner_config(scanner)
    name = registry.unqualified_name(config.given_name)
    chosen = metrics if metrics is not None else config.metrics
    declared = _plain(chosen) if chosen is not None else [mean(), stderr()]
    keys = _keys(declared)

    @asyncio_only
    async def score(state: TaskState, target: Target) -> Score | None:
        results: list[Result[Any]] = []
        async for item in config.loader(transcript_of(state, target, config.content)):
            if describe_input(item) is not None:
                results.append(checked_result(await scanner(item), name))
        return score_of(results, keys)

    setattr(score, FROM_SCANNER, True)
    registry.tag("scorer", score, name, config.params, metadata={SCORER_METRICS: declared})
    return score


def _plain(metrics: Metrics) -> Any:
    """Write metrics with the containers that Inspect tells apart by their type."""
    if isinstance(metrics, Mapping):
        return {key: list(group) for key, group in metrics.items()}
    return [_plain(metric) if isinstance(metric, Mapping) else metric for metric in metrics]


def _keys(declared: Any) -> list[str]:
    """Keys of values that metrics are declared for, and patterns of keys."""
    groups: list[Any] = [declared] if is_mapping(declared) else declared
    return [key for group in groups if is_mapping(group) for key in group]
