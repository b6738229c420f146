"""How many tokens of messages fit into one prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from inspect_ai.model import Model

from ..._inspect.tokens import window_of
from ..._support.errors import ConfigError
from .counting import TokenCounter, counter_for, resolve_model

WINDOW_SHARE: Final = 0.95
"""Share of a window that is used when what else a prompt needs is known in tokens."""


@dataclass(frozen=True, slots=True)
class TokenBudget:
    """How tokens are counted, and how many of messages fit into a segment.

    Args:
        counter: Counts tokens.
        tokens: Tokens of messages that fit into a segment, as the counter counts them.
    """

    counter: TokenCounter
    tokens: int


def segment_budget(window: int, reserve: float) -> int:
    """Compute how many tokens of messages fit into one prompt.

    Args:
        window: Tokens that the model can read.
        reserve: What the rest of the prompt needs: tokens (an int), or a share of the window (a float).

    Returns:
        The number, which is zero or less if nothing fits.
    """
    return int(window * WINDOW_SHARE) - reserve if isinstance(reserve, int) else int(window * (1 - reserve))


def token_budget(model: Model | str | None, context_window: int | None, reserve: float) -> TokenBudget:
    """Choose how messages are measured for a model.

    Args:
        model: The model, or its name (None: the active one).
        context_window: Tokens that it can read (None: as far as is known of it, else 128 000). It turned out to be less
            if a longer prompt was refused.
        reserve: What the rest of the prompt needs: tokens (an int), or a share of the window (a float).

    Raises:
        ConfigError: If the window or the reserve make no sense.
    """
    if context_window is not None and context_window < 1:
        raise ConfigError(f"context_window must be at least 1 token, got {context_window!r}.")
    if not (reserve >= 0 if isinstance(reserve, int) else 0 <= reserve < 1):
        raise ConfigError(
            f"prompt_reserve must be a number of tokens (int) or a share of the window (float, below 1), got {reserve!r}."
        )
    resolved = resolve_model(model)
    counter = counter_for(resolved)
    tokens = segment_budget(window_of(resolved, context_window), reserve)
    return TokenBudget(counter, max(1, int(tokens / counter.margin)))
