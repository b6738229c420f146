"""Answers that told no tokens, or none that can be believed: counted, because the sums lack them."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final

from inspect_ai.model import ModelUsage

without_usage: Final[ContextVar[dict[str, int] | None]] = ContextVar("scout_without_usage", default=None)
"""Answers without usage in an invocation, by model."""


class MeteredUsage(ModelUsage):
    """Tokens used, and how many answers told none."""

    calls_without_usage: int = 0
    """Answers whose tokens are not counted, because the provider told none or absurd ones."""


def calls_without_usage(usage: ModelUsage) -> int:
    """Tell how many answers told no usage."""
    return usage.calls_without_usage if isinstance(usage, MeteredUsage) else 0


def count_without_usage(model: str) -> None:
    """Count an answer that told no usage."""
    counts = without_usage.get()
    if counts is not None:
        counts[model] = counts.get(model, 0) + 1


def note_missing_usage(usage: dict[str, ModelUsage], counts: Mapping[str, int]) -> None:
    """Note at the usage of each model how many answers told none."""
    for model, count in counts.items():
        told = usage.get(model, ModelUsage())
        usage[model] = MeteredUsage(**dict(told), calls_without_usage=count)
