"""Tokens of a call. Formats count the same things in different ways; here all mean what Inspect means."""

from __future__ import annotations

from dataclasses import dataclass

from .json_values import JsonObject


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call of a model.

    Args:
        input: Tokens of the input that no cache gave or took.
        output: Tokens of the answer, with those of its reasoning.
        cache_read: Tokens that the cache gave (None: not known).
        cache_write: Tokens that were written into it (None: not known).
        reasoning: Tokens of the reasoning, a part of `output` (None: not known).
        cost: What it cost in dollars (None: not known).
    """

    input: int = 0
    output: int = 0
    cache_read: int | None = None
    cache_write: int | None = None
    reasoning: int | None = None
    cost: float | None = None

    @property
    def total(self) -> int:
        """All tokens."""
        return self.input + self.output + (self.cache_read or 0) + (self.cache_write or 0)

    def as_json(self) -> JsonObject:
        """Write it as Inspect does."""
        optional = {
            "input_tokens_cache_read": self.cache_read,
            "input_tokens_cache_write": self.cache_write,
            "reasoning_tokens": self.reasoning,
            "total_cost": self.cost,
        }
        return {
            "input_tokens": self.input,
            "output_tokens": self.output,
            "total_tokens": self.total,
            **{name: value for name, value in optional.items() if value is not None},
        }


def whole_input(
    given: int,
    output: int,
    *,
    cache_read: int | None = None,
    cache_write: int | None = None,
    reasoning: int | None = None,
) -> Usage:
    """Make it of an input that counts what the cache gave and took, as most formats write it."""
    plain = max(0, given - (cache_read or 0) - (cache_write or 0))
    return Usage(plain, output, cache_read, cache_write, reasoning)
