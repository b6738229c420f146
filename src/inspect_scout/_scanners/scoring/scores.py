"""Results of a scanner -> the score of a sample."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from inspect_ai.scorer import Score
from pydantic import JsonValue

from ..._support.shapes import is_list, is_mapping
from ..._types import RESULTSET, Result
from .reduce import join_explanations, merge_metadata, merge_references, reduce_results

REFERENCES = "scanner_references"
"""Key in the metadata of a score: what its explanation cites."""

UNLABELLED = "unlabelled"
"""Key of results without a label beside results that have one."""


def score_of(results: Sequence[Result[Any]], keys: Collection[str]) -> Score | None:
    """Make the score of a sample.

    Args:
        results: What the scanner said, one result for each of its inputs; lists folded into resultsets.
        keys: Keys that metrics are declared for, patterns among them. A value that lacks one has NaN (unscored) there.

    Returns:
        None if there is nothing to tell: no input, or neither value nor context. Lists without any result are the
        empty score, whose value has no labels.
    """
    if any(result.type == RESULTSET for result in results):
        result = _of_resultsets(results)
    else:
        result = reduce_results(results, "Input") if results else None
    if result is None or not any(
        v is not None for v in (result.value, result.answer, result.explanation, result.metadata)
    ):
        return None
    metadata = {**(result.metadata or {})}
    if result.references:
        metadata[REFERENCES] = result.references
    return Score(
        value=_with_keys(_score_value(result.value), keys),
        answer=result.answer,
        explanation=result.explanation,
        metadata=metadata or None,
    )


def _of_resultsets(results: Sequence[Result[Any]]) -> Result[Any] | None:
    """Make one result of lists of results: by label where there are labels, else like several inputs."""
    by_label: dict[str | None, list[Result[Any]]] = {}
    for result in results:
        own = list(_items(result))
        # Of several with one label, the first counts for its input, as it always has.
        first = {item.label: item for item in reversed(own)}
        for item in own:
            if item.label is None or first[item.label] is item:
                by_label.setdefault(item.label, []).append(item)
    reduced = {label: reduce_results(items, "Result") for label, items in by_label.items()}
    if not reduced:
        return Result(value={}, metadata=merge_metadata(results), references=merge_references(results))
    if set(reduced) == {None}:
        return reduced[None]
    named = {UNLABELLED if label is None else label: result for label, result in reduced.items()}
    parts = list(named.values())
    return Result(
        value={label: result.value for label, result in named.items()},
        explanation=join_explanations(parts, list(named)),
        metadata=merge_metadata([*results, *parts]),
        references=merge_references([*results, *parts]),
    )


def _items(result: Result[Any]) -> Iterator[Result[Any]]:
    if result.type != RESULTSET:
        yield result
    elif is_list(result.value):
        yield from (Result[Any].model_validate({"value": None, **item}) for item in result.value if is_mapping(item))


def _score_value(value: JsonValue) -> Any:
    """Write a value as scores hold them: scalars, or lists and objects of scalars; NaN stands for no value."""
    if is_mapping(value):
        return {key: _scalar(item) for key, item in value.items()}
    if is_list(value):
        return [_scalar(item) for item in value]
    return _scalar(value)


def _scalar(value: JsonValue) -> str | int | float | bool:
    if value is None:
        return math.nan
    return value if isinstance(value, str | int | float) else json.dumps(value, indent=2, ensure_ascii=False)


def _with_keys(value: Any, keys: Collection[str]) -> Any:
    if not is_mapping(value):
        return value
    plain = [key for key in keys if set("*?[").isdisjoint(key)]
    if not value and len(plain) < len(keys):
        # Inspect takes the keys for a pattern from the first score, and stops at one that lacks them.
        return math.nan
    return {**dict.fromkeys((key for key in plain if key not in value), math.nan), **value}
