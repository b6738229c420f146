"""What the scores of a sample say: the first value, whether it is a success, and one column per score."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

from ..._support.shapes import is_list, is_mapping
from .summaries import shorten

_WORDS = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0, "yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a sample.

    Args:
        value: Value of the first score.
        explanation: Explanation of the first score, shortened.
        success: Whether the sample succeeded (None: it is unscored, or the scores do not tell).
        values: Value of every score; lists and objects as JSON text.
    """

    value: Any = None
    explanation: str | None = None
    success: bool | None = None
    values: dict[str, Any] = field(default_factory=dict[str, Any])


def read_scores(scores: Any) -> Scores:
    """Read the scores of a sample as its log holds them."""
    if not is_mapping(scores) or not scores:
        return Scores()
    by_name = {name: s for name, s in scores.items() if is_mapping(s)}
    values = {name.replace("\0", ""): as_cell(score.get("value")) for name, score in by_name.items()}
    first = next(iter(by_name.values()), None)
    if first is None:
        return Scores()
    value, explanation = first.get("value"), first.get("explanation")
    return Scores(
        storable(value["value"] if is_mapping(value) and "value" in value else value),
        shorten(explanation) if isinstance(explanation, str) else None,
        _success(first, value),
        values,
    )


def as_number(value: Any) -> float:
    """Read a score's value as a number, by the rules of Inspect's `value_to_float` (0 for what is not one)."""
    given: Any = _WORDS.get(value, _WORDS.get(value.lower(), value)) if isinstance(value, str) else value
    try:
        number = float(given)
    except (ValueError, TypeError):
        return 0.0
    except OverflowError:
        return math.inf if int(given) > 0 else -math.inf
    return 0.0 if isinstance(value, str) and not math.isfinite(number) else number


def is_unscored(value: Any) -> bool:
    """Tell whether a score's value says that there is none: null, or NaN as a number or as text."""
    if isinstance(value, str):
        return value.lower() == "nan"
    return value is None or (isinstance(value, float) and math.isnan(value))


def storable(value: Any) -> Any:
    """Give a value the index can keep: NaN (unscored) becomes None; integers keep their digits."""
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if is_list(value):
        return [storable(item) for item in value]
    if is_mapping(value):
        return {key: storable(item) for key, item in value.items()}
    return value


def as_cell(value: Any) -> Any:
    """Give a value that fits one cell: lists and objects become JSON text."""
    value = storable(value)
    return json.dumps(value, ensure_ascii=False) if (is_list(value) or is_mapping(value)) else value


def _success(score: dict[str, Any], value: Any) -> bool | None:
    metadata = score.get("metadata")
    if is_mapping(metadata) and "success" in metadata:
        said = metadata["success"]
        if said is None or isinstance(said, bool):
            return said
    return None if is_unscored(value) or (is_list(value) or is_mapping(value)) else as_number(value) > 0
