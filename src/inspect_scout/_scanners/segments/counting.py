"""The way to count tokens for a model: its provider's counter, its own vocabulary, or an estimate.

A vocabulary of some other model is not used in place of an estimate: it is an estimate too, several times slower, and
where a transcript is cut would depend on which files happen to be on the machine.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import anyio.lowlevel
from inspect_ai.model import Model, get_model

from ..._inspect.tokens import ModelCounting, counting_of, keep_counting_local
from .concurrency import map_in_order
from .estimate import estimate_tokens
from .vocabulary import vocabulary_counter

MAX_COUNTS_IN_FLIGHT: Final = 8
"""Texts that a provider is asked about at the same time."""

ESTIMATE_MARGIN: Final = 1.1
"""What is kept free in a segment because an estimate may be too low."""

PAUSE_CHARACTERS: Final = 1_000_000
"""Characters counted on this machine before other tasks may run."""


@dataclass(frozen=True, slots=True)
class TokenCounter:
    """Counts tokens of texts, for one model.

    Args:
        count: Counts the tokens of each text.
        margin: How many times a number may be the true one in the worst case that is planned for.
        within_bytes: Whether a text never has more tokens than bytes.
    """

    count: Callable[[Sequence[str]], Awaitable[list[int]]]
    margin: float = 1.0
    within_bytes: bool = True


async def count_tokens(text: str, model: Model | str | None = None) -> int:
    """Count the tokens of a text without loading anything over a network.

    The model's provider counts if it can; else the model's own vocabulary, if it is on this machine; else the number is
    estimated from the characters, within 15 % for the usual text of transcripts.

    Args:
        text: The text.
        model: The model, or its name (None: the active model, if there is one).

    Returns:
        The number, at least 1.
    """
    (found,) = await counter_for(resolve_model(model)).count([text])
    return found


def resolve_model(model: Model | str | None) -> Model | None:
    """Find the model to count for; None if none is named and none is active."""
    if isinstance(model, Model):
        return model
    if model is not None:
        return get_model(model)
    try:
        return get_model()
    except ValueError:
        # Inspect's way to say that there is none; counting and cutting work without.
        return None


def counter_for(model: Model | None) -> TokenCounter:
    """Choose the way to count for a model; None: estimate."""
    way = ModelCounting() if model is None else counting_of(model)
    if model is not None and way.by_provider:
        keep_counting_local(model, estimate_tokens)
        return TokenCounter(partial(_count_by_provider, model))
    if way.vocabulary and (exact := vocabulary_counter(way.vocabulary)) is not None:
        return TokenCounter(partial(_count_locally, exact))
    return TokenCounter(partial(_count_locally, estimate_tokens), ESTIMATE_MARGIN, within_bytes=False)


async def _count_locally(one: Callable[[str], int], texts: Sequence[str]) -> list[int]:
    counts: list[int] = []
    since_pause = 0
    for text in texts:
        counts.append(one(text))
        since_pause += len(text)
        if since_pause >= PAUSE_CHARACTERS:
            await anyio.lowlevel.checkpoint()
            since_pause = 0
    return counts


async def _count_by_provider(model: Model, texts: Sequence[str]) -> list[int]:
    async def each() -> AsyncIterator[str]:
        for text in texts:
            yield text

    return await map_in_order(each(), model.count_tokens, MAX_COUNTS_IN_FLIGHT)
