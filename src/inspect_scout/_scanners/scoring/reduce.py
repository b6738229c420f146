"""One result of several: what the results over the inputs of one transcript come to."""

from __future__ import annotations

import itertools
import json
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from inspect_ai.scorer import Reference
from pydantic import JsonValue

from ..._support.shapes import is_list, is_mapping
from ..._types import Result


def reduce_results(results: Sequence[Result[Any]], what: str) -> Result[Any]:
    """Make one result of several.

    The value follows `reduce_values`. The answer is that of the last result with that value. Explanations are joined
    under their numbers, references are collected, metadata is merged (later results win).

    Args:
        results: The results, at least one.
        what: What each is, for explanations.
    """
    if len(results) == 1:
        return results[0]
    value = reduce_values([result.value for result in results])
    return Result(
        value=value,
        answer=next((r.answer for r in reversed(results) if _text(r.value) == _text(value)), None),
        explanation=join_explanations(results, numbered(what, results)),
        metadata=merge_metadata(results),
        references=merge_references(results),
    )


def reduce_values(values: Sequence[JsonValue]) -> JsonValue:
    """Make one value of several; None has no say.

    Booleans: whether any is True. Numbers (and numbers among booleans): their mean. Lists: their items, each once.
    Objects: key by key. Everything else: the most frequent value, of several the one found last.
    """
    given = [value for value in values if value is not None]
    if len(given) <= 1:
        return given[0] if given else None
    kinds = {_kind(value) for value in given}
    if kinds == {bool}:
        return any(given)
    if kinds <= {bool, float}:
        return statistics.fmean(value for value in given if isinstance(value, int | float))
    if kinds == {list}:
        return _joined(value for value in given if is_list(value))
    if kinds == {dict}:
        return _by_key([value for value in given if is_mapping(value)])
    return _most_frequent(given)


def _kind(value: JsonValue) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def _joined(lists: Iterable[list[JsonValue]]) -> JsonValue:
    found: dict[str, JsonValue] = {}
    for item in itertools.chain.from_iterable(lists):
        found.setdefault(_text(item), item)
    return list(found.values())


def _by_key(objects: Sequence[dict[str, JsonValue]]) -> JsonValue:
    keys = dict.fromkeys(key for value in objects for key in value)
    return {key: reduce_values([value.get(key) for value in objects]) for key in keys}


def _most_frequent(values: Sequence[JsonValue]) -> JsonValue:
    votes = Counter(_text(value) for value in values)
    most = max(votes.values())
    return next(value for value in reversed(values) if votes[_text(value)] == most)


def numbered(what: str, results: Sequence[Result[Any]]) -> list[str]:
    """Name results by their number."""
    return [f"{what} {number}" for number in range(1, len(results) + 1)]


def join_explanations(results: Sequence[Result[Any]], names: Sequence[str]) -> str | None:
    """Join explanations, each under its name; None if there is none."""
    given = [f"[{name}]\n{r.explanation}" for name, r in zip(names, results, strict=True) if r.explanation]
    return "\n\n".join(given) or None


def merge_references(results: Sequence[Result[Any]]) -> list[Reference]:
    """Collect references, each once."""
    found: dict[tuple[str, str], Reference] = {}
    for result in results:
        for reference in result.references:
            found.setdefault((reference.type, reference.id), reference)
    return list(found.values())


def merge_metadata(results: Sequence[Result[Any]]) -> dict[str, Any] | None:
    """Merge metadata; later results win."""
    return {key: value for result in results for key, value in (result.metadata or {}).items()} or None


def _text(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True)
